// The display as a page sees it, against recorded walks of the kernel's own functions (test/golden/ofgraph.md).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { labTree, treeOf } from '../../../test/lab.js';
import { ROOT } from '../../../test/sources.js';
import { viewParts } from '../../../test/view-parts.js';
import { pipelineDrawing } from '../../abi/pipeline-svg.js';
import type { SvgElement } from '../../abi/svg.js';
import { memoryFiles } from '../../base/files.js';
import { compileText } from '../../dt/compile-text.js';
import type { DtTree } from '../../dt/tree.js';
import { InputError } from '../../stock/input-error.js';
import { display, type DisplayState } from './display.js';

function recorded(name: string): DtTree {
  const source = readFileSync(join(ROOT, 'test/golden/ofgraph-cases', `${name}.dts`), 'utf8');
  return compileText(source, `${name}.dts`, memoryFiles({}), { force: true }).tree as DtTree;
}

async function look(tree: DtTree, kernel?: string): Promise<DisplayState> {
  const view = display.watch(await viewParts(tree), kernel === undefined ? {} : { kernel });
  const state = view.state() as DisplayState;
  expect(view.state()).toBeUndefined();
  view.close?.();
  return state;
}

test('a broken link has the kernel’s exact words beside it, the finding the line where it was written', async () => {
  const { verdicts, picture, logs, findings } = await look(recorded('krane-mid-ep-removed'), 'v6.18');
  expect(verdicts.map(({ kind }) => kind)).toEqual(['fails']);
  const broken = picture.sections
    .flatMap(({ rows }) => rows.flatMap(({ links }) => links))
    .filter(({ kind }) => kind === 'broken');
  expect(broken.map(({ words, quoted }) => [words, quoted])).toEqual([
    [expect.stringMatching(/^Invalid display hw pipeline/), true],
  ]);
  expect(logs[0]?.lines.map(({ text }) => text)).toContain(broken[0]?.words);
  expect(findings[0]).toMatchObject({
    number: 1,
    severity: 'error',
    at: [expect.stringMatching(/^krane-mid-ep-removed.dts:\d+:\d+$/)],
  });
});

test('the release decides: without graphs the built-in paths are taken', async () => {
  const { kernel, rules, picture, offered } = await look(recorded('krane-mid-ep-removed'), '6.6');
  expect([kernel, rules, picture.sections[0]?.rows[0]?.state.text]).toEqual([
    'v6.6',
    'v6.12',
    expect.stringMatching(/^built in/),
  ]);
  expect(offered).toContain('v6.6');
  expect((await look(labTree(), 'v6.17')).offered[0]).toBe('v6.17');
});

test('a release that is none is refused with words', async () => {
  const parts = await viewParts(labTree());
  expect(() => display.watch(parts, { kernel: 'tomorrow' })).toThrow(InputError);
});

test('a tree without display says so', async () => {
  const { verdicts, picture, findings, displays, absent } = await look(treeOf('/ { };'));
  expect({ verdicts, sections: picture.sections, findings, displays, absent }).toEqual({
    ...{ verdicts: [], sections: [], findings: [], displays: [], absent: [] },
  });
});

test('every device of the drawing leads to its node', async () => {
  const { picture } = await look(recorded('krane-mid-ep-removed'));
  const about = (element: SvgElement | string): string[] =>
    typeof element === 'string'
      ? []
      : [...(element.about === undefined ? [] : [element.about]), ...element.children.flatMap(about)];
  const drawn = pipelineDrawing(picture, 900).elements.flatMap(about);
  const boxes = picture.sections.flatMap(({ rows }) => rows.flatMap(({ boxes: all }) => all.map(({ path }) => path)));
  expect(drawn).toEqual(boxes.filter((path) => path !== ''));
  expect(drawn.length).toBeGreaterThan(5);
});
