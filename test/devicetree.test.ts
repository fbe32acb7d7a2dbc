// docs/devicetree.md: what it shows is what the command prints, and every difference that it lists has a test.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { pageExamples } from './page.js';
import { ROOT } from './sources.js';

const PAGE = readFileSync(join(ROOT, 'docs/devicetree.md'), 'utf8');
const examples = pageExamples(PAGE);
afterAll(() => rmSync(examples.folder, { recursive: true }));

test('every command prints what the page shows', async () => {
  expect(await examples.print()).toEqual(examples.blocks);
  expect(examples.blocks.length).toBeGreaterThanOrEqual(6);
});

test('every difference that the page lists has a test with its id, and none has a test only', () => {
  const tests = readFileSync(join(ROOT, 'src/dt/deviations.test.ts'), 'utf8');
  const ids = (text: string, pattern: RegExp): string[] => [...new Set([...text.matchAll(pattern)].map(([id]) => id))];
  expect(ids(PAGE, /^\| dt-D\d+/gm).map((row) => row.slice(2))).toEqual(ids(tests, /dt-D\d+/g));
});
