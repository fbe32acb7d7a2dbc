// Lets the time of a board in a Worker pass: in step with the world, by steps, or not at all. One thing at a time.
import { type Duration, ms } from '../base/clock.js';
import type { Pacer } from '../page/session.js';

/** The board's time. */
export interface Runs {
  run(wait: Duration): Promise<void>;
}

/** Between two steps that follow the world: as often as a page draws. */
const STEP_MS = 16;
/** At most so much is caught up in one step, so that commands are heard; what is more is behind for ever. */
const CATCH_UP = ms(50);
/** A long step is cut into pieces, between which the page is told. */
const PIECE = ms(20);

/** The pacer of a Worker. `ticked` is called after each step. */
export class WorkerPacer implements Pacer {
  readonly #runs: Runs;
  readonly #ticked: () => void;
  readonly #broken: (error: unknown) => void;
  #running = false;
  #behindNs = 0;
  /** What runs or waits: steps come one after the other. */
  #queue: Promise<void> = Promise.resolve();
  #last = 0;

  constructor(runs: Runs, ticked: () => void, broken: (error: unknown) => void) {
    this.#runs = runs;
    this.#ticked = ticked;
    this.#broken = broken;
  }

  get running(): boolean {
    return this.#running;
  }

  get behindNs(): Duration {
    return this.#behindNs;
  }

  run(): void {
    if (this.#running) return;
    this.#running = true;
    this.#behindNs = 0;
    this.#last = performance.now();
    this.#next();
  }

  /** What is under way ends; then the page is told how the board stands. */
  pause(): void {
    this.#running = false;
    this.do(this.#ticked).catch(() => undefined);
  }

  /** So much passes as fast as it can. */
  step(wait: Duration): Promise<void> {
    return this.do(async () => {
      for (let left = wait; left > 0; left -= PIECE) {
        await this.#runs.run(Math.min(left, PIECE));
        this.#ticked();
      }
    });
  }

  /** Does something to the board while its time stands still. */
  do(body: () => Promise<void> | void): Promise<void> {
    const done = this.#queue.then(body);
    this.#queue = done.catch(() => undefined);
    return done;
  }

  #next(): void {
    setTimeout(() => {
      if (!this.#running) return;
      this.do(() => this.#follow()).then(
        () => this.#next(),
        (error: unknown) => this.#broken(error),
      );
    }, STEP_MS);
  }

  async #follow(): Promise<void> {
    const now = performance.now();
    const due = Math.round(ms(now - this.#last));
    this.#last = now;
    const wait = Math.min(due, CATCH_UP);
    this.#behindNs += due - wait;
    await this.#runs.run(wait);
    this.#ticked();
  }
}
