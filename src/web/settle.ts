// How promises settle in a browser: one turn of a message channel after the last of them.
import type { Settle } from '../base/clock.js';

/** Turns of a channel of its own: no timer is throttled, and nothing else is waited for. */
export function channelSettle(): Settle {
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port1.onmessage = () => waiting.shift()?.();
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      port2.postMessage(0);
    });
}
