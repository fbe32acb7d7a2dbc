// The mailbox driver, its accesses to registers held against those of Linux 6.12's.
import { cmdqFamily, difference, idText } from '../cmdq/common.js';
import { type DriverResult, type Entry, runScript } from '../cmdq/driver-machine.js';
import { rightDriver } from '../cmdq/driver-right.js';
import { type Family, verdict } from '../family.js';

interface DriverCase {
  readonly soc: string;
  readonly script: readonly string[];
  readonly expected: {
    readonly trace: readonly Entry[];
    readonly log: string;
    readonly warns: number;
    readonly token_update_writes?: { readonly count: number };
  };
}

/** 31 scripts. */
export const CMDQ_DRIVER: readonly Family[] = [
  cmdqFamily('driver', async ({ data }) => {
    const { soc, script, expected } = data as DriverCase;
    const result = await runScript(soc, script);
    const tokens = script.some((line) => line.startsWith('probe')) ? result.tokens : [];
    const wanted = expected.token_update_writes?.count ?? 0;
    if (tokens.length !== wanted || tokens.some((value, index) => value !== index))
      return verdict(`${tokens.length} event-clearing writes`);
    const recorded = linesOf(expected);
    const { ids, ...right } = rightDriver(soc, script, expected);
    const wrong = difference(linesOf(result), linesOf(right));
    if (wrong !== undefined) return verdict(`${wrong}${ids.size === 0 ? '' : `, by ${idText(ids)}`}`);
    if (difference(linesOf(right), recorded) === undefined) return { kind: 'passed' };
    return ids.size === 0 ? verdict('no rule has a reason') : { kind: 'deviation', id: idText(ids) };
  }),
];

/**
 * One line for each entry. Looking at a register again and again counts once, as the recordings were cut there; so does
 * nothing whose power was asked for and given back around nothing.
 */
function linesOf({ trace, log, warns }: Pick<DriverResult, 'trace' | 'log' | 'warns'>): readonly string[] {
  const lines: string[] = [];
  for (const entry of trace) {
    const line = entry.join(' ');
    if (line === lines.at(-1) && line.startsWith('read')) continue;
    if (line === 'event pm_put' && lines.at(-1) === 'event pm_get') lines.pop();
    else lines.push(line);
  }
  const said = log.replace(/task (<ptr>|0x[0-9a-f]+) error/g, 'task <ptr> error');
  return [...lines, `log ${said.replace(/\n/g, '|').replace(/\|+/g, '|')}`, `warnings ${warns}`];
}
