// The DSI host: who may attach, where it looks for what is behind it, and what happens when that comes and goes.
import { expect, test } from 'vitest';
import {
  boardTree,
  boot,
  type Chain,
  deviceAt,
  DISPLAY_DRIVERS,
  displays,
  logOf,
  missing,
  MUTEX,
  nodeAt,
  SMALL,
  stateOf,
} from '../../../test/display-board.js';
import { ms } from '../../base/clock.js';
import { Bench } from '../../bench/bench.js';
import type { Driver } from '../../core/device.js';
import { DrmBridge, drmBridgeAdd, drmPanelAdd } from '../../core/drm-bridge.js';
import {
  devmMipiDsiDeviceRegisterFull,
  mipiDsiAttach,
  mipiDsiDeviceRegisterFull,
  type MipiDsiDevice,
  mipiDsiDriver,
  ofFindMipiDsiHostByNode,
} from '../../core/mipi-dsi.js';
import { platformDriver } from '../../core/platform-device.js';
import { cellValue, type DtNode, type DtTree } from '../../dt/tree.js';
import { settle } from '../../host/settle.js';

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

/** A bridge on another bus, which makes a peripheral of its own on the host; in Linux's order or not. */
const bridge = (attachesLast: boolean): Driver =>
  platformDriver({
    name: 'dsi-bridge',
    compatible: ['x,dsi-bridge'],
    async probe(dev) {
      const host = ofFindMipiDsiHostByNode(dev.core, dev.core.tree.byPath('/soc/dsi@4000') as DtNode);
      if (host === undefined) throw dev.error('EPROBE_DEFER', 'no host yet');
      const own = await devmMipiDsiDeviceRegisterFull(dev, host, { type: 'x-bridge', channel: 0 });
      own.lanes = 4;
      const remove = drmBridgeAdd(new DrmBridge({ dev, type: 'HDMI' }));
      if (attachesLast) dev.scope.defer(remove);
      dev.scope.defer(await mipiDsiAttach(own));
      if (!attachesLast) dev.scope.defer(remove);
    },
  });
const BRIDGED = boardTree(
  [{ ...SMALL, chains: [{ ...(SMALL.chains[0] as Chain), sink: 'bridge@7000 x,dsi-bridge' }] }],
  MUTEX,
);
const BRIDGED_UP = 'card0: 0 main OVL0 RDMA0 DSI0; HDMI-A-1 unknown of crtcs 1';

test.each(['bridge@7000', 'dsi@4000'])(
  'a bridge of another bus behind DSI: when %s goes, the display goes first, and comes back with it',
  async (path) => {
    const bench = await boot(BRIDGED, [...DISPLAY_DRIVERS, bridge(true)]);
    expect(displays(bench)).toEqual([BRIDGED_UP]);
    const lines = logOf(bench, 'mtk-dsi');
    await bench.drive('away', ms(1), () => bench.core.unbind(deviceAt(bench, path)));
    expect([displays(bench), missing(bench), lines]).toEqual([[], ['/soc/dsi@4000'], []]);
    await bench.drive('back', ms(1), () => bench.core.bind(deviceAt(bench, path)));
    expect(displays(bench)).toEqual([BRIDGED_UP]);
  },
);

test('a bridge that goes while it is in a chain is our own mistake', async () => {
  const bench = new Bench({ tree: BRIDGED, drivers: [...DISPLAY_DRIVERS, bridge(false)], chips: [], settle });
  await bench.powerOn();
  expect(displays(bench)).toEqual([BRIDGED_UP]);
  await expect(bench.core.unbind(deviceAt(bench, 'bridge@7000'))).rejects.toThrow(
    '/soc/bridge@7000: goes while it is in the chain of encoder DSI-1 of /soc/dsi@4000',
  );
});

test('so is a panel', async () => {
  const hasty = mipiDsiDriver({
    name: 'hasty',
    compatible: ['bringup,lab-panel'],
    async probe(dsi) {
      const { dev } = dsi;
      dsi.lanes = 4;
      const remove = drmPanelAdd({ dev, node: dev.ofNode, connector: 'DSI', modes: [] });
      dev.scope.defer(await mipiDsiAttach(dsi));
      dev.scope.defer(remove);
    },
  });
  const bench = new Bench({ tree: board(), drivers: withPanel(hasty), chips: [], settle });
  await bench.powerOn();
  await expect(bench.core.unbind(deviceAt(bench, PANEL))).rejects.toThrow('goes while it is in the chain of encoder');
});
