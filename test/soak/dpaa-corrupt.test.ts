import { expect, test } from 'vitest';
import { runReceived } from './dpaa-corrupt.js';
import { runConfirmed, runSent } from './dpaa-corrupt-sent.js';

/** `npm run soak -- --only dpaa-corrupt-received`, `-confirmed`, `-sent` for the long runs. */
test.each([
  ['received frames', runReceived],
  ['confirmations', runConfirmed],
  ['frames to send', runSent],
])('500 spoilt descriptors and tables of %s are each counted once, and no buffer is lost', async (_, run) => {
  await expect(run('dpaa-corrupt-test')).resolves.toBeUndefined();
});
