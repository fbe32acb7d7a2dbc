// DPI and DP_INTF: they wait for the bridge behind them by name, during probe.
import { expect, test } from 'vitest';
import {
  boardTree,
  boot,
  device,
  deviceAt,
  DISPLAY_DRIVERS,
  displays,
  logOf,
  dropProperty,
  type MmsysSpec,
  missing,
  MUTEX,
  stateOf,
} from '../../../test/display-board.js';
import { benchOf } from '../../../test/bench.js';
import { ms } from '../../base/clock.js';
import type { Bench } from '../../bench/bench.js';
import type { Driver } from '../../core/device.js';
import { DrmBridge, drmBridgeAdd, drmBridgeAttach, drmOfGetBridge, drmPanelAdd } from '../../core/drm-bridge.js';
import { platformDriver } from '../../core/platform-device.js';
import type { DtNode } from '../../dt/tree.js';
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
  const bench = benchOf(tree, { drivers: DISPLAY_DRIVERS });
  const lines = logOf(bench, 'mediatek-dpi');
  await bench.powerOn();
  expect(stateOf(bench, 'dpi@6000')).toBe(
    'failed ENODEV: /soc/dpi@6000: bridge: no valid remote node at (1, -1) of node /soc/dpi@6000 (ENODEV)',
  );
  // Linux: mtk_dpi.c, with dev_err_probe.
  expect(lines).toEqual(['err error -ENODEV: Failed to get bridge']);
});

test.each([
  ['reg', 'failed EINVAL: /soc/dpi@6000: ioremap: no register window 0 (EINVAL)'],
  ['interrupts', 'failed ENXIO: /soc/dpi@6000: irq: the node has neither interrupts nor interrupts-extended (ENXIO)'],
])('without %s it fails by name', async (property, state) => {
  const tree = boardTree([board()], MUTEX);
  dropProperty(tree, 'dpi@6000', property);
  expect(stateOf(await boot(tree), 'dpi@6000')).toBe(state);
});

/** Takes the driver off a device, and answers the displays without it and with it again. */
async function awayAndBack(bench: Bench, path: string): Promise<readonly string[][]> {
  await bench.drive('away', ms(1), () => bench.core.unbind(deviceAt(bench, path)));
  const without = displays(bench);
  const waiting = [stateOf(bench, 'dpi@6000'), ...missing(bench)];
  await bench.drive('back', ms(1), () => bench.core.bind(deviceAt(bench, path)));
  return [without, waiting, displays(bench)];
}

test('a bridge that goes takes the display down first, and brings it up again when it comes back', async () => {
  const bench = await boot(boardTree([board()], MUTEX));
  expect(await awayAndBack(bench, 'hdmi@7000')).toEqual([[], ['waits for /soc/hdmi@7000', '/soc/dpi@6000'], [UP]]);
});

/** A bridge that attaches the panel behind it. */
const toPanel: Driver = platformDriver({
  name: 'to-panel',
  compatible: ['x,to-panel'],
  probe(dev) {
    const next = drmOfGetBridge(dev, dev.ofNode as DtNode, 1, -1);
    dev.core.deviceLinkAdd(dev, next.dev);
    dev.scope.defer(
      drmBridgeAdd(
        new DrmBridge({ dev, type: 'DPI', attach: (encoder, self) => drmBridgeAttach(encoder, next, self) }),
      ),
    );
  },
});
const panel: Driver = platformDriver({
  name: 'panel-lvds',
  compatible: ['x,lvds'],
  probe: (dev) => dev.scope.defer(drmPanelAdd({ dev, node: dev.ofNode, connector: 'LVDS', modes: [] })),
});

test('so does a panel behind that bridge', async () => {
  const tree = boardTree(
    [{ ...board(), chains: [] }],
    `${MUTEX}
    ${device('ovl@2000', 'mediatek,mt8183-disp-ovl-2l')} }; ${device('rdma@3000', 'mediatek,mt8183-disp-rdma')} };
    ${device('dpi@6000', 'mediatek,mt8183-dpi')} port { dpi_out: endpoint { remote-endpoint = <&lvds_in>; }; }; };
    ${device('lvds@7000', 'x,to-panel')} ports { #address-cells = <1>; #size-cells = <0>;
      port@0 { reg = <0>; lvds_in: endpoint { remote-endpoint = <&dpi_out>; }; };
      port@1 { reg = <1>; lvds_out: endpoint { remote-endpoint = <&panel_in>; }; }; }; };
    ${device('panel@8000', 'x,lvds')} port { panel_in: endpoint { remote-endpoint = <&lvds_out>; }; }; };`,
    'ovl-2l1 = "/soc/ovl@2000"; rdma1 = "/soc/rdma@3000";',
  );
  const bench = await boot(tree, [...DISPLAY_DRIVERS, toPanel, panel]);
  const up = 'card0: 0 ext OVL_2L1 RDMA1 DPI0; LVDS-1 connected of crtcs 1';
  expect(displays(bench)).toEqual([up]);
  expect(await awayAndBack(bench, 'panel@8000')).toEqual([[], ['waits for /soc/lvds@7000', '/soc/dpi@6000'], [up]]);
});
