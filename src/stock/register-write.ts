// `write DEVICE REGISTER=VALUE`: software writes to a chip behind its driver's back, over the chip's own bus.
import { fieldMask, type Field, type Fields, range } from '../base/regs.js';
import { swab32 } from '../bus/mmio.js';
import type { MappedRegister, RegisterMap } from '../bus/socket.js';
import type { Bench } from '../bench/bench.js';
import { I2cClient } from '../core/i2c.js';
import { cpuRange } from '../dt/address.js';
import type { DtNode } from '../dt/tree.js';
import { InputError } from './input-error.js';
import { findNode } from './machine.js';

/** `DEVICE REGISTER=VALUE`, and not `DEVICE:FILE=VALUE`. */
export function isRegisterWrite(words: string): boolean {
  return !/^[^=\s]+:\w+=/.test(words);
}

type BoardSocket = NonNullable<ReturnType<Bench['sockets']['get']>>;

/** What a chip is reached by. */
export type Reach =
  | { readonly kind: 'i2c'; readonly client: I2cClient }
  | { readonly kind: 'mmio'; readonly start: number; readonly size: number; readonly name: string }
  /** Nothing leads there, and why. */
  | { readonly kind: 'none'; readonly why: string };

/**
 * Writes now. What takes a transfer is answered as a promise, which rejects with the bus's error. InputError for words
 * that cannot be meant: nothing has happened then.
 */
export function writeRegister(bench: Bench, words: string): Promise<void> | undefined {
  const where = `write ${words}`;
  const [, device = '', name = '', number = ''] = /^(\S+)\s+([\w.]+)=(\S+)$/.exec(words) ?? [];
  const value = numberOf(number);
  if (name === '' || value === undefined)
    throw new InputError(
      where,
      'this is no register and value',
      'write DEVICE REGISTER=VALUE, as in power@40 CONFIG=0x7127',
    );
  const node = findNode(bench.tree, device, where);
  const socket = bench.sockets.get(node.path);
  if (socket === undefined) throw new InputError(where, `no chip model sits at ${node.path}`, 'choose one of devices');
  const map = socket.inspection?.map?.();
  if (map === undefined) throw new InputError(where, `${node.path} has no table of registers`, 'choose another chip');
  const { register, field } = target(map, name, where);
  const word = wordFor(socket, map, register, field, value, where);
  return send(bench, node, map, register, word, where);
}

/** `0x7127`, `0b101`, `77`: whole numbers from 0 on; undefined for others. */
function numberOf(text: string): number | undefined {
  if (!/^(?:0x[0-9a-f]+|0b[01]+|\d+)$/i.test(text)) return undefined;
  const value = Number(text);
  return value <= 0xffff_ffff ? value : undefined;
}

/** A register by its whole name, or one of its fields. */
function target(
  map: RegisterMap,
  name: string,
  where: string,
): { readonly register: MappedRegister; readonly field: string | undefined } {
  const whole = map.registers.find((one) => one.name === name);
  if (whole !== undefined) return { register: whole, field: undefined };
  const dot = name.lastIndexOf('.');
  const register = dot < 0 ? undefined : map.registers.find((one) => one.name === name.slice(0, dot));
  if (register === undefined) throw new InputError(where, `there is no register ${name}`, 'see its registers');
  const field = name.slice(dot + 1);
  if (Object.hasOwn(register.fields, field)) return { register, field };
  const there = Object.keys(register.fields).join(', ');
  throw new InputError(where, `${register.name} has no field ${field}`, `there are ${there}`);
}

/** What the bus carries. Fields that are not meant keep their value; those that a written 1 changes get 0. */
function wordFor(
  socket: BoardSocket,
  map: RegisterMap,
  register: MappedRegister,
  name: string | undefined,
  value: number,
  where: string,
): number {
  const field = name === undefined ? undefined : register.fields[name];
  if (field === undefined) {
    if (!Object.values(register.fields).some(isWritable))
      throw new InputError(where, `${register.name} is read-only`, 'choose another register');
    if (value >= 2 ** map.width) throw new InputError(where, `${value} has more than ${map.width} bits`, 'write less');
    return value;
  }
  if (!isWritable(field)) throw new InputError(where, `${name} is read-only`, 'choose another field');
  const most = fieldMask(field) >>> field.lo;
  if (value > most) throw new InputError(where, `${value} does not fit bits ${range(field)}`, `write 0 to ${most}`);
  const now = socket.inspection?.registers()[register.name] ?? 0;
  return ((now & keptMask(register.fields) & ~fieldMask(field)) | (value << field.lo)) >>> 0;
}

/** Whether the bus can do something to a field. */
export function isWritable({ access }: Field): boolean {
  return access !== 'ro' && access !== 'rc';
}

/** Bits that read as they were written. */
function keptMask(fields: Fields): number {
  let mask = 0;
  for (const field of Object.values(fields)) if (/^(?:rw|wo|todo)$/.test(field.access)) mask |= fieldMask(field);
  return mask;
}

/** How software reaches a chip. */
export function reachOf(bench: Bench, node: DtNode, window: number): Reach {
  const socket = bench.sockets.get(node.path);
  if (socket?.i2cAddr !== undefined) {
    const outer = bench.core.deviceOf(node)?.outer;
    return outer instanceof I2cClient
      ? { kind: 'i2c', client: outer }
      : { kind: 'none', why: `no bus reaches it: ${node.parent?.path} has no driver` };
  }
  const found = cpuRange(node, window);
  if (found === undefined) return { kind: 'none', why: 'no bus reaches it: it has no register window' };
  const name = window === 0 ? node.path : `${node.path}[${window}]`;
  return { kind: 'mmio', start: found.start, size: found.size, name };
}

function send(
  bench: Bench,
  node: DtNode,
  map: RegisterMap,
  { addr }: MappedRegister,
  word: number,
  where: string,
): Promise<void> | undefined {
  const reach = reachOf(bench, node, map.window);
  if (reach.kind === 'none') throw new InputError(where, reach.why, 'choose another chip');
  if (reach.kind === 'i2c') {
    const bytes = map.order === 'big' ? [word >>> 8, word & 0xff] : [word & 0xff, word >>> 8];
    const { client } = reach;
    return client.bus.transfer(client.addr, [{ write: Uint8Array.of(addr, ...bytes) }]).then(() => undefined);
  }
  const space = bench.core.wires.ioremap(reach.start, reach.size, reach.name);
  space.write32(addr, map.order === 'big' ? swab32(word) : word);
  return undefined;
}
