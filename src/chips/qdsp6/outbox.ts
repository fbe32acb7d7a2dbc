// Packets on their way out: each goes when its time has come, behind those that were to go before, and again when the
// edge has no room.
import type { Clock, Duration, Instant, Timer } from '../../base/clock.js';
import { ERRNO } from '../../base/errno.js';

interface Waiting {
  readonly at: Instant;
  readonly bytes: Uint8Array;
  tries: number;
}

/** More than these are lost: nobody takes them. */
const MOST_WAITING = 1_024;
/** An edge without room is tried again so often, and for ten seconds. */
const AGAIN_NS = 1_000_000;
const MOST_TRIES = 10_000;
/** What an edge says when it has no room now. */
const FULL: ReadonlySet<number> = new Set([-ERRNO.EAGAIN, -ERRNO.EBUSY, -ERRNO.ENOMEM]);

/** The queue in front of a channel. */
export class Outbox {
  readonly #clock: Clock;
  readonly #send: (bytes: Uint8Array) => number;
  readonly #find: (text: string) => void;
  readonly #waiting: Waiting[] = [];
  #timer: Timer | undefined;
  /** Packets that have gone. */
  sent = 0;
  /** Packets that nobody took. */
  lost = 0;

  constructor(clock: Clock, send: (bytes: Uint8Array) => number, find: (text: string) => void) {
    this.#clock = clock;
    this.#send = send;
    this.#find = find;
  }

  /** Never sends within this call. */
  post(bytes: Uint8Array, wait: Duration): void {
    if (this.#waiting.length === MOST_WAITING) return this.#lose(`${MOST_WAITING} packets wait already`);
    const at = this.#clock.now() + wait;
    let place = this.#waiting.length;
    while (place > 0 && (this.#waiting[place - 1] as Waiting).at > at) place--;
    this.#waiting.splice(place, 0, { at, bytes, tries: 0 });
    if (place === 0) this.#plan(at);
  }

  /** Everything that waits is gone. */
  clear(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#waiting.length = 0;
  }

  #plan(at: Instant): void {
    this.#timer?.cancel();
    this.#timer = this.#clock.after(Math.max(0, at - this.#clock.now()), this.#flush);
  }

  readonly #flush = (): void => {
    this.#timer = undefined;
    const now = this.#clock.now();
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (next.at > now) return this.#plan(next.at);
      const ret = this.#send(next.bytes);
      if (FULL.has(ret) && ++next.tries < MOST_TRIES) return this.#plan(now + AGAIN_NS);
      if (this.#waiting[0] === next) this.#waiting.shift();
      if (ret < 0) this.#lose(`the edge answers ${ret}`);
      else this.sent++;
    }
  };

  #lose(why: string): void {
    this.lost++;
    this.#find(`a packet of the DSP is lost: ${why}`);
  }
}
