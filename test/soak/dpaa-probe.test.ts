import { expect, test } from 'vitest';
import { run } from './dpaa-probe.js';

/** `npm run soak -- --only dpaa-probe` for every operation. */
const STEP = 97;
const MOST = 12_500;

test(`each ${STEP}th operation failing while two ports boot, open and go leaves nothing behind`, async () => {
  const findings: string[] = [];
  for (let nr = 0; nr < MOST; nr += STEP) {
    await run(`dpaa-probe-test-${nr}`).catch((error: unknown) => findings.push(String(error)));
  }
  expect(findings.slice(0, 5)).toEqual([]);
});
