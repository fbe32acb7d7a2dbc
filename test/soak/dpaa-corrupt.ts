// The driver of the DPAA and what nobody should hand it: descriptors and tables of real frames, spoilt on their way
// from FMan, old ones, and such of frames that never were; as received frames and as errors. Never a crash; each is
// counted once; no buffer is lost that a descriptor or a table names; then real traffic goes on.
//
// What cannot be counted as wrong is left out or allowed: a spoilt descriptor that is a good one of another frame's
// buffers is delivered, and nobody can tell; a later piece of a frame shorter than the canary (8 bytes) says nothing of
// whether FMan filled its buffer, so that frames with such an end and such entries of buffers in the pool do not occur.
import { us } from '../../src/base/clock.js';
import { Random } from '../../src/base/random.js';
import { type DpaaFrame, frameAddr } from '../../src/bus/dpaa.js';
import { audit, ethtoolReader, type Losses } from '../dpaa-accounts.js';
import {
  entriesUpTo,
  entryAddr,
  isScattered,
  setAddr,
  spoil,
  type TablePlace,
  type Targets,
} from '../dpaa-corruptor.js';
import type { DpaaPair } from '../dpaa-machine.js';
import { plainBytes } from '../dpaa-sweep.js';
import { FRAMES, fqidsOf, trial } from '../dpaa-traffic.js';
import type { Scenario } from '../soak.js';
import { withPair } from './dpaa-loop.js';

/** Descriptors of one run. */
const COUNT = 500;
/** After so many descriptors the books are looked at as a whole. */
const AUDIT = 50;
const MOST = 9596;
const FIRST_ROOM = 1536;
const SIZE = 1664;
const CANARY = 8;
const ENTRY = 16;
const SETTLE = us(30);
/** Status bits that make a received frame bad (facts 2.3). */
const RX_ERRORS = 0x010e_c0e0;
const HEADER = 14;

/** What `npm run soak` runs: 600,000 received ones. */
export const scenarios: readonly Scenario[] = [
  { name: 'dpaa-corrupt-received', total: 1200, run: runReceived, summary: () => [`  ${JSON.stringify(seen)}`] },
];

const seen = { descriptors: 0, tables: 0, delivered: 0, refused: 0, stale: 0, bad: 0 };

const COUNTERS = [
  'rx packets [TOTAL]',
  'rx error [TOTAL]',
  'rx dropped [TOTAL]',
  'rx bad descriptor',
  'rx stale descriptor',
];

/** A frame that FMan has filled and that nobody has taken: its descriptor, its table, and its buffers. */
interface Held {
  readonly frame: DpaaFrame;
  readonly table: TablePlace | undefined;
}

/** One port as a receiver, with what FMan has for it. */
class Receiver {
  readonly pair: DpaaPair;
  readonly random: Random;
  readonly fqids: Readonly<Record<string, number>>;
  readonly bpid: number;
  /** Filled, and neither delivered nor in the pool. */
  readonly out = new Set<number>();
  readonly #stop: () => void;
  readonly #counters: () => readonly number[];
  #held: Held[] = [];
  #old: DpaaFrame[] = [];

  constructor(pair: DpaaPair, random: Random, fqids: Readonly<Record<string, number>>, bpid: number) {
    this.pair = pair;
    this.random = random;
    this.fqids = fqids;
    this.bpid = bpid;
    this.#counters = ethtoolReader(pair.sides[1].net, COUNTERS);
    this.#stop = pair.bench.onDpaa((_, kind, fqid, bytes) => {
      if (kind === 'enqueue' && fqid === this.queue) this.#held.push(this.#heldOf(wordsOf(bytes)));
    });
  }

  /** What the driver counts of received frames. */
  counters(): readonly number[] {
    return this.#counters();
  }

  get queue(): number {
    return this.fqids['Rx default'] as number;
  }

  stop(): void {
    this.#stop();
  }

  /** Frames come, and FMan's descriptors of them are lost. */
  async fill(): Promise<readonly Held[]> {
    const { pair, random } = this;
    const { faults } = pair.bench;
    this.#held = [];
    faults.add([{ where: 'qman.enqueue', which: `0x${this.queue.toString(16)}`, nth: 0, what: 'lost' }]);
    for (let n = 1 + random.below(3); n > 0; n--) {
      const length = lengthOf(random);
      const skb = pair.packet(plainBytes(pair, 1, length), length);
      if (!pair.sides[0].net.xmit(skb)) skb.kfree();
    }
    await pair.bench.run(us(100));
    faults.clear();
    return this.#held;
  }

  #heldOf(frame: DpaaFrame): Held {
    const addr = frameAddr(frame);
    this.out.add(addr);
    if (!isScattered(frame)) return { frame, table: undefined };
    const table = this.tableAt(frame) as TablePlace;
    for (let i = 0; i < table.count; i++) this.out.add(entryAddr(table.view, table.at + ENTRY * i));
    return { frame, table };
  }

  /** Where a descriptor's table would be, in memory that there is. */
  tableAt(frame: DpaaFrame): TablePlace | undefined {
    const at = frameAddr(frame) + ((frame.w2 >>> 20) & 0x1ff);
    for (const { phys, view } of this.pair.zone.held) {
      if (at < phys || at + 32 * ENTRY > phys + view.byteLength) continue;
      return { view, at: at - phys, count: entriesUpTo(view, at - phys) };
    }
    return undefined;
  }

  /** A spoilt descriptor of one of these frames, an old one, or one of a frame that is not there. */
  next(held: readonly Held[], targets: Targets): DpaaFrame {
    const { random } = this;
    const what = random.below(16);
    if (what === 0 && this.#old.length > 0) return { ...random.pick(this.#old) };
    const { frame, table } = random.pick(held);
    this.#old[random.below(64) % (this.#old.length + 1)] = { ...frame };
    const spoilt = { ...frame };
    if (what === 1) {
      setAddr(spoilt, random.pick(targets.pooled));
      return spoilt;
    }
    // A table whose buffer is back in the pool is none any more.
    spoil(spoilt, this.out.has(frameAddr(frame)) ? table : undefined, random, targets);
    return spoilt;
  }

  /** Buffers that descriptor and table name, and that the driver can give back; `good`: whether it is a frame. */
  named(frame: DpaaFrame, pooled: ReadonlySet<number>): { readonly good: boolean; readonly addrs: readonly number[] } {
    const addr = frameAddr(frame);
    if (!this.out.has(addr)) return { good: false, addrs: [] };
    const mine = ((frame.w0 >>> 16) & 0xff) === this.bpid && (frame.w3 & RX_ERRORS) === 0;
    const [offset, length] = [(frame.w2 >>> 20) & 0x1ff, frame.w2 & 0xf_ffff];
    if (frame.w2 >>> 29 === 0) return { good: mine && length >= HEADER && offset + length <= SIZE, addrs: [addr] };
    if (!isScattered(frame)) return { good: false, addrs: [addr] };
    const { sound, addrs } = this.#members(frame, this.tableAt(frame) as TablePlace, pooled);
    return { good: mine && sound, addrs: [addr, ...addrs] };
  }

  #members(
    frame: DpaaFrame,
    { view, at, count }: TablePlace,
    pooled: ReadonlySet<number>,
  ): { readonly sound: boolean; readonly addrs: readonly number[] } {
    const addrs = new Set<number>();
    let left = frame.w2 & 0xf_ffff;
    let sound = (view.getUint8(at + ENTRY * (count - 1) + 8) & 0x40) !== 0;
    for (let i = 0; i < count; i++) {
      const entry = at + ENTRY * i;
      const addr = entryAddr(view, entry);
      const length = view.getUint32(entry + 8) & 0x3fff_ffff;
      const ours = this.out.has(addr) && view.getUint8(entry + 13) === this.bpid && addr !== frameAddr(frame);
      if (!ours || addrs.has(addr) || view.getUint8(entry + 8) >= 0x80) sound = false;
      const from = i === 0 ? (frame.w2 >>> 20) & 0x1ff : view.getUint16(entry + 14) & 0x1fff;
      if (from + length > SIZE || (i === 0 && length < HEADER)) sound = false;
      if (i > 0 && length < CANARY && pooled.has(addr)) throw new Undecidable();
      if (ours) addrs.add(addr);
      left -= length;
    }
    return { sound: sound && left === 0, addrs: [...addrs] };
  }

  /** FMan gives back what no descriptor named. */
  async giveBack(): Promise<void> {
    await giveBack(this.pair, this.fqids, this.bpid, this.out);
    this.out.clear();
  }
}

/** Buffers that FMan has filled go back by the error queue, one of `fqids`. */
export async function giveBack(
  pair: DpaaPair,
  fqids: Readonly<Record<string, number>>,
  bpid: number,
  addrs: ReadonlySet<number>,
): Promise<void> {
  for (const addr of addrs) {
    const frame = { w0: bpid << 16, w1: 0, w2: (128 << 20) | 64, w3: 0x0008_0000 };
    setAddr(frame, addr);
    pair.qman.enqueue(fqids['Rx error'] as number, frame);
  }
  if (addrs.size > 0) await pair.bench.run(SETTLE);
}

/** Of such a descriptor the driver cannot know; see above. */
class Undecidable extends Error {}

function lengthOf(random: Random): number {
  for (;;) {
    const length = random.pick([
      60 + random.below(1455),
      1515 + random.below(MOST - 1514),
      60 + random.below(MOST - 59),
    ]);
    const end = (length - FIRST_ROOM) % SIZE;
    if (length <= FIRST_ROOM || end === 0 || end >= CANARY) return length;
  }
}

/** A descriptor's words. */
export function wordsOf(bytes: Uint8Array): DpaaFrame {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return { w0: view.getUint32(0), w1: view.getUint32(4), w2: view.getUint32(8), w3: view.getUint32(12) };
}

/** The number of a pool, as its file tells. */
export async function bpidOf(pair: DpaaPair, side: 0 | 1): Promise<number> {
  const { net } = pair.sides[side];
  const member = pair.bench.core.classDevices('net').find(({ sysfs }) => sysfs.name === net.name);
  return Number(await member?.sysfs.read('bpids'));
}

/** Received frames. */
export async function runReceived(seed: string): Promise<void> {
  await withPair({ maxFrame: 9600, bufferBytes: 2048, quiet: true, hashQueues: 0 }, async (pair) => {
    const fqids = await fqidsOf(pair, 1);
    const [bpid, foreign] = [await bpidOf(pair, 1), await bpidOf(pair, 0)];
    const receiver = new Receiver(pair, new Random(seed), fqids, bpid);
    for (let done = 0, audited = 0; done < COUNT; ) {
      const held = await receiver.fill();
      for (let n = 1 + receiver.random.below(4); n > 0; n--, done++)
        await receiveOne(receiver, held, targetsOf(receiver, foreign));
      await receiver.giveBack();
      if (done < audited + AUDIT) continue;
      audited = done;
      const wrong = audit(pair);
      if (wrong.length > 0) throw new Error(`after ${done}: ${wrong.join('\n')}`);
    }
    receiver.stop();
    pair.sides[1].received.length = 0;
    await goesOn(pair);
  });
}

/** Addresses of the buffers that a pool has. */
export function poolOf({ bman }: DpaaPair, bpid: number): number[] {
  const pool = bman.pools.pools[bpid];
  return [...(pool?.addrs.subarray(0, pool.count) ?? [])];
}

function targetsOf({ pair, bpid, out }: Receiver, foreign: number): Targets {
  return { pooled: poolOf(pair, bpid), foreign: poolOf(pair, foreign), out: [...out] };
}

async function receiveOne(receiver: Receiver, held: readonly Held[], targets: Targets): Promise<void> {
  const { pair, random, fqids, out } = receiver;
  const { received } = pair.sides[1];
  const frame = receiver.next(held, targets);
  const wrongQueue = random.below(8) === 0;
  let named: ReturnType<Receiver['named']>;
  try {
    named = receiver.named(frame, new Set(targets.pooled));
  } catch (error) {
    if (error instanceof Undecidable) return;
    throw error;
  }
  const before = receiver.counters();
  received.length = 0;
  pair.qman.enqueue(wrongQueue ? (fqids['Rx error'] as number) : receiver.queue, frame);
  await pair.bench.run(SETTLE);
  const now = receiver.counters().map((value, i) => value - (before[i] as number));
  const [packets, errors, dropped, bad, stale] = now as [number, number, number, number, number];
  const say = (text: string): Error => new Error(`${text}: ${JSON.stringify({ frame: hex(frame), now, named })}`);
  if (packets + errors + dropped !== 1) throw say('it is not counted once');
  if (bad + stale > 1) throw say('its kind is counted twice');
  if (packets === 1 && (!named.good || wrongQueue)) throw say('it is delivered and cannot be a frame');
  if (errors === 1 && (frame.w3 & RX_ERRORS) === 0 && !wrongQueue && bad + stale === 0) throw say('it has no kind');
  if (packets === 1 && received[0]?.length !== (frame.w2 & 0xf_ffff)) throw say('another frame is delivered');
  const pooled = new Set(poolOf(pair, receiver.bpid));
  for (const addr of named.addrs) {
    // A table's buffer comes back, and so does all that is refused.
    if (packets === 1 && !(isScattered(frame) && addr === frameAddr(frame))) out.delete(addr);
    else if (!pooled.has(addr)) throw say(`buffer ${addr.toString(16)} does not come back`);
  }
  for (const addr of out) if (pooled.has(addr)) out.delete(addr);
  seen.descriptors++;
  seen.tables += Number(isScattered(frame));
  seen.delivered += packets;
  seen.refused += errors;
  seen.bad += bad;
  seen.stale += stale;
}

/** For messages. */
export const hex = (frame: DpaaFrame): readonly string[] =>
  [frame.w0, frame.w1, frame.w2, frame.w3].map((word) => word.toString(16).padStart(8, '0'));

/** Real traffic, as if nothing had been. */
export async function goesOn(pair: DpaaPair, losses: Losses = {}): Promise<void> {
  const { wrong, came } = await trial(pair, () => losses);
  const all = came === FRAMES ? wrong : [...wrong, `${came} of ${FRAMES} frames came`];
  if (all.length > 0) throw new Error(`real traffic: ${all.join('\n')}`);
}
