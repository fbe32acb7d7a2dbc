// The DSI host: who may attach, where it looks for what is behind it, and what happens when that comes and goes.
import { expect, test } from 'vitest';
import {
  boardTree,
  boot,
  deviceAt,
  DISPLAY_DRIVERS,
  displays,
  missing,
  MUTEX,
  nodeAt,
  SMALL,
  stateOf,
} from '../../../test/display-board.js';
import { ms } from '../../base/clock.js';
import type { Driver } from '../../core/device.js';
import { drmPanelAdd } from '../../core/drm-bridge.js';
import {
  mipiDsiAttach,
  mipiDsiDeviceRegisterFull,
  type MipiDsiDevice,
  mipiDsiDriver,
  ofFindMipiDsiHostByNode,
} from '../../core/mipi-dsi.js';
import { cellValue, type DtTree } from '../../dt/tree.js';

const UP = 'card0: 0 main OVL0 RDMA0 DSI0; DSI-1 connected 720x1280 of crtcs 1';
const PANEL = 'dsi@4000/panel@0';
const board = (): DtTree => boardTree([SMALL], MUTEX);

/** A panel driver that wants what it is told. */
const panel = (wants: Partial<Pick<MipiDsiDevice, 'lanes' | 'format'>>): Driver =>
  mipiDsiDriver({
    name: 'test-panel',
    compatible: ['bringup,lab-panel'],
    async probe(dsi) {
      Object.assign(dsi, { lanes: 4 }, wants);
      dsi.dev.scope.defer(drmPanelAdd({ dev: dsi.dev, node: dsi.dev.ofNode, connector: 'DSI', modes: [] }));
      dsi.dev.scope.defer(await mipiDsiAttach(dsi));
    },
  });

const withPanel = (driver: Driver): readonly Driver[] => [
  ...DISPLAY_DRIVERS.filter(({ name }) => name !== 'panel-bringup-lab'),
  driver,
];

test.each([
  [{ lanes: 0 }, 'wants 0 lanes, the host has 4'],
  [{ lanes: 5 }, 'wants 5 lanes, the host has 4'],
  [{ lanes: 1.5 }, 'wants 1.5 lanes, the host has 4'],
  [{ format: 'YUV' as 'RGB888' }, 'wants YUV, the host has RGB888, RGB666, RGB666_PACKED, RGB565'],
])('a panel that wants %o is refused with EINVAL (ofgraph-O10)', async (wants, why) => {
  const bench = await boot(board(), withPanel(panel(wants)));
  expect(stateOf(bench, PANEL)).toBe(`failed EINVAL: /soc/dsi@4000: attach: /soc/${PANEL} ${why} (EINVAL)`);
  expect([displays(bench), missing(bench)]).toEqual([[], ['/soc/dsi@4000']]);
});

test.each([1, 2, 3, 4])('%d lanes will do', async (lanes) => {
  const bench = await boot(board(), withPanel(panel({ lanes })));
  expect(displays(bench)).toEqual(['card0: 0 main OVL0 RDMA0 DSI0; DSI-1 connected of crtcs 1']);
});

test('the panel goes, and the display with it; it comes back, and the display too', async () => {
  const bench = await boot(board());
  const dev = deviceAt(bench, PANEL);
  for (let round = 0; round < 2; round++) {
    await bench.drive('panel away', ms(1), () => bench.core.unbind(dev));
    expect([displays(bench), missing(bench)]).toEqual([[], ['/soc/dsi@4000']]);
    await bench.drive('panel back', ms(1), () => bench.core.bind(dev));
    expect([displays(bench), missing(bench)]).toEqual([[UP], []]);
  }
});

test('the panel is removed for good; a new one on the same bus brings the display back', async () => {
  const bench = await boot(board());
  const node = nodeAt(bench.tree, PANEL);
  const host = ofFindMipiDsiHostByNode(bench.core, nodeAt(bench.tree, 'dsi@4000'));
  await bench.drive('removal', ms(1), () => bench.core.removeDevice(deviceAt(bench, PANEL)));
  expect(displays(bench)).toEqual([]);
  await bench.drive('new panel', ms(1), async () => {
    if (host !== undefined) await mipiDsiDeviceRegisterFull(host, { type: 'lab-panel', channel: 0, node });
  });
  expect(displays(bench)).toEqual([UP]);
});

test('a host whose driver is taken off and comes back brings panel and display back', async () => {
  const bench = await boot(board());
  const dsi = deviceAt(bench, 'dsi@4000');
  await bench.drive('unbind', ms(1), () => bench.core.unbind(dsi));
  expect([displays(bench), bench.core.deviceOf(nodeAt(bench.tree, PANEL))]).toEqual([[], undefined]);
  await bench.drive('bind', ms(1), () => bench.core.bind(dsi));
  expect(displays(bench)).toEqual([UP]);
});

test('a second peripheral on the bus is refused, and the first goes on (ofgraph-O3)', async () => {
  const tree = boardTree([SMALL], `${MUTEX} `);
  const bench = await boot(tree);
  const host = ofFindMipiDsiHostByNode(bench.core, nodeAt(tree, 'dsi@4000'));
  const second = await bench.drive('second', ms(1), async () => {
    await bench.core.registerDriver({ ...panel({}), name: 'second', compatible: ['x,second'] });
    return host === undefined ? undefined : mipiDsiDeviceRegisterFull(host, { type: 'second', channel: 1 });
  });
  const why = `/soc/dsi@4000: attach: ${second?.dev.path} comes second: the host has a peripheral (EBUSY)`;
  expect(second?.dev.state).toMatchObject({ kind: 'failed', error: { message: why } });
  expect(displays(bench)).toEqual([UP]);
});

/** The output endpoint of the small board, with another number. */
function renumbered(number: number): DtTree {
  const tree = board();
  const reg = nodeAt(tree, 'dsi@4000/ports/port@1/endpoint@0').property('reg');
  if (reg !== undefined) reg.value = cellValue(number);
  return tree;
}

test('any endpoint of port 1 leads to the panel, whatever its number (ofgraph-O6)', async () => {
  expect(displays(await boot(renumbered(7)))).toEqual([UP]);
});

test('a tree of the old layout, with the panel at port 0, works with built-in paths', async () => {
  const old = boardTree(
    [{ mmsys: 'syscon@1000 mediatek,mt2701-mmsys', chains: [] }],
    `${MUTEX}
    ovl@2000 { compatible = "mediatek,mt2701-disp-ovl"; reg = <0x2000 0x100>; interrupts = <0 1 4>; };
    rdma@3000 { compatible = "mediatek,mt2701-disp-rdma"; reg = <0x3000 0x100>; interrupts = <0 2 4>; };
    color@3100 { compatible = "mediatek,mt2701-disp-color"; reg = <0x3100 0x100>; };
    bls@3200 { compatible = "mediatek,mt2701-disp-pwm"; reg = <0x3200 0x100>; };
    dsi@4000 { compatible = "mediatek,mt2701-dsi"; reg = <0x4000 0x100>; interrupts = <0 3 4>;
      #address-cells = <1>; #size-cells = <0>;
      panel@0 { compatible = "bringup,lab-panel"; reg = <0>; port { in: endpoint { remote-endpoint = <&out>; }; }; };
      port { out: endpoint { remote-endpoint = <&in>; }; }; };`,
  );
  expect(displays(await boot(old))).toEqual([
    'card0: 0 main OVL0 RDMA0 COLOR0 BLS DSI0; DSI-1 connected 720x1280 of crtcs 1',
  ]);
});

test('port 1 that leads nowhere is an error; the block in front is no panel (ofgraph-O5)', async () => {
  const tree = board();
  const { properties } = nodeAt(tree, 'dsi@4000/ports/port@1/endpoint@0');
  properties.splice(
    properties.findIndex(({ name }) => name === 'remote-endpoint'),
    1,
  );
  const bench = await boot(tree);
  // The patch would answer EPROBE_DEFER here, for ever.
  expect(stateOf(bench, PANEL)).toBe(
    'failed ENODEV: /soc/dsi@4000: bridge: no valid remote node at (1, -1) of node /soc/dsi@4000 (ENODEV)',
  );
});

test('a panel on another host that never comes is awaited by name', async () => {
  const tree = boardTree(
    [
      {
        ...SMALL,
        chains: [{ ...(SMALL.chains[0] as (typeof SMALL.chains)[number]), sink: 'bridge@7000 x,dsi-bridge' }],
      },
    ],
    MUTEX,
  );
  // A bridge driver of another bus attaches before its bridge is registered.
  const attacher = mipiDsiDriver({
    name: 'early',
    compatible: [],
    async probe(dsi) {
      dsi.lanes = 4;
      dsi.dev.scope.defer(await mipiDsiAttach(dsi));
    },
  });
  const bench = await boot(tree, [...DISPLAY_DRIVERS, attacher]);
  const host = ofFindMipiDsiHostByNode(bench.core, nodeAt(tree, 'dsi@4000'));
  const early = await bench.drive('early', ms(1), async () =>
    host === undefined ? undefined : mipiDsiDeviceRegisterFull(host, { type: 'early', channel: 0 }),
  );
  expect(early?.dev.state).toMatchObject({
    kind: 'deferred',
    waitsFor: '/soc/bridge@7000',
    reason: '/soc/dsi@4000: waits for the panel or bridge /soc/bridge@7000 (x,dsi-bridge): no driver (EPROBE_DEFER)',
  });
});
