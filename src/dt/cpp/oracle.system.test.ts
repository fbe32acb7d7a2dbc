// Every Linux source of ../shared/dts through our preprocessor and through the real cpp: the same words in the same order.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { FileFault, FileReader } from '../files.js';
import { preprocess } from './preprocess.js';

const CPP = ['-P', '-nostdinc', '-undef', '-D__DTS__', '-x', 'assembler-with-cpp'];
const CORPUS = resolve(process.env['BRINGUP_CORPUS'] ?? '../shared', 'dts');
const hasCpp = spawnSync('cpp', ['--version']).status === 0;
const hasCorpus = existsSync(CORPUS);

const reader: FileReader = {
  read(path) {
    try {
      return readFileSync(path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const faults: Record<string, FileFault> = { ENOENT: 'missing', EISDIR: 'directory', EACCES: 'denied' };
      return faults[code ?? ''] ?? 'unreadable';
    }
  },
};

/** Strings whole, everything else between blanks: `a-b` and `a - b` differ. */
const words = (text: string): readonly string[] => text.match(/"(?:[^"\\\n]|\\.)*"|[^\s"]+|"/g) ?? [];

function sources(): string[] {
  const folders = readdirSync(CORPUS).flatMap((release) =>
    ['arm', 'arm64'].map((arch) => join(CORPUS, release, 'src', arch, 'mediatek')),
  );
  const found = folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => {
      return readdirSync(folder).map((name) => join(folder, name));
    });
  return found.filter((path) => /\.dts[io]?$/.test(path));
}

if (!hasCpp) process.stderr.write('skipped: no cpp on this computer (Debian: apt-get install cpp)\n');
if (!hasCorpus) process.stderr.write(`skipped: no sources in ${CORPUS} (set BRINGUP_CORPUS)\n`);

describe.skipIf(!hasCpp || !hasCorpus)('against cpp', () => {
  test.each(hasCorpus ? sources() : [])('%s becomes the same words as through cpp', (path) => {
    const folder = resolve(path, '..');
    const src = resolve(folder, '../..');
    const includeDirs = [resolve(src, '../include'), src, folder, resolve(src, 'arm'), resolve(src, 'arm64')];
    const arguments_ = [...CPP, ...includeDirs.flatMap((directory) => ['-I', directory]), path];
    const { stdout } = spawnSync('cpp', arguments_, { encoding: 'latin1', maxBuffer: 2 ** 28 });
    const ours = preprocess(path, reader, { includeDirs });
    expect(ours.diagnostics).toEqual([]);
    expect(words(ours.text)).toEqual(words(stdout));
  });
});
