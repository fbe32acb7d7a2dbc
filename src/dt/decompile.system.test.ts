// Against the real dtc: what it prints for a blob, and what it makes of our text.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { corpusFolders, inCorpus } from '../../test/corpus.js';
import { needs, outputOf } from '../../test/tools.js';
import { decompile } from './decompile.js';
import { readFdt } from './fdt-read.js';
import type { DtTree } from './tree.js';

const NO_CHECKS = ['-q', '-f', '-b', '0'];
/** All of `../shared/dtb`, and every eighth blob of the fetched corpus; BRINGUP_SOAK takes them all. */
const STEP = process.env['BRINGUP_SOAK'] === undefined ? 8 : 1;
const BLOBS = corpusFolders().flatMap((folder) => {
  const from = join(folder, 'dtb');
  if (!existsSync(from)) return [];
  const files = readdirSync(from).filter((name) => name.endsWith('.dtb'));
  return files.filter((_, index) => files.length < 100 || index % STEP === 0).map((name) => join(from, name));
});
const SOURCES = inCorpus(corpusFolders(), 'dts/v7.1/src/arm64/mediatek');

function dtc(args: readonly string[], input: string | Uint8Array): Buffer {
  return outputOf('dtc', [...NO_CHECKS, ...args], { input });
}

function read(bytes: Uint8Array): DtTree {
  const { tree, diagnostics } = readFdt(bytes);
  if (tree === undefined) throw new Error(JSON.stringify(diagnostics));
  return tree;
}

/** Names of the blobs for which our text is not dtc's, or does not compile to the bytes that dtc makes of the blob. */
function lost(name: string, bytes: Uint8Array): string[] {
  const tree = read(bytes);
  const theirs = dtc(['-I', 'dtb', '-O', 'dts'], bytes).toString();
  const normal = dtc(['-I', 'dtb', '-O', 'dtb'], bytes);
  const found: string[] = [];
  if (decompile(tree, { dtcNul: true }) !== theirs) found.push(`${name}: text`);
  if (!dtc(['-O', 'dtb'], decompile(tree)).equals(normal)) found.push(`${name}: way back`);
  if (!dtc(['-O', 'dtb'], decompile(tree, { pretty: true })).equals(normal)) found.push(`${name}: pretty`);
  return found;
}

test.skipIf(needs('dtc') || BLOBS.length === 0)(
  'the text of every real blob is that of dtc, and dtc compiles ours to the same bytes',
  { timeout: 600_000 },
  () => {
    expect(BLOBS.flatMap((file) => lost(file, readFileSync(file)))).toEqual([]);
  },
);

test.skipIf(needs('dtc') || BLOBS.length === 0)('sorted text is that of dtc -s', () => {
  const bytes = readFileSync(BLOBS[0] as string);
  const theirs = dtc(['-s', '-I', 'dtb', '-O', 'dts'], bytes).toString();
  expect(decompile(read(bytes), { sort: true, dtcNul: true })).toBe(theirs);
});

test.skipIf(needs('dtc', 'cpp') || SOURCES === undefined)(
  'blobs that cpp and dtc make of board sources, with labels, decompile as dtc does',
  { timeout: 600_000 },
  () => {
    const folder = SOURCES as string;
    const boards = readdirSync(folder).filter((name) => /\.dtso?$/.test(name));
    const chosen = boards.filter((_, index) => index % STEP === 0);
    expect(chosen.length).toBeGreaterThan(5);
    const wrong = chosen.flatMap((name) =>
      lost(name, dtc(['-@', '-I', 'dts', '-O', 'dtb'], preprocessed(folder, name))),
    );
    expect(wrong).toEqual([]);
  },
);

function preprocessed(folder: string, name: string): Buffer {
  const src = join(folder, '../..');
  const includes = [join(src, '../include'), src, folder].flatMap((path) => ['-I', path]);
  const options = ['-nostdinc', '-undef', '-D__DTS__', '-x', 'assembler-with-cpp'];
  return outputOf('cpp', [...options, ...includes, join(folder, name)]);
}
