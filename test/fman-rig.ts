// What tests of FMan stand on: the chip and its MACs in sockets made by hand, memory behind a ledger, wires, and a
// QMan and a BMan that do no more than keep frames and addresses.
import { SimClock } from '../src/base/clock.js';
import { Random } from '../src/base/random.js';
import { Trace, type TraceEvent } from '../src/base/trace.js';
import { SimMemory } from '../src/bus/dma-sim.js';
import type { DmaBuffer, DmaDirection } from '../src/bus/dma.js';
import { SimDpaa } from '../src/bus/dpaa-sim.js';
import type { DpaaDequeued, DpaaEnqueue, DpaaFrame, DpaaPools, DpaaQueues } from '../src/bus/dpaa.js';
import { FaultPlan } from '../src/bus/fault-plan.js';
import { MmioBus } from '../src/bus/mmio-sim.js';
import { ioread32be, iowrite32be, type MmioSpace } from '../src/bus/mmio.js';
import type { EthernetPeer } from '../src/bus/ethernet.js';
import type { Inspection, Knob, Socket } from '../src/bus/socket.js';
import { EthernetLines } from '../src/bench/ethernet-lines.js';
import { fmanChips } from '../src/chips/fman/fman.js';
import type { DtNode } from '../src/dt/tree.js';
import { settle } from '../src/host/settle.js';
import { treeOf } from './tree-of.js';

const BASE = 0x1a0_0000;
const FMAN = '/fman@1a00000';
/** Device paths of MACs. */
export const MAC1 = `${FMAN}/ethernet@e0000`;
/** See MAC1. */
export const MAC2 = `${FMAN}/ethernet@e2000`;
/** Where the first two MACs and their ports are in the window. */
export const AT = {
  mac1: 0xe0000,
  mac2: 0xe2000,
  rx1: 0x88000,
  rx2: 0x89000,
  tx1: 0xa8000,
  tx2: 0xa9000,
  mdio: 0xfc000,
} as const;
/** Channels of the Tx ports, by facts 7.1. */
export const CHANNEL = { tx1: 0x802, tx2: 0x803 } as const;

/** A frame as it was enqueued: the sixteen bytes in hex, and its queue. */
export interface Enqueued extends DpaaFrame {
  readonly fqid: number;
}

/** A QMan: lists. */
class PlainQueues implements DpaaQueues {
  /** Channels of queues that FMan serves; all others are software's. */
  readonly channels = new Map<number, number>();
  readonly contextA = new Map<number, number>();
  readonly contextAHi = new Map<number, number>();
  readonly contextB = new Map<number, number>();
  /** What software has got. */
  got: Enqueued[] = [];
  /** Queues that refuse. */
  readonly refusing = new Set<number>();
  readonly #waiting = new Map<number, Enqueued[]>();
  readonly #ready = new Map<number, () => void>();

  enqueue(fqid: number, { w0, w1, w2, w3 }: DpaaFrame): DpaaEnqueue {
    if (fqid === 0 || this.refusing.has(fqid)) return 'error';
    const channel = this.channels.get(fqid);
    if (channel === undefined) {
      this.got.push({ fqid, w0, w1, w2, w3 });
      return 'accepted';
    }
    const list = this.#waiting.get(channel) ?? [];
    this.#waiting.set(channel, list);
    list.push({ fqid, w0, w1, w2, w3 });
    this.#ready.get(channel)?.();
    return 'accepted';
  }

  dequeue(channel: number, into: DpaaDequeued): boolean {
    const next = this.#waiting.get(channel)?.shift();
    if (next === undefined) return false;
    const { fqid } = next;
    const contextALo = this.contextA.get(fqid) ?? 0;
    const contextAHi = this.contextAHi.get(fqid) ?? 0;
    Object.assign(into, next, { contextALo, contextAHi, contextB: this.contextB.get(fqid) ?? 0 });
    return true;
  }

  serve(channel: number, ready: () => void): () => void {
    this.#ready.set(channel, ready);
    ready();
    return () => this.#ready.delete(channel);
  }

  /** Takes what has come. */
  take(): Enqueued[] {
    const { got } = this;
    this.got = [];
    return got;
  }
}

/** A BMan: stacks. */
class PlainPools implements DpaaPools {
  readonly pools = new Map<number, number[]>();

  acquire(bpid: number, count: number, into: Float64Array): boolean {
    const pool = this.pools.get(bpid);
    if (pool === undefined || pool.length < count) return false;
    for (let i = 0; i < count; i++) into[i] = pool.pop() as number;
    return true;
  }

  release(bpid: number, from: Float64Array, count: number): boolean {
    const pool = this.pools.get(bpid);
    for (let i = 0; i < count; i++) pool?.push(from[i] as number);
    return pool !== undefined;
  }

  available(bpid: number): number {
    return this.pools.get(bpid)?.length ?? 0;
  }

  depleted(): boolean {
    return false;
  }

  onDepletion(): () => void {
    return () => undefined;
  }
}

const SOURCE = `/ { compatible = "fsl,SOC-rdb", "fsl,SOC"; #address-cells = <1>; #size-cells = <1>;
  fman@1a00000 { compatible = "fsl,fman"; reg = <0x1a00000 0xfe000>; ranges = <0 0x1a00000 0xfe000>;
    #address-cells = <1>; #size-cells = <1>;
    ethernet@e0000 { compatible = "fsl,fman-memac"; reg = <0xe0000 0x1000>; phy-handle = <&phy>; };
    ethernet@e2000 { compatible = "fsl,fman-memac"; reg = <0xe2000 0x1000>; };
    mdio@fc000 { #address-cells = <1>; #size-cells = <0>; phy: ethernet-phy@4 { reg = <4>; }; }; }; };`;

/** How a rig is made. */
export interface RigOptions {
  readonly soc?: string;
  /** No list of events is kept: for many frames. */
  readonly quiet?: boolean;
}

/** The chip, and a driver's hands. */
export class FmanRig {
  readonly clock = new SimClock(settle);
  readonly trace = new Trace(() => this.clock.now());
  readonly events: TraceEvent[] = [];
  readonly faults = new FaultPlan([], this.trace);
  readonly memory = new SimMemory({ clock: this.clock, trace: this.trace, base: 0x12_3400_0000 });
  readonly bus = new MmioBus();
  readonly queues = new PlainQueues();
  readonly pools = new PlainPools();
  readonly knobs = new Map<string, Knob>();
  readonly inspections = new Map<string, Inspection>();
  readonly dpaa: SimDpaa;
  readonly lines: EthernetLines;
  readonly space: MmioSpace;
  /** Buffers by bus address, for those that `map` made. */
  readonly buffers = new Map<number, DmaBuffer>();

  constructor({ soc = 'ls1043a', quiet = false }: RigOptions = {}) {
    if (!quiet) this.trace.attach((event) => this.events.push(event));
    const tree = treeOf(SOURCE.replaceAll('SOC', soc));
    this.lines = new EthernetLines(tree, this.trace, this.faults);
    this.memory.setMask(FMAN, 40);
    const dpaa = new SimDpaa(tree.root.strings('compatible'), this.trace, this.faults);
    this.dpaa = dpaa;
    dpaa.queues = this.queues;
    dpaa.pools = this.pools;
    for (const model of fmanChips()) {
      for (const node of tree.root.walk())
        if (node.strings('compatible').some((word) => model.compatible.includes(word)))
          model.plug(this.#socket(node, dpaa));
    }
    this.space = this.bus.ioremap(BASE, 0xfe000, 'cpu');
  }

  #socket(node: DtNode, dpaa: SimDpaa): Socket {
    const unused = (): never => {
      throw new Error('not a wire of this chip');
    };
    const { clock, trace } = this;
    return {
      ...{ name: node.path, compatible: node.strings('compatible')[0] ?? '', clock, trace, wiring: {} },
      random: new Random('fman'),
      i2cAddr: undefined,
      i2c: unused,
      mmio: (target) => void this.bus.attach(BASE, 0xfe000, target),
      irq: unused,
      dma: () => this.memory.port(node.path),
      master: unused,
      event: unused,
      events: unused,
      rpmsg: unused,
      video: unused,
      dpaa: () => dpaa.port(node.path, BASE),
      ethernet: () => this.lines.port(node),
      knob: (knob) => void this.knobs.set(knob.name, knob),
      inspect: (inspection) => void this.inspections.set(node.path, inspection),
    };
  }

  get(offset: number): number {
    return ioread32be(this.space, offset);
  }

  put(offset: number, value: number): void {
    iowrite32be(this.space, offset, value);
  }

  peer(path: string): EthernetPeer {
    return this.lines.peer(path);
  }

  /** Mapped memory with these bytes; answers its address. */
  map(bytes: Uint8Array | number, dir: DmaDirection = 'to-device', align = 256): number {
    const size = typeof bytes === 'number' ? bytes : bytes.length;
    const buffer = this.memory.alloc(size, align);
    if (typeof bytes !== 'number') buffer.bytes.set(bytes);
    const iova = this.memory.map(FMAN, buffer, dir);
    this.buffers.set(iova, buffer);
    return iova;
  }

  /** Fills a pool with mapped buffers; answers their addresses, the one that is taken first first. */
  fill(bpid: number, count: number, size = 1664): number[] {
    const addrs = Array.from({ length: count }, () => this.map(size, 'bidirectional'));
    this.pools.pools.set(bpid, [...(this.pools.pools.get(bpid) ?? []), ...[...addrs].reverse()]);
    return addrs;
  }

  /** Bytes of a buffer of `map`. */
  bytes(iova: number, from = 0, to?: number): Uint8Array {
    const buffer = this.buffers.get(iova);
    if (buffer === undefined) throw new Error(`nothing at 0x${iova.toString(16)}`);
    return buffer.bytes.subarray(from, to);
  }

  /** Registers of an Rx port as the driver of 2015 writes them (facts 7.1). */
  setUpRx(port: number, bpid: number, size = 1664): void {
    const rows = [
      ...[
        [0x14, 0x0005_0203],
        [0x1c, 0x0080_0000],
        [0x10, 0x0004_0000],
        [0x24, 0x823c_0000],
        [0x20, 0x0044_0000],
      ],
      ...[
        [0x28, 0x0050_0002],
        [0x70, 0x00d4_0000],
        [0x68, 0x0002_0000],
        [0x6c, 0x012c_e0e8],
        [0x60, 0x101],
      ],
      ...[
        [0x64, 0x100],
        [0x100, (0xc000_0000 | (bpid << 16) | size) >>> 0],
        [0x200, 0x8000_0000],
        [0x00, 0x8000_0000],
      ],
    ] as const;
    for (const [offset = 0, value = 0] of rows) this.put(port + offset, value);
  }

  /** The same for a Tx port; queue 0x300 leads to it, errors go to 0x202. */
  setUpTx(port: number, channel: number, fqid = 0x300): void {
    this.queues.channels.set(fqid, channel);
    this.queues.contextA.set(fqid, 0x8000_0000);
    for (const [offset, value] of [
      [0x14, 0x0001_0203],
      [0x20, 0x201],
      [0x24, 0x202],
      [0x200, 0x8000_0000],
    ] as const)
      this.put(port + offset, value);
    this.put(port + 0x400, 0x8000_0000);
    this.put(port, 0x8000_0000);
  }

  /** Both sides of a MAC on, promiscuous, frames up to that length with FCS. */
  setUpMac(mac: number, maxFrame = 1522): void {
    this.put(mac + 0x14, maxFrame);
    this.put(mac + 0x08, 0x13);
  }

  findings(): string[] {
    return this.events.flatMap((e) => (e.kind === 'fman_finding' ? [`${e.port}: ${e.text}`] : []));
  }
}

/** A frame descriptor. */
export function fd(
  addr: number,
  bpid: number,
  format: 0 | 4 | number,
  offset: number,
  length: number,
  word: number,
): DpaaFrame {
  return {
    w0: (bpid << 16) | Math.floor(addr / 0x1_0000_0000),
    w1: addr >>> 0,
    w2: ((format << 29) | (offset << 20) | length) >>> 0,
    w3: word >>> 0,
  };
}

/** A descriptor in hex, as the facts print it. */
export function fdHex({ w0, w1, w2, w3 }: DpaaFrame): string {
  return [w0, w1, w2, w3].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join(' ');
}

/** A table's entry. */
export function entry(addr: number, length: number, final: boolean, bpid = 0xff, offset = 0): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, Math.floor(addr / 0x1_0000_0000));
  view.setUint32(4, addr >>> 0);
  view.setUint32(8, (length | (final ? 0x4000_0000 : 0)) >>> 0);
  view.setUint32(12, (bpid << 16) | offset);
  return bytes;
}

/** A frame of that length that is no IP; its bytes say where they are. */
export function plainFrame(length: number, seed = 1): Uint8Array {
  const frame = new Uint8Array(length);
  for (let i = 0; i < length; i++) frame[i] = (i * 7 + seed * 31 + (i >> 8)) & 0xff;
  frame.set([0x02, 0, 0, 0, 0, 1, 0x02, 0, 0, 0, 0, 2, 0x88, 0xb5]);
  return frame;
}
