// Wraps of a register window: what was read and written, and what goes wrong.
import { hexNumber } from '../base/bytes.js';
import { SysError } from '../base/errno.js';
import type { Trace } from '../base/trace.js';
import type { FaultPlan } from './fault-plan.js';
import { type MmioMaster, type MmioSpace, swab32 } from './mmio.js';

/** Puts each access into the trace: `mmio_read`, `mmio_write` with offset, width in bits and value. */
export function withMmioTrace(space: MmioSpace, name: string, trace: Trace): MmioSpace {
  return new TracedMmioSpace(space, name, trace);
}

/**
 * Lets the faults of the plan strike. `all-ones` reads what a device that is switched off answers, `lost` drops a
 * write; neither reaches the target. `bus-error` throws EIO.
 */
export function withMmioFaults(space: MmioSpace, name: string, plan: FaultPlan): MmioSpace {
  return new FaultyMmioSpace(space, name, plan);
}

/** Both, as a bench has them: while nobody listens and nothing can strike, an access goes straight through. */
export function withMmioWires(space: MmioSpace, name: string, plan: FaultPlan, trace: Trace): MmioSpace {
  return new WiredMmioSpace(space, withMmioTrace(withMmioFaults(space, name, plan), name, trace), plan, trace);
}

/** The same for a chip's way to registers: offsets are physical addresses, `name` is the chip's. */
export function withMasterWires(master: MmioMaster, name: string, plan: FaultPlan, trace: Trace): MmioMaster {
  return new MasterWires(master, name, plan, trace);
}

/** What goes wrong or is watched goes word by word. */
abstract class WordByWord {
  abstract read32(offset: number): number;
  abstract write32(offset: number, value: number): void;

  readLine(offset: number, into: Int32Array, count: number): void {
    for (let i = 0; i < count; i++) into[i] = swab32(this.read32(offset + 4 * i));
  }

  writeLine(offset: number, from: Int32Array, count: number): void {
    for (let i = count - 1; i >= 0; i--) this.write32(offset + 4 * i, swab32(from[i] as number));
  }
}

class TracedMmioSpace extends WordByWord implements MmioSpace {
  readonly size: number;
  readonly #space: MmioSpace;
  readonly #name: string;
  readonly #trace: Trace;

  constructor(space: MmioSpace, name: string, trace: Trace) {
    super();
    this.size = space.size;
    this.#space = space;
    this.#name = name;
    this.#trace = trace;
  }

  read8(offset: number): number {
    const val = this.#space.read8(offset);
    if (this.#trace.on) this.#trace.emit(this.#name, { kind: 'mmio_read', offset, width: 8, val });
    return val;
  }

  read16(offset: number): number {
    const val = this.#space.read16(offset);
    if (this.#trace.on) this.#trace.emit(this.#name, { kind: 'mmio_read', offset, width: 16, val });
    return val;
  }

  read32(offset: number): number {
    const val = this.#space.read32(offset);
    if (this.#trace.on) this.#trace.emit(this.#name, { kind: 'mmio_read', offset, width: 32, val });
    return val;
  }

  // Writes are traced before they happen: what they cause then stands below them.
  write8(offset: number, val: number): void {
    if (this.#trace.on) this.#trace.emit(this.#name, { kind: 'mmio_write', offset, width: 8, val });
    this.#space.write8(offset, val);
  }

  write16(offset: number, val: number): void {
    if (this.#trace.on) this.#trace.emit(this.#name, { kind: 'mmio_write', offset, width: 16, val });
    this.#space.write16(offset, val);
  }

  write32(offset: number, val: number): void {
    if (this.#trace.on) this.#trace.emit(this.#name, { kind: 'mmio_write', offset, width: 32, val });
    this.#space.write32(offset, val);
  }
}

class WiredMmioSpace implements MmioSpace {
  readonly size: number;
  readonly #straight: MmioSpace;
  readonly #watched: MmioSpace;
  readonly #plan: FaultPlan;
  readonly #trace: Trace;

  constructor(straight: MmioSpace, watched: MmioSpace, plan: FaultPlan, trace: Trace) {
    this.size = straight.size;
    this.#straight = straight;
    this.#watched = watched;
    this.#plan = plan;
    this.#trace = trace;
  }

  read8(offset: number): number {
    if (this.#trace.on || !this.#plan.idle) return this.#watched.read8(offset);
    return this.#straight.read8(offset);
  }

  read16(offset: number): number {
    if (this.#trace.on || !this.#plan.idle) return this.#watched.read16(offset);
    return this.#straight.read16(offset);
  }

  read32(offset: number): number {
    if (this.#trace.on || !this.#plan.idle) return this.#watched.read32(offset);
    return this.#straight.read32(offset);
  }

  write8(offset: number, value: number): void {
    if (this.#trace.on || !this.#plan.idle) this.#watched.write8(offset, value);
    else this.#straight.write8(offset, value);
  }

  write16(offset: number, value: number): void {
    if (this.#trace.on || !this.#plan.idle) this.#watched.write16(offset, value);
    else this.#straight.write16(offset, value);
  }

  write32(offset: number, value: number): void {
    if (this.#trace.on || !this.#plan.idle) this.#watched.write32(offset, value);
    else this.#straight.write32(offset, value);
  }

  readLine(offset: number, into: Int32Array, count: number): void {
    if (this.#trace.on || !this.#plan.idle) this.#watched.readLine(offset, into, count);
    else this.#straight.readLine(offset, into, count);
  }

  writeLine(offset: number, from: Int32Array, count: number): void {
    if (this.#trace.on || !this.#plan.idle) this.#watched.writeLine(offset, from, count);
    else this.#straight.writeLine(offset, from, count);
  }
}

class FaultyMmioSpace extends WordByWord implements MmioSpace {
  readonly size: number;
  readonly #space: MmioSpace;
  readonly #striker: Striker;

  constructor(space: MmioSpace, name: string, plan: FaultPlan) {
    super();
    this.size = space.size;
    this.#space = space;
    this.#striker = new Striker(name, plan);
  }

  read8(offset: number): number {
    return this.#striker.strikes('mmio.read', offset) ? 0xff : this.#space.read8(offset);
  }

  read16(offset: number): number {
    return this.#striker.strikes('mmio.read', offset) ? 0xffff : this.#space.read16(offset);
  }

  read32(offset: number): number {
    return this.#striker.strikes('mmio.read', offset) ? 0xffff_ffff : this.#space.read32(offset);
  }

  write8(offset: number, value: number): void {
    if (!this.#striker.strikes('mmio.write', offset)) this.#space.write8(offset, value);
  }

  write16(offset: number, value: number): void {
    if (!this.#striker.strikes('mmio.write', offset)) this.#space.write16(offset, value);
  }

  write32(offset: number, value: number): void {
    if (!this.#striker.strikes('mmio.write', offset)) this.#space.write32(offset, value);
  }
}

/** A chip's way to registers. It is on the way of every write of a command processor, hence a class. */
class MasterWires implements MmioMaster {
  readonly #master: MmioMaster;
  readonly #name: string;
  readonly #trace: Trace;
  readonly #plan: FaultPlan;
  readonly #striker: Striker;

  constructor(master: MmioMaster, name: string, plan: FaultPlan, trace: Trace) {
    this.#master = master;
    this.#name = name;
    this.#trace = trace;
    this.#plan = plan;
    this.#striker = new Striker(name, plan);
  }

  read32(phys: number): number {
    const lost = !this.#plan.idle && this.#striker.strikes('mmio.read', phys);
    const val = lost ? 0xffff_ffff : this.#master.read32(phys);
    if (this.#trace.on) this.#trace.emit(this.#name, { kind: 'mmio_read', offset: phys, width: 32, val });
    return val;
  }

  write32(phys: number, val: number): void {
    if (this.#trace.on) this.#trace.emit(this.#name, { kind: 'mmio_write', offset: phys, width: 32, val });
    if (this.#plan.idle || !this.#striker.strikes('mmio.write', phys)) this.#master.write32(phys, val);
  }
}

/** Says whether a fault takes the place of an access. */
class Striker {
  readonly #dev: string;
  readonly #plan: FaultPlan;

  constructor(dev: string, plan: FaultPlan) {
    this.#dev = dev;
    this.#plan = plan;
  }

  /** Throws a bus error. */
  strikes(where: 'mmio.read' | 'mmio.write', offset: number): boolean {
    if (this.#plan.idle) return false;
    const fault = this.#plan.hit(where, hexNumber(offset), this.#dev);
    if (fault !== 'bus-error') return fault !== undefined;
    throw new SysError('EIO', `bus error: injected at offset ${hexNumber(offset)}`, { dev: this.#dev, op: 'mmio' });
  }
}
