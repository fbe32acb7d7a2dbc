// Payloads of commands, written as lists of little-endian fields.

/** One field: its size in bytes and its value. */
export type Field = readonly [bytes: 1 | 2 | 4, value: number];

/** A 32-bit field. */
export const u32 = (value: number): Field => [4, value];
/** A 16-bit field. */
export const u16 = (value: number): Field => [2, value];
/** A byte. */
export const u8 = (value: number): Field => [1, value];

/** The fields one behind the other; zeros up to `size` where that is more. */
export function payload(fields: readonly Field[], size = 0): Uint8Array {
  const length = fields.reduce((sum, [bytes]) => sum + bytes, 0);
  const data = new Uint8Array(Math.max(length, size));
  const view = new DataView(data.buffer);
  let at = 0;
  for (const [bytes, value] of fields) {
    if (bytes === 4) view.setUint32(at, value, true);
    else if (bytes === 2) view.setUint16(at, value, true);
    else view.setUint8(at, value);
    at += bytes;
  }
  return data;
}

/** The order of channels in a stream, as the DSP numbers them; undefined for a count that it has no order for. */
export function channelMap(channels: number): readonly Field[] | undefined {
  const order = ORDERS[channels];
  return order === undefined ? undefined : Array.from({ length: 8 }, (_, at) => u8(order[at] ?? 0));
}

const [FL, FR, FC, LS, RS, LFE, LB, RB] = [1, 2, 3, 4, 5, 6, 8, 9];

/** By the count of channels; seven have no order in Linux either. */
const ORDERS: readonly (readonly number[] | undefined)[] = [
  undefined,
  [FC],
  [FL, FR],
  [FL, FR, FC],
  [FL, FR, LS, RS],
  [FL, FR, FC, LS, RS],
  [FL, FR, LFE, FC, LS, RS],
  undefined,
  [FL, FR, LFE, FC, LS, RS, LB, RB],
];
