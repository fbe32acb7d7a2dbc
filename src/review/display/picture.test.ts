// The picture is held against recorded walks of the kernel's own functions (test/golden/ofgraph-cases.json).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../../test/sources.js';
import { treeOf } from '../../../test/tree-of.js';
import { memoryFiles } from '../../base/files.js';
import { KERNELS, RIGHT } from '../../drivers/mtk-drm/rules.js';
import { compileText } from '../../dt/compile-text.js';
import type { DtTree } from '../../dt/tree.js';
import type { DisplayFinding } from './finding.js';
import { forecastDisplay } from './forecast.js';
import { displayPicture } from './picture.js';
import type { Picture, PictureRow } from './picture-types.js';

interface RecordedPath {
  readonly graph_ret?: number;
  readonly steps?: readonly { readonly node: string | null; readonly ret: number; readonly name?: string }[];
}
interface Recorded {
  readonly node: string;
  readonly hang?: boolean;
  readonly paths?: Readonly<Record<string, RecordedPath>>;
  readonly messages?: readonly { readonly level: string; readonly text: string }[];
}
interface Case {
  readonly name: string;
  readonly dts: string;
  readonly expected: { readonly seed: { mmsys: Recorded[] }; readonly mainline: { mmsys: Recorded[] } | string };
}

const GOLDEN = join(ROOT, 'test/golden');
const CASES = JSON.parse(readFileSync(join(GOLDEN, 'ofgraph-cases.json'), 'utf8')) as Case[];

function treeOfCase(name: string): DtTree {
  const one = CASES.find((found) => found.name === name) as Case;
  const source = readFileSync(join(GOLDEN, 'ofgraph-cases', `${name}.dts`), 'utf8');
  return compileText(source, one.dts, memoryFiles({}), { force: true }).tree as DtTree;
}

const pictureOf = (tree: DtTree, findings: readonly DisplayFinding[] = []): Picture =>
  displayPicture(tree, forecastDisplay(tree, KERNELS['v7.1']), findings);
const namesOf = (row: PictureRow | undefined): string =>
  row?.boxes.map(({ name, disabled }) => (disabled ? `(${name})` : name)).join(' ') ?? '';
const endOf = (row: PictureRow | undefined): unknown => {
  const { kind, words, quoted } = row?.links.at(-1) ?? {};
  return { kind, words, quoted };
};

/** Components up to the first one that is there already, as the recorded steps have them. */
function recordedNodes({ steps = [] }: RecordedPath): string[] {
  const nodes: string[] = [];
  for (const { node, ret } of steps) {
    if (ret !== 0 || node === null || nodes.includes(node)) break;
    nodes.push(node);
  }
  return nodes;
}

function mistakes({ name, expected }: Case): string[] {
  const { sections } = pictureOf(treeOfCase(name));
  const recorded = typeof expected.mainline === 'string' ? expected.seed : expected.mainline;
  return recorded.mmsys.flatMap(({ node, paths = {}, messages = [], hang }) => {
    const rows = sections.find(({ title }) => title === node)?.rows ?? [];
    return Object.entries(paths).flatMap(([path, walk]) => {
      if (walk.steps === undefined) return [];
      const row = rows.find(({ title, links }) => title === path && links[0]?.kind !== 'built-in');
      const want = recordedNodes(walk);
      const got = (row?.boxes ?? []).map(({ text }) => text.split('\n')[0] as string);
      const last = row?.links.at(-1);
      const line = messages.find(({ text }) => text === last?.words);
      const broken = hang !== true && walk.graph_ret !== 0 && walk.graph_ret !== -19;
      return [
        ...(got.slice(1, want.length + 1).join() === want.join() ? [] : [`${name} ${path}: ${got.join()}`]),
        ...(broken && line?.level !== 'err' ? [`${name} ${path}: says "${last?.words}"`] : []),
        ...(broken === (last?.quoted === true && last.kind !== 'dropped') ? [] : [`${name} ${path}: ${last?.kind}`]),
      ];
    });
  });
}

test('every recorded walk is drawn as it went, and its end has the words that the kernel printed', () => {
  expect(CASES.flatMap(mistakes)).toEqual([]);
  expect(CASES.length).toBeGreaterThan(100);
});

test('a disabled panel: the path is dropped in silence, the built-in one applies and waits for ever', () => {
  const [main, builtIn, ext] = pictureOf(treeOfCase('krane-sink-disabled')).sections[0]?.rows ?? [];
  const path = 'mmsys OVL0 OVL_2L0 RDMA0 COLOR0 CCORR AAL0 GAMMA DITHER0 DSI0';
  expect([namesOf(main), namesOf(builtIn), namesOf(ext)]).toEqual([
    `${path} (panel)`,
    `${path} ?`,
    'mmsys OVL_2L1 RDMA1 (DPI0)',
  ]);
  expect([endOf(main), endOf(builtIn)]).toEqual([
    { kind: 'dropped', words: 'disabled: this path is dropped, and no line of the log says so', quoted: false },
    {
      kind: 'broken',
      words: 'finds dither@14012000 at port 0, which is no panel or bridge, and waits for ever: EPROBE_DEFER (-517)',
      quoted: false,
    },
  ]);
});

test('a circle leads back to the first box that comes twice', () => {
  const row = pictureOf(treeOfCase('adaptor-loop')).sections[1]?.rows[0];
  expect(namesOf(row)).toBe('vdosys1 MDP_RDMA0 ETHDR_MIXER');
  expect(row?.links.at(-1)).toMatchObject({ from: 2, to: 1, kind: 'circle', out: '1/1', into: '0/1' });
  expect(row?.groups).toEqual([{ from: 1, to: 2, label: 'OVL adaptor (61), one entry' }]);
  expect(row?.state).toEqual({ tone: 'bad', text: 'endless loop in the kernel' });
});

test('a path that is too long ends before entry 63', () => {
  const row = pictureOf(treeOfCase('chain-70-plus-dsi')).sections[0]?.rows[0];
  expect(row?.boxes.length).toBe(1 + 62 + 1);
  expect(row?.boxes.at(-1)).toMatchObject({ kind: 'missing', node: 'entry 63', note: 'the limit is 62' });
  expect(endOf(row)).toEqual({
    kind: 'broken',
    words: 'Invalid display hw pipeline. Last component: 53 (ret=0)',
    quoted: true,
  });
});

test('an endpoint that is no path is drawn with its number and the misleading line', () => {
  const rows = pictureOf(treeOfCase('g1200-endpoint3')).sections[0]?.rows;
  expect(rows?.map(({ title }) => title)).toEqual(['endpoint 3']);
  expect(rows?.[0]?.links[0]).toMatchObject({ out: '0/3', words: 'error -EINVAL: Invalid endpoint0 number' });
});

test('links carry the numbers of both ends', () => {
  const [, ext] = pictureOf(treeOfCase('g1200-base')).sections;
  expect(ext?.rows[0]?.links.map(({ out, into }) => `${out} ${into}`)).toEqual([
    '0/1 0/1',
    '1/1 0/1',
    '1/1 0/0',
    '1/0 0/0',
  ]);
});

test('the outcome has the CRTCs and the reason where there are none', () => {
  const outcome = (name: string): unknown => pictureOf(treeOfCase(name)).outcomes[0];
  expect(outcome('pumpkin-base')).toEqual({
    title: '/soc',
    state: { tone: 'good', text: 'DRM device registered' },
    crtcs: [
      { index: undefined, text: 'no CRTC for main of syscon@14000000: DSI0 (14) is disabled or missing' },
      { index: 0, text: 'CRTC 0 = ext of syscon@14000000' },
    ],
    lines: ['Not creating crtc 0 because component 14 is disabled or missing'],
  });
  expect(outcome('vdosys1-disabled')).toMatchObject({
    state: { tone: 'bad', text: 'no DRM device: 1 of 2 mmsys probed; all are needed, and no message says so' },
  });
});

test('findings stand at their endpoint, else at the nearest box above them, else at the mmsys', () => {
  const tree = treeOfCase('krane-sink-disabled');
  const finding = (path: string, more: Partial<DisplayFinding> = {}): DisplayFinding => ({
    severity: 'warning',
    code: 'display/L0',
    rule: 'L0',
    text: 'text',
    node: tree.byPath(path) as DisplayFinding['node'],
    mmsys: undefined,
    path: undefined,
    suggestion: undefined,
    kernel: [],
    ...more,
  });
  const mmsys = tree.byPath('/soc/syscon@14000000');
  const picture = pictureOf(tree, [
    finding('/soc/ovl@14008000/ports/port@1/endpoint', { mmsys, path: 'main' }),
    finding('/soc/color@1400e000/ports'),
    finding('/aliases', { mmsys }),
    finding('/soc/dpi@14015000', { mmsys, path: 'ext' }),
    finding('/soc/syscon@14000000', { mmsys }),
    finding('/soc/syscon@14000000', { mmsys, path: 'ext' }),
    finding('/'),
  ]);
  const [section] = picture.sections;
  const marked = section?.rows.flatMap(({ title, boxes, links }) => [
    ...boxes.flatMap(({ name, marks }) => (marks.length > 0 ? [`${title} ${name} ${marks}`] : [])),
    ...links.flatMap(({ from, marks }) => (marks.length > 0 ? [`${title} link ${from} ${marks}`] : [])),
  ]);
  expect(marked).toEqual(['main COLOR0 2', 'main link 1 1', 'ext mmsys 6', 'ext DPI0 4']);
  expect(section?.marks).toEqual([3, 5]);
  expect(picture.notes.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test('the rules of this project keep good paths beside broken ones, and say whose line it is', () => {
  const tree = treeOfCase('krane-unknown-compat-mid');
  const { subtitle, sections } = displayPicture(tree, forecastDisplay(tree, RIGHT), []);
  expect(subtitle).toBe('as bringup reads them');
  expect(displayPicture(tree, forecastDisplay(tree, KERNELS['v7.1']), [], 'v6.18').subtitle).toBe(
    'as Linux v6.18 reads them',
  );
  expect(sections[0]?.rows.map(({ state }) => state.tone)).toEqual(['bad', 'warn']);
});

test('the picture is bounded, whatever the tree', () => {
  const nodes = Array.from({ length: 90 }, (_, i) => `s@${i} { compatible = "mediatek,mt8183-mmsys"; };`).join('\n');
  const picture = pictureOf(treeOf(`/ { soc { ${nodes} }; };`));
  const boxes = picture.sections.flatMap(({ rows }) => rows.flatMap((row) => row.boxes));
  // 28 mmsys with 14 boxes each, 8 boxes of one more path; its second path and 61 mmsys are left out.
  expect([boxes.length, picture.sections.at(-1)?.rows[0]?.more, picture.more]).toEqual([400, 2, 62]);
  const disabled = Array.from(
    { length: 900 },
    (_, i) => `s@${i} { compatible = "mediatek,mt8183-mmsys"; status = "disabled"; };`,
  );
  const other = pictureOf(treeOf(`/ { soc { ${disabled.join('\n')} }; };`));
  expect([other.sections.length, other.more]).toEqual([400, 500]);
});

test('a tree without display gives an empty picture', () => {
  const { sections, outcomes, title } = pictureOf(treeOf('/ { compatible = "vendor,board"; };'));
  expect({ sections, outcomes, title }).toEqual({ sections: [], outcomes: [], title: 'vendor,board' });
});
