// The registers of a chip as its bus meets them: one engine over the declarations of base/regs, for every model.
import { assert } from '../base/assert.js';
import {
  type Access,
  type FieldName,
  type Fields,
  fieldMask,
  getField,
  type Reg,
  type Registers,
} from '../base/regs.js';
import type { Trace } from '../base/trace.js';

/**
 * Registers of up to 32 bits behind a bus. `busRead` and `busWrite` do what each field's access says, `peek` and `poke`
 * are the chip's own hands and ignore it. What the kinds do here:
 * `wo` reads 0 and is kept for `peek`; `rc`, `ro` ignore writes; `sc` is set by a written 1, reads 1, and stays until
 * the model pokes it to 0, when the action is over; `todo` stores and reads back, and leaves a `todo` event when it is
 * read, or written with another value. Bits without a field read 0 and ignore writes.
 */
export class RegisterFile {
  readonly #byAddr = new Map<number, Cell>();
  readonly #name: string;
  readonly #trace: Trace;

  /** `name` is where trace events say they come from: the socket's name. Addresses must be unique in `map`. */
  constructor(map: Registers, name: string, trace: Trace) {
    for (const reg of Object.values(map)) {
      assert(!this.#byAddr.has(reg.addr), `${reg.name}: another register is at 0x${reg.addr.toString(16)}`);
      this.#byAddr.set(reg.addr, new Cell(reg));
    }
    this.#name = name;
    this.#trace = trace;
  }

  /** A read by the bus, unsigned; side effects included. An address without a register reads 0 and leaves a trace. */
  busRead(addr: number): number {
    const cell = this.#byAddr.get(addr);
    if (cell === undefined) {
      this.#unknown(addr, 'read');
      return 0;
    }
    const value = cell.value & cell.readable;
    cell.value &= ~cell.readClears;
    if (cell.todo !== 0) this.#todo(cell, cell.todo, 'read');
    return value >>> 0;
  }

  /** A write by the bus. An address without a register ignores it and leaves a trace. */
  busWrite(addr: number, value: number): void {
    const cell = this.#byAddr.get(addr);
    if (cell === undefined) {
      this.#unknown(addr, 'write');
      return;
    }
    const before = cell.value;
    const replaced = (before & ~cell.replaced) | (value & cell.replaced);
    cell.value = (replaced | (value & cell.setByOne)) & ~(value & cell.clearedByOne);
    const changed = (before ^ cell.value) & cell.todo;
    if (changed !== 0) this.#todo(cell, changed, 'write');
  }

  /** The whole register or one field, unsigned, without side effects. */
  peek<R extends Reg>(reg: R, field?: FieldName<R>): number {
    const value = this.#cell(reg).value >>> 0;
    return field === undefined ? value : getField(value, fieldOf(reg, field));
  }

  /** Replaces the whole register. */
  poke(reg: Reg, value: number): void;
  /** Replaces one field; the number must fit. */
  poke<R extends Reg>(reg: R, field: FieldName<R>, value: number): void;
  poke<R extends Reg>(reg: R, fieldOrValue: FieldName<R> | number, number = 0): void {
    const cell = this.#cell(reg);
    if (typeof fieldOrValue === 'number') {
      cell.value = fieldOrValue | 0;
      return;
    }
    const field = fieldOf(reg, fieldOrValue);
    const mask = fieldMask(field);
    if (!(number >= 0 && number <= mask >>> field.lo && Number.isInteger(number)))
      assert(false, `${number} does not fit ${reg.name}.${fieldOrValue}`);
    cell.value = (cell.value & ~mask) | (number << field.lo);
  }

  /** Every register as at power-on. */
  reset(): void {
    for (const cell of this.#byAddr.values()) cell.value = cell.reg.reset | 0;
  }

  /** What each register holds now, by name; fields that the bus cannot read included. */
  snapshot(): Record<string, number> {
    return Object.fromEntries(Array.from(this.#byAddr.values(), (cell) => [cell.reg.name, cell.value >>> 0]));
  }

  // In the hot functions an assertion's text is built only when it is needed.
  #cell(reg: Reg): Cell {
    const cell = this.#byAddr.get(reg.addr);
    if (cell?.reg !== reg) assert(false, `${reg.name} is not a register of ${this.#name}`);
    return cell;
  }

  #unknown(reg: number, access: 'read' | 'write'): void {
    if (this.#trace.on) this.#trace.emit(this.#name, { kind: 'unknown_reg', reg, access });
  }

  /** One event an access, with the names of all fields that it used. */
  #todo(cell: Cell, mask: number, access: 'read' | 'write'): void {
    if (!this.#trace.on) return;
    const used = Object.entries(cell.reg.fields).filter(([, field]) => (fieldMask(field) & mask) !== 0);
    const field = used.map(([name]) => name).join(',');
    this.#trace.emit(this.#name, { kind: 'todo', reg: cell.reg.name, field, access });
  }
}

/** A register, what it holds, and its masks. Signed 32-bit numbers, which V8 keeps without allocating. */
class Cell {
  readonly reg: Reg;
  readonly readable: number;
  readonly readClears: number;
  /** Bits that a write replaces. */
  readonly replaced: number;
  readonly setByOne: number;
  readonly clearedByOne: number;
  readonly todo: number;
  value: number;

  constructor(reg: Reg) {
    const declared = maskOf(reg.fields, ['rw', 'ro', 'wo', 'rc', 'w1c', 'w1s', 'sc', 'todo']);
    assert((reg.reset & ~declared) === 0, `${reg.name}: its reset value has bits that no field declares`);
    this.reg = reg;
    this.readable = declared & ~maskOf(reg.fields, ['wo']);
    this.readClears = maskOf(reg.fields, ['rc']);
    this.replaced = maskOf(reg.fields, ['rw', 'wo', 'todo']);
    this.setByOne = maskOf(reg.fields, ['w1s', 'sc']);
    this.clearedByOne = maskOf(reg.fields, ['w1c']);
    this.todo = maskOf(reg.fields, ['todo']);
    this.value = reg.reset | 0;
  }
}

function maskOf(fields: Fields, kinds: readonly Access[]): number {
  return Object.values(fields).reduce(
    (mask, field) => (kinds.includes(field.access) ? mask | fieldMask(field) : mask),
    0,
  );
}

function fieldOf(reg: Reg, name: string): Fields[string] {
  const field = reg.fields[name];
  if (field === undefined) assert(false, `${reg.name} has no field ${name}`);
  return field;
}
