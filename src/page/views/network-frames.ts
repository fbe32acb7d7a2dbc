// Frames of Ethernet as they go from a board to a page: with the descriptor by which QMan knew them and its table. Both
// sides of the form are here. Little-endian, one behind the other:
//
//   0  u32  bytes of all of it          24  u8   way: 0 out, 1 in
//   4  u32  number, from 0              25  u8   bytes of the descriptor: 0 or 16
//   8  f64  moment, ns                  26  u16  bytes of the table
//  16  u16  the port's place            28  u32  bytes of the frame
//  18  u16  bytes of the comment        32       descriptor, table, comment (UTF-8), frame
//  20  u32  0
import { decodeUtf8, encodeUtf8 } from '../../base/text.js';
import type { Instant } from '../../base/clock.js';

/** A frame at a port. */
export interface ViewFrame {
  /** Counts all frames since somebody began to look. */
  readonly number: number;
  readonly t: Instant;
  /** Place in the state's list of ports. */
  readonly port: number;
  /** `in`: towards the MAC. */
  readonly way: 'in' | 'out';
  readonly bytes: Uint8Array;
  readonly descriptor: Uint8Array | undefined;
  readonly table: Uint8Array | undefined;
  /** Damage; empty when it is whole. */
  readonly comment: string;
}

const HEAD = 32;
const EMPTY = new Uint8Array(0);

/** Frames as bytes. */
export function packFrames(frames: readonly ViewFrame[]): Uint8Array {
  const parts = frames.map((frame) => ({ frame, comment: encodeUtf8(frame.comment) }));
  const sizeOf = ({ frame, comment }: (typeof parts)[number]): number =>
    HEAD + (frame.descriptor?.length ?? 0) + (frame.table?.length ?? 0) + comment.length + frame.bytes.length;
  const all = new Uint8Array(parts.reduce((sum, part) => sum + sizeOf(part), 0));
  const view = new DataView(all.buffer);
  let at = 0;
  for (const part of parts) {
    const { frame, comment } = part;
    const { descriptor = EMPTY, table = EMPTY } = frame;
    view.setUint32(at, sizeOf(part), true);
    view.setUint32(at + 4, frame.number, true);
    view.setFloat64(at + 8, frame.t, true);
    view.setUint16(at + 16, frame.port, true);
    view.setUint16(at + 18, comment.length, true);
    view.setUint8(at + 24, frame.way === 'in' ? 1 : 0);
    view.setUint8(at + 25, descriptor.length);
    view.setUint16(at + 26, table.length, true);
    view.setUint32(at + 28, frame.bytes.length, true);
    at += HEAD;
    for (const bytes of [descriptor, table, comment, frame.bytes]) {
      all.set(bytes, at);
      at += bytes.length;
    }
  }
  return all;
}

/** Bytes as frames; what is cut off at the end is left out. The frames' bytes are views. */
export function unpackFrames(bytes: Uint8Array): ViewFrame[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const frames: ViewFrame[] = [];
  for (let at = 0; at + HEAD <= bytes.length; ) {
    const size = view.getUint32(at, true);
    if (size < HEAD || at + size > bytes.length) break;
    let from = at + HEAD;
    const take = (length: number): Uint8Array => {
      from += length;
      return bytes.subarray(from - length, from);
    };
    const descriptor = take(view.getUint8(at + 25));
    const table = take(view.getUint16(at + 26, true));
    const comment = decodeUtf8(take(view.getUint16(at + 18, true)));
    frames.push({
      ...{
        number: view.getUint32(at + 4, true),
        t: view.getFloat64(at + 8, true),
        port: view.getUint16(at + 16, true),
      },
      way: view.getUint8(at + 24) === 1 ? 'in' : 'out',
      descriptor: descriptor.length === 0 ? undefined : descriptor,
      table: table.length === 0 ? undefined : table,
      ...{ comment, bytes: take(view.getUint32(at + 28, true)) },
    });
    at += size;
  }
  return frames;
}
