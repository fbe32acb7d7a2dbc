// Whatever somebody has of packets: a binary, a hex dump, the dump in a kernel log; which is found out.
import type { Diagnostic } from '../../base/diagnostic.js';
import { decodeUtf8 } from '../../base/text.js';
import type { Values } from '../../dt/message.js';
import { type FoundPacket, inputDiagnostic } from './found.js';
import type { InputKey } from './input-messages.js';
import { readPacketText } from './input-text.js';
import { splitPackets } from './split.js';

/** The forms that are read here. A capture of Wireshark is another, read by its own reader. */
export const DUMP_FORMATS = ['binary', 'hex', 'log'] as const;
/** One of them. */
export type DumpFormat = (typeof DUMP_FORMATS)[number];

/** What was found. */
export interface PacketInput {
  /** Undefined when it cannot be read. */
  readonly packets: readonly FoundPacket[] | undefined;
  readonly format: DumpFormat | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** How it is read. */
export interface DumpOptions {
  readonly file?: string;
  readonly format?: DumpFormat | undefined;
}

const TEXT_BYTES: number = 16 * 1024 * 1024;
const TEXT_LINES = 1_000_000;
const BINARY_BYTES: number = 64 * 1024 * 1024;
/** More is not shown by anybody. */
const MAX_PACKETS = 200_000;

/** Reads packets. Never throws. */
export function readPackets(input: Uint8Array, options: DumpOptions = {}): PacketInput {
  const { file = '<input>', format } = options;
  if (format === 'binary' || (format === undefined && isBinary(input))) return readBinary(input, file, format);
  if (input.length > TEXT_BYTES || linesOf(input) > TEXT_LINES) {
    return refused(file, format, 'long', { bytes: TEXT_BYTES, lines: TEXT_LINES });
  }
  const text = decodeUtf8(input);
  const found = readPacketText(text, file);
  const shown = format ?? (found.isLog ? 'log' : 'hex');
  if (found.packets.length > 0) {
    const skipped = found.skipped === 0 ? [] : [inputDiagnostic('skipped', file, 0, { count: found.skipped })];
    return limited(found.packets, shown, [...found.diagnostics, ...skipped], file);
  }
  if (text.trim() === '') return refused(file, format, 'empty');
  const why = 'no line of it has the digits of a dump';
  if (format === undefined) return refused(file, format, 'unknown', { why });
  return refused(file, format, 'not-this', { format: format === 'hex' ? 'hex dump' : 'log with a dump', why });
}

function refused(file: string, format: DumpFormat | undefined, key: InputKey, values: Values = {}): PacketInput {
  return { packets: undefined, format, diagnostics: [inputDiagnostic(key, file, 0, values)] };
}

function limited(
  packets: readonly FoundPacket[],
  format: DumpFormat,
  diagnostics: readonly Diagnostic[],
  file: string,
): PacketInput {
  if (packets.length <= MAX_PACKETS) return { packets, format, diagnostics };
  const many = inputDiagnostic('many', file, 0, { count: MAX_PACKETS });
  return { packets: packets.slice(0, MAX_PACKETS), format, diagnostics: [...diagnostics, many] };
}

function linesOf(input: Uint8Array): number {
  let count = 1;
  for (let at = input.indexOf(10); at >= 0; at = input.indexOf(10, at + 1)) count++;
  return count;
}

/** Text has no such bytes; a header has some in its first four. */
function isBinary(input: Uint8Array): boolean {
  return input.subarray(0, 4096).some((byte) => byte < 9 || (byte > 13 && byte < 32 && byte !== 27));
}

function readBinary(input: Uint8Array, file: string, wanted: DumpFormat | undefined): PacketInput {
  if (input.length === 0) return refused(file, wanted, 'empty');
  if (input.length > BINARY_BYTES) return refused(file, 'binary', 'large', { bytes: BINARY_BYTES });
  const { pieces, restAt } = splitPackets(input);
  if (pieces.length === 0 && wanted === undefined && !looksLikeHeader(input)) {
    return refused(file, wanted, 'unknown', { why: 'its first bytes are no header of APR or GPR' });
  }
  const packets = pieces.map((bytes) => ({ bytes, offset: bytes.byteOffset - input.byteOffset }));
  if (restAt === input.length) return limited(packets, 'binary', [], file);
  const all = [...packets, { bytes: input.subarray(restAt), offset: restAt }];
  const count = input.length - restAt;
  return limited(all, 'binary', [inputDiagnostic('rest', file, 0, { count, offset: restAt })], file);
}

/** Whatever the sizes are. */
function looksLikeHeader(bytes: Uint8Array): boolean {
  const [first = 0xff] = bytes;
  return (first & 0xf) <= 1 && first >> 4 >= 5 && first >> 4 <= 6;
}
