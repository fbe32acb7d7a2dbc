// Table of the families whose vectors are known but not judged yet. A system that is finished moves to its own file.
import { type Family, isRecord, named, records } from '../family.js';

/** The vectors below a key of a file that is one object. */
function below(json: unknown, key: string, name: string): readonly Record<string, unknown>[] | undefined {
  return isRecord(json) ? records(json[key], name) : undefined;
}

/** The families to come, in the order of the output. */
export const PENDING: readonly Family[] = [{ name: 'dpaa', pick: (json) => named(below(json, 'cases', 'kind'), 'id') }];
