// How promises settle in Node: one turn of the event loop after the last of them.
import type { Settle } from '../base/clock.js';

/** One turn of `setImmediate`: every chain of promises that can go on has gone on before it comes. */
export const settle: Settle = () => new Promise((resolve) => setImmediate(resolve));
