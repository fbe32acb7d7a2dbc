import { expect, test } from 'vitest';
import { run } from './apr-packets.js';

/** `npm run soak -- --only apr-packets` for the long run. */
const COUNT = 20;

test(`${COUNT} thousand packets by chance are delivered whole, or counted under the reason that fits`, async () => {
  for (let at = 0; at < COUNT; at++) await expect(run(`apr-packets-test-${at}`)).resolves.toBeUndefined();
});
