// A CRTC whose registers a GCE writes: the packets, instruction by instruction, and what becomes of them. Numbers:
// facts cmdq 2.12, 7 and 10 (U2 to U9). A word is `HIGH LOW`.
import { expect, test } from 'vitest';
import {
  type DisplayRig,
  MODE,
  MT8173,
  MT8183,
  MT8186,
  type SocSpec,
  socTree,
  type TreeOptions,
} from '../../../test/display-registers.js';
import { displayRig } from '../../../test/display-rig.js';
import { ms, s } from '../../base/clock.js';
import type { Device } from '../../core/device.js';
import type { DrmFramebuffer, DrmFramebufferSpec } from '../../core/drm-framebuffer.js';
import { pmRuntimeActive, pmRuntimeUsage } from '../../core/pm-runtime.js';
import { platformDriver } from '../../core/platform-device.js';
import { cmdqMboxCreate, cmdqMboxDestroy, mtkCmdq } from '../mtk-cmdq/mtk-cmdq.js';
import { panelDrivers } from '../panel-mipi-dsi/panel-mipi-dsi.js';
import { mtkCrtcWay, mtkDrm } from './mtk-drm.js';

const SCREEN: DrmFramebufferSpec = { width: 720, height: 1280, format: 'XRGB8888' };

async function powered(spec: SocSpec = MT8173, options: TreeOptions = {}): Promise<DisplayRig> {
  const rig = displayRig(spec, socTree(spec, options), 'auto');
  await rig.bench.powerOn();
  rig.take();
  return rig;
}

/** With a first picture on the screen, and neither writes nor packets noted. */
async function lit(spec: SocSpec = MT8173): Promise<DisplayRig> {
  const rig = await powered(spec);
  await rig.live(() => rig.crtc.enable(MODE, screen(rig)));
  await rig.bench.run(s(6)); // Past the five seconds that the interrupt stays on.
  rig.take();
  rig.gce.packets.length = 0;
  return rig;
}

const screen = (rig: DisplayRig): DrmFramebuffer => rig.drm.addFb(SCREEN);
const hex = (value: number): string => value.toString(16).padStart(8, '0');
const words = (text: string): string[] => text.trim().split(/\s*\n\s*|\s*, /);

test('the first packet has size, background, reset and the layer (U2, U7, U8)', async () => {
  const rig = await powered();
  const fb = screen(rig);
  await rig.live(() => rig.crtc.enable(MODE, fb));
  expect(rig.gce.packets).toEqual([
    words(`20000035 80000000, 20000035 00008001
      0401c020 050002d0, 0401c028 ff000000, 0401c014 00000001, 0401c014 00000000
      0401c030 000020ff, 0401c044 10000b40, 0401c038 050002d0, 0401c03c 00000000, 0401cf40 ${hex(fb.iova)}
      0401c0c0 00000001, 0401c0c8 40402020, 02000000 fffffffe, 0401c02d 00000001, 40000000 00000001`),
  ]);
});

test('a flip is 96 bytes: clear, wait, nine of the layer, EOC and no JUMP; the processor writes no layer', async () => {
  const rig = await lit();
  const next = screen(rig);
  await rig.live(() => rig.crtc.pageFlip(next));
  expect(rig.gce.packets).toEqual([
    words(`20000035 80000000, 20000035 00008001
      0401c030 000020ff, 0401c044 10000b40, 0401c038 050002d0, 0401c03c 00000000, 0401cf40 ${hex(next.iova)}
      0401c0c0 00000001, 0401c0c8 40402020, 02000000 fffffffe, 0401c02d 00000001, 40000000 00000001`),
  ]);
  // What it writes is the interrupt: acknowledged, enabled, acknowledged.
  expect(new Set(rig.take())).toEqual(new Set(['ovl0 8 0', 'ovl0 4 2']));
});

test('MT8183: the window and event of its own, ten bits of memory threshold', async () => {
  const rig = await lit(MT8183);
  const next = screen(rig);
  await rig.live(() => rig.crtc.pageFlip(next));
  expect(rig.gce.packets).toEqual([
    words(`20000082 80000000, 20000082 00008001
      04018030 000020ff, 04018044 10000b40, 04018038 050002d0, 0401803c 00000000, 04018f40 ${hex(next.iova)}
      040180c0 00000001, 040180c8 01000100, 02000000 fffffffe, 0401802d 00000001, 40000000 00000001`),
  ]);
});

test('MT8186: premultiplied formats, and code addresses in units of eight bytes', async () => {
  const rig = await lit(MT8186);
  const next = screen(rig);
  await rig.live(() => rig.crtc.pageFlip(next));
  expect(rig.gce.packets).toEqual([
    words(`200001b2 80000000, 200001b2 00008001
      04015030 008030ff, 04015044 10000b40, 04015038 050002d0, 0401503c 00000000, 04015f40 ${hex(next.iova)}
      040150c0 00000001, 040150c8 01000100, 02000000 fffffffe, 0401502d 00000001, 40000000 00000001`),
  ]);
  expect(rig.register('ovl0', 0xf40)).toBe(next.iova);
});

test('planes of two blocks are in one packet, in their order', async () => {
  const rig = await lit(MT8183);
  const [under, over] = [1, 2].map(() => rig.drm.addFb({ width: 64, height: 64, format: 'ARGB8888' }));
  const updates = [
    { plane: 5, fb: over, x: 8, y: 16 },
    { plane: 2, fb: under },
  ];
  await rig.live(() => rig.crtc.commit(updates));
  expect(rig.gce.packets[0]?.slice(2)).toEqual(
    words(`04018070 000021ff, 04018084 00000100, 04018078 00400040, 0401807c 00000000, 04018f80 ${hex(under?.iova ?? 0)}
      04018100 00000001, 04018108 01000100, 02000000 fffffffb, 0401802d 00000004
      04019050 000021ff, 04019064 00000100, 04019058 00400040, 0401905c 00100008, 04019f60 ${hex(over?.iova ?? 0)}
      040190e0 00000001, 040190e8 01000100, 02000000 fffffffd, 0401902d 00000002, 40000000 00000001`),
  );
});

test('a flip ends when the packet is through, not with a frame before (U4)', async () => {
  const rig = await lit();
  const flip = rig.crtc.pageFlip(screen(rig));
  let over = false;
  void flip.then(() => {
    over = true;
  });
  await rig.frame();
  expect([rig.gce.busy, over]).toEqual([true, false]);
  rig.gce.finish();
  await rig.bench.run(0);
  expect(await flip).toEqual({ sequence: rig.crtc.vblank.last.sequence, timestamp: rig.bench.clock.now() });
});

test('off: the layers go by a packet, SRC_CON before RDMA_CTRL (U9), and it is waited for', async () => {
  const rig = await lit();
  await rig.live(() => rig.crtc.disable());
  expect(rig.gce.packets).toEqual([
    words(`20000035 80000000, 20000035 00008001
      02000000 fffffffe, 0401c02d 00000000, 0401c0c0 00000000, 02000000 fffffffd, 0401c02d 00000000, 0401c0e0 00000000
      02000000 fffffffb, 0401c02d 00000000, 0401c100 00000000, 02000000 fffffff7, 0401c02d 00000000, 0401c120 00000000
      40000000 00000001`),
  ]);
  expect(rig.take('ovl0').filter((row) => row !== 'ovl0 8 0')).toEqual(['ovl0 4 2', 'ovl0 4 0', 'ovl0 c 0']);
  expect(rig.log).toEqual([]);
});

test('a packet that does not come through is told after three frames (U5), the flip after ten seconds', async () => {
  const rig = await lit();
  const flip = rig.crtc.pageFlip(screen(rig));
  flip.catch(() => undefined);
  await rig.frame();
  await rig.frame();
  expect(rig.log).toEqual([]);
  await rig.frame();
  expect(rig.log).toEqual(['err [drm] *ERROR* mtk_crtc 0 CMDQ execute command timeout!']);
  await rig.frame();
  expect(rig.log).toHaveLength(1);
  await expect(rig.crtc.pageFlip(screen(rig))).rejects.toThrow('the commit before is not on the screen yet (EBUSY)');
  await rig.bench.run(s(10));
  await expect(flip).rejects.toThrow('CRTC:0:main: flip_done timed out after 10 s (ETIMEDOUT)');
  expect(rig.log[1]).toBe('err [drm] *ERROR* [CRTC:0:main] flip_done timed out');
});

test('the next packet flushes one that waits, and has its writes (U3)', async () => {
  const rig = await lit();
  const overlay = rig.drm.addFb({ width: 64, height: 64, format: 'ARGB8888' });
  rig.crtc.commit([{ plane: 1, fb: overlay }]).catch(() => undefined);
  await rig.bench.run(s(11));
  const next = screen(rig);
  await rig.live(() => rig.crtc.pageFlip(next));
  expect(rig.gce.packets.map((packet) => packet.filter((word) => /^0401cf/.test(word)))).toEqual([
    [`0401cf60 ${hex(overlay.iova)}`],
    [`0401cf40 ${hex(next.iova)}`, `0401cf60 ${hex(overlay.iova)}`],
  ]);
  rig.gce.packets.length = 0;
  await rig.live(() => rig.crtc.pageFlip(screen(rig)));
  expect(rig.gce.packets[0]).toHaveLength(12);
});

test('crtc-L5: a packet with a bad instruction ends its commit with that error; the next has its writes', async () => {
  const rig = await lit();
  const overlay = rig.drm.addFb({ width: 64, height: 64, format: 'ARGB8888' });
  const commit = rig.crtc.commit([{ plane: 1, fb: overlay }]);
  commit.catch(() => undefined);
  await rig.bench.run(0);
  rig.gce.finish(0x10);
  await rig.bench.run(0);
  await expect(commit).rejects.toThrow('mtk_crtc 0: the GCE ended the packet (ENOEXEC)');
  await rig.live(() => rig.crtc.pageFlip(screen(rig)));
  expect(rig.gce.packets[1]).toContain(`0401cf60 ${hex(overlay.iova)}`);
});

test('a CRTC whose packets never come through is switched off all the same, after half a second', async () => {
  const rig = await lit();
  const from = rig.bench.clock.now();
  await rig.live(() => rig.crtc.disable(), false);
  expect(rig.bench.clock.now() - from).toBeLessThan(ms(600));
  expect(rig.crtc.mode).toBeUndefined();
  // Nobody wants the frame interrupt meanwhile, so that nobody counts frames, as in Linux.
  expect(rig.log).toEqual([]);
});

const gceOf = (rig: DisplayRig): Device => rig.bench.core.devices.find(({ path }) => /mailbox/.test(path)) as Device;

test('the GCE is kept awake while it has a packet, and sleeps afterwards', async () => {
  const rig = await lit();
  const gce = gceOf(rig);
  expect([pmRuntimeUsage(gce), pmRuntimeActive(gce)]).toEqual([0, false]);
  const flip = rig.crtc.pageFlip(screen(rig));
  await rig.bench.run(0);
  expect([pmRuntimeUsage(gce), pmRuntimeActive(gce)]).toEqual([1, true]);
  rig.gce.finish();
  await rig.bench.run(0);
  await flip;
  await rig.bench.run(ms(101));
  expect([pmRuntimeUsage(gce), pmRuntimeActive(gce)]).toEqual([0, false]);
});

test('a GCE that cannot be woken ends commits with EIO until it can', async () => {
  const rig = await lit(MT8186);
  rig.bench.faults.add([{ where: 'mmio.write', which: '0x48', nth: 0, what: 'bus-error' }]); // GCTL_VALUE
  const next = screen(rig);
  await expect(rig.crtc.pageFlip(next)).rejects.toMatchObject({ code: 'EIO' });
  rig.bench.faults.clear();
  await rig.live(() => rig.crtc.pageFlip(next));
  expect(rig.register('ovl0', 0xf40)).toBe(next.iova);
});

const CLIENT = 'failed to create mailbox client, writing register by CPU now';
const EVENTS = 'failed to get mediatek,gce-events property';
const FALLBACKS: readonly (readonly [claim: string, TreeOptions, said: string[], why: string])[] = [
  [
    'no mailbox',
    { mboxes: false },
    [CLIENT],
    `${CLIENT}: /soc/mmsys@14000000: mailbox: mboxes[0]: there is no such entry (ENODEV)`,
  ],
  [
    'no event',
    { events: false },
    [EVENTS],
    `${EVENTS}: /soc/mutex@14020000: cmdq: mediatek,gce-events has no entry 0 (EINVAL)`,
  ],
  [
    'a block that the GCE does not reach (crtc-L4)',
    { clientRegs: false },
    [],
    'no mediatek,gce-client-reg of a block with layers',
  ],
];
test.each(FALLBACKS)('%s: the processor writes, and the display works (U6)', async (_, options, said, why) => {
  const rig = displayRig(MT8173, socTree(MT8173, options), 'auto');
  const lines: string[] = [];
  rig.bench.trace.attach((event) => {
    const text = event.kind === 'printk' ? /mtk_crtc \d (failed .*)/.exec(event.text)?.[1] : undefined;
    if (text !== undefined) lines.push(text);
  });
  await rig.bench.powerOn();
  expect(lines).toEqual(said);
  expect(mtkCrtcWay(rig.bench.core, rig.crtc)).toEqual({ by: 'cpu', why });
  await rig.live(() => rig.crtc.enable(MODE, screen(rig)));
  expect([rig.gce.packets, rig.register('ovl0', 0xc0)]).toEqual([[], 1]);
});

test('an option keeps the GCE out', async () => {
  const rig = displayRig(MT8173, socTree(MT8173), 'off');
  await rig.bench.powerOn();
  expect(mtkCrtcWay(rig.bench.core, rig.crtc)).toEqual({ by: 'cpu', why: 'the driver was told so' });
});

test('where the GCE writes there is nothing to explain', async () => {
  const rig = await powered();
  expect(mtkCrtcWay(rig.bench.core, rig.crtc)).toEqual({ by: 'gce' });
});

const RIVAL = platformDriver({
  name: 'rival',
  compatible: ['x,rival'],
  probe: (dev) => {
    const client = cmdqMboxCreate(dev, 0);
    dev.scope.defer(() => cmdqMboxDestroy(client));
  },
});

test('a channel that somebody has leaves the processor', async () => {
  const tree = socTree(MT8173, { more: 'rival { compatible = "x,rival"; mboxes = <&gce 0 1>; };' });
  const rig = displayRig(MT8173, tree, 'auto', { drivers: [mtkCmdq, RIVAL, ...mtkDrm(), ...panelDrivers] });
  await rig.bench.powerOn();
  const why = `${CLIENT}: /soc/mmsys@14000000: mailbox: channel 0 belongs to /soc/rival (EBUSY)`;
  expect(mtkCrtcWay(rig.bench.core, rig.crtc)).toEqual({ by: 'cpu', why });
});

test('no memory for a packet leaves the processor, and the channel to others', async () => {
  const rig = displayRig(MT8173, socTree(MT8173), 'auto');
  rig.bench.faults.add([{ where: 'dma.alloc', which: undefined, nth: 1, what: 'enomem' }]);
  await rig.bench.powerOn();
  expect(mtkCrtcWay(rig.bench.core, rig.crtc)).toMatchObject({
    by: 'cpu',
    why: /^failed to create cmdq packet: .*\(ENOMEM\)$/,
  });
});

test('without a driver for the GCE the display does not wait for ever', async () => {
  const rig = displayRig(MT8173, socTree(MT8173), 'auto', { drivers: [...mtkDrm(), ...panelDrivers] });
  await rig.bench.powerOn();
  const absent = 'the mailbox controller /soc/mailbox@10212000 is not there (EPROBE_DEFER)';
  const why = `${CLIENT}: /soc/mmsys@14000000: mailbox: ${absent}`;
  expect(mtkCrtcWay(rig.bench.core, rig.crtc)).toEqual({ by: 'cpu', why });
});

test('a GCE that goes takes the display down before, with a flip under way; it comes back with it', async () => {
  const rig = await lit();
  const flip = rig.crtc.pageFlip(screen(rig));
  const told = expect(flip).rejects.toThrow('CRTC:0:main is gone (ENODEV)');
  await rig.bench.run(0);
  expect(rig.gce.busy).toBe(true);
  const gce = gceOf(rig);
  await rig.live(() => rig.bench.core.unbind(gce), false);
  await told;
  expect([rig.drm, rig.gce.busy]).toEqual([undefined, false]);
  await rig.live(() => rig.bench.core.bind(gce), false);
  await rig.live(() => rig.crtc.enable(MODE, screen(rig)));
  expect(mtkCrtcWay(rig.bench.core, rig.crtc)).toEqual({ by: 'gce' });
});
