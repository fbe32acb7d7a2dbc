// What a firmware does differently from the others: silent where they answer, late, short, and so on.

/** Effects on a command, or on an event, by opcode. */
export type VariantEffect = 'silent' | 'status' | 'late' | 'short' | 'twice' | 'token';

/** One deviation. */
export interface Variant {
  /** Of a command, or of an event that the DSP sends by itself: 0x10d99, 0x10d9a, 0x10c1c. */
  readonly opcode: number;
  /**
   * `silent`: neither done nor answered; an event is not sent. `status`: not done, and answered with that status.
   * `late`: done, and answered `value` microseconds later. `short`: done; the answer has only `value` bytes of payload.
   * `twice`: done, and answered twice. `token`: done; the token of the answer has the bits of `value` turned.
   */
  readonly effect: VariantEffect;
  readonly value?: number;
  /** Only the nth of that opcode, from 1, since the DSP has booted; all of them when left out or 0. */
  readonly nth?: number;
}

/** Counts opcodes, and answers which variant meets each. */
export class Variants {
  readonly #all: () => readonly Variant[];
  readonly #seen = new Map<number, number>();

  constructor(all: () => readonly Variant[]) {
    this.#all = all;
  }

  /** To be called once for each command and event. */
  meet(opcode: number): Variant | undefined {
    const all = this.#all();
    if (!all.some((one) => one.opcode === opcode)) return undefined;
    const nth = (this.#seen.get(opcode) ?? 0) + 1;
    this.#seen.set(opcode, nth);
    return all.find((one) => one.opcode === opcode && ((one.nth ?? 0) === 0 || one.nth === nth));
  }
}
