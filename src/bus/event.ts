// Event lines: a pulse that one block of a SoC gives another, as display blocks give the command processor theirs.

/** A block's end of a line. */
export interface EventPin {
  /** Gives a pulse: something has happened once. */
  fire(): void;
}

/** The end of a block that has many numbered inputs. */
export interface EventTarget {
  /** Takes a pulse on input `id`. */
  event(id: number): void;
}
