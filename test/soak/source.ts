// Damaged sources: whatever text comes, compiling it ends with a tree or with an error at a place, and soon.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Diagnostic, hasErrors, type Position } from '../../src/base/diagnostic.js';
import { type FileReader, memoryFiles } from '../../src/base/files.js';
import { Random } from '../../src/base/random.js';
import { compile } from '../../src/dt/compile.js';
import { preprocess } from '../../src/dt/cpp/preprocess.js';
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

/** A source as a person has it: its files, how it is compiled, and which of its files may be damaged. */
interface Subject {
  readonly path: string;
  readonly files: FileReader;
  readonly includeDirs: readonly string[];
  readonly preprocess: boolean;
  /** The main file first, then all that it includes. */
  readonly read: readonly string[];
}

const SUBJECTS: readonly Subject[] = [
  ...[join(ROOT, 'boards/lab.dts'), ...realSources()].flatMap((path) => [onDisk(path), preprocessed(path)]),
  chain(true),
  chain(false),
];

/** What `npm run soak` runs. */
export const scenarios: readonly { name: string; total: number; run(seed: string): void }[] = [
  { name: 'source', total: 50_000, run },
];

/** One source with a damaged file, made from the seed, compiled as a person would: with its includes and all checks. */
export function run(seed: string): void {
  const random = new Random(seed);
  const { path, files, includeDirs, preprocess, read } = random.pick(SUBJECTS);
  const victim = read.length > 1 && random.chance(0.4) ? random.pick(read.slice(1)) : path;
  const bytes = damage(files.read(victim) as Uint8Array, random);
  const damaged: FileReader = { read: (name) => (name === victim ? bytes : files.read(name)) };
  const began = performance.now();
  const memory = process.memoryUsage().rss;
  const options = { includeDirs, preprocess, symbols: random.chance(0.3), force: random.chance(0.3) };
  const { tree, diagnostics } = compile(path, damaged, { ...options, checks: 'all' });
  check(tree !== undefined || hasErrors(diagnostics), 'without a tree there is an error');
  check(diagnostics.every(hasPlace), 'every diagnostic has a place');
  if (tree !== undefined) roundTrip(tree);
  check(performance.now() - began < LIMIT_MS, `took ${Math.round(performance.now() - began)} ms`);
  check(process.memoryUsage().rss - memory < LIMIT_BYTES, 'memory grew beyond its limit');
}

/** A node, or a line of a file, and the same for each include and macro call on the way. */
function hasPlace({ at, where, via = [] }: Diagnostic): boolean {
  return (
    [...(at === undefined ? [] : [at]), ...via.map((one) => one.at)].every(isPosition) && (at ?? where) !== undefined
  );
}

function isPosition({ file, line, column }: Position): boolean {
  return file !== '' && Number.isInteger(line) && line >= 0 && Number.isInteger(column) && column >= 0;
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

/** Board sources of moderate length: every sixth, and every overlay. */
function realSources(): string[] {
  return corpusFolders().flatMap((root) => {
    const folder = join(root, 'dts/v7.1/src/arm64/mediatek');
    const names = listing(folder).filter((name) => /\.dtso?$/.test(name));
    const paths = names.map((name) => join(folder, name)).filter((path) => statSync(path).size < SOURCE_BYTES);
    return paths.filter((path, index) => index % 6 === 0 || path.endsWith('.dtso'));
  });
}

function includeDirsOf(path: string): readonly string[] {
  const folder = join(path, '..');
  return [join(folder, '../../../include'), join(folder, '../..'), folder];
}

/** A file with its includes. Each is read from the disk once. */
function onDisk(path: string): Subject {
  const disk = hostFiles({ cwd: ROOT });
  const known = new Map<string, ReturnType<FileReader['read']>>();
  const files: FileReader = {
    read(name) {
      const content = known.get(name) ?? disk.read(name);
      known.set(name, content);
      return content;
    },
  };
  const includeDirs = includeDirsOf(path);
  return { path, files, includeDirs, preprocess: true, read: preprocess(path, files, { includeDirs }).files };
}

/** The same as another preprocessor would have left it. */
function preprocessed(path: string): Subject {
  const { files, includeDirs } = onDisk(path);
  const { text } = preprocess(path, files, { includeDirs });
  const name = `${path}.tmp`;
  const marked = latin1(`# 1 "${path}"\n${text}`);
  return { path: name, files: memoryFiles({ [name]: marked }), includeDirs: [], preprocess: false, read: [name] };
}

/** An overlay with dtc's own /include/ and /incbin/, nested: no board of Linux has them any more. */
function chain(preprocessedFirst: boolean): Subject {
  const files = {
    'main.dtso': `/dts-v1/;
/plugin/;
/include/ "first.dtsi"
&i2c0 { status = "okay"; own: sensor@40 { compatible = "ti,ina3221"; reg = <0x40>; supply = <&vcc>; }; };
&{/soc} { link = <&own &missing>; text = "a\\x41\\0b", &own; };
`,
    'first.dtsi': `/include/ "second.dtsi"
/ { fragment@7 { target-path = "/"; __overlay__ { vcc: regulator { data = /incbin/("blob.bin", 1, (2 + 1)); }; }; }; };
`,
    'second.dtsi': `&late { a = /bits/ 64 <(1 << 40) (~0)>; b = [00 ff 1a]; c = <'x'>; /delete-property/ d; };
/ { n1 { n2 { n3 { l: p = <1>, <2>; }; }; }; /omit-if-no-ref/ unused: u { }; };
`,
    'blob.bin': '\u0001\u0002\u0003\u0004',
  };
  const read = Object.keys(files);
  return { path: 'main.dtso', files: memoryFiles(files), includeDirs: [], preprocess: preprocessedFirst, read };
}

function listing(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
