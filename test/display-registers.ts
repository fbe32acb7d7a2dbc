// A machine with a MediaTek display whose register windows are plain memory that notes every write, and a GCE that
// executes nothing: a test says when frames and packets end.
import type { ChipModel, Socket } from '../src/bus/socket.js';
import { memoryTarget } from '../src/bus/mmio.contract.js';
import { ms } from '../src/base/clock.js';
import { Bench, type BenchParts } from '../src/bench/bench.js';
import { Drm, type DrmDevice } from '../src/core/drm.js';
import { DrmBridge, drmBridgeAdd, type DrmMode } from '../src/core/drm-bridge.js';
import type { DrmCrtc } from '../src/core/drm-crtc.js';
import { platformDriver } from '../src/core/platform-device.js';
import { mtkCmdq } from '../src/drivers/mtk-cmdq/mtk-cmdq.js';
import { mtkDrm } from '../src/drivers/mtk-drm/mtk-drm.js';
import { panelDrivers } from '../src/drivers/panel-mipi-dsi/panel-mipi-dsi.js';
import { cpuRange } from '../src/dt/address.js';
import type { DtTree } from '../src/dt/tree.js';
import { settle } from '../src/host/settle.js';
import { FakeGce, type FakePin, pinOf } from './fake-gce.js';
import { treeOf } from './tree-of.js';

/** The panel's mode: 720x1280 at 60 Hz. */
export const MODE: DrmMode = {
  hdisplay: 720,
  hsyncStart: 780,
  hsyncEnd: 800,
  htotal: 860,
  vdisplay: 1280,
  vsyncStart: 1296,
  vsyncEnd: 1300,
  vtotal: 1316,
  clockKhz: 67_906,
};

/** A block: its name in writes, its node, and where the GCE finds it. */
interface Block {
  readonly name: string;
  readonly at: number;
  readonly compatible: string;
}

/** A SoC's main path, with the addresses that it has there. */
export interface SocSpec {
  readonly soc: string;
  readonly blocks: readonly Block[];
  readonly subsys: number;
  /** The ends of the first two mutexes' streams (facts cmdq 9.4). */
  readonly events: string;
  /** Interrupt lines are active while they are low. */
  readonly low?: boolean;
}

const block = (name: string, at: number, compatible: string): Block => ({ name, at, compatible });

/** The path of MT8173 to its DSI. */
export const MT8173: SocSpec = {
  soc: 'mt8173',
  subsys: 1,
  events: '<53>, <54>',
  blocks: [
    block('mmsys', 0x1400_0000, 'mt8173-mmsys'),
    block('ovl0', 0x1400_c000, 'mt8173-disp-ovl'),
    block('rdma0', 0x1400_e000, 'mt8173-disp-rdma'),
    block('color0', 0x1401_3000, 'mt8173-disp-color'),
    block('aal', 0x1401_5000, 'mt8173-disp-aal'),
    block('ufoe', 0x1401_a000, 'mt8173-disp-ufoe'),
    block('dsi0', 0x1401_b000, 'mt8173-dsi'),
    block('pwm0', 0x1401_e000, 'mt8173-disp-pwm'),
    block('mutex', 0x1402_0000, 'mt8173-disp-mutex'),
    block('od', 0x1402_3000, 'mt8173-disp-od'),
  ],
};
/** The path of MT8183 to its DSI. */
export const MT8183: SocSpec = {
  soc: 'mt8183',
  subsys: 1,
  events: '<130>, <131>',
  blocks: [
    block('mmsys', 0x1400_0000, 'mt8183-mmsys'),
    block('ovl0', 0x1400_8000, 'mt8183-disp-ovl'),
    block('ovl0_2l', 0x1400_9000, 'mt8183-disp-ovl-2l'),
    block('rdma0', 0x1400_b000, 'mt8183-disp-rdma'),
    block('color0', 0x1400_e000, 'mt8173-disp-color'),
    block('ccorr0', 0x1400_f000, 'mt8183-disp-ccorr'),
    block('aal0', 0x1401_0000, 'mt8183-disp-aal'),
    block('gamma0', 0x1401_1000, 'mt8183-disp-gamma'),
    block('dither0', 0x1401_2000, 'mt8183-disp-dither'),
    block('dsi0', 0x1401_4000, 'mt8183-dsi'),
    block('mutex', 0x1401_6000, 'mt8183-disp-mutex'),
  ],
};
/** The path of MT8186 to its DSI: code addresses in units of eight bytes. */
export const MT8186: SocSpec = {
  soc: 'mt8186',
  subsys: 1,
  events: '<434>, <435>',
  blocks: [
    block('mmsys', 0x1400_0000, 'mt8186-mmsys'),
    block('mutex', 0x1400_1000, 'mt8186-disp-mutex'),
    block('ovl0', 0x1400_5000, 'mt8192-disp-ovl'),
    block('rdma0', 0x1400_7000, 'mt8183-disp-rdma'),
    block('color0', 0x1400_9000, 'mt8173-disp-color'),
    block('ccorr0', 0x1400_b000, 'mt8192-disp-ccorr'),
    block('aal0', 0x1400_c000, 'mt8183-disp-aal'),
    block('gamma0', 0x1400_d000, 'mt8183-disp-gamma'),
    block('postmask0', 0x1400_e000, 'mt8192-disp-postmask'),
    block('dither0', 0x1400_f000, 'mt8183-disp-dither'),
    block('dsi0', 0x1401_3000, 'mt8186-dsi'),
  ],
};
/** The paths of MT2701, which has shadow registers and no GCE in its tree; the second begins with a read DMA. */
export const MT2701: SocSpec = {
  soc: 'mt2701',
  subsys: 1,
  events: '<53>, <54>',
  blocks: [
    block('mmsys', 0x1400_0000, 'mt2701-mmsys'),
    block('ovl0', 0x1400_7000, 'mt2701-disp-ovl'),
    block('rdma0', 0x1400_8000, 'mt2701-disp-rdma'),
    block('bls', 0x1400_a000, 'mt2701-disp-pwm'),
    block('color0', 0x1400_b000, 'mt2701-disp-color'),
    block('dsi0', 0x1400_c000, 'mt2701-dsi'),
    block('mutex', 0x1400_e000, 'mt2701-disp-mutex'),
    block('rdma1', 0x1401_2000, 'mt2701-disp-rdma'),
    block('dpi0', 0x1401_4000, 'mt2701-dpi'),
  ],
};

/** MT2701 has none; its tree here has one all the same. */
const gceOf = (soc: string): string => (soc === 'mt2701' ? 'mt8173' : soc);
const GCE_AT = 0x1021_2000;

/** What a tree may lack. */
export interface TreeOptions {
  readonly mboxes?: boolean;
  readonly events?: boolean;
  readonly clientRegs?: boolean;
  /** Nodes beside the blocks. */
  readonly more?: string;
}

/** The tree of a SoC with its panel. */
export function socTree({ soc, blocks, subsys, events: ends }: SocSpec, options: TreeOptions = {}): DtTree {
  const { mboxes = true, events = true, clientRegs = true, more: others = '' } = options;
  const nodes = blocks.map(({ name, at, compatible }, nth) => {
    const window = (at - 0x1400_0000) >> 16;
    const more = [
      ...(clientRegs
        ? [`mediatek,gce-client-reg = <&gce ${subsys + window} 0x${(at & 0xffff).toString(16)} 0x1000>;`]
        : []),
      ...(name === 'mmsys' && mboxes ? ['mboxes = <&gce 0 1>, <&gce 1 1>;'] : []),
      ...(name === 'mutex' && events ? [`mediatek,gce-events = ${ends};`] : []),
    ];
    const output = name === 'dsi0' ? DSI : name === 'dpi0' ? DPI : '';
    return `${name}@${at.toString(16)} { compatible = "mediatek,${compatible}"; reg = <0x${at.toString(16)} 0x1000>;
      interrupts = <0 ${nth} 4>; ${more.join(' ')} ${output} };`;
  });
  const second = blocks.filter(({ name }) => name === 'rdma1');
  const aliases = second.map(({ name, at }) => `${name} = "/soc/${name}@${at.toString(16)}";`).join(' ');
  return treeOf(`/ { #address-cells = <1>; #size-cells = <1>; interrupt-parent = <&gic>; aliases { ${aliases} };
    memory@40000000 { device_type = "memory"; reg = <0x40000000 0x10000000>; };
    clk: clk { #clock-cells = <0>; };
    soc { compatible = "simple-bus"; #address-cells = <1>; #size-cells = <1>; ranges;
      gic: gic@0 { compatible = "x,gic"; reg = <0 0x10>; interrupt-controller; #interrupt-cells = <3>; };
      gce: mailbox@${GCE_AT.toString(16)} { compatible = "mediatek,${gceOf(soc)}-gce";
        reg = <0x${GCE_AT.toString(16)} 0x4000>; interrupts = <0 99 4>; clocks = <&clk>; clock-names = "gce";
        #mbox-cells = <2>; };
      ${nodes.join('\n')} ${soc === 'mt2701' ? HDMI : ''} ${others} }; };`);
}

const DPI = 'port { dpi_out: endpoint { remote-endpoint = <&hdmi_in>; }; };';
const HDMI = 'hdmi { compatible = "x,hdmi"; port { hdmi_in: endpoint { remote-endpoint = <&dpi_out>; }; }; };';
const DSI = `#address-cells = <1>; #size-cells = <0>;
  port { dsi_out: endpoint { remote-endpoint = <&panel_in>; }; };
  panel@0 { compatible = "bringup,lab-panel"; reg = <0>;
    port { panel_in: endpoint { remote-endpoint = <&dsi_out>; }; }; };`;

/** A bridge of its own, as the driver of an HDMI transmitter registers one. */
const hdmi = platformDriver({
  name: 'hdmi',
  compatible: ['x,hdmi'],
  probe: (dev) => dev.scope.defer(drmBridgeAdd(new DrmBridge({ dev, type: 'HDMI' }))),
});

/** Kinds of blocks by the end of their compatible: how they are called, status and enable of their frame interrupt. */
const KINDS: readonly (readonly [end: string, name: string, status?: number, enable?: number])[] = [
  ['-mmsys', 'mmsys'],
  ['-vdosys0', 'mmsys'],
  ['-vdosys1', 'mmsys'],
  ['-disp-mutex', 'mutex'],
  ['-disp-ovl', 'ovl', 0x08, 0x04],
  ['-disp-ovl-2l', 'ovl_2l', 0x08, 0x04],
  ['-disp-rdma', 'rdma', 0x04, 0x00],
  ['-dsi', 'dsi', 0x0c],
  ['-dpi', 'dpi'],
  ['-dp-intf', 'dp_intf'],
];
const ofDisplay = /^mediatek,mt\d+-(mmsys|vdosys\d|dsi|dpi|dp-intf|disp-.*|vdo1-rdma|mdp-rdma)$/;

function kindOf(compatible: string): (typeof KINDS)[number] | undefined {
  return KINDS.find(([end]) => compatible.endsWith(end));
}

/** The blocks of a real tree's display: `ovl0`, `ovl1`, `dsi0` in the order of the tree, others by their addresses. */
export function treeSpec(tree: DtTree, soc: string): SocSpec {
  const counts = new Map<string, number>();
  const blocks = [...tree.root.walk()].flatMap((node) => {
    const compatible = node.compatible.findLast((one) => ofDisplay.test(one));
    const at = cpuRange(node, 0)?.start;
    if (compatible === undefined || at === undefined) return [];
    const kind = kindOf(compatible)?.[1] ?? at.toString(16);
    const nth = counts.get(kind) ?? 0;
    counts.set(kind, nth + 1);
    const single = kind === 'mmsys' || kind === 'mutex';
    return [block(single && nth === 0 ? kind : `${kind}${nth}`, at, compatible.slice('mediatek,'.length))];
  });
  const ovl = [...tree.root.walk()].find(({ compatible }) => compatible.some((one) => one.endsWith('-disp-ovl')));
  return { soc, blocks, subsys: 1, events: '', low: ovl?.property('interrupts')?.cells()[2] === 8 };
}

/** One write, as `ovl0 f40 40000000`. */
export type Noted = string;

/** The machine of a test. */
export class DisplayRig {
  readonly bench: Bench;
  /** Writes of the processor to the display's blocks, in order. `take` empties it. */
  readonly writes: Noted[] = [];
  readonly log: string[] = [];
  readonly gce: FakeGce;
  readonly #pins = new Map<string, FakePin>();
  readonly #memory = new Map<string, DataView>();

  constructor(
    spec: SocSpec,
    tree: DtTree,
    cmdq: 'auto' | 'off',
    parts: Partial<BenchParts> = {},
    make: (all: BenchParts) => Bench = (all) => new Bench(all),
  ) {
    const { soc, low = false } = spec;
    const old = soc === 'mt8173' || soc === 'mt8183' || soc === 'mt2701';
    const execute = (packet: readonly string[]): void => this.#execute(spec, packet);
    this.gce = new FakeGce({ compatible: `mediatek,${gceOf(soc)}-gce`, unit: old ? 1 : 8, low, execute });
    const chips = [this.#chips(spec)];
    const drivers = [mtkCmdq, ...mtkDrm({ cmdq }), ...panelDrivers, hdmi];
    const all = { tree, drivers, chips: [...chips, this.gce.model], settle, ...parts };
    this.bench = make(all);
    this.bench.trace.attach((event) => {
      if (event.kind !== 'printk' || event.level === 'dbg' || event.level === 'info') return;
      this.log.push(`${event.level} ${event.text.replace(/^\S+ \S+: /, '')}`);
    });
  }

  get drm(): DrmDevice {
    return this.bench.core.subsystem(Drm).devices[0] as DrmDevice;
  }

  get crtc(): DrmCrtc {
    return this.drm.crtcs[0] as DrmCrtc;
  }

  /** The writes since the last time, those to some blocks only. */
  take(...names: string[]): Noted[] {
    const all = this.writes.splice(0);
    return names.length === 0 ? all : all.filter((text) => names.includes(text.split(' ')[0] as string));
  }

  /** What a register has. */
  register(name: string, offset: number): number {
    return (this.#memory.get(name) as DataView).getUint32(offset, true);
  }

  /** Whether the SoC has such a block. */
  has(name: string): boolean {
    return this.#memory.has(name);
  }

  /** Gives a register a value, as the block would. */
  set(name: string, offset: number, value: number): void {
    (this.#memory.get(name) as DataView).setUint32(offset, value >>> 0, true);
  }

  /** Raises the interrupt of a block and lets it be handled; a DSI says that its last frame is through. */
  async interrupt(name: string): Promise<void> {
    if (name === 'dsi0') this.set(name, 0x0c, this.register(name, 0x0c) | 0x8);
    this.#pins.get(name)?.set(true);
    await this.bench.run(0);
  }

  /** Lets a frame of a sixtieth of a second end. */
  async frame(): Promise<void> {
    await this.bench.run(16_666_667);
    await this.interrupt('ovl0');
  }

  /** Drives something with a frame ending every sixtieth of a second, and packets when `packets`. */
  async live<T>(body: () => Promise<T>, packets = true): Promise<T> {
    let over = false;
    const beat = async (): Promise<void> => {
      await this.bench.clock.sleep(ms(16));
      if (over) return;
      if (packets) this.gce.finish();
      if (this.#memory.get('dsi0')?.getUint32(0x14, true) === 0) this.#dsiDone();
      this.frameEnds();
      await beat();
    };
    void beat();
    return this.bench.drive('test', ms(30_000), () =>
      body().finally(() => {
        over = true;
      }),
    );
  }

  /** Overlays and read DMAs that may say so say that their frame is through. */
  frameEnds(): void {
    for (const [name, pin] of this.#pins) {
      const enable = KINDS.find(([, kind]) => kind === name.replace(/\d+$/, ''))?.[3];
      if (enable !== undefined && this.register(name, enable) !== 0) pin.set(true);
    }
  }

  #dsiDone(): void {
    this.set('dsi0', 0x0c, 0x8);
    this.#pins.get('dsi0')?.set(true);
  }

  /** The writes of a packet, through the first three windows of the display. */
  #execute({ blocks, subsys: first }: SocSpec, packet: readonly string[]): void {
    let mask = 0xffff_ffff;
    for (const word of packet) {
      const [high = 0, low = 0] = word.split(' ').map((half) => Number.parseInt(half, 16));
      if (high >>> 24 === 0x02) mask = ~low >>> 0;
      if (high >>> 24 !== 0x04) continue;
      const addr = 0x1400_0000 + (((high >>> 16) & 0x1f) - first) * 0x1_0000 + (high & 0xfffc);
      const name = blocks.find(({ at }) => addr >= at && addr < at + 0x1000)?.name ?? '';
      const bits = (high & 1) === 1 ? mask : 0xffff_ffff;
      this.set(name, addr & 0xfff, (this.register(name, addr & 0xfff) & ~bits) | (low & bits));
    }
  }

  /** One model for all of them: its socket says which it is. */
  #chips({ blocks, low = false }: SocSpec): ChipModel {
    const compatible = [...new Set(blocks.map((one) => `mediatek,${one.compatible}`))];
    const plug = (socket: Socket): void => {
      const at = Number.parseInt(socket.name.slice(socket.name.lastIndexOf('@') + 1), 16);
      const one = blocks.find((other) => other.at === at);
      if (one !== undefined) this.#plug(one, socket, low);
    };
    return { name: 'registers', compatible, plug };
  }

  #plug({ name, compatible }: Block, socket: Socket, low: boolean): void {
    const target = memoryTarget(0x1000);
    const status = kindOf(compatible)?.[2];
    const pin = status === undefined ? undefined : pinOf(socket, low);
    if (pin !== undefined) this.#pins.set(name, pin);
    this.#memory.set(name, new DataView(target.bytes.buffer));
    socket.mmio({
      // A mutex is given when it is asked for.
      read32: (offset) => target.read32(offset) * (name === 'mutex' && offset === 0x24 ? 3 : 1),
      write32: (offset, value) => {
        this.writes.push(`${name} ${offset.toString(16)} ${value.toString(16)}`);
        target.write32(offset, value);
        if (offset === status) pin?.set(false);
      },
    });
  }
}
