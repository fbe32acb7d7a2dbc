import { expect, test } from 'vitest';
import { displayTree } from '../../../test/display-tree.js';
import { aliases } from '../../dt/alias.js';
import type { DtNode } from '../../dt/tree.js';
import { componentName } from './component.js';
import { NodeRefs } from './node-refs.js';
import { type DisplayRules, KERNELS, type PathName, RIGHT } from './rules.js';
import { type Walk, walkPath } from './walk.js';

const SEED = KERNELS['v6.13'];
const MAINLINE = KERNELS['v7.1'];

interface Walked extends Walk {
  readonly lines: readonly string[];
  readonly names: readonly string[];
  /** Name of each node whose references changed, and by how much. */
  readonly references: readonly string[];
}

/** One path from `/soc/mmsys` on. */
function walked(text: string, rules: DisplayRules, path: PathName = 'main', names = ''): Walked {
  const tree = displayTree(text, names);
  const refs = new NodeRefs();
  const lines: string[] = [];
  const context = { tree, aliases: aliases(tree), rules, refs };
  const walk = walkPath(
    { ...context, log: (level, line) => lines.push(`${level} ${line}`) },
    tree.byPath('/soc/mmsys') as DtNode,
    path,
  );
  return {
    ...walk,
    lines,
    names: walk.ids.map((id) => componentName(id) ?? String(id)),
    references: [...refs.differences()].map(([node, count]) => `${node.name} ${count}`),
  };
}

/** A mmsys, `count` blocks one after the other, and after them `end`. */
function chain(count: number, end: string): string {
  const block = (_: unknown, index: number): string =>
    `c${index} mt8183-disp-rdma 0>${index + 1 < count ? `c${index + 1}` : 'end'}`;
  return ['mmsys mt8183-mmsys 0>c0', ...Array.from({ length: count }, block), `end ${end}`].join('\n');
}

const built = (count: number): string => `dbg Display HW Pipeline built with ${count} components.`;

test('W14, W15: a chain that ends in an output before a panel is a path, and all references are given back', () => {
  const text = 'mmsys mt8183-mmsys 0>ovl\novl mt8183-disp-ovl 0>dsi\ndsi mt8183-dsi 0>panel\npanel vendor,panel';
  const walk = walked(text, SEED);
  expect([walk.ret, walk.names, walk.references, walk.lines]).toEqual([0, ['OVL0', 'DSI0'], [], [built(2)]]);
  expect(walk.steps.map(({ endpoint, node, ret, id }) => [endpoint?.path, node?.name, ret, id])).toEqual([
    ['/soc/mmsys/ports/port@0/endpoint@0', 'ovl', 0, 36],
    ['/soc/ovl/ports/port@1/endpoint@0', 'dsi', 0, 14],
    ['/soc/dsi/ports/port@1/endpoint@0', 'panel', -22, undefined],
  ]);
});

test('B6: the number of the path is followed at every hop', () => {
  const text = `mmsys mt8183-mmsys 0>a 1>b\na mt8183-disp-ovl 0>x\nb mt8183-disp-ovl-2l 0>x 1>dpi
    x mt8183-disp-rdma\ndpi mt8183-dpi 1>panel\npanel vendor,panel`;
  expect(walked(text, SEED, 'ext').names).toEqual(['OVL_2L0', 'DPI0']);
});

test.each([
  ['v6.13', SEED, 'err Invalid component <uninitialised pointer>', true],
  ['v7.1', MAINLINE, 'err Cannot find first endpoint for path 2', false],
])('W1, W8: without a first endpoint %s logs, and answers ENOENT', (_, rules, line, unsetNext) => {
  const walk = walked('mmsys mt8183-mmsys 0>a\na mt8183-disp-ovl', rules, 'third');
  expect([walk.ret, walk.lines, walk.unsetNext, walk.references]).toEqual([-2, [line], unsetNext, []]);
});

test('W2, W8: a first link that leads nowhere is EINVAL and, since the pointer starts as null, "cannot find"', () => {
  const walk = walked('mmsys mt8183-mmsys 0>away', MAINLINE);
  expect([walk.ret, walk.lines]).toEqual([-22, ['err Cannot find first endpoint for path 0']]);
  expect(walked('mmsys mt8183-mmsys 0>away', SEED).unsetNext).toBe(true);
});

test.each([
  ['disabled', 'mt8183-disp-ovl {status = "disabled";}', -19],
  ['unknown', 'vendor,block', -22],
  ['a mutex (T2)', 'mt8183-disp-mutex', -22],
])('W8: a first component that is %s is logged, and its reference leaks', (_, block, ret) => {
  const walk = walked(`mmsys mt8183-mmsys 0>a\na ${block}`, SEED);
  expect([walk.ret, walk.lines, walk.references]).toEqual([ret, ['err Invalid component /soc/a'], ['a 1']]);
});

test('W4, W12: anything disabled on the way drops the path in silence, even the panel behind the output', () => {
  const text = 'mmsys mt8183-mmsys 0>a\na mt8183-disp-ovl 0>dsi\ndsi mt8183-dsi 0>panel';
  const walk = walked(`${text}\npanel vendor,panel {status = "disabled";}`, MAINLINE);
  expect([walk.ret, walk.ids, walk.lines, walk.references]).toEqual([-19, [], [], []]);
});

test('W4: whether a device is enabled is asked before what it is', () => {
  const text = 'mmsys mt8183-mmsys 0>a\na mt8183-dsi 0>b\nb vendor,unknown {status = "no";}';
  expect(walked(text, MAINLINE).ret).toBe(-19);
});

test.each([
  ['ENOENT: no endpoint with the number', 'b mt8183-disp-rdma 1>c\nc mt8183-dsi', 53, -2, ['b -1']],
  ['EINVAL: a link to nowhere', 'b mt8183-disp-rdma 0>away', 53, -22, ['b -1']],
  ['EINVAL: an unknown device', 'b mt8183-disp-rdma 0>c\nc vendor,block', 53, -22, []],
])('W13: a chain without output is refused; %s', (_, rest, last, ret, references) => {
  const walk = walked(`mmsys mt8183-mmsys 0>a\na mt8183-disp-ovl 0>b\n${rest}`, MAINLINE);
  const line = `err Invalid display hw pipeline. Last component: ${last} (ret=${ret})`;
  expect([walk.ret, walk.ids, walk.lines, walk.references]).toEqual([-22, [], [line], references]);
});

test('M9: an output without an endpoint of the path number is put twice, and the path is good', () => {
  const text = 'mmsys mt8183-mmsys 1>a\na mt8183-disp-rdma 1>dpi\ndpi mt8183-dpi 0>panel\npanel vendor,panel';
  const walk = walked(text, MAINLINE, 'ext');
  expect([walk.ret, walk.names, walk.references]).toEqual([0, ['RDMA0', 'DPI0'], ['dpi -1']]);
  expect(walked(text, RIGHT, 'ext').references).toEqual([]);
});

test('W25: a path of one output is accepted, and so are repeated components', () => {
  const one = 'mmsys mt8183-mmsys 0>dsi\ndsi mt8183-dsi 0>panel\npanel vendor,panel';
  expect(walked(one, SEED).names).toEqual(['DSI0']);
  expect(walked(chain(3, 'mt8183-dsi 0>panel\npanel vendor,panel'), SEED).names).toEqual([
    'RDMA0',
    'RDMA0',
    'RDMA0',
    'DSI0',
  ]);
});

test.each([
  [60, 'end -1', -2],
  [61, 'end 1', 0],
])('W22: %d components and an output are accepted; afterwards the references are %s', (count, references, ret) => {
  const walk = walked(chain(count, 'mt8183-dsi'), SEED);
  expect([walk.ret, walk.ids.length, walk.references]).toEqual([0, count + 1, [references]]);
  expect(walk.steps.at(-1)?.ret).toBe(ret);
  expect(walked(chain(count, 'mt8183-dsi'), RIGHT).references).toEqual([]);
});

test('W22: of 62 components and an output the output is cut off, and the last component leaks', () => {
  const walk = walked(chain(62, 'mt8183-dsi'), SEED);
  const line = 'err Invalid display hw pipeline. Last component: 53 (ret=0)';
  expect([walk.ret, walk.lines, walk.references, walk.steps.length]).toEqual([-22, [line], ['c61 1'], 62]);
  const right = walked(chain(62, 'mt8183-dsi'), RIGHT);
  expect([right.ret, right.lines, right.references]).toEqual([
    -22,
    [`${line}: main path of /soc/mmsys, no output among 62 components`],
    [],
  ]);
});

const CIRCLE = 'mmsys mt8183-mmsys 0>a\na mt8183-disp-ovl 0>b\nb mt8183-dsi 0>a';

test('W23: a circle ends after 62 entries and is accepted when the last happens to be an output', () => {
  const accepted = walked(CIRCLE, MAINLINE);
  expect([accepted.ret, accepted.ids.length, accepted.references]).toEqual([0, 62, ['b 1']]);
  const refused = walked('mmsys mt8183-mmsys 0>a\na mt8183-dsi 0>b\nb mt8183-disp-ovl 0>a', MAINLINE);
  expect([refused.ret, refused.lines]).toEqual([-22, ['err Invalid display hw pipeline. Last component: 36 (ret=0)']]);
});

test('W23: the right rules refuse a circle where it closes, and name where', () => {
  const walk = walked(CIRCLE, RIGHT);
  expect([walk.ret, walk.steps.length, walk.references, walk.lines]).toEqual([
    -22,
    3,
    [],
    ['err Invalid display hw pipeline. It runs in a circle: main path of /soc/mmsys, back at /soc/a'],
  ]);
});

const RDMA = 'mt8195-vdo1-rdma';
const PADDING = 'mt8188-disp-padding';
const ETHDR = 'mt8195-disp-ethdr';
const TAIL = 'merge mt8195-disp-merge 1>intf\nintf mt8195-dp-intf 1>dp\ndp vendor,dp';

test.each([
  [`mmsys m 1>eth\neth ${ETHDR} 1>merge`, [61, 28, 8], [61, 28, 8]],
  [`mmsys m 1>a\na ${RDMA} 1>eth\neth ${ETHDR} 1>merge`, [61, 61, 28, 8], [61, 28, 8]],
  [`mmsys m 1>a\na ${RDMA} 1>p\np ${PADDING} 1>eth\neth ${ETHDR} 1>merge`, [61, 61, 28, 8], [61, 28, 8]],
  [`mmsys m 1>c\nc mt8183-disp-ovl 1>a\na ${RDMA} 1>p\np ${PADDING} 1>merge`, [36, 61, 28, 8], [36, 61, 28, 8]],
])('W9 to W11: parts of the adaptor are folded, the first one not in the kernel (%#)', (text, kernel, right) => {
  expect(walked(`${text}\n${TAIL}`, MAINLINE, 'ext').ids).toEqual(kernel);
  expect(walked(`${text}\n${TAIL}`, RIGHT, 'ext').ids).toEqual(right);
});

test('W11: a folded part at the end of a walk is not counted', () => {
  const text = `mmsys m 0>dsi\ndsi mt8183-dsi 0>a\na ${RDMA} 0>b\nb ${PADDING} 0>c\nc vendor,x`;
  expect(walked(text, MAINLINE).lines).toEqual(['err Invalid display hw pipeline. Last component: 61 (ret=-22)']);
  expect(walked(text, MAINLINE).steps.length).toBe(4);
});

test('W24: a circle of adaptor parts never ends in the kernel; the walk stops and says so', () => {
  const text = `mmsys m 0>a\na ${RDMA} 0>b\nb ${PADDING} 0>c\nc ${ETHDR} 0>a`;
  const walk = walked(text, MAINLINE);
  expect([walk.hang, walk.steps.length, walk.truncated, walk.ids, walk.lines]).toEqual([true, 80, true, [], []]);
  const right = walked(text, RIGHT);
  expect([right.hang, right.ret, right.references]).toEqual([false, -22, []]);
});

test('W24: adaptor parts between other components make a circle that fills the array', () => {
  const text = `mmsys m 0>a\na ${RDMA} 0>b\nb mt8183-dsi 0>a`;
  const walk = walked(text, MAINLINE);
  expect([walk.hang, walk.ret, walk.truncated]).toEqual([false, 0, true]);
});

test('a long row of adaptor parts is no circle: it ends, and only its first 80 look-ups are kept', () => {
  const parts = Array.from({ length: 100 }, (_, index) => `p${index} ${PADDING} 0>p${index + 1}`);
  const walk = walked(
    ['mmsys m 0>p0', ...parts, 'p100 mt8183-dsi 0>q', 'q vendor,q {status = "x";}'].join('\n'),
    RIGHT,
  );
  expect([walk.hang, walk.ret, walk.steps.length, walk.truncated]).toEqual([false, -19, 80, true]);
  expect(walk.lines).toEqual(['info Skipping disabled component: main path of /soc/mmsys, /soc/q']);
});

test('T1: an alias with a number that the table does not know ends the path', () => {
  const text = 'mmsys m 0>a\na mt8183-disp-ovl 0>b\nb mt8183-dsi 0>panel\npanel vendor,panel';
  expect(walked(text, MAINLINE, 'main', 'dsi4 = "/soc/b";').lines).toEqual([
    'err Invalid display hw pipeline. Last component: 36 (ret=-22)',
  ]);
  expect(walked(text, MAINLINE, 'main', 'dsi3 = "/soc/b";').names).toEqual(['OVL0', 'DSI3']);
});

test('G11: mainline skips foreign children of a port and says so, each time', () => {
  const text = `mmsys m 0>a\na mt8183-dsi [port@1 { reg = <1>; hint { }; endpoint { }; };]`;
  expect(walked(text, MAINLINE).lines).toEqual(['warn non endpoint node is used (/soc/a/ports/port@1/hint)', built(1)]);
  expect(walked(text, SEED).lines).toEqual([built(1)]);
});

test.each([
  ['mmsys m 1>a', 'Cannot find first endpoint for path 0', '/soc/mmsys has no endpoint 0 on port 0'],
  ['mmsys m 0>away', 'Cannot find first endpoint for path 0', '/soc/mmsys/ports/port@0/endpoint@0 leads nowhere'],
  ['mmsys m 0>a\na vendor,x', 'Invalid component /soc/a', undefined],
  ['mmsys m 0>a\na mt8183-disp-ovl 1>a', INVALID(-2), '/soc/a has no endpoint 0 on port 1'],
  ['mmsys m 0>a\na mt8183-disp-ovl 0>x', INVALID(-22), '/soc/a/ports/port@1/endpoint@0 leads nowhere'],
  ['mmsys m 0>a\na mt8183-disp-ovl 0>b\nb vendor,x', INVALID(-22), 'stops before /soc/b'],
])('the right rules name path, mmsys and culprit behind the kernel’s words (%#)', (text, words, why) => {
  const { lines, references } = walked(text, RIGHT);
  const end = why === undefined ? '' : `, ${why}`;
  expect([lines, references]).toEqual([[`err ${words}: main path of /soc/mmsys${end}`], []]);
});

function INVALID(ret: number): string {
  return `Invalid display hw pipeline. Last component: 36 (ret=${ret})`;
}
