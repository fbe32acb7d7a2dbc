// The world as the command sees it: streams, folder, environment, clock, signals. Tests give their own.
import type { I2cDev, I2cDevOptions } from '../host/i2c-dev.js';
import type { RealTime, Stop } from '../host/live.js';
import type { Output } from '../host/output.js';
import type { RpmsgChar, RpmsgCharOptions } from '../host/rpmsg-char.js';

/** Where a run of the command reads and writes; and the real time in which it does, for waiting and closing lines. */
export interface Io extends RealTime {
  readonly stdout: Output;
  readonly stderr: Output;
  /** The standard input; asked for when a file is named `-`. */
  readonly stdin: () => AsyncIterable<Uint8Array> & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The date and time of day, as ISO 8601 writes them in UTC. */
  readonly isoTime: () => string;
  /** Opens a real I2C adapter, with the errors of openI2cDev; undefined where the optional package koffi is missing. */
  readonly openI2c: (path: string, options: I2cDevOptions) => Promise<I2cDev | undefined>;
  /** Opens a real channel to a remote processor, with the errors of openRpmsgChar. */
  readonly openRpmsg: (path: string, options: RpmsgCharOptions) => Promise<RpmsgChar>;
  /** The command line that would start this very run again: program, its own options, script, arguments. */
  readonly again: readonly string[];
  /** Begins to listen for SIGINT and SIGTERM. */
  readonly stopOnSignals: () => Stop;
}

/** Writes one JSON document. */
export function writeJson(io: Io, value: unknown): void {
  io.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}

/** Writes a note for the person who waits, if one is looking. */
export function progress(io: Io, text: string): void {
  if (io.stderr.isTTY) io.stderr.write(`bringup: ${oneLine(text)}\n`);
}

/** Real time after which a person wants to know how far the work is, and how often. */
const PATIENCE_NS = 500_000_000;

/**
 * Answers a function to call with the part done (0 to 1): on a terminal it shows per cent in place, when the work takes
 * long. With 1 the line is wiped.
 */
export function percentage(io: Io, what: string): (part: number) => void {
  let next = io.nowNs() + PATIENCE_NS;
  let shown = false;
  return (part) => {
    if (!io.stderr.isTTY || isDumb(io)) return;
    if (part >= 1) {
      if (shown) io.stderr.write('\r\u001b[K');
    } else if (io.nowNs() >= next) {
      next = io.nowNs() + PATIENCE_NS;
      shown = true;
      io.stderr.write(`\rbringup: ${what}: ${Math.floor(part * 100)} %`);
    }
  };
}

/** Whether the standard output is a terminal on which text can be replaced. */
export function canRedraw(io: Io): boolean {
  return io.stdout.isTTY && !isDumb(io);
}

/** A terminal that cannot move its cursor, nor show colours. */
function isDumb(io: Io): boolean {
  return io.env['TERM'] === 'dumb';
}

/** Whether the standard output shows colours, and the person has not asked for none. */
export function hasColours(io: Io): boolean {
  return io.stdout.isTTY && !isDumb(io) && (io.env['NO_COLOR'] ?? '') === '';
}

/** Control characters (\p{Cc}, written out since that takes a millisecond to compile) and the line ends of Unicode. */
const BREAKERS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

/** A text that stays on one line whatever a file name or a blob put into it. */
export function oneLine(text: string): string {
  return text.replace(BREAKERS, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
