import { expect, test } from 'vitest';
import { PATTERNS } from '../dpaa-patterns.js';
import { run } from './dpaa-loop.js';

/** `npm run soak -- --only dpaa-loop` for every length. */
const STEP = 997;

test(`each way to cut a packet comes through at every ${STEP}th length, both ways`, async () => {
  for (let nr = 0; nr < 2 * PATTERNS.length; nr++)
    await expect(run(`dpaa-loop-test-${nr}`, STEP)).resolves.toBeUndefined();
});
