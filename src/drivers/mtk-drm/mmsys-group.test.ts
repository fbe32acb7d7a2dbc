// Which mmsys make up a display, and its CRTCs: from the tree alone.
import { expect, test } from 'vitest';
import { boardTree, type Chain, device, disable, type MmsysSpec, MUTEX, nodeAt } from '../../../test/display-board.js';
import type { DtTree } from '../../dt/tree.js';
import { type MmsysGroup, mmsysGroup, planCrtcs, possibleCrtcs } from './mmsys-group.js';

const group = (tree: DtTree): MmsysGroup => mmsysGroup(tree, nodeAt(tree, ''));
const chain = (path: number, first: string, output: string, sink: string): Chain => ({
  path,
  blocks: [first, `${output} mediatek,mt8195-${output.startsWith('dpi') ? 'dpi' : 'dp-intf'}`],
  sink: `${sink} x,hdmi`,
});
const mmsys = (name: string, ...chains: Chain[]): MmsysSpec => ({ mmsys: `${name} mediatek,mt8195-vdosys1`, chains });
const OVL = 'mediatek,mt8195-disp-ovl';
const RDMA = 'mediatek,mt8195-disp-rdma';

/** The second in the tree has the main path; the first has ext and third. */
const SWAPPED = boardTree(
  [
    mmsys('syscon@1000', chain(1, `rdma@2000 ${RDMA}`, 'dpi@3000', 'hdmi@4000')),
    mmsys(
      'syscon@5000',
      chain(0, `ovl@6000 ${OVL}`, 'dpi@7000', 'hdmi@8000'),
      chain(2, `rdma@9000 ${RDMA}`, 'dp-intf@a000', 'hdmi@b000'),
    ),
  ],
  MUTEX,
  'ovl0 = "/soc/ovl@6000"; rdma0 = "/soc/rdma@2000"; rdma1 = "/soc/rdma@9000"; ' +
    'dpi0 = "/soc/dpi@3000"; dpi1 = "/soc/dpi@7000";',
);

test('the first path of a mmsys decides its place, and the paths decide the order of the CRTCs (P13)', () => {
  const found = group(SWAPPED);
  expect(found.members.map(({ node, first }) => `${first} ${node.name}`)).toEqual([
    'main syscon@5000',
    'ext syscon@1000',
  ]);
  const plans = planCrtcs(found);
  expect(plans.map(({ index, name, member }) => `${index} ${name} ${member.node.name}`)).toEqual([
    '0 main syscon@5000',
    '1 ext syscon@1000',
    '2 third syscon@5000',
  ]);
  // The patch counts mmsys by mmsys and would say 0b1 and 0b100 here (ofgraph-P18).
  expect(['dpi@7000', 'dpi@3000'].map((path) => possibleCrtcs(plans, nodeAt(SWAPPED, path)))).toEqual([0b001, 0b010]);
});

test('of two with the same first path the second in the tree is refused (ofgraph-P12b)', () => {
  const tree = boardTree(
    [
      mmsys('syscon@1000', chain(0, `ovl@2000 ${OVL}`, 'dpi@3000', 'hdmi@4000')),
      mmsys('syscon@5000', chain(0, `ovl@6000 ${OVL}`, 'dpi@7000', 'hdmi@8000')),
    ],
    MUTEX,
  );
  const { members, refused } = group(tree);
  expect(members.map(({ node }) => node.name)).toEqual(['syscon@1000']);
  expect([...refused].map(([node, by]) => `${node.name} because of ${by.node.name}`)).toEqual([
    'syscon@5000 because of syscon@1000',
  ]);
});

test('who is disabled, has no path, no mutex or no data takes no part', () => {
  const tree = boardTree(
    [
      mmsys('syscon@1000', chain(0, `ovl@2000 ${OVL}`, 'dpi@3000', 'hdmi@4000')),
      mmsys('syscon@5000', chain(1, `rdma@6000 ${RDMA}`, 'dpi@7000', 'hdmi@8000')),
      { mmsys: 'syscon@d000 mediatek,mt6779-mmsys', chains: [] },
    ],
    MUTEX,
  );
  expect(group(tree).members.length).toBe(2);
  disable(tree, 'dpi@7000');
  expect(group(tree).members.map(({ node }) => node.name)).toEqual(['syscon@1000']);
  disable(tree, 'mutex@f000');
  expect(group(tree).members).toEqual([]);
});

test('a path with a missing component has no CRTC, and the next takes its number (P15)', () => {
  // The built-in paths of MT8183, with the ext path's components only.
  const tree = boardTree(
    [{ mmsys: 'syscon@1000 mediatek,mt8183-mmsys', chains: [] }],
    `${MUTEX} ${device('ovl@2000', 'mediatek,mt8183-disp-ovl-2l')} };
      ${device('rdma@3000', 'mediatek,mt8183-disp-rdma')} }; ${device('dpi@4000', 'mediatek,mt8183-dpi')} };`,
    'ovl-2l1 = "/soc/ovl@2000"; rdma1 = "/soc/rdma@3000";',
  );
  // 36 is OVL0.
  expect(planCrtcs(group(tree)).map(({ name, index, missing }) => [name, index, missing])).toEqual([
    ['main', 0, 36],
    ['ext', 0, undefined],
  ]);
});

test('an output that MT8188 chooses at run time belongs to the main path', () => {
  const blocks = [
    ['ovl@2000', 'mediatek,mt8195-disp-ovl'],
    ['rdma@2100', 'mediatek,mt8195-disp-rdma'],
    ['color@2200', 'mediatek,mt8173-disp-color'],
    ['ccorr@2300', 'mediatek,mt8192-disp-ccorr'],
    ['aal@2400', 'mediatek,mt8183-disp-aal'],
    ['gamma@2500', 'mediatek,mt8195-disp-gamma'],
    ['postmask@2600', 'mediatek,mt8192-disp-postmask'],
    ['dither@2700', 'mediatek,mt8183-disp-dither'],
    ['dsi@4000', 'mediatek,mt8188-dsi'],
    ['dpi@5000', 'mediatek,mt8195-dpi'],
  ].map(([name = '', compatible = '']) => `${device(name, compatible)} };`);
  const tree = boardTree(
    [{ mmsys: 'syscon@1000 mediatek,mt8188-vdosys0', chains: [] }],
    `${MUTEX} ${blocks.join(' ')}`,
  );
  const plans = planCrtcs(group(tree));
  expect(plans.map(({ name, missing }) => [name, missing])).toEqual([['main', undefined]]);
  expect(['dsi@4000', 'dpi@5000'].map((path) => possibleCrtcs(plans, nodeAt(tree, path)))).toEqual([1, 0]);
});
