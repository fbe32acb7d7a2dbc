// Commits, framebuffers and vblank of a display whose hardware a test plays: what is refused and with which of Linux's
// errors, what is waited for, what is left.
import { expect, test } from 'vitest';
import { benchOf } from '../../test/bench.js';
import { treeOf } from '../../test/lab.js';
import { ms, s } from '../base/clock.js';
import { SysError } from '../base/errno.js';
import type { Bench } from '../bench/bench.js';
import type { Device } from './device.js';
import { DrmDevice, drmDevRegister } from './drm.js';
import type { DrmMode } from './drm-bridge.js';
import { DrmCrtc, type DrmCrtcOps } from './drm-crtc.js';
import type { DrmPendingEvent } from './drm-event.js';
import type { DrmFormat } from './drm-fourcc.js';
import type { DrmFramebuffer } from './drm-framebuffer.js';
import type { DrmPlane } from './drm-plane.js';
import { platformDriver } from './platform-device.js';

const MODE: DrmMode = {
  hdisplay: 640,
  hsyncStart: 656,
  hsyncEnd: 752,
  htotal: 800,
  vdisplay: 480,
  vsyncStart: 490,
  vsyncEnd: 492,
  vtotal: 525,
  clockKhz: 25_200,
};

/** Hardware that does at once what it is told, and ends its frames when the test says so. */
class Hardware {
  readonly log: string[] = [];
  event: DrmPendingEvent | undefined;
  /** Called on the way off. */
  asDisabling: () => void = () => undefined;
  /** What fails next. */
  fails: keyof DrmCrtcOps | undefined;
  readonly ops: DrmCrtcOps = {
    encoder: () => undefined,
    modeValid: (mode) => (mode.clockKhz > 100_000 ? 'too fast' : undefined),
    atomicEnable: () => this.#step('atomicEnable', 'on'),
    atomicDisable: () => {
      this.asDisabling();
      this.#step('atomicDisable', 'off');
    },
    atomicFlush: (planes, event) => {
      this.#step('atomicFlush', planes.map((plane) => shown(plane)).join(' '));
      this.event = event;
    },
    enableVblank: () => this.#step('enableVblank', 'irq on'),
    disableVblank: () => this.#step('disableVblank', 'irq off'),
  };
  #crtc: DrmCrtc | undefined;

  of(crtc: DrmCrtc): void {
    this.#crtc = crtc;
  }

  /** A frame ends, and with it what was committed. */
  frame(): void {
    this.#crtc?.vblank.handle();
    this.event?.send();
    this.event = undefined;
  }

  #step(name: keyof DrmCrtcOps, text: string): void {
    if (this.fails === name) {
      this.fails = undefined;
      throw new SysError('EIO', `${name} failed`);
    }
    this.log.push(text);
    if (name === 'atomicEnable') this.#crtc?.vblank.on();
    if (name === 'atomicDisable') this.#crtc?.vblank.off();
  }
}

const shown = ({ index, state }: DrmPlane): string =>
  state === undefined ? `${index}:-` : `${index}:${state.width}x${state.height}+${state.x}+${state.y}`;

interface Rig {
  readonly bench: Bench;
  readonly drm: DrmDevice;
  readonly crtc: DrmCrtc;
  readonly hardware: Hardware;
  readonly lines: string[];
}

async function display(): Promise<Rig> {
  const hardware = new Hardware();
  let drm: DrmDevice | undefined;
  const driver = platformDriver({
    name: 'gpu',
    compatible: ['x,gpu'],
    probe(dev: Device) {
      drm = new DrmDevice(dev, { minWidth: 16, maxWidth: 4096, minHeight: 16, maxHeight: 2048 });
      const formats: DrmFormat[] = ['XRGB8888', 'RGB565', 'YUYV'];
      const planeSpecs = [
        { type: 'primary' as const, formats: ['XRGB8888', 'RGB565'] as const },
        { type: 'overlay' as const, formats },
      ];
      const crtc = new DrmCrtc(dev, { index: 0, name: 'main', components: [], planeSpecs, ops: hardware.ops });
      hardware.of(crtc);
      drm.addCrtc(crtc);
      const display = drm;
      dev.scope.defer(() => display.shutdown());
      dev.scope.defer(drmDevRegister(drm));
    },
  });
  const tree = treeOf(`/ { #address-cells = <1>; #size-cells = <1>;
    memory@40000000 { device_type = "memory"; reg = <0x40000000 0x3000000>; }; gpu { compatible = "x,gpu"; }; };`);
  const bench = benchOf(tree, { drivers: [driver] });
  const lines: string[] = [];
  bench.trace.attach((event) => event.kind === 'printk' && event.level === 'err' && lines.push(event.text));
  await bench.powerOn();
  const made = drm as unknown as DrmDevice;
  return { bench, drm: made, crtc: made.crtcs[0] as DrmCrtc, hardware, lines };
}

/** Lets something be done, with frames that end. */
async function live<T>({ bench, hardware }: Rig, body: () => Promise<T>): Promise<T> {
  let over = false;
  const beat = async (): Promise<void> => {
    await bench.clock.sleep(ms(16));
    if (over) return;
    hardware.frame();
    await beat();
  };
  void beat();
  return bench.drive('test', s(60), () =>
    body().finally(() => {
      over = true;
    }),
  );
}

const screen = ({ drm }: Rig, format: DrmFormat = 'XRGB8888'): DrmFramebuffer =>
  drm.addFb({ width: 640, height: 480, format });

/** A display that shows a picture. */
async function lit(): Promise<Rig & { readonly fb: DrmFramebuffer }> {
  const rig = await display();
  const fb = screen(rig);
  await live(rig, () => rig.crtc.enable(MODE, fb));
  rig.hardware.log.length = 0;
  return { ...rig, fb };
}

const codeOf = (body: () => unknown): string => {
  try {
    body();
    return 'none';
  } catch (e) {
    return (e as SysError).code;
  }
};

test('a framebuffer is lines of pixels at a bus address of its own, black, and goes with its memory', async () => {
  const { drm } = await display();
  const odd = drm.addFb({ width: 101, height: 17, format: 'RGB565' });
  expect([odd.pitch, odd.bytes.length, odd.bytes.every((byte) => byte === 0), odd.iova % 4096]).toEqual([
    202,
    3434,
    true,
    0,
  ]);
  const wide = drm.addFb({ width: 101, height: 17, format: 'RGB565', pitch: 203 });
  expect([wide.pitch, wide.bytes.length, drm.framebuffers]).toEqual([203, 3451, [odd, wide]]);
  drm.rmFb(odd);
  drm.rmFb(odd); // A second time does nothing.
  expect([odd.freed, drm.framebuffers]).toEqual([true, [wide]]);
});

test.each([
  [{ width: 15, height: 16 }, 'no framebuffer of 15x16: 16x16 to 4096x2048 can be (EINVAL)'],
  [{ width: 16, height: 2049 }, 'no framebuffer of 16x2049: 16x16 to 4096x2048 can be (EINVAL)'],
  [{ width: 16.5, height: 16 }, 'no framebuffer of 16.5x16: 16x16 to 4096x2048 can be (EINVAL)'],
  [{ format: 'NV12' as DrmFormat }, 'no framebuffer of format NV12 (EINVAL)'],
  [{ format: 'YUYV' as const, width: 17 }, 'YUYV has pairs of pixels, 17 is odd (EINVAL)'],
  [{ pitch: 63 }, 'a line of 16 pixels needs 64 bytes, not 63 (EINVAL)'],
  [{ pitch: 0x1_0000 }, 'a line of 16 pixels needs 64 bytes, not 65536 (EINVAL)' /* drm-L3 */],
])('no framebuffer can be made so: %j', async (spec, text) => {
  const { drm } = await display();
  expect(() => drm.addFb({ width: 16, height: 16, format: 'XRGB8888', ...spec })).toThrow(text);
  expect(drm.framebuffers).toEqual([]);
});

test('memory that runs out is ENOMEM, and leaves what was there', async () => {
  const { drm } = await display();
  const big = { width: 4096, height: 2048, format: 'XRGB8888' } as const;
  drm.addFb(big);
  expect(codeOf(() => drm.addFb(big))).toBe('ENOMEM');
  expect(drm.framebuffers).toHaveLength(1);
});

test('on with a picture, another one, off: what the driver is told, and when the program is', async () => {
  const rig = await display();
  const { crtc, hardware, bench } = rig;
  const first = await live(rig, () => crtc.enable(MODE, screen(rig)));
  expect([first, crtc.mode]).toEqual([{ sequence: 1, timestamp: ms(16) }, MODE]);
  const flip = crtc.pageFlip(screen(rig));
  await bench.run(ms(5));
  hardware.frame();
  expect(await flip).toEqual({ sequence: 2, timestamp: bench.clock.now() });
  await live(rig, () => crtc.disable());
  expect(hardware.log).toEqual(['on', 'irq on', '0:640x480+0+0', '0:640x480+0+0', 'off', 'irq off']);
});

const REFUSED: readonly (readonly [claim: string, what: (rig: Rig) => Promise<unknown>, text: string])[] = [
  [
    'another format (EINVAL, as in Linux)',
    (rig) => rig.crtc.pageFlip(screen(rig, 'RGB565')),
    'a flip goes from XRGB8888 to XRGB8888, not RGB565 (EINVAL)',
  ],
  [
    'a picture that does not cover the screen (ENOSPC, as in Linux)',
    (rig) => rig.crtc.pageFlip(rig.drm.addFb({ width: 640, height: 479, format: 'XRGB8888' })),
    'a framebuffer of 640x479 does not cover a screen of 640x480 (ENOSPC)',
  ],
  [
    'a format that the plane has not (EINVAL, as in Linux)',
    (rig) => rig.crtc.enable(MODE, screen(rig, 'YUYV')),
    'plane 0: no YUYV, only XRGB8888, RGB565 (EINVAL)',
  ],
  [
    'a part outside of the picture (ENOSPC, as in Linux)',
    (rig) => rig.crtc.commit([{ plane: 1, fb: screen(rig), srcX: 600, width: 41, height: 10 }]),
    'plane 1: 41x10 pixels at 600,0 are not inside the framebuffer of 640x480 (ENOSPC)',
  ],
  [
    'drm-L2: a part outside of the screen',
    (rig) => rig.crtc.commit([{ plane: 1, fb: screen(rig), x: 1 }]),
    'plane 1: 640x480 pixels at 1,0 are not inside the screen of 640x480 (EINVAL)',
  ],
  [
    'half a pair of pixels',
    (rig) => rig.crtc.commit([{ plane: 1, fb: screen(rig, 'YUYV'), srcX: 1 }]),
    'plane 1: YUYV has pairs of pixels, 1 is odd (EINVAL)',
  ],
  ['no such plane', (rig) => rig.crtc.commit([{ plane: 2, fb: undefined }]), 'no plane 2 (EINVAL)'],
  [
    'a mode without lines',
    (rig) => rig.crtc.enable({ ...MODE, vdisplay: 0 }),
    'no mode has frames of 0, 490, 492, 525',
  ],
  [
    'a mode that the driver refuses',
    (rig) => rig.crtc.enable({ ...MODE, clockKhz: 100_001 }),
    'CRTC:0:main: too fast (EINVAL)',
  ],
];
test.each(REFUSED)('refused before anything is done: %s', async (_, what, text) => {
  const rig = await lit();
  await expect(what(rig)).rejects.toThrow(text);
  expect([rig.hardware.log, rig.crtc.planes[0]?.state?.fb]).toEqual([[], rig.fb]);
});

test('a picture that was given back is ENOENT; drm-L1: one on the screen is EBUSY until another is there', async () => {
  const rig = await lit();
  const { drm, crtc, hardware, fb } = rig;
  const gone = screen(rig);
  drm.rmFb(gone);
  await expect(crtc.pageFlip(gone)).rejects.toThrow('the framebuffer was given back (ENOENT)');
  expect(codeOf(() => drm.rmFb(fb))).toBe('EBUSY');
  const next = screen(rig);
  const flip = crtc.pageFlip(next);
  await rig.bench.run(0);
  expect([codeOf(() => drm.rmFb(fb)), codeOf(() => drm.rmFb(next))]).toEqual(['EBUSY', 'EBUSY']);
  hardware.frame();
  await flip;
  expect([codeOf(() => drm.rmFb(fb)), codeOf(() => drm.rmFb(next))]).toEqual(['none', 'EBUSY']);
  await live(rig, () => crtc.disable());
  expect(codeOf(() => drm.rmFb(next))).toBe('none');
});

test('a picture of a commit that waits for its turn is not given back', async () => {
  const rig = await lit();
  const next = screen(rig);
  await live(rig, async () => {
    const off = rig.crtc.disable();
    const on = rig.crtc.enable(MODE, next);
    expect(codeOf(() => rig.drm.rmFb(next))).toBe('EBUSY');
    await off;
    await on;
  });
});

test('a picture is on the screen until the CRTC is off', async () => {
  const rig = await lit();
  rig.hardware.asDisabling = () => rig.hardware.log.push(codeOf(() => rig.drm.rmFb(rig.fb)));
  await live(rig, () => rig.crtc.disable());
  expect(rig.hardware.log).toEqual(['EBUSY', 'off', 'irq off']);
});

test('what a commit that never came could not replace is not given back before the next one came', async () => {
  const rig = await lit();
  const [lost, next] = [screen(rig), screen(rig)];
  const flip = expect(rig.crtc.pageFlip(lost)).rejects.toThrow('ETIMEDOUT');
  await rig.bench.run(s(10));
  await flip;
  await live(rig, async () => {
    const shown = rig.crtc.pageFlip(next);
    expect([rig.fb, lost].map((fb) => codeOf(() => rig.drm.rmFb(fb)))).toEqual(['EBUSY', 'EBUSY']);
    await shown;
    expect([rig.fb, lost].map((fb) => codeOf(() => rig.drm.rmFb(fb)))).toEqual(['none', 'none']);
  });
});

test('a flip without picture is EBUSY, as in Linux; a commit while off is EINVAL', async () => {
  const rig = await display();
  await expect(rig.crtc.pageFlip(screen(rig))).rejects.toThrow('CRTC:0:main has no picture to flip (EBUSY)');
  await expect(rig.crtc.commit([])).rejects.toThrow('CRTC:0:main is off (EINVAL)');
  await expect(rig.crtc.waitVblank()).rejects.toThrow('CRTC:0:main is off: there is no vblank (EINVAL)');
});

test('a second flip before the first is on the screen is EBUSY; one that never is, ETIMEDOUT after 10 s', async () => {
  const rig = await lit();
  const flip = rig.crtc.pageFlip(screen(rig));
  const told = expect(flip).rejects.toThrow('CRTC:0:main: flip_done timed out after 10 s (ETIMEDOUT)');
  await expect(rig.crtc.pageFlip(screen(rig))).rejects.toThrow('is not on the screen yet (EBUSY)');
  await rig.bench.run(s(10));
  await told;
  expect(rig.lines).toEqual(['gpu gpu: [drm] *ERROR* [CRTC:0:main] flip_done timed out']);
});

test('the vblank interrupt goes off five seconds after the last who wanted it', async () => {
  const rig = await lit();
  await rig.bench.run(s(5));
  expect(rig.hardware.log).toEqual(['irq off']);
  const seen = await live(rig, () => rig.crtc.waitVblank());
  expect(seen.sequence).toBe(2);
  await rig.bench.run(s(5));
  expect(rig.hardware.log).toEqual(['irq off', 'irq on', 'irq off']);
  const waiting = expect(rig.crtc.waitVblank()).rejects.toThrow('no vblank of CRTC:0:main within 100 ms (ETIMEDOUT)');
  await rig.bench.run(ms(100));
  await waiting;
});

test('who waits for a vblank is told when the CRTC goes off', async () => {
  const rig = await lit();
  const waiting = expect(rig.crtc.waitVblank()).rejects.toThrow('CRTC:0:main was switched off (ECANCELED)');
  await rig.bench.drive('off', s(1), () => rig.crtc.disable());
  await waiting;
});

test.each(['atomicEnable', 'enableVblank', 'atomicFlush'] as const)(
  'drm-L5: %s fails: EIO, and the next time it works',
  async (step) => {
    const rig = await display();
    rig.hardware.fails = step;
    await expect(live(rig, () => rig.crtc.enable(MODE, screen(rig)))).rejects.toThrow(`${step} failed`);
    expect(rig.crtc.mode === undefined).toBe(step === 'atomicEnable');
    await live(rig, () => rig.crtc.enable(MODE, screen(rig)));
    await live(rig, () => rig.crtc.disable());
  },
);

test('what fails on the way off is told, and it is off all the same', async () => {
  const rig = await lit();
  rig.hardware.fails = 'atomicDisable';
  await expect(live(rig, () => rig.crtc.disable())).rejects.toThrow('atomicDisable failed');
  expect([rig.crtc.mode, rig.crtc.planes[0]?.state]).toEqual([undefined, undefined]);
  rig.crtc.vblank.off();
});

test('a display that goes ends its flips with ENODEV, and gives all pictures back', async () => {
  const rig = await lit();
  const flip = expect(rig.crtc.pageFlip(screen(rig))).rejects.toThrow('CRTC:0:main is gone (ENODEV)');
  await rig.bench.core.unbind(rig.drm.dev);
  await flip;
  expect(rig.drm.framebuffers).toEqual([]);
  expect(() => screen(rig)).toThrow('the display is gone (ENODEV)');
  await expect(rig.crtc.enable(MODE)).rejects.toThrow('CRTC:0:main is gone (ENODEV)');
});

test('a CRTC that can only be told of says why', async () => {
  const rig = await display();
  const crtc = new DrmCrtc(rig.drm.dev, { index: 1, name: 'ext', components: [], whyNot: 'nobody knows it' });
  await expect(crtc.enable(MODE)).rejects.toThrow('CRTC:1:ext cannot be switched on: nobody knows it (EOPNOTSUPP)');
});

test('drm-L4: switching on takes the other planes off, also in the same mode', async () => {
  const rig = await lit();
  const small = rig.drm.addFb({ width: 64, height: 64, format: 'RGB565' });
  await live(rig, () => rig.crtc.commit([{ plane: 1, fb: small, x: 576, y: 416 }]));
  await live(rig, () => rig.crtc.enable(MODE, screen(rig)));
  expect(rig.hardware.log).toEqual(['1:64x64+576+416', '0:640x480+0+0 1:-']);
});

test('a CRTC has the connector whose encoder leads there', async () => {
  const { drm, crtc } = await display();
  const encoder = (possibleCrtcs: number) => ({ name: 'DSI-1', dev: drm.dev, possibleCrtcs, bridges: [] });
  drm.addConnector({ name: 'DPI-1', encoder: encoder(2), modes: [] });
  expect(drm.connectorOf(crtc)).toBeUndefined();
  drm.addConnector({ name: 'DSI-1', encoder: encoder(3), modes: [MODE] });
  expect(drm.connectorOf(crtc)?.name).toBe('DSI-1');
});
