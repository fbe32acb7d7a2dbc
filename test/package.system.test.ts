// The package as users get it: packed, installed into an empty project, every entry imported. `npm run check:package`.
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPackageFromTarballData, checkPackage as findTypeProblems } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { corpusFolders, inCorpus } from './corpus.js';
import { ROOT } from './sources.js';

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
}

/** The board that the README's program reads. */
const TEGRA = inCorpus(corpusFolders(), 'dtb/tegra210-p2371-2180.dtb');

let folder: string;
let tarball: string;
const installed = (): string => join(folder, 'node_modules/bringup');
const npm = (cwd: string, ...args: string[]): string =>
  execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: 'pipe' });

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bringup-package-'));
  const listed = JSON.parse(npm(ROOT, 'pack', '--json', '--ignore-scripts', '--pack-destination', folder)) as unknown;
  const first = (Array.isArray(listed) ? listed[0] : Object.values(listed as object)[0]) as { filename: string };
  tarball = join(folder, first.filename);
  // Unpacked by tar instead of installed: no network, and a dependency that the bundle forgot shows at once.
  mkdirSync(installed(), { recursive: true });
  execFileSync('tar', ['xzf', tarball, '--strip-components=1', '-C', installed()]);
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Every entry by its public name, patterns filled in from what was packed. */
function entries(): string[] {
  const { exports } = JSON.parse(readFileSync(join(installed(), 'package.json'), 'utf8')) as Manifest;
  return Object.entries(exports).flatMap(([name, target]) => {
    if (typeof target === 'string') return [];
    if (!name.includes('*')) return [name];
    const base = join(installed(), target.default.split('*')[0] as string);
    const parts = existsSync(base) ? readdirSync(base) : [];
    const real = parts.filter((part) => existsSync(join(installed(), target.default.replaceAll('*', part))));
    return real.map((part) => name.replace('*', part));
  });
}

test('every entry can be imported and gives something', () => {
  const names = entries().map((name) => name.replace(/^\./, 'bringup'));
  const count = 'console.log(name, Object.keys(await import(name)).length)';
  const script = `for (const name of ${JSON.stringify(names)}) ${count};`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: folder,
    encoding: 'utf8',
  });
  const counts = output
    .trim()
    .split('\n')
    .map((line) => line.split(' ') as [string, string]);
  expect(counts.map(([name]) => name)).toEqual(names);
  expect(counts.filter(([, count]) => count === '0')).toEqual([]);
});

test('the command starts without its dependencies beside it', () => {
  const bin = join(installed(), 'bin/bringup.cjs');
  expect(execFileSync(process.execPath, [bin, '--version'], { cwd: folder, encoding: 'utf8' })).toMatch(
    /^\d+\.\d+\.\d+/,
  );
});

test.skipIf(TEGRA === undefined)("the README's program runs as it stands there", () => {
  const [, program] = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, 'README.md'), 'utf8')) ?? [];
  writeFileSync(join(folder, 'example.mjs'), program as string);
  copyFileSync(TEGRA as string, join(folder, 'board.dtb'));
  const output = execFileSync(process.execPath, ['example.mjs'], { cwd: folder, encoding: 'utf8' });
  expect(output.match(/milliamperes: \{ value: (-?\d+) \}/)?.[1]).toBe('-1500');
  expect(output.trimEnd().endsWith('[]')).toBe(true);
});

test('nothing is packed that only we need', () => {
  const files = execFileSync('tar', ['tzf', tarball], { encoding: 'utf8' }).trim().split('\n');
  expect(files.filter((file) => /\.test\.|\.contract\.|tsbuildinfo|\/test\/|\/src\/|\.built/.test(file))).toEqual([]);
});

test('publint finds nothing', async () => {
  const { messages, pkg } = await publint({ pkgDir: installed(), strict: true });
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
});

test('types resolve as the code does', async () => {
  const pack = createPackageFromTarballData(new Uint8Array(readFileSync(tarball)));
  const result = await findTypeProblems(pack, { entrypoints: entries() });
  const problems = result.types === false ? [{ kind: 'no types' }] : result.problems;
  // The package is ESM only, and has no meaning for resolvers older than `exports`.
  const wanted = ['CJSResolvesToESM', 'NoResolution'];
  const unwanted = problems.filter((problem) => !wanted.includes(problem.kind) || isNode16(problem));
  expect(unwanted).toEqual([]);
});

/** Resolution by Node's own rules from an ES module: there nothing may be missing. */
function isNode16(problem: { readonly kind: string } & object): boolean {
  return problem.kind === 'NoResolution' && 'resolutionKind' in problem && problem.resolutionKind !== 'node10';
}
