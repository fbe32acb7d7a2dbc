import { expect, test } from 'vitest';
import { run } from './iiod.js';

/** `BRINGUP_SOAK=50000` for the long run. */
const COUNT = Number(process.env['BRINGUP_SOAK'] ?? 150);

test(`${COUNT} crowds of hostile clients disturb nobody and leave nothing behind`, { timeout: 600_000 }, async () => {
  const failures: string[] = [];
  for (let i = 0; i < COUNT; i++) {
    try {
      await run(`iiod-test-${i}`);
    } catch (error) {
      failures.push(`seed iiod-test-${i}: ${error instanceof Error ? error.stack : error}`);
    }
  }
  expect(failures.slice(0, 3)).toEqual([]);
});
