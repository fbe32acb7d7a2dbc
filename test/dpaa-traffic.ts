// A fixed traffic between two ports, both ways, contiguous and scattered, with what makes pools be filled up; and the
// balance of what became of every frame, from counters of interfaces and ports.
import { isErrno } from '../src/base/errno.js';
import { ms } from '../src/base/clock.js';
import { audit, ethtoolValue, type Losses } from './dpaa-accounts.js';
import { SUM_CASES, sumPacket } from './dpaa-checksums.js';
import type { DpaaPair, DpaaSide } from './dpaa-machine.js';
import { plainBytes, same } from './dpaa-sweep.js';
import type { SkBuff } from '../src/core/skbuff.js';

/** Below this count of its share a CPU fills its pool up (patch: 80 of 128). */
const ABOVE_REFILL = 80;

/** Frames of one run, and buffers that each of them takes on its way to a side, in order (facts V5). */
export const FRAMES = 10;
/** 5000 bytes are 1536, 1664, 1664 and 136, and a table. */
export const BUFFERS: readonly number[] = [1, 1, 5, 1, 1];

/** What one run of the traffic has handed over, and what came. */
export interface TrafficResult {
  /** Packets that interfaces took. */
  readonly handed: number;
  /** Frames that came with bytes that were sent. */
  readonly came: number;
  /** Frames that came with other bytes: never right. */
  readonly foreign: number;
}

/** Length, linear part and fragments of each frame; both ways. */
const SHAPES: readonly (readonly [number, number, readonly number[]])[] = [
  [60, 60, []],
  [1514, 66, [400, 500, 548]],
  [5000, 66, [4096, 838]],
  [1000, 14, new Array<number>(17).fill(58)],
];

/** Sends it all, some together, and lets it arrive. Who cannot make a packet for lack of memory sends none. */
async function traffic(pair: DpaaPair): Promise<TrafficResult> {
  const expected: [Uint8Array[], Uint8Array[]] = [[], []];
  let handed = 0;
  const give = (from: 0 | 1, make: () => { skb: SkBuff; bytes: Uint8Array }): void => {
    try {
      const { skb, bytes } = make();
      if (!pair.sides[from].net.xmit(skb)) return skb.kfree();
      handed++;
      expected[from === 0 ? 1 : 0].push(bytes);
    } catch (error) {
      if (!isErrno(error, 'ENOMEM')) throw error;
    }
  };
  for (const [length, linear, frags] of SHAPES) {
    for (const from of [0, 1] as const) {
      const bytes = plainBytes(pair, from === 0 ? 1 : 0, length);
      give(from, () => ({ skb: pair.packet(bytes, linear, frags), bytes }));
    }
    if (length !== 1514) await pair.bench.run(ms(1));
  }
  for (const from of [0, 1] as const) give(from, () => summed(pair, from === 0 ? 1 : 0));
  await pair.bench.run(ms(1));
  const came = [0, 1].map((to) => matched(pair.sides[to as 0 | 1], expected[to as 0 | 1]));
  return {
    handed,
    came: came.reduce((sum, one) => sum + one.right, 0),
    foreign: came.reduce((sum, one) => sum + one.foreign, 0),
  };
}

function summed(pair: DpaaPair, to: 0 | 1): { skb: SkBuff; bytes: Uint8Array } {
  const one = SUM_CASES.find(({ frags, want }) => frags === 3 && want.payload > 1000 && want.payload < 1500);
  const { skb, expected } = sumPacket(pair, to, one as (typeof SUM_CASES)[number]);
  return { skb, bytes: expected };
}

/** Every frame that came was sent; it may have come twice, or not at all. */
function matched({ received }: DpaaSide, expected: readonly Uint8Array[]): { right: number; foreign: number } {
  const frames = received.splice(0);
  const right = frames.filter((frame) => expected.some((bytes) => same(frame, bytes))).length;
  return { right, foreign: frames.length - right };
}

/** Uses pools up until the next frame makes the driver fill them. */
export async function nearRefill(pair: DpaaPair): Promise<void> {
  // A refill that failed is tried again after a while: not amidst this.
  await pair.bench.run(ms(100));
  for (const from of [0, 1] as const) {
    const to = from === 0 ? 1 : 0;
    const bytes = plainBytes(pair, to, 100);
    for (let left = 1; left > 0; ) {
      left = ethtoolValue(pair.sides[to].net, 'bpool [CPU 0]') - ABOVE_REFILL + 1;
      for (let i = 0; i < left; i++) pair.sides[from].net.xmit(pair.packet(bytes, 100));
      await pair.bench.run(ms(1));
    }
    pair.sides[to].received.length = 0;
  }
  // What is kept would hide that memory is out.
  pair.zone.drain();
}

/** Queues of a side by what they are for, as its file tells. */
export async function fqidsOf(pair: DpaaPair, side: 0 | 1): Promise<Readonly<Record<string, number>>> {
  const { net } = pair.sides[side];
  const member = pair.bench.core.classDevices('net').find(({ sysfs }) => sysfs.name === net.name);
  const text = (await member?.sysfs.read('fqids')) ?? '';
  return Object.fromEntries(text.split('\n').flatMap((line) => [...line.matchAll(/^(.*): (\d+)/g)].map(pairOf)));
}

const pairOf = ([, name = '', nr = '']: RegExpMatchArray): [string, number] => [name, Number(nr)];

/** What became of frames since power on, from everybody's counters. */
export interface Balance {
  /** Frames that drivers say they enqueued, and those that ports say they sent. */
  readonly enqueued: number;
  readonly sent: number;
  readonly confirmed: number;
  /** Frames that ports took from their MACs, and those that drivers delivered. */
  readonly taken: number;
  readonly delivered: number;
  /** Losses that somebody counted, by reason. */
  readonly counted: Readonly<Record<string, number>>;
}

/** Reads all counters. */
export function balance({ bench, sides }: DpaaPair): Balance {
  const sum = (value: (side: DpaaSide) => number): number => sides.reduce((all, side) => all + value(side), 0);
  const fmanPath = sides[0].mac.slice(0, sides[0].mac.lastIndexOf('/'));
  const fman = bench.sockets.get(fmanPath)?.inspection?.registers() ?? {};
  const port = (direction: 'rx' | 'tx', name: string): number =>
    sum(({ mac }) => {
      const index = (Number.parseInt(mac.slice(mac.lastIndexOf('@') + 1), 16) - 0xe0000) / 0x2000;
      return fman[`port0x${((direction === 'rx' ? 0x08 : 0x28) + index).toString(16).padStart(2, '0')}.${name}`] ?? 0;
    });
  const erns = ['qman error cond', 'qman fq retired', 'qman cg_tdrop', 'qman fq tdrop'];
  const rejected = sum(({ net }) => erns.reduce((all, name) => all + ethtoolValue(net, name), 0));
  return {
    enqueued: sum(({ net }) => net.getStats().txPackets),
    sent: port('tx', 'TFRC'),
    confirmed: sum(({ net }) => ethtoolValue(net, 'tx confirm [TOTAL]')),
    taken: port('rx', 'RFRC'),
    delivered: sum(({ net }) => net.getStats().rxPackets),
    counted: {
      txErrors: sum(({ net }) => net.getStats().txErrors),
      txDropped: sum(({ net }) => net.getStats().txDropped) - rejected,
      rejected,
      rxErrors: sum(({ net }) => net.getStats().rxErrors),
      rxDropped: sum(({ net }) => net.getStats().rxDropped),
      discarded: port('rx', 'RFDC'),
      filtered: port('rx', 'RFFC'),
    },
  };
}

/** What is missing after a run, beside what the books may lack: frames that nobody counts, or that came twice. */
export interface Missing extends Losses {
  readonly silent?: number;
  readonly doubled?: number;
}

/** One run of the traffic with faults, or without, and what was wrong with it. `missing` is asked when it is over. */
export async function trial(
  pair: DpaaPair,
  missing: () => Missing = () => ({}),
): Promise<TrafficResult & { readonly wrong: readonly string[] }> {
  const before = balance(pair);
  const result = await traffic(pair);
  const after = balance(pair);
  const { silent = 0, doubled = 0, ...lost } = missing();
  const wrong = audit(pair, lost);
  const { handed, came, foreign } = result;
  const counted = losses(after) - losses(before);
  if (foreign > 0) wrong.push(`${foreign} frames with other bytes came`);
  if (came !== after.delivered - before.delivered) wrong.push(`${came} frames came, drivers say another number`);
  if (handed + doubled !== came + counted + silent) {
    const rest = JSON.stringify(after.counted);
    wrong.push(`${handed} handed over (+${doubled}), ${came} came, ${counted} counted, ${silent} silent: ${rest}`);
  }
  return { ...result, wrong };
}

const losses = ({ counted }: Balance): number => Object.values(counted).reduce((sum, one) => sum + one, 0);
