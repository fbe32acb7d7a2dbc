// Wraps of an I2C bus: what went over the wires, and what goes wrong on them.
import { hex } from '../base/bytes.js';
import { ERRNO, SysError } from '../base/errno.js';
import type { Trace } from '../base/trace.js';
import type { FaultPlan } from './fault-plan.js';
import type { I2cBus, I2cFaultWord, I2cFunction, I2cMsg } from './i2c.js';
import { i2cError } from './i2c-error.js';

const ADDR_TEXT = Array.from({ length: 0x80 }, (_, addr) => `0x${addr.toString(16)}`);

/**
 * Puts each transfer into the trace as Linux's tracepoints do: i2c_write and i2c_read of every part, then the i2c_reply
 * of the last read (the interface answers no other), then i2c_result with the number of parts or the negative errno.
 */
export function withI2cTrace(bus: I2cBus, name: string, trace: Trace): I2cBus {
  return new TracedI2cBus(bus, name, trace);
}

/** Lets the faults of the plan strike: places `i2c.transfer`, `i2c.address`, `i2c.data`. */
export function withI2cFaults(bus: I2cBus, name: string, plan: FaultPlan): I2cBus {
  return new FaultyI2cBus(bus, name, plan);
}

class TracedI2cBus implements I2cBus {
  readonly #bus: I2cBus;
  readonly #name: string;
  readonly #trace: Trace;

  constructor(bus: I2cBus, name: string, trace: Trace) {
    this.#bus = bus;
    this.#name = name;
    this.#trace = trace;
  }

  get functionality(): readonly I2cFunction[] {
    return this.#bus.functionality;
  }

  transfer(addr: number, msgs: readonly I2cMsg[]): Promise<Uint8Array> {
    return this.#trace.on ? this.#traced(addr, msgs) : this.#bus.transfer(addr, msgs);
  }

  async #traced(addr: number, msgs: readonly I2cMsg[]): Promise<Uint8Array> {
    const trace = this.#trace;
    for (const msg of msgs) {
      if ('read' in msg) trace.emit(this.#name, { kind: 'i2c_read', addr, length: msg.read });
      else trace.emit(this.#name, { kind: 'i2c_write', addr, bytes: hex(msg.write) });
    }
    try {
      const answer = await this.#bus.transfer(addr, msgs);
      const read = msgs.some((msg) => 'read' in msg);
      if (read) trace.emit(this.#name, { kind: 'i2c_reply', addr, bytes: hex(answer) });
      trace.emit(this.#name, { kind: 'i2c_result', addr, ret: msgs.length });
      return answer;
    } catch (e) {
      trace.emit(this.#name, { kind: 'i2c_result', addr, ret: e instanceof SysError ? e.errno : -ERRNO.EIO });
      throw e;
    }
  }
}

class FaultyI2cBus implements I2cBus {
  readonly #bus: I2cBus;
  readonly #name: string;
  readonly #plan: FaultPlan;

  constructor(bus: I2cBus, name: string, plan: FaultPlan) {
    this.#bus = bus;
    this.#name = name;
    this.#plan = plan;
  }

  get functionality(): readonly I2cFunction[] {
    return this.#bus.functionality;
  }

  transfer(addr: number, msgs: readonly I2cMsg[]): Promise<Uint8Array> {
    if (this.#plan.idle) return this.#bus.transfer(addr, msgs);
    const which = ADDR_TEXT[addr] ?? String(addr);
    const word = this.#hit('i2c.transfer', which) ?? this.#hit('i2c.address', which);
    if (word !== undefined) return Promise.reject(i2cError(word, this.#name, addr));
    return this.#data(addr, which, msgs) ?? this.#bus.transfer(addr, msgs);
  }

  #hit(where: string, which: string): I2cFaultWord | undefined {
    return this.#plan.hit(where, which, this.#name) as I2cFaultWord | undefined;
  }

  /**
   * Asks for each byte to be written; a fault cuts the transfer there. The bytes before it reach the target where the
   * adapter can do such a transfer.
   */
  #data(addr: number, which: string, msgs: readonly I2cMsg[]): Promise<Uint8Array> | undefined {
    for (const [part, msg] of msgs.entries()) {
      if ('read' in msg) continue;
      for (let index = 0; index < msg.write.length; index++) {
        const word = this.#hit('i2c.data', which);
        if (word === undefined) continue;
        return this.#cut(addr, [...msgs.slice(0, part), { write: msg.write.subarray(0, index) }], word, index);
      }
    }
    return undefined;
  }

  async #cut(addr: number, msgs: readonly I2cMsg[], word: I2cFaultWord, index: number): Promise<Uint8Array> {
    if (this.functionality.includes('i2c')) await this.#bus.transfer(addr, msgs);
    throw i2cError(word, this.#name, addr, index);
  }
}
