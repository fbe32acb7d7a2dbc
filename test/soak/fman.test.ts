import { expect, test } from 'vitest';
import { runReceive, runSend } from './fman.js';

/** `npm run soak -- --only fman-send`, `fman-receive` for the long runs. */
const COUNT = 20;

test.each([
  ['descriptors', runSend],
  ['frames', runReceive],
])(`${COUNT} times 500 hostile %s are counted, and no buffer is lost`, (_, run) => {
  for (let at = 0; at < COUNT; at++) expect(() => run(`fman-test-${at}`)).not.toThrow();
});
