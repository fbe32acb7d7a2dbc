// The form in which a driver's table tells what its kernel lines mean.
import type { Severity } from '../base/diagnostic.js';

/** Finds the name of a captured value (`38` is `OVL_2L1`), or undefined when it has none. */
export type ValueName = (text: string) => string | undefined;

/**
 * One kernel line. In `says`, `why` and `check`, `{group}` stands for what the named group of the pattern captured:
 * `OVL_2L1 (38)` when the table names its values, else the text itself.
 */
export interface LineEntry {
  /** Unique in its table; `display/short` is the whole id. */
  readonly id: string;
  /** Matches the whole message without the names in front; anchored at both ends, and linear on any text. */
  readonly pattern: RegExp;
  /** The device or subsystem in front must match where the line has one; left out: any. */
  readonly from?: RegExp;
  /** How bad the line is for the display, whatever level the kernel prints it with. */
  readonly severity: Severity;
  /** Which kernels print it. */
  readonly kernels: string;
  /** What the line says, in words. */
  readonly says: string;
  /** How it comes about. */
  readonly why: string;
  /** What to look at next, best first. */
  readonly check: readonly string[];
  /** Lint rules that detect the cause in a tree. */
  readonly rules: readonly string[];
}

/** All lines of one driver. The first entry that matches wins, so special cases stand before general ones. */
export interface LineTable {
  /** First part of the entries' whole ids. */
  readonly name: string;
  /** By name of group: how its values are called. A group `ret` is an error number and needs none. */
  readonly names: Readonly<Record<string, ValueName>>;
  /** What error numbers mean to this driver, by name. */
  readonly errors: Readonly<Record<string, string>>;
  readonly entries: readonly LineEntry[];
}
