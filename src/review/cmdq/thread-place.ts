// Where in its program a hung thread stands: the registers of a log have addresses, a dump of it may have offsets.
import { INST_SIZE } from '../../drivers/mtk-cmdq/instruction.js';
import type { ThreadState } from './thread-state.js';

/** What is needed of a program. */
export interface PlaceOf {
  readonly bytes: Uint8Array;
  readonly base: number | undefined;
  readonly state: ThreadState;
}

/**
 * The offset of an address of the log in the program, which may be its end; undefined for one elsewhere. Logs have
 * addresses in bytes or, where they show registers, shifted; dumps have the lower 32 bits, or offsets.
 */
export function offsetOf(addr: number | undefined, { bytes, base, state }: PlaceOf, shift: number): number | undefined {
  if (addr === undefined) return undefined;
  const units = [1, 2 ** shift];
  const told = units.flatMap((unit) => (state.base === undefined ? [] : [state.base * unit]));
  // END_ADDR is right behind the program, if the dump has all of it.
  const before = units.flatMap((unit) => (state.endAddr === undefined ? [] : [state.endAddr * unit - bytes.length]));
  const starts = [...(base === undefined ? [] : [base]), ...told, ...before, 0];
  for (const start of starts) {
    for (const unit of units) {
      const offset = distance(addr * unit, start);
      if (offset >= 0 && offset <= bytes.length && offset % INST_SIZE === 0) return offset;
    }
  }
  return undefined;
}

/** Of two addresses one may be cut to 32 bits. */
function distance(addr: number, start: number): number {
  return addr - start >= 0 && addr - start < 2 ** 32 ? addr - start : (addr % 2 ** 32) - (start % 2 ** 32);
}
