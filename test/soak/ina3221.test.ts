import { expect, test } from 'vitest';
import { run } from './ina3221.js';

/** `npm run soak -- --only ina3221` for the long run. */
const COUNT = 200;

test(`${COUNT} chips that are handled by chance do what the naive model does, to the nanosecond`, async () => {
  for (let i = 0; i < COUNT; i++) await expect(run(`ina3221-test-${i}`)).resolves.toBe(undefined);
});
