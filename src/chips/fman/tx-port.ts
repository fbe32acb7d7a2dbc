// A transmit port: takes frames from its channel, gathers and sends them, and confirms them or frees their buffers.
import type { Timer } from '../../base/clock.js';
import {
  type DpaaDequeued,
  type DpaaQueues,
  frameAddr,
  frameBpid,
  frameFormat,
  frameLength,
  frameOffset,
} from '../../bus/dpaa.js';
import { RegisterLayout } from '../register-file.js';
import { type FmanBlocks, portName } from './blocks.js';
import { Gather } from './gather.js';
import type { Mac } from './mac.js';
import { Page } from './page.js';
import { TX } from './regs.js';
import { COMMAND, ENTRY_BYTES, FORMAT, MOST_ENTRIES, STATUS } from './status.js';
import { txChannel } from './variants.js';
import { insertChecksums } from './tx-checksum.js';

const LAYOUT = new RegisterLayout(TX);
const UNIT = 16;
/** Frames that go out before the clock is asked again. */
const BURST = 256;
const BURST_NS = 1000;
/** Preamble, FCS and gap of a frame. */
const OVERHEAD_BYTES = 24;
const LEAST_BYTES = 60;
/** Bits of a queue's context A: B is a queue for confirmations; buffers are freed. */
const B_IS_QUEUE = 0x0400_0000;
const FREES_BUFFERS = 0x8000_0000;
const FQID = 0x00ff_ffff;
/** In the first byte of an entry's length. */
const FINAL = 0x40;
/** Places of the counters. */
const COUNT = { TFRC: 0, TFDC: 1, TFLEDC: 2, TFUFDC: 3, TBDC: 4, PNDTFC: 5, PNETFC: 6 } as const;
const COUNTED = [TX.TFRC, TX.TFDC, TX.TFLEDC, TX.TFUFDC, TX.TBDC, TX.PNDTFC, TX.PNETFC];

/** How a Tx port behaves. */
export interface TxSettings {
  /** How long it is busy after it was switched off. */
  readonly busyNs: () => number;
  /** Whether a frame takes its time on the wire. */
  readonly paced: () => boolean;
}

/** One transmit port. */
export class TxPort {
  readonly id: number;
  readonly channel: number;
  readonly #name: string;
  readonly #page: Page;
  readonly #blocks: FmanBlocks;
  readonly #mac: Mac;
  readonly #settings: TxSettings;
  readonly #gather: Gather;
  readonly #frame: DpaaDequeued = { w0: 0, w1: 0, w2: 0, w3: 0, fqid: 0, contextAHi: 0, contextALo: 0, contextB: 0 };
  #unserve: (() => void) | undefined;
  #running = false;
  #timer: Timer | undefined;
  #busyUntil = 0;
  #contextFrom = 0;
  #contextSize = 0;

  constructor(blocks: FmanBlocks, id: number, mac: Mac, settings: TxSettings) {
    this.id = id;
    this.#name = portName('tx', id);
    this.channel = txChannel(blocks.variant, id);
    this.#blocks = blocks;
    this.#mac = mac;
    this.#settings = settings;
    this.#page = new Page(LAYOUT, COUNTED, blocks.name, blocks.trace);
    this.#gather = new Gather(blocks, this.#name);
    mac.onTransmitEnable(() => this.#configure());
  }

  read(offset: number): number {
    const busy = this.#blocks.clock.now() < this.#busyUntil;
    if (offset === TX.TST.addr) return busy ? 0x8000_0000 : 0;
    if (offset === TX.PNS.addr) return busy ? 0x2000_0000 : 0;
    return this.#page.read(offset);
  }

  write(offset: number, value: number): void {
    this.#page.write(offset, value);
    this.#configure();
  }

  registers(): Record<string, number> {
    return this.#page.registers();
  }

  #configure(): void {
    const { file, counters } = this.#page;
    counters.on = file.peek(TX.TSTC, 'EN') === 1;
    this.#contextFrom = file.peek(TX.TICP, 'TO') * UNIT;
    this.#contextSize = file.peek(TX.TICP, 'SIZE') * UNIT;
    const on = file.peek(TX.TCFG, 'EN') === 1 && file.peek(TX.PNC, 'EN') === 1 && this.#mac.transmits;
    if (on && this.#unserve === undefined) this.#serve();
    else if (!on && this.#unserve !== undefined) this.#stop();
  }

  #serve(): void {
    const { queues } = this.#blocks;
    if (queues === undefined) return this.#blocks.finding(this.#name, 'no QMan: nothing to send');
    // What waits is sent at once, and whoever hears it may switch the port off.
    let stopped = false;
    this.#unserve = () => {
      stopped = true;
    };
    const unserve = queues.serve(this.channel, () => this.#ready());
    if (stopped) unserve();
    else this.#unserve = unserve;
  }

  #stop(): void {
    this.#unserve?.();
    this.#unserve = undefined;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#busyUntil = this.#blocks.clock.now() + this.#settings.busyNs();
  }

  #ready(): void {
    if (!this.#running && this.#timer === undefined) this.#run();
  }

  /** Sends what there is, in bursts: a frame that is confirmed into its own channel must not hold the world up. */
  #run(): void {
    const { queues } = this.#blocks;
    this.#running = true;
    const wait = queues === undefined ? 0 : this.#burst(queues);
    this.#running = false;
    if (wait > 0 && this.#unserve !== undefined) this.#later(wait);
  }

  #burst(queues: DpaaQueues): number {
    for (let i = 0; i < BURST; i++) {
      if (this.#unserve === undefined || !queues.dequeue(this.channel, this.#frame)) return 0;
      this.#page.counters.add(COUNT.PNDTFC);
      const bytes = this.#send();
      if (this.#settings.paced()) return this.#wireNs(bytes);
    }
    return BURST_NS;
  }

  #wireNs(bytes: number): number {
    return Math.ceil(((Math.max(bytes, LEAST_BYTES) + OVERHEAD_BYTES) * 8000) / this.#mac.speed);
  }

  #later(wait: number): void {
    this.#timer = this.#blocks.clock.after(wait, () => {
      this.#timer = undefined;
      this.#run();
    });
  }

  /** One frame, from its descriptor to its confirmation. Answers its length. */
  #send(): number {
    const frame = this.#frame;
    const counters = this.#page.counters;
    const command = frame.w3;
    const status = this.#transmit(command);
    if (status === 0) counters.add(COUNT.TFRC);
    else if ((status & STATUS.unsupportedFormat) !== 0) counters.add(COUNT.TFUFDC);
    else if ((status & STATUS.lengthError) !== 0) counters.add(COUNT.TFLEDC);
    else counters.add(COUNT.TFDC);
    const length = frameLength(frame);
    frame.w3 = status;
    if (status === 0) this.#confirm(command);
    else this.#hand(this.#page.file.peek(TX.TEFQID));
    return length;
  }

  /** Gathers and sends; answers the status. */
  #transmit(command: number): number {
    const frame = this.#frame;
    const gather = this.#gather;
    const length = frameLength(frame);
    const format = frameFormat(frame);
    const at = frameAddr(frame) + frameOffset(frame);
    const writable = (command & COMMAND.checksum) !== 0;
    let status = STATUS.unsupportedFormat as number;
    if (format === FORMAT.contiguous) status = gather.contiguous(at, length, writable);
    else if (format === FORMAT.scattered) status = gather.scattered(at, length);
    if (status !== 0) return status;
    if (writable && !this.#checksums(command)) return STATUS.dmaError;
    this.#mac.send(gather.bytes);
    this.#blocks.known.clear();
    return 0;
  }

  /** Puts checksums in by the parse results that software left in front. False when those cannot be read. */
  #checksums(command: number): boolean {
    if ((command & COMMAND.readPrepended) === 0 || this.#contextSize < 32) {
      this.#blocks.finding(this.#name, 'checksums asked for without parse results: left as they are');
      return true;
    }
    const results = this.#blocks.read(frameAddr(this.#frame) + this.#contextFrom, this.#contextSize);
    if (results === undefined) return false;
    const mistake = insertChecksums(this.#gather.bytes, results, this.#blocks.known);
    if (mistake !== undefined) this.#blocks.finding(this.#name, mistake);
    return true;
  }

  #confirm(command: number): void {
    const { contextAHi, contextALo, contextB } = this.#frame;
    if ((command & COMMAND.confirmTo) !== 0) return this.#hand(command & FQID);
    if ((contextAHi & B_IS_QUEUE) !== 0 && (contextB & FQID) !== 0) return this.#hand(contextB & FQID);
    if ((contextALo & FREES_BUFFERS) !== 0) return this.#free();
    this.#hand(this.#page.file.peek(TX.TCFQID));
  }

  /** Hands the frame to a queue. One that nobody takes is lost with what it holds, except for buffers of pools. */
  #hand(fqid: number): void {
    const frame = this.#frame;
    this.#page.counters.add(COUNT.PNETFC);
    if (this.#blocks.enqueue(fqid, frame)) return;
    this.#page.counters.add(COUNT.TFDC);
    this.#blocks.finding(this.#name, `frame not taken by queue ${fqid}: given up`);
    this.#free();
  }

  /** Gives every buffer of the frame that belongs to a pool back to it. */
  #free(): void {
    const frame = this.#frame;
    const addr = frameAddr(frame);
    let count = 0;
    if (frameFormat(frame) === FORMAT.scattered) count = this.#freeMembers(addr + frameOffset(frame));
    count += this.#blocks.releaseOne(frameBpid(frame), addr);
    this.#page.counters.add(COUNT.TBDC, count);
  }

  #freeMembers(at: number): number {
    let count = 0;
    for (let i = 0; i < MOST_ENTRIES; i++) {
      const entry = this.#blocks.read(at + i * ENTRY_BYTES, ENTRY_BYTES);
      if (entry === undefined) return count;
      const addr = (entry[3] as number) * 0x1_0000_0000 + word32(entry, 4);
      count += this.#blocks.releaseOne(entry[13] as number, addr);
      if (((entry[8] as number) & FINAL) !== 0) return count;
    }
    return count;
  }
}

function word32(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) * 0x100_0000 +
    (((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number))
  );
}
