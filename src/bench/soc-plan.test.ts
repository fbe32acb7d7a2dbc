// A plan laid over trees: who is who, and what is left out.
import { expect, test } from 'vitest';
import { treeOf } from '../../test/lab.js';
import type { SocPlan } from '../bus/soc-plan.js';
import { findPlan, socWiring } from './soc-plan.js';

const PLAN: SocPlan = {
  compatible: ['x,mux', 'x,mux-new'],
  blocks: [
    { name: 'RDMA', compatible: ['x,rdma'], alias: 'rdma' },
    { name: 'MUX', compatible: ['x,mux-new', 'x,mux'] },
    { name: 'OUT', compatible: ['x,out'] },
    { name: 'GCE', compatible: ['x,gce'], alias: 'gce' },
  ],
  video: [
    { from: 'RDMA0', to: 'OUT0', through: 'MUX0' },
    { from: 'RDMA1', to: 'OUT0' },
    { from: 'RDMA2', to: 'OUT0' },
    { from: 'RDMA0', to: 'OUT1' },
  ],
  events: [
    { from: 'OUT0', signal: 'eof', to: 'GCE0', id: 7 },
    { from: 'OUT0', signal: 'eof', to: 'MUX0', id: 1 },
    { from: 'OUT1', signal: 'eof', to: 'GCE0', id: 8 },
  ],
};

const board = (body: string): string => `/ { #address-cells = <1>; #size-cells = <1>; ${body} };`;
const BODY = `
  aliases { rdma2 = "/r@1"; rdma-x = "/r@2"; gce0 = "/none"; };
  r@1 { compatible = "x,rdma"; reg = <1 1>; };
  r@2 { compatible = "x,rdma"; reg = <2 1>; status = "disabled"; };
  r@3 { compatible = "x,rdma"; reg = <3 1>; };
  mux@4 { compatible = "x,mux"; reg = <4 1>; };
  out@5 { compatible = "x,board-out", "x,out"; reg = <5 1>; };`;

test('the plan of a tree is the first whose SoC it is of', () => {
  const other: SocPlan = { ...PLAN, compatible: ['y,mux'] };
  const tree = treeOf(board(BODY));
  expect(findPlan(tree, [other, PLAN, { ...PLAN }])).toBe(PLAN);
  expect(findPlan(tree, [other])).toBeUndefined();
});

test('aliases give numbers; nodes without take those that are free, in the order of the tree', () => {
  const { node } = socWiring(treeOf(board(BODY)), PLAN);
  const names = ['RDMA0', 'RDMA1', 'RDMA2', 'RDMA3', 'MUX0', 'OUT0', 'OUT1', 'GCE0'];
  expect(names.map((name) => node(name)?.path)).toEqual([
    '/r@2',
    '/r@3',
    '/r@1',
    undefined,
    '/mux@4',
    '/out@5',
    undefined,
    undefined,
  ]);
});

test('wires lead to the blocks that are there, switches included, in the order of the plan', () => {
  const tree = treeOf(board(`${BODY} gce@6 { compatible = "x,gce"; reg = <6 1>; };`));
  const { events, video, node } = socWiring(tree, PLAN);
  const out = node('OUT0') as NonNullable<ReturnType<typeof node>>;
  const routes = video(out).map(({ from, through }) => [from.path, through?.at.path, through?.way]);
  expect(routes).toEqual([
    ['/r@2', '/mux@4', 'RDMA0>OUT0'],
    ['/r@3', undefined, undefined],
    ['/r@1', undefined, undefined],
  ]);
  expect(events(out, 'eof').map(({ to, id }) => [to.path, id])).toEqual([
    ['/gce@6', 7],
    ['/mux@4', 1],
  ]);
  expect([events(out, 'sof'), video(tree.root)]).toEqual([[], []]);
});

test('a way whose switches the tree does not have is a fixed wire', () => {
  const tree = treeOf(board(BODY.replace('x,mux', 'y,mux')));
  const { video, node } = socWiring(tree, PLAN);
  expect(video(node('OUT0') as NonNullable<ReturnType<typeof node>>)[0]?.through).toBeUndefined();
});
