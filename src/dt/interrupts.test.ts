import { expect, test } from 'vitest';
import { treeOf } from '../../test/tree-of.js';
import { interrupt, interruptCount, interruptParent } from './interrupts.js';
import type { DtNode } from './tree.js';

const TREE = treeOf(`/ { #address-cells = <1>; #size-cells = <1>; interrupt-parent = <&gic>;
  gic: gic { interrupt-controller; #interrupt-cells = <3>; #address-cells = <0>; };
  gpio: gpio { interrupt-controller; #interrupt-cells = <2>; };
  off: off { interrupt-controller; #interrupt-cells = <1>; status = "disabled"; };
  uart@1 { reg = <1 1>; interrupts = <0 35 8>, <0 36 4>; };
  both { interrupts = <0 1 4>; interrupts-extended = <&gpio 5 1>, <&gic 0 9 4>, <0>; };
  short { interrupts = <0 1>; };
  silent { };
  pcie: pcie@2 { reg = <2 1>; #address-cells = <3>; #size-cells = <2>; #interrupt-cells = <1>;
    interrupt-map-mask = <0xf800 0 0 7>;
    interrupt-map = <0 0 0 1 &off 1>, <0 0 0 1 &gic 0 110 4>, <0x800 0 0 1 &gpio 7 2>;
    slot0 { reg = <0x00000100 0 0 0 0>; interrupts = <1>; };
    slot1 { reg = <0x00000800 0 0 0 0>; interrupts = <1>; };
    slot2 { reg = <0x00001000 0 0 0 0>; interrupts = <1>; };
    noreg { interrupts = <1>; }; };
  loop: loop { #interrupt-cells = <1>; #address-cells = <0>; interrupt-map = <1 &loop2 1>; };
  loop2: loop2 { #interrupt-cells = <1>; #address-cells = <0>; interrupt-map = <1 &loop 1>; };
  round { interrupt-parent = <&loop>; interrupts = <1>; };
  lost { interrupt-parent = <0x77>; interrupts = <1>; }; };`);

function at(path: string): DtNode {
  const node = TREE.byPath(path);
  if (node === undefined) throw new Error(`no ${path}`);
  return node;
}

function outcome(path: string, index = 0): unknown[] {
  const found = interrupt(TREE, at(path), index);
  return found.kind === 'interrupt' ? [found.controller.path, ...found.cells] : [found.reason];
}

test.each([
  ['/uart@1', 0, ['/gic', 0, 35, 8]],
  ['/uart@1', 1, ['/gic', 0, 36, 4]],
  ['/both', 0, ['/gpio', 5, 1]],
  ['/both', 1, ['/gic', 0, 9, 4]],
  ['/pcie@2/slot0', 0, ['/gic', 0, 110, 4]],
  ['/pcie@2/slot1', 0, ['/gpio', 7, 2]],
])('interrupt of %s (%i) goes to %j', (path, index, expected) => {
  expect(outcome(path, index)).toEqual(expected);
});

test.each([
  ['/uart@1', 2, 'needs cells up to 9, interrupts has 6'],
  ['/short', 0, 'needs cells up to 3, interrupts has 2'],
  ['/silent', 0, 'neither interrupts nor interrupts-extended'],
  ['/pcie@2/slot2', 0, 'interrupt-map of /pcie@2 has no row for 0x1000 0x0 0x0 0x1'],
  ['/pcie@2/noreg', 0, 'no reg to look up'],
  ['/round', 0, 'go in a circle'],
  ['/lost', 0, 'no interrupt parent'],
])('interrupt of %s (%i) has a reason: %s', (path, index, reason) => {
  expect(outcome(path, index)).toEqual([expect.stringContaining(reason)]);
});

test('interrupts are counted', () => {
  expect(['/uart@1', '/both', '/short', '/silent', '/lost'].map((path) => interruptCount(TREE, at(path)))).toEqual([
    2, 3, 0, 0, 0,
  ]);
});

test('the interrupt parent is inherited from the root', () => {
  expect(interruptParent(TREE, at('/pcie@2/slot0'))?.path).toBe('/pcie@2');
  expect(interruptParent(TREE, at('/uart@1'))?.path).toBe('/gic');
});
