// The 1024 events: one bit each, kept until somebody changes it.

/** How many there are. */
export const EVENTS = 1024;
/** Event of the timer of general register 0; those of the others follow. */
export const TIMER_EVENT = 994;

/** The engine's memory of events. */
export class Events {
  readonly #values: Uint8Array;
  readonly #changed: (id: number, value: number) => void;

  /** `start` has a value for each event; it is copied. `changed` is called behind each change. */
  constructor(start: Uint8Array | undefined, changed: (id: number, value: number) => void) {
    this.#values = start === undefined ? new Uint8Array(EVENTS) : start.slice();
    this.#changed = changed;
  }

  /** 0 or 1. */
  get(id: number): number {
    return this.#values[id] as number;
  }

  /** Keeps bit 0 of the value. */
  set(id: number, value: number): void {
    const bit = value & 1;
    if (this.#values[id] === bit) return;
    this.#values[id] = bit;
    this.#changed(id, bit);
  }
}
