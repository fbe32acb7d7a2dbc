import { expect, test } from 'vitest';
import { treeOf } from '../../../test/tree-of.js';
import { aliases } from '../../dt/alias.js';
import type { DtNode } from '../../dt/tree.js';
import { componentId, componentName, componentType, isAdaptorPart, matchDrmData, matchMmsys } from './component.js';

/** A node with these compatibles and, where given, this alias. */
function node(compatible: string, alias?: string): { node: DtNode; names: ReturnType<typeof aliases> } {
  const tree = treeOf(`/ { aliases { ${alias === undefined ? '' : `${alias} = "/x";`} };
    x { compatible = ${compatible}; }; };`);
  return { node: tree.byPath('/x') as DtNode, names: aliases(tree) };
}

const quoted = (...words: readonly string[]): string => words.map((word) => `"mediatek,${word}"`).join(', ');

/** The component that a node of this compatible is, by name; or why it is none. */
function component(compatible: string, alias?: string): string {
  const { node: x, names } = node(quoted(compatible), alias);
  const type = componentType(x, 'mainline');
  if (type === undefined) return 'no type';
  const id = componentId(names, x, type);
  return id === undefined ? 'EINVAL' : (componentName(id) as string);
}

test.each([
  ['mt8183-disp-ovl', undefined, 'OVL0'],
  ['mt8183-disp-ovl', 'ovl1', 'OVL1'],
  ['mt8183-disp-ovl-2l', undefined, 'OVL_2L0'],
  ['mt8183-disp-ovl-2l', 'ovl-2l2', 'OVL_2L2'],
  ['mt8183-disp-ovl-2l', 'ovl2', 'OVL_2L0'],
  ['mt8183-disp-rdma', 'rdma4', 'RDMA4'],
  ['mt8195-disp-merge', undefined, 'MERGE0'],
  ['mt8195-disp-merge', 'merge05', 'MERGE5'],
  ['mt8195-dp-intf', undefined, 'DP_INTF0'],
  ['mt8195-dp-intf', 'dp-intf1', 'DP_INTF1'],
  ['mt2701-disp-pwm', undefined, 'BLS'],
  ['mt8173-disp-pwm', 'pwm2', 'PWM2'],
])('T1: %s with alias %s is %s', (compatible, alias, name) => {
  expect(component(compatible, alias)).toBe(name);
});

test.each([
  ['mt8183-disp-rdma', 'rdma3'],
  ['mt8183-dsi', 'dsi4'],
  ['mt8195-disp-merge', 'merge6'],
  ['mt8183-disp-ovl-2l', 'ovl-2l3'],
  ['mt8183-disp-ccorr', 'ccorr1'],
  ['mt8173-disp-aal', 'aal2'],
  ['mt8183-disp-dither', 'dither1'],
])('T1: %s with alias %s is no component', (compatible, alias) => {
  expect(component(compatible, alias)).toBe('EINVAL');
});

test('T2: a mutex has a type and is never a component, with or without an alias', () => {
  expect([component('mt8183-disp-mutex'), component('mt8183-disp-mutex', 'mutex0')]).toEqual(['EINVAL', 'EINVAL']);
});

test('T3: unused slots of the table, which read as AAL 0, change nothing', () => {
  expect([
    component('mt8173-disp-aal'),
    component('mt8173-disp-aal', 'aal0'),
    component('mt8173-disp-aal', 'aal1'),
  ]).toEqual(['AAL0', 'AAL0', 'AAL1']);
});

test('T5: a newer block is known by its fall-back string only', () => {
  expect(componentType(node(quoted('mt8195-disp-color', 'mt8173-disp-color')).node, 'mainline')?.stem).toBe('color');
  expect(component('mt8195-disp-color')).toBe('no type');
});

test('G6: the first string of the node that a table knows decides, and case does not matter', () => {
  const both = node(quoted('mt8183-disp-rdma', 'mt8183-disp-ovl')).node;
  expect(componentType(both, 'mainline')?.stem).toBe('rdma');
  expect(componentType(node('"MediaTek,MT8183-Disp-OVL"').node, 'mainline')?.stem).toBe('ovl');
  expect(matchDrmData(node(quoted('mt7623-mmsys', 'mt2701-mmsys')).node, 'mainline')?.name).toBe(
    'mt7623_mmsys_driver_data',
  );
});

test('G6: only the case of ASCII letters is ignored, as strcasecmp does', () => {
  const kelvin = node('"mediate\\xe2\\x84\\xaa,mt8183-disp-ovl"').node;
  expect(kelvin.compatible[0]?.toLowerCase()).toBe('mediatek,mt8183-disp-ovl');
  expect(componentType(kelvin, 'mainline')).toBeUndefined();
});

test('T7, T8: ETHDR, MDP_RDMA and PADDING belong to the adaptor, a MERGE does not', () => {
  const compatibles = ['mt8195-disp-ethdr', 'mt8195-vdo1-rdma', 'mt8188-disp-padding', 'mt8195-disp-merge'];
  expect(compatibles.map((compatible) => isAdaptorPart(node(quoted(compatible)).node))).toEqual([
    true,
    true,
    true,
    false,
  ]);
});

test('rows of mainline are missing in the tables of 6.12, MT8365 and the DPI of MT8195', () => {
  const mt8365 = node(quoted('mt8365-mmsys')).node;
  const dpi = node(quoted('mt8195-dpi')).node;
  expect([matchDrmData(mt8365, 'v6.12'), matchDrmData(mt8365, 'mainline')?.name]).toEqual([
    undefined,
    'mt8365_mmsys_driver_data',
  ]);
  expect([componentType(dpi, 'v6.12'), componentType(dpi, 'mainline')?.stem]).toEqual([undefined, 'dpi']);
  expect(matchMmsys(mt8365)?.vppsys).toBe(false);
});

test('a mmsys without data is bound all the same, a vppsys has no display', () => {
  expect(matchMmsys(node(quoted('mt6779-mmsys')).node)?.vppsys).toBe(false);
  expect(matchDrmData(node(quoted('mt6779-mmsys')).node, 'mainline')).toBeUndefined();
  expect(matchMmsys(node(quoted('mt8195-vppsys0')).node)?.vppsys).toBe(true);
  expect(matchMmsys(node('"vendor,mmsys"').node)).toBeUndefined();
});
