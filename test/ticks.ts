// Real time for tests: it passes at once, and only where somebody waits for it.
import type { Clock, Duration, Timer } from '../src/base/clock.js';
import type { RealTime } from '../src/host/live.js';

interface Tick {
  readonly at: number;
  readonly fire: () => void;
}

/** A clock whose timers fire one per turn of the event loop, the earliest first. Between them its time stands still. */
export class Ticks implements RealTime {
  readonly #waits: Tick[] = [];
  readonly #aside: Tick[] = [];
  #now = 0;

  nowNs(): number {
    return this.#now;
  }

  after(wait: Duration, fire: () => void): Timer {
    setImmediate(() => this.#next());
    return this.#set(this.#waits, wait, fire);
  }

  /** The same time for what goes on by itself: its timers fire when time has come to them, and let none pass. */
  readonly aside: Clock = {
    now: () => this.#now,
    after: (wait, fire) => this.#set(this.#aside, wait, fire),
    sleep: (wait) => new Promise((resolve) => this.#set(this.#aside, wait, resolve)),
  };

  /** Something takes so long, and nobody waits for it. */
  pass(wait: Duration): void {
    this.#moveTo(this.#now + wait);
  }

  /** Timers that somebody waits for. */
  get pending(): number {
    return this.#waits.length;
  }

  #set(timers: Tick[], wait: Duration, fire: () => void): Timer {
    const tick = { at: this.#now + wait, fire };
    timers.push(tick);
    timers.sort((a, b) => a.at - b.at);
    return { at: tick.at, cancel: () => drop(timers, tick) };
  }

  #next(): void {
    const [tick] = this.#waits;
    if (tick === undefined) return;
    drop(this.#waits, tick);
    this.#moveTo(tick.at);
    tick.fire();
  }

  #moveTo(moment: number): void {
    this.#now = Math.max(this.#now, moment);
    for (let tick = this.#aside[0]; tick !== undefined && tick.at <= this.#now; tick = this.#aside[0]) {
      drop(this.#aside, tick);
      tick.fire();
    }
  }
}

function drop(timers: Tick[], tick: Tick): void {
  const index = timers.indexOf(tick);
  if (index >= 0) timers.splice(index, 1);
}
