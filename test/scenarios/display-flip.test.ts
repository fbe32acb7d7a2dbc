// Pictures on the displays of real boards of Linux 6.12, against registers that are plain memory and a GCE that only
// shows its packets: what comes on, what is written, and what this project cannot switch on, in its own words. Bridges
// that it has no driver for are stood in for.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Device, Driver } from '../../src/core/device.js';
import type { SysError } from '../../src/base/errno.js';
import { DrmBridge, drmBridgeAdd, type DrmMode } from '../../src/core/drm-bridge.js';
import type { DrmCrtc } from '../../src/core/drm-crtc.js';
import type { DrmFramebuffer } from '../../src/core/drm-framebuffer.js';
import { i2cDriver } from '../../src/core/i2c.js';
import {
  devmMipiDsiDeviceRegisterFull,
  mipiDsiAttach,
  mipiDsiDriver,
  ofFindMipiDsiHostByNode,
} from '../../src/core/mipi-dsi.js';
import { platformDriver } from '../../src/core/platform-device.js';
import { mtkCmdq } from '../../src/drivers/mtk-cmdq/mtk-cmdq.js';
import { mtkCrtcWay, mtkDrm } from '../../src/drivers/mtk-drm/mtk-drm.js';
import { panelDrivers } from '../../src/drivers/panel-mipi-dsi/panel-mipi-dsi.js';
import { readFdt } from '../../src/dt/fdt-read.js';
import { remoteNode } from '../../src/dt/graph.js';
import type { DtTree } from '../../src/dt/tree.js';
import { boardSource, corpusFolders, inCorpus } from '../corpus.js';
import { type DisplayRig, treeSpec } from '../display-registers.js';
import { displayRig } from '../display-rig.js';

const FOLDERS = corpusFolders();

/** A DSI bridge: registers itself and a peripheral at the host that its port 0 leads to. */
async function dsiBridge(dev: Device): Promise<void> {
  dev.scope.defer(drmBridgeAdd(new DrmBridge({ dev, type: 'eDP' })));
  const found = remoteNode(dev.core.tree, dev.ofNode as NonNullable<Device['ofNode']>, 0, -1);
  const host = found.kind === 'found' ? ofFindMipiDsiHostByNode(dev.core, found.node) : undefined;
  if (host === undefined) throw dev.error('EPROBE_DEFER', 'no host', 'bridge');
  const dsi = await devmMipiDsiDeviceRegisterFull(dev, host, { type: 'bridge', channel: 0, node: undefined });
  dsi.lanes = 4;
  dsi.format = 'RGB888';
  dsi.modeFlags = ['MODE_VIDEO', 'MODE_VIDEO_SYNC_PULSE'];
  dev.scope.defer(await mipiDsiAttach(dsi));
}

const BRIDGES: readonly Driver[] = [
  i2cDriver({
    name: 'bridge',
    compatible: ['parade,ps8640', 'analogix,anx7625'],
    probe: ({ dev }) => dsiBridge(dev),
  }),
  mipiDsiDriver({ name: 'bridge', compatible: [], probe: () => undefined }),
  platformDriver({
    name: 'hdmi',
    compatible: ['mediatek,mt8173-hdmi', 'mediatek,mt8195-edp-tx', 'mediatek,mt8195-dp-tx'],
    probe: (dev) => dev.scope.defer(drmBridgeAdd(new DrmBridge({ dev, type: 'HDMI' }))),
  }),
];

/** 1366x768 at 60 Hz, as panels of laptops have it. */
const LAPTOP: DrmMode = {
  hdisplay: 1366,
  hsyncStart: 1414,
  hsyncEnd: 1446,
  htotal: 1500,
  vdisplay: 768,
  vsyncStart: 771,
  vsyncEnd: 776,
  vtotal: 800,
  clockKhz: 72_000,
};

async function board(tree: DtTree, soc: string): Promise<DisplayRig> {
  const drivers = [mtkCmdq, ...mtkDrm(), ...panelDrivers, ...BRIDGES];
  const rig = displayRig(treeSpec(tree, soc), tree, 'auto', { drivers });
  await rig.bench.powerOn();
  return rig;
}

/** What becomes of a CRTC: the flip's packet, where it shows one, or why it cannot. */
async function flipOf(rig: DisplayRig, index: number): Promise<readonly string[]> {
  const crtc = rig.drm.crtcs[index] as DrmCrtc;
  const mode = rig.drm.connectorOf(crtc)?.modes[0] ?? LAPTOP;
  const { hdisplay: width, vdisplay: height } = mode;
  const [first, second] = [1, 2].map(() => rig.drm.addFb({ width, height, format: 'XRGB8888' })) as Pair;
  try {
    await rig.live(() => crtc.enable(mode, first));
  } catch (e) {
    return [(e as SysError).message];
  }
  expect(mtkCrtcWay(rig.bench.core, crtc)).toEqual({ by: 'gce' });
  await rig.live(() => crtc.pageFlip(second));
  const flip = rig.gce.packets.at(-1) as string[];
  await rig.live(() => crtc.disable());
  return flip.map((word) => word.replace(second.iova.toString(16), 'PICTURE'));
}

type Pair = [DrmFramebuffer, DrmFramebuffer];

/** A flip of the first layer: event, window, CON, PITCH, SRC_SIZE and RDMA_GMC differ (facts cmdq 9.3, 9.4, U7). */
function flip(event: string, ovl: string, con: string, pitch: string, size: string, gmc: string): readonly string[] {
  const at = (offset: string): string => `04${ovl}${offset}`;
  const [clear, wait] = [`2000${event} 80000000`, `2000${event} 00008001`];
  const layer = [`${at('030')} ${con}`, `${at('044')} ${pitch}`, `${at('038')} ${size}`, `${at('03c')} 00000000`];
  const on = [`${at('f40')} PICTURE`, `${at('0c0')} 00000001`, `${at('0c8')} ${gmc}`];
  return [clear, wait, ...layer, ...on, '02000000 fffffffe', `${at('02d')} 00000001`, '40000000 00000001'];
}

const CANNOT = /: commit: (CRTC:.*)$/;
const OLD = ['000020ff', '10001558', '03000556', '40402020'] as const;
const NEW = ['008030ff', '10001558', '03000556', '01000100'] as const;

/** One row for each CRTC: its flip, or its refusal. */
const BOARDS: readonly (readonly [name: string, soc: string, crtcs: readonly (readonly string[])[]])[] = [
  ['mt8173-elm', 'mt8173', [flip('0035', '01c', ...OLD), flip('0036', '01d', ...OLD)]],
  ['mt8183-kukui-krane-sku176', 'mt8183', [flip('0082', '018', '000020ff', '100012c0', '078004b0', '01000100')]],
  ['mt8186-corsola-steelix-sku131072', 'mt8186', [flip('01b2', '015', ...NEW)]],
  ['mt8192-asurada-spherion-r0', 'mt8192', [flip('01b2', '015', ...NEW)]],
  [
    'mt8195-cherry-tomato-r2',
    'mt8195',
    [
      [
        'CRTC:0:main cannot be switched on: nobody knows how to program OVL0, DSC0, MERGE0, DP_INTF0, ' +
          'the multiplexers of /soc/syscon@1c01a000 (EOPNOTSUPP)',
      ],
      [
        'CRTC:1:ext cannot be switched on: nobody knows how to program DRM_OVL_ADAPTOR, MERGE5, DP_INTF1, ' +
          'the multiplexers of /soc/syscon@1c100000 (EOPNOTSUPP)',
      ],
    ],
  ],
];

describe.skipIf(inCorpus(FOLDERS, 'dtb') === undefined)('blobs of Linux 6.12 (skipped without BRINGUP_CORPUS)', () => {
  test.each(BOARDS)('%s', async (name, soc, crtcs) => {
    const path = inCorpus(FOLDERS, `dtb/${name}.dtb`) as string;
    const rig = await board(readFdt(readFileSync(path)).tree as DtTree, soc);
    expect(rig.drm.crtcs.length).toBe(crtcs.length);
    for (const [index, want] of crtcs.entries()) {
      const found = await flipOf(rig, index);
      expect(found.map((text) => CANNOT.exec(text)?.[1] ?? text)).toEqual(want);
    }
    expect(rig.log.filter((line) => line.startsWith('err'))).toEqual([]);
  });
});

const V7_1 = inCorpus(FOLDERS, 'dts/v7.1');
test.skipIf(V7_1 === undefined)(
  'MT8365 of Linux 7.1, which has no GCE there, shows pictures by the processor',
  async () => {
    const rig = await board(boardSource(V7_1 as string, 'mt8365-evk') as DtTree, 'mt8365');
    const { crtc, drm } = rig;
    expect(mtkCrtcWay(rig.bench.core, crtc)).toMatchObject({ by: 'cpu' });
    const mode = drm.connectors[0]?.modes[0] as DrmMode;
    const size = { width: mode.hdisplay, height: mode.vdisplay, format: 'RGB565' } as const;
    rig.take();
    await rig.live(() => crtc.enable(mode, drm.addFb(size)));
    expect(rig.take('mmsys')).toEqual([
      'mmsys f3c 1',
      'mmsys f54 0',
      'mmsys f4c 1',
      'mmsys f60 0',
      'mmsys f64 0',
      'mmsys f50 1',
      'mmsys f68 1',
    ]);
    const next = drm.addFb(size);
    await rig.live(() => crtc.pageFlip(next));
    expect(rig.register('ovl0', 0xf40)).toBe(next.iova);
    await rig.live(() => crtc.disable());
    expect(rig.log.filter((line) => line.startsWith('err'))).toEqual([]);
  },
);
