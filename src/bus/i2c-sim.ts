// A modelled I2C adapter: parts of a transfer go straight to the target at the address, within one moment.
import { assert } from '../base/assert.js';
import { hexNumber } from '../base/bytes.js';
import type { SysError } from '../base/errno.js';
import {
  I2C_ALERT_RESPONSE,
  type I2cAlert,
  type I2cBus,
  type I2cFunction,
  type I2cMsg,
  type I2cTarget,
} from './i2c.js';
import { i2cRefusal } from './i2c-check.js';
import { i2cError } from './i2c-error.js';

const EMPTY = new Uint8Array(0);
const ADDRESSES = 0x80;
const BOTH: readonly I2cFunction[] = ['i2c', 'smbus-word'];

/** A target that puts a byte on the wires in answer to an alert response. */
interface Answer {
  readonly alert: I2cAlert;
  readonly byte: number;
}

/**
 * An adapter without a clock of its own: a transfer takes no time and is never interrupted.
 * As in Linux (i2c_check_addr_validity) a target may sit at any address but 0, the reserved ones included; one at the
 * alert response address takes that from the others.
 * Gaps: general call (address 0 is never acknowledged), 10-bit addresses.
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
    return target === undefined ? this.#alertResponse(msgs) : this.#deliver(target, addr, msgs);
  }

  #refusal(addr: number, msgs: readonly I2cMsg[]): SysError | undefined {
    const refusal = i2cRefusal(this.name, addr, msgs, this.#wordsOnly);
    if (refusal !== undefined) return refusal;
    const answers = this.#targets[addr] !== undefined || addr === I2C_ALERT_RESPONSE;
    return answers ? undefined : i2cError('nack-address', this.name, addr);
  }

  /**
   * Reads of the alert response address: every target with an alert puts its byte on the wires, where a 0 wins over
   * a 1. Nobody sends a second byte, and nobody acknowledges a write.
   */
  #alertResponse(msgs: readonly I2cMsg[]): Promise<Uint8Array> {
    let answer = EMPTY as Uint8Array;
    for (const msg of msgs) {
      const winner = 'read' in msg ? this.#lowestAlert() : undefined;
      if (winner === undefined || !('read' in msg)) {
        return Promise.reject(i2cError('nack-address', this.name, I2C_ALERT_RESPONSE));
      }
      answer = new Uint8Array(msg.read).fill(0xff);
      if (msg.read === 0) continue;
      answer[0] = winner.byte;
      winner.alert.answered();
    }
    return Promise.resolve(answer);
  }

  #lowestAlert(): Answer | undefined {
    let lowest: Answer | undefined;
    for (const target of this.#targets) {
      const alert = target?.alert;
      const byte = alert?.pending();
      if (alert === undefined || byte === undefined) continue;
      if (lowest === undefined || byte < lowest.byte) lowest = { alert, byte };
    }
    return lowest;
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
