import { expect, test } from 'vitest';
import { run } from './fdt.js';

/** `BRINGUP_SOAK=50000` for the long run. */
const COUNT = Number(process.env['BRINGUP_SOAK'] ?? 3000);

test(`${COUNT} damaged blobs are read, refused or used without a throw`, { timeout: 600_000 }, () => {
  const failures: string[] = [];
  for (let i = 0; i < COUNT; i++) {
    try {
      run(`fdt-test-${i}`);
    } catch (error) {
      failures.push(`seed fdt-test-${i}: ${error instanceof Error ? error.stack : error}`);
    }
  }
  expect(failures.slice(0, 3)).toEqual([]);
});
