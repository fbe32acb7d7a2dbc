// Whose turn it is: the highest priority first; within one, the lowest number, until it blocks or its time is over.
import type { Thread } from './thread.js';

const PRIORITIES = 8;
const NOBODY = -1;

/** Threads that can execute, by priority, as one bit each. */
export class Schedule {
  readonly #threads: readonly Thread[];
  readonly #ready = new Int32Array(PRIORITIES);
  /** The class in which a thread is noted. */
  readonly #class: Int32Array;
  /** Per priority, who had the engine last: it keeps it until it cannot execute. */
  readonly #holder = new Int32Array(PRIORITIES).fill(NOBODY);
  #current = NOBODY;
  #currentClass = 0;
  /** Set when the current thread must give way. */
  over = false;

  constructor(threads: readonly Thread[]) {
    this.#threads = threads;
    this.#class = new Int32Array(threads.length);
  }

  /** The thread that executed last; -1 when none has. */
  get current(): number {
    return this.#current;
  }

  /** True while some thread can execute. */
  get any(): boolean {
    const r = this.#ready;
    for (let at = 0; at < PRIORITIES; at++) if (r[at] !== 0) return true;
    return false;
  }

  /** Notes whether a thread can execute, at the priority that it has now. */
  note(t: Thread, ready: boolean): void {
    const bit = 1 << t.id;
    const before = this.#class[t.id] as number;
    this.#ready[before] = (this.#ready[before] as number) & ~bit;
    this.#class[t.id] = t.priority;
    if (ready) this.#ready[t.priority] = (this.#ready[t.priority] as number) | bit;
    else if (this.#holder[before] === t.id) this.#holder[before] = NOBODY;
    if (t.id === this.#current) {
      if (!ready || before !== t.priority) this.over = true;
    } else if (ready && t.priority > this.#currentClass) this.over = true;
  }

  /** Takes the next thread; undefined when none can execute. */
  take(): Thread | undefined {
    for (let priority = PRIORITIES - 1; priority >= 0; priority--) {
      const ready = this.#ready[priority] as number;
      if (ready === 0) continue;
      const holder = this.#holder[priority] as number;
      const id = holder !== NOBODY && (ready & (1 << holder)) !== 0 ? holder : lowest(ready);
      return this.#give(id, priority);
    }
    return undefined;
  }

  /** The current thread has had its time: the next of its priority follows, coming round behind the highest number. */
  rotate(): void {
    const ready = this.#ready[this.#currentClass] as number;
    const above = this.#current === 31 ? 0 : ready & (-1 << (this.#current + 1));
    this.#holder[this.#currentClass] = above !== 0 ? lowest(above) : ready !== 0 ? lowest(ready) : NOBODY;
  }

  /** Gives the engine to a thread out of turn, as to one that polls. */
  force(t: Thread): void {
    this.#give(t.id, t.priority);
  }

  #give(id: number, priority: number): Thread {
    this.#holder[priority] = id;
    this.#current = id;
    this.#currentClass = priority;
    this.over = false;
    return this.#threads[id] as Thread;
  }
}

/** The number of the lowest bit that is set. */
function lowest(mask: number): number {
  return 31 - Math.clz32(mask & -mask);
}
