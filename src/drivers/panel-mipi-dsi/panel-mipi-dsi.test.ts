// Panels of real boards: how they are driven, and their modes.
import { expect, test } from 'vitest';
import { boardTree, boot, type Chain, displays, MUTEX, nodeAt, SMALL } from '../../../test/display-board.js';
import { ms } from '../../base/clock.js';
import { ofFindMipiDsiHostByNode } from '../../core/mipi-dsi.js';
import { panelDrivers } from './panel-mipi-dsi.js';
import { PANEL_FAMILIES } from './panels.js';

const PANELS = PANEL_FAMILIES.flatMap(({ driver, panels }) =>
  Object.entries(panels).map(([name, desc]) => ({ driver, name, desc })),
);
const board = (panel: string) => {
  const [chain] = SMALL.chains as [Chain];
  return boardTree([{ ...SMALL, chains: [{ ...chain, sink: `panel@0 ${panel}` }] }], MUTEX);
};

test.each(PANELS)('$name comes up with the driver $driver', async ({ driver, name }) => {
  const bench = await boot(board(name));
  const panel = bench.core.devices.find(({ path }) => path === '/soc/dsi@4000/panel@0');
  expect(panel?.state).toMatchObject({ kind: 'bound', driver: { name: driver } });
  expect(displays(bench)[0]).toMatch(/^card0: 0 main OVL0 RDMA0 DSI0; DSI-1 connected \d+x\d+ of crtcs 1$/);
});

test('the driver tells its host what the panel wants', async () => {
  const bench = await boot(board('boe,tv101wum-nl6'));
  const [dsi] = ofFindMipiDsiHostByNode(bench.core, nodeAt(bench.tree, 'dsi@4000'))?.devices ?? [];
  // Linux: boe_tv101wum_nl6_desc.
  expect([dsi?.lanes, dsi?.format, dsi?.modeFlags]).toEqual([
    4,
    'RGB888',
    ['MODE_VIDEO', 'MODE_VIDEO_SYNC_PULSE', 'MODE_LPM'],
  ]);
  const [card] = bench.core.classDevices('drm');
  const modes = await bench.drive('read', ms(1), async () => card?.sysfs.dirs.get('card0-DSI-1')?.read('modes'));
  expect(modes).toBe('1200x1920\n');
});

test('a mode is given by its totals', () => {
  const [mode] = PANELS.find(({ name }) => name === 'boe,tv101wum-nl6')?.desc.modes ?? [];
  // Linux: boe_tv101wum_nl6_default_mode, its sums written out.
  expect(mode).toEqual({
    ...{ hdisplay: 1200, hsyncStart: 1300, hsyncEnd: 1340, htotal: 1364 },
    ...{ vdisplay: 1920, vsyncStart: 1930, vsyncEnd: 1944, vtotal: 1948 },
    clockKhz: 159_425,
  });
});

test('every mode is near 60 Hz, so that no digit of its table is wrong', () => {
  for (const { name, desc } of PANELS) {
    for (const { clockKhz, htotal, vtotal } of desc.modes) {
      const hz = (clockKhz * 1000) / (htotal * vtotal);
      expect([name, hz > 59 && hz < 61]).toEqual([name, true]);
    }
  }
});

test('no two drivers want the same panel', () => {
  const words = panelDrivers.flatMap(({ compatible }) => compatible);
  expect(new Set(words).size).toBe(words.length);
});
