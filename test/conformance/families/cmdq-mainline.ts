// Linux 6.12's helper: its packet must do everything as recorded, that of bench users what is right, and that differs
// from the recording by documented rules only.
import { bytesOf, cmdqFamily, difference, idText } from '../cmdq/common.js';
import { type MainlineCase, mainlineLines, type MainlineResult } from '../cmdq/mainline-case.js';
import { replayLinux, replayRight } from '../cmdq/mainline-replay.js';
import { rightMainline } from '../cmdq/mainline-right.js';
import { type Family, verdict } from '../family.js';

/** 206 runs of Linux's helper, compiled. */
export const CMDQ_MAINLINE: readonly Family[] = [
  cmdqFamily('mainline', async ({ data }) => {
    const one = data as MainlineCase;
    const linux = await replayLinux(one);
    const recorded = recordedOf(one);
    const unlike = difference(mainlineLines(linux), mainlineLines(recorded)) ?? sizes(linux, one);
    if (unlike !== undefined) return verdict(`packet of Linux: ${unlike}`);
    const right = rightMainline(one);
    const ids = idText(right.ids);
    const wrong = difference(mainlineLines(await replayRight(one)), mainlineLines(right));
    if (wrong !== undefined) return verdict(`checked packet: ${wrong}${ids === '' ? '' : `, by ${ids}`}`);
    const deviates = difference(mainlineLines(right), mainlineLines(recorded));
    if (deviates === undefined) return { kind: 'passed' };
    return ids === '' ? verdict(`no rule has a reason for: ${deviates}`) : { kind: 'deviation', id: ids };
  }),
];

function recordedOf({ expected }: MainlineCase): MainlineResult {
  const { rets, buffer, client_reg: clientReg } = expected;
  const words = (buffer.match(/.{16}/g) ?? []).map((image) => {
    const bytes = (image.match(/../g) ?? []).reverse();
    return bytes.join('');
  });
  const back = Buffer.from(bytesOf(words)).toString('hex');
  if (back !== buffer) throw new Error('the buffer of the case is not one of whole instructions');
  return { rets: rets.filter((ret) => ret !== null), words, clientReg };
}

function sizes({ used, size }: { used: number; size: number }, { expected }: MainlineCase): string | undefined {
  const isAs = used === expected.cmd_buf_size && size === expected.buf_size;
  return isAs ? undefined : `${used} of ${size} bytes, not ${expected.cmd_buf_size} of ${expected.buf_size}`;
}
