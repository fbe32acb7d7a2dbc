// Frame descriptors and scatter/gather tables in memory: 16 bytes each, big-endian (Linux: soc/fsl/qman.h).
import { be32 } from '../../base/bytes.js';
import type { Page } from '../../core/page.js';

/** Formats of a frame descriptor that this driver makes and takes. */
export const FD_CONTIG = 0;
/** The frame lies where a table says. */
export const FD_SG = 4;
/** The pool number that says: no pool. */
export const BPID_NONE = 0xff;
/** Bytes of a table entry. */
export const SGT_ENTRY_BYTES = 16;
/** Entries that FMan reads of a table. */
export const SGT_MAX_ENTRIES = 16;
/** Addresses in descriptors and entries have 40 bits. */
export const FD_MAX_ADDR = 0xff_ffff_ffff;
/** The longest frame. */
export const FD_MAX_LENGTH = 0xf_ffff;

/** Commands to a transmitting FMan port, in the descriptor's last word. */
export const FD_CMD = {
  /** The word's low 24 bits are the queue of the confirmation. */
  FCO: 0x8000_0000,
  /** FMan reads the parse results in front of the data. */
  RPD: 0x4000_0000,
  /** FMan computes checksums of layers 3 and 4. */
  DTC: 0x1000_0000,
} as const;

/** What FMan says of a received or sent frame, in the same word. */
export const FD_STAT = {
  DMA: 0x0100_0000,
  PHYSICAL: 0x0008_0000,
  SIZE: 0x0004_0000,
  HEADER: 0x0000_0020,
  L4_CHECKED: 0x0000_0004,
  REASSEMBLED: 0x0000_0001,
  /** Whatever makes a received frame bad. */
  RX_ERRORS: 0x010e_c0e0,
  /** Whatever says that a frame was not sent. */
  TX_ERRORS: 0x0700_0000,
} as const;

/** What a frame descriptor says, as plain numbers. */
export interface FdFields {
  readonly bpid: number;
  readonly addr: number;
  readonly format: number;
  readonly offset: number;
  readonly length: number;
  readonly cmd: number;
}

/** A frame descriptor as plain numbers, to be filled again and again (Linux: struct qm_fd). */
export class QmFd implements FdFields {
  bpid = 0;
  addr = 0;
  format = 0;
  offset = 0;
  /** 20 bits; in formats without offset 29. */
  length = 0;
  /** Command to FMan, or its status: 32 bits, signed. */
  cmd = 0;

  /** All zero. */
  clear(): void {
    this.bpid = 0;
    this.addr = 0;
    this.format = 0;
    this.offset = 0;
    this.length = 0;
    this.cmd = 0;
  }

  /** Reads 16 bytes. */
  decode(view: DataView, at: number): void {
    this.bpid = view.getUint8(at + 1);
    this.addr = view.getUint8(at + 3) * 0x1_0000_0000 + view.getUint32(at + 4);
    const word = view.getUint32(at + 8);
    this.format = word >>> 29;
    const short = (this.format & 3) === 0;
    this.offset = short ? (word >>> 20) & 0x1ff : 0;
    this.length = word & (short ? 0xf_ffff : 0x1fff_ffff);
    this.cmd = view.getInt32(at + 12);
  }

  /** Writes all 16 bytes; what does not fit into its field is cut, as C does. */
  encode(view: DataView, at: number): void {
    view.setUint32(at, ((this.bpid & 0xff) << 16) | addrHi(this.addr));
    view.setUint32(at + 4, this.addr >>> 0);
    const short = (this.format & 3) === 0;
    const low = short ? ((this.offset & 0x1ff) << 20) | (this.length & 0xf_ffff) : this.length & 0x1fff_ffff;
    view.setUint32(at + 8, ((this.format << 29) | low) >>> 0);
    view.setInt32(at + 12, this.cmd);
  }
}

const addrHi = (addr: number): number => (addr / 0x1_0000_0000) & 0xff;

const FINAL = 0x4000_0000;
const LENGTH = 0x3fff_ffff;

/** Writes an entry that belongs to no pool and has its offset in its address. Reserved bits keep what they hold. */
export function sgtWrite(view: DataView, at: number, addr: number, length: number, final: boolean): void {
  view.setUint8(at + 3, addrHi(addr));
  view.setUint32(at + 4, addr >>> 0);
  view.setUint32(at + 8, ((length & LENGTH) | (final ? FINAL : 0)) >>> 0);
  view.setUint8(at + 13, BPID_NONE);
  view.setUint8(at + 14, view.getUint8(at + 14) & 0xe0);
  view.setUint8(at + 15, 0);
}

/**
 * The same with all 16 bytes written: nothing of what was there before is left. `words` are those of the page, and `at`
 * is a multiple of four.
 */
export function sgtWriteWhole(words: Int32Array, at: number, addr: number, length: number, final: boolean): void {
  const first = at >> 2;
  words[first] = be32(addrHi(addr));
  words[first + 1] = be32(addr);
  words[first + 2] = be32((length & LENGTH) | (final ? FINAL : 0));
  words[first + 3] = be32(BPID_NONE << 16);
}

/** Bytes of data of an entry that `sgtWriteWhole` wrote. */
export function sgtWholeLength(words: Int32Array, at: number): number {
  return be32(words[(at >> 2) + 2] as number) & LENGTH;
}

/** Address of an entry that `sgtWriteWhole` wrote. */
export function sgtWholeAddr(words: Int32Array, at: number): number {
  const first = at >> 2;
  return (be32(words[first] as number) & 0xff) * 0x1_0000_0000 + (be32(words[first + 1] as number) >>> 0);
}

/** An entry that was read as a whole, wherever it lies. */
export class SgtEntry {
  addr = 0;
  length = 0;
  final = false;
  extension = false;
  bpid = 0;
  offset = 0;

  /** Reads it from the page. */
  load({ words, view }: Page, at: number): void {
    const first = at >> 2;
    const aligned = (at & 3) === 0;
    const w0 = aligned ? be32(words[first] as number) : view.getInt32(at);
    const w1 = aligned ? be32(words[first + 1] as number) : view.getInt32(at + 4);
    const w2 = aligned ? be32(words[first + 2] as number) : view.getInt32(at + 8);
    const w3 = aligned ? be32(words[first + 3] as number) : view.getInt32(at + 12);
    this.addr = (w0 & 0xff) * 0x1_0000_0000 + (w1 >>> 0);
    this.length = w2 & LENGTH;
    this.final = (w2 & FINAL) !== 0;
    this.extension = w2 < 0;
    this.bpid = (w3 >>> 16) & 0xff;
    this.offset = w3 & 0x1fff;
  }
}

/** Address of an entry's buffer. */
export function sgtAddr(view: DataView, at: number): number {
  return view.getUint8(at + 3) * 0x1_0000_0000 + view.getUint32(at + 4);
}

/** Bytes of data in an entry's buffer. */
export function sgtLength(view: DataView, at: number): number {
  return view.getUint32(at + 8) & LENGTH;
}

/** Whether it is the last entry. */
export function sgtFinal(view: DataView, at: number): boolean {
  return (view.getUint8(at + 8) & 0x40) !== 0;
}

/** Whether it leads to another table. */
export function sgtExtension(view: DataView, at: number): boolean {
  return view.getUint8(at + 8) >= 0x80;
}

/** The pool that an entry's buffer is of. */
export function sgtBpid(view: DataView, at: number): number {
  return view.getUint8(at + 13);
}

/** Where in its buffer an entry's data begins: 13 bits. */
export function sgtOffset(view: DataView, at: number): number {
  return view.getUint16(at + 14) & 0x1fff;
}
