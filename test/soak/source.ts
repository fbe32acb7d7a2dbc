// Damaged sources: whatever text comes, compiling it ends with a tree or with an error at a place, and soon.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { hasErrors } from '../../src/base/diagnostic.js';
import { Random } from '../../src/base/random.js';
import { compile } from '../../src/dt/compile.js';
import { readFdt } from '../../src/dt/fdt-read.js';
import { writeFdt } from '../../src/dt/fdt-write.js';
import type { DtTree } from '../../src/dt/tree.js';
import { hostFiles } from '../../src/host/files.js';
import { corpusFolders } from '../corpus.js';
import { ROOT } from '../sources.js';

/** Longest time that one damaged source may take, in milliseconds. */
const LIMIT_MS = 5000;
/** Most memory that one may leave behind, in bytes. */
const LIMIT_BYTES = 512 * 1024 * 1024;
const SOURCE_BYTES = 40_000;

/** Pieces that a source is made of, at places where nobody expects them. */
const PIECES = [
  ...['{', '}', '};', '<', '>', '(', ')', '[', ']', '"', "'", ';', ',', '\\\n', '/*', '*/', '//', '\0', '\xff', '\t'],
  ...['&', '&{/', '@', '#', '##', '/bits/ 64 <', '/delete-node/ ', '/delete-property/ ', '/include/ "', '/incbin/("'],
  ...['/plugin/;', '/memreserve/ ', '/omit-if-no-ref/ ', '0x', '0xffffffffffffffffff', '-1', '<<', '? :', '1 / 0', '%'],
  ...['\n#define A A A\n', '\n#define F(x) F(x x)\nF(F(1))\n', '\n#include "', '\n#if ', '\n#else\n', '\n#endif\n'],
  ...[
    'phandle = <1>;',
    'l: ',
    'n@ { };',
    '#address-cells = <99>;',
    'reg = <>;',
    '__FILE__',
    '/dts-v1/;',
    'a'.repeat(300),
  ],
] as const;

const reader = hostFiles({ cwd: ROOT });
const SOURCES: readonly string[] = [join(ROOT, 'boards/lab.dts'), ...realSources()];

/** What `npm run soak` runs. */
export const scenarios: readonly { name: string; total: number; run(seed: string): void }[] = [
  { name: 'source', total: 50_000, run },
];

/** One damaged source, made from the seed, compiled as a person would: with its folder, its includes and all checks. */
export function run(seed: string): void {
  const random = new Random(seed);
  const path = random.pick(SOURCES);
  const bytes = damage(Uint8Array.from(readFileSync(path)), random);
  const files = { read: (name: string) => (name === path ? bytes : reader.read(name)) };
  const folder = join(path, '..');
  const includeDirs = [join(folder, '../../../include'), join(folder, '../..'), folder];
  const began = performance.now();
  const memory = process.memoryUsage().rss;
  const options = { includeDirs, symbols: random.chance(0.3), force: random.chance(0.3), checks: 'all' } as const;
  const { tree, diagnostics } = compile(path, files, options);
  check(tree !== undefined || hasErrors(diagnostics), 'without a tree there is an error');
  check(
    diagnostics.every(({ at, where }) => at !== undefined || where !== undefined),
    'every diagnostic has a place',
  );
  if (tree !== undefined) roundTrip(tree);
  check(performance.now() - began < LIMIT_MS, `took ${Math.round(performance.now() - began)} ms`);
  check(process.memoryUsage().rss - memory < LIMIT_BYTES, 'memory grew beyond its limit');
}

function roundTrip(tree: DtTree): void {
  const blob = writeFdt(tree);
  check(
    readFdt(blob).diagnostics.every(({ severity }) => severity !== 'error'),
    'what was compiled can be read',
  );
}

function check(condition: boolean, what: string): void {
  if (!condition) throw new Error(what);
}

/** One to six faults: a byte, a piece put in, a part cut out, doubled or moved. */
function damage(source: Uint8Array, random: Random): Uint8Array {
  let bytes = source;
  for (let faults = 1 + random.below(6); faults > 0; faults--) bytes = fault(bytes, random);
  return bytes;
}

function fault(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random.below(bytes.length + 1);
  const length = random.below(random.chance(0.9) ? 30 : 3000);
  const part = bytes.subarray(at, at + length);
  switch (random.below(5)) {
    case 0:
      return joined(bytes.subarray(0, at), random.bytes(1), bytes.subarray(at + 1));
    case 1:
      return joined(bytes.subarray(0, at), latin1(random.pick(PIECES)), bytes.subarray(at));
    case 2:
      return joined(bytes.subarray(0, at), bytes.subarray(at + length));
    case 3:
      return joined(bytes.subarray(0, at), part, bytes.subarray(at));
    default: {
      const to = random.below(bytes.length + 1);
      return joined(bytes.subarray(0, to), part, bytes.subarray(to));
    }
  }
}

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** Board sources of moderate length with their includes. */
function realSources(): string[] {
  return corpusFolders().flatMap((root) => {
    const folder = join(root, 'dts/v7.1/src/arm64/mediatek');
    const names = listing(folder).filter((name) => /\.dtso?$/.test(name));
    const paths = names.map((name) => join(folder, name)).filter((path) => statSync(path).size < SOURCE_BYTES);
    return paths.filter((_, index) => index % 6 === 0);
  });
}

function listing(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
