// The patch's helper: its packet must do everything as recorded, mistakes included; the packet of bench users what is
// right, and that differs from the recording by documented rules only.
import { type Family, verdict } from '../family.js';
import { cmdqFamily, difference, idText } from '../cmdq/common.js';
import { recordedLines, type SeedCase, seedLines } from '../cmdq/seed-case.js';
import { replayChecked } from '../cmdq/seed-checked.js';
import { type PatchResult, replayPatch } from '../cmdq/seed-patch.js';
import { rightSeed } from '../cmdq/seed-right.js';

/** 355 runs of the compiled patch. */
export const CMDQ_SEED: readonly Family[] = [
  cmdqFamily('seed', async ({ data }) => {
    const one = data as SeedCase;
    const recorded = recordedLines(one);
    const withMailbox = one.expected.mailbox !== undefined;
    const patch = replayPatch(one);
    const unlike = difference(seedLines(patch, withMailbox), recorded) ?? sizes(patch, one);
    if (unlike !== undefined) return verdict(`packet of the patch: ${unlike}`);
    const right = rightSeed(one);
    const ids = idText(right.ids);
    const wrong = difference(seedLines(await replayChecked(one), withMailbox), seedLines(right, withMailbox));
    if (wrong !== undefined) return verdict(`checked packet: ${wrong}${ids === '' ? '' : `, by ${ids}`}`);
    const deviates = difference(seedLines(right, withMailbox), recorded);
    if (deviates === undefined) return { kind: 'passed' };
    return ids === '' ? verdict(`no rule has a reason for: ${deviates}`) : { kind: 'deviation', id: ids };
  }),
];

/** Numbers that only the patch's packet has. */
function sizes({ bases, used, size, tailZero }: PatchResult, { expected }: SeedCase): string | undefined {
  const numbers = bases.map((base) => (base === undefined ? null : [base.subsys, base.base]));
  const recorded = expected.register.map((one) => (one === null ? null : [one.subsys, Number(one.base)]));
  const is = JSON.stringify([numbers, used, size, tailZero]);
  const wanted = JSON.stringify([recorded, expected.cmd_buf_size, expected.buf_size, expected.tail_zero]);
  return is === wanted ? undefined : `${is}, not ${wanted}`;
}
