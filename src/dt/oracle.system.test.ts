// Against the real cpp and dtc: every source at hand, with and without symbols, byte by byte; and their warnings.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Diagnostic } from '../base/diagnostic.js';
import { corpusFolders, inCorpus } from '../../test/corpus.js';
import { needs, outputOf, runTool } from '../../test/tools.js';
import { compile } from './compile.js';
import { compileText } from './compile-text.js';
import { writeFdt } from './fdt-write.js';
import type { FileReader } from '../base/files.js';

const TREES = ['v7.1', 'v6.18'].flatMap((version) => inCorpus(corpusFolders(), `dts/${version}`) ?? []);
const SOURCES = TREES.flatMap((root) =>
  ['arm64', 'arm'].flatMap((arch) => {
    const folder = join('src', arch, 'mediatek');
    if (!existsSync(join(root, folder))) return [];
    const names = readdirSync(join(root, folder)).filter((name) => /\.dtso?$/.test(name));
    return names.map((name) => ({ root, path: join(folder, name), includeDirs: ['include', 'src', folder] }));
  }),
);
const CASES = inCorpus(corpusFolders(), 'golden/ofgraph-cases');
const FINDING = /: (?:ERROR|Warning) \((\w+)\): (\/[^ ]*?)(?::([^: ]+))?: /g;

type Source = (typeof SOURCES)[number];

function reader(root: string): FileReader {
  return {
    read(path) {
      const full = join(root, path);
      return existsSync(full) ? readFileSync(full) : 'missing';
    },
  };
}

function cpp({ root, path, includeDirs }: Source): Buffer {
  const dirs = includeDirs.flatMap((dir) => ['-I', dir]);
  const args = ['-nostdinc', '-undef', '-D__DTS__', '-x', 'assembler-with-cpp', ...dirs, path];
  return outputOf('cpp', args, { cwd: root });
}

function dtc(text: Buffer, flags: readonly string[]): { blob: Buffer; findings: string[]; status: number | null } {
  const args = ['-I', 'dts', '-O', 'dtb', '-b', '0', ...flags];
  const { stdout, stderr, status } = runTool('dtc', args, { input: text });
  const findings = [...stderr.toString().matchAll(FINDING)].map((m) => `${m[1]} ${m[2]}`).sort();
  return { blob: stdout, findings, status };
}

/** Our findings in dtc's words. A note speaks of a check as a whole; dtc's line for that names no node. */
function findings(diagnostics: readonly Diagnostic[]): string[] {
  const said = diagnostics.filter((d) => d.where !== undefined && d.severity !== 'note');
  return said.map((d) => `${d.code.replace('dt/check/', '')} ${d.where}`).sort();
}

/** What is not as dtc has it: `symbols`, `plain`, `findings`. */
function differences(source: Source): string[] {
  const text = cpp(source);
  const found: string[] = [];
  for (const symbols of [false, true]) {
    const ours = compile(source.path, reader(source.root), { ...source, symbols, bootCpu: 0, checks: 'all' });
    const theirs = dtc(text, symbols ? ['-@'] : []);
    const same = ours.tree !== undefined && theirs.blob.equals(writeFdt(ours.tree));
    if (!same) found.push(`${source.path}: ${symbols ? 'symbols' : 'plain'}`);
    if (findings(ours.diagnostics).join('\n') !== theirs.findings.join('\n')) found.push(`${source.path}: findings`);
  }
  return found;
}

test.skipIf(needs('cpp', 'dtc') || SOURCES.length === 0)(
  'every real source becomes the bytes and the warnings of cpp and dtc, with and without symbols',
  { timeout: 600_000 },
  () => {
    expect(SOURCES.flatMap(differences)).toEqual([]);
  },
);

test.skipIf(needs('dtc') || CASES === undefined)(
  'every recorded case has the warnings of dtc, unless dtc itself gives up',
  { timeout: 600_000 },
  () => {
    const folder = CASES as string;
    const wrong: string[] = [];
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.dts'))) {
      const bytes = readFileSync(join(folder, name));
      const theirs = dtc(bytes, []);
      if (theirs.status === null) continue; // an assertion of dtc 1.6.1 fails on lengths that it did not expect
      const ours = compileText(bytes.toString('latin1'), name, reader(folder), { checks: 'all' });
      if (findings(ours.diagnostics).join('\n') !== theirs.findings.join('\n')) wrong.push(name);
    }
    expect(wrong).toEqual([]);
  },
);

test.skipIf(needs('dtc'))('the recorded blobs of language cases are what this dtc makes of them', () => {
  const { cases } = JSON.parse(
    readFileSync(new URL('../../test/golden/dtc/language.json', import.meta.url), 'utf8'),
  ) as {
    cases: { name: string; flags: string; source: string; dtb: string }[];
  };
  const wrong = cases.filter(({ source, flags, dtb }) => {
    const args = ['-q', '-q', '-q', '-I', 'dts', '-O', 'dtb', ...flags.split(' ').filter(Boolean)];
    const { stdout, status } = runTool('dtc', args, { input: source });
    return (status === 0 ? stdout.toString('base64') : '') !== dtb;
  });
  expect(wrong.map(({ name }) => name)).toEqual([]);
});
