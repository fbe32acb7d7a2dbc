// What `power` says on stderr beside its rails.
import type { Io } from './io.js';
import type { PowerSource } from './power-source.js';

/** Tells of monitors that are not there and of what drivers left behind. Answers whether there was any. */
export function tellAbsent(io: Io, { absent }: PowerSource, leaks: readonly string[]): boolean {
  const lines = [...absent, ...leaks.map((leak) => `left behind: ${leak}`)];
  io.stderr.write(lines.map((line) => `bringup: ${line}\n`).join(''));
  return lines.length > 0;
}
