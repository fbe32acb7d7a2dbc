// What the drivers of the DSP's services send, byte for byte, and how they end; a vector for each phase of a sequence.
import { replayServices } from '../apr/services-replay.js';
import type { Item } from '../apr/services-case.js';
import { type Family, isRecord, type Vector, verdict } from '../family.js';

interface Phase {
  readonly items: readonly Item[];
  readonly phase: string;
}

/** Exchanges with the services CORE, AFE, ADM and ASM. */
export const APR_SERVICES: readonly Family[] = [
  {
    name: 'apr-services',
    pick: phases,
    async judge({ data }) {
      const { items, phase } = data as Phase;
      const result = (await replayServices(items)).get(phase);
      if (result === undefined) return verdict('the phase was not played');
      if (result.wrong !== undefined) return verdict(result.wrong);
      return result.ids.size === 0 ? { kind: 'passed' } : { kind: 'deviation', id: [...result.ids].sort().join(', ') };
    },
  },
];

function phases(json: unknown): readonly Vector[] | undefined {
  if (!isRecord(json) || !isRecord(json['sequences'])) return undefined;
  return Object.entries(json['sequences']).flatMap(([sequence, data]) => {
    const items = data as readonly Item[];
    const names = [...new Set(items.map(({ phase }) => phase))];
    return names.map((phase) => ({
      name: names.length === 1 ? sequence : `${sequence}/${phase}`,
      data: { items, phase },
    }));
  });
}
