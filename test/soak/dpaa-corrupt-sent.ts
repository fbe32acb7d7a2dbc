// The other half of dpaa-corrupt.ts. Confirmations, errors and rejections of frames that were sent, spoilt on their way
// to the driver: each is counted once, and a frame is given back with the one that names it (tables of sent frames are
// for FMan to read only: what it hands back of them is their address). And spoilt frames to send for FMan, with tables,
// pools and commands that nobody should give it: each ends in one of its counters and in one of the driver's, or in a
// pool; then real traffic goes on.
//
// A frame for FMan without confirmation whose descriptor or table names a pool has buffers released to it that are not
// the pool's: FMan cannot know. They are in the pool for a few real frames, each of which has to be counted, and are
// then taken out by hand, as only a reset would. A real frame whose table FMan has put into such a buffer is refused;
// its pieces are named where its driver may not read: they come back by the error queue here, and with the interface
// otherwise.
import { us } from '../../src/base/clock.js';
import { Random } from '../../src/base/random.js';
import { type DpaaFrame, frameAddr } from '../../src/bus/dpaa.js';
import type { QmanPortal } from '../../src/chips/qman/portal.js';
import { pageDma } from '../../src/core/dma-page.js';
import type { Page } from '../../src/core/page.js';
import { audit, ethtoolReader } from '../dpaa-accounts.js';
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
import { fqidsOf } from '../dpaa-traffic.js';
import type { Scenario } from '../soak.js';
import { bpidOf, giveBack, goesOn, hex, poolOf, wordsOf } from './dpaa-corrupt.js';
import { withPair } from './dpaa-loop.js';

/** Descriptors of one run, and of one look at the books. */
const COUNT = 500;
const BATCH = 25;
const SETTLE = us(30);
const FCO = 0x8000_0000;
const TX_ERRORS = 0x0700_0000;
/** A software portal's message of a rejected enqueue, and its codes (facts 1.6). */
const REJECTED = 0x0100_0000;
const ENTRY = 16;
const NO_QUEUE = 0xab_cdef;

const seen = {
  confirmed: { spoilt: 0, right: 0, stray: 0 },
  sent: { frames: 0, refused: 0, freed: 0, bogus: 0, orphans: 0 },
};

/** What `npm run soak` runs: 150,000 confirmations and 250,000 frames to send. */
export const scenarios: readonly Scenario[] = [
  {
    ...{ name: 'dpaa-corrupt-confirmed', total: 300, run: runConfirmed },
    summary: () => [`  ${JSON.stringify(seen.confirmed)}`],
  },
  { name: 'dpaa-corrupt-sent', total: 500, run: runSent, summary: () => [`  ${JSON.stringify(seen.sent)}`] },
];

const CONFIRMS = ['tx confirm [TOTAL]', 'tx error [TOTAL]', 'tx dropped [TOTAL]', 'tx stray confirm'];
const QUEUES = ['Tx confirmation (mq)', 'Tx default confirmation', 'Tx error', 'rejected'] as const;

/** A port as a sender. */
interface Sender {
  readonly pair: DpaaPair;
  readonly random: Random;
  readonly fqids: Readonly<Record<string, number>>;
  readonly read: () => readonly number[];
  /** Descriptors' addresses of frames that were not confirmed. */
  readonly flying: Set<number>;
}

/** Confirmations, errors and rejections. */
export async function runConfirmed(seed: string): Promise<void> {
  await withPair({ maxFrame: 9600, bufferBytes: 2048, quiet: true, hashQueues: 0 }, async (pair) => {
    const fqids = await fqidsOf(pair, 0);
    const read = ethtoolReader(pair.sides[0].net, CONFIRMS);
    const sender: Sender = { pair, random: new Random(seed), fqids, read, flying: new Set() };
    const bpid = await bpidOf(pair, 0);
    const old: DpaaFrame[] = [];
    for (let done = 0, audited = 0; done < COUNT; ) {
      const held = await fly(sender);
      for (let n = 1 + sender.random.below(5); n > 0; n--, done++) {
        const frame = { ...sender.random.pick(old.length > 0 && sender.random.below(8) === 0 ? old : held) };
        const targets: Targets = { pooled: poolOf(pair, bpid), foreign: [], out: [...sender.flying] };
        spoil(frame, undefined, sender.random, targets);
        await confirm(sender, frame, sender.random.pick(QUEUES));
        seen.confirmed.spoilt++;
      }
      for (const frame of held) await confirm(sender, frame, 'Tx confirmation (mq)');
      seen.confirmed.right += held.length;
      old.splice(sender.random.below(16), 1, ...held);
      pair.sides[1].received.length = 0;
      if (done < audited + BATCH) continue;
      audited = done;
      const wrong = audit(pair);
      if (wrong.length > 0) throw new Error(`after ${done}: ${wrong.join('\n')}`);
    }
    await goesOn(pair);
  });
}

/** Sends frames whose confirmations are lost; answers them. */
async function fly({ pair, random, fqids, flying }: Sender): Promise<readonly DpaaFrame[]> {
  const { bench } = pair;
  const queue = fqids['Tx confirmation (mq)'] as number;
  const held: DpaaFrame[] = [];
  const stop = bench.onDpaa((_, kind, fqid, bytes) => {
    if (kind === 'enqueue' && fqid === queue) held.push(wordsOf(bytes));
  });
  bench.faults.add([{ where: 'qman.enqueue', which: `0x${queue.toString(16)}`, nth: 0, what: 'lost' }]);
  for (let n = 1 + random.below(3); n > 0; n--) {
    const length = 200 + random.below(1300);
    const bytes = plainBytes(pair, 1, length);
    const skb = random.below(2) === 0 ? pair.packet(bytes, length) : pair.packet(bytes, 66, [100, length - 166]);
    if (!pair.sides[0].net.xmit(skb)) skb.kfree();
  }
  await bench.run(us(100));
  bench.faults.clear();
  stop();
  for (const frame of held) flying.add(frameAddr(frame));
  return held;
}

/** Hands one over, and looks what it is counted as. */
async function confirm(sender: Sender, frame: DpaaFrame, queue: (typeof QUEUES)[number]): Promise<void> {
  const { pair, fqids, read, flying } = sender;
  const before = read();
  if (queue === 'rejected') reject(sender, frame);
  else pair.qman.enqueue(fqids[queue] as number, frame);
  await pair.bench.run(SETTLE);
  const stray = flying.delete(frameAddr(frame)) ? 0 : 1;
  const failed = queue === 'Tx error' || (queue !== 'rejected' && (frame.w3 & TX_ERRORS) !== 0);
  const wanted = [queue.includes('confirmation'), failed, queue === 'rejected', stray].map(Number);
  const now = read().map((value, i) => value - (before[i] as number));
  if (now.join() !== wanted.join()) throw new Error(`${queue} ${hex(frame)}: ${now.join()} and not ${wanted.join()}`);
  seen.confirmed.stray += stray;
}

function reject({ pair, random, fqids }: Sender, frame: DpaaFrame): void {
  const portal = [...pair.qman.portals.values()][0] as QmanPortal;
  const queue = fqids['Tx'] as number;
  portal.mr.rejection(REJECTED, random.below(8) << 4, queue, queue, frame);
}

const COUNTED = [
  'tx confirm [TOTAL]',
  'tx error [TOTAL]',
  'rx packets [TOTAL]',
  'rx error [TOTAL]',
  'rx dropped [TOTAL]',
];
const ORDER = 4;
const TABLES = 64;
const TABLE_BYTES = 512;
const DATA = TABLES * TABLE_BYTES;
const TABLE_OFFSET = 64;

/** What FMan is given frames of. */
interface Forge {
  readonly pair: DpaaPair;
  readonly random: Random;
  readonly page: Page;
  readonly addr: number;
  readonly fqids: Readonly<Record<string, number>>;
  /** Those of the other port. */
  readonly otherFqids: Readonly<Record<string, number>>;
  readonly bpids: readonly [number, number];
  /** Commands and pools by their weights. */
  readonly commands: readonly number[];
}

/** Frames to send. */
export async function runSent(seed: string): Promise<void> {
  await withPair({ maxFrame: 9600, bufferBytes: 2048, quiet: true, hashQueues: 0 }, async (pair) => {
    const forge = await forgeOf(pair, new Random(seed));
    const readers = pair.sides.map(({ net }) => ethtoolReader(net, COUNTED));
    const read = (): number => readers.reduce((sum, one) => sum + one().reduce((all, value) => all + value, 0), 0);
    for (let done = 0; done < COUNT; done += BATCH) {
      const before = { driver: read(), fman: fmanCounts(pair) };
      for (let i = 0; i < BATCH; i++) await sendOne(forge, i, readers[0] as () => readonly number[]);
      const { bogus, orphans } = await withBogus(forge);
      const after = { driver: read(), fman: fmanCounts(pair) };
      const wrong = balanced(before, after, BATCH + (bogus > 0 ? MORE : 0));
      wrong.push(...(await repair(forge, orphans)));
      wrong.push(...audit(pair, { frames: 1, misled: true }));
      if (wrong.length > 0) throw new Error(`after ${done}: ${wrong.join('\n')}`);
    }
    pageDma(pair.sides[0].net.dev).unmapSingle(forge.addr, forge.page.bytes.length, 'to-device');
    forge.page.put();
    await goesOn(pair, { misled: true });
  });
}

async function forgeOf(pair: DpaaPair, random: Random): Promise<Forge> {
  const page = pair.zone.allocPages(ORDER);
  // No multicast address, whatever a frame begins with, and nobody's own.
  for (let i = 0; i < page.bytes.length; i++) page.bytes[i] = (i * 14) & 0xfe;
  const addr = pageDma(pair.sides[0].net.dev).mapSingle(page, 0, page.bytes.length, 'to-device');
  const fqids = await fqidsOf(pair, 0);
  const to = (name: string): number => (FCO | (fqids[name] as number)) >>> 0;
  const usual = to('Tx confirmation (mq)');
  const commands = [
    ...new Array<number>(10).fill(usual),
    ...[(usual | 0x5000_0000) >>> 0, 0, 0, to('Rx default'), to('Tx'), (FCO | NO_QUEUE) >>> 0],
  ];
  const bpids = [await bpidOf(pair, 0), await bpidOf(pair, 1)] as const;
  return { pair, random, page, addr, fqids, otherFqids: await fqidsOf(pair, 1), bpids, commands };
}

async function sendOne(forge: Forge, index: number, read: () => readonly number[]): Promise<void> {
  const { pair, random, fqids, bpids, commands } = forge;
  const frame: DpaaFrame = { w0: 0, w1: 0, w2: 0, w3: random.pick(commands) };
  const table = random.below(3) > 0 ? scatter(forge, frame, index) : contiguous(forge, frame);
  frame.w0 |= random.pick([0xff, 0xff, 0xff, bpids[0], bpids[1], random.below(256)]) << 16;
  const pooled = poolOf(pair, bpids[0]);
  spoil(frame, table, random, { pooled, foreign: poolOf(pair, bpids[1]), out: [forge.addr] });
  const before = read();
  const usual = frame.w3 === commands[0];
  pair.qman.enqueue(fqids['Tx'] as number, frame);
  await pair.bench.run(SETTLE);
  const now = read().map((value, i) => value - (before[i] as number));
  if (usual && (now[0] as number) + (now[1] as number) !== 1) throw new Error(`${hex(frame)}: ${now.join()}`);
}

function contiguous({ addr, random }: Forge, frame: DpaaFrame): undefined {
  setAddr(frame, addr + DATA + 64 * random.below(64));
  frame.w2 = (random.below(512) << 20) | (60 + random.below(1455));
}

function scatter({ addr, page, random }: Forge, frame: DpaaFrame, index: number): TablePlace {
  const start = (index % TABLES) * TABLE_BYTES;
  const { view } = page;
  const at = start + TABLE_OFFSET;
  const count = 1 + random.below(16);
  let length = 0;
  for (let i = 0; i < count; i++) {
    const size = 60 + random.below(500);
    const piece = addr + DATA + random.below(0x4000);
    const words = [Math.floor(piece / 2 ** 32), piece >>> 0, i === count - 1 ? 0x4000_0000 | size : size, 0xff_0000];
    words.forEach((word, k) => view.setUint32(at + 16 * i + 4 * k, word));
    length += size;
  }
  setAddr(frame, addr + start);
  frame.w2 = (0x8000_0000 | (TABLE_OFFSET << 20) | length) >>> 0;
  return { view, at, count };
}

/** What FMan's ports have counted. */
interface FmanCounts {
  readonly taken: number;
  readonly ended: number;
  readonly handed: number;
  readonly refused: number;
  readonly freed: number;
  /** Frames from the cables that came to the drivers. */
  readonly arrived: number;
}

function fmanCounts({ bench, sides }: DpaaPair): FmanCounts {
  const path = sides[0].mac.slice(0, sides[0].mac.lastIndexOf('/'));
  const registers = bench.sockets.get(path)?.inspection?.registers() ?? {};
  const sum = (ports: readonly string[], names: readonly string[]): number =>
    ports
      .flatMap((port) => names.map((name) => registers[`port0x${port}.${name}`] ?? Number.NaN))
      .reduce((a, b) => a + b);
  const [tx, rx] = [
    ['28', '29'],
    ['08', '09'],
  ] as const;
  return {
    taken: sum(tx, ['PNDTFC']),
    ended: sum(tx, ['TFRC', 'TFDC', 'TFLEDC', 'TFUFDC']),
    handed: sum(tx, ['PNETFC']),
    refused: sum(tx, ['TFDC', 'TFLEDC', 'TFUFDC']),
    freed: sum(tx, ['TBDC']),
    arrived: sum(rx, ['RFRC']) - sum(rx, ['RFFC', 'RFDC']),
  };
}

interface Counts {
  readonly driver: number;
  readonly fman: FmanCounts;
}

/**
 * Every frame that FMan took ended in one of its counters. One whose confirmation no queue took has two ends; one that
 * was confirmed to a queue of FMan was taken again; every other that was handed over is counted by a driver.
 */
function balanced(before: Counts, after: Counts, frames: number): string[] {
  const of = (name: keyof FmanCounts): number => after.fman[name] - before.fman[name];
  const untaken = of('ended') - of('taken');
  const again = of('taken') - frames;
  const counted = after.driver - before.driver - of('arrived');
  seen.sent.frames += frames;
  seen.sent.refused += of('refused');
  seen.sent.freed += of('freed');
  if (untaken >= 0 && again >= 0 && counted === of('handed') - untaken - again) return [];
  return [`${frames} frames: ${JSON.stringify({ before, after })}, ${counted} counted by drivers`];
}

/** Real frames while pools have buffers that are not theirs. */
const MORE = 6;

/**
 * Lets a few real frames meet what was released to pools by mistake. Answers how many such buffers there were, and
 * the pieces of frames whose table is in one of them.
 */
async function withBogus({ pair, bpids }: Forge): Promise<{ readonly bogus: number; readonly orphans: Set<number> }> {
  const orphans = new Set<number>();
  const mine = mapped(pair);
  let bogus = 0;
  for (const { bpid } of pair.bman.pools.pools) {
    const pool = poolOf(pair, bpid);
    const side = bpids.indexOf(bpid);
    bogus += pool.length - new Set(pool.filter((addr) => mine[side as 0 | 1]?.has(addr) === true)).size;
  }
  seen.sent.bogus += bogus;
  if (bogus === 0) return { bogus, orphans };
  const stop = pair.bench.onDpaa((_, kind, __, bytes) => {
    if (kind !== 'enqueue') return;
    const frame = wordsOf(bytes);
    const side = bpids.indexOf((frame.w0 >>> 16) & 0xff);
    if (side < 0 || !isScattered(frame) || mapped(pair)[side as 0 | 1].has(frameAddr(frame))) return;
    for (const addr of membersOf(pair, frame)) orphans.add(addr);
  });
  for (let i = 0; i < MORE; i++) {
    const from = i % 2 === 0 ? 0 : 1;
    const length = i < 4 ? 1000 : 5000;
    const skb = pair.packet(plainBytes(pair, from === 0 ? 1 : 0, length), length);
    if (!pair.sides[from].net.xmit(skb)) throw new Error('a real frame is not taken');
    await pair.bench.run(us(100));
  }
  stop();
  for (const { received } of pair.sides) received.length = 0;
  return { bogus, orphans };
}

/** Addresses of the buffers of a frame by its table, as FMan has written it. */
function membersOf({ bench }: DpaaPair, frame: DpaaFrame): readonly number[] {
  const table = new Uint8Array(16 * ENTRY);
  table.set(bench.peekDma(frameAddr(frame) + ((frame.w2 >>> 20) & 0x1ff), table.length) ?? []);
  const view = new DataView(table.buffer);
  return Array.from({ length: entriesUpTo(view, 0) }, (_, i) => entryAddr(view, ENTRY * i));
}

/** Buffers that each side has mapped. */
function mapped({ bench, sides }: DpaaPair): readonly [Set<number>, Set<number>] {
  const sets = [new Set<number>(), new Set<number>()] as const;
  for (const { dev, iova, dir } of bench.dmaMappings) {
    if (dir !== 'bidirectional') continue;
    const side = sides.findIndex(({ net }) => net.dev.path === dev);
    if (side >= 0) sets[side as 0 | 1].add(iova);
  }
  return sets;
}

/** Takes out of all pools what is not theirs, and what is there twice. A finding: a buffer that was in none. */
async function repair({ pair, bpids, fqids, otherFqids }: Forge, orphans: ReadonlySet<number>): Promise<string[]> {
  const mine = mapped(pair);
  const wrong: string[] = [];
  for (const pool of pair.bman.pools.pools) {
    const side = bpids.indexOf(pool.bpid);
    const rest = side < 0 ? new Set<number>() : mine[side as 0 | 1];
    const addrs = poolOf(pair, pool.bpid);
    pool.count = 0;
    for (const addr of addrs) if (rest.delete(addr)) pool.push(addr);
    for (const addr of rest) if (!orphans.has(addr)) wrong.push(`buffer ${addr.toString(16)} is in no pool`);
    seen.sent.orphans += rest.size;
    await giveBack(pair, side <= 0 ? fqids : otherFqids, pool.bpid, rest);
  }
  pair.bman.findings.length = 0;
  return wrong;
}
