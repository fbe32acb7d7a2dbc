// The header of a flattened devicetree: is this a blob at all, and where are its three blocks?
import type { Diagnostic } from '../base/diagnostic.js';
import { hexNumber } from '../base/bytes.js';
import { decodeUtf8 } from '../base/text.js';
import { FDT_MAGIC } from './fdt-format.js';
import type { Values } from './message.js';
import { type DtCode, dtDiagnostic } from './messages.js';

/** Offsets in bytes from the start of the file; every `...End` lies inside the blob. */
export interface FdtHeader {
  readonly total: number;
  readonly reserveStart: number;
  readonly structStart: number;
  readonly structEnd: number;
  /** False for version 16, whose header does not say how long the structure block is. */
  readonly structSized: boolean;
  readonly stringsStart: number;
  readonly stringsEnd: number;
  readonly bootCpu: number;
}

/** Length of the header: ten fields in version 17, nine in version 16. */
const headerBytes = (version: number): number => (version >= 17 ? 40 : 36);

/** Reads and judges the header; undefined after an error. */
export function readHeader(bytes: Uint8Array, diagnostics: Diagnostic[]): FdtHeader | undefined {
  const no = (code: DtCode, values: Values, at: number): undefined => {
    diagnostics.push(dtDiagnostic(code, values, `offset ${hexNumber(at)}`));
  };
  const { length } = bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  const cutMagic = length > 0 && length < 4 && isStart(bytes);
  if (!cutMagic && (length < 4 || view.getUint32(0) !== FDT_MAGIC)) {
    diagnostics.push(whatElse(bytes, view));
    return undefined;
  }
  if (length < 28) return no('dt/fdt/truncated-header', { length, needed: 40 }, length);
  const [total, version, last] = [view.getUint32(4), view.getUint32(20), view.getUint32(24)];
  if (version < 16) return no('dt/fdt/old-version', { version }, 20);
  if (last > 17) return no('dt/fdt/new-version', { last }, 24);
  const needed = headerBytes(version);
  if (length < needed) return no('dt/fdt/truncated-header', { length, needed }, length);
  if (total < needed) return no('dt/fdt/totalsize-small', { total, needed }, 4);
  if (total > length) return no('dt/fdt/totalsize', { total, length }, 4);
  if (length > total) no('dt/fdt/trailing', { count: length - total }, total);
  const header = blocks(view, total, version);
  return checkBlocks(header, needed, no) ? header : undefined;
}

/** True for less than a magic number, as far as it goes. */
function isStart(bytes: Uint8Array): boolean {
  return bytes.every((byte, at) => byte === ((FDT_MAGIC >>> (24 - 8 * at)) & 0xff));
}

function blocks(view: DataView, total: number, version: number): FdtHeader {
  const structStart = view.getUint32(8);
  const stringsStart = view.getUint32(12);
  const structSized = version >= 17;
  return {
    total,
    structSized,
    reserveStart: view.getUint32(16),
    structStart,
    structEnd: structSized ? structStart + view.getUint32(36) : Math.max(total, structStart),
    stringsStart,
    stringsEnd: stringsStart + view.getUint32(32),
    bootCpu: view.getUint32(28),
  };
}

type Complain = (code: DtCode, values: Values, at: number) => undefined;

/** One block as the header describes it: `field` is where the header says so. */
interface Block {
  readonly block: string;
  readonly start: number;
  readonly end: number;
  readonly align: number;
  readonly field: number;
}

function checkBlocks(header: FdtHeader, needed: number, complain: Complain): boolean {
  const { total, reserveStart } = header;
  // The reservations have at least their end mark; their real length is found when they are read.
  const all: readonly Block[] = [
    { block: 'reservation', start: reserveStart, end: reserveStart + 16, align: 8, field: 16 },
    { block: 'structure', start: header.structStart, end: header.structEnd, align: 4, field: 8 },
    { block: 'strings', start: header.stringsStart, end: header.stringsEnd, align: 1, field: 12 },
  ];
  for (const { block, start, end, align, field } of all) {
    if (start < needed) complain('dt/fdt/block-in-header', { block, start, needed }, field);
    if (end > total) complain('dt/fdt/block-outside', { block, start, end, total }, field);
    if (start < needed || end > total) return false;
    if (start % align !== 0) complain('dt/fdt/unaligned', { block, start, align }, field);
  }
  for (const [i, a] of all.entries()) {
    for (const b of all.slice(i + 1)) {
      const open = !header.structSized && (a.block === 'structure' || b.block === 'structure');
      const shared = a.start < b.end && b.start < a.end;
      if (shared && !open) complain('dt/fdt/overlap', { block: a.block, other: b.block }, b.field);
    }
  }
  return true;
}

/** Files that people mistake for a blob, known by their first bytes. */
const OTHER_FILES: readonly (readonly [bytes: readonly number[], what: string, advice: string])[] = [
  [[0xed, 0xfe, 0x0d, 0xd0], 'a blob with its bytes in the wrong order', 'swap each four bytes'],
  [[0x1f, 0x8b], 'a gzip file', 'unpack it first (gunzip)'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], 'an xz file', 'unpack it first (unxz)'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'a zstd file', 'unpack it first (unzstd)'],
  [[0x04, 0x22, 0x4d, 0x18], 'an lz4 file', 'unpack it first (unlz4)'],
  [[0x42, 0x5a, 0x68], 'a bzip2 file', 'unpack it first (bunzip2)'],
  [[0x50, 0x4b, 0x03, 0x04], 'a zip file', 'unpack it first (unzip)'],
  [[0x7f, 0x45, 0x4c, 0x46], 'an ELF program', 'give the .dtb file of the board'],
  [[0x4d, 0x5a], 'an EFI program or a kernel image', 'give the .dtb file of the board'],
  [[0xd7, 0xb7, 0xab, 0x1e], 'an Android DTBO image', 'take the blobs out of it first (mkdtboimg dump)'],
  [[0x51, 0x43, 0x44, 0x54], 'a Qualcomm QCDT image', 'take the blobs out of it first (split-appended-dtb, dtbTool)'],
  [[0x41, 0x4e, 0x44, 0x52, 0x4f, 0x49, 0x44, 0x21], 'an Android boot image', 'unpack it first (unpack_bootimg)'],
  [[0x27, 0x05, 0x19, 0x56], 'a U-Boot uImage', 'unpack it first (dumpimage)'],
  [[0x21, 0x3c, 0x61, 0x72, 0x63, 0x68, 0x3e], 'a Debian package or an archive', 'unpack it first (dpkg-deb -x)'],
];

/** Says what a file is that does not begin as a blob does. */
function whatElse(bytes: Uint8Array, view: DataView): Diagnostic {
  const where = 'offset 0x0';
  if (bytes.length === 0) return dtDiagnostic('dt/fdt/empty', {}, where);
  const text = looksLikeText(bytes);
  if (text !== undefined) return textFile(text, where);
  const known = OTHER_FILES.find(([magic]) => magic.every((byte, index) => bytes[index] === byte));
  const at = findMagic(bytes, view);
  const what = known?.[1] ?? (bytes.every((byte) => byte === 0) ? 'a file of zeros' : 'some other binary file');
  if (at !== undefined) return dtDiagnostic('dt/fdt/embedded', { what, at }, where);
  const advice = known?.[2] ?? 'a blob begins with d0 0d fe ed';
  return dtDiagnostic('dt/fdt/not-a-blob', { what, advice }, where);
}

function textFile(text: string, where: string): Diagnostic {
  if (/\/plugin\/\s*;/.test(text)) return dtDiagnostic('dt/fdt/overlay-source', {}, where);
  if (/\/dts-v1\/|^\s*\/\s*\{|#include|^\s*&\w+\s*\{/m.test(text)) return dtDiagnostic('dt/fdt/source', {}, where);
  if (/^\s*[{[]/.test(text)) {
    return dtDiagnostic('dt/fdt/not-a-blob', { what: 'JSON text', advice: 'give a .dtb or .dts file' }, where);
  }
  return dtDiagnostic('dt/fdt/not-a-blob', { what: 'a text file', advice: 'give a .dtb or .dts file' }, where);
}

/** The first 4096 bytes as text when all of them are text. */
function looksLikeText(bytes: Uint8Array): string | undefined {
  const head = bytes.subarray(0, 4096);
  const isText = head.every((byte) => byte >= 0x20 || byte === 9 || byte === 10 || byte === 13 || byte === 12);
  const text = isText ? decodeUtf8(head) : undefined;
  // A character of several bytes may be cut at the end of the head, but not elsewhere.
  const whole = bytes.length > head.length ? text?.slice(0, -4) : text;
  return whole?.includes('\ufffd') === true ? undefined : text;
}

/** Where a blob seems to begin inside another file: the magic number with a version this room reads behind it. */
function findMagic(bytes: Uint8Array, view: DataView): number | undefined {
  for (let at = bytes.indexOf(0xd0, 1); at >= 0 && at + 40 <= bytes.length; at = bytes.indexOf(0xd0, at + 1)) {
    if (view.getUint32(at) !== FDT_MAGIC) continue;
    const version = view.getUint32(at + 20);
    if (version >= 16 && version < 32 && view.getUint32(at + 4) <= bytes.length - at) return at;
  }
  return undefined;
}
