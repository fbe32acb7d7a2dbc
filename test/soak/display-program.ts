// Programs that do anything with a display, in any order, while frames and packets end when they like and, in half of
// the runs, something on the wires fails: no overlay ever reads memory that was given back, every answer is a picture
// or a named error, and nothing is left.
import { DisplayRig, MODE, MT8173, MT8183, MT8186, socTree } from '../display-registers.js';
import { ms } from '../../src/base/clock.js';
import { SysError } from '../../src/base/errno.js';
import { Random } from '../../src/base/random.js';
import { FaultPlan } from '../../src/bus/fault-plan.js';
import type { DrmMode } from '../../src/core/drm-bridge.js';
import type { DrmCrtc } from '../../src/core/drm-crtc.js';
import { DRM_FORMATS, type DrmFormat } from '../../src/core/drm-fourcc.js';
import type { DrmFramebuffer } from '../../src/core/drm-framebuffer.js';

const FORMATS = Object.keys(DRM_FORMATS) as DrmFormat[];
const SMALL: DrmMode = { ...MODE, hdisplay: 640, vdisplay: 480 };
const OVL = { EN: 0x0c, SRC_CON: 0x2c, PITCH: 0x44, SRC_SIZE: 0x38, ADDR: 0xf40, RDMA_CTRL: 0xc0 };

/** What `npm run soak` runs; `run` throws with what it found. */
export const scenarios: readonly { name: string; total: number; run(seed: string): Promise<void> }[] = [
  { name: 'display-program', total: 5000, run: (seed) => run(seed, false) },
  { name: 'display-program-faults', total: 5000, run: (seed) => run(seed, true) },
];

async function run(seed: string, withFaults: boolean): Promise<void> {
  const findings = await life(seed, withFaults);
  // After a fault nobody knows what an overlay reads; Linux would not either.
  const wrong = findings.filter((text) => !withFaults || !/ reads /.test(text));
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
}

/** One program's life. */
class Program {
  readonly rig: DisplayRig;
  readonly findings: string[] = [];
  readonly #random: Random;
  readonly #doing = new Set<Promise<void>>();

  constructor(rig: DisplayRig, random: Random) {
    this.rig = rig;
    this.#random = random;
  }

  get #fb(): DrmFramebuffer | undefined {
    const all = this.rig.drm?.framebuffers ?? [];
    return all.length === 0 ? undefined : this.#random.pick(all);
  }

  /** Does something; it may still be under way when the next thing is done. */
  step(): void {
    const { rig } = this;
    const crtc: DrmCrtc | undefined = rig.drm?.crtcs[0];
    const what = this.#random.pick(['add', 'rm', 'enable', 'flip', 'flip', 'flip', 'commit', 'wait', 'off'] as const);
    const mode = this.#random.chance(0.8) ? MODE : SMALL;
    const fb = this.#fb;
    if (crtc === undefined) return;
    this.#do(what, () => {
      if (what === 'add') return void rig.drm.addFb(this.#spec(mode));
      if (what === 'rm') return fb === undefined ? undefined : rig.drm.rmFb(fb);
      if (what === 'enable') return crtc.enable(mode, fb);
      if (what === 'flip') return fb === undefined ? undefined : crtc.pageFlip(fb);
      if (what === 'commit') return crtc.commit([this.#update(crtc, fb), this.#update(crtc, this.#fb)]);
      return what === 'wait' ? crtc.waitVblank() : crtc.disable();
    });
  }

  /** Frames and packets end, or do not, and time goes on. */
  async time(): Promise<void> {
    const { rig } = this;
    if (this.#random.chance(0.6)) rig.gce.finish();
    await rig.bench.run(ms(this.#random.pick([0, 0, 3, 16, 16, 200])));
    if (this.#random.chance(0.8)) rig.frameEnds();
    await rig.bench.run(0);
    this.#look();
  }

  /** All that was begun comes to an end. */
  async ended(): Promise<void> {
    let over = false;
    void Promise.all(this.#doing).then(() => {
      over = true;
    });
    for (let turn = 0; turn < 3000 && !over; turn++) {
      await this.rig.bench.run(ms(20));
      this.rig.gce.finish();
      this.rig.frameEnds();
      await this.rig.bench.run(0);
    }
    if (!over) this.findings.push('something never ended');
  }

  #do(what: string, body: () => unknown): void {
    const done = Promise.resolve()
      .then(body)
      .then(
        () => undefined,
        (e: unknown) => void (e instanceof SysError || this.findings.push(`${what}: ${String(e)}`)),
      );
    this.#doing.add(done);
    void done.then(() => this.#doing.delete(done));
  }

  #spec({ hdisplay, vdisplay }: DrmMode): { width: number; height: number; format: DrmFormat; pitch?: number } {
    const format = this.#random.chance(0.7) ? 'XRGB8888' : this.#random.pick(FORMATS);
    const width = hdisplay + this.#random.pick([0, 0, 1, 2, -1]);
    const height = vdisplay + this.#random.pick([0, 0, 7, -300]);
    const pitch = width * DRM_FORMATS[format].cpp + this.#random.pick([0, 0, 1, 64]);
    return { width, height, format, pitch };
  }

  #update(crtc: DrmCrtc, fb: DrmFramebuffer | undefined) {
    const plane = this.#random.below(crtc.planes.length + 1);
    const [x, y, srcX, srcY] = [this.#random.below(50), this.#random.below(50), this.#random.below(9), 1];
    return { plane, fb: this.#random.chance(0.2) ? undefined : fb, x, y, srcX, srcY, width: 64, height: 33 };
  }

  /** What an overlay that is on reads lies inside of a picture that is there. */
  #look(): void {
    const { rig } = this;
    for (const name of ['ovl0', 'ovl0_2l']) {
      if (!rig.has(name) || rig.register(name, OVL.EN) === 0) continue;
      for (let layer = 0; layer < 4; layer++) {
        const at = (offset: number): number => rig.register(name, offset + layer * 0x20);
        if ((rig.register(name, OVL.SRC_CON) & (1 << layer)) === 0 || at(OVL.RDMA_CTRL) === 0) continue;
        const last = at(OVL.ADDR) + ((at(OVL.SRC_SIZE) >>> 16) - 1) * (at(OVL.PITCH) & 0xffff);
        const inside = rig.drm?.framebuffers.some(
          ({ iova, bytes }) => at(OVL.ADDR) >= iova && last < iova + bytes.length,
        );
        if (inside !== true) this.findings.push(`${name} layer ${layer} reads ${at(OVL.ADDR).toString(16)}`);
      }
    }
  }
}

const FAULTS = [
  ['mmio.read', 'bus-error'],
  ['mmio.write', 'bus-error'],
  ['dma.alloc', 'enomem'],
  ['irq.deliver', 'late'],
] as const;

/** What is wrong after one life. */
async function life(seed: string, withFaults: boolean): Promise<readonly string[]> {
  const random = new Random(seed);
  const spec = random.pick([MT8173, MT8183, MT8186]);
  const cmdq = random.pick(['auto', 'auto', 'off'] as const);
  const rig = new DisplayRig(spec, socTree(spec), cmdq, { faults: (trace) => new FaultPlan([], trace) });
  const { bench } = rig;
  await bench.powerOn();
  const program = new Program(rig, random);
  for (let nth = 0; nth < 4; nth++) rig.drm.addFb({ width: 720, height: 1280, format: 'XRGB8888' });
  for (let turn = 0; turn < 60; turn++) {
    const [where, what] = random.pick(FAULTS);
    const nth = 1 + random.below(40);
    if (withFaults && random.chance(0.1)) bench.faults.add([{ where, which: undefined, nth, what }]);
    program.step();
    if (random.chance(0.7)) await program.time();
  }
  bench.faults.clear();
  if (random.chance(0.7)) await program.ended();
  const left = await bench.powerOff();
  await program.ended();
  const dma = bench.dmaFindings.filter(({ by }) => by === 'driver').map(({ text }) => text);
  return [...program.findings, ...left, ...dma];
}
