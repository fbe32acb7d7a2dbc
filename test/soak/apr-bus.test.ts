import { expect, test } from 'vitest';
import { run } from './apr-bus.js';

/** `npm run soak -- --only apr-bus` for the long run. */
const COUNT = 60;

test(`${COUNT} life cycles by chance are what a bus with one table would do`, async () => {
  for (let at = 0; at < COUNT; at++) await expect(run(`apr-bus-test-${at}`)).resolves.toBeUndefined();
});
