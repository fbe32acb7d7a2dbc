import { expect, test } from 'vitest';
import { run } from './gce-naive.js';

/** `npm run soak -- --only gce-naive` for the long run. */
const COUNT = 150;

test(`${COUNT} machines with programs by chance are where the naive model is, behind each step`, () => {
  for (let at = 0; at < COUNT; at++) expect(() => run(`gce-naive-test-${at}`)).not.toThrow();
});
