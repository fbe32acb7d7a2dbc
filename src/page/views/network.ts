// The network: interfaces with their links and rates, queues, buffers by owner, counters, and the last frames.
import { hex } from '../../base/bytes.js';
import type { Instant } from '../../base/clock.js';
import type { TraceEvent } from '../../base/trace.js';
import { DpaaFrames, type DpaaFrameSeen } from '../../abi/dpaa-frames.js';
import type { Bench } from '../../bench/bench.js';
import type { NetdevStats } from '../../core/netdev-types.js';
import { dpaaTree } from '../../review/dpaa/ports.js';
import { frames as framesActivity, type FramesState } from '../../stock/activity-frames.js';
import { InputError } from '../../stock/input-error.js';
import { type Port, portsOf } from '../../stock/ports.js';
import { rowsFrame } from '../frames.js';
import type { Args } from '../protocol.js';
import type { View, ViewKind, ViewParts } from '../view.js';
import { type Buffers, buffersOf } from './network-buffers.js';
import { packFrames, type ViewFrame } from './network-frames.js';
import { NetworkQueues, type QueueGroup } from './network-queues.js';
import { RateWindow } from './rate-window.js';

/** How much passes in a second. */
export interface PortRates {
  readonly rxPackets: number;
  readonly txPackets: number;
  readonly rxBytes: number;
  readonly txBytes: number;
}

/** An interface. */
export interface NetworkPort {
  readonly name: string;
  /** Device path of its MAC. */
  readonly mac: string;
  readonly address: string;
  readonly mtu: number;
  readonly state: 'up' | 'no carrier' | 'down';
  /** Of the wire: `1000 Mbit/s, full duplex`; empty while there is none. */
  readonly link: string;
  /** The interface that the cable leads to; empty where it leads to none. */
  readonly cable: string;
  readonly stats: NetdevStats;
  readonly rates: PortRates;
}

/** What the view shows. */
export interface NetworkState {
  /** Why there is nothing to see; undefined where there are interfaces. */
  readonly hindrance: string | undefined;
  readonly ports: readonly NetworkPort[];
  readonly queues: readonly QueueGroup[];
  readonly buffers: Buffers;
  /** Frames that passed since somebody began to look. */
  readonly passed: number;
  readonly frames: FramesState | undefined;
  /** Why the activity cannot run. */
  readonly framesHindrance: string | undefined;
}

/** A counter. */
export interface Counter {
  readonly name: string;
  readonly value: number;
}

/** The counters of one interface. */
export interface PortCounters {
  readonly port: string;
  /** What `ethtool -S` prints. */
  readonly driver: readonly Counter[];
  /** What the MAC counts. */
  readonly mac: readonly Counter[];
  /** What the two ports of FMan count. */
  readonly fman: readonly Counter[];
}

/** The view. Frames come as frames of rows; see network-frames.ts. */
export const network: ViewKind = { watch: (parts) => new NetworkView(parts), ask };

/** A page draws sixty times a second: so often there may be a state, and frames. */
const STATE_TICKS = 12;
const FRAME_TICKS = 8;
/** Frames that are told at once: the last ones. */
const MOST_FRAMES = 64;

const MEMBERS: ReadonlySet<TraceEvent['kind']> = new Set(['bound', 'unbound']);
const SEEN: ReadonlySet<TraceEvent['kind']> = new Set([
  ...(['dpaa_enqueue', 'dpaa_dequeue', 'dpaa_reject', 'bman_acquire', 'bman_release'] as const),
  ...(['ethernet_frame', 'ethernet_link', 'bound', 'unbound', 'mmio_write', 'printk'] as const),
]);

class NetworkView implements View {
  readonly #parts: ViewParts;
  readonly #queues: NetworkQueues;
  readonly #watch: DpaaFrames;
  readonly #windows = new Map<string, RateWindow>();
  readonly #stop: () => void;
  #ports: readonly Port[];
  #last: ViewFrame[] = [];
  #passed = 0;
  #changed = true;
  /** Interfaces may have come or gone. */
  #members = false;
  #moved = true;
  #at: Instant = -1;
  #changes = -1;
  #ticks = 0;
  #told = '';

  constructor(parts: ViewParts) {
    const { bench, events } = parts;
    this.#parts = parts;
    this.#ports = portsOf(bench);
    this.#queues = new NetworkQueues(bench);
    for (const event of events.events) this.#queues.take(event);
    this.#watch = new DpaaFrames(bench, (frame) => this.#frame(frame));
    this.#stop = bench.trace.attach((event) => this.#take(event));
  }

  state(): NetworkState | undefined {
    const { bench, player } = this.#parts;
    if (this.#ticks++ % STATE_TICKS !== 0) return undefined;
    const now = bench.clock.now();
    const isStill = !this.#changed && player.changes === this.#changes && (!this.#moved || now === this.#at);
    if (isStill) return undefined;
    this.#changed = false;
    this.#changes = player.changes;
    this.#at = now;
    if (this.#members) this.#find();
    const state = this.#state(now);
    // While something still shows a rate, time alone changes it.
    this.#moved = state.ports.some(({ rates }) => rates.rxPackets + rates.txPackets > 0);
    const text = JSON.stringify(state);
    if (text === this.#told) return undefined;
    this.#told = text;
    return state;
  }

  frames(send: (frame: Uint8Array) => void): void {
    if (this.#last.length === 0 || this.#ticks % FRAME_TICKS !== 0) return;
    send(rowsFrame('network', 0, packFrames(this.#last)));
    this.#last = [];
  }

  close(): void {
    this.#stop();
    this.#watch.end();
  }

  #find(): void {
    this.#members = false;
    this.#ports = portsOf(this.#parts.bench);
    this.#queues.find();
  }

  #take(event: TraceEvent): void {
    this.#queues.take(event);
    if (MEMBERS.has(event.kind)) this.#members = true;
    this.#changed ||= SEEN.has(event.kind);
  }

  #frame({ mac, way, timeNs, bytes, metadata, comment = '' }: DpaaFrameSeen): void {
    const port = this.#ports.findIndex((one) => one.mac === mac);
    const { descriptor, table } = metadata ?? {};
    const frame = { number: this.#passed++, t: timeNs, port, way, bytes: bytes.slice(), descriptor, table, comment };
    if (this.#last.push(frame) >= 2 * MOST_FRAMES) this.#last = this.#last.slice(-MOST_FRAMES);
  }

  #state(now: Instant): NetworkState {
    const { bench, player, audio } = this.#parts;
    const hindrance = this.#ports.length === 0 ? 'no driver has made an Ethernet interface' : undefined;
    return {
      hindrance,
      ports: this.#ports.map((port) => this.#port(port, now)),
      queues: this.#queues.groups(now),
      buffers: buffersOf(bench, this.#ports),
      passed: this.#passed,
      frames: player.running.get('frames')?.state as FramesState | undefined,
      framesHindrance: framesActivity.hindrance({ bench, audio }),
    };
  }

  #port(port: Port, now: Instant): NetworkPort {
    const { name, mac, netdev } = port;
    const wires = this.#parts.bench.ethernetWires;
    const { link, other } = wires.find((wire) => wire.mac === mac) ?? {};
    const stats = { ...netdev.peekStats() };
    const window = this.#windows.get(name) ?? new RateWindow(4);
    this.#windows.set(name, window);
    const [rxPackets = 0, txPackets = 0, rxBytes = 0, txBytes = 0] = window.rates(now, [
      ...[stats.rxPackets, stats.txPackets, stats.rxBytes, stats.txBytes],
    ]);
    return {
      ...{ name, mac, address: hex(netdev.address, ':'), mtu: netdev.mtu, stats },
      state: netdev.up ? (netdev.carrier ? 'up' : 'no carrier') : 'down',
      link: link === undefined ? '' : `${link.speed} Mbit/s, ${link.fullDuplex ? 'full' : 'half'} duplex`,
      cable: other === undefined ? '' : (this.#ports.find((one) => one.mac === other)?.name ?? other),
      rates: { rxPackets, txPackets, rxBytes, txBytes },
    };
  }
}

/** `{ counters: 'fm1-mac1' }`: all counters of an interface. */
function ask({ bench }: ViewParts, { counters }: Args): PortCounters {
  const port = portsOf(bench).find(({ name }) => name === counters);
  if (port === undefined)
    throw new InputError(`counters ${String(counters)}`, 'there is no such interface', 'look again');
  const { netdev, mac, name } = port;
  const values = netdev.ethtool.peekEthtoolStats?.() ?? [];
  return {
    port: name,
    driver: (netdev.ethtool.getStrings?.() ?? []).map((key, index) => ({ name: key, value: values[index] ?? 0 })),
    // The counters have small names, the other registers large ones.
    mac: countersOf(bench.sockets.get(mac)?.inspection?.registers(), /^[a-z]/),
    fman: fmanCounters(bench, mac),
  };
}

/** Frames received, bad, too long, filtered, discarded, without buffer; sent, discarded, bad. */
const FMAN_COUNTER = /^(?:RFRC|RFBC|RLFC|RFFC|RFDC|RFLDEC|RODC|RBDC|RPEC|TFRC|TFDC|TFLEDC|TFUFDC|TBDC)$/;

function fmanCounters({ sockets, tree }: Bench, path: string): Counter[] {
  const mac = dpaaTree(tree)
    .fmans.flatMap(({ macs }) => macs)
    .find((one) => one.path === path);
  const registers = sockets.get(path.slice(0, path.lastIndexOf('/')))?.inspection?.registers() ?? {};
  return [mac?.rx, mac?.tx].flatMap((id) => {
    if (id === undefined) return [];
    const prefix = `port0x${id.toString(16).padStart(2, '0')}.`;
    const own = Object.entries(registers).filter(([name]) => name.startsWith(prefix));
    return countersOf(Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value])), FMAN_COUNTER);
  });
}

function countersOf(registers: Readonly<Record<string, number>> = {}, names: RegExp): Counter[] {
  return Object.entries(registers).flatMap(([name, value]) => (names.test(name) ? { name, value } : []));
}
