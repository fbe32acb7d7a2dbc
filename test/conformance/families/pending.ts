// Table of the families whose vectors are known but not judged yet. A system that is finished moves to its own file.
import { type Family, isRecord, named, records, type Vector } from '../family.js';

/** The vectors below a key of a file that is one object. */
function below(json: unknown, key: string, name: string): readonly Record<string, unknown>[] | undefined {
  return isRecord(json) ? records(json[key], name) : undefined;
}

function sequences(json: unknown): readonly Vector[] | undefined {
  if (!isRecord(json) || !isRecord(json['sequences'])) return undefined;
  return Object.entries(json['sequences']).map(([name, data]) => ({ name, data }));
}

/** The families to come, in the order of the output. */
export const PENDING: readonly Family[] = [
  { name: 'apr', pick: (json) => named(records(json, 'direction', 'input', 'expected'), 'name') },
  { name: 'apr-bus', pick: (json) => named(records(json, 'script', 'expected'), 'name') },
  { name: 'apr-services', pick: sequences },
  { name: 'apr-dt', pick: (json) => named(records(json, 'board', 'services'), 'board') },
  { name: 'dpaa', pick: (json) => named(below(json, 'cases', 'kind'), 'id') },
];
