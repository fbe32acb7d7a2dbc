// Management commands of a portal: one at a time, answered in one of two places by turns (Linux: bm_mc, qm_mc).
import { ioread32be, iowrite32be, type MmioSpace } from '../../core/io.js';
import type { Device } from '../../core/device.js';
import { VERB_VBIT } from './regs.js';

/** How often the answer is looked for. */
const TRIES = 10_000;

/** Where commands and answers lie in the first window. */
export interface CommandPlaces {
  readonly CR: number;
  readonly RR0: number;
  readonly RR1: number;
}

/** The commands of one portal. Words are big-endian: word 0 has the verb in its highest byte. */
export class PortalCommand {
  readonly #dev: Device;
  readonly #ce: MmioSpace;
  readonly #at: CommandPlaces;
  #vbit: number;
  #answer = 0;

  /** The verb that lies there says which turn is next. */
  constructor(dev: Device, ce: MmioSpace, at: CommandPlaces) {
    this.#dev = dev;
    this.#ce = ce;
    this.#at = at;
    this.#vbit = ioread32be(ce, at.CR) >>> 31 === 1 ? 0 : VERB_VBIT;
  }

  /** Word `index`, 1 to 15, of the command that is to come. */
  word(index: number, value: number): void {
    iowrite32be(this.#ce, this.#at.CR + 4 * index, value >>> 0);
  }

  /**
   * Sends it with its first word, and waits. The verb of the answer, without validity. ETIMEDOUT, EIO of the bus: a
   * command that was written has had its turn all the same.
   */
  run(verb: number, low = 0): number {
    const rr = this.#vbit === 0 ? this.#at.RR0 : this.#at.RR1;
    iowrite32be(this.#ce, this.#at.CR, (((verb | this.#vbit) << 24) | low) >>> 0);
    this.#vbit ^= VERB_VBIT;
    for (let tries = 0; tries < TRIES; tries++) {
      const word = ioread32be(this.#ce, rr);
      if (word >>> 24 === 0) continue;
      this.#answer = rr;
      return (word >>> 24) & 0x7f;
    }
    throw this.#dev.error('ETIMEDOUT', `no answer to command 0x${verb.toString(16)} in ${TRIES} tries`, 'portal');
  }

  /** Word `index` of the last answer. */
  result(index: number): number {
    return ioread32be(this.#ce, this.#answer + 4 * index);
  }
}
