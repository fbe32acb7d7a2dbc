// FMan and input that nobody should give it: descriptors, tables, frames and port registers by chance. Never a crash,
// each frame counted once, no buffer lost.
import { Random } from '../../src/base/random.js';
import { AT, CHANNEL, FmanRig, MAC1, plainFrame } from '../fman-rig.js';
import { ipFrame } from '../ip-frames.js';
import type { Scenario } from '../soak.js';

/** Frames of one run. */
const FRAMES = 500;

/** What `npm run soak` runs: a million descriptors, and a million frames. */
export const scenarios: readonly Scenario[] = [
  { name: 'fman-send', total: 2000, run: runSend },
  { name: 'fman-receive', total: 2000, run: runReceive },
];

const word = (random: Random): number => random.below(0x1_0000_0000);

/** Descriptors and tables that are wrong in some way, or nearly right. */
export function runSend(seed: string): void {
  const random = new Random(seed);
  const rig = new FmanRig({ quiet: true, soc: random.pick(['ls1043a', 'ls1046a', 't1040']) });
  rig.setUpTx(AT.tx1, CHANNEL.tx1);
  rig.setUpMac(AT.mac1);
  rig.peer(MAC1).plug({ speed: 1000, fullDuplex: true });
  rig.pools.pools.set(3, []);
  const addr = rig.map(4096, 'bidirectional');
  const bytes = rig.bytes(addr);
  let denied = 0;
  for (let i = 0; i < FRAMES; i++) {
    for (let at = 0; at < 512; at += 4) fillWord(bytes, at, tableWord(random, addr, at));
    const near = random.below(4) > 0;
    const format = random.pick([0, 0, 4, 4, 4, random.below(8)]);
    rig.queues.enqueue(0x300, {
      w0: near ? (random.pick([0xff, 3, 9]) << 16) | 0x12 : word(random),
      w1: near ? (addr + random.below(512)) >>> 0 : word(random),
      w2: ((format << 29) | (random.below(128) << 20) | random.below(2048)) >>> 0,
      w3: random.pick([0x8000_0200, 0, 0xd000_0200, word(random)]) >>> 0,
    });
    denied += rig.queues.take().filter(({ fqid, w3 }) => fqid === 0x202 && (w3 & 0x0100_0000) !== 0).length;
  }
  const [sent, length, unsupported] = [0x204, 0x20c, 0x210].map((at) => rig.get(AT.tx1 + at)) as [
    number,
    number,
    number,
  ];
  const ends = sent + length + unsupported + denied;
  if (ends !== FRAMES) throw new Error(`${ends} ends of ${FRAMES} frames`);
}

/** A word of a table that is often almost right. */
function tableWord(random: Random, addr: number, at: number): number {
  if (random.below(8) === 0) return word(random);
  if ((at & 12) === 0) return 0x12;
  if ((at & 12) === 4) return (addr + random.below(2048)) >>> 0;
  if ((at & 12) === 8) return random.below(3) === 0 ? 0x4000_0000 | random.below(600) : random.below(600);
  return (random.pick([0xff, 3]) << 16) | random.below(64);
}

function fillWord(bytes: Uint8Array, at: number, value: number): void {
  for (let i = 0; i < 4; i++) bytes[at + i] = value >>> (24 - 8 * i);
}

const BPID = 5;
const BUFFERS = 40;
const SIZE = 2048;
const CHANGED = [0x10, 0x14, 0x1c, 0x20, 0x28, 0x68, 0x6c, 0x100];

/** Frames that are wrong in some way, into a port whose registers change. */
export function runReceive(seed: string): void {
  const random = new Random(seed);
  const rig = new FmanRig({ quiet: true });
  rig.fill(BPID, BUFFERS, SIZE);
  rig.setUpRx(AT.rx1, BPID, SIZE);
  rig.setUpMac(AT.mac1, 9622);
  rig.peer(MAC1).plug({ speed: 1000, fullDuplex: true });
  const seeds = [
    ipFrame({ version: 4, protocol: 'tcp', payload: 300 }).frame,
    ipFrame({ version: 6, protocol: 'udp', payload: 99, options: 1 }).frame,
  ];
  let delivered = 0;
  for (let i = 0; i < FRAMES; i++) {
    change(rig, random);
    const frame = random.below(2) === 0 ? plainFrame(14 + random.below(9600)) : random.pick(seeds).slice();
    for (let n = random.below(6); n > 0; n--) frame[random.below(Math.min(frame.length, 80))] = random.below(256);
    rig.peer(MAC1).send(frame, random.below(9) === 0 ? { fcs: true } : undefined);
    for (const one of rig.queues.take()) {
      delivered++;
      giveBack(rig, one);
    }
    const left = rig.pools.available(BPID);
    if (left !== BUFFERS) throw new Error(`frame ${i}: ${left} buffers of ${BUFFERS}`);
  }
  const [taken, dropped, discarded] = [0x204, 0x210, 0x214].map((at) => rig.get(AT.rx1 + at)) as [
    number,
    number,
    number,
  ];
  if (delivered + dropped + discarded !== taken)
    throw new Error(`${delivered} delivered, ${dropped} dropped, ${discarded} discarded of ${taken}`);
}

function change(rig: FmanRig, random: Random): void {
  if (random.below(4) !== 0) {
    if (random.below(3) === 0) rig.setUpRx(AT.rx1, BPID, SIZE);
    return;
  }
  const offset = random.pick(CHANGED);
  const pool = (0xc000_0000 | (BPID << 16) | random.below(0x900)) >>> 0;
  rig.put(AT.rx1 + offset, offset === 0x100 ? pool : word(random));
}

/** Gives the buffers of a frame back, by its table. */
function giveBack(rig: FmanRig, { w0, w1, w2 }: { w0: number; w1: number; w2: number }): void {
  const pool = rig.pools.pools.get(BPID) as number[];
  const addr = (w0 & 0xff) * 2 ** 32 + (w1 >>> 0);
  pool.push(addr);
  if (w2 >>> 29 === 0) return;
  const bytes = rig.bytes(addr);
  const view = new DataView(bytes.buffer, bytes.byteOffset + ((w2 >>> 20) & 0x1ff));
  for (let at = 0; ; at += 16) {
    pool.push((view.getUint32(at) & 0xff) * 2 ** 32 + view.getUint32(at + 4));
    if ((view.getUint32(at + 8) & 0x4000_0000) !== 0) return;
  }
}
