import { expect, test } from 'vitest';
import { run } from './apr-playback.js';

/** `npm run soak -- --only apr-playback` for the long run. */
const COUNT = 20;

test(`${COUNT} programs that play while things go wrong`, { timeout: 60_000 }, async () => {
  for (let at = 0; at < COUNT; at++) await expect(run(`apr-playback-test-${at}`)).resolves.toBeUndefined();
});
