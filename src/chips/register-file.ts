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
import type { MappedRegister, RegisterMap } from '../bus/socket.js';

/** A register, its place in a file, and masks of what the bus may do with its bits. */
interface Row {
  readonly reg: Reg;
  readonly place: number;
  readonly readable: number;
  readonly readClears: number;
  /** Bits that a write replaces. */
  readonly replaced: number;
  readonly setByOne: number;
  readonly clearedByOne: number;
  readonly todo: number;
}

/** A register map as the bus meets it: made once for all chips of a model. Addresses must be unique in `map`. */
export class RegisterLayout {
  readonly rows: readonly Row[];
  readonly map: Registers;
  readonly #byAddr = new Map<number, Row>();

  constructor(map: Registers) {
    this.map = map;
    this.rows = Object.values(map).map(rowOf);
    for (const row of this.rows) {
      const { name, addr } = row.reg;
      assert(!this.#byAddr.has(addr), `${name}: another register is at 0x${addr.toString(16)}`);
      this.#byAddr.set(addr, row);
    }
  }

  /** The register at an address, if there is one. */
  at(addr: number): Row | undefined {
    return this.#byAddr.get(addr);
  }
}

/** Registers as a register view shows them: `prefix` stands before each name, `base` is added to each address. */
export function mapped(map: Registers, prefix = '', base = 0): MappedRegister[] {
  return Object.values(map).map(({ name, addr, fields }) => ({ name: `${prefix}${name}`, addr: base + addr, fields }));
}

/** The same for a window of little-endian words, the first of the socket. */
export function wordMap(registers: readonly MappedRegister[]): RegisterMap {
  return { width: 32, order: 'little', window: 0, registers };
}

function rowOf(reg: Reg, place: number): Row {
  const bits: Record<Access, number> = { rw: 0, ro: 0, wo: 0, rc: 0, w1c: 0, w1s: 0, sc: 0, todo: 0 };
  for (const field of Object.values(reg.fields)) bits[field.access] |= fieldMask(field);
  const { rw, ro, wo, rc, w1c, w1s, sc, todo } = bits;
  const readable = rw | ro | rc | w1c | w1s | sc | todo;
  const undeclared = reg.reset & ~(readable | wo);
  assert(undeclared === 0, `${reg.name}: its reset value has bits that no field declares`);
  const replaced = rw | wo | todo;
  return { reg, place, readable, readClears: rc, replaced, setByOne: w1s | sc, clearedByOne: w1c, todo };
}

/**
 * Registers of up to 32 bits behind a bus. `busRead` and `busWrite` do what each field's access says, `peek` and `poke`
 * are the chip's own hands and ignore it. What the kinds do here:
 * `wo` reads 0 and is kept for `peek`; `rc`, `ro` ignore writes; `sc` is set by a written 1, reads 1, and stays until
 * the model pokes it to 0, when the action is over; `todo` stores and reads back, and leaves a `todo` event when it is
 * read, or written with another value. Bits without a field read 0 and ignore writes.
 */
export class RegisterFile {
  readonly #layout: RegisterLayout;
  /** By place in the layout. Signed 32-bit numbers, which V8 keeps without allocating. */
  readonly #values: Int32Array;
  readonly #name: string;
  readonly #trace: Trace;

  /** `name` is where trace events say they come from: the socket's name. */
  constructor(layout: RegisterLayout, name: string, trace: Trace) {
    this.#layout = layout;
    this.#values = new Int32Array(layout.rows.length);
    this.#name = name;
    this.#trace = trace;
    this.reset();
  }

  /** A read by the bus, unsigned; side effects included. An address without a register reads 0 and leaves a trace. */
  busRead(addr: number): number {
    const row = this.#layout.at(addr);
    if (row === undefined) {
      this.#unknown(addr, 'read');
      return 0;
    }
    const before = this.#values[row.place] as number;
    this.#values[row.place] = before & ~row.readClears;
    if (row.todo !== 0) this.#todo(row, row.todo, 'read');
    return (before & row.readable) >>> 0;
  }

  /**
   * A write by the bus. An address without a register ignores it and leaves a trace. `lanes` has ones where the bus
   * carries the value, for a write of some bytes of a register; the others stay.
   */
  busWrite(addr: number, value: number, lanes = -1): void {
    const row = this.#layout.at(addr);
    if (row === undefined) {
      this.#unknown(addr, 'write');
      return;
    }
    const before = this.#values[row.place] as number;
    const written = value & lanes;
    const replaced = (before & ~(row.replaced & lanes)) | (written & row.replaced);
    const after = (replaced | (written & row.setByOne)) & ~(written & row.clearedByOne);
    this.#values[row.place] = after;
    const changed = (before ^ after) & row.todo;
    if (changed !== 0) this.#todo(row, changed, 'write');
  }

  /** The whole register or one field, unsigned, without side effects. */
  peek<R extends Reg>(reg: R, field?: FieldName<R>): number {
    const value = (this.#values[this.#row(reg).place] as number) >>> 0;
    return field === undefined ? value : getField(value, fieldOf(reg, field));
  }

  /** Replaces the whole register. */
  poke(reg: Reg, value: number): void;
  /** Replaces one field; the number must fit. */
  poke<R extends Reg>(reg: R, field: FieldName<R>, value: number): void;
  poke<R extends Reg>(reg: R, fieldOrValue: FieldName<R> | number, number = 0): void {
    const { place } = this.#row(reg);
    if (typeof fieldOrValue === 'number') {
      this.#values[place] = fieldOrValue;
      return;
    }
    const field = fieldOf(reg, fieldOrValue);
    const mask = fieldMask(field);
    if (!(number >= 0 && number <= mask >>> field.lo && Number.isInteger(number)))
      assert(false, `${number} does not fit ${reg.name}.${fieldOrValue}`);
    this.#values[place] = ((this.#values[place] as number) & ~mask) | (number << field.lo);
  }

  /** Every register as at power-on. */
  reset(): void {
    for (const { reg, place } of this.#layout.rows) this.#values[place] = reg.reset;
  }

  /** What each register holds now, by name; fields that the bus cannot read included. */
  snapshot(): Record<string, number> {
    return Object.fromEntries(
      this.#layout.rows.map(({ reg, place }) => [reg.name, (this.#values[place] as number) >>> 0]),
    );
  }

  // In the hot functions an assertion's text is built only when it is needed.
  #row(reg: Reg): Row {
    const row = this.#layout.at(reg.addr);
    if (row?.reg !== reg) assert(false, `${reg.name} is not a register of ${this.#name}`);
    return row;
  }

  #unknown(reg: number, access: 'read' | 'write'): void {
    if (this.#trace.on) this.#trace.emit(this.#name, { kind: 'unknown_reg', reg, access });
  }

  /** One event an access, with the names of all fields that it used. */
  #todo({ reg }: Row, mask: number, access: 'read' | 'write'): void {
    if (!this.#trace.on) return;
    const used = Object.entries(reg.fields).filter(([, field]) => (fieldMask(field) & mask) !== 0);
    const field = used.map(([name]) => name).join(',');
    this.#trace.emit(this.#name, { kind: 'todo', reg: reg.name, field, access });
  }
}

function fieldOf(reg: Reg, name: string): Fields[string] {
  const field = reg.fields[name];
  if (field === undefined) assert(false, `${reg.name} has no field ${name}`);
  return field;
}
