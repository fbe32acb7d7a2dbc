// What the GCE executes: recorded runs of a reference model, replayed on the engine step by step.
import { execCase, type ExecCase } from '../cmdq-exec/case.js';
import { replay } from '../cmdq-exec/replay.js';
import { type Family, isRecord, type Vector, verdict } from '../family.js';

/** The cases of the family `exec` in the file of CMDQ. */
export const CMDQ_EXEC: readonly Family[] = [
  {
    name: 'cmdq/exec',
    pick: (json) => {
      const cases = isRecord(json) && Array.isArray(json['cases']) ? (json['cases'] as unknown[]) : [];
      const found = cases.filter(isExec).map((one): Vector => ({ name: one.name, data: one }));
      return found.length === 0 ? undefined : found;
    },
    judge: ({ data }) => verdict(replay(execCase(data as ExecCase))),
  },
];

function isExec(one: unknown): one is ExecCase {
  return isRecord(one) && one['family'] === 'exec' && isRecord(one['soc']) && Array.isArray(one['steps']);
}
