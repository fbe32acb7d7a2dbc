import { expect, test } from 'vitest';
import { run } from './display-binding.js';

/** `npm run soak -- --only display-binding` for the long run. */
const COUNT = 3;

test(`${COUNT} displays whose parts come and go 300 times each are whole afterwards`, async () => {
  for (let i = 0; i < COUNT; i++) await expect(run(`display-binding-test-${i}`)).resolves.toBe(undefined);
});
