import { expect, test } from 'vitest';
import { captureIo } from '../../test/capture.js';
import type { Display } from '../abi/displays.js';
import type { NodeReport } from '../bench/report.js';
import { netdevStats } from '../core/netdev-types.js';
import type { BootReport } from '../stock/boot-report.js';
import { bootText, displaysText, interfacesText } from './boot-text.js';

const NONE = { bound: 0, waits: 0, failed: 0, 'no driver': 0, disabled: 0, bus: 0, 'no device': 0 };

const report = (devices: readonly NodeReport[], displays?: readonly Display[]): BootReport => ({
  model: 'Acme',
  compatible: ['acme,board'],
  nodes: 1,
  seed: '1',
  totals: NONE,
  devices,
  ...(displays === undefined ? {} : { displays }),
});

const listed = (...devices: NodeReport[]): string =>
  bootText(report(devices), captureIo().io).split('\n').slice(5).join('\n');

const PANEL = '/dsi@2000/panel@0';

test('a driver that waits is listed under its reason, without its own path and the code that says the same', () => {
  const reason = `waits for the panel or bridge ${PANEL} (boe,panel): no driver`;
  expect(
    listed({
      path: '/dpi@3000',
      compatible: 'x,dpi',
      state: 'waits',
      device: '3000.dpi',
      driver: 'mtk-dpi',
      waitsFor: PANEL,
      reason: `/dpi@3000: ${reason} (EPROBE_DEFER)`,
    }),
  ).toBe(`waits: 1\n  ${reason}: 1\n    /dpi@3000  mtk-dpi\n`);
});

test('a device without node is listed by its driver, and what a bound one waits for stands beside it', () => {
  const made = { path: '/mmsys/drm.0', compatible: '', device: 'drm.0' };
  expect(
    listed(
      { ...made, state: 'bound', driver: 'drm', waitsFor: '/dsi', reason: 'waits for component /dsi' },
      { ...made, state: 'no driver' },
    ),
  ).toBe(`no driver: 1
  /mmsys/drm.0

bound: 1
  /mmsys/drm.0  drm.0  drm  waits for component /dsi
`);
});

test('displays are told with all that they can be seen on, one that can be seen nowhere with dashes', () => {
  const main: Display = {
    path: '/mmsys/drm.0',
    device: 'drm.0',
    card: 'card0',
    crtc: 0,
    name: 'main',
    components: ['OVL0', 'DSI0'],
    outputs: [
      { encoder: 'DSI-31', connector: 'DSI-1', status: 'connected', mode: '1200x1920' },
      { encoder: 'TMDS-33' },
    ],
  };
  const ext: Display = { ...main, crtc: 1, name: 'ext', components: ['RDMA1', 'DPI0'], outputs: [] };
  expect(displaysText(report([], [main, ext]))).toBe(`
displays: 2
  card   crtc  path  encoder  connector  status     mode       components
  card0  0     main  DSI-31   DSI-1      connected  1200x1920  OVL0 → DSI0
  card0  0     main  TMDS-33  -          -          -          OVL0 → DSI0
  card0  1     ext   -        -          -          -          RDMA1 → DPI0
`);
});

test('a display that did not come up is told with the reason', () => {
  const reason = 'waits for component /dsi: no driver';
  const absent = [{ path: '/mmsys/drm.0', device: 'drm.0', reason }];
  expect(displaysText({ ...report([], []), absentDisplays: absent })).toBe(`
displays: 0
  /mmsys/drm.0  ${reason}
`);
});

test('a machine without display is told nothing about', () => {
  expect(displaysText(report([]))).toBe('');
});

test('interfaces that are down are listed only where none is up', () => {
  const [idle, busy] = [netdevStats(), { ...netdevStats(), rxPackets: 12_345, txPackets: 7, txDropped: 2 }];
  const down = {
    name: 'fm1-mac1',
    path: '/fman/ethernet@0',
    address: '02:00',
    mtu: 1500,
    state: 'down' as const,
    stats: idle,
  };
  const up = { ...down, name: 'fm1-mac10', path: '/fman/ethernet@1', state: 'no carrier' as const, stats: busy };
  expect(interfacesText([])).toBe('');
  expect(interfacesText([down])).toBe(`
interfaces: 1 down
  name      address  state   mtu  received  errors  dropped  missed  sent  errors  dropped  of
  fm1-mac1  02:00    down   1500         0       0        0       0     0       0        0  /fman/ethernet@0
`);
  expect(interfacesText([down, up])).toBe(`
interfaces: 1 up, 1 down
  name       address  state        mtu  received  errors  dropped  missed  sent  errors  dropped  of
  fm1-mac10  02:00    no carrier  1500     12345       0        0       0     7       0        2  /fman/ethernet@1
`);
});
