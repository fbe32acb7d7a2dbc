// A GCE written by hand for tests of the driver: it executes at once what it can of WRITE, MASK, WFE, JUMP, EOC and
// nothing else, from the rules of facts cmdq §5.3. Not the chip model: that has another author.
import type { MmioTarget } from '../../src/bus/mmio.js';
import type { ChipModel, Socket } from '../../src/bus/socket.js';

const THREADS = 32;
const WARM_RESET = 0x00;
const ENABLE = 0x04;
const SUSPEND = 0x08;
const STATUS = 0x0c;
const IRQ_STATUS = 0x10;
const IRQ_ENABLE = 0x14;
const CURR = 0x20;
const END = 0x24;
const WAIT_TOKEN = 0x30;

/** How the engine is. */
export interface NaiveGceOptions {
  readonly compatible: string;
  readonly shift?: number;
  /** Register windows by subsystem, to write to. */
  readonly windows?: Readonly<Record<number, number>>;
  /** Instructions read ahead: until CURR_ADDR is written, what memory holds there is not looked at again. */
  readonly prefetch?: number;
  /** Level of the interrupt line while it says something. */
  readonly activeHigh?: boolean;
}

/** What a test sees and turns. */
export interface NaiveGce {
  readonly chip: ChipModel;
  /** Writes that programs did: address and value. */
  readonly writes: [addr: number, value: number][];
  readonly events: Set<number>;
  /** A block raises an event. */
  raise(event: number): void;
  /** An invalid instruction, at the next step of a thread. */
  breakThread(thread: number): void;
  /** Raw registers of the last plugged engine. */
  peek(offset: number): number;
  poke(offset: number, value: number): void;
}

/** Makes one. */
export function naiveGce(options: NaiveGceOptions): NaiveGce {
  const writes: [number, number][] = [];
  const events = new Set<number>();
  let engine: Engine | undefined;
  return {
    writes,
    events,
    chip: {
      name: 'naive-gce',
      compatible: [options.compatible],
      plug(socket) {
        engine = new Engine(socket, options, writes, events);
        socket.mmio(engine);
      },
    },
    raise(event) {
      events.add(event);
      engine?.run();
    },
    breakThread: (thread) => engine?.fail(thread),
    peek: (offset) => engine?.read32(offset) ?? 0,
    poke: (offset, value) => engine?.regs.set(offset, value),
  };
}

class Engine implements MmioTarget {
  readonly regs = new Map<number, number>();
  readonly #socket: Socket;
  readonly #options: NaiveGceOptions;
  readonly #writes: [number, number][];
  readonly #events: Set<number>;
  readonly #irq: (quiet: boolean) => void;
  readonly #ahead = new Map<number, Map<number, readonly [low: number, high: number]>>();
  readonly #dma;
  readonly #mask = new Map<number, number>();
  #armed = false;

  constructor(socket: Socket, options: NaiveGceOptions, writes: [number, number][], events: Set<number>) {
    this.#socket = socket;
    this.#options = options;
    this.#writes = writes;
    this.#events = events;
    this.#dma = socket.dma();
    const { activeHigh = false } = options;
    const pin = socket.irq('gce', !activeHigh);
    this.#irq = (quiet) => pin.set(quiet !== activeHigh);
  }

  read32(offset: number): number {
    if (offset === 0x10) return this.#quiet();
    return this.regs.get(offset) ?? 0;
  }

  write32(offset: number, value: number): void {
    if (offset === 0x68) this.#token(value);
    else if (offset < 0x100) this.regs.set(offset, value);
    else this.#threadWrite(Math.floor((offset - 0x100) / 0x80), (offset - 0x100) % 0x80, value);
    this.#pin();
  }

  /** All threads go on until nothing can, a microsecond from now. */
  run(): void {
    if (this.#armed) return;
    this.#armed = true;
    this.#socket.clock.after(1000, () => {
      this.#armed = false;
      for (let thread = 0; thread < THREADS; thread++) this.#runThread(thread);
      this.#pin();
    });
  }

  #get(thread: number, reg: number): number {
    return this.regs.get(0x100 + 0x80 * thread + reg) ?? 0;
  }

  #set(thread: number, reg: number, value: number): void {
    this.regs.set(0x100 + 0x80 * thread + reg, value >>> 0);
  }

  #threadWrite(thread: number, reg: number, value: number): void {
    if (reg === WARM_RESET) for (let other = 0; other < 0x80; other += 4) this.#set(thread, other, 0);
    else if (reg === IRQ_STATUS) this.#set(thread, reg, this.#get(thread, reg) & value);
    else this.#set(thread, reg, value);
    if (reg === CURR || reg === WARM_RESET) this.#ahead.delete(thread);
    if (reg === SUSPEND) this.#set(thread, STATUS, value === 1 && this.#get(thread, ENABLE) === 1 ? 2 : 0);
    this.run();
  }

  #token(value: number): void {
    if ((value >>> 16) & 1) this.#events.add(value & 0x3ff);
    else this.#events.delete(value & 0x3ff);
  }

  #quiet(): number {
    let quiet = 0xffff_ffff;
    for (let thread = 0; thread < THREADS; thread++)
      if ((this.#get(thread, IRQ_STATUS) & this.#get(thread, IRQ_ENABLE)) !== 0) quiet &= ~(1 << thread);
    return quiet >>> 0;
  }

  #pin(): void {
    this.#irq(this.#quiet() === 0xffff_ffff);
  }

  #runThread(thread: number): void {
    for (let steps = 0; steps < 100_000; steps++) {
      const stands = this.#get(thread, ENABLE) === 0 || this.#get(thread, SUSPEND) === 1;
      if (stands || (this.#get(thread, IRQ_STATUS) & 0x12) !== 0) return;
      if (this.#get(thread, CURR) === this.#get(thread, END) || !this.#step(thread)) return;
    }
  }

  /** What stands there is invalid. */
  fail(thread: number): void {
    this.#set(thread, IRQ_STATUS, this.#get(thread, IRQ_STATUS) | 0x10);
    this.#pin();
  }

  /** One instruction. False: it waits or has failed. */
  #step(thread: number): boolean {
    const unit = 2 ** (this.#options.shift ?? 0);
    const pc = this.#get(thread, CURR);
    const [low, high] = this.#fetch(thread, pc * unit);
    if (low === undefined || high === undefined) return false;
    const next = (at: number): boolean => {
      this.#set(thread, CURR, at);
      return true;
    };
    const onwards = pc + 8 / unit;
    switch (high >>> 24) {
      case 0x02:
        this.#mask.set(thread, low);
        return next(onwards);
      case 0x04:
        this.#write((high >>> 16) & 0x1f, high & 0xffff, low, thread);
        return next(onwards);
      case 0x10:
        return next((high & 1) === 1 ? low : (pc + low) >>> 0);
      case 0x20:
        return this.#wait(thread, high & 0x3ff, low) && next(onwards);
      case 0x40:
        if (low & 1) this.#set(thread, IRQ_STATUS, this.#get(thread, IRQ_STATUS) | 1);
        return next(onwards);
      case 0xa0:
      case 0x90:
        return next(onwards);
      default:
        this.#set(thread, IRQ_STATUS, this.#get(thread, IRQ_STATUS) | 0x10);
        return false;
    }
  }

  #fetch(thread: number, iova: number): readonly (number | undefined)[] {
    const ahead = this.#ahead.get(thread)?.get(iova);
    if (ahead !== undefined) return ahead;
    const { prefetch = 0 } = this.#options;
    const window = new Map<number, readonly [number, number]>();
    this.#ahead.set(thread, window);
    for (let k = 1; k < prefetch; k++) {
      const word = this.#read(iova + 8 * k);
      if (word !== undefined) window.set(iova + 8 * k, word);
    }
    const word = this.#read(iova);
    if (word === undefined) this.fail(thread);
    return word ?? [];
  }

  #read(iova: number): readonly [number, number] | undefined {
    try {
      const bytes = this.#dma.read(iova, 8);
      const view = new DataView(bytes.buffer, bytes.byteOffset);
      return [view.getUint32(0, true), view.getUint32(4, true)];
    } catch {
      return undefined;
    }
  }

  #wait(thread: number, event: number, low: number): boolean {
    const wants = (low & 0xfff) === 1;
    if ((low & 0x8000) !== 0 && this.#events.has(event) !== wants) {
      this.#set(thread, WAIT_TOKEN, 0x8000_0000 + event);
      return false;
    }
    this.#set(thread, WAIT_TOKEN, 0);
    if (low >>> 31 === 1) {
      if ((low >>> 16) & 1) this.#events.add(event);
      else this.#events.delete(event);
    }
    return true;
  }

  #write(subsys: number, offset: number, value: number, thread: number): void {
    const addr = (this.#options.windows?.[subsys] ?? 0) + (offset & 0xfffc);
    const mask = (offset & 1) === 1 ? (this.#mask.get(thread) ?? 0) : 0;
    this.#writes.push([addr, (value & ~mask) >>> 0]);
  }
}
