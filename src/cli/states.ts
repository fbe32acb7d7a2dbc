// The states of `--state` in words that need no quotes: `no-driver` is the list's `no driver`.
import type { NodeState } from '../bench/report.js';
import { STATES } from '../stock/boot-report.js';

const word = (state: NodeState): string => state.replace(' ', '-');

/** Every state. */
export const DEFAULT_STATES: readonly NodeState[] = STATES;

/** The words, for help and messages. */
export const STATE_WORDS: string = STATES.map(word).join(', ');

/** `failed,waits` as states, or what is wrong with it. */
export function parseStates(text: string): readonly NodeState[] | string {
  const words = text.split(',').map((part) => part.trim().replace(' ', '-'));
  const unknown = words.find((wanted) => !STATES.some((state) => word(state) === wanted));
  if (unknown !== undefined) return `'${unknown}' is no state; use ${STATE_WORDS}`;
  return STATES.filter((state) => words.includes(word(state)));
}
