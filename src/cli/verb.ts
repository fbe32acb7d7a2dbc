// What a verb of the command line is, and how its options are read and its complaints written.
import { type CommandUnknownOpts, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { Io } from './io.js';
import type { RunCode } from './refusal.js';

/** One run of the command: the world, and the exit code that the verb's action leaves. */
export interface Session {
  readonly io: Io;
  exitCode: RunCode;
}

/** A line of the table of verbs. The module of a verb is loaded when the verb is used. */
export interface VerbEntry {
  readonly name: string;
  readonly summary: string;
  /** Verbs below this one (`dt compile`); such an entry has no module of its own. */
  readonly verbs?: readonly VerbEntry[];
  readonly load?: () => Promise<{ readonly verb: (session: Session) => CommandUnknownOpts }>;
}

/** An action that leaves its exit code in the session. */
export function leave<A extends unknown[]>(
  session: Session,
  action: (...args: A) => Promise<RunCode>,
): (...args: A) => Promise<void> {
  return async (...args) => {
    session.exitCode = await action(...args);
  };
}

/** The text behind the options of `--help`: what leaves the verb, and real examples. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ bringup ${line}`).join('\n')}`;
}

/** An argument parser that collects a repeated option. */
export function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

/** An option that may be repeated: its flags, and the words collected. */
export type Repeated<F extends string> = Option<F, undefined, readonly string[], readonly string[]>;

/** Makes one. */
export function repeated<F extends string>(flags: F, about: string): Repeated<F> {
  return new Option(flags, about).argParser(collect).default<readonly string[]>([]);
}

const MACRO = /^[A-Za-z_]\w*(\([^)]*\))?(=|$)/;

/** A macro as -D takes it; anything else is refused. */
export function macro(text: string): string {
  if (MACRO.test(text)) return text;
  throw new InvalidArgumentError('write NAME, NAME=VALUE or NAME(PARAMETERS)=VALUE');
}

/** An argument parser for whole numbers as C writes them (`17`, `0x1000`), within limits. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^(0[xX][0-9a-fA-F]+|\d+)$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`write a whole number from ${min} to ${max}`);
  };
}

/** An argument parser made of a function that answers what is wrong as a text. */
export function parsed<T>(parse: (text: string) => T | string): (text: string) => T {
  return (text) => {
    const value = parse(text);
    if (typeof value === 'string') throw new InvalidArgumentError(value);
    return value;
  };
}
