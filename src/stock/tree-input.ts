// A file that is to be a tree: what it is by its content, and what is wrong with it, in the lines that a person reads.
import { type Diagnostic, formatDiagnostic } from '../base/diagnostic.js';
import { decodeUtf8 } from '../base/text.js';

/** What every blob begins with. */
const FDT_MAGIC = [0xd0, 0x0d, 0xfe, 0xed];
/** A NUL this near to the start is in no text. */
const NUL_WINDOW_BYTES = 1024;
/** In so much of a text a source says what it is: licences stand in front. */
const HEAD_BYTES = 16_384;

/** Blobs, cut off however early, other binaries, and files without content: the reader of blobs has the words. */
export function isNoSource(bytes: Uint8Array): boolean {
  const isBlob = FDT_MAGIC.every((byte, at) => at >= bytes.length || bytes[at] === byte);
  return isBlob || bytes.subarray(0, NUL_WINDOW_BYTES).includes(0);
}

/** Whether a file is a devicetree and no other input: a blob, or a text that says it is a source. */
export function isTree(path: string, bytes: Uint8Array): boolean {
  if (FDT_MAGIC.every((byte, at) => byte === bytes[at])) return true;
  const head = bytes.subarray(0, HEAD_BYTES);
  return !head.includes(0) && (/\.dts[io]?$/.test(path) || /\/(?:dts-v1|plugin)\/\s*;/.test(decodeUtf8(head)));
}

/** Of a longer way the ends are shown: files that include each other make hundreds of steps. */
const STEPS_SHOWN = 8;

/** A finding about a file: its line, with those of its includes and macros below it. */
export function diagnosticLines(path: string, one: Diagnostic): string[] {
  const placed = one.at === undefined ? { ...one, where: [path, one.where].filter(Boolean).join(': ') } : one;
  const lines = formatDiagnostic(placed).split('\n');
  const left = lines.length - 1 - STEPS_SHOWN;
  if (left > 1) lines.splice(1 + STEPS_SHOWN / 2, left, `  ... and ${left} more steps of this kind`);
  return lines;
}

/** Where there is no tree: the one finding that says all, or how many there are. */
export function refusalOf(diagnostics: readonly Diagnostic[]): { readonly alone: boolean; readonly what: string } {
  const [first] = diagnostics;
  const alone = first !== undefined && diagnostics.length === 1 && isAboutAll(first);
  return { alone, what: alone ? first.text : countDiagnostics(diagnostics) };
}

/** Not about a line of a file: one line says all. */
function isAboutAll({ at }: Diagnostic): boolean {
  return at === undefined || at.column === 0;
}

/** `1 error, 2 warnings`. */
export function countDiagnostics(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const warnings = diagnostics.filter(({ severity }) => severity === 'warning').length;
  const counted = (count: number, one: string): string => `${count} ${count === 1 ? one : `${one}s`}`;
  return [counted(errors, 'error'), ...(warnings > 0 ? [counted(warnings, 'warning')] : [])].join(', ');
}
