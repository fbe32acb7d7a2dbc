// What to undo on unbind, newest first (Linux: devres).
import { assert } from './assert.js';

/** Undoes one thing. It may fail; the rest is undone all the same. */
export type Undo = () => void | Promise<void>;

/** A list of things to undo. Closing twice is a bug, and so is deferring into a closed scope. */
export class Scope {
  readonly name: string;
  readonly #undo: Undo[] = [];
  #closed = false;

  constructor(name: string) {
    this.name = name;
  }

  /** Things that `close` would undo now. */
  get size(): number {
    return this.#undo.length;
  }

  /** True from the moment `close` is called. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Remembers how to undo what was just acquired. */
  defer(undo: Undo): void {
    assert(!this.#closed, `${this.name}: defer into a closed scope`);
    this.#undo.push(undo);
  }

  /** Undoes everything, newest first, and answers what failed on the way. */
  async close(): Promise<readonly unknown[]> {
    assert(!this.#closed, `${this.name}: closed twice`);
    this.#closed = true;
    const failures: unknown[] = [];
    for (let undo = this.#undo.pop(); undo !== undefined; undo = this.#undo.pop()) {
      try {
        await undo();
      } catch (e) {
        failures.push(e);
      }
    }
    return failures;
  }
}
