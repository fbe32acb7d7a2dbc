// I2C: what software sees of the wires, and what a chip sees of them.
import type { Errno } from '../base/errno.js';

/** One part of a transfer: bytes to write, or a number of bytes to read. Parts are joined by repeated starts. */
export type I2cMsg = { readonly write: Uint8Array } | { readonly read: number };

/**
 * What an adapter can do (Linux: I2C_FUNC_I2C, I2C_FUNC_SMBUS_WORD_DATA). An adapter with `smbus-word` alone takes only
 * the transfers `[write reg][read 2]` and `[write reg, two bytes]`; others end with EOPNOTSUPP.
 */
export type I2cFunction = 'i2c' | 'smbus-word';

/** The wires, seen from software. */
export interface I2cBus {
  readonly functionality: readonly I2cFunction[];
  /**
   * One transfer from start to stop with a 7-bit address. Answers the bytes of the last read part (none: empty).
   * The answer may be a view of a buffer that the next transfer overwrites: take what you need at once.
   * Rejects with a SysError whose code is that of `I2C_ERRNO`.
   */
  transfer(addr: number, msgs: readonly I2cMsg[]): Promise<Uint8Array>;
}

/** The address to which chips with an alert answer a read (SMBus 2.0, appendix A.2). */
export const I2C_ALERT_RESPONSE = 0x0c;

/** A chip's part in the SMBus alert response: who pulls the shared alert wire low tells its address. */
export interface I2cAlert {
  /** The byte that the chip would send, its address in bits 7 to 1; undefined while it has no alert to tell. */
  pending(): number | undefined;
  /** The byte went over the wires: of all chips that sent one it was the lowest. The others are not told. */
  answered(): void;
}

/** The wires, seen from a chip: calls come between start and stop, within one moment. */
export interface I2cTarget {
  /** The bytes of a write part, none for an address-only write. Answers how many the chip acknowledged. */
  write(bytes: Uint8Array): number;
  /** The controller clocks out `length` bytes. The answer may be reused by the chip's next read. */
  read(length: number): Uint8Array;
  /** The stop condition. */
  stop(): void;
  /** For a chip that takes part in the alert response, whatever its address is. */
  readonly alert?: I2cAlert;
}

/** A fault of the wires, in the bus's own words. */
export type I2cFaultWord =
  | 'nack-address'
  | 'nack-data'
  | 'arbitration-lost'
  | 'bus-error'
  | 'timeout'
  | 'not-supported';

/** The error number that Linux's adapters report for each (Documentation/i2c/fault-codes.rst). */
export const I2C_ERRNO: Readonly<Record<I2cFaultWord, Errno>> = {
  'nack-address': 'ENXIO',
  'nack-data': 'EREMOTEIO',
  'arbitration-lost': 'EAGAIN',
  'bus-error': 'EIO',
  timeout: 'ETIMEDOUT',
  'not-supported': 'EOPNOTSUPP',
};
