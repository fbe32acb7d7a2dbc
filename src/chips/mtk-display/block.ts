// What display blocks have in common: where a block is in its frame, interrupt status that a written 0 clears, and
// memory in the register window.
import type { Reg, Registers } from '../../base/regs.js';
import type { IrqPin } from '../../bus/irq.js';
import type { RegisterMap } from '../../bus/socket.js';
import { mapped, type RegisterFile, wordMap } from '../register-file.js';

/** Inputs of a block: the mutex starts its frame, and says that the output has ended it. */
export const FRAME_START = 0;
/** See FRAME_START. */
export const FRAME_END = 1;

/**
 * Where a block is in its frame. The mutex starts it; a block that was switched off, or on later than that, has none.
 * It finishes when the output ends the frame, if the next block has asked for it.
 */
export class FrameGate {
  #running = false;
  #asked = false;

  /** True from the start of a frame to its end. */
  get running(): boolean {
    return this.#running;
  }

  /** The mutex starts a frame. Answers whether the block takes part. */
  start(enabled: boolean): boolean {
    this.#running = enabled;
    this.#asked = false;
    return enabled;
  }

  /** The next block asks for the frame. */
  ask(): void {
    this.#asked = this.#running;
  }

  /** The output has ended the frame. Answers whether the block has finished its own. */
  end(): boolean {
    const finished = this.#running && this.#asked;
    this.stop();
    return finished;
  }

  /** Switched off or reset: the rest of the frame does not come. */
  stop(): void {
    this.#running = false;
    this.#asked = false;
  }
}

/**
 * A pair of registers: status bits latch whether or not they are enabled; writing 0 to one clears it, writing 1 leaves
 * it (vendor drivers acknowledge with the complement, Linux with 0). The pin is high while an enabled one is set.
 */
export class IrqStatus {
  readonly #regs: RegisterFile;
  readonly #status: Reg;
  readonly #enable: Reg;
  readonly #pin: IrqPin;

  /** The status register's fields are `ro` for the bus: `written` does what a write does. */
  constructor(regs: RegisterFile, status: Reg, enable: Reg, pin: IrqPin) {
    this.#regs = regs;
    this.#status = status;
    this.#enable = enable;
    this.#pin = pin;
  }

  /** Something has happened. */
  raise(bits: number): void {
    this.#regs.poke(this.#status, this.#regs.peek(this.#status) | bits);
    this.#follow();
  }

  /** To be called after each write of the bus: clears what it says, and moves the pin. */
  written(addr: number, value: number): void {
    if (addr === this.#status.addr) this.#regs.poke(this.#status, this.#regs.peek(this.#status) & value);
    else if (addr !== this.#enable.addr) return;
    this.#follow();
  }

  #follow(): void {
    this.#pin.set((this.#regs.peek(this.#status) & this.#regs.peek(this.#enable)) !== 0);
  }
}

/** The registers of a block for a register view. A written 0 clears INTSTA, whose fields its map has as read-only. */
export function displayMap(map: Registers): RegisterMap {
  const all = mapped(map).map(({ name, addr, fields }) => ({
    name,
    addr,
    fields:
      name === 'INTSTA'
        ? Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, { ...field, access: 'rw' as const }]))
        : fields,
  }));
  return wordMap(all);
}

/** Words in a register window that only keep what is written: look-up tables, command buffers. */
export class WordRam {
  readonly #from: number;
  readonly #words: Uint32Array;

  constructor(from: number, bytes: number) {
    this.#from = from;
    this.#words = new Uint32Array(bytes / 4);
  }

  has(addr: number): boolean {
    return addr >= this.#from && addr < this.#from + this.#words.length * 4;
  }

  read(addr: number): number {
    return this.#words[(addr - this.#from) >> 2] as number;
  }

  write(addr: number, value: number): void {
    this.#words[(addr - this.#from) >> 2] = value;
  }
}
