// Whether an argument fits into its field. Nothing is cut: what does not fit is refused, with what would.
import { hexNumber } from '../../base/bytes.js';
import type { Operand } from './encode.js';
import { ADDR_IN_REG, EVENT_COUNT, GPR0, GPR_COUNT, SPR_COUNT, TPR } from './instruction.js';
import type { CmdqSoc } from './soc-tables.js';
import { refusal } from './refusal.js';

/** Where vendor kernels have registers shared between threads (facts cmdq §4.7). */
const CPR0 = 0x8000;
/** GPRs in pairs of 64 bits. */
const PAIR0 = 48;
const PAIR_COUNT = 8;
const ADDRESS_BITS = 48;

/** An unsigned number of 32 bits. EINVAL. */
export function checkU32(value: number, what: string): void {
  if (value >>> 0 !== value) throw refusal('EINVAL', `${what} ${value} is no unsigned number of 32 bits`);
}

/** The number of a register that instructions name in 16 bits. EINVAL. */
export function checkReg(reg: number, what: string): void {
  const known =
    isIn(reg, 0, SPR_COUNT) ||
    isIn(reg, GPR0, GPR_COUNT) ||
    isIn(reg, PAIR0, PAIR_COUNT) ||
    reg === TPR ||
    isIn(reg, CPR0, 0x8000);
  if (known) return;
  throw refusal('EINVAL', `${what} ${reg}: 0 to 3 are the thread's, 32 to 47 shared, 48 to 55 in pairs, 56 the timer`);
}

/** A thread's own register, where the field has five bits. EINVAL. */
export function checkSpr(reg: number, what: string): void {
  if (!isIn(reg, 0, SPR_COUNT)) throw refusal('EINVAL', `${what} ${reg}: the thread's registers are 0 to 3`);
}

/** A shared register by its own number. EINVAL. */
export function checkGpr(gpr: number): void {
  if (!isIn(gpr, 0, GPR_COUNT)) throw refusal('EINVAL', `GPR ${gpr}: there are R0 to R15`);
}

/** The lower half of an address as `cmdqAddrLow` makes it. EINVAL. */
export function checkLow(low: number): void {
  if (isIn(low, 0, 0x1_0000) && (low & 3) === ADDR_IN_REG) return;
  throw refusal('EINVAL', `lower address half ${hexNumber(low)}: 16 bits of a word's address, and bit 1 (cmdqAddrLow)`);
}

/** The offset of a word in a subsystem's window. EINVAL, ERANGE. */
export function checkAccess(subsys: number, offset: number): void {
  if (!isIn(subsys, 0, 0x20)) throw refusal('EINVAL', `subsystem ${subsys}: ids have five bits`);
  if (!Number.isInteger(offset) || offset % 4 !== 0)
    throw refusal('EINVAL', `offset ${offset} is not that of a word: bit 0 would turn the mask on`);
  if (!isIn(offset, 0, 0x1_0000))
    throw refusal('ERANGE', `offset ${offset} is outside the window of subsystem ${subsys}`);
}

/** The address of a word that READ_S and WRITE_S reach. EINVAL, ERANGE. */
export function checkAddress(addr: number, what: string): void {
  if (!Number.isInteger(addr) || addr < 0 || addr % 4 !== 0)
    throw refusal('EINVAL', `${what} ${addr} is not the address of a word`);
  if (addr >= 2 ** ADDRESS_BITS) throw refusal('ERANGE', `${what} ${hexNumber(addr)} has more than 48 bits`);
}

/** An operand of 16 bits. EINVAL. */
export function checkOperand(operand: Operand, what: string): void {
  if ('reg' in operand) return checkReg(operand.reg, what);
  if (!isIn(operand.imm, 0, 0x1_0000)) throw refusal('EINVAL', `${what} ${operand.imm} has more than 16 bits`);
}

/** The id of an event, from a number or a name of the SoC. EINVAL. */
export function checkEvent(event: number | string, soc: CmdqSoc | undefined): number {
  const id = typeof event === 'number' ? event : soc?.eventId(event);
  if (id !== undefined && isIn(id, 0, EVENT_COUNT)) return id;
  const where = soc === undefined ? 'no SoC is known' : `${soc.name} has none of that name`;
  const why = typeof event === 'number' ? `ids are 0 to ${EVENT_COUNT - 1}` : where;
  throw refusal('EINVAL', `event ${event}: ${why}`);
}

function isIn(value: number, first: number, count: number): boolean {
  return Number.isInteger(value) && value >= first && value < first + count;
}
