// docs/cmdq.md: what it shows is what the command prints; its tables have all words of the language, and all keys.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { run } from '../src/cli/run.js';
import { INPUT_FORMATS } from '../src/review/cmdq/program-input.js';
import { MNEMONICS } from '../src/review/cmdq/mnemonics.js';
import { captureIo } from './capture.js';
import { corpusFolders, inCorpus } from './corpus.js';
import { pageExamples } from './page.js';
import { ROOT } from './sources.js';

const PAGE = readFileSync(join(ROOT, 'docs/cmdq.md'), 'utf8');
const examples = pageExamples(PAGE);
afterAll(() => rmSync(examples.folder, { recursive: true }));

/** What stands in backquotes in the first column of the table that begins with such a cell. */
function firstColumn(title: string): string[] {
  const [, body = ''] = PAGE.split(new RegExp(`^\\| ${title} \\| (?:is|does) \\|\\n\\| --- \\| --- \\|\\n`, 'm'));
  const table = body.split('\n\n')[0] ?? '';
  return [...table.matchAll(/^\| (.*?) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word),
  );
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

test('the page has every instruction, directive and form of input', () => {
  const words = firstColumn('instruction').map((form) => form.split(' ')[0] ?? '');
  expect(Object.keys(MNEMONICS).filter((name) => !words.includes(name))).toEqual([]);
  expect(firstColumn('directive').map((form) => form.split(' ')[0])).toEqual(['.soc', '.base', '.equ', '.event']);
  expect(
    firstColumn('`--format`')
      .filter((form) => INPUT_FORMATS.some((known) => known === form))
      .toSorted(),
  ).toEqual(INPUT_FORMATS);
});

test('the program of the page assembles to that of its log', async () => {
  expect(await bringup('cmdq', 'diff', 'flip.gce', 'hung.txt', '--tree', 'board.dts')).toBe(
    'the same bytes: 11 effects\n',
  );
});

test('the page has every key of every document, and no other', async () => {
  const commands = {
    disassemble: ['disassemble', 'hung.txt', '--tree', 'board.dts'],
    assemble: ['assemble', 'flip.gce', '--tree', 'board.dts'],
    run: ['run', 'hung.txt', '--tree', 'board.dts'],
    diff: ['diff', 'flip.gce', 'moved.gce', '--tree', 'board.dts'],
  };
  for (const [name, words] of Object.entries(commands)) {
    const document = JSON.parse(await bringup('cmdq', ...words, '--json')) as object;
    expect(firstColumn(`key of \`${name}\``).toSorted(), name).toEqual(Object.keys(document).toSorted());
  }
});

const tree = inCorpus(corpusFolders(), 'dtb/mt8173-elm.dtb');

test.skipIf(tree === undefined)("with a real board's tree the hung thread has that board's names", async () => {
  const listing = await bringup('cmdq', 'disassemble', 'hung.txt', '--tree', tree as string, '--plain');
  expect(listing.split('\n').slice(2, 6)).toEqual([
    '    clear MUTEX0_STREAM_EOF',
    '    wait_keep MUTEX0_STREAM_EOF',
    '    write ovl0+0x30, 0x000031ff',
    '    write ovl0+0x44, 0x00001e00',
  ]);
  expect(await bringup('cmdq', 'run', 'hung.txt', '--tree', tree as string)).toContain(
    'in this tree that is /soc/mutex@14020000 (its mediatek,gce-events names it)\n',
  );
});
