// The INA3221's side of the I2C bus (datasheet, "Serial interface"): the register pointer, and bytes to words.
import type { I2cAlert, I2cTarget } from '../../bus/i2c.js';
import type { Ina3221Readings } from './options.js';
import { R } from './regs.js';

/** What lies behind the wires: words by pointer, and the alert. `lanes` are the bits of the word that were written. */
export interface Behind extends I2cAlert {
  readWord(pointer: number): number;
  writeWord(pointer: number, word: number, lanes: number): void;
}

const WORD = 0xffff;
const HIGH_BYTE = 0xff00;
const registers = Object.values(R);
const LISTED: ReadonlySet<number> = new Set(registers.map(({ addr }) => addr));
const READ_ONLY: ReadonlySet<number> = new Set(
  registers.flatMap(({ addr, fields }) => (Object.values(fields).every(({ access }) => access === 'ro') ? addr : [])),
);

/** Bytes of the bus to words behind it. */
export class TwoWire implements I2cTarget {
  readonly alert: I2cAlert;
  readonly #behind: Behind;
  readonly #readings: Ina3221Readings;
  readonly #word = new Uint8Array(2);
  #pointer = 0;

  constructor(behind: Behind, readings: Ina3221Readings) {
    this.alert = behind;
    this.#behind = behind;
    this.#readings = readings;
  }

  write(bytes: Uint8Array): number {
    const { length } = bytes;
    if (length === 0) return 0;
    const pointer = bytes[0] as number;
    if (this.#readings.unlisted === 'refused' && !LISTED.has(pointer)) return 0;
    this.#pointer = pointer;
    if (length === 1) return 1;
    if (this.#readings.readOnly === 'refused' && READ_ONLY.has(pointer)) return 1;
    if (length === 2) return this.#writeHigh(bytes[1] as number);
    this.#behind.writeWord(pointer, ((bytes[1] as number) << 8) | (bytes[2] as number), WORD);
    return this.#readings.extraBytes === 'refused' ? 3 : length;
  }

  read(length: number): Uint8Array {
    if (length === 0) return this.#word.subarray(0, 0);
    const word = this.#behind.readWord(this.#pointer);
    this.#word[0] = word >> 8;
    this.#word[1] = word;
    return length === 2 ? this.#word : this.#readOn(length);
  }

  /** Nothing: a register takes its value with the last bit of the second byte. */
  stop(): void {}

  #writeHigh(byte: number): number {
    if (this.#readings.loneByte === 'high-byte') this.#behind.writeWord(this.#pointer, byte << 8, HIGH_BYTE);
    return 2;
  }

  #readOn(length: number): Uint8Array {
    const ones = this.#readings.readOn === 'ones';
    return Uint8Array.from({ length }, (_, at) => (ones && at > 1 ? 0xff : (this.#word[at & 1] as number)));
  }
}
