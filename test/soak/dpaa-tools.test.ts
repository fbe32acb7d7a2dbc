import { expect, test } from 'vitest';
import { scenarios } from './dpaa-tools.js';

/** `npm run soak -- --only dpaa-decode` and so on for the long run. */
const COUNT = 300;

test.each(scenarios.map(({ name, run }) => [name, run] as const))(`${COUNT} seeds of %s`, async (name, run) => {
  const seeds = Array.from({ length: COUNT }, (_, i) => `${name}-test-${i}`);
  for (const seed of seeds) await expect((async () => run(seed))(), seed).resolves.toBe(undefined);
});
