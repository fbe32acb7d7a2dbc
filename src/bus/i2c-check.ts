// What no I2C adapter can carry out, found before anything goes over the wires: modelled and real ones ask here.
import { hexNumber } from '../base/bytes.js';
import { SysError } from '../base/errno.js';
import type { I2cMsg } from './i2c.js';
import { i2cError } from './i2c-error.js';

/**
 * Why a transfer cannot begin: an address of more than seven bits or no parts (EINVAL), or more than words on an
 * adapter that carries only those (EOPNOTSUPP). `bus` is the adapter's name.
 */
export function i2cRefusal(
  bus: string,
  addr: number,
  msgs: readonly I2cMsg[],
  wordsOnly: boolean,
): SysError | undefined {
  const where = { dev: bus, op: 'i2c' };
  if (!(addr >= 0 && addr < 0x80 && Number.isInteger(addr))) {
    return new SysError('EINVAL', `${addr} is not a 7-bit address`, where);
  }
  if (msgs.length === 0) return new SysError('EINVAL', `transfer without parts to ${hexNumber(addr, 2)}`, where);
  return wordsOnly && !isWordTransfer(msgs) ? i2cError('not-supported', bus, addr) : undefined;
}

/** `[write reg][read 2]` or `[write reg, two bytes]` (Linux: i2c_smbus_read_word_data, i2c_smbus_write_word_data). */
function isWordTransfer(msgs: readonly I2cMsg[]): boolean {
  const [first, second] = msgs;
  if (first === undefined || 'read' in first || msgs.length > 2) return false;
  if (second === undefined) return first.write.length === 3;
  return first.write.length === 1 && 'read' in second && second.read === 2;
}
