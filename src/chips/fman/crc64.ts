// The hash of the key generator: CRC-64 of ECMA-182, reflected, begun and ended with ones.

/** A 64-bit number in two halves, signed. */
export interface Crc64 {
  hi: number;
  lo: number;
}

const POLY_HI = 0xc96c_5795;
const POLY_LO = 0xd787_0f42;
const HI = new Int32Array(256);
const LO = new Int32Array(256);
for (let byte = 0; byte < 256; byte++) {
  let hi = 0;
  let lo = byte;
  for (let bit = 0; bit < 8; bit++) {
    const out = lo & 1;
    lo = ((lo >>> 1) | (hi << 31)) >>> 0;
    hi >>>= 1;
    if (out === 1) {
      lo = (lo ^ POLY_LO) >>> 0;
      hi = (hi ^ POLY_HI) >>> 0;
    }
  }
  HI[byte] = hi;
  LO[byte] = lo;
}

/** Hashes the first `length` bytes of a key. */
export function crc64(key: Uint8Array, length: number, into: Crc64): void {
  let hi = -1;
  let lo = -1;
  for (let i = 0; i < length; i++) {
    const index = (lo ^ (key[i] as number)) & 0xff;
    lo = ((lo >>> 8) | (hi << 24)) ^ (LO[index] as number);
    hi = (hi >>> 8) ^ (HI[index] as number);
  }
  into.hi = ~hi;
  into.lo = ~lo;
}
