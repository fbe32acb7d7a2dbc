// Packets in tests: their instructions as text, and the errors of their calls.
import { SysError } from '../../src/base/errno.js';
import type { PlacedInstruction } from '../../src/drivers/mtk-cmdq/program.js';
import { type CmdqSoc, cmdqSoc } from '../../src/drivers/mtk-cmdq/soc-tables.js';

/** The SoC of the patch. */
export const SOC = cmdqSoc('mt8173') as CmdqSoc;

/** `0401c020_04380780` for each instruction, the operation first. */
export function wordsOf(pkt: {
  appended?: () => Iterable<PlacedInstruction>;
  instructions?: () => Iterable<PlacedInstruction>;
}): string {
  const all = pkt.appended?.() ?? pkt.instructions?.() ?? [];
  return Array.from(all, ({ high, low }) => `${digits(high)}_${digits(low)}`).join(' ');
}

/** The SysError of a call that must fail. */
export function errorOf(call: () => void): SysError {
  try {
    call();
  } catch (e) {
    if (e instanceof SysError) return e;
    throw e;
  }
  throw new Error('the call did not fail');
}

function digits(value: number): string {
  return value.toString(16).padStart(8, '0');
}
