// What a program does with events: each WFE by its offset, found by looking, not by running.
import { INST_SIZE, OP, WFE } from '../../drivers/mtk-cmdq/instruction.js';

/** One WFE. */
export interface EventUse {
  readonly offset: number;
  readonly event: number;
  /** The value that is waited for; undefined where it does not wait. */
  readonly waits: 0 | 1 | undefined;
  /** The value that is put there, behind the wait; undefined where it stays. */
  readonly puts: 0 | 1 | undefined;
}

/** All of a program. */
export function eventUses(bytes: Uint8Array): EventUse[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const uses: EventUse[] = [];
  for (let offset = 0; offset + INST_SIZE <= bytes.length; offset += INST_SIZE) {
    const use = eventUse(offset, view.getUint32(offset + 4, true), view.getUint32(offset, true));
    if (use !== undefined) uses.push(use);
  }
  return uses;
}

/** The use of one instruction; undefined for any other than WFE. */
function eventUse(offset: number, high: number, low: number): EventUse | undefined {
  if (high >>> 24 !== OP.WFE) return undefined;
  const waits = (low & WFE.WAIT) === 0 ? undefined : bit(low);
  const puts = (low & WFE.UPDATE) === 0 ? undefined : bit(low >>> 16);
  return { offset, event: high & 0xffff, waits, puts };
}

function bit(value: number): 0 | 1 {
  return (value & 1) === 0 ? 0 : 1;
}
