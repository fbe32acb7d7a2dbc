// Seeded randomness. Every consumer takes its own stream by name, so that a new consumer does not shift the others.
import { assert } from './assert.js';

/** A seeded stream of numbers (sfc32). The same seed and name give the same numbers on every machine. */
export class Random {
  readonly seed: string;
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: string) {
    this.seed = seed;
    const hash = hash32(seed);
    this.#a = hash(1);
    this.#b = hash(2);
    this.#c = hash(3);
    for (let i = 0; i < 12; i++) this.u32();
  }

  /** An independent stream with its own name. Asking twice gives the same stream from its start. */
  stream(name: string): Random {
    return new Random(`${this.seed}/${name}`);
  }

  /** A whole number from 0 to 2^32 - 1. */
  u32(): number {
    const t = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + t;
    return t >>> 0;
  }

  /** A whole number from 0 to `count` - 1, for counts up to 2^32. */
  below(count: number): number {
    return Math.floor((this.u32() / 0x1_0000_0000) * count);
  }

  /** True with the given probability (0 to 1). */
  chance(probability: number): boolean {
    return this.u32() < probability * 0x1_0000_0000;
  }

  /** One of the items; the list must not be empty. */
  pick<T>(items: readonly [T, ...T[]] | readonly T[]): T {
    assert(items.length > 0, 'one of no items');
    return items[this.below(items.length)] as T;
  }

  /** `count` bytes. */
  bytes(count: number): Uint8Array {
    const out = new Uint8Array(count);
    for (let i = 0; i < count; i++) out[i] = this.u32();
    return out;
  }
}

/** FNV-1a over the text, with a murmur finish per lane. */
function hash32(text: string): (lane: number) => number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return (lane) => {
    let x = h ^ Math.imul(lane, 0x9e3779b9);
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    return (x ^ (x >>> 16)) | 0;
  };
}
