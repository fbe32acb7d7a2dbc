// Frames of DPAA Ethernet: the seed's personality must do all that was recorded, mistakes included; the one that users
// have does what is right, and that differs from the recording by documented rules only.
import { isDeepStrictEqual } from 'node:util';
import type { DpaaCase, Event, Out } from '../dpaa/case.js';
import { replayRx } from '../dpaa/replay-rx.js';
import { replayTx } from '../dpaa/replay-tx.js';
import { rightDpaa } from '../dpaa/right.js';
import { type Family, isRecord, named, records, verdict } from '../family.js';

/** 174 runs of the compiled patch. */
export const DPAA: readonly Family[] = [
  {
    name: 'dpaa',
    pick: (json) => (isRecord(json) ? named(records(json['cases'], 'kind', 'in', 'out'), 'id') : undefined),
    judge({ data }) {
      const one = data as DpaaCase;
      const replay = one.kind === 'tx' || one.kind === 'cleanup' ? replayTx : replayRx;
      const recorded = production(one.out);
      const unlike = difference(replay(one, 'seed'), recorded);
      if (unlike !== undefined) return verdict(`as the patch: ${unlike}`);
      const { out, ids } = rightDpaa(one, recorded);
      const id = [...ids].sort().join(', ');
      const wrong = difference(replay(one, 'right'), out);
      if (wrong !== undefined) return verdict(`as it is right: ${wrong}${id === '' ? '' : `, by ${id}`}`);
      const deviates = difference(out, recorded);
      if (deviates === undefined) return { kind: 'passed' };
      return id === '' ? verdict(`no rule has a reason for: ${deviates}`) : { kind: 'deviation', id };
    },
  },
];

/** Without what only a debug build of the patch has: it says more, and does the same. */
function production(out: Out): Out {
  const events = (out['events'] as readonly Event[]).filter(({ op }) => op !== 'err_on');
  const { debugAsserts: _left, headUnderrun: _always, ...rest } = out;
  return { ...rest, events };
}

/** The first key that is another. */
function difference(is: Out, should: Out): string | undefined {
  for (const key of new Set([...Object.keys(should), ...Object.keys(is)])) {
    const [a, b] = [is[key], should[key]];
    if (isDeepStrictEqual(a, b)) continue;
    if (Array.isArray(a) && Array.isArray(b)) return `${key}: ${listDifference(a, b)}`;
    return `${key}: ${JSON.stringify(a)}, not ${JSON.stringify(b)}`;
  }
  return undefined;
}

function listDifference(is: readonly unknown[], should: readonly unknown[]): string {
  const at = Array.from({ length: Math.max(is.length, should.length) }, (_, i) => i).find(
    (i) => !isDeepStrictEqual(is[i], should[i]),
  );
  return at === undefined ? 'the same' : `${at}: ${JSON.stringify(is[at])}, not ${JSON.stringify(should[at])}`;
}
