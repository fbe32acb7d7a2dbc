// A display of two mmsys whose parts are unbound and bound by hand, one at a time or two at once, in any order: no Bug,
// nothing left, and with everything bound again the display that was there before.
import { s } from '../../src/base/clock.js';
import { SysError } from '../../src/base/errno.js';
import { Random } from '../../src/base/random.js';
import { Bench, BENCH_LIMIT } from '../../src/bench/bench.js';
import type { Device, Driver } from '../../src/core/device.js';
import {
  DrmBridge,
  drmBridgeAdd,
  drmBridgeAttach,
  type DrmEncoder,
  drmOfGetBridge,
  drmPanelAdd,
} from '../../src/core/drm-bridge.js';
import { devmMipiDsiDeviceRegisterFull, mipiDsiAttach, ofFindMipiDsiHostByNode } from '../../src/core/mipi-dsi.js';
import { platformDriver } from '../../src/core/platform-device.js';
import { mtkDrmDrivers } from '../../src/drivers/mtk-drm/mtk-drm.js';
import { panelDrivers } from '../../src/drivers/panel-mipi-dsi/panel-mipi-dsi.js';
import type { DtNode } from '../../src/dt/tree.js';
import { settle } from '../../src/host/settle.js';
import { boardTree, device, displays, type MmsysSpec } from '../board-tree.js';

/** Steps of one run. */
const ROUNDS = 300;

/** What `npm run soak` runs; `run` throws with what it found. */
export const scenarios: readonly { name: string; total: number; run(seed: string): Promise<void> }[] = [
  { name: 'display-binding', total: 1000, run: (seed) => run(seed) },
];

/** The display of an MT8195 Chromebook, as its tree of Linux 7.1 has it (facts: OF graphs, worked examples). */
const VDOSYS0: MmsysSpec = {
  mmsys: 'syscon@1a000 mediatek,mt8195-vdosys0',
  chains: [
    {
      path: 0,
      blocks: [
        'ovl@20000 mediatek,mt8195-disp-ovl|mediatek,mt8183-disp-ovl',
        'rdma@22000 mediatek,mt8195-disp-rdma',
        'color@23000 mediatek,mt8195-disp-color|mediatek,mt8173-disp-color',
        'ccorr@24000 mediatek,mt8195-disp-ccorr|mediatek,mt8192-disp-ccorr',
        'aal@25000 mediatek,mt8195-disp-aal|mediatek,mt8183-disp-aal',
        'gamma@26000 mediatek,mt8195-disp-gamma',
        'dither@27000 mediatek,mt8195-disp-dither|mediatek,mt8183-disp-dither',
        'dsc@29000 mediatek,mt8195-disp-dsc',
        'merge@34000 mediatek,mt8195-disp-merge',
        'dp-intf@35000 mediatek,mt8195-dp-intf',
      ],
      sink: 'edp-tx@50000 x,edp',
    },
  ],
};
/** The same on DSI, with a bridge of another bus or a panel behind. */
const onDsi = (sink: string): MmsysSpec => ({
  mmsys: 'syscon@1a000 mediatek,mt8195-vdosys0',
  chains: [
    {
      path: 0,
      blocks: [
        'ovl@20000 mediatek,mt8195-disp-ovl',
        'rdma@22000 mediatek,mt8195-disp-rdma',
        'dsi@28000 mediatek,mt8188-dsi',
      ],
      sink,
    },
  ],
});
const VDOSYS1: MmsysSpec = {
  mmsys: 'syscon@80000 mediatek,mt8195-vdosys1',
  chains: [
    {
      path: 1,
      blocks: [
        'hdr@94000 mediatek,mt8195-disp-ethdr',
        'merge@90000 mediatek,mt8195-disp-merge',
        'dp-intf@93000 mediatek,mt8195-dp-intf',
      ],
      sink: 'dp-tx@60000 x,dp',
    },
  ],
};
const ALIASES = `mutex0 = "/soc/mutex@16000"; mutex1 = "/soc/mutex@81000"; ethdr0 = "/soc/hdr@94000";
  merge5 = "/soc/merge@90000"; dp-intf0 = "/soc/dp-intf@35000"; dp-intf1 = "/soc/dp-intf@93000";
  padding0 = "/soc/padding@82000"; vdo1-rdma0 = "/soc/rdma@84000";`;
const BESIDE = `${device('mutex@16000', 'mediatek,mt8195-disp-mutex')} };
  ${device('mutex@81000', 'mediatek,mt8195-disp-mutex')} };
  ${device('rdma@84000', 'mediatek,mt8195-vdo1-rdma')} }; ${device('padding@82000', 'mediatek,mt8188-disp-padding')} };
  edp-out { port { edp_out: endpoint { remote-endpoint = <&lcd_in>; }; }; };
  ${device('lcd@70000', 'x,lcd')} port { lcd_in: endpoint { remote-endpoint = <&edp_out>; }; }; };`;

const BOARDS: readonly (readonly MmsysSpec[])[] = [
  [VDOSYS0, VDOSYS1],
  [onDsi('bridge@50000 x,dsi-bridge'), VDOSYS1],
  [onDsi('panel@0 boe,tv101wum-nl6'), VDOSYS1],
];

/** Transmitters and a panel: found by their nodes, in front of another, a peripheral of the DSI host besides. */
const TOYS: readonly Driver[] = [
  platformDriver({
    name: 'dp',
    compatible: ['x,dp'],
    probe: (dev) => dev.scope.defer(drmBridgeAdd(new DrmBridge({ dev, type: 'DP' }))),
  }),
  platformDriver({
    name: 'edp',
    compatible: ['x,edp'],
    probe(dev) {
      const next = drmOfGetBridge(dev, nodeAt(dev, '/soc/edp-out'), 0, -1);
      dev.core.deviceLinkAdd(dev, next.dev);
      const attach = (encoder: DrmEncoder, self: DrmBridge) => drmBridgeAttach(encoder, next, self);
      dev.scope.defer(drmBridgeAdd(new DrmBridge({ dev, type: 'eDP', attach })));
    },
  }),
  platformDriver({
    name: 'lcd',
    compatible: ['x,lcd'],
    probe: (dev) => dev.scope.defer(drmPanelAdd({ dev, node: dev.ofNode, connector: 'eDP', modes: [] })),
  }),
  platformDriver({
    name: 'dsi-bridge',
    compatible: ['x,dsi-bridge'],
    async probe(dev) {
      const host = ofFindMipiDsiHostByNode(dev.core, nodeAt(dev, '/soc/dsi@28000'));
      if (host === undefined) throw dev.error('EPROBE_DEFER', 'no host yet');
      const own = await devmMipiDsiDeviceRegisterFull(dev, host, { type: 'own', channel: 0 });
      own.lanes = 4;
      dev.scope.defer(drmBridgeAdd(new DrmBridge({ dev, type: 'HDMI' })));
      dev.scope.defer(await mipiDsiAttach(own));
    },
  }),
];
const DRIVERS = [...mtkDrmDrivers, ...panelDrivers, ...TOYS];

function nodeAt({ core }: Device, path: string): DtNode {
  const node = core.tree.byPath(path);
  if (node === undefined) throw new Error(`no node ${path}`);
  return node;
}

/** One machine, its drivers in any order. */
export async function run(seed: string): Promise<void> {
  const random = new Random(seed);
  const drivers = [...DRIVERS];
  for (let i = drivers.length - 1; i > 0; i--) swap(drivers, i, random.below(i + 1));
  const bench = new Bench({ tree: boardTree(random.pick(BOARDS), BESIDE, ALIASES), drivers, chips: [], settle, seed });
  await bench.powerOn();
  const [before] = displays(bench);
  check(before !== undefined, 'no display');
  for (let round = 0; round < ROUNDS; round++) {
    const dev = pick(bench, random);
    const at = `round ${round}, ${dev.path} ${dev.state.kind}`;
    const others = random.chance(0.2) ? [pick(bench, random)] : [];
    await bench.drive(at, s(1), () => Promise.all([dev, ...others].map((one) => toggle(bench, one))));
    examine(bench, before, at);
  }
  while (drivable(bench).some(({ state }) => state.kind !== 'bound')) await bindAll(bench);
  check(displays(bench)[0] === before, `afterwards ${displays(bench).join(', ')}`);
  const left = await bench.powerOff();
  check(left.length === 0, `left behind: ${left.join(', ')}`);
}

function swap<T>(list: T[], a: number, b: number): void {
  [list[a], list[b]] = [list[b] as T, list[a] as T];
}

/** All that some driver fits. */
function drivable({ core }: Bench): Device[] {
  return core.devices.filter(({ canMatch }) => canMatch);
}

/** Rather one that is unbound: otherwise the display would hardly ever be up. */
function pick(bench: Bench, random: Random): Device {
  const all = drivable(bench);
  const unbound = all.filter(({ state }) => state.kind !== 'bound');
  return random.pick(unbound.length > 0 && random.chance(0.8) ? unbound : all);
}

/** Of two at once one may do the other's work: EBUSY is an answer. */
async function toggle({ core }: Bench, dev: Device): Promise<void> {
  try {
    await (dev.state.kind === 'bound' ? core.unbind(dev) : core.bind(dev));
  } catch (e) {
    if (!(e instanceof SysError) || e.op === BENCH_LIMIT) throw e;
  }
}

function examine(bench: Bench, before: string, at: string): void {
  for (const { path, state, held } of bench.core.devices) {
    check(state.kind !== 'failed', `${at}: ${path} failed`);
    check(state.kind === 'bound' || held === 0, `${at}: ${path} is ${state.kind} and holds ${held}`);
  }
  const now = displays(bench);
  check(now.length === 0 || (now.length === 1 && now[0] === before), `${at}: ${now.join(', ')}`);
  const all = drivable(bench).every(({ state }) => state.kind === 'bound');
  check(!all || now.length === 1, `${at}: everything is bound and there is no display`);
}

/** Once through all: what was put off or made on the way is there in the next turn. */
async function bindAll(bench: Bench): Promise<void> {
  const unbound = drivable(bench).filter(({ state }) => state.kind !== 'bound');
  for (const dev of unbound) await bench.drive(`bind ${dev.path}`, s(1), () => toggleOn(bench, dev));
  const now = drivable(bench).filter(({ state }) => state.kind !== 'bound');
  const same = now.length === unbound.length && now.every((dev) => unbound.includes(dev));
  check(!same, `nothing more binds: ${now.map(({ path }) => path).join(', ')}`);
}

async function toggleOn(bench: Bench, dev: Device): Promise<void> {
  if (dev.state.kind !== 'bound') await toggle(bench, dev);
}

function check(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}
