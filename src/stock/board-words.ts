// What became of a board's devices in words, as the command line and the page say it.
import type { NodeReport, NodeState } from '../bench/report.js';
import { type BootReport, STATES } from './boot-report.js';

/** The states behind a number. */
const WORDS: Readonly<Record<NodeState, string>> = {
  bound: 'bound',
  waits: 'waiting',
  failed: 'failed',
  'no driver': 'without driver',
  disabled: 'disabled',
  bus: 'bus',
  'no device': 'without device',
};

/** `3 device nodes: 2 bound, 1 waiting, 0 failed`. */
export function totalsText(totals: BootReport['totals']): string {
  const told = STATES.filter((state) => totals[state] > 0 || state === 'bound' || state === 'failed');
  const count = STATES.reduce((sum, state) => sum + totals[state], 0);
  const words = told.map((state) => `${totals[state]} ${WORDS[state]}`).join(', ');
  return `${count} device ${count === 1 ? 'node' : 'nodes'}: ${words}`;
}

/** The root of the matter: who waits for a node that waits itself is listed with those that wait for the same. */
export function rootReason({ state, reason = '', waitsFor, path }: NodeReport): string {
  if (state === 'disabled' && reason === 'status is "disabled"') return '';
  const plain = reason.replace(`${path}: `, '').replace(/ \(EPROBE_DEFER\)$/, '');
  return waitsFor === undefined ? plain : plain.replace(`${waitsFor} waits: `, '');
}
