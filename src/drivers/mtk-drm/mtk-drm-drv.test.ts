// The display driver on small boards: what comes up, who is waited for, what is refused, and that nothing stays behind.
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
  logOf,
  type MmsysSpec,
  missing,
  MUTEX,
  nodeAt,
  SMALL,
  stateOf,
} from '../../../test/display-board.js';
import { benchOf } from '../../../test/bench.js';
import { ms } from '../../base/clock.js';
import type { Bench } from '../../bench/bench.js';
import { Components } from '../../core/component.js';
import { type Driver } from '../../core/device.js';
import { DrmBridge, drmBridgeAdd } from '../../core/drm-bridge.js';
import { platformDriver } from '../../core/platform-device.js';
import type { DtTree } from '../../dt/tree.js';
import { panelDrivers } from '../panel-mipi-dsi/panel-mipi-dsi.js';
import { mtkDpi } from './mtk-dpi.js';
import { mediatekDrm } from './mtk-drm-drv.js';
import { mtkDrmDrivers } from './mtk-drm.js';

const DRM = 'syscon@1000/mediatek-drm.0.auto';
const UP = 'card0: 0 main OVL0 RDMA0 DSI0; DSI-1 connected 720x1280 of crtcs 1';

/** What devices hold that are not bound. */
const held = (bench: Bench): string[] =>
  bench.core.devices.filter((dev) => dev.state.kind !== 'bound' && dev.held > 0).map(({ path }) => path);

/** An ext path to an HDMI transmitter. */
const EXT: Chain = {
  path: 1,
  blocks: ['ovl@5000 mediatek,mt8183-disp-ovl-2l', 'dpi@6000 mediatek,mt8183-dpi'],
  sink: 'hdmi@7000 x,hdmi',
};
const BOTH: MmsysSpec = { ...SMALL, chains: [...SMALL.chains, EXT] };
/** The second mmsys of a SoC: its ext path begins with the OVL adaptor. */
const VDOSYS1: MmsysSpec = {
  mmsys: 'syscon@8000 mediatek,mt8195-vdosys1',
  chains: [
    {
      path: 1,
      blocks: [
        'hdr@9000 mediatek,mt8195-disp-ethdr',
        'merge@a000 mediatek,mt8195-disp-merge',
        'dpi@b000 mediatek,mt8195-dpi',
      ],
      sink: 'hdmi@c000 x,hdmi',
    },
  ],
};
const VDOSYS0: MmsysSpec = { ...SMALL, mmsys: 'syscon@1000 mediatek,mt8195-vdosys0' };
const TWO_ALIASES =
  'mutex0 = "/soc/mutex@f000"; mutex1 = "/soc/mutex@e000"; ' +
  'ethdr0 = "/soc/hdr@9000"; merge5 = "/soc/merge@a000"; dpi1 = "/soc/dpi@b000";';
const TWO_MUTEXES = `${MUTEX} ${device('mutex@e000', 'mediatek,mt8195-disp-mutex')} };`;
const two = (): DtTree => boardTree([VDOSYS0, VDOSYS1], TWO_MUTEXES, TWO_ALIASES);

test('a path of the graph becomes a card with one CRTC and the connector of its panel', async () => {
  const bench = await boot(boardTree([SMALL], MUTEX));
  expect(displays(bench)).toEqual([UP]);
  expect(bench.log).toEqual([
    'info Adding component match for /soc/ovl@2000',
    'info Adding component match for /soc/rdma@3000',
    'info Adding component match for /soc/dsi@4000',
    ...['f000.mutex', '2000.ovl', '3000.rdma', '4000.dsi'].map((name) => `info bound ${name}`),
  ]);
  const [card] = bench.core.classDevices('drm');
  const read = (file: string) =>
    bench.drive('read', ms(1), async () => card?.sysfs.dirs.get('card0-DSI-1')?.read(file));
  expect([await read('status'), await read('modes')]).toEqual(['connected\n', '720x1280\n']);
});

test('drivers may come in any order', async () => {
  const bench = await boot(boardTree([BOTH], MUTEX), [...DISPLAY_DRIVERS].reverse());
  expect(displays(bench)).toEqual([
    'card0: 0 main OVL0 RDMA0 DSI0; 1 ext OVL_2L0 DPI0; ' +
      'DSI-1 connected 720x1280 of crtcs 1; HDMI-A-1 unknown of crtcs 10',
  ]);
});

test.each([
  ['mutex@f000', 'mutex@f000'],
  ['ovl@2000', 'ovl@2000'],
  ['rdma@3000', 'rdma@3000'],
  ['dsi@4000', 'dsi@4000'],
  ['dsi@4000/panel@0', 'dsi@4000'],
])('without a driver for %s the display waits for %s, and comes when the driver does', async (path, awaited) => {
  const tree = boardTree([SMALL], MUTEX);
  const { compatible } = nodeAt(tree, path);
  const late = DISPLAY_DRIVERS.filter((one) => one.compatible.some((word) => compatible.includes(word)));
  const bench = await boot(
    tree,
    DISPLAY_DRIVERS.filter((one) => !late.includes(one)),
  );
  expect([displays(bench), missing(bench)]).toEqual([[], [`/soc/${awaited}`]]);
  await bench.drive('late driver', ms(1), async () => {
    for (const driver of late) await bench.core.registerDriver(driver);
  });
  expect([displays(bench), missing(bench)]).toEqual([[UP], []]);
});

test.each([
  ['syscon@1000', 'reg', 'syscon@1000', 'failed EINVAL: /soc/syscon@1000: ioremap: no register window 0 (EINVAL)'],
  ['mutex@f000', 'reg', 'mutex@f000', 'failed EINVAL: /soc/mutex@f000: ioremap: no register window 0 (EINVAL)'],
  [
    'ovl@2000',
    'interrupts',
    'ovl@2000',
    'failed ENXIO: /soc/ovl@2000: irq: the node has neither interrupts nor interrupts-extended (ENXIO)',
  ],
  ['ovl@2000', 'reg', 'ovl@2000', 'failed EINVAL: /soc/ovl@2000: ioremap: no register window 0 (EINVAL)'],
  [
    'dsi@4000',
    'interrupts',
    'dsi@4000',
    'failed ENXIO: /soc/dsi@4000: irq: the node has neither interrupts nor interrupts-extended (ENXIO)',
  ],
  ['dsi@4000', 'reg', 'dsi@4000', 'failed EINVAL: /soc/dsi@4000: ioremap: no register window 0 (EINVAL)'],
])('%s without %s fails by name, and there is no display', async (path, property, failed, state) => {
  const tree = boardTree([SMALL], MUTEX);
  dropProperty(tree, path, property);
  const bench = await boot(tree);
  expect([displays(bench), stateOf(bench, failed)]).toEqual([[], state]);
});

test('a mmsys without mutex fails with ENODEV, in the words of Linux', async () => {
  const bench = await boot(boardTree([SMALL]));
  expect(stateOf(bench, DRM)).toBe(`failed ENODEV: /soc/${DRM}: probe: no mutex for /soc/syscon@1000 (ENODEV)`);
  expect(bench.log).toContain('err Failed to find disp-mutex node');
});

test('a mutex whose device is not made yet is waited for by name', async () => {
  const tree = boardTree([SMALL], MUTEX);
  const bench = await boot(
    tree,
    DISPLAY_DRIVERS.filter(({ name }) => name !== 'mediatek-drm'),
  );
  const mutex = deviceAt(bench, 'mutex@f000');
  const { name, bus, parent, ofNode } = mutex;
  await bench.drive('without mutex', ms(1), async () => {
    await bench.core.removeDevice(mutex);
    for (const driver of DISPLAY_DRIVERS) if (driver.name === 'mediatek-drm') await bench.core.registerDriver(driver);
  });
  expect(stateOf(bench, DRM)).toBe('waits for /soc/mutex@f000');
  expect(bench.log).toContain('err Waiting for disp-mutex device /soc/mutex@f000');
  await bench.drive('mutex', ms(1), () => bench.core.addDevice({ name, bus, parent, ofNode }));
  expect(displays(bench)).toEqual([UP]);
});

test('a component whose device is not made yet is waited for by name', async () => {
  const bench = await boot(
    boardTree([SMALL], MUTEX),
    DISPLAY_DRIVERS.filter(({ name }) => name !== 'mediatek-drm'),
  );
  await bench.drive('without ovl', ms(1), async () => {
    await bench.core.removeDevice(deviceAt(bench, 'ovl@2000'));
    for (const driver of DISPLAY_DRIVERS) if (driver.name === 'mediatek-drm') await bench.core.registerDriver(driver);
  });
  expect(stateOf(bench, DRM)).toBe('waits for /soc/ovl@2000');
  expect(bench.log).toContain('info [drm] Waiting for device ovl@2000');
});

test('a component without driver is mapped by the display, and fails it without a register window', async () => {
  const chain: Chain = {
    path: 0,
    blocks: [
      'ovl@2000 mediatek,mt8183-disp-ovl',
      'dither@2100 mediatek,mt8183-disp-dither',
      'dsi@4000 mediatek,mt8183-dsi',
    ],
    sink: 'panel@0 bringup,lab-panel',
  };
  const tree = () => boardTree([{ ...SMALL, chains: [chain] }], MUTEX);
  expect(displays(await boot(tree()))).toEqual([
    'card0: 0 main OVL0 DITHER0 DSI0; DSI-1 connected 720x1280 of crtcs 1',
  ]);
  const broken = tree();
  dropProperty(broken, 'dither@2100', 'reg');
  expect(stateOf(await boot(broken), DRM)).toBe(
    `failed EINVAL: /soc/${DRM}: probe: DITHER0 has no register window: /soc/dither@2100 (EINVAL)`,
  );
});

test('a mmsys that the display does not know ends with ENODEV, which counts as no driver', async () => {
  const bench = await boot(boardTree([{ mmsys: 'syscon@1000 mediatek,mt6779-mmsys', chains: [] }], MUTEX));
  expect(stateOf(bench, DRM)).toBe(
    `failed ENODEV: /soc/${DRM}: match: no display data for mediatek,mt6779-mmsys (ENODEV)`,
  );
  expect(bench.report().find(({ path }) => path === `/soc/${DRM}`)).toEqual({
    path: `/soc/${DRM}`,
    compatible: '',
    state: 'no driver',
    device: 'mediatek-drm.0.auto',
    reason: `/soc/${DRM}: match: no display data for mediatek,mt6779-mmsys (ENODEV)`,
  });
});

test('a vppsys has no display', async () => {
  const bench = await boot(boardTree([{ mmsys: 'syscon@1000 mediatek,mt8195-vppsys0', chains: [] }], MUTEX));
  expect(stateOf(bench, 'syscon@1000')).toBe('bound');
  expect(bench.core.devices.filter(({ ofNode }) => ofNode === undefined)).toEqual([]);
});

test('a broken path is told and left out, the other comes up (ofgraph-W19)', async () => {
  const tree = boardTree([BOTH], MUTEX);
  // As on Linux 6.18's MT8183: the ext path's outgoing endpoint has no number.
  dropProperty(tree, 'ovl@5000/ports/port@1/endpoint@1', 'reg');
  const bench = await boot(tree);
  expect(displays(bench)).toEqual([UP]);
  const where = 'ext path of /soc/syscon@1000, /soc/ovl@5000 has no endpoint 1 on port 1';
  expect(bench.log[0]).toBe(`err Invalid display hw pipeline. Last component: 37 (ret=-2): ${where}`);
});

test('when no path leads anywhere the probe fails with the error of the first', async () => {
  const tree = boardTree([SMALL], MUTEX);
  dropProperty(tree, 'rdma@3000/ports/port@1/endpoint@0', 'remote-endpoint');
  const bench = await boot(tree);
  expect(stateOf(bench, DRM)).toBe(
    `failed EINVAL: /soc/${DRM}: probe: no path of /soc/syscon@1000 leads to an output (EINVAL)`,
  );
});

test('a mmsys whose output is disabled stays idle (ofgraph-P12c)', async () => {
  const tree = boardTree([SMALL], MUTEX);
  disable(tree, 'dsi@4000');
  const bench = await boot(tree);
  expect([stateOf(bench, DRM), displays(bench)]).toEqual(['bound', []]);
  expect(bench.log.at(-1)).toBe('info No display path for /soc/syscon@1000');
});

test('a graph replaces all built-in paths (ofgraph-P3); without a graph each of them is tried', async () => {
  const graph = await boot(boardTree([SMALL], MUTEX));
  expect(graph.log.some((line) => line.includes('Not creating crtc'))).toBe(false);
  const without = boardTree(
    [{ ...SMALL, chains: [] }],
    `${MUTEX}
    ${device('ovl@2000', 'mediatek,mt8183-disp-ovl')} }; ${device('dpi@6000', 'mediatek,mt8183-dpi')} };`,
  );
  const bench = await boot(without);
  expect(stateOf(bench, DRM)).toBe(`failed ENODEV: /soc/${DRM}: probe: no path has all of its components (ENODEV)`);
  // The numbers are OVL_2L0's and OVL_2L1's.
  expect(bench.log.slice(-3)).toEqual([
    'info Not creating crtc 0 because component 37 is disabled or missing',
    'info Not creating crtc 0 because component 38 is disabled or missing',
    'err Need at least one OVL device',
  ]);
});

test('two mmsys make one display: the path of the first is CRTC 0, that of the second CRTC 1', async () => {
  const bench = await boot(two());
  expect(displays(bench)).toEqual([
    'card0: 0 main OVL0 RDMA0 DSI0; 1 ext DRM_OVL_ADAPTOR MERGE5 DPI1; ' +
      'DSI-1 connected 720x1280 of crtcs 1; HDMI-A-1 unknown of crtcs 10',
  ]);
});

test('with one of two mmsys disabled the other is the display (ofgraph-P12)', async () => {
  const tree = two();
  disable(tree, 'syscon@8000');
  expect(displays(await boot(tree))).toEqual([UP]);
});

test('with one of two mmsys without a path the other is the display (ofgraph-P12)', async () => {
  const tree = two();
  disable(tree, 'dpi@b000');
  expect(displays(await boot(tree))).toEqual([UP]);
});

/** What the report says of the first of two mmsys. */
const remark = (bench: Bench) => {
  const { waitsFor, reason } = bench.report().find(({ path }) => path === `/soc/${DRM}`) ?? {};
  return [displays(bench), waitsFor, reason];
};
const OTHER = '/soc/syscon@8000';
const WAITS = `waits for the other mmsys ${OTHER}`;

test('who waits for another mmsys says why: its probe failed, or that of its display (ofgraph-P12)', async () => {
  const failed = two();
  dropProperty(failed, 'syscon@8000', 'reg');
  expect(remark(await boot(failed))).toEqual([[], OTHER, `${WAITS} (mediatek,mt8195-vdosys1): its probe failed`]);
  // The hardware of the second display cannot be had: its mediatek-drm fails, the mmsys itself is bound.
  const rival: Driver = platformDriver({
    name: 'rival',
    compatible: [],
    matches: ({ name }) => name === 'mediatek-drm.1.auto',
    probe: (dev) => {
      throw dev.error('EIO', 'broken');
    },
  });
  const others = DISPLAY_DRIVERS.filter(({ name }) => name !== 'mediatek-drm');
  const first: Driver = { ...mediatekDrm, matches: ({ name }) => name === 'mediatek-drm.0.auto' };
  const broken = await boot(two(), [rival, first, ...others]);
  expect(remark(broken)).toEqual([[], OTHER, `${WAITS}: the probe of mediatek-drm.1.auto failed`]);
});

test('who waits for another mmsys that waits itself says for what; with all there nobody waits', async () => {
  const bench = await boot(
    two(),
    DISPLAY_DRIVERS.filter(({ name }) => name !== 'mediatek-dpi'),
  );
  expect(remark(bench)).toEqual([[], OTHER, `${WAITS}: it waits for component /soc/dpi@b000`]);
  await bench.drive('dpi', ms(1), () => bench.core.registerDriver(mtkDpi));
  expect(remark(bench).slice(1)).toEqual([undefined, undefined]);
  await bench.drive('away', ms(1), () => bench.core.unbind(deviceAt(bench, 'syscon@8000/mediatek-drm.1.auto')));
  expect(remark(bench)).toEqual([[], OTHER, `${WAITS}: its display is not bound`]);
});

test('of two mmsys that both begin with main the second is refused by name (ofgraph-P12b)', async () => {
  const other: MmsysSpec = {
    mmsys: 'syscon@8000 mediatek,mt8195-vdosys1',
    chains: [
      {
        path: 0,
        blocks: ['hdr@9000 mediatek,mt8195-disp-ethdr', 'dpi@b000 mediatek,mt8195-dpi'],
        sink: 'hdmi@c000 x,hdmi',
      },
    ],
  };
  const bench = await boot(boardTree([VDOSYS0, other], TWO_MUTEXES, TWO_ALIASES.replace(/merge5.*/, '')));
  const text = '/soc/syscon@1000 and /soc/syscon@8000 both define a main path; only one can be first';
  const path = 'syscon@8000/mediatek-drm.1.auto';
  expect(stateOf(bench, path)).toBe(`failed EINVAL: /soc/${path}: probe: ${text} (EINVAL)`);
  expect(bench.log).toContain(`err ${text}`);
  expect(displays(bench)).toEqual([UP]);
});

test.each([
  'syscon@1000',
  'syscon@1000/mediatek-drm.0.auto',
  'syscon@8000',
  'syscon@8000/mediatek-drm.1.auto',
  'mutex@f000',
  'mutex@e000',
  'merge@a000',
  'hdr@9000',
  'dsi@4000',
  'dsi@4000/panel@0',
  'dpi@b000',
])('unbinding %s takes the display of both mmsys down; bound again, it is back (ofgraph-P11b)', async (path) => {
  const bench = await boot(two());
  const [before] = displays(bench);
  const dev = deviceAt(bench, path);
  await bench.drive('unbind', ms(1), () => bench.core.unbind(dev));
  expect([displays(bench), bench.core.classDevices('drm'), held(bench)]).toEqual([[], [], []]);
  await bench.drive('bind', ms(1), () => bench.core.bind(dev));
  const [after = ''] = displays(bench);
  // Who is bound last makes the display; its outputs come in the order of the paths all the same.
  expect(after).toBe(before);
});

test('an output of a path that lacks a component gets no encoder, and the rest comes up (ofgraph-P18)', async () => {
  const tree = boardTree(
    [{ ...SMALL, chains: [] }],
    `${MUTEX}
    ${device('ovl@2000', 'mediatek,mt8183-disp-ovl-2l')} }; ${device('rdma@3000', 'mediatek,mt8183-disp-rdma')} };
    ${device('dpi@6000', 'mediatek,mt8183-dpi')} port { dpi_out: endpoint { remote-endpoint = <&hdmi_in>; }; }; };
    ${device('hdmi@7000', 'x,hdmi')} port { hdmi_in: endpoint { remote-endpoint = <&dpi_out>; }; }; };
    ${device('dsi@4000', 'mediatek,mt8183-dsi')} #address-cells = <1>; #size-cells = <0>;
      panel@0 { compatible = "bringup,lab-panel"; reg = <0>;
        port { panel_in: endpoint { remote-endpoint = <&dsi_out>; }; }; };
      port { dsi_out: endpoint { remote-endpoint = <&panel_in>; }; }; };`,
    'ovl-2l1 = "/soc/ovl@2000"; rdma1 = "/soc/rdma@3000";',
  );
  const bench = benchOf(tree, { drivers: DISPLAY_DRIVERS });
  const dsi = logOf(bench, 'mtk-dsi');
  await bench.powerOn();
  expect(displays(bench)).toEqual(['card0: 0 ext OVL_2L1 RDMA1 DPI0; HDMI-A-1 unknown of crtcs 1']);
  expect(dsi).toEqual(['info [drm] Failed to find comp in ddp table, ret = -19']);
});

test('a bridge that fails to attach fails the display, and everything that was bound is unbound', async () => {
  const broken: Driver = platformDriver({
    name: 'broken-hdmi',
    compatible: ['x,hdmi'],
    probe(dev) {
      const attach = () => {
        throw dev.error('EIO', 'no answer', 'attach');
      };
      dev.scope.defer(drmBridgeAdd(new DrmBridge({ dev, type: 'HDMI', attach })));
    },
  });
  const bench = await boot(boardTree([BOTH], MUTEX), [...mtkDrmDrivers, ...panelDrivers, broken]);
  expect([displays(bench), held(bench)]).toEqual([[], []]);
  // As in Linux the error is that of whichever component came last.
  const failed = bench.core.devices.filter(({ state }) => state.kind === 'failed');
  expect(failed.map(({ state }) => (state.kind === 'failed' ? state.error.code : ''))).toEqual(['EIO']);
  expect(bench.core.subsystem(Components).aggregates.map(({ bound }) => bound)).toEqual([false]);
});

test('powered off, nothing of a display is left', async () => {
  const bench = await boot(two());
  expect(await bench.powerOff()).toEqual([]);
  expect(displays(bench)).toEqual([]);
});
