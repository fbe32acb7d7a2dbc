import { expect, test } from 'vitest';
import { treeOf } from '../../../test/tree-of.js';
import { cmdqSoc } from '../../drivers/mtk-cmdq/soc-tables.js';
import { eventSource } from './event-source.js';

const TREE = treeOf(`/ { #address-cells = <1>; #size-cells = <1>;
  aliases { ovl-2l0 = "/ovl@14009000"; };
  ovl@1400c000 { reg = <0x1400c000 0x1000>; };
  ovl@1400d000 { reg = <0x1400d000 0x1000>; status = "disabled"; };
  ovl@14009000 { reg = <0x14009000 0x1000>; };
  color@14014000 { reg = <0x14014000 0x1000>; };
  color@14013000 { reg = <0x14013000 0x1000>; };
  mutex@14020000 { reg = <0x14020000 0x1000>; mediatek,gce-events = <53 54>; };
  rdma@1 { reg = <1 1>; mediatek,gce-events = <700>; };
};`);

/** Kind, block and moment, then the nodes. */
function source(id: number, name: string, tree = TREE): readonly unknown[] {
  const { kind, block, moment, raisers } = eventSource(id, cmdqSoc(name), tree);
  return [kind, block, moment, ...raisers.map(({ node, by, enabled }) => `${node.path} ${by} ${enabled}`)];
}

// Ids and names: include/dt-bindings/gce of Linux 6.12, facts cmdq §2.10, §9.4.
test.each<[id: number, soc: string, ...wanted: unknown[]]>([
  [53, 'mt8173', 'block', 'MUTEX', 'the end of a frame on a whole display path', '/mutex@14020000 gce-events true'],
  [11, 'mt8173', 'block', 'DISP_OVL0', 'the start of a frame', '/ovl@1400c000 name true'],
  [40, 'mt8173', 'block', 'DISP_OVL1', 'the end of a frame', '/ovl@1400d000 name false'],
  [63, 'mt8173', 'block', 'DISP_RDMA0', 'that it had no data in time', '/rdma@1 name true'],
  [10, 'mt8183', 'block', 'DISP_OVL0_2L', 'the start of a frame', '/ovl@14009000 name true'],
  [13, 'mt8183', 'block', 'DISP_COLOR0', 'the start of a frame', '/color@14013000 name true'],
  [44, 'mt8183', 'block', 'DSI0', 'the end of a frame'],
  [640, 'mt8192', 'token', undefined, undefined],
  [600, 'mt8192', 'token', undefined, undefined],
  [994, 'mt8192', 'timer', undefined, undefined],
  [700, 'mt8195', 'block', undefined, undefined, '/rdma@1 gce-events true'],
  [313, 'mt8173', 'unknown', undefined, undefined],
])('event %i of %s', (...[id, soc, ...wanted]: [id: number, soc: string, ...wanted: unknown[]]) => {
  const [kind, block, moment, ...nodes] = source(id, soc);
  expect([kind, ...(wanted[1] === undefined ? [undefined, undefined] : [block, moment]), ...nodes]).toEqual(wanted);
});

test('without a tree or a SoC less is known', () => {
  expect(eventSource(53, undefined, undefined)).toMatchObject({ name: undefined, kind: 'unknown', raisers: [] });
  expect(eventSource(53, cmdqSoc('mt8173'), undefined)).toMatchObject({ block: 'MUTEX', raisers: [] });
});
