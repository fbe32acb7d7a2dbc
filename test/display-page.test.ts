// docs/display.md: what it shows is what the command prints; its tables are those of the code; its numbers are real.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { DrmFramebuffer } from '../src/core/drm-framebuffer.js';
import { KERNELS } from '../src/drivers/mtk-drm/rules.js';
import { RULES } from '../src/review/display/lint.js';
import { run } from '../src/cli/run.js';
import { captureIo } from './capture.js';
import { corpusFolders, inCorpus } from './corpus.js';
import { pageExamples } from './page.js';
import { MODE, MT8173, socTree } from './display-registers.js';
import { displayRig } from './display-rig.js';
import { filesBelow, read, ROOT } from './sources.js';

const PAGE = readFileSync(join(ROOT, 'docs/display.md'), 'utf8');
const examples = pageExamples(PAGE);
afterAll(() => rmSync(examples.folder, { recursive: true }));

/** The cells of the rows that begin with such a cell. */
const rows = (first: RegExp): string[][] =>
  PAGE.split('\n')
    .map((line) => line.replace(/^\| | \|$/g, '').split(' | '))
    .filter(([cell = '']) => first.test(cell));

test('every command prints what the page shows', async () => {
  expect(await examples.print()).toEqual(examples.blocks);
  expect(examples.blocks.length).toBeGreaterThanOrEqual(4);
});

test('the page has every rule with its severity and what it finds, and something to do', () => {
  const shown = rows(/^[LR]\d+$/);
  expect(shown.map(([id, severity, summary]) => ({ id, severity, summary }))).toEqual(
    RULES.map(({ id, severity, summary }) => ({ id, severity, summary })),
  );
  expect(shown.filter((row) => (row[3] ?? '') === '')).toEqual([]);
});

test('the page has the rules of every kernel', () => {
  expect(rows(/^v6\.\d+ (to|and)|^v6\.\d+, /).map((row) => row[1])).toEqual(Object.keys(KERNELS));
});

test('the page has every difference of our driver, and no other', () => {
  const headers = filesBelow('src/drivers/mtk-drm').map((path) => read(path).text);
  const ids = headers.flatMap((text) => [...text.matchAll(/^\/\/ (ofgraph-\w+) /gm)].map(([, id]) => id));
  expect(
    rows(/^ofgraph-/)
      .map(([id]) => id)
      .toSorted(),
  ).toEqual([...new Set(ids)].toSorted());
});

test('the page has every difference from Linux of what is done to the hardware, and no other', () => {
  const files = [...filesBelow('src/drivers/mtk-drm'), ...filesBelow('src/core').filter((path) => /drm/.test(path))];
  const ids = files.flatMap((path) => [...read(path).text.matchAll(/^\/\/ ((?:crtc|d\w\w|mutex)-L\d+) {2}/gm)]);
  expect(
    rows(/^(crtc|d\w\w|mutex)-L\d/)
      .map(([id]) => id)
      .toSorted(),
  ).toEqual([...new Set(ids.map(([, id]) => id))].toSorted());
});

test('the packet of the page is that of the driver', async () => {
  const rig = displayRig(MT8173, socTree(MT8173), 'auto');
  await rig.bench.powerOn();
  const [first, second] = [1, 2].map(() => rig.drm.addFb({ width: 720, height: 1280, format: 'XRGB8888' }));
  await rig.live(() => rig.crtc.enable(MODE, first));
  await rig.live(() => rig.crtc.pageFlip(second as DrmFramebuffer));
  const shown = rows(/^`[0-9a-f]{8} [0-9a-f]{8}`$/).map(([word = '']) => word.slice(1, -1));
  expect(shown).toEqual(rig.gce.packets.at(-1));
});

/** The keys in the first column of the table that begins with such a cell. */
function keysOf(title: string): string[] {
  const [, body = ''] = PAGE.split(`| key of ${title} | is |\n| --- | --- |\n`);
  const table = body.split('\n\n')[0] ?? '';
  return [...table.matchAll(/^\| (.*?) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`(\w+)`/g)].map(([, key = '']) => key),
  );
}

const LAST = 'mediatek-drm mediatek-drm.12.auto: Invalid display hw pipeline. Last component: 38 (ret=-2)';

test('the page has every key of every document, and no other', async () => {
  // An include gives findings their `via`; without address cells dtc's checks have something to say.
  writeFileSync(join(examples.folder, 'included.dts'), '#include "board.dts"\n/ { one@1 { }; };\n');
  const documentOf = async (...words: string[]) => {
    const { io, out } = captureIo({ cwd: examples.folder });
    await run([...words, '--json'], io);
    return JSON.parse(out()) as Documents;
  };
  const shown = await documentOf('display', 'included.dts');
  const linted = await documentOf('dt', 'lint', 'included.dts');
  const explained = await documentOf('explain', LAST, '--tree', 'board.dts');
  const table = await documentOf('display', '.', '--summary');
  const keys = (objects: readonly object[]) => [...new Set(objects.flatMap((one) => Object.keys(one)))].toSorted();
  expect({
    display: keys([shown]),
    'a finding': keys([...shown.findings, ...linted.findings]),
    lint: keys([linted]),
    explain: keys([explained]),
    'a known line': keys(explained.known),
    summary: keys([table]),
  }).toEqual(
    Object.fromEntries(
      ['display', 'a finding', 'lint', 'explain', 'a known line', 'summary'].map((title) => [
        title,
        keysOf(title).toSorted(),
      ]),
    ),
  );
  const [board = {}] = table.boards;
  for (const part of [shown.verdicts[0], board, table.totals, explained.known[0]?.['tree']])
    expect(PAGE).toContain(`\`{${Object.keys(part as object).join(', ')}}\``);
});

interface Documents {
  readonly verdicts: readonly object[];
  readonly findings: readonly object[];
  readonly known: readonly Readonly<Record<string, unknown>>[];
  readonly boards: readonly object[];
  readonly totals: object;
}

const SUMMARIES = rows(/^v\d+\.\d+$/);

for (const [release = '', ...numbers] of SUMMARIES) {
  const folder = inCorpus(corpusFolders(), `dts/${release}`);
  test.skipIf(folder === undefined)(`the numbers of ${release} are real`, async () => {
    const { io, out } = captureIo({ cwd: folder as string });
    await run(['display', '.', '--summary', '--json', '--kernel', release, '-I', 'include', '-I', 'src'], io);
    const { boards, withDisplay, withGraph, results } = (JSON.parse(out()) as { totals: Totals }).totals;
    const { works = 0, fails = 0, 'no output': dark = 0, 'not driven': strange = 0 } = results;
    expect([boards, withDisplay, withGraph, works, fails, dark, strange].map(String)).toEqual(numbers);
  });
}

interface Totals {
  readonly boards: number;
  readonly withDisplay: number;
  readonly withGraph: number;
  readonly results: Readonly<Record<string, number>>;
}
