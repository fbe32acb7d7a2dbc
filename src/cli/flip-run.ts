// One run of `bringup flip`: a display goes on and shows picture after picture; what its panel gets is looked at.
import { type Duration, ms, s } from '../base/clock.js';
import { SysError } from '../base/errno.js';
import type { Bench } from '../bench/bench.js';
import type { VideoFrame } from '../bus/video.js';
import type { DrmFramebuffer } from '../core/drm-framebuffer.js';
import { mtkCrtcWay } from '../drivers/mtk-drm/mtk-drm.js';
import { drawFlip } from '../stock/flip-picture.js';
import { FLIP_FORMAT, type FlipTarget, flipTimes } from '../stock/flip-target.js';
import { gceWords } from '../stock/gce-words.js';
import { type FlipStep, FlipWatch, type TornFrame } from './flip-watch.js';

/** Who may write the registers of a frame: the GCE, or the processor in the interrupt at the end of the frame. */
export type FlipPath = 'gce' | 'cpu';

/** What a run showed. */
export interface FlipResult {
  readonly path: FlipPath;
  /** Who wrote, by the driver's word: the processor, too, where a GCE cannot be used. */
  readonly writer: FlipPath;
  /** Why that was not the GCE. */
  readonly whyCpu?: string;
  readonly card: string;
  readonly crtc: number;
  readonly connector: string;
  readonly width: number;
  readonly height: number;
  readonly frameNs: Duration;
  /** From the end of a frame's last row to the first row of the next. */
  readonly blankNs: Duration;
  /** Pictures that were asked for, and those that the driver said are on the screen. */
  readonly pictures: number;
  readonly shown: number;
  /** Those of which the panel got a whole frame. */
  readonly whole: number;
  /** Why the others were not. */
  readonly errors: readonly string[];
  /** Frames that the panel got while pictures were shown. */
  readonly frames: number;
  readonly torn: readonly TornFrame[];
  /** One update in the middle of the run. */
  readonly steps: readonly FlipStep[];
  /** Warnings and errors of the kernel log from switching on to switching off. */
  readonly log: readonly string[];
  /** How the GCE's threads stood when the first picture failed: `/soc/mailbox@10238000 thread 0 waits for …`. */
  readonly threads: readonly string[];
  /** What shared memory was used for wrongly, what was left behind. */
  readonly findings: readonly string[];
  readonly leaks: readonly string[];
}

/** A run, and the frame that shows best what it was like. */
export interface FlipRun {
  readonly result: FlipResult;
  /** The frame with the tear nearest to its middle, or else the last one. */
  readonly frame: VideoFrame | undefined;
}

/** How long a picture may take: the driver gives up after ten seconds. */
const PICTURE_LIMIT: Duration = s(15);
/** Pictures are asked for at different moments of a frame: after no, one, two of these in turn. */
const PAUSE: Duration = ms(5);
const PAUSES = 3;

/** Shows that many pictures behind the first one, and switches off. The bench loses its power. */
export async function runFlips(bench: Bench, target: FlipTarget, path: FlipPath, pictures: number): Promise<FlipRun> {
  const { drm, crtc, connector, mode } = target;
  const card = drm.name ?? '';
  const watch = new FlipWatch(bench);
  const tries = new Tries(bench);
  const way = mtkCrtcWay(bench.core, crtc);
  const shown = await flipAll(tries, watch, target, pictures);
  const findings = bench.dmaFindings.map(({ dev, text }) => `${dev}: ${text}`);
  const leaks = await bench.powerOff();
  const result: FlipResult = {
    path,
    writer: way?.by === 'gce' ? 'gce' : 'cpu',
    ...(way?.why === undefined || path === 'cpu' ? {} : { whyCpu: way.why }),
    card,
    crtc: crtc.index,
    connector: connector.name,
    width: mode.hdisplay,
    height: mode.vdisplay,
    ...flipTimes(mode),
    pictures,
    shown,
    whole: [...watch.seen].filter((number) => number > 0).length,
    errors: tries.errors,
    log: watch.log,
    threads: tries.threads,
    frames: watch.frames,
    torn: watch.torn,
    steps: watch.steps,
    findings,
    leaks,
  };
  return { result, frame: watch.best };
}

/** Answers how many pictures behind the first one came to the screen. */
async function flipAll(tries: Tries, watch: FlipWatch, target: FlipTarget, pictures: number): Promise<number> {
  const { drm, crtc, mode } = target;
  const size = { width: mode.hdisplay, height: mode.vdisplay, format: FLIP_FORMAT } as const;
  const buffers: DrmFramebuffer[] = [];
  if (!(await tries.do('two framebuffers', async () => void buffers.push(drm.addFb(size), drm.addFb(size))))) return 0;
  const drawn = (number: number): DrmFramebuffer => {
    const fb = buffers[number % 2] as DrmFramebuffer;
    drawFlip(fb.bytes, fb.pitch, number, fb.width, fb.height);
    return fb;
  };
  if (!(await tries.do('switching on', () => crtc.enable(mode, drawn(0))))) return 0;
  const stop = watch.begin();
  let shown = 0;
  for (let number = 1; number <= pictures; number++) {
    watch.picture(number, number === Math.ceil(pictures / 2));
    if (await tries.do(`picture ${number}`, () => crtc.pageFlip(drawn(number)))) shown++;
    watch.updated();
    await tries.bench.run((number % PAUSES) * PAUSE);
  }
  await tries.bench.run(2 * flipTimes(mode).frameNs); // The last picture goes out to its end.
  stop();
  await tries.do('switching off', () => crtc.disable());
  return shown;
}

/** What was tried, and why it failed. */
class Tries {
  readonly bench: Bench;
  readonly errors: string[] = [];
  threads: readonly string[] = [];

  constructor(bench: Bench) {
    this.bench = bench;
  }

  async do(what: string, step: () => Promise<unknown>): Promise<boolean> {
    try {
      await this.bench.drive(what, PICTURE_LIMIT, step);
      return true;
    } catch (e) {
      if (!(e instanceof SysError)) throw e;
      if (this.errors.length === 0)
        this.threads = gceWords(this.bench).map(({ path, part, words }) => `${path} ${part} ${words}`);
      this.errors.push(`${what}: ${e.message}`);
      return false;
    }
  }
}
