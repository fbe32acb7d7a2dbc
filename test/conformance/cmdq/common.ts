// What the families of test/golden/cmdq.json share: picking their cases, errors as numbers, instructions as text.
import { SysError } from '../../../src/base/errno.js';
import type { Instruction } from '../../../src/drivers/mtk-cmdq/v18.js';
import { type Family, isRecord, named, records, type Vector, type Verdict } from '../family.js';

/** The part `family` of the file, judged one by one. */
export function cmdqFamily(family: string, judge: (vector: Vector) => Verdict | Promise<Verdict>): Family {
  return {
    name: `cmdq/${family}`,
    pick(json) {
      if (!isRecord(json) || json['version'] !== 1) return undefined;
      const cases = records(json['cases'], 'family', 'name')?.filter((one) => one['family'] === family);
      return cases === undefined || cases.length === 0 ? undefined : named(cases, 'name');
    },
    judge,
  };
}

/** 0, or the negative error number that came out. */
export function errnoOf(body: () => void): number {
  try {
    body();
    return 0;
  } catch (e) {
    return errorNumber(e);
  }
}

/** The negative number of an error that a user may get; any other goes on. */
export function errorNumber(e: unknown): number {
  if (e instanceof SysError) return e.errno;
  throw e;
}

/** `0x0401c02004380780` in halves. */
export function wordOf(text: string): Instruction {
  const digits = text.replace(/^0x/, '').padStart(16, '0');
  return { high: Number.parseInt(digits.slice(0, 8), 16), low: Number.parseInt(digits.slice(8), 16) };
}

/** Sixteen digits, the operation first. */
export function textOf({ high, low }: Instruction): string {
  return hex(high) + hex(low);
}

/** Eight digits. */
export function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}

/** The memory image of instructions in text form. */
export function bytesOf(words: readonly string[]): Uint8Array {
  const bytes = new Uint8Array(8 * words.length);
  const view = new DataView(bytes.buffer);
  for (const [index, word] of words.entries()) {
    view.setUint32(8 * index, Number.parseInt(word.slice(8), 16), true);
    view.setUint32(8 * index + 4, Number.parseInt(word.slice(0, 8), 16), true);
  }
  return bytes;
}

/** `-22` is EINVAL. */
export function isErrno(value: unknown): value is number {
  return typeof value === 'number' && value < 0;
}

/** An address of the file as a number; bits above 52 are cut. */
export function addrOf(text: unknown): number {
  return Number(BigInt.asUintN(52, BigInt(String(text))));
}

/** Allocations that are counted: the one after the next `after` fails, once. */
export class Allocations {
  #left: number | undefined;

  failAfter(after: number): void {
    this.#left = after;
  }

  /** One more. False: it fails. */
  take(): boolean {
    if (this.#left === undefined) return true;
    if (this.#left-- > 0) return true;
    this.#left = undefined;
    return false;
  }
}

/** Ids as a verdict has them: by their numbers. */
export function idText(ids: ReadonlySet<string>): string {
  const number = (id: string): number => Number(/\d+$/.exec(id)?.[0]);
  return [...ids].sort((a, b) => number(a) - number(b)).join(' ');
}

/** The first line that is not as wanted. */
export function difference(is: readonly string[], wanted: readonly string[]): string | undefined {
  const length = Math.max(is.length, wanted.length);
  const at = Array.from({ length }, (_, index) => index).find((index) => is[index] !== wanted[index]);
  return at === undefined ? undefined : `${is[at]}, not ${wanted[at]}`;
}
