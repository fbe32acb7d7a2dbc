// How payloads are written down: one line for each field, `u16 bits`, in the order of the bytes, little-endian.
import { assert } from '../../base/assert.js';
import { type FieldName, isFieldName } from './fields.js';

/** One step through a payload. */
export type Step =
  | { readonly kind: 'number'; readonly name: FieldName; readonly size: 1 | 2 | 4 }
  /** `count` numbers; a name stands for what that field before has said. */
  | { readonly kind: 'array'; readonly name: FieldName; readonly size: 1 | 2 | 4; readonly count: number | FieldName }
  /** Two words, the lower first. */
  | { readonly kind: 'wide'; readonly name: FieldName }
  /** Characters up to a NUL. */
  | { readonly kind: 'text'; readonly name: FieldName; readonly size: number }
  /** Told only when it is not zero. */
  | { readonly kind: 'reserved'; readonly size: number }
  /** A group, as often as the field has said. */
  | { readonly kind: 'repeat'; readonly count: FieldName; readonly of: Layout }
  /** A parameter of AFE: its head, and as many bytes as that says, by the table of parameters. */
  | { readonly kind: 'param' }
  /** The block of a format, as long as `block_size` has said: that of PCM, or bytes. */
  | { readonly kind: 'format' };

/** A payload. */
export type Layout = readonly Step[];

const SIZES = { u8: 1, u16: 2, u32: 4 } as const;
const NUMBER = /^(u8|u16|u32) (\w+)$/;
const ARRAY = /^(u8|u16|u32)\[(\w+)\] (\w+)$/;
const WIDE = /^u64 (\w+)$/;
const TEXT = /^char\[(\d+)\] (\w+)$/;
const RESERVED = /^skip (\d+)$/;

/**
 * Makes a layout of lines: `u32 rate`, `u8[8] channel_map`, `u16[copp_count] copp_ids`, `u64 address`,
 * `char[8] vote_name`, `skip 2`, `param`, `format`; a pair is a group that comes as often as a field has said.
 */
export function layout(...lines: readonly (string | readonly [count: string, of: Layout])[]): Layout {
  return lines.map((line) => (typeof line === 'string' ? stepOf(line) : repeat(line)));
}

function repeat([count, of]: readonly [string, Layout]): Step {
  return { kind: 'repeat', count: known(count), of };
}

function stepOf(line: string): Step {
  if (line === 'param' || line === 'format') return { kind: line };
  const number = NUMBER.exec(line);
  if (number !== null) return { kind: 'number', size: sizeOf(number[1]), name: known(number[2]) };
  const array = ARRAY.exec(line);
  if (array !== null) {
    const [, type, count = '', name] = array;
    const times = /^\d+$/.test(count) ? Number(count) : known(count);
    return { kind: 'array', size: sizeOf(type), count: times, name: known(name) };
  }
  const wide = WIDE.exec(line);
  if (wide !== null) return { kind: 'wide', name: known(wide[1]) };
  const text = TEXT.exec(line);
  if (text !== null) return { kind: 'text', size: Number(text[1]), name: known(text[2]) };
  const reserved = RESERVED.exec(line);
  assert(reserved !== null, `a line of a layout: ${line}`);
  return { kind: 'reserved', size: Number(reserved[1]) };
}

function sizeOf(type: string | undefined): 1 | 2 | 4 {
  return SIZES[type as keyof typeof SIZES];
}

function known(name = ''): FieldName {
  assert(isFieldName(name), `${name} is not in the table of fields`);
  return name;
}
