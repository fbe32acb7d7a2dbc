// Numbers from text as sysfs stores take them (Linux: linux/kstrtox.h).
import { SysError } from '../base/errno.js';

/**
 * A decimal number: optional sign, digits, one optional newline at the end; a NUL ends the text (facts ina3221 §5.7).
 * EINVAL for anything else, ERANGE beyond what a double holds exactly (a C long holds more; no attribute needs it).
 */
export function kstrtol(text: string): number {
  const match = /^([+-]?)([0-9]+)\n?$/.exec(text.split('\0', 1)[0] as string);
  if (match === null) throw new SysError('EINVAL', `"${text.trimEnd()}" is not a decimal number`);
  const value = Number(match[2]);
  if (!Number.isSafeInteger(value)) throw new SysError('ERANGE', `${match[2]} is too large`);
  return match[1] === '-' ? 0 - value : value;
}
