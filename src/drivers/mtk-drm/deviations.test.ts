// Where the display's drivers differ from the patch in how they read a tree: one claim per deviation.
import { expect, test } from 'vitest';
import {
  boardTree,
  boot,
  type Chain,
  device,
  deviceAt,
  disable,
  DISPLAY_DRIVERS,
  displays,
  dropProperty,
  missing,
  type MmsysSpec,
  MUTEX,
  nodeAt,
  SMALL,
  stateOf,
} from '../../../test/display-board.js';
import { ms } from '../../base/clock.js';
import { cellValue, type DtTree } from '../../dt/tree.js';
import { buildPaths } from './paths.js';
import { type DisplayRules, KERNELS, RIGHT } from './rules.js';
import { DRM_DATA } from './tables.js';

const UP = 'card0: 0 main OVL0 RDMA0 DSI0; DSI-1 connected 720x1280 of crtcs 1';
const DRM = 'syscon@1000/mediatek-drm.0.auto';
const MMSYS = '/soc/syscon@1000';
const EXT: Chain = {
  path: 1,
  blocks: ['ovl@5000 mediatek,mt8183-disp-ovl-2l', 'dpi@6000 mediatek,mt8183-dpi'],
  sink: 'hdmi@7000 x,hdmi',
};
const BOTH: MmsysSpec = { ...SMALL, chains: [...SMALL.chains, EXT] };

function renumber(tree: DtTree, path: string, number: number): void {
  const reg = nodeAt(tree, path).property('reg');
  if (reg !== undefined) reg.value = cellValue(number);
}

/** Points an outgoing endpoint of port 1 at the input of another block. */
function redirect(tree: DtTree, from: string, to: string): void {
  const link = nodeAt(tree, `${from}/ports/port@1/endpoint@0`).property('remote-endpoint');
  if (link !== undefined) link.value = cellValue(nodeAt(tree, `${to}/ports/port@0/endpoint`).phandle);
}

test('ofgraph-W8: a first link that leads nowhere is told as that', async () => {
  const tree = boardTree([SMALL], MUTEX);
  dropProperty(tree, 'syscon@1000/port/endpoint@0', 'remote-endpoint');
  const { log } = await boot(tree);
  expect(log[0]).toBe(
    `err Cannot find first endpoint for path 0: main path of ${MMSYS}, ${MMSYS}/port/endpoint@0 leads nowhere`,
  );
});

/** A path through parts of the OVL adaptor, in the order of the patch's own example. */
const ADAPTOR: MmsysSpec = {
  mmsys: 'syscon@1000 mediatek,mt8195-vdosys1',
  chains: [
    {
      path: 0,
      blocks: [
        'rdma@2000 mediatek,mt8195-vdo1-rdma',
        'padding@3000 mediatek,mt8188-disp-padding',
        'hdr@4000 mediatek,mt8195-disp-ethdr',
        'dpi@6000 mediatek,mt8195-dpi',
      ],
      sink: 'hdmi@7000 x,hdmi',
    },
  ],
};
const ADAPTOR_ALIASES = 'vdo1-rdma0 = "/soc/rdma@2000"; padding0 = "/soc/padding@3000"; ethdr0 = "/soc/hdr@4000";';

test('ofgraph-W9: a path that begins with parts of the OVL adaptor has it once', async () => {
  const bench = await boot(boardTree([ADAPTOR], MUTEX, ADAPTOR_ALIASES));
  expect(displays(bench)).toEqual(['card0: 0 main DRM_OVL_ADAPTOR DPI0; HDMI-A-1 unknown of crtcs 1']);
});

test.each([
  ['dsi@4000', `info Skipping disabled component: main path of ${MMSYS}, /soc/dsi@4000`],
  ['ovl@2000', `info Skipping disabled component: main path of ${MMSYS}, /soc/ovl@2000`],
])('ofgraph-W12: a path with %s disabled is told, and the other comes up', async (path, line) => {
  const tree = boardTree([BOTH], MUTEX);
  disable(tree, path);
  const bench = await boot(tree);
  expect(bench.log).toContain(line);
  expect(displays(bench)).toEqual(['card0: 0 ext OVL_2L0 DPI0; HDMI-A-1 unknown of crtcs 1']);
});

test('ofgraph-W16: an endpoint with a number that no path has is told by its path and left out', async () => {
  const tree = boardTree([BOTH], MUTEX);
  renumber(tree, 'syscon@1000/port/endpoint@1', 3);
  const bench = await boot(tree);
  expect(bench.log[0]).toBe(`err error -EINVAL: Invalid endpoint number 3: ${MMSYS}/port/endpoint@1`);
  expect(displays(bench)).toEqual([UP]);
});

test('ofgraph-W16: when it is the only one, the probe fails', async () => {
  const tree = boardTree([SMALL], MUTEX);
  renumber(tree, 'syscon@1000/port/endpoint@0', 3);
  expect(stateOf(await boot(tree), DRM)).toBe(
    `failed EINVAL: /soc/${DRM}: probe: no path of ${MMSYS} leads to an output (EINVAL)`,
  );
});

test('ofgraph-W18: a graph without endpoints leaves the built-in paths', async () => {
  const tree = boardTree([SMALL], MUTEX);
  nodeAt(tree, 'syscon@1000/port').children.length = 0;
  const { log } = await boot(tree);
  // 37 is OVL_2L0, the second of MT8183's built-in main path, which this board lacks.
  expect(log).toContain('info Not creating crtc 0 because component 37 is disabled or missing');
});

test('ofgraph-W23: a path that runs in a circle is refused where it closes', async () => {
  const tree = boardTree([SMALL], MUTEX);
  redirect(tree, 'rdma@3000', 'ovl@2000');
  const { log } = await boot(tree);
  expect(log[0]).toBe(
    `err Invalid display hw pipeline. It runs in a circle: main path of ${MMSYS}, back at /soc/ovl@2000`,
  );
});

test('ofgraph-W24: so is a circle of nothing but parts of the OVL adaptor, which the patch never leaves', async () => {
  const tree = boardTree([ADAPTOR], MUTEX, ADAPTOR_ALIASES);
  redirect(tree, 'hdr@4000', 'rdma@2000');
  const { log } = await boot(tree);
  expect(log[0]).toBe(
    `err Invalid display hw pipeline. It runs in a circle: main path of ${MMSYS}, back at /soc/rdma@2000`,
  );
});

test('ofgraph-M9: a path whose output has no endpoint of its number puts every reference once', () => {
  const tree = boardTree([SMALL], MUTEX);
  renumber(tree, 'dsi@4000/ports/port@1/endpoint@0', 1);
  const references = (rules: DisplayRules) => [
    ...buildPaths(tree, nodeAt(tree, 'syscon@1000'), DRM_DATA.mt8183_mmsys_driver_data, rules, () => undefined)
      .references,
  ];
  expect(references(RIGHT)).toEqual([]);
  expect(references(KERNELS['v7.1'])).toEqual([[nodeAt(tree, 'dsi@4000'), -1]]);
});

test('ofgraph-P11: the mutex has to be bound, not only to be there', async () => {
  const mutex = DISPLAY_DRIVERS.filter(({ name }) => name === 'mediatek-mutex');
  const bench = await boot(
    boardTree([SMALL], MUTEX),
    DISPLAY_DRIVERS.filter((one) => !mutex.includes(one)),
  );
  expect([displays(bench), missing(bench)]).toEqual([[], ['/soc/mutex@f000']]);
  await bench.drive('mutex', ms(1), async () => {
    for (const driver of mutex) await bench.core.registerDriver(driver);
  });
  expect(displays(bench)).toEqual([UP]);
  await bench.drive('mutex away', ms(1), () => bench.core.unbind(deviceAt(bench, 'mutex@f000')));
  expect([displays(bench), missing(bench)]).toEqual([[], ['/soc/mutex@f000']]);
});

test('ofgraph-P16: without any CRTC the display fails by its own name, and its components stay bound', async () => {
  const bench = await boot(
    boardTree([{ ...SMALL, chains: [] }], `${MUTEX} ${device('ovl@2000', 'mediatek,mt8183-disp-ovl')} };`),
  );
  expect(stateOf(bench, DRM)).toBe(`failed ENODEV: /soc/${DRM}: probe: no path has all of its components (ENODEV)`);
  expect(['mutex@f000', 'ovl@2000', 'syscon@1000'].map((path) => stateOf(bench, path))).toEqual(Array(3).fill('bound'));
});

test('ofgraph-P17: beside a graph MT8188 has no output that is chosen at run time', () => {
  const { mt8188_vdosys0_driver_data: data } = DRM_DATA;
  const routes = (rules: DisplayRules) => {
    const tree = boardTree([{ ...SMALL, mmsys: 'syscon@1000 mediatek,mt8188-vdosys0' }], MUTEX);
    return buildPaths(tree, nodeAt(tree, 'syscon@1000'), data, rules, () => undefined).routes;
  };
  // DP_INTF0 and DSI0.
  expect([routes(RIGHT), routes(KERNELS['v7.1'])]).toEqual([[], [8, 14]]);
});
