import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../test/sources.js';
import { memoryFiles } from '../base/files.js';
import { KERNELS } from '../drivers/mtk-drm/rules.js';
import { compileText } from '../dt/compile-text.js';
import type { DtTree } from '../dt/tree.js';
import { forecastDisplay } from '../review/display/forecast.js';
import { displayPicture } from '../review/display/picture.js';
import type { Picture, PictureBox, PictureLink } from '../review/display/picture-types.js';
import { pipelineSvg } from './pipeline-svg.js';

function pictureOf(name: string): Picture {
  const source = readFileSync(join(ROOT, 'test/golden/ofgraph-cases', `${name}.dts`), 'utf8');
  const tree = compileText(source, `${name}.dts`, memoryFiles({}), { force: true }).tree as DtTree;
  return displayPicture(tree, forecastDisplay(tree, KERNELS['v7.1']), []);
}

interface Tag {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A small XML reader: throws on what is not well-formed as far as these files use XML. */
function tagsOf(svg: string): Tag[] {
  const tags: Tag[] = [];
  const open: string[] = [];
  let rest = svg;
  while (rest.trim() !== '') {
    const text = /^[^<]+/.exec(rest)?.[0] ?? '';
    if (/&(?!(?:amp|lt|gt|quot);)/.test(text)) throw new Error(`bare &: ${text.slice(0, 80)}`);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    if (/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udfff]/.test(text)) throw new Error('no XML character');
    rest = rest.slice(text.length);
    if (rest === '') break;
    const tag = /^<(\/?)([a-zA-Z]+)((?: [\w:-]+="[^"<]*")*)(\/?)>/.exec(rest);
    if (tag === null) throw new Error(`no tag: ${rest.slice(0, 80)}`);
    const [all, close, name = '', list = '', self] = tag;
    if (close === '/' && open.pop() !== name) throw new Error(`closes ${name}`);
    if (close === '' && self === '') open.push(name);
    if (close === '') {
      const pairs = [...list.matchAll(/([\w:-]+)="([^"]*)"/g)].map((m) => [m[1] as string, m[2] as string]);
      tags.push({ name, attributes: Object.fromEntries(pairs) as Record<string, string> });
    }
    rest = rest.slice(all.length);
  }
  if (open.length > 0) throw new Error(`open: ${open.join()}`);
  return tags;
}

const EVIL = `</text><script>alert(1)</script>"'&amp;]]><!--\u202e\0\ud800 ${'長い'.repeat(99)} ${'W'.repeat(99_999)}`;

function evilPicture(): Picture {
  const kinds: readonly PictureBox['kind'][] = ['controller', 'component', 'output', 'sink', 'unknown', 'missing'];
  const links: readonly PictureLink['kind'][] = ['graph', 'built-in', 'broken', 'dropped', 'circle'];
  const text = { name: EVIL, node: EVIL, path: EVIL, note: EVIL, text: EVIL };
  const box = { ...text, number: 61, marks: [1, 2, 3, 4, 5] };
  const state = { tone: 'bad', text: EVIL } as const;
  const link = { out: EVIL, into: EVIL, text: EVIL, words: EVIL, quoted: true, marks: [1, 2, 3] };
  const row = {
    title: EVIL,
    state,
    boxes: [true, false].flatMap((disabled) => kinds.map((kind) => ({ ...box, kind, disabled }))),
    links: links.map((kind, from) => ({ ...link, kind, from: from + 3, to: kind === 'circle' ? 0 : from + 4 })),
    groups: [{ from: 1, to: 9, label: EVIL }],
    more: 7,
  };
  const section = { title: EVIL, compatible: EVIL, state, rows: [row], lines: [EVIL], marks: [1, 2, 3, 4, 5, 6, 7] };
  const note = { number: 1, rule: EVIL, severity: 'warning', text: EVIL, suggestion: EVIL, where: EVIL } as const;
  return {
    title: EVIL,
    subtitle: EVIL,
    summary: EVIL,
    sections: [section],
    more: 3,
    outcomes: [{ title: EVIL, state, crtcs: [{ index: undefined, text: EVIL }], lines: [EVIL] }],
    notes: [note],
    moreNotes: 1,
  };
}

const NAMES = ['krane-sink-disabled', 'adaptor-loop', 'chain-70-plus-dsi', 'g1200-endpoint3', 'krane-dangling-mid'];
const DRAWINGS: readonly (readonly [string, string])[] = [
  ...NAMES.map((name) => [name, pipelineSvg(pictureOf(name))] as const),
  ...[1280, 390, 0].map((width) => [`hostile, ${width}`, pipelineSvg(evilPicture(), { width })] as const),
];

test.each(DRAWINGS)('%s: well-formed, with nothing in it that runs or points outside', (_name, svg) => {
  const tags = tagsOf(svg);
  const known = ['svg', 'title', 'desc', 'style', 'g', 'rect', 'path', 'circle', 'text'];
  expect([...new Set(tags.map(({ name }) => name))].filter((name) => !known.includes(name))).toEqual([]);
  const attributes = new Set(tags.flatMap((tag) => Object.keys(tag.attributes)));
  expect([...attributes].filter((name) => /^(?:on|href|xlink|src|style)/.test(name))).toEqual([]);
  expect(/url\(|@import|&#|<!|<\?/.test(svg.replaceAll('&lt;', ''))).toBe(false);
  expect(svg.length).toBeLessThan(120_000);
});

test.each(DRAWINGS.slice(0, -1))('%s: no two boxes overlap, and all are inside', (_name, svg) => {
  const [root, ...tags] = tagsOf(svg);
  const width = Number(root?.attributes['width']);
  const boxes = tags
    .filter(({ name, attributes }) => name === 'rect' && (attributes['class'] ?? '').startsWith('box '))
    .map(({ attributes }) => ({ x: Number(attributes['x']), y: Number(attributes['y']) }));
  expect(boxes.length).toBeGreaterThan(1);
  expect(boxes.filter(({ x }) => x < 0 || x + 130 > width)).toEqual([]);
  const clash = boxes.filter((a, i) =>
    boxes.slice(i + 1).some((b) => Math.abs(a.x - b.x) < 130 && Math.abs(a.y - b.y) < 64),
  );
  expect(clash).toEqual([]);
});

test('the marks at a box never stand on the word at its edge', () => {
  const tags = tagsOf(pipelineSvg(evilPicture()));
  const at = (name: string, x: string, y: string, kind: RegExp) =>
    tags
      .filter((tag) => tag.name === name && kind.test(tag.attributes['class'] ?? ''))
      .map(({ attributes }) => ({ x: Number(attributes[x]), y: Number(attributes[y]) }));
  const marks = at('circle', 'cx', 'cy', /^ring$/);
  const words = at('rect', 'x', 'y', /^paper$/).filter(({ x }) => x > 0);
  expect(words.length).toBeGreaterThan(6);
  const edge = words.flatMap((word) =>
    marks
      .filter(({ x, y }) => Math.abs(y - word.y) < 10 && x > word.x - 120 && x < word.x + 60)
      .map(({ x }) => x + 8.5 - word.x),
  );
  expect(edge.length).toBeGreaterThan(6);
  expect(Math.max(...edge)).toBeLessThanOrEqual(0);
});

test('no text of a drawing is smaller than 11 pixels', () => {
  const sizes = [...(DRAWINGS[0]?.[1] ?? '').matchAll(/font:(?:600 )?(\d+)px/g)].map((m) => Number(m[1]));
  expect(sizes.length).toBe(11);
  expect(Math.min(...sizes)).toBe(11);
});

test('what is broken is told by shape and word, not by colour alone', () => {
  const of = (name: string): string => DRAWINGS.find(([one]) => one === name)?.[1] ?? '';
  const dropped = of('krane-sink-disabled');
  expect(dropped).toContain('class="link bar"');
  expect(dropped).toContain('>disabled</text>');
  expect(dropped).toContain('>disabled: this path is dropped, and no line of the log says so</text>');
  expect(of('adaptor-loop')).toContain('class="head circle"');
  expect(of('chain-70-plus-dsi')).toContain('>Invalid display hw pipeline. Last component: 53 (ret=0)</text>');
  expect(of('krane-dangling-mid')).toContain('class="link cross"');
});

test('a reader who cannot see it gets title and description, by ids that the caller may choose', () => {
  const svg = pipelineSvg(pictureOf('g1200-base'), { id: 'second' });
  const [root] = tagsOf(svg);
  expect(root?.attributes).toMatchObject({ role: 'img', 'aria-labelledby': 'second-title second-desc' });
  expect(svg).toContain('<title id="second-title">Display pipelines of MediaTek Genio 1200 EVK-P1V2-EMMC</title>');
  expect(svg).toContain('<desc id="second-desc">Display pipelines. syscon@1c01a000: the probe succeeds.');
});

test('light and dark are one file, or the one that is asked for', () => {
  const picture = pictureOf('g1200-base');
  const themes = (['auto', 'light', 'dark'] as const).map((theme) => {
    const svg = pipelineSvg(picture, { theme });
    return [svg.includes('prefers-color-scheme:dark'), svg.match(/--bp-paper:(#\w+)/)?.[1]];
  });
  expect(themes).toEqual([
    [true, '#fcfcfb'],
    [false, '#fcfcfb'],
    [false, '#14171a'],
  ]);
});

test('an empty picture says so', () => {
  const empty = {
    title: 't',
    subtitle: 's',
    summary: '',
    sections: [],
    more: 0,
    outcomes: [],
    notes: [],
    moreNotes: 0,
  };
  expect(pipelineSvg(empty)).toContain('No MediaTek display in this tree.');
});
