// A CRTC whose registers the processor writes: what is written where, in which order, at which moment. Numbers: facts
// cmdq 10 (U1, U7 to U9), Linux 6.12's tables and formulas, calculated by hand for 720x1280 at 67.906 MHz, four lanes.
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
import type { DrmFramebufferSpec } from '../../core/drm-framebuffer.js';

const SCREEN: DrmFramebufferSpec = { width: 720, height: 1280, format: 'XRGB8888' };

async function powered(spec: SocSpec): Promise<DisplayRig> {
  const rig = displayRig(spec, socTree(spec), 'off');
  await rig.bench.powerOn();
  rig.take();
  return rig;
}

/** With a first picture on the screen, and no writes noted. */
async function lit(spec: SocSpec): Promise<DisplayRig> {
  const rig = await powered(spec);
  await rig.live(() => rig.crtc.enable(MODE, rig.drm.addFb(SCREEN)));
  rig.take();
  return rig;
}

const rows = (text: string): string[] => text.trim().split(/\s*\n\s*|\s*, /);

test('MT8173: the path is routed and joins the mutex, link by link', async () => {
  const rig = await powered(MT8173);
  await rig.live(() => rig.crtc.enable(MODE));
  // The modules' bits: OVL0 11, COLOR0 18, AAL 20, OD 25, RDMA0 13, UFOE 22, PWM0 23; DSI0 starts the frames.
  expect(rig.take('mmsys', 'mutex')).toEqual(
    rows(`mmsys 40 1, mmsys 84 1, mutex 2c 800, mmsys bc 0, mutex 2c 40800, mutex 2c 140800, mmsys 48 1
      mutex 2c 2140800, mmsys b0 0, mmsys a0 0
      mutex 2c 2142800, mmsys 50 1, mmsys a4 0, mutex 2c 2542800, mutex 30 1, mutex 2c 2d42800
      mutex 20 1`),
  );
});

test('MT8173: the blocks get the size and start in the order of the path', async () => {
  const rig = await powered(MT8173);
  await rig.live(() => rig.crtc.enable(MODE));
  expect(rig.take('ovl0', 'color0', 'aal', 'od', 'rdma0', 'ufoe').slice(0, 22)).toEqual(
    rows(`ovl0 20 50002d0, ovl0 28 ff000000, ovl0 14 1, ovl0 14 0, ovl0 c 1
      color0 c50 2d0, color0 c54 500, color0 400 2080, color0 c00 1, aal 30 2d00500, aal 4d8 2d00500, aal 0 1
      od 30 2d00500, od 20 1, od 114 0, od 11c 0, od 13c 1, od 140 0, od 20 4, od 0 1
      rdma0 14 2d0, rdma0 18 500`),
  );
  // U8: a FIFO of 8192 bytes, of which seven tenths let the output start.
  expect(rig.register('rdma0', 0x40)).toBe(0x8200_0166);
});

test('MT8173: the DSI gets timing and lanes, and starts last', async () => {
  const rig = await powered(MT8173);
  await rig.live(() => rig.crtc.enable(MODE));
  // 408 Mbit/s a lane. Of 180 + 170 bytes around a line the PHY needs 116: 121 and 114 stay.
  expect(rig.take('dsi0')).toEqual(
    rows(`dsi0 10 2, dsi0 10 3, dsi0 10 2, dsi0 110 5060404, dsi0 114 910060e, dsi0 118 30c0100, dsi0 11c 60b03
      dsi0 2c 500, dsi0 64 870, dsi0 1c 30870, dsi0 130 1, dsi0 130 21, dsi0 20 4, dsi0 24 10, dsi0 28 10, dsi0 2c 500
      dsi0 50 32, dsi0 54 72, dsi0 58 79, dsi0 1c 30870, dsi0 8 b
      dsi0 18 3c, dsi0 10 6, dsi0 10 2, dsi0 104 0, dsi0 104 4, dsi0 104 0, dsi0 108 0, dsi0 108 4, dsi0 108 0
      dsi0 14 1, dsi0 104 1, dsi0 0 0, dsi0 0 1`),
  );
});

test('the first picture is written in the interrupt at the end of a frame, and the size (U1, U7, U8)', async () => {
  const rig = await powered(MT8173);
  const fb = rig.drm.addFb(SCREEN);
  const shown = await rig.live(() => rig.crtc.enable(MODE, fb));
  expect(shown.sequence).toBe(1);
  const ovl = rig.take('ovl0');
  expect(ovl.slice(ovl.indexOf('ovl0 4 2'))).toEqual(
    rows(`ovl0 4 2, ovl0 8 0, ovl0 20 50002d0, ovl0 28 ff000000, ovl0 14 1, ovl0 14 0
      ovl0 30 20ff, ovl0 44 10000b40, ovl0 38 50002d0, ovl0 3c 0, ovl0 f40 ${fb.iova.toString(16)}
      ovl0 c0 1, ovl0 c8 40402020, ovl0 2c 1`),
  );
});

test('a flip writes its layer in the next interrupt and nothing before, and ends with that vblank', async () => {
  const rig = await lit(MT8173);
  const next = rig.drm.addFb(SCREEN);
  const flip = rig.crtc.pageFlip(next);
  await rig.bench.run(10_000_000);
  expect(rig.take()).toEqual([]);
  await rig.interrupt('ovl0');
  expect(rig.take()).toEqual(
    rows(`ovl0 8 0, ovl0 30 20ff, ovl0 44 10000b40, ovl0 38 50002d0, ovl0 3c 0, ovl0 f40 ${next.iova.toString(16)}
      ovl0 c0 1, ovl0 c8 40402020, ovl0 2c 1`),
  );
  expect(await flip).toEqual({ sequence: 2, timestamp: rig.bench.clock.now() });
  await rig.interrupt('ovl0');
  expect(rig.take()).toEqual(['ovl0 8 0']);
});

test('off: layers first, SRC_CON before RDMA_CTRL (U9), then the blocks, the mutex and the routes', async () => {
  const rig = await lit(MT8173);
  await rig.live(() => rig.crtc.disable());
  const all = rig.take();
  expect(all.filter((row) => !row.startsWith('dsi0'))).toEqual(
    rows(`ovl0 8 0, ovl0 2c 0, ovl0 c0 0, ovl0 2c 0, ovl0 e0 0, ovl0 2c 0, ovl0 100 0, ovl0 2c 0, ovl0 120 0
      ovl0 4 0, ovl0 c 0, aal 0 0, rdma0 10 0
      mutex 2c 2d42000, mutex 2c 2d02000, mutex 2c 2c02000, mutex 2c c02000, mutex 2c c00000, mutex 2c 800000
      mutex 30 0, mutex 2c 0, mutex 20 0
      mmsys 40 0, mmsys 84 0, mmsys bc 0, mmsys 48 0, mmsys b0 0, mmsys a0 0, mmsys 50 0, mmsys a4 0`),
  );
  // The DSI ends its frame before it lets go of the lanes; its power was wanted twice.
  expect(all.filter((row) => row.startsWith('dsi0'))).toEqual(
    rows(`dsi0 0 0, dsi0 14 0, dsi0 84 1, dsi0 c 0, dsi0 10 3, dsi0 10 2, dsi0 108 0, dsi0 108 0, dsi0 104 0, dsi0 104 0
      dsi0 18 0, dsi0 10 0`),
  );
  expect(rig.crtc.mode).toBeUndefined();
  expect(rig.log).toEqual([]);
});

test('MT8183: routes and modules of its own, and a second overlay on top of the first', async () => {
  const rig = await powered(MT8183);
  await rig.live(() => rig.crtc.enable(MODE));
  const all = rig.take();
  // OVL0 9, OVL_2L0 10, RDMA0 0, COLOR0 13, CCORR 14, AAL0 15, GAMMA 16, DITHER0 17; DSI0 starts and ends the frames.
  expect(all.filter((row) => /^(mmsys|mutex)/.test(row))).toEqual(
    rows(`mmsys f00 10, mutex 30 200, mmsys f04 1, mmsys f24 1, mutex 30 600, mmsys f50 1, mutex 30 601, mutex 30 2601
      mutex 30 6601, mutex 30 e601, mutex 30 1e601, mmsys f0c 1, mutex 30 3e601, mutex 2c 41, mutex 20 1`),
  );
  expect(all.find((row) => row.startsWith('ovl0_2l'))).toBe('ovl0_2l 24 4');
  // A FIFO of 5120 bytes.
  expect(rig.register('rdma0', 0x40)).toBe(0x8140_00e0);
  expect(rig.crtc.planes.map(({ type }) => type)).toEqual(['primary', ...Array(5).fill('overlay')]);
});

test('MT8183: the fifth plane is the first layer of the second overlay; ten bits of memory threshold', async () => {
  const rig = await lit(MT8183);
  const small = rig.drm.addFb({ width: 101, height: 67, format: 'RGB565', pitch: 256 });
  await rig.live(() => rig.crtc.commit([{ plane: 4, fb: small, x: 33, y: 21 }]));
  expect(rig.take('ovl0_2l')).toEqual(
    rows(`ovl0_2l 30 ff, ovl0_2l 44 10000100, ovl0_2l 38 430065, ovl0_2l 3c 150021
      ovl0_2l f40 ${small.iova.toString(16)}, ovl0_2l c0 1, ovl0_2l c8 1000100, ovl0_2l 2c 1`),
  );
});

test('a part of a picture with pixels of three bytes and a pitch of its own is read from where it begins', async () => {
  const rig = await lit(MT8173);
  const fb = rig.drm.addFb({ width: 333, height: 65, format: 'BGR888', pitch: 1001 });
  const part = { plane: 2, fb, srcX: 7, srcY: 3, width: 11, height: 5, x: 709, y: 1275 };
  await rig.live(() => rig.crtc.commit([part]));
  const addr = fb.iova + 3 * 1001 + 7 * 3;
  expect(rig.take('ovl0').filter((row) => row !== 'ovl0 8 0')).toEqual(
    rows(`ovl0 70 10010ff, ovl0 84 100003e9, ovl0 78 5000b, ovl0 7c 4fb02c5, ovl0 f80 ${addr.toString(16)}
      ovl0 100 1, ovl0 108 40402020, ovl0 2c 5`),
  );
});

/** CON as 6.12 makes it: alpha is looked at only where a pixel has some. */
const FORMATS = [
  ['XRGB8888', 0x20ff, true],
  ['ARGB8888', 0x21ff, false],
  ['XBGR8888', 0x100_20ff, true],
  ['ABGR8888', 0x100_21ff, false],
  ['BGRX8888', 0x100_30ff, true],
  ['BGRA8888', 0x100_31ff, false],
  ['RGB888', 0x10ff, true],
  ['BGR888', 0x100_10ff, true],
  ['RGB565', 0xff, true],
  ['UYVY', 0x6_40ff, true],
  ['YUYV', 0x6_50ff, true],
] as const;
test.each(FORMATS)('MT8173 shows %s', async (format, con, constBlend) => {
  const rig = await lit(MT8173);
  await rig.live(() => rig.crtc.commit([{ plane: 1, fb: rig.drm.addFb({ width: 64, height: 64, format }) }]));
  expect(rig.register('ovl0', 0x50)).toBe(con);
  expect((rig.register('ovl0', 0x64) & 0x1000_0000) !== 0).toBe(constBlend);
});

test('a plane goes with a commit that gives it nothing; the others stay', async () => {
  const rig = await lit(MT8173);
  const fb = rig.drm.addFb({ width: 64, height: 64, format: 'ARGB8888' });
  await rig.live(() => rig.crtc.commit([{ plane: 3, fb }]));
  rig.take();
  await rig.live(() => rig.crtc.commit([{ plane: 3, fb: undefined }]));
  expect(rig.take('ovl0')).toEqual(['ovl0 8 0', 'ovl0 2c 1', 'ovl0 120 0']);
});

test('another mode switches off and on; the same mode only flips', async () => {
  const rig = await lit(MT8173);
  await rig.live(() => rig.crtc.enable(MODE, rig.drm.addFb(SCREEN)));
  expect(rig.take('mmsys', 'mutex', 'dsi0')).toEqual([]);
  const small = { ...MODE, hdisplay: 640, vdisplay: 480 };
  await rig.live(() => rig.crtc.enable(small, rig.drm.addFb({ width: 640, height: 480, format: 'RGB565' })));
  expect(rig.take('mutex').filter((row) => row.startsWith('mutex 20'))).toEqual(['mutex 20 0', 'mutex 20 1']);
  expect([rig.register('ovl0', 0x20), rig.register('dsi0', 0x2c), rig.register('rdma0', 0x14)]).toEqual([
    0x1e0_0280, 480, 640,
  ]);
});

test('MT2701: shadow registers are written at once, under the mutex; the next frame shows them', async () => {
  const rig = await powered(MT2701);
  await rig.live(() => rig.crtc.enable(MODE, rig.drm.addFb(SCREEN)));
  rig.take();
  const next = rig.drm.addFb(SCREEN);
  const flip = rig.crtc.pageFlip(next);
  await rig.bench.run(0);
  expect(rig.take()).toEqual(
    rows(`mutex 20 1, mutex 24 1, ovl0 30 20ff, ovl0 44 10000b40, ovl0 38 50002d0, ovl0 3c 0
      ovl0 40 ${next.iova.toString(16)}, ovl0 c0 1, ovl0 c8 40402020, ovl0 2c 1, mutex 24 0`),
  );
  await rig.interrupt('ovl0');
  expect(await flip).toMatchObject({ sequence: 2 });
});
