import { expect, test } from 'vitest';
import { run } from './mtk-display.js';

/** `npm run soak -- --only mtk-display` for the long run. */
const COUNT = 40;

test(`${COUNT} screens that are changed by chance while they go out show what the naive reading says`, async () => {
  for (let i = 0; i < COUNT; i++) await expect(run(`mtk-display-test-${i}`)).resolves.toBe(undefined);
});
