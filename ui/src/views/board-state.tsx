// The state of a device: a mark, a word, a colour.
import type { JSX } from 'preact';
import type { NodeState } from '../../../src/bench/report.js';

/** One state. Those that nothing has to be done about are quiet. */
export function State({ state }: { readonly state: NodeState }): JSX.Element {
  return <span class={`state ${MARKED.has(state) ? state : 'none'}`}>{state}</span>;
}
const MARKED: ReadonlySet<NodeState> = new Set(['bound', 'waits', 'failed']);

/** `1 waits`, `3 wait`. */
export function stateWord(state: NodeState, count: number): string {
  return state === 'waits' && count !== 1 ? 'wait' : state;
}
