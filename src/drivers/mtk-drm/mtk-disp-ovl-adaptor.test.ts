// The OVL adaptor: which blocks are its parts, and that the display waits for them.
import { expect, test } from 'vitest';
import {
  boardTree,
  boot,
  device,
  DISPLAY_DRIVERS,
  disable,
  displays,
  logOf,
  type MmsysSpec,
  missing,
  MUTEX,
  nodeAt,
  stateOf,
} from '../../../test/display-board.js';
import { benchOf } from '../../../test/bench.js';
import { ms } from '../../base/clock.js';
import { adaptorParts } from './mtk-disp-ovl-adaptor.js';

const SPEC: MmsysSpec = {
  mmsys: 'syscon@1000 mediatek,mt8195-vdosys1',
  chains: [
    {
      path: 1,
      blocks: [
        'hdr@9000 mediatek,mt8195-disp-ethdr',
        'merge@a000 mediatek,mt8195-disp-merge',
        'dpi@b000 mediatek,mt8195-dpi',
      ],
      sink: 'hdmi@c000 x,hdmi',
    },
  ],
};
const PARTS = [
  ['rdma@2000', 'mediatek,mt8195-vdo1-rdma'],
  ['padding@3000', 'mediatek,mt8188-disp-padding'],
  ['merge@4000', 'mediatek,mt8195-disp-merge'],
  ['merge@5000', 'mediatek,mt8195-disp-merge'],
]
  .map(([name = '', compatible = '']) => `${device(name, compatible)} };`)
  .join(' ');
const ALIASES =
  'ethdr0 = "/soc/hdr@9000"; vdo1-rdma2 = "/soc/rdma@2000"; padding7 = "/soc/padding@3000"; ' +
  'merge1 = "/soc/merge@4000"; merge5 = "/soc/merge@a000"; dpi1 = "/soc/dpi@b000"; mutex1 = "/soc/mutex@f000";';
const board = (aliases = ALIASES) => boardTree([SPEC], `${MUTEX} ${PARTS}`, aliases);
const UP = 'card0: 0 ext DRM_OVL_ADAPTOR MERGE5 DPI1; HDMI-A-1 unknown of crtcs 1';
const ADAPTOR = 'syscon@1000/mediatek-drm.0.auto/mediatek-disp-ovl-adaptor.1.auto';

test('a part is what has a slot under its alias number; without an alias there is none (T7)', () => {
  const tree = board();
  const parts = adaptorParts(tree, nodeAt(tree, ''));
  expect(parts.map(({ node, alias, component }) => `${node.name} ${alias} ${component}`).sort()).toEqual([
    'hdr@9000 0 ETHDR_MIXER',
    'merge@4000 1 MERGE1',
    'merge@5000 undefined undefined',
    'merge@a000 5 undefined',
    'padding@3000 7 PADDING7',
    'rdma@2000 2 MDP_RDMA2',
  ]);
});

test('the display comes up with the adaptor, which tells of what it leaves out in the words of Linux', async () => {
  const bench = benchOf(board(), { drivers: DISPLAY_DRIVERS });
  const log = logOf(bench, 'mediatek-disp-ovl-adaptor');
  await bench.powerOn();
  expect([displays(bench), stateOf(bench, ADAPTOR)]).toEqual([[UP], 'bound']);
  expect(log.sort()).toEqual([
    'warn Failed to get id. type: 2, alias: -19',
    'warn Failed to get id. type: 2, alias: 5',
    'warn Skipping unknown component /soc/merge@5000',
    'warn Skipping unknown component /soc/merge@a000',
  ]);
});

test('the display waits for every part, by name (ofgraph-T7)', async () => {
  const late = DISPLAY_DRIVERS.filter(({ name }) => name === 'mediatek-disp-padding');
  const bench = await boot(
    board(),
    DISPLAY_DRIVERS.filter((driver) => !late.includes(driver)),
  );
  expect([displays(bench), missing(bench)]).toEqual([[], ['/soc/padding@3000']]);
  await bench.drive('padding', ms(1), async () => {
    for (const driver of late) await bench.core.registerDriver(driver);
  });
  expect(displays(bench)).toEqual([UP]);
});

test('a disabled part is not waited for', async () => {
  const tree = board();
  disable(tree, 'padding@3000');
  expect(displays(await boot(tree))).toEqual([UP]);
});

test('without any part the adaptor fails, and the display waits for it by name', async () => {
  const bench = await boot(board('merge5 = "/soc/merge@a000"; dpi1 = "/soc/dpi@b000"; mutex1 = "/soc/mutex@f000";'));
  expect(stateOf(bench, ADAPTOR)).toBe(
    `failed ENODEV: /soc/${ADAPTOR}: probe: the tree has none of its parts (ENODEV)`,
  );
  expect(missing(bench)).toEqual(['/soc/syscon@1000/mediatek-drm.0.auto/mediatek-disp-ovl-adaptor']);
});

test('a bind that is put off does not make the adaptor again and again (ofgraph-P5)', async () => {
  // The display is complete only with its adaptor, so whoever waits does so before there is one.
  const bench = await boot(
    board(),
    DISPLAY_DRIVERS.filter(({ name }) => name !== 'hdmi'),
  );
  let made = 0;
  bench.trace.attach((event) => {
    if (event.kind === 'device_add' && event.where.includes('ovl-adaptor')) made++;
  });
  await bench.drive('hdmi', ms(1), async () => {
    for (const driver of DISPLAY_DRIVERS) if (driver.name === 'hdmi') await bench.core.registerDriver(driver);
  });
  expect([displays(bench), made]).toEqual([[UP], 0]);
});
