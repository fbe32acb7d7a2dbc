// Which words of the page's address a view's board side is asked with; the others are the page's own business.
import type { Args, ViewName } from '../../src/page/protocol.js';

const ASKED: Partial<Record<ViewName, readonly string[]>> = { board: ['device'], display: ['kernel'] };

/** The arguments with which such a view is watched; undefined for one that finds its own. */
export function watchArgs(name: ViewName, words: Readonly<Record<string, string>>): Args | undefined {
  const asked = ASKED[name];
  if (asked === undefined) return undefined;
  return Object.fromEntries(asked.flatMap((key) => (words[key] === undefined ? [] : [[key, words[key]]])));
}
