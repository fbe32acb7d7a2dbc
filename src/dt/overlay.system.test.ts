// Against the real fdtoverlay: the same trees go in, the same tree comes out.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { corpusFolders } from '../../test/corpus.js';
import { needs, outputOf, runTool } from '../../test/tools.js';
import { Random } from '../base/random.js';
import { readFdt } from './fdt-read.js';
import { writeFdt } from './fdt-write.js';
import { applyOverlay } from './overlay.js';
import type { DtTree } from './tree.js';

const missing = needs('dtc', 'fdtoverlay');
const corpus = corpusFolders().find((folder) => existsSync(join(folder, 'dtbo')));
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bringup-overlay-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Compiles with dtc -@; the path of the blob. */
function blob(name: string, source: string): string {
  const path = join(folder, name);
  const args = ['-q', '-f', '-@', '-b', '0', '-O', 'dtb', '-o', path];
  outputOf('dtc', args, { input: `/dts-v1/; ${source}` });
  return path;
}

function read(path: string): DtTree {
  return readFdt(Uint8Array.from(readFileSync(path))).tree as DtTree;
}

/** The bytes that dtc makes of a blob: the order of strings is then no longer the writer's. */
function normal(path: string): string {
  const args = ['-q', '-f', '-b', '0', '-I', 'dtb', '-O', 'dtb', path];
  return outputOf('dtc', args).toString('hex');
}

/** `same`, `both refuse`, or how we differ from fdtoverlay. */
function compared(base: string, overlays: readonly string[]): string {
  const theirs = join(folder, 'theirs.dtb');
  const status = runTool('fdtoverlay', ['-i', base, '-o', theirs, ...overlays]).status;
  let tree: DtTree | undefined = read(base);
  for (const overlay of overlays) tree = tree === undefined ? undefined : applyOverlay(tree, read(overlay)).tree;
  if (status !== 0 || tree === undefined) {
    return (status !== 0) === (tree === undefined) ? 'both refuse' : `fdtoverlay says ${status}`;
  }
  const ours = join(folder, 'ours.dtb');
  writeFileSync(ours, writeFdt(tree));
  return normal(ours) === normal(theirs) ? 'same' : 'another tree';
}

const BASE = `/ { p; aliases { bus = "/soc@0/i2c@10"; }; soc: soc@0 { i2c0: i2c@10 { status = "disabled"; d@1 { }; };
  }; clk: clk { #clock-cells = <1>; }; user { clocks = <&clk 1>; }; };`;
const FIRST = `/plugin/; &i2c0 { status = "okay"; x; y; n: n@2 { clocks = <&clk 5>, <&own 6>; }; n3@3 { };
  d@1 { z = <&n>; }; };
  &{/} { own: own { #clock-cells = <1>; }; soc { bare; }; };`;
const CASES: readonly (readonly [what: string, expected: string, overlays: readonly string[]])[] = [
  ['labels, references both ways, names without @', 'same', [FIRST]],
  ['two in a row, the second on labels of the first', 'same', [FIRST, '/plugin/; &n { late = <&own>; }; &clk { q; };']],
  ['a label on a fragment', 'same', ['/ { f@0 { target-path = "/soc@0"; l: __overlay__ { a; }; }; };']],
  ['target-path by alias', 'same', ['/ { fragment@0 { target-path = "bus"; __overlay__ { a; b; }; }; };']],
  [
    'a fragment into an earlier one',
    'same',
    ['/ { f@0 { target-path = "/"; __overlay__ { n { }; }; }; f@1 { target-path = "/n"; __overlay__ { d; }; }; };'],
  ],
  ['an unknown label', 'both refuse', ['/plugin/; &nobody { a; };']],
  ['a missing path', 'both refuse', ['/plugin/; &{/nobody} { a; };']],
  ['a broken fixup', 'both refuse', ['/ { __fixups__ { clk = "/a:b"; }; };']],
  ['a broken local fixup', 'both refuse', ['/ { __local_fixups__ { a { }; }; };']],
  ['a phandle that is too high', 'both refuse', ['/ { a { phandle = <0xfffffffe>; }; };']],
];

test.skipIf(missing)('overlays of every kind give the tree of fdtoverlay, or are refused by both', () => {
  const outcomes = CASES.map(([what, , overlays]) => {
    const blobs = overlays.map((source, index) => blob(`overlay-${index}.dtbo`, source));
    return [what, compared(blob('base.dtb', BASE), blobs)];
  });
  expect(outcomes).toEqual(CASES.map(([what, expected]) => [what, expected]));
});

test.skipIf(missing)('damaged overlays are applied or refused as fdtoverlay does', { timeout: 600_000 }, () => {
  const base = blob('base.dtb', BASE);
  const honest = readFileSync(blob('honest.dtbo', FIRST));
  const damaged = join(folder, 'damaged.dtbo');
  const outcomes = new Map<string, string>();
  for (let i = 0; i < Number(process.env['BRINGUP_SOAK'] ?? 600); i++) {
    const random = new Random(`overlay-${i}`);
    const bytes = Uint8Array.from(honest);
    const at = 0x48 + random.below(bytes.length - 0x48);
    bytes[at] = (bytes[at] as number) ^ (1 << random.below(8));
    // Blobs that are themselves broken are another test's matter.
    if (readFdt(bytes).diagnostics.length > 0) continue;
    writeFileSync(damaged, bytes);
    outcomes.set(compared(base, [damaged]), random.seed);
  }
  expect([...outcomes.keys()].sort()).toEqual(['both refuse', 'same']);
});

test.skipIf(missing || corpus === undefined)(
  'every overlay of Debian gives on its boards what fdtoverlay gives',
  { timeout: 600_000 },
  () => {
    const boards = readdirSync(join(corpus as string, 'dtb'));
    const outcomes = new Map<string, number>();
    for (const overlay of readdirSync(join(corpus as string, 'dtbo'))) {
      // The board that the overlay is made for begins with the same words.
      const stem = overlay.split('-').slice(0, 2).join('-');
      const bases = boards.filter((name) => name.startsWith(stem)).slice(0, 3);
      for (const base of bases) {
        const outcome = compared(join(corpus as string, 'dtb', base), [join(corpus as string, 'dtbo', overlay)]);
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      }
    }
    expect([...outcomes.keys()].filter((outcome) => outcome !== 'same' && outcome !== 'both refuse')).toEqual([]);
    expect(outcomes.get('same')).toBeGreaterThan(20);
  },
);
