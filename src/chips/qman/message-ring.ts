// The message ring of a portal: rejections and changes of queues, in order; what finds no room waits.
import type { DpaaFrame } from '../../bus/dpaa.js';
import { VALID } from '../portal-window.js';
import { CE } from './places.js';

const RING = 8;

/** One ring. */
export class MessageRing {
  /** Index of the producer with the valid bit as bit 3. */
  pi = RING;
  ci = 0;
  readonly #words: Int32Array;
  readonly #changed: () => void;
  readonly #waiting: Int32Array[] = [];

  constructor(words: Int32Array, changed: () => void) {
    this.#words = words;
    this.#changed = changed;
  }

  get fill(): number {
    return (this.pi - this.ci) & (RING - 1);
  }

  /** Messages that found no room. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** A frame comes back. `first` has verb, dca and sequence number, as it came. */
  rejection(first: number, code: number, fqid: number, tag: number, frame: DpaaFrame): void {
    this.#push(Int32Array.of(first, code << 24, fqid, tag, frame.w0, frame.w1, frame.w2, frame.w3));
  }

  /** A queue has another state. */
  queue(verb: number, fqs: number, fqid: number, contextB: number): void {
    this.#push(Int32Array.of((verb << 24) | (fqs << 16), 0, fqid, contextB, 0, 0, 0, 0));
  }

  /** Software has consumed all before index `ci`. */
  consume(ci: number): void {
    const steps = (ci - this.ci) & (RING - 1);
    this.ci = (this.ci + Math.min(steps, this.fill)) & (RING - 1);
    this.#flow();
  }

  #push(words: Int32Array): void {
    this.#waiting.push(words);
    this.#flow();
  }

  #flow(): void {
    while (this.fill < RING - 1) {
      const words = this.#waiting.shift();
      if (words === undefined) break;
      const at = (CE.MR + (this.pi & (RING - 1)) * 64) >> 2;
      const valid = (this.pi & RING) === 0 ? 0 : VALID << 24;
      this.#words.set(words, at);
      this.#words[at] = ((words[0] as number) & 0x7fff_ffff) | valid;
      this.pi = (this.pi + 1) & (2 * RING - 1);
    }
    this.#changed();
  }
}
