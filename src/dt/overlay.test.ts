import { expect, test } from 'vitest';
import { treeOf } from '../../test/tree-of.js';
import { memoryFiles } from '../base/files.js';
import { compile } from './compile.js';
import { decompile } from './decompile.js';
import { applyOverlay } from './overlay.js';
import type { DtTree } from './tree.js';

const BASE = `/ { p; q; i2c0: i2c@10 { status = "disabled"; dev@1 { }; }; clk: clk { #clock-cells = <1>; };
  user { clocks = <&clk 1>; }; };`;
const OVERLAY = `/plugin/;
  &i2c0 { status = "okay"; x; y; new: new@2 { clocks = <&clk 5>, <&own 6>; }; new2@3 { }; dev@1 { z = <&new>; }; };
  &{/} { own: own { #clock-cells = <1>; }; i2c { bare; }; };`;

/** The tree on one line, without `/dts-v1/`. */
function line(of: DtTree | undefined): string {
  return of === undefined ? 'no tree' : decompile(of).replace('/dts-v1/;', '').replace(/\s+/g, ' ').trim();
}

test('new things come first in reverse order, names without @ find nodes with it: as fdtoverlay does', () => {
  const { tree: result, diagnostics } = applyOverlay(treeOf(BASE), treeOf(OVERLAY));
  expect(diagnostics).toEqual([]);
  // fdtoverlay 1.6.1 with the two sources above compiled by dtc -@, then dtc -I dtb -O dts.
  expect(line(result)).toBe(
    '/ { p; q; own { phandle = <0x03>; #clock-cells = <0x01>; }; i2c@10 { bare; y; x; status = "okay"; ' +
      'phandle = <0x02>; new2@3 { }; new@2 { phandle = <0x04>; clocks = <0x01 0x05 0x03 0x06>; }; ' +
      'dev@1 { z = <0x04>; }; }; clk { #clock-cells = <0x01>; phandle = <0x01>; }; user { clocks = <0x01 0x01>; }; ' +
      '__symbols__ { own = "/own"; new = "/i2c@10/new@2"; i2c0 = "/i2c@10"; clk = "/clk"; }; };',
  );
});

test('neither tree is changed, with or without success', () => {
  const [base, overlay] = [treeOf(BASE), treeOf(OVERLAY)];
  const before = [line(base), line(overlay)];
  applyOverlay(base, overlay);
  applyOverlay(base, treeOf('/plugin/; &clk { bad; }; &nowhere { a; };'));
  expect([line(base), line(overlay)]).toEqual(before);
});

test('a second overlay finds the labels of the first', () => {
  const first = applyOverlay(treeOf(BASE), treeOf(OVERLAY)).tree as DtTree;
  const second = applyOverlay(first, treeOf('/plugin/; &new { late; };'));
  expect(second.diagnostics).toEqual([]);
  expect(second.tree?.byPath('/i2c@10/new@2')?.properties[0]?.name).toBe('late');
});

test('a fragment may go to a node that an earlier one brought', () => {
  const overlay = treeOf(
    '/ { fragment@0 { target-path = "/"; __overlay__ { n { }; }; };\n' +
      'fragment@1 { target-path = "/n"; __overlay__ { deep; }; }; };',
  );
  expect(applyOverlay(treeOf(BASE), overlay).tree?.byPath('/n')?.property('deep')?.length).toBe(0);
});

test.each([
  ['an unknown label', BASE, '/plugin/; &i2c1 { };', 'dt/overlay/unknown-label', 'did you mean i2c0?'],
  ['a target that is missing', BASE, '/plugin/; &{/soc} { };', 'dt/overlay/unknown-target', 'goes to /soc,'],
  ['no target', BASE, '/ { fragment@0 { __overlay__ { }; }; };', 'dt/overlay/no-target', 'fragment@0'],
  ['an open target', BASE, '/ { f { target = <(-1)>; __overlay__ { }; }; };', 'dt/overlay/bad-target', '0xffffffff'],
  ['a fixup that is no triple', BASE, '/ { __fixups__ { clk = "/a"; }; };', 'dt/overlay/bad-fixup', '"/a"'],
  [
    'a fixup elsewhere',
    BASE,
    '/ { a { b; }; __fixups__ { clk = "/a:b:0"; }; };',
    'dt/overlay/fixup-target',
    'byte 0 of 0',
  ],
  [
    'a local fixup elsewhere',
    BASE,
    '/ { __local_fixups__ { a { }; }; };',
    'dt/overlay/bad-local-fixup',
    'no such node',
  ],
  ['a phandle of 2 bytes', BASE, '/ { a { linux,phandle = [00 01]; }; };', 'dt/overlay/bad-phandle', '2 bytes'],
  ['too high numbers', BASE, '/ { a { phandle = <0xfffffffd>; }; };', 'dt/overlay/phandle-overflow', '0xfffffffd'],
  [
    'a label that leads nowhere',
    '/ { __symbols__ { l = "/x"; }; };',
    '/plugin/; &l { };',
    'dt/overlay/dangling-label',
    '/x',
  ],
])('%s is an error in words, and there is no tree', (_what, base, overlay, code, words) => {
  const result = applyOverlay(treeOf(base), treeOf(overlay));
  expect(result.tree).toBeUndefined();
  expect(result.diagnostics).toContainEqual(expect.objectContaining({ code, text: expect.stringContaining(words) }));
});

test('a base without labels says how to get them', () => {
  const base = treeOf('/ { n { }; };');
  const symbols = base.root.children.findIndex(({ name }) => name === '__symbols__');
  if (symbols >= 0) base.root.children.splice(symbols, 1);
  expect(applyOverlay(base, treeOf('/plugin/; &i2c0 { };')).diagnostics).toMatchObject([
    {
      severity: 'error',
      code: 'dt/overlay/no-symbols',
      text: 'the overlay needs label i2c0, but the base tree has no /__symbols__; compile the base with -@',
      where: '/__fixups__:i2c0',
    },
  ]);
});

test('a label that the base lacks is told where the source of the overlay uses it', () => {
  const files = memoryFiles({
    'panel.dtsi': '\tpanel {\n\t\tbacklight = <&lamp>;\n\t};\n',
    'a.dtso': '/dts-v1/;\n/plugin/;\n&i2c0 {\n#include "panel.dtsi"\n};\n\n&lost { x = <&lamp>; };\n',
  });
  const overlay = compile('a.dtso', files).tree as DtTree;
  const included = { kind: 'include', name: 'panel.dtsi', at: { file: 'a.dtso', line: 4, column: 1 } };
  expect(applyOverlay(treeOf(BASE), overlay).diagnostics).toMatchObject([
    { where: '/__fixups__:lamp', at: { file: 'panel.dtsi', line: 2, column: 3 }, via: [included] },
    { where: '/__fixups__:lost', at: { file: 'a.dtso', line: 7 } },
  ]);
});

test('a board instead of an overlay is noticed', () => {
  expect(applyOverlay(treeOf(BASE), treeOf('/ { soc { }; };')).diagnostics.map(({ code }) => code)).toEqual([
    'dt/overlay/not-an-overlay',
  ]);
});

test('what an overlay brings keeps its place in the source of the overlay, what was there its own', () => {
  const files = memoryFiles({
    'base.dts': '/dts-v1/;\n/ {\n\tdsi: dsi {\n\t\tstatus = "disabled";\n\t};\n};\n',
    'one.dtso': '/dts-v1/;\n/plugin/;\n&dsi {\n\tstatus = "okay";\n\tpanel {\n\t\treg = <0>;\n\t};\n};\n',
    'two.dtso': '/dts-v1/;\n/plugin/;\n\n&{/dsi/panel} {\n\t  power = <1>;\n};\n',
  });
  const load = (path: string) => compile(path, files, { symbols: true }).tree as DtTree;
  const once = applyOverlay(load('base.dts'), load('one.dtso')).tree as DtTree;
  const result = applyOverlay(once, load('two.dtso')).tree as DtTree;
  const place = (origin: number | undefined) => {
    const at = result.source?.locate(origin ?? -1)?.at;
    return at && `${at.file}:${at.line}:${at.column}`;
  };
  const dsi = result.byPath('/dsi');
  const panel = result.byPath('/dsi/panel');
  expect([dsi?.origin, dsi?.property('status')?.origin].map(place)).toEqual(['base.dts:3:7', 'one.dtso:4:2']);
  expect([panel?.origin, panel?.property('reg')?.origin].map(place)).toEqual(['one.dtso:5:2', 'one.dtso:6:3']);
  expect(place(panel?.property('power')?.origin)).toBe('two.dtso:5:4');
});
