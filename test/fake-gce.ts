// A GCE whose threads execute nothing: it keeps the packets that it is given, and a test says when they end.
import type { DmaPort } from '../src/bus/dma.js';
import type { IrqPin } from '../src/bus/irq.js';
import type { ChipModel, Socket } from '../src/bus/socket.js';

/** A pin as a test turns it. */
export type FakePin = Pick<IrqPin, 'set'>;

/** An interrupt pin: true is active, also where that is low. */
export function pinOf(socket: Socket, low: boolean): FakePin {
  const pin = socket.irq('irq', low);
  return { set: (active) => pin.set(active !== low) };
}

/** What a GCE is like. */
export interface FakeGceSpec {
  readonly compatible: string;
  /** Bytes of a unit of code addresses. */
  readonly unit: number;
  /** Its interrupt line is active while it is low. */
  readonly low: boolean;
  /** What a packet that is through has written, instruction by instruction. */
  readonly execute?: (packet: readonly string[]) => void;
}

/** The GCE. */
export class FakeGce {
  readonly model: ChipModel;
  /** Packets that were started on any thread, as instructions: `04014c20 05000000`. */
  readonly packets: string[][] = [];
  /** Whether a packet that is started waits for its event, or is being executed. */
  waits = true;
  readonly #execute: FakeGceSpec['execute'];
  readonly #threads: readonly FakeThread[];
  #pin: FakePin | undefined;

  constructor({ compatible, unit, low, execute }: FakeGceSpec) {
    this.#execute = execute;
    const threads = Array.from({ length: COUNT }, () => new FakeThread(unit, (packet) => this.#started(packet)));
    this.#threads = threads;
    const plug = (socket: Socket): void => {
      const dma = socket.dma();
      this.#pin = pinOf(socket, low);
      for (const thread of threads) thread.dma = dma;
      socket.mmio({
        read32: (offset) => this.#read(offset),
        write32: (offset, value) => {
          const at = placeOf(offset);
          threads[at.thread]?.write(at.register, value);
          this.#line();
        },
      });
    };
    this.model = { name: 'gce', compatible: [compatible], plug };
  }

  /** Every thread that has a packet is through with it, `status` 1, or has stopped at an instruction, 0x10. */
  finish(status = 1): void {
    for (const thread of this.#threads) {
      if (thread.busy && status === 1) this.#execute?.(thread.packet);
      thread.finish(status);
    }
    this.#line();
  }

  /** Whether a thread has a packet. */
  get busy(): boolean {
    return this.#threads.some(({ busy }) => busy);
  }

  #started(packet: string[]): boolean {
    this.packets.push(packet);
    return this.waits;
  }

  #line(): void {
    this.#pin?.set(this.#threads.some(({ status }) => status !== 0));
  }

  #read(offset: number): number {
    const quiet = this.#threads.reduce((bits, { status }, nth) => bits - (status === 0 ? 0 : 2 ** nth), 0xffff_ffff);
    const at = placeOf(offset);
    return offset === CURR_IRQ_STATUS ? quiet : (this.#threads[at.thread]?.read(at.register) ?? 0);
  }
}

/** One thread. */
class FakeThread {
  dma: DmaPort | undefined;
  packet: readonly string[] = [];
  readonly #unit: number;
  /** Answers whether the packet waits. */
  readonly #started: (packet: string[]) => boolean;
  readonly #regs = new Map<number, number>();

  constructor(unit: number, started: (packet: string[]) => boolean) {
    this.#unit = unit;
    this.#started = started;
  }

  get busy(): boolean {
    return this.read(ENABLE) === 1;
  }

  get status(): number {
    return this.read(IRQ_STATUS);
  }

  finish(status: number): void {
    if (!this.busy) return;
    if (status === 1) this.#regs.set(CURR, this.read(END));
    this.#regs.set(WAIT_TOKEN, 0);
    this.#regs.set(IRQ_STATUS, this.status | status);
  }

  read(register: number): number {
    if (register === CURR_STATUS) return this.#regs.get(SUSPEND) === 1 && this.busy ? 2 : 0;
    return this.#regs.get(register) ?? 0;
  }

  write(register: number, value: number): void {
    if (register === WARM_RESET) this.#regs.clear();
    else this.#regs.set(register, register === IRQ_STATUS ? this.status & value : value);
    if (register === ENABLE && value === 1) this.#start();
  }

  #start(): void {
    const [from, to] = [this.read(CURR) * this.#unit, this.read(END) * this.#unit];
    const bytes = (this.dma as DmaPort).read(from, to - from);
    const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const packet: string[] = [];
    for (let at = 0; at < bytes.length; at += 8) packet.push(`${hex(words, at + 4)} ${hex(words, at)}`);
    this.packet = packet;
    this.#regs.set(WAIT_TOKEN, this.#started(packet) ? 0x8000_0000 : 0);
  }
}

const COUNT = 4;
const CURR_IRQ_STATUS = 0x10;
const WARM_RESET = 0x00;
const ENABLE = 0x04;
const SUSPEND = 0x08;
const CURR_STATUS = 0x0c;
const IRQ_STATUS = 0x10;
const CURR = 0x20;
const END = 0x24;
const WAIT_TOKEN = 0x30;

/** Thread and register of an offset; thread -1 for what is the GCE's own. */
function placeOf(offset: number): { readonly thread: number; readonly register: number } {
  return { thread: Math.floor((offset - 0x100) / 0x80), register: offset % 0x80 };
}

function hex(words: DataView, at: number): string {
  return words.getUint32(at, true).toString(16).padStart(8, '0');
}
