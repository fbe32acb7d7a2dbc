// docs/apr.md: what it shows is what the command prints; its tables have all forms, all profiles and all keys.
import { copyFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { PACKET_FORMATS } from '../src/cli/apr-packets.js';
import { run } from '../src/cli/run.js';
import { PROFILES } from '../src/review/apr/verdict.js';
import { captureIo } from './capture.js';
import { pageExamples } from './page.js';
import { ROOT } from './sources.js';

const PAGE = readFileSync(join(ROOT, 'docs/apr.md'), 'utf8');
const examples = pageExamples(PAGE);
copyFileSync(join(ROOT, 'docs/apr/beep.wav'), join(examples.folder, 'beep.wav'));
afterAll(() => rmSync(examples.folder, { recursive: true }));

/** What stands in backquotes in the first column of the table that begins with such a cell. */
function firstColumn(title: string): string[] {
  const [, body = ''] = PAGE.split(
    new RegExp(`^\\| ${title} \\| (?:is|does|checks) \\|\\n\\| --- \\| --- \\|\\n`, 'm'),
  );
  const table = body.split('\n\n')[0] ?? '';
  return [...table.matchAll(/^\| `([^`]+)` \|/gm)].map(([, word = '']) => word);
}

async function bringup(...words: string[]): Promise<string> {
  const { io, out } = captureIo({ cwd: examples.folder });
  await run(words, io);
  return out();
}

test('every command prints what the page shows', async () => {
  expect(await examples.print()).toEqual(examples.blocks);
  expect(examples.blocks.length).toBeGreaterThanOrEqual(6);
});

test('the page has every form of input and every profile', () => {
  expect(firstColumn('`--format`').toSorted()).toEqual(PACKET_FORMATS.toSorted());
  expect(firstColumn('`--profile`').toSorted()).toEqual(PROFILES.toSorted());
});

test('the page has every key of every document, and no other', async () => {
  const commands = { decode: ['decode', 'nosound.txt'], services: ['services', 'board.dts'] };
  for (const [name, words] of Object.entries(commands)) {
    const document = JSON.parse(await bringup('apr', ...words, '--json')) as Record<string, Record<string, unknown>[]>;
    expect(firstColumn(`key of \`${name}\``).toSorted(), name).toEqual(Object.keys(document).toSorted());
    for (const one of document['packets'] ?? document['routers'] ?? []) {
      expect(Object.keys(one).filter((key) => !PAGE.includes(`\`${key}\``))).toEqual([]);
    }
  }
});
