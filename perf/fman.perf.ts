// FMan alone: frames a second from one port's queue through a cable into the buffers of another, with QMan and BMan
// that do no more than keep numbers.
import { type DpaaDequeued, type DpaaFrame, type DpaaPools, type DpaaQueues } from '../src/bus/dpaa.js';
import { AT, CHANNEL, entry, fd, FmanRig, MAC1, MAC2, plainFrame } from '../test/fman-rig.js';
import { ipFrame } from '../test/ip-frames.js';
import { HURRIES, perSecond, type Row } from './bench.js';

const BPID = 5;
const FRAMES = HURRIES ? 20_000 : 200_000;
const BATCH = 64;
const SIZE = 1664;

/** Gives the same descriptor again and again, and takes what comes: buffers go back at once. */
class Mill implements DpaaQueues {
  readonly #sent: DpaaFrame;
  readonly #back: (frame: DpaaFrame) => void;
  #ready: () => void = () => undefined;
  #left = 0;
  received = 0;

  constructor(sent: DpaaFrame, back: (frame: DpaaFrame) => void) {
    this.#sent = sent;
    this.#back = back;
  }

  run(frames: number): void {
    this.#left = frames;
    this.#ready();
  }

  enqueue(fqid: number, frame: DpaaFrame): 'accepted' {
    if (fqid === 0x101) {
      this.received++;
      this.#back(frame);
    }
    return 'accepted';
  }

  dequeue(_channel: number, into: DpaaDequeued): boolean {
    if (this.#left === 0) return false;
    this.#left--;
    const { w0, w1, w2, w3 } = this.#sent;
    into.w0 = w0;
    into.w1 = w1;
    into.w2 = w2;
    into.w3 = w3;
    into.fqid = 0x300;
    return true;
  }

  serve(_channel: number, ready: () => void): () => void {
    this.#ready = ready;
    return () => undefined;
  }
}

/** A stack of addresses. */
class Stack implements DpaaPools {
  readonly #addrs: Float64Array;
  #count: number;

  constructor(addrs: readonly number[]) {
    this.#addrs = Float64Array.from(addrs);
    this.#count = addrs.length;
  }

  put(addr: number): void {
    this.#addrs[this.#count++] = addr;
  }

  acquire(_bpid: number, count: number, into: Float64Array): boolean {
    if (this.#count < count) return false;
    for (let i = 0; i < count; i++) into[i] = this.#addrs[--this.#count] as number;
    return true;
  }

  release(_bpid: number, from: Float64Array, count: number): boolean {
    for (let i = 0; i < count; i++) this.put(from[i] as number);
    return true;
  }

  available(): number {
    return this.#count;
  }

  depleted(): boolean {
    return false;
  }

  onDepletion(): () => void {
    return () => undefined;
  }
}

/** Frames a second; `pieces` 1 goes without a table. */
async function rate(frame: Uint8Array, pieces: number): Promise<number> {
  const make = (rig: FmanRig): DpaaFrame => {
    const addr = rig.map(frame);
    if (pieces === 1) return fd(addr, 0xff, 0, 0, frame.length, 0x8000_0200);
    const table = new Uint8Array(64 + 256);
    const size = Math.floor(frame.length / pieces);
    for (let i = 0; i < pieces; i++) {
      const last = i === pieces - 1;
      table.set(entry(addr + i * size, last ? frame.length - i * size : size, last), 64 + 16 * i);
    }
    return fd(rig.map(table), 0xff, 4, 64, frame.length, 0x8000_0200);
  };
  const rig = new FmanRig({ quiet: true, soc: 'ls1046a' });
  const addrs = Array.from({ length: 128 }, () => rig.map(SIZE, 'bidirectional'));
  const pools = new Stack(addrs);
  const queues = new Mill(make(rig), ({ w0, w1 }) => pools.put((w0 & 0xff) * 0x1_0000_0000 + w1));
  rig.dpaa.queues = queues;
  rig.dpaa.pools = pools;
  rig.setUpRx(AT.rx2, BPID, SIZE);
  rig.setUpTx(AT.tx1, CHANNEL.tx1);
  rig.setUpMac(AT.mac1);
  rig.setUpMac(AT.mac2);
  rig.lines.connect(MAC1, MAC2);
  const persec = await perSecond((count) => {
    for (let i = 0; i < count; i += BATCH) queues.run(BATCH);
  }, FRAMES);
  if (queues.received < FRAMES) throw new Error(`${queues.received} frames arrived`);
  return persec;
}

const udp = ipFrame({ version: 4, protocol: 'udp', payload: 1458 }).frame;
const ATLEAST = { of: 'figure', atLeast: 1_000_000 } as const;

/** What is measured. */
export const rows: readonly Row[] = [
  { name: 'FMan, 1500 bytes, port to port', unit: 'frames/s', run: () => rate(plainFrame(1500), 1), wanted: ATLEAST },
  { name: 'FMan, UDP checked on receive', unit: 'frames/s', run: () => rate(udp, 1), wanted: ATLEAST },
  { name: 'FMan, 1500 bytes of 4 pieces', unit: 'frames/s', run: () => rate(plainFrame(1500), 4), wanted: ATLEAST },
];
