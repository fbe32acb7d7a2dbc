// Everything that a display acquires, refused once: one device fails and says why, nothing is held, and when what was
// in the way is gone the display comes up.
import { expect, test } from 'vitest';
import {
  boardTree,
  type Chain,
  deviceAt,
  DISPLAY_DRIVERS,
  displays,
  dropProperty,
  logOf,
  type MmsysSpec,
  MUTEX,
  nodeAt,
  SMALL,
} from '../../../test/display-board.js';
import { benchOf } from '../../../test/bench.js';
import { ms } from '../../base/clock.js';
import type { Bench } from '../../bench/bench.js';
import { componentAdd } from '../../core/component.js';
import type { Device, Driver } from '../../core/device.js';
import { DrmBridge, drmBridgeAdd } from '../../core/drm-bridge.js';
import { mipiDsiAttach, mipiDsiDriver } from '../../core/mipi-dsi.js';
import { platformDriver } from '../../core/platform-device.js';
import { interrupt } from '../../dt/interrupts.js';
import { cellValue } from '../../dt/tree.js';
import { mtkMutexGet } from './mtk-mutex.js';

const DITHER: Chain = {
  path: 0,
  blocks: [
    'ovl@2000 mediatek,mt8183-disp-ovl',
    'rdma@3000 mediatek,mt8183-disp-rdma',
    'dither@2100 mediatek,mt8183-disp-dither',
    'dsi@4000 mediatek,mt8183-dsi',
  ],
  sink: 'panel@0 bringup,lab-panel',
};
const EXT: Chain = {
  path: 1,
  blocks: ['ovl@5000 mediatek,mt8183-disp-ovl-2l', 'dpi@6000 mediatek,mt8183-dpi'],
  sink: 'hdmi@7000 x,hdmi',
};
const BOARD: MmsysSpec = { ...SMALL, chains: [DITHER, EXT] };
const UP =
  'card0: 0 main OVL0 RDMA0 DITHER0 DSI0; 1 ext OVL_2L0 DPI0; ' +
  'DSI-1 connected 720x1280 of crtcs 1; HDMI-A-1 unknown of crtcs 10';
/** Bytes of every register window. */
const WINDOW = 0x100;
const DRM = 'syscon@1000/mediatek-drm.0.auto';
const PANEL = 'dsi@4000/panel@0';

/** Takes something away and answers how to give it back. */
type Refuse = (bench: Bench) => () => void;

const without =
  (path: string, property: string): Refuse =>
  ({ tree }) => {
    const node = nodeAt(tree, path);
    const lost = node.properties.find(({ name }) => name === property);
    dropProperty(tree, path, property);
    return () => {
      if (lost !== undefined) node.properties.push(lost);
    };
  };

/** A window of no bytes. */
const emptied =
  (path: string): Refuse =>
  ({ tree }) => {
    const reg = nodeAt(tree, path).property('reg');
    const before = reg?.value;
    if (reg !== undefined) reg.value = new Uint8Array([...cellValue(addressOf(path)), ...cellValue(0)]);
    return () => {
      if (reg !== undefined && before !== undefined) reg.value = before;
    };
  };

/** Its registers belong to somebody. */
const claimed =
  (path: string): Refuse =>
  ({ core }) => {
    const release = core.regions.request('/rival', addressOf(path) + WINDOW - 1, 1);
    return typeof release === 'function' ? release : () => undefined;
  };

/** Somebody listens to its interrupt in another way. */
const listened =
  (path: string): Refuse =>
  ({ tree, core }) => {
    const found = interrupt(tree, nodeAt(tree, path), 0);
    if (found.kind !== 'interrupt') throw new Error(`no interrupt of ${path}`);
    return core.wires.irq(found.controller, found.cells).request('rising', 'rival', () => 'unhandled');
  };

const WINDOWED = ['syscon@1000', 'mutex@f000', 'ovl@2000', 'rdma@3000', 'dsi@4000', 'dpi@6000'];
const MISSING = 'ioremap: no register window 0 (EINVAL)';
const NO_IRQ = 'irq: the node has neither interrupts nor interrupts-extended (ENXIO)';

const REFUSALS: readonly (readonly [claim: string, refuse: Refuse, path: string, why: string])[] = [
  ...WINDOWED.flatMap((path) => [
    [`no register window: ${path}`, without(path, 'reg'), path, MISSING] as const,
    [`an empty register window: ${path}`, emptied(path), path, MISSING] as const,
    [
      `a register window that somebody has: ${path}`,
      claimed(path),
      path,
      `ioremap: [mem ${windowOf(path)}] belongs to /rival (EBUSY)`,
    ] as const,
  ]),
  [
    'no register window of a component without driver',
    emptied('dither@2100'),
    DRM,
    'probe: DITHER0 has no register window: /soc/dither@2100 (EINVAL)',
  ],
  ...['ovl@2000', 'rdma@3000', 'dsi@4000', 'dpi@6000'].map(
    (path) => [`no interrupt: ${path}`, without(path, 'interrupts'), path, NO_IRQ] as const,
  ),
  ...['ovl@2000', 'rdma@3000', 'dsi@4000'].map(
    (path) => [`an interrupt that is used otherwise: ${path}`, listened(path), path, '(EBUSY)'] as const,
  ),
];

function addressOf(path: string): number {
  return Number.parseInt(path.split('@')[1] ?? '0', 16);
}

function windowOf(path: string): string {
  return [addressOf(path), addressOf(path) + WINDOW - 1].map((at) => `0x${at.toString(16).padStart(8, '0')}`).join('-');
}

/** The devices that failed, with the reason, and what others hold that are not bound. */
function failures(bench: Bench): string[] {
  return bench.core.devices.flatMap((dev) => [
    ...(dev.state.kind === 'failed' ? [`${dev.path.replace('/soc/', '')}: ${dev.state.error.message}`] : []),
    ...(dev.state.kind !== 'bound' && dev.held > 0 ? [`${dev.path} holds ${dev.held}`] : []),
  ]);
}

/** Offers every device that has none its driver again. */
async function bindAll(bench: Bench): Promise<void> {
  for (const dev of bench.core.devices) if (dev.state.kind === 'failed') await bench.core.bind(dev);
}

for (const [claim, refuse, path, why] of REFUSALS) {
  test(`refused once, the display fails by name, and comes up afterwards: ${claim}`, async () => {
    const bench = benchOf(boardTree([BOARD], MUTEX), { drivers: DISPLAY_DRIVERS });
    const allow = refuse(bench);
    await bench.powerOn();
    expect(failures(bench)).toEqual([expect.stringMatching(new RegExp(`^${path}: /soc/.*${escaped(why)}$`))]);
    expect(displays(bench)).toEqual([]);
    allow();
    await bench.drive('again', ms(1), () => bindAll(bench));
    expect([failures(bench), displays(bench)]).toEqual([[], [UP]]);
  });
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Fails as long as `broken` says so. */
interface Switch {
  broken: boolean;
}
const fail = (dev: Device, { broken }: Switch): void => {
  if (broken) throw dev.error('EIO', 'no answer', 'toy');
};

const TOYS: readonly (readonly [claim: string, replaces: string, toy: (state: Switch) => Driver])[] = [
  [
    'the bind of a component',
    'mediatek-disp-rdma',
    (state) =>
      platformDriver({
        name: 'mediatek-disp-rdma',
        compatible: ['mediatek,mt8183-disp-rdma'],
        probe: async (dev) => dev.scope.defer(await componentAdd(dev, { bind: () => fail(dev, state) })),
      }),
  ],
  [
    'the attach of a bridge',
    'hdmi',
    (state) =>
      platformDriver({
        name: 'hdmi',
        compatible: ['x,hdmi'],
        probe: (dev) =>
          dev.scope.defer(drmBridgeAdd(new DrmBridge({ dev, type: 'HDMI', attach: () => fail(dev, state) }))),
      }),
  ],
];

for (const [claim, replaces, toy] of TOYS) {
  for (const order of ['first', 'last']) {
    test(`${claim} that fails is an error of whoever came last, with nothing held; driver ${order}`, async () => {
      const state = { broken: true };
      const others = DISPLAY_DRIVERS.filter(({ name }) => name !== replaces);
      const drivers = order === 'first' ? [toy(state), ...others] : [...others, toy(state)];
      const bench = benchOf(boardTree([BOARD], MUTEX), { drivers });
      await bench.powerOn();
      expect(failures(bench)).toEqual([expect.stringMatching(/^\S+: \/soc\/\S+: toy: no answer \(EIO\)$/)]);
      expect(displays(bench)).toEqual([]);
      state.broken = false;
      await bench.drive('again', ms(1), () => bindAll(bench));
      expect([failures(bench), displays(bench)]).toEqual([[], [UP]]);
    });
  }
}

test('a panel that its host refuses fails by name, detached and with nothing held', async () => {
  const state = { lanes: 5 };
  const panel = mipiDsiDriver({
    name: 'greedy',
    compatible: ['bringup,lab-panel'],
    async probe(dsi) {
      dsi.lanes = state.lanes;
      dsi.dev.scope.defer(await mipiDsiAttach(dsi));
    },
  });
  const others = DISPLAY_DRIVERS.filter(({ name }) => name !== 'panel-bringup-lab');
  const bench = benchOf(boardTree([BOARD], MUTEX), { drivers: [...others, panel] });
  await bench.powerOn();
  const why = `/soc/dsi@4000: attach: /soc/${PANEL} wants 5 lanes, the host has 4 (EINVAL)`;
  expect(failures(bench)).toEqual([`${PANEL}: ${why}`]);
  expect(displays(bench)).toEqual([]);
});

test('without a free mutex the display fails as whoever came last, and comes up when one is free', async () => {
  const panels = DISPLAY_DRIVERS.filter(({ name }) => name === 'panel-bringup-lab');
  const bench = benchOf(boardTree([BOARD], MUTEX), {
    drivers: DISPLAY_DRIVERS.filter((one) => !panels.includes(one)),
  });
  await bench.powerOn();
  // One is left for two CRTCs: the first is made and taken away again.
  const taken = Array.from({ length: 9 }, () => mtkMutexGet(deviceAt(bench, 'mutex@f000')));
  const lines = logOf(bench, 'mtk-dsi');
  await bench.drive('panel', ms(1), () => bench.core.registerDriver(panels[0] as Driver));
  // Linux: mtk_dsi_host_attach.
  expect(lines).toEqual(['err [drm] failed to add dsi_host component: -16']);
  expect(failures(bench)).toEqual([`${PANEL}: /soc/mutex@f000: mutex: all 10 mutexes are taken (EBUSY)`]);
  expect(displays(bench)).toEqual([]);
  taken[0]?.put();
  await bench.drive('again', ms(1), () => bindAll(bench));
  expect([failures(bench), displays(bench)]).toEqual([[], [UP]]);
});
