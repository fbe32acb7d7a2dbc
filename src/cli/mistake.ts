// What is said of a mistake of our own.
import { type Io, oneLine } from './io.js';

/** The words, and what to do. */
export function mistakeText(e: unknown): string {
  const what = e instanceof Error ? `${e.name}: ${e.message}` : String(e);
  return `this is our mistake: ${what}; please report it with the command you typed, as CONTRIBUTING.md says`;
}

/** Tells of one that does not end the run; `where` is the part of the program that it happened in. */
export function tellMistake(io: Io, where: string, e: unknown): void {
  io.stderr.write(`bringup: ${where}: ${oneLine(mistakeText(e))}\n`);
}
