// A modelled I2C adapter: parts of a transfer go straight to the target at the address, within one moment.
import { assert } from '../base/assert.js';
import { hexNumber } from '../base/bytes.js';
import { SysError } from '../base/errno.js';
import type { I2cBus, I2cFunction, I2cMsg, I2cTarget } from './i2c.js';
import { i2cError } from './i2c-error.js';

const EMPTY = new Uint8Array(0);
const ADDRESSES = 0x80;
const BOTH: readonly I2cFunction[] = ['i2c', 'smbus-word'];

/**
 * An adapter without a clock of its own: a transfer takes no time and is never interrupted.
 * As in Linux (i2c_check_addr_validity) a target may sit at any address but 0, the reserved ones included.
 * Gaps: general call (address 0 is never acknowledged), 10-bit addresses, several targets answering the alert address.
 */
export class SimI2cBus implements I2cBus {
  readonly name: string;
  readonly functionality: readonly I2cFunction[];
  readonly #targets: (I2cTarget | undefined)[] = Array.from({ length: ADDRESSES }, () => undefined);
  readonly #wordsOnly: boolean;

  constructor(name: string, functionality: readonly I2cFunction[] = BOTH) {
    this.name = name;
    this.functionality = functionality;
    this.#wordsOnly = !functionality.includes('i2c');
  }

  /** True when a target sits at the address. */
  has(addr: number): boolean {
    return this.#targets[addr] !== undefined;
  }

  /** Plugs a target in and answers how to take it out. Two targets at one address are a Bug. */
  attach(addr: number, target: I2cTarget): () => void {
    assert(addr > 0 && addr < ADDRESSES && Number.isInteger(addr), `${this.name}: no target can sit at ${addr}`);
    assert(this.#targets[addr] === undefined, `${this.name}: two targets at ${hexNumber(addr, 2)}`);
    this.#targets[addr] = target;
    return () => {
      assert(this.#targets[addr] === target, `${this.name}: target at ${hexNumber(addr, 2)} detached twice`);
      this.#targets[addr] = undefined;
    };
  }

  // Not an async function: one promise per transfer is what a million register reads a second leave room for.
  transfer(addr: number, msgs: readonly I2cMsg[]): Promise<Uint8Array> {
    const target = this.#targets[addr];
    if (target === undefined || this.#wordsOnly || msgs.length === 0) {
      const refusal = this.#refusal(addr, msgs);
      if (refusal !== undefined) return Promise.reject(refusal);
    }
    return this.#deliver(target as I2cTarget, addr, msgs);
  }

  #refusal(addr: number, msgs: readonly I2cMsg[]): SysError | undefined {
    const where = { dev: this.name, op: 'i2c' };
    if (!(addr >= 0 && addr < ADDRESSES && Number.isInteger(addr))) {
      return new SysError('EINVAL', `${addr} is not a 7-bit address`, where);
    }
    if (msgs.length === 0) return new SysError('EINVAL', `transfer without parts to ${hexNumber(addr, 2)}`, where);
    if (this.#wordsOnly && !isWordTransfer(msgs)) return i2cError('not-supported', this.name, addr);
    return this.#targets[addr] === undefined ? i2cError('nack-address', this.name, addr) : undefined;
  }

  #deliver(target: I2cTarget, addr: number, msgs: readonly I2cMsg[]): Promise<Uint8Array> {
    let answer = EMPTY as Uint8Array;
    for (let i = 0; i < msgs.length; i++) {
      const msg = msgs[i] as I2cMsg;
      if ('read' in msg) {
        answer = target.read(msg.read);
        assert(answer.length === msg.read, 'an I2C target answers as many bytes as are clocked out');
        continue;
      }
      const acknowledged = target.write(msg.write);
      if (acknowledged < msg.write.length) {
        target.stop();
        return Promise.reject(i2cError('nack-data', this.name, addr, acknowledged));
      }
    }
    target.stop();
    return Promise.resolve(answer);
  }
}

/** `[write reg][read 2]` or `[write reg, two bytes]` (Linux: i2c_smbus_read_word_data, i2c_smbus_write_word_data). */
function isWordTransfer(msgs: readonly I2cMsg[]): boolean {
  const [first, second] = msgs;
  if (first === undefined || 'read' in first || msgs.length > 2) return false;
  if (second === undefined) return first.write.length === 3;
  return first.write.length === 1 && 'read' in second && second.read === 2;
}
