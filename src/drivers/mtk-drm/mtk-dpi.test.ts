// DPI and DP_INTF: they wait for the bridge behind them by name, during probe.
import { expect, test } from 'vitest';
import {
  boardTree,
  boot,
  DISPLAY_DRIVERS,
  displays,
  dropProperty,
  type MmsysSpec,
  missing,
  MUTEX,
  stateOf,
} from '../../../test/display-board.js';
import { ms } from '../../base/clock.js';
import type { Driver } from '../../core/device.js';
import { mtkDpi } from './mtk-dpi.js';

const board = (dpi = 'mediatek,mt8183-dpi'): MmsysSpec => ({
  mmsys: 'syscon@1000 mediatek,mt8183-mmsys',
  chains: [{ path: 0, blocks: ['ovl@2000 mediatek,mt8183-disp-ovl', `dpi@6000 ${dpi}`], sink: 'hdmi@7000 x,hdmi' }],
});
const UP = 'card0: 0 main OVL0 DPI0; HDMI-A-1 unknown of crtcs 1';

test('the bridge is awaited by name during probe, and the display comes with it (ofgraph-O7)', async () => {
  const hdmi = DISPLAY_DRIVERS.find(({ name }) => name === 'hdmi') as Driver;
  const bench = await boot(
    boardTree([board()], MUTEX),
    DISPLAY_DRIVERS.filter((driver) => driver !== hdmi),
  );
  expect([stateOf(bench, 'dpi@6000'), missing(bench)]).toEqual(['waits for /soc/hdmi@7000', ['/soc/dpi@6000']]);
  await bench.drive('hdmi', ms(1), () => bench.core.registerDriver(hdmi));
  expect(displays(bench)).toEqual([UP]);
});

test.each(mtkDpi.compatible)('%s is bound', async (compatible) => {
  const bench = await boot(boardTree([board(compatible)], MUTEX));
  expect(stateOf(bench, 'dpi@6000')).toBe('bound');
});

test('port 1 without remote is an error, not a reason to look at port 0 (ofgraph-O5)', async () => {
  const tree = boardTree([board()], MUTEX);
  dropProperty(tree, 'dpi@6000/ports/port@1/endpoint@0', 'remote-endpoint');
  expect(stateOf(await boot(tree), 'dpi@6000')).toBe(
    'failed ENODEV: /soc/dpi@6000: bridge: no valid remote node at (1, -1) of node /soc/dpi@6000 (ENODEV)',
  );
});

test.each([
  ['reg', 'failed EINVAL: /soc/dpi@6000: ioremap: no register window 0 (EINVAL)'],
  ['interrupts', 'failed ENXIO: /soc/dpi@6000: irq: the node has neither interrupts nor interrupts-extended (ENXIO)'],
])('without %s it fails by name', async (property, state) => {
  const tree = boardTree([board()], MUTEX);
  dropProperty(tree, 'dpi@6000', property);
  expect(stateOf(await boot(tree), 'dpi@6000')).toBe(state);
});
