// How promises settle in Node, and how the rest of the program gets its turn.
import type { Settle } from '../base/clock.js';

/** After so many milliseconds timers, files and signals get their turn. */
const TURN_MS = 10;
/** Asking for the time costs as much as a settling: it is done once in so many. */
const LOOK_AT = 7;

let count = 0;
let turned = 0;

/** One turn of the event loop: timers, files, signals. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(() => {
      turned = performance.now();
      resolve();
    });
  });
}

/**
 * Every chain of promises that can go on has gone on before it resolves: what is asked for in a microtask with
 * `nextTick` comes when no microtask is left. That takes a fraction of a turn of the event loop; one is made where
 * the last is some time ago.
 */
export const settle: Settle = () =>
  (++count & LOOK_AT) === 0 && performance.now() - turned > TURN_MS ? nextTurn() : noMicrotask();

const settled = Promise.resolve();

/** `queueMicrotask` would do for `then`, but Node keeps books of each call of it. */
function noMicrotask(): Promise<void> {
  return new Promise((resolve) => {
    void settled.then(() => process.nextTick(resolve));
  });
}
