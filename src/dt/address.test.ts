import { expect, test } from 'vitest';
import { treeOf } from '../../test/tree-of.js';
import { cellCounts, cpuAddress, cpuRange, deviceName, ranges, regEntries, translate } from './address.js';
import type { DtNode, DtTree } from './tree.js';

function at(of: DtTree, path: string): DtNode {
  const node = of.byPath(path);
  if (node === undefined) throw new Error(`no ${path}`);
  return node;
}

// Shapes of fsl-ls1043a-rdb.dtb, mt8195-cherry-tomato-r2.dtb and sdm845-db845c.dtb; device names as those boards'
// kernels print them.
const BOARD = treeOf(`/ { #address-cells = <2>; #size-cells = <2>;
  cpus { #address-cells = <1>; #size-cells = <0>; cpu@100 { reg = <0x100>; }; };
  soc { #address-cells = <2>; #size-cells = <2>; ranges;
    ovl@1c000000 { reg = <0 0x1c000000 0 0x1000>; };
    bman-portals-bus@508000000 { #address-cells = <1>; #size-cells = <1>; ranges = <0 5 0x08000000 0x8000000>;
      bman-portal@10000 { reg = <0x10000 0x4000>, <0x4010000 0x4000>; };
      far@9000000 { reg = <0x9000000 4>; }; };
    i2c@2180000 { reg = <0 0x2180000 0 0x10000>; #address-cells = <1>; #size-cells = <0>;
      ina220@40 { reg = <0x40>; }; };
    closed@1 { reg = <0 1 0 1>; #address-cells = <1>; #size-cells = <1>; dev@5 { reg = <5 1>; }; };
    masked@100 { reg = <0 0x100 0 1>; mask = <0x10>; };
    foo { bar { }; };
    pcie@3400000 { device_type = "pci"; #address-cells = <3>; #size-cells = <2>;
      ranges = <0x81000000 0 0 0x40 0x10000 0 0x10000>, <0x82000000 0 0x40000000 0x40 0x40000000 0 0x40000000>;
      mem@0 { reg = <0x02000000 0 0x40001000 0 0x100>; };
      io@0 { reg = <0x01000000 0 0x20 0 4>; };
      config@0 { reg = <0 0 0 0 0>; }; }; }; };`);

test.each([
  ['/soc/ovl@1c000000', 0x1c000000n, '1c000000.ovl'],
  ['/soc/bman-portals-bus@508000000/bman-portal@10000', 0x508010000n, '508010000.bman-portal'],
  ['/soc/bman-portals-bus@508000000/far@9000000', undefined, 'soc:bman-portals-bus@508000000:far@9000000'],
  ['/soc/bman-portals-bus@508000000', undefined, 'soc:bman-portals-bus@508000000'],
  ['/soc/i2c@2180000/ina220@40', undefined, '2180000.i2c:ina220@40'],
  ['/soc/closed@1/dev@5', undefined, '1.closed:dev@5'],
  ['/soc/masked@100', 0x100n, '100.4.masked'],
  ['/soc/foo/bar', undefined, 'soc:foo:bar'],
  ['/cpus/cpu@100', undefined, 'cpus:cpu@100'],
  ['/soc/pcie@3400000/mem@0', 0x4040001000n, '4040001000.mem'],
  ['/soc/pcie@3400000/io@0', 0x4000010020n, '4000010020.io'],
  ['/soc/pcie@3400000/config@0', undefined, 'soc:pcie@3400000:config@0'],
])('%s is at %s and called %s', (path, address, name) => {
  expect([cpuAddress(at(BOARD, path)), deviceName(at(BOARD, path))]).toEqual([address, name]);
});

test('every row of reg is read', () => {
  expect(regEntries(at(BOARD, '/soc/bman-portals-bus@508000000/bman-portal@10000'))).toEqual([
    { address: 0x10000n, size: 0x4000n, flags: 0 },
    { address: 0x4010000n, size: 0x4000n, flags: 0 },
  ]);
  const portal = at(BOARD, '/soc/bman-portals-bus@508000000/bman-portal@10000');
  expect(cpuAddress(portal, 1)).toBe(0x50c010000n);
  expect([cpuRange(portal, 1), cpuRange(portal, 2)]).toEqual([{ start: 0x50c010000, size: 0x4000 }, undefined]);
});

test('PCI addresses keep their first cell apart', () => {
  expect(regEntries(at(BOARD, '/soc/pcie@3400000/mem@0'))).toEqual([
    { address: 0x40001000n, size: 0x100n, flags: 0x02000000 },
  ]);
  expect(ranges(at(BOARD, '/soc/pcie@3400000'))?.[0]).toEqual({
    child: 0n,
    childFlags: 0x81000000,
    parent: 0x4000010000n,
    parentFlags: 0,
    size: 0x10000n,
  });
});

test('cells are looked for upwards, and default to 1 and 1', () => {
  const bare = treeOf('/ { a { #address-cells = <2>; b { c { }; }; }; };');
  expect(cellCounts(at(bare, '/a/b/c'))).toEqual({ address: 2, size: 1 });
  expect(cellCounts(at(bare, '/a'))).toEqual({ address: 1, size: 1 });
});

test('DMA addresses pass unchanged where there is no dma-ranges', () => {
  const dma = treeOf(`/ { #address-cells = <2>; #size-cells = <2>;
    bus { #address-cells = <2>; #size-cells = <2>; dma-ranges = <0 0x80000000 0x10 0 0 0x40000000>; dev { }; };
    plain { #address-cells = <2>; #size-cells = <2>; dev { }; }; };`);
  expect(translate(at(dma, '/bus/dev'), 0x80001000n, 0, 'dma-ranges')).toBe(0x1000001000n);
  expect(translate(at(dma, '/bus/dev'), 0x1000n, 0, 'dma-ranges')).toBeUndefined();
  expect(translate(at(dma, '/plain/dev'), 0x1000n, 0, 'dma-ranges')).toBe(0x1000n);
  expect(translate(at(dma, '/plain/dev'), 0x1000n)).toBeUndefined();
});
