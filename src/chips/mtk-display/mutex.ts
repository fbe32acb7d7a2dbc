// The display mutex: it passes the frame starts and ends of an output to the blocks that work for it, and tells the
// command processor when a stream is over.
//
// Gaps
// 1. Where nothing public says it: decided.
// - A frame start of output k starts each enabled mutex whose SOF is k, lowest first, and each of its blocks in the
//   order of their bits. The frame end of output k ends the mutexes that it or their EOF names: blocks first, then the
//   stream. MT8173 has no EOF field: the output of SOF ends it, too. Later SoCs with EOF 0 get no end: no frame-done
//   interrupt of a block, no stream event (Linux: "Add EOF setting so overlay hardware can receive frame done irq").
// - The end of a stream follows the output. A block that has not finished does not hold it up.
// - EN stays set in video mode. EN 0 and RST 1 end a stream: nothing more is told of it.
// - GET has its answer (INT_MUTEX) at once: there are no shadow registers whose copying it could hold up.
// 2. What the chip has and the model has not.
// - Single mode (SOF 0) starts nothing. SOF_TIMING, SOF_WAIT, EOF_TIMING, EOF_WAIT, commit and timeout registers.
import { bit, bits, type Field, type Reg, registers, type RegSpec } from '../../base/regs.js';
import type { EventPin } from '../../bus/event.js';
import type { ChipModel, Socket } from '../../bus/socket.js';
import { RegisterFile, RegisterLayout } from '../register-file.js';
import { displayMap, IrqStatus } from './block.js';

/** How the mutexes of a SoC lie. */
export interface MutexVariant {
  readonly compatible: readonly string[];
  /** How many there are; also where in INTSTA the bits for stream ends begin. */
  readonly count: 10 | 16;
  /** Offsets in the group of a mutex: which blocks, and whose frames. */
  readonly modAddr: number;
  readonly sofAddr: number;
  /** Lowest bit of EOF in the SOF register; undefined where there is none. */
  readonly eofShift?: number;
}

/** Input `SOF_INPUT + k` is the frame start of output k, `EOF_INPUT + k` its frame end. */
export const SOF_INPUT = 0;
/** See SOF_INPUT. */
export const EOF_INPUT = 16;

const FIRST = 0x20;
const STEP = 0x20;
const MODS = 64;

/**
 * The model. Signals: `stream_sof0` and so on and `stream_eof0` of each mutex, and `mod0_sof`, `mod0_eof` of each bit
 * of MOD, to the block that has it.
 */
export function mutexChip(variant: MutexVariant): ChipModel {
  const map = registersOf(variant);
  const layout = new RegisterLayout(map);
  return {
    name: 'mtk-disp-mutex',
    compatible: variant.compatible,
    plug: (socket) => {
      new Mutex(socket, variant, map, layout);
    },
  };
}

type RegMap = Readonly<Record<string, Reg>>;

function registersOf({ count, modAddr, sofAddr, eofShift }: MutexVariant): RegMap {
  const all = bits(count === 16 ? 31 : 19, 0);
  const specs: Record<string, RegSpec> = {
    INTEN: { addr: 0x00, fields: { V: all } },
    INTSTA: { addr: 0x04, fields: { V: { ...all, access: 'ro' } } },
    CFG: { addr: 0x08, fields: { HW_CG: bit(0) } },
  };
  const sof: Record<string, Field> = { SOF: bits(2, 0), HIGH: bits(31, 3) };
  const sofEof = (shift: number): Record<string, Field> => ({
    SOF: bits(2, 0),
    SOF_TIMING: bits(shift - 1, 3),
    EOF: bits(shift + 2, shift),
    HIGH: bits(31, shift + 3),
  });
  for (let n = 0; n < count; n++) {
    const at = FIRST + STEP * n;
    specs[`M${n}_EN`] = { addr: at, fields: { EN: bit(0) } };
    specs[`M${n}_GET`] = { addr: at + 0x4, fields: { INT_MUTEX: bit(1, 'ro'), GET: bit(0) } };
    specs[`M${n}_RST`] = { addr: at + 0x8, fields: { RST: bit(0) } };
    specs[`M${n}_SOF`] = { addr: at + sofAddr, fields: eofShift === undefined ? sof : sofEof(eofShift) };
    specs[`M${n}_MOD0`] = { addr: at + modAddr, fields: { V: bits(31, 0) } };
    specs[`M${n}_MOD1`] = { addr: at + 0x14, fields: { V: bits(31, 0) } };
  }
  return registers(specs);
}

/** The registers of one mutex and its lines. */
interface One {
  readonly en: Reg;
  readonly get: Reg;
  readonly rst: Reg;
  readonly sof: Reg;
  readonly mods: readonly [Reg, Reg];
  readonly streamSof: EventPin;
  readonly streamEof: EventPin;
  /** Between the start and the end of a frame. */
  streaming: boolean;
}

class Mutex {
  readonly #regs: RegisterFile;
  readonly #irq: IrqStatus;
  readonly #all: readonly One[];
  readonly #hasEof: boolean;
  readonly #modSof: readonly EventPin[];
  readonly #modEof: readonly EventPin[];

  constructor(socket: Socket, { count, eofShift }: MutexVariant, map: RegMap, layout: RegisterLayout) {
    this.#regs = new RegisterFile(layout, socket.name, socket.trace);
    const reg = (name: string): Reg => map[name] as Reg;
    this.#irq = new IrqStatus(this.#regs, reg('INTSTA'), reg('INTEN'), socket.irq('irq', 'wired'));
    this.#hasEof = eofShift !== undefined;
    this.#all = Array.from({ length: count }, (_, n) => ({
      en: reg(`M${n}_EN`),
      get: reg(`M${n}_GET`),
      rst: reg(`M${n}_RST`),
      sof: reg(`M${n}_SOF`),
      mods: [reg(`M${n}_MOD0`), reg(`M${n}_MOD1`)],
      streamSof: socket.event(`stream_sof${n}`),
      streamEof: socket.event(`stream_eof${n}`),
      streaming: false,
    }));
    const lines = (end: string): EventPin[] =>
      Array.from({ length: MODS }, (_, mod) => socket.event(`mod${mod}_${end}`));
    this.#modSof = lines('sof');
    this.#modEof = lines('eof');
    socket.mmio({ read32: (addr) => this.#regs.busRead(addr), write32: (addr, value) => this.#write(addr, value) });
    socket.events({
      event: (id) => (id < EOF_INPUT ? this.#frameStarts(id - SOF_INPUT) : this.#frameEnds(id - EOF_INPUT)),
    });
    socket.inspect({
      registers: () => this.#regs.snapshot(),
      words: () => this.#words(),
      map: () => displayMap(map),
    });
  }

  #words(): Record<string, string> {
    const enabled = [...this.#all.entries()].filter(([, one]) => this.#regs.peek(one.en, 'EN') === 1);
    return Object.fromEntries(enabled.map(([n, one]) => [`mutex ${n}`, this.#wordsOf(one)]));
  }

  #wordsOf(one: One): string {
    const mods = Array.from({ length: MODS }, (_, mod) => mod).filter((mod) => {
      const word = this.#regs.peek(one.mods[mod < 32 ? 0 : 1]);
      return ((word >>> (mod % 32)) & 1) === 1;
    });
    const sof = this.#regs.peek(one.sof, 'SOF');
    const ends = this.#hasEof ? `, ends of ${this.#regs.peek(one.sof, 'EOF')}` : '';
    const state = one.streaming ? 'in a frame' : 'between frames';
    return `frames of output ${sof}${ends}, blocks at bits ${mods.join(' ') || 'none'}, ${state}`;
  }

  #write(addr: number, value: number): void {
    this.#regs.busWrite(addr, value);
    this.#irq.written(addr, value);
    const one = this.#all[Math.floor((addr - FIRST) / STEP)];
    if (one === undefined) return;
    const { en, get, rst } = one;
    this.#regs.poke(get, 'INT_MUTEX', this.#regs.peek(get, 'GET'));
    if (this.#regs.peek(en, 'EN') === 0 || this.#regs.peek(rst, 'RST') === 1) one.streaming = false;
  }

  #frameStarts(output: number): void {
    if (output === 0) return;
    for (let n = 0; n < this.#all.length; n++) {
      const one = this.#all[n] as One;
      if (this.#regs.peek(one.en, 'EN') === 0 || this.#regs.peek(one.sof, 'SOF') !== output) continue;
      one.streaming = true;
      this.#irq.raise(2 ** n);
      one.streamSof.fire();
      this.#tell(one, this.#modSof);
    }
  }

  #frameEnds(output: number): void {
    if (output === 0) return;
    const field = this.#hasEof ? 'EOF' : 'SOF';
    for (let n = 0; n < this.#all.length; n++) {
      const one = this.#all[n] as One;
      if (!one.streaming || this.#regs.peek(one.sof, field) !== output) continue;
      one.streaming = false;
      this.#tell(one, this.#modEof);
      this.#irq.raise(2 ** (this.#all.length + n));
      one.streamEof.fire();
    }
  }

  /** Both words of MOD, from the lowest bit. */
  #tell(one: One, lines: readonly EventPin[]): void {
    for (let half = 0; half < 2; half++) {
      const word = this.#regs.peek(one.mods[half] as Reg);
      for (let bitAt = 0; word >>> bitAt !== 0 && bitAt < 32; bitAt++) {
        if (((word >>> bitAt) & 1) === 1) (lines[half * 32 + bitAt] as EventPin).fire();
      }
    }
  }
}
