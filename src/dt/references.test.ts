import { expect, test } from 'vitest';
import { treeOf } from '../../test/tree-of.js';
import { phandleArgs, referenceRule, references } from './references.js';
import type { DtNode, DtProperty } from './tree.js';

const TREE = treeOf(`/ { #address-cells = <1>; #size-cells = <1>;
  c0: c0 { #clock-cells = <0>; }; c1: c1 { #clock-cells = <1>; }; bare: bare { }; g: g { #gpio-cells = <2>; };
  smmu: smmu { #iommu-cells = <1>; };
  u { clocks = <&c0>, <&c1 5>, <0>, <&c0>; vdd-supply = <&c0>; reset-gpios = <&g 1 2>; nr-gpios = <3>;
      msi-parent = <&bare>; pinctrl-0 = <&c0 &c1>; pinctrl-names = "default"; short = <&c1>; iommu-map = <0 &smmu 7 1>;
      fixed = <&bare 1 2 &bare 3 4>; dangling = <0x99>; open = <0xffffffff>; };
  hog { gpio-hog; gpios = <1 0>; }; };`);

function node(path: string): DtNode {
  const found = TREE.byPath(path);
  if (found === undefined) throw new Error(`no ${path}`);
  return found;
}

const U = node('/u');

function list(property: string, cells: string | number, fallback?: number): unknown[] {
  const { entries, fault } = phandleArgs(TREE, U, property, cells, fallback);
  const texts = entries.map((entry) => `${entry.node?.path ?? 'empty'} ${entry.args.join(' ')}`.trim());
  return fault === undefined ? texts : [...texts, fault];
}

test('each provider says how many cells follow its phandle', () => {
  expect(list('clocks', '#clock-cells')).toEqual(['/c0', '/c1 5', 'empty', '/c0']);
  expect(list('fixed', 2)).toEqual(['/bare 1 2', '/bare 3 4']);
  expect(list('msi-parent', '#msi-cells', 0)).toEqual(['/bare']);
  expect(list('nothing', '#clock-cells')).toEqual([]);
});

test.each([
  ['msi-parent', '#msi-cells', 'entry 0: /bare has no #msi-cells'],
  ['short', '#clock-cells', 'entry 0: /c1 needs 1 cells (#clock-cells), found 0'],
  ['dangling', '#clock-cells', 'entry 0: no node has the phandle 0x99 that dangling names'],
  ['open', '#clock-cells', 'entry 0: the reference is not resolved (an overlay that was not applied?)'],
])('a broken list %s says why', (property, cells, reason) => {
  expect(list(property, cells)).toEqual([reason]);
});

test('the table knows references by name, ending and number', () => {
  const kinds = ['clocks', 'vdd-supply', 'reset-gpios', 'pinctrl-0', 'pinctrl-names', 'nr-gpios', 'reg', '-supply'];
  expect(kinds.map((name) => referenceRule(U, name)?.kind)).toEqual([
    'args',
    'list',
    'args',
    'list',
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  expect(referenceRule(node('/hog'), 'gpios')).toBeUndefined();
});

test('references by the table name the cells that are phandles', () => {
  const cells = (name: string): unknown =>
    references(TREE, U, U.property(name) as DtProperty)?.entries.map((entry) => [entry.index, entry.node?.path]);
  expect(cells('pinctrl-0')).toEqual([
    [0, '/c0'],
    [1, '/c1'],
  ]);
  expect(cells('reset-gpios')).toEqual([[0, '/g']]);
  expect(cells('iommu-map')).toEqual([[1, '/smmu']]);
  expect(cells('nr-gpios')).toBeUndefined();
});
