// Reads captures (pcapng, both byte orders) without trusting any number in them: blocks are views of the file, and what
// is damaged ends the reading with a message.
import type { Diagnostic } from '../base/diagnostic.js';
import { decodeUtf8 } from '../base/text.js';
import { BYTE_ORDER_MAGIC, PCAPNG_BLOCK, PCAPNG_OPTION } from './pcapng.js';

/** An interface as the file describes it. */
export interface CapturedInterface {
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly linkType: number;
}

/** A packet of a capture. */
export interface CapturedPacket {
  /** Index in the list of interfaces. */
  readonly iface: number;
  /** Nanoseconds since 1970, or since whatever the writer counts from; undefined where the block has none. */
  readonly timeNs: bigint | undefined;
  readonly bytes: Uint8Array;
  /** The bytes that it had on the wire, when the capture has kept fewer. */
  readonly wireBytes: number;
  readonly way: 'in' | 'out' | undefined;
  readonly comment: string | undefined;
}

/** A capture. */
export interface PcapngInput {
  /** Undefined when it is no such file. */
  readonly capture:
    | { readonly interfaces: readonly CapturedInterface[]; readonly packets: readonly CapturedPacket[] }
    | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** More than that is not read. */
const MOST_PACKETS = 1_000_000;
const MOST_INTERFACES = 4096;
const MOST_OPTIONS = 1000;

/** Whether a file begins as a capture does. */
export function isPcapng(bytes: Uint8Array): boolean {
  return bytes[0] === 0x0a && bytes[1] === 0x0d && bytes[2] === 0x0d && bytes[3] === 0x0a;
}

/** Reads a capture. Never throws. */
export function readPcapng(bytes: Uint8Array, file = '<input>'): PcapngInput {
  return new Reader(bytes, file).read();
}

interface Interface extends CapturedInterface {
  /** A time of the file in nanoseconds. */
  readonly time: (units: bigint) => bigint;
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #file: string;
  readonly #diagnostics: Diagnostic[] = [];
  readonly #interfaces: Interface[] = [];
  readonly #packets: CapturedPacket[] = [];
  /** First interface of the section. */
  #first = 0;
  #little = true;

  constructor(bytes: Uint8Array, file: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#file = file;
  }

  read(): PcapngInput {
    const { length } = this.#bytes;
    if (!isPcapng(this.#bytes)) {
      this.#say('error', 'no-capture', 'it is no pcapng file; save the capture as pcapng', undefined);
      return { capture: undefined, diagnostics: this.#diagnostics };
    }
    let at = 0;
    while (at < length) {
      const next = this.#block(at);
      if (next === undefined) break;
      at = next;
    }
    const interfaces = this.#interfaces.map(({ name, description, linkType }) => ({ name, description, linkType }));
    return { capture: { interfaces, packets: this.#packets }, diagnostics: this.#diagnostics };
  }

  #say(severity: Diagnostic['severity'], key: string, text: string, at: number | undefined): void {
    const where = at === undefined ? this.#file : `${this.#file}: byte ${at}`;
    this.#diagnostics.push({ severity, code: `abi/pcapng/${key}`, text, where });
  }

  #damaged(at: number, what: string): undefined {
    const kept = this.#packets.length;
    const severity = kept === 0 ? 'error' : 'warning';
    this.#say(severity, 'damaged', `${what}; packets before it: ${kept}`, at);
  }

  /** The offset behind the block; undefined when nothing can be read from here on. */
  #block(at: number): number | undefined {
    const room = this.#bytes.length - at;
    if (room < 12) return this.#damaged(at, `the file ends within a block`);
    const type = this.#view.getUint32(at, true);
    if (type === PCAPNG_BLOCK.SECTION && !this.#section(at)) return this.#damaged(at, 'a section has no byte order');
    const length = this.#u32(at + 4);
    if (length < 12 || length % 4 !== 0) return this.#damaged(at, `a block claims ${length} bytes`);
    if (length > room) return this.#damaged(at, `a block claims ${length} bytes, and ${room} are left`);
    if (this.#u32(at + length - 4) !== length) return this.#damaged(at, 'the two lengths of a block differ');
    const body: Span = { at: at + 8, end: at + length - 4 };
    return this.#take(this.#little ? type : this.#u32(at), body) ? at + length : undefined;
  }

  #section(at: number): boolean {
    const magic = this.#view.getUint32(at + 8, true);
    this.#little = magic === BYTE_ORDER_MAGIC;
    this.#first = this.#interfaces.length;
    return this.#little || this.#view.getUint32(at + 8, false) === BYTE_ORDER_MAGIC;
  }

  #u32(at: number): number {
    return this.#view.getUint32(at, this.#little);
  }

  #u16(at: number): number {
    return this.#view.getUint16(at, this.#little);
  }

  /** Blocks of other kinds are passed over. False: no more is read. */
  #take(type: number, body: Span): boolean {
    const { at, end } = body;
    const size = end - at;
    if (type === PCAPNG_BLOCK.INTERFACE && size >= 8) return this.#interface(body);
    if (type === PCAPNG_BLOCK.ENHANCED && size >= 20) return this.#packet(body, this.#u32(at));
    if (type === PCAPNG_BLOCK.OLD_PACKET && size >= 20) return this.#packet(body, this.#u16(at));
    if (type === PCAPNG_BLOCK.SIMPLE && size >= 4) {
      const wire = this.#u32(at);
      const bytes = this.#bytes.subarray(at + 4, at + 4 + Math.min(wire, size - 4));
      return this.#add({
        iface: this.#first,
        timeNs: undefined,
        bytes,
        wireBytes: wire,
        way: undefined,
        comment: undefined,
      });
    }
    return true;
  }

  #interface({ at, end }: Span): boolean {
    if (this.#interfaces.length >= MOST_INTERFACES) return this.#stop(at, `more than ${MOST_INTERFACES} interfaces`);
    let [name, description]: (string | undefined)[] = [];
    let [resolution, offset] = [6, 0n];
    for (const { code, value } of this.#options({ at: at + 8, end })) {
      if (code === PCAPNG_OPTION.NAME) name = textOf(value);
      if (code === PCAPNG_OPTION.DESCRIPTION) description = textOf(value);
      if (code === PCAPNG_OPTION.TSRESOL && value.length > 0) resolution = value[0] as number;
      if (code === PCAPNG_OPTION.TSOFFSET && value.length >= 8) {
        offset = this.#view.getBigInt64(value.byteOffset - this.#bytes.byteOffset, this.#little);
      }
    }
    this.#interfaces.push({ name, description, linkType: this.#u16(at), time: timeOf(resolution, offset) });
    return true;
  }

  #packet({ at, end }: Span, number: number): boolean {
    const iface = this.#first + number;
    const known = this.#interfaces[iface];
    if (known === undefined) {
      this.#damaged(at - 8, `a packet came over interface ${number}, which the file does not describe`);
      return false;
    }
    const [size, wireBytes] = [this.#u32(at + 12), this.#u32(at + 16)];
    if (size > end - at - 20) {
      this.#damaged(at - 8, `a packet claims ${size} bytes, and ${end - at - 20} are in its block`);
      return false;
    }
    const units = (BigInt(this.#u32(at + 4)) << 32n) | BigInt(this.#u32(at + 8));
    let comment: string | undefined;
    let way: 'in' | 'out' | undefined;
    for (const { code, value } of this.#options({ at: at + 20 + ((size + 3) & ~3), end })) {
      if (code === PCAPNG_OPTION.COMMENT) comment = textOf(value);
      if (code === PCAPNG_OPTION.FLAGS && value.length >= 4) way = this.#wayOf(value);
    }
    const bytes = this.#bytes.subarray(at + 20, at + 20 + size);
    return this.#add({ iface, timeNs: known.time(units), bytes, wireBytes, way, comment });
  }

  #wayOf(value: Uint8Array): 'in' | 'out' | undefined {
    const bits = this.#u32(value.byteOffset - this.#bytes.byteOffset) & 3;
    return bits === 1 ? 'in' : bits === 2 ? 'out' : undefined;
  }

  #add(packet: CapturedPacket): boolean {
    const at = packet.bytes.byteOffset - this.#bytes.byteOffset;
    if (this.#packets.length >= MOST_PACKETS) return this.#stop(at, `more than ${MOST_PACKETS} packets`);
    this.#packets.push(packet);
    return true;
  }

  #stop(at: number, what: string): false {
    this.#say('warning', 'long', `it has ${what}; the rest was left out`, at);
    return false;
  }

  /** Until they end, or make no sense any more. */
  *#options({ at, end }: Span): Generator<{ readonly code: number; readonly value: Uint8Array }> {
    let from = at;
    for (let count = 0; count < MOST_OPTIONS && from + 4 <= end; count++) {
      const [code, length] = [this.#u16(from), this.#u16(from + 2)];
      if (code === PCAPNG_OPTION.END || from + 4 + length > end) return;
      yield { code, value: this.#bytes.subarray(from + 4, from + 4 + length) };
      from += 4 + ((length + 3) & ~3);
    }
  }
}

interface Span {
  readonly at: number;
  readonly end: number;
}

const textOf = (value: Uint8Array): string => decodeUtf8(value);

/** How a time is counted: in 10^-n s, or in 2^-n s when the uppermost bit is set; from an offset in seconds. */
function timeOf(resolution: number, offset: bigint): (units: bigint) => bigint {
  const from = offset * 1_000_000_000n;
  if ((resolution & 0x80) !== 0) {
    const shift = BigInt(resolution & 0x7f);
    return (units) => from + ((units * 1_000_000_000n) >> shift);
  }
  if (resolution <= 9) {
    const factor = 10n ** BigInt(9 - resolution);
    return (units) => from + units * factor;
  }
  const divisor = 10n ** BigInt(resolution - 9);
  return (units) => from + units / divisor;
}
