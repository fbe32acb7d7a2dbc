// Where the display's drivers differ from Linux in what they do to the hardware: one claim per deviation. crtc-L1, L4
// and L5 are claims of mtk-crtc.test.ts and mtk-crtc-cmdq.test.ts.
import { expect, test } from 'vitest';
import {
  type DisplayRig,
  MODE,
  MT2701,
  MT8173,
  MT8183,
  type SocSpec,
  socTree,
} from '../../../test/display-registers.js';
import { displayRig } from '../../../test/display-rig.js';
import { s } from '../../base/clock.js';
import type { Device } from '../../core/device.js';
import type { DrmCrtc } from '../../core/drm-crtc.js';
import type { DrmFramebuffer } from '../../core/drm-framebuffer.js';
import { dsiLine, dsiPhy } from './mtk-dsi-timing.js';
import { mtkMutexGet } from './mtk-mutex.js';

const screen = (rig: DisplayRig): DrmFramebuffer => rig.drm.addFb({ width: 720, height: 1280, format: 'XRGB8888' });
const deviceAt = (rig: DisplayRig, part: string): Device =>
  rig.bench.core.devices.find(({ path }) => path.includes(part)) as Device;

async function lit(spec: SocSpec, cmdq: 'auto' | 'off'): Promise<DisplayRig> {
  const rig = displayRig(spec, socTree(spec), cmdq);
  await rig.bench.powerOn();
  await rig.live(() => rig.crtc.enable(MODE, screen(rig)));
  rig.take();
  return rig;
}

test('crtc-L2: unbinding switches the path off before its pictures are given back', async () => {
  const rig = await lit(MT8173, 'off');
  const { drm } = rig;
  await rig.live(() => rig.bench.core.unbind(deviceAt(rig, 'mediatek-drm')));
  expect([rig.register('ovl0', 0x2c), rig.register('mutex', 0x20), rig.register('ovl0', 0x0c)]).toEqual([0, 0, 0]);
  expect(drm.framebuffers).toEqual([]);
});

test('crtc-L3: a block that cannot be reached leaves the path off', async () => {
  const rig = displayRig(MT8173, socTree(MT8173), 'off');
  await rig.bench.powerOn();
  rig.bench.faults.add([{ where: 'mmio.write', which: '0x40', nth: 2, what: 'bus-error' }]); // RDMA0's FIFO_CON
  await expect(rig.live(() => rig.crtc.enable(MODE, screen(rig)))).rejects.toMatchObject({ code: 'EIO' });
  expect([rig.crtc.mode, rig.register('mutex', 0x20), rig.register('mmsys', 0x40)]).toEqual([undefined, 0, 0]);
});

test('crtc-L6: a packet that ends while the next one is made does not end the next commit', async () => {
  const rig = await lit(MT8173, 'auto');
  rig.gce.waits = false;
  const overlay = rig.drm.addFb({ width: 64, height: 64, format: 'ARGB8888' });
  rig.crtc.commit([{ plane: 1, fb: overlay }]).catch(() => undefined);
  await rig.bench.run(s(10));
  const next = screen(rig);
  let over = false;
  const flip = rig.crtc.pageFlip(next).finally(() => {
    over = true;
  });
  await rig.bench.run(0);
  rig.gce.finish();
  await rig.bench.run(0);
  expect(over).toBe(false);
  const written = rig.gce.packets.at(-1)?.filter((word) => /^0401cf/.test(word));
  expect(written).toEqual([`0401cf40 ${next.iova.toString(16)}`, `0401cf60 ${overlay.iova.toString(16)}`]);
  rig.gce.finish();
  await rig.bench.run(0);
  await flip;
});

test('ddp-L3: a read DMA without a picture reads no memory', async () => {
  const rig = await lit(MT2701, 'off');
  const crtc = rig.drm.crtcs[1] as DrmCrtc;
  const fb = rig.drm.addFb({ width: 720, height: 1280, format: 'UYVY', pitch: 1442 });
  await rig.live(() => crtc.enable(MODE));
  expect(rig.register('rdma1', 0x10)).toBe(1);
  rig.take();
  await rig.live(() => crtc.enable(MODE, fb));
  expect(rig.take('rdma1').filter((row) => row !== 'rdma1 4 0')).toEqual([
    'rdma1 24 40',
    'rdma1 14 202d0',
    'rdma1 14 6202d0',
    `rdma1 f00 ${fb.iova.toString(16)}`,
    'rdma1 2c 5a2',
    'rdma1 30 40402020',
    'rdma1 10 3',
  ]);
  await rig.live(() => crtc.commit([{ plane: 0, fb: undefined }]));
  expect(rig.take('rdma1').filter((row) => row !== 'rdma1 4 0')).toEqual(['rdma1 10 1']);
});

test('dsi-L1: a host that stays busy is acknowledged a hundred times in one interrupt', async () => {
  const rig = await lit(MT8173, 'off');
  rig.set('dsi0', 0x0c, 0x8000_0008);
  await rig.interrupt('dsi0');
  expect(rig.take('dsi0').filter((row) => row === 'dsi0 84 1')).toHaveLength(100);
});

test('dsi-L2: a sync that is shorter than the head of its packet is 0 bytes', () => {
  const link = { lanes: 4, format: 'RGB888', modeFlags: ['MODE_VIDEO', 'MODE_VIDEO_SYNC_PULSE'] } as const;
  const mode = { ...MODE, hsyncStart: 780, hsyncEnd: 783, htotal: 786 };
  // Three pixels are nine bytes, the head and tail ten.
  expect(dsiLine(mode, link, dsiPhy(mode, link))).toMatchObject({ hsa: 0, hbp: 0 });
});

test('mutex-L1: a mutex that goes takes the display down before', async () => {
  const rig = await lit(MT8173, 'off');
  await rig.live(() => rig.bench.core.unbind(deviceAt(rig, 'mutex@')));
  expect([rig.drm, rig.register('mutex', 0x20), rig.log]).toEqual([undefined, 0, []]);
});

test('mutex-L2: a component that the mutex does not know is left out', async () => {
  const rig = await lit(MT8183, 'off');
  const mutex = mtkMutexGet(deviceAt(rig, 'mutex@'));
  mutex.addComp('UFOE');
  mutex.removeComp('UFOE');
  expect(rig.take()).toEqual([]);
  mutex.put();
});
