// The words for what goes wrong on an I2C bus, one table for modelled and real adapters.
import { hexNumber } from '../base/bytes.js';
import { SysError } from '../base/errno.js';
import { I2C_ERRNO, type I2cFaultWord } from './i2c.js';

const WORDS: Readonly<Record<I2cFaultWord, (addr: string, index: number | undefined) => string>> = {
  'nack-address': (addr) => `no acknowledge from ${addr}`,
  'nack-data': (addr, index) => `no acknowledge from ${addr}${index === undefined ? '' : ` for byte ${index}`}`,
  'arbitration-lost': (addr) => `lost arbitration while addressing ${addr}`,
  'bus-error': (addr) => `misplaced start or stop while talking to ${addr}`,
  timeout: (addr) => `transfer with ${addr} timed out`,
  'not-supported': (addr) => `the adapter cannot do this transfer with ${addr}`,
};

/**
 * The error of a transfer: `i2c-0: i2c: no acknowledge from 0x40 (ENXIO)`. `bus` is the adapter's name,
 * `index` the byte of its write part (from 0) that was not acknowledged.
 */
export function i2cError(word: I2cFaultWord, bus: string, addr: number, index?: number): SysError {
  return new SysError(I2C_ERRNO[word], WORDS[word](hexNumber(addr, 2), index), { dev: bus, op: 'i2c' });
}
