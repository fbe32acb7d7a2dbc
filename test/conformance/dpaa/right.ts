// What is right where the patch is not: the recording, changed by rules that each have an id.
import type { DpaaCase, Out } from './case.js';
import { rightRx } from './right-rx.js';
import { rightTx } from './right-tx.js';

/** What a vector should give, and the ids of the rules that made it different from the recording. */
export interface Right {
  readonly out: Out;
  readonly ids: ReadonlySet<string>;
}

/** Applies the rules. */
export function rightDpaa(one: DpaaCase, recorded: Out): Right {
  const ids = new Set<string>();
  const isTx = one.kind === 'tx' || one.kind === 'cleanup';
  return { out: isTx ? rightTx(one, recorded, ids) : rightRx(one, recorded, ids), ids };
}
