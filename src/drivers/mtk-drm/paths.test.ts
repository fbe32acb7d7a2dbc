import { expect, test } from 'vitest';
import { displayTree } from '../../../test/display-tree.js';
import type { DtNode } from '../../dt/tree.js';
import { componentName } from './component.js';
import { type BuiltPaths, buildPaths, wantedIds } from './paths.js';
import { type DisplayRules, KERNELS, PATHS, RIGHT } from './rules.js';
import { DRM_DATA } from './tables.js';

const SEED = KERNELS['v6.13'];
const MAINLINE = KERNELS['v7.1'];

function build(text: string, rules: DisplayRules, data: keyof typeof DRM_DATA = 'mt8183_mmsys_driver_data') {
  const tree = displayTree(text);
  const lines: string[] = [];
  const mmsys = tree.byPath('/soc/mmsys') as DtNode;
  const built = buildPaths(tree, mmsys, DRM_DATA[data], rules, (level, line) => lines.push(`${level} ${line}`));
  return { ...built, lines };
}

/** The paths that are not empty, each by where it is from and its ends. */
function paths({ paths: all }: BuiltPaths): string[] {
  return PATHS.map((name) => all[name])
    .filter(({ source }) => source !== 'none')
    .map(({ name, source, ids }) => `${name} ${source} ${componentName(ids[0] as number)}-${last(ids)}`);
}

const last = (ids: readonly number[]): string | undefined => componentName(ids.at(-1) as number);

const MAIN = 'ovl mt8183-disp-ovl 0>dsi\ndsi mt8183-dsi 0>panel\npanel vendor,panel';
const EXT = 'rdma mt8183-disp-rdma 1>dpi\ndpi mt8183-dpi 1>hdmi\nhdmi vendor,hdmi';
const BUILDING = 'dbg Building display pipeline for MMSYS 0';
const built = (count: number): string => `dbg Display HW Pipeline built with ${count} components.`;
const BUILT_IN = ['main hardcoded OVL0-DSI0', 'ext hardcoded OVL_2L1-DPI0'];

test('P2: without a graph the built-in paths are used, unchanged', () => {
  const none = build(`mmsys mt8183-mmsys\n${MAIN}`, MAINLINE);
  expect([none.fromGraph, none.ret, paths(none), none.lines]).toEqual([
    false,
    0,
    BUILT_IN,
    ['dbg Using hardcoded paths for MMSYS 0'],
  ]);
});

test('v6.12 reads no graph and says nothing', () => {
  const old = build(`mmsys mt8183-mmsys 0>ovl\n${MAIN}`, KERNELS['v6.12']);
  expect([old.fromGraph, paths(old), old.lines]).toEqual([false, BUILT_IN, []]);
});

test('P3: what the graph does not give stays built in; with the right rules it is gone', () => {
  const text = `mmsys mt8183-mmsys 0>ovl\n${MAIN}`;
  const kernel = build(text, MAINLINE);
  expect([paths(kernel), kernel.lines]).toEqual([
    ['main graph OVL0-DSI0', 'ext hardcoded OVL_2L1-DPI0'],
    [BUILDING, built(2)],
  ]);
  expect(paths(build(text, RIGHT))).toEqual(['main graph OVL0-DSI0']);
});

test('P3: a path that is dropped because something is disabled stays built in', () => {
  const text = `mmsys mt8183-mmsys 0>ovl\novl mt8183-disp-ovl 0>dsi\ndsi mt8183-dsi {status = "disabled";}`;
  const kernel = build(text, MAINLINE);
  expect([kernel.ret, paths(kernel), kernel.paths.main.walk?.ret]).toEqual([0, BUILT_IN, -19]);
  const right = build(text, RIGHT);
  expect([right.ret, paths(right), right.lines.at(-1)]).toEqual([
    0,
    [],
    'info Skipping disabled component: main path of /soc/mmsys, /soc/dsi',
  ]);
});

test('P4: MT8365 has nothing to fall back to', () => {
  expect(paths(build('mmsys mt8365-mmsys', MAINLINE, 'mt8365_mmsys_driver_data'))).toEqual([]);
});

test('all three paths are built, in order, whatever the order of the endpoints', () => {
  const text = `mmsys mt2712-mmsys 2>r 1>rdma 0>ovl\n${MAIN}\n${EXT}\nr mt8183-disp-rdma 2>d\nd mt8183-dsi`;
  const three = build(text, MAINLINE);
  expect([paths(three), three.lines]).toEqual([
    ['main graph OVL0-DSI0', 'ext graph RDMA0-DPI0', 'third graph RDMA0-DSI0'],
    [BUILDING, built(2), built(2), built(2)],
  ]);
  expect([...three.references].map(([node, count]) => [node.name, count])).toEqual([['d', -1]]);
});

test('W16: an endpoint number above 2 fails everything, and the line names the port', () => {
  const text = `mmsys mt8183-mmsys 0>ovl [port@5 { reg = <5>; endpoint@3 { reg = <3>; }; };]\n${MAIN}`;
  const kernel = build(text, SEED);
  expect([kernel.ret, kernel.paths.main.walk, kernel.references.size, kernel.lines]).toEqual([
    -22,
    undefined,
    0,
    [BUILDING, 'err error -EINVAL: Invalid endpoint5 number'],
  ]);
});

test('W16: the right rules name the endpoint, leave it out and build the rest', () => {
  const right = build(`mmsys mt8183-mmsys 3>ovl 0>ovl\n${MAIN}`, RIGHT);
  expect([right.ret, paths(right), right.lines]).toEqual([
    0,
    ['main graph OVL0-DSI0'],
    [BUILDING, 'err error -EINVAL: Invalid endpoint number 3: /soc/mmsys/ports/port@0/endpoint@3', built(2)],
  ]);
});

test('W18: a graph without an endpoint returns a variable that nobody set; with the right rules it is no graph', () => {
  const empty = 'mmsys mt8183-mmsys [port { };]';
  for (const rules of [SEED, MAINLINE]) {
    const kernel = build(empty, rules);
    expect([kernel.ret, kernel.unsetReturn, kernel.fromGraph, paths(kernel), kernel.lines]).toEqual([
      0,
      true,
      true,
      BUILT_IN,
      [BUILDING],
    ]);
  }
  const right = build(empty, RIGHT);
  expect([right.unsetReturn, right.fromGraph, paths(right), right.lines]).toEqual([
    false,
    false,
    BUILT_IN,
    ['dbg Using hardcoded paths for MMSYS 0'],
  ]);
});

test('G11, W18: a port with foreign children only has an endpoint for v6.13 and none for mainline', () => {
  const text = `mmsys mt8183-mmsys [port { hint { remote-endpoint = <&in_ovl>; }; };]\n${MAIN}`;
  expect(paths(build(text, SEED))[0]).toBe('main graph OVL0-DSI0');
  const mainline = build(text, MAINLINE);
  expect([mainline.unsetReturn, mainline.lines]).toEqual([
    true,
    [BUILDING, 'warn non endpoint node is used (/soc/mmsys/ports/port/hint)'],
  ]);
});

const BROKEN_EXT = `mmsys mt8183-mmsys 0>ovl 1>rdma 2>r\n${MAIN}\nrdma mt8183-disp-rdma 0>dpi\ndpi mt8183-dpi
  r mt8183-disp-rdma 2>d\nd mt8183-dsi`;

test('W19: an error in one path fails the probe, and later paths are not tried', () => {
  const kernel = build(BROKEN_EXT, MAINLINE);
  expect([kernel.ret, paths(kernel), kernel.paths.third.walk]).toEqual([
    -22,
    ['main graph OVL0-DSI0', 'ext hardcoded OVL_2L1-DPI0'],
    undefined,
  ]);
});

test('W19: with the right rules a broken path is left out, by name, and every other one is built', () => {
  const right = build(BROKEN_EXT, RIGHT);
  expect([right.ret, paths(right), right.references.size]).toEqual([
    0,
    ['main graph OVL0-DSI0', 'third graph RDMA0-DSI0'],
    0,
  ]);
  expect(right.lines.filter((line) => line.startsWith('err'))).toEqual([
    'err Invalid display hw pipeline. Last component: 53 (ret=-2): ext path of /soc/mmsys, ' +
      '/soc/rdma has no endpoint 1 on port 1',
  ]);
});

test.each([
  ['all are broken', 'mmsys mt8183-mmsys 0>x 1>y', -22],
  ['one is broken and the other disabled', 'mmsys mt8183-mmsys 0>off 1>x\noff mt8183-dsi {status = "no";}', -22],
  ['every number is above 2', 'mmsys mt8183-mmsys 3>x', -22],
  ['all are disabled', 'mmsys mt8183-mmsys 0>off\noff mt8183-dsi {status = "no";}', 0],
])('W19: with the right rules a graph that gives no path where %s answers', (_, text, ret) => {
  const right = build(text, RIGHT);
  expect([right.ret, paths(right)]).toEqual([ret, []]);
});

test('W20: an endpoint on another port than 0 marks a path that then has no first endpoint', () => {
  const port = 'port@1 { reg = <1>; endpoint { remote-endpoint = <&in_ovl>; }; };';
  const kernel = build(`mmsys mt8183-mmsys [${port}]\n${MAIN}`, MAINLINE);
  expect([kernel.ret, kernel.lines.at(-1)]).toEqual([-2, 'err Cannot find first endpoint for path 0']);
});

test('W24: nothing is tried after a walk that never ends', () => {
  const text = `mmsys mt8183-mmsys 0>a 1>rdma\na mt8195-vdo1-rdma 0>b\nb mt8188-disp-padding 0>a\n${EXT}`;
  const kernel = build(text, MAINLINE);
  expect([kernel.hang, kernel.ret, kernel.paths.ext.walk, paths(kernel)]).toEqual([true, 0, undefined, BUILT_IN]);
  expect(paths(build(text, RIGHT))).toEqual(['ext graph RDMA0-DPI0']);
});

test('P17: the routes of MT8188 stay beside a graph, except with the right rules', () => {
  const text = `mmsys mt8188-vdosys0 0>ovl\n${MAIN}`;
  const kernel = build(text, MAINLINE, 'mt8188_vdosys0_driver_data');
  expect(kernel.routes.map(componentName)).toEqual(['DP_INTF0', 'DSI0']);
  expect([...wantedIds(kernel)].map(componentName)).toEqual(['OVL0', 'DSI0', 'DP_INTF0']);
  expect(build(text, RIGHT, 'mt8188_vdosys0_driver_data').routes).toEqual([]);
  expect(build('mmsys mt8188-vdosys0', RIGHT, 'mt8188_vdosys0_driver_data').routes).toEqual([8, 14]);
});
