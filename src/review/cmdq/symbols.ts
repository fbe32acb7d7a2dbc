// Values of registers without running: numbers where they are known, and otherwise what they were made of. Equal values
// have the same id, in all programs that share the table.

/** A value. */
export interface Symbol32 {
  readonly id: number;
  /** Undefined where it is only known how it came about. */
  readonly number: number | undefined;
  readonly text: string;
}

/** Longer texts are cut in the middle of what they were made of. */
const TEXT_CHARS = 60;
const OPERATORS: Readonly<Record<number, (a: number, b: number) => number>> = {
  1: (a, b) => a + b,
  2: (a, b) => a - b,
  3: (a, b) => a * b,
  8: (a, b) => (a ^ b) >>> 0,
  10: (a, b) => (a | b) >>> 0,
  11: (a, b) => (a & b) >>> 0,
  12: (a, b) => (b > 31 ? 0 : (a << b) >>> 0),
  13: (a, b) => (b > 31 ? 0 : a >>> b),
};
const NOT = 9;

/** All values that have come up. */
export class Symbols {
  readonly #known = new Map<string, Symbol32>();

  /** A number of 32 bits. */
  number(value: number): Symbol32 {
    const number = value >>> 0;
    return this.#make(`#${number}`, `0x${number.toString(16).padStart(8, '0')}`, number);
  }

  /** What a register has when the program begins. */
  initial(register: number, name: string): Symbol32 {
    return this.#make(`r${register}`, name);
  }

  /** What the nth read of a place gave. */
  read(place: Symbol32, nth: number, name: string): Symbol32 {
    return this.#make(`@${place.id},${nth}`, nth === 0 ? `[${name}]` : `[${name}]#${nth + 1}`);
  }

  /** What an operator makes of two. Numbers that would not fit into 32 bits stay as they are written. */
  operation(operator: number, text: string, a: Symbol32, b: Symbol32): Symbol32 {
    if (operator === NOT) {
      return a.number === undefined ? this.#make(`${NOT},${a.id}`, `~${a.text}`) : this.number(~a.number);
    }
    const value =
      a.number === undefined || b.number === undefined ? undefined : OPERATORS[operator]?.(a.number, b.number);
    if (value !== undefined && value >= 0 && value <= 0xffff_ffff) return this.number(value);
    return this.#make(`${operator},${a.id},${b.id}`, `(${a.text} ${text} ${b.text})`);
  }

  #make(key: string, text: string, number?: number): Symbol32 {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const short = text.length > TEXT_CHARS ? `${text.slice(0, TEXT_CHARS)}...` : text;
    const made = { id: this.#known.size, number, text: short };
    this.#known.set(key, made);
    return made;
  }
}
