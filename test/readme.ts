// What the README shows: blocks that begin with a command, and the text that it prints.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './sources.js';

/** A block of the README. */
export interface Shown {
  /** The arguments, as a shell takes them apart. */
  readonly args: readonly string[];
  readonly text: string;
}

const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** Every block that begins with `$ npx bringup`. */
export const shown: readonly Shown[] = [...README.matchAll(/```\n\$ npx bringup (.*)\n([\s\S]*?)\n```/g)].map(
  ([, command = '', text = '']) => ({ args: split(command), text: timeless(text) }),
);

function split(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|\S+/g)].map(([word, quoted]) => quoted ?? word);
}

/** Without real time, which differs from run to run. */
function timeless(text: string): string {
  return text.trimEnd().replace(/in [0-9.]+ s$/, 'in N s');
}

/**
 * What was printed, for comparison with what is shown: a line of three dots stands for whatever the README leaves out.
 */
export function asShown(printed: string, { text }: Shown): string {
  let rest = timeless(printed);
  for (const [nth, piece] of text.split(/^\.\.\.$\n?/m).entries()) {
    const at = nth === 0 ? Number(rest.startsWith(piece)) - 1 : rest.indexOf(piece);
    if (at < 0) return printed;
    rest = rest.slice(at + piece.length);
  }
  return rest === '' || text.endsWith('...') ? text : printed;
}
