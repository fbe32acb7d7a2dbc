// docs/dpaa.md: what it shows is what the commands print; its tables have all labels and all keys.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { run } from '../src/cli/run.js';
import { captureIo } from './capture.js';
import { pageExamples } from './page.js';
import { ROOT } from './sources.js';

const PAGE = readFileSync(join(ROOT, 'docs/dpaa.md'), 'utf8');
const examples = pageExamples(PAGE);
afterAll(() => rmSync(examples.folder, { recursive: true }));

test('every command prints what the page shows', async () => {
  expect(await examples.print()).toEqual(examples.blocks);
  expect(examples.blocks.length).toBeGreaterThanOrEqual(5);
});

/** What stands in backquotes in the first column of the table that begins with such a cell. */
function firstColumn(title: string): string[] {
  const [, body = ''] = PAGE.split(new RegExp(`^\\| ${title} \\| is \\|\\n\\| --- \\| --- \\|\\n`, 'm'));
  return [...(body.split('\n\n')[0] ?? '').matchAll(/^\| `([^`]+)` \|/gm)].map(([, word = '']) => word);
}

async function document(...words: string[]): Promise<Record<string, unknown>> {
  const { io, out } = captureIo({ cwd: examples.folder });
  await run(['dpaa', ...words, '--json'], io);
  return JSON.parse(out()) as Record<string, unknown>;
}

test('the page has every key of both documents, and no other', async () => {
  expect(firstColumn('key').toSorted()).toEqual(Object.keys(await document('decode', 'stuck.txt')).toSorted());
  expect(firstColumn('key of `ports`').toSorted()).toEqual(
    Object.keys(await document('ports', 'board.dts')).toSorted(),
  );
  const { items = [] } = (await document('decode', 'received.txt')) as { items?: object[] };
  expect(items.flatMap((item) => Object.keys(item)).filter((key) => !PAGE.includes(`\`${key}\``))).toEqual([]);
});

test('each label of the page is one', async () => {
  for (const label of firstColumn('label')) {
    const { io, out } = captureIo({ cwd: examples.folder, stdin: `${label} ${'00'.repeat(32)}\n` });
    await run(['dpaa', 'decode', '-'], io);
    expect(out(), label).toContain(' ');
  }
  expect(firstColumn('label')).toEqual(['fd:', 'sgt:', 'bman:', 'parse:', 'mem:']);
});
