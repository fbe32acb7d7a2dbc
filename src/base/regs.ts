// Register maps as data. Keys give the names in traces and errors; the compiler checks field names.
import { assert, Bug } from './assert.js';

/**
 * What the bus may do with a field. `rc`: reading clears it. `w1c`, `w1s`: writing 1 clears, sets it. `sc`: clears
 * itself.
 * `todo`: the chip has it, the model does not: using it leaves a `todo` event in the trace.
 */
export type Access = 'rw' | 'ro' | 'wo' | 'rc' | 'w1c' | 'w1s' | 'sc' | 'todo';

/** Bits `[hi:lo]` of a register. */
export interface Field {
  readonly hi: number;
  readonly lo: number;
  readonly access: Access;
}

/** The fields of a register by name. */
export type Fields = Readonly<Record<string, Field>>;

/** A register as declared. `reset` defaults to 0. */
export interface RegSpec<F extends Fields = Fields> {
  readonly addr: number;
  readonly reset?: number;
  readonly fields: F;
}

/** A register with its name. */
export interface Reg<F extends Fields = Fields> {
  readonly name: string;
  readonly addr: number;
  readonly reset: number;
  readonly fields: F;
}

/** A register map by name. */
export type Registers = Readonly<Record<string, Reg>>;

/** The name of a field of a register. */
export type FieldName<R extends Reg> = keyof R['fields'] & string;

/** One bit. */
export function bit(at: number, access: Access = 'rw'): Field {
  return { hi: at, lo: at, access };
}

/** Bits `[hi:lo]`, as datasheets print them. */
export function bits(hi: number, lo: number, access: Access = 'rw'): Field {
  return { hi, lo, access };
}

type Declared<T extends Record<string, RegSpec>> = {
  readonly [K in keyof T & string]: Reg<T[K]['fields']> & { readonly name: K };
};

/** Declares a map of registers, `width` bits wide (at most 32), and checks that fields fit and do not overlap. */
export function registers<const T extends Record<string, RegSpec>>(specs: T, width = 32): Declared<T> {
  const entries = Object.entries(specs).map(([name, spec]) => {
    checkFields(name, spec.fields, width);
    return [name, { name, addr: spec.addr, reset: spec.reset ?? 0, fields: spec.fields }] as const;
  });
  return Object.fromEntries(entries) as Declared<T>;
}

function checkFields(reg: string, fields: Fields, width: number): void {
  let taken = 0;
  for (const [name, field] of Object.entries(fields)) {
    assert(
      field.hi >= field.lo && field.lo >= 0 && field.hi < width,
      `${reg}.${name}: ${range(field)} of ${width} bits`,
    );
    const mask = fieldMask(field);
    assert((taken & mask) === 0, `${reg}.${name}: ${range(field)} overlaps another field`);
    taken |= mask;
  }
}

/** Ones where the field is, as an unsigned 32-bit number. */
export function fieldMask(field: Field): number {
  const width = field.hi - field.lo + 1;
  return width === 32 ? 0xffff_ffff : (((1 << width) - 1) << field.lo) >>> 0;
}

/** The field's number in a register value. */
export function getField(value: number, field: Field): number {
  return (value & fieldMask(field)) >>> field.lo;
}

/** The register value with the field replaced. The number must fit. */
export function setField(value: number, field: Field, number: number): number {
  const mask = fieldMask(field);
  if (!(number >= 0 && number <= mask >>> field.lo && Number.isInteger(number)))
    throw new Bug(`${number} does not fit into bits ${range(field)}`);
  return ((value & ~mask) | (number << field.lo)) >>> 0;
}

/** A two's complement number of `width` bits (1 to 32) as a signed number. */
export function signed(value: number, width: number): number {
  return (value << (32 - width)) >> (32 - width);
}

/** A signed number as two's complement of `width` bits (1 to 32). */
export function unsigned(value: number, width: number): number {
  return width === 32 ? value >>> 0 : value & ((1 << width) - 1);
}

/** `[hi:lo]`, or `[bit]`. */
export function range(field: Field): string {
  return field.hi === field.lo ? `[${field.hi}]` : `[${field.hi}:${field.lo}]`;
}

/**
 * Holds a driver's register declarations against a datasheet's: each difference in one line,
 * `CONFIG.MODE: driver [3:1], chip [2:0]`. Registers meet by address, fields by name; a driver's field under
 * another name passes when the datasheet has a field at exactly those bits.
 */
export function compareRegisters(driver: Registers, chip: Registers): string[] {
  const byAddr = new Map(Object.values(chip).map((reg) => [reg.addr, reg]));
  return Object.values(driver).flatMap((reg) => {
    const other = byAddr.get(reg.addr);
    if (other === undefined) return [`${reg.name}: driver at 0x${reg.addr.toString(16)}, chip has no register there`];
    return Object.entries(reg.fields).flatMap(([name, field]) =>
      compareField(`${reg.name}.${name}`, name, field, other),
    );
  });
}

function compareField(label: string, name: string, field: Field, chip: Reg): string[] {
  const same = chip.fields[name];
  if (same !== undefined) return sameBits(same, field) ? [] : [`${label}: driver ${range(field)}, chip ${range(same)}`];
  const there = Object.values(chip.fields).some((other) => sameBits(other, field));
  return there ? [] : [`${label}: driver ${range(field)}, chip has no such field`];
}

function sameBits(a: Field, b: Field): boolean {
  return a.hi === b.hi && a.lo === b.lo;
}
