// The INA3221's address pin A0: what it is tied to makes the address, sampled with every transfer.
import { SysError } from '../../base/errno.js';

/** What A0 can be tied to, by number, and the address that it makes (datasheet, "Serial bus address"). */
const STRAPS = [
  { to: 'GND', addr: 0x40 },
  { to: 'VS', addr: 0x41 },
  { to: 'SDA', addr: 0x42 },
  { to: 'SCL', addr: 0x43 },
] as const;

/** The highest number that stands for a tie. */
export const LAST_STRAP: number = STRAPS.length - 1;
/** The ties by their numbers, in words. */
export const STRAP_WORDS: string = STRAPS.map(({ to }, strap) => `${strap} ${to}`).join(', ');

/** The address that a tie makes, by its number. EINVAL names the device when there is no such tie. */
export function addressOf(strap: number, dev: string): number {
  const found = STRAPS[strap];
  if (found === undefined) throw new SysError('EINVAL', `a0 = ${strap}: one of ${STRAP_WORDS}`, { dev });
  return found.addr;
}

/** The tie with which a board gets the chip to an address; GND for an address that the chip cannot have. */
export function strapFor(addr: number | undefined): number {
  const strap = STRAPS.findIndex((one) => one.addr === addr);
  return Math.max(strap, 0);
}
