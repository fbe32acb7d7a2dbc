// The registers of a port: plain ones in a register file, counters beside it, where a frame reaches them quickly.
import type { Reg } from '../../base/regs.js';
import type { Trace } from '../../base/trace.js';
import { RegisterFile, type RegisterLayout } from '../register-file.js';

/** Counters that stop while they are switched off, and wrap at 32 bits. A counter is known by its place in the list. */
export class Counters {
  readonly #values: Uint32Array;
  readonly #byAddr = new Map<number, number>();
  readonly #names: readonly string[];
  on = false;

  constructor(regs: readonly Reg[]) {
    this.#names = regs.map(({ name }) => name);
    this.#values = new Uint32Array(regs.length);
    for (const [at, { addr }] of regs.entries()) this.#byAddr.set(addr, at);
  }

  /** Counts. */
  add(at: number, count = 1): void {
    if (this.on) this.#values[at] = (this.#values[at] as number) + count;
  }

  /** The counter at an address. */
  read(addr: number): number | undefined {
    const at = this.#byAddr.get(addr);
    return at === undefined ? undefined : this.#values[at];
  }

  /** Sets it; false when there is none. */
  write(addr: number, value: number): boolean {
    const at = this.#byAddr.get(addr);
    if (at === undefined) return false;
    this.#values[at] = value;
    return true;
  }

  /** All, by the names of their registers. */
  snapshot(): Record<string, number> {
    return Object.fromEntries(this.#names.map((name, at) => [name, this.#values[at] as number]));
  }
}

/** Both together. */
export class Page {
  readonly file: RegisterFile;
  readonly counters: Counters;

  constructor(layout: RegisterLayout, counted: readonly Reg[], name: string, trace: Trace) {
    this.file = new RegisterFile(layout, name, trace);
    this.counters = new Counters(counted);
  }

  read(addr: number): number {
    return this.counters.read(addr) ?? this.file.busRead(addr);
  }

  write(addr: number, value: number): void {
    if (!this.counters.write(addr, value)) this.file.busWrite(addr, value);
  }

  registers(): Record<string, number> {
    return { ...this.file.snapshot(), ...this.counters.snapshot() };
  }
}
