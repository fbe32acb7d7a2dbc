// How numbers of a register map lie in bytes (Linux: struct regmap_format).

/** Byte order of a number on the wire. */
export type Endian = 'big' | 'little';

/** A number of `bits` bits as bytes. */
export class WireNumber {
  readonly bytes: number;
  /** The largest number that fits. */
  readonly max: number;
  readonly #little: boolean;

  constructor(bits: 8 | 16 | 32, endian: Endian) {
    this.bytes = bits / 8;
    this.max = 2 ** bits - 1;
    this.#little = endian === 'little';
  }

  /** True for a whole number from 0 to `max`. */
  fits(value: number): boolean {
    return value >= 0 && value <= this.max && Number.isInteger(value);
  }

  /** The unsigned number in the first bytes. */
  get(from: Uint8Array): number {
    let value = 0;
    const last = this.bytes - 1;
    for (let i = 0; i <= last; i++) value = value * 256 + (from[this.#little ? last - i : i] as number);
    return value;
  }

  /** Writes a number that fits at `offset`. */
  put(into: Uint8Array, offset: number, value: number): void {
    const last = this.bytes - 1;
    let rest = value;
    for (let i = last; i >= 0; i--) {
      into[offset + (this.#little ? last - i : i)] = rest & 0xff;
      rest >>>= 8;
    }
  }
}
