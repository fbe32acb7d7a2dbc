import { expect, test } from 'vitest';
import { run } from './display.js';

/** `BRINGUP_SOAK=50000` for the long run. */
const COUNT = Number(process.env['BRINGUP_SOAK'] ?? 1000);

test(`${COUNT} damaged display graphs are forecast under all rules`, { timeout: 600_000 }, () => {
  const failures: string[] = [];
  for (let i = 0; i < COUNT; i++) {
    try {
      run(`display-test-${i}`);
    } catch (error) {
      failures.push(`seed display-test-${i}: ${error instanceof Error ? error.stack : error}`);
    }
  }
  expect(failures.slice(0, 3)).toEqual([]);
});
