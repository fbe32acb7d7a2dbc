// What Linux's i2c-dev takes and gives (linux/i2c-dev.h, linux/i2c.h), as bytes in one block of memory. Little-endian,
// as every machine is that koffi runs on; pointers of 8 or 4 bytes.
import type { I2cMsg } from '../bus/i2c.js';
import type { Native } from './native.js';

/** Requests of ioctl. */
export const I2C_IOCTL = { SLAVE: 0x0703, FUNCS: 0x0705, SLAVE_FORCE: 0x0706, RDWR: 0x0707, SMBUS: 0x0720 } as const;

/** Bits of the word that FUNCS gives: plain I2C; SMBus words both ways. */
export const I2C_FUNC = { I2C: 0x0000_0001, SMBUS_WORD_DATA: 0x0060_0000 } as const;

/** What I2C_RDWR takes: so many parts, each so long. The kernel answers EINVAL for more. */
export const I2C_RDWR_LIMITS = { parts: 42, bytes: 8192 } as const;

const I2C_M_RD = 0x0001;
const SMBUS_WORD_DATA = 3;
const WORD_BYTES = 2;

/** Sizes of i2c_rdwr_ioctl_data, i2c_msg and i2c_smbus_ioctl_data; the two latter have their pointer at byte 8. */
const SIZES = { 4: { rdwr: 8, msg: 12, smbus: 12 }, 8: { rdwr: 16, msg: 16, smbus: 16 } } as const;
const POINTER_AT = 8;
/** Enough for what register maps send; a longer transfer gets a larger block. */
const USUAL_BYTES = 256;

/**
 * Memory for one ioctl at a time: its structures, and the bytes of the transfer behind them. The methods that fill it
 * answer the address to hand over.
 */
export class I2cBlock {
  readonly #native: Pick<Native, 'address' | 'pointerBytes'>;
  #bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(this.#bytes.buffer);
  #base = 0n;
  #answer: readonly [start: number, end: number] = [0, 0];

  constructor(native: Pick<Native, 'address' | 'pointerBytes'>) {
    this.#native = native;
  }

  /** For FUNCS: an `unsigned long`. */
  functions(): bigint {
    return this.#empty(this.#native.pointerBytes);
  }

  /** The bits that FUNCS left. */
  get functionBits(): number {
    return this.#view.getUint32(0, true);
  }

  /** For RDWR: struct i2c_rdwr_ioctl_data, its messages, their bytes. */
  transfer(addr: number, msgs: readonly I2cMsg[]): bigint {
    const { rdwr, msg: size } = SIZES[this.#native.pointerBytes];
    let data = rdwr + msgs.length * size;
    const address = this.#empty(msgs.reduce((sum, msg) => sum + lengthOf(msg), data));
    this.#pointer(0, rdwr);
    this.#view.setUint32(this.#native.pointerBytes, msgs.length, true);
    this.#answer = [0, 0];
    msgs.forEach((msg, index) => {
      const at = rdwr + index * size;
      const length = lengthOf(msg);
      this.#view.setUint16(at, addr, true);
      this.#view.setUint16(at + 2, 'read' in msg ? I2C_M_RD : 0, true);
      this.#view.setUint16(at + 4, length, true);
      this.#pointer(at + POINTER_AT, data);
      if ('read' in msg) this.#answer = [data, data + length];
      else this.#bytes.set(msg.write, data);
      data += length;
    });
    return address;
  }

  /**
   * For SMBUS: struct i2c_smbus_ioctl_data and its word, of the transfers `[write reg][read 2]` and `[write reg, two
   * bytes]`. SMBus calls the first byte on the wires the low one of the word, which is its first byte in memory too.
   */
  word(msgs: readonly I2cMsg[]): bigint {
    const { smbus } = SIZES[this.#native.pointerBytes];
    const address = this.#empty(smbus + WORD_BYTES);
    const [first] = msgs as readonly [{ readonly write: Uint8Array }];
    const reading = msgs.length === 2;
    this.#bytes[0] = reading ? 1 : 0;
    this.#bytes[1] = first.write[0] as number;
    this.#view.setUint32(4, SMBUS_WORD_DATA, true);
    this.#pointer(POINTER_AT, smbus);
    this.#bytes.set(first.write.subarray(1), smbus);
    this.#answer = reading ? [smbus, smbus + WORD_BYTES] : [0, 0];
    return address;
  }

  /** A copy of the bytes of the last part that reads; empty without one. */
  get answer(): Uint8Array {
    return this.#bytes.slice(...this.#answer);
  }

  /** Zeroes so many bytes and answers where they are. */
  #empty(length: number): bigint {
    if (length > this.#bytes.length) {
      this.#bytes = new Uint8Array(new ArrayBuffer(Math.max(length, USUAL_BYTES)));
      this.#view = new DataView(this.#bytes.buffer);
      this.#base = this.#native.address(this.#bytes);
    }
    this.#bytes.fill(0, 0, length);
    return this.#base;
  }

  /** Writes the address of a place in the block. */
  #pointer(offset: number, target: number): void {
    const address = this.#base + BigInt(target);
    if (this.#native.pointerBytes === 8) this.#view.setBigUint64(offset, address, true);
    else this.#view.setUint32(offset, Number(address), true);
  }
}

function lengthOf(msg: I2cMsg): number {
  return 'read' in msg ? msg.read : msg.write.length;
}
