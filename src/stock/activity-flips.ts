// The activity `flips`: a display goes on and shows picture after picture at the rate of its panel.
import { absentDisplays } from '../abi/displays.js';
import { type Duration, ms } from '../base/clock.js';
import { SysError } from '../base/errno.js';
import type { Bench } from '../bench/bench.js';
import type { DrmFramebuffer } from '../core/drm-framebuffer.js';
import type { Activity, Running } from './activity.js';
import { DISPLAY_DRIVERS } from './catalogue.js';
import { drawFlip } from './flip-picture.js';
import { FLIP_FORMAT, type FlipTarget, flipTargets } from './flip-target.js';
import { InputError } from './input-error.js';

/** What a run of flips says of itself. */
export interface FlipsState extends Readonly<Record<string, unknown>> {
  /** `DSI-1`. */
  readonly output: string;
  readonly width: number;
  readonly height: number;
  /** A picture stays for so many frames. */
  readonly every: number;
  /** Pictures that are drawn; number `n` is picture `n` modulo this. */
  readonly pictures: number;
  /** The picture that was asked for last, from 0; and how many came to the screen, by the driver's word. */
  readonly asked: number;
  readonly shown: number;
  readonly errors: number;
  /** What went wrong last; empty when nothing did. */
  readonly lastError: string;
  /** Whether it has ended, and given back what it had. */
  readonly ended: boolean;
}

/** The activity. */
export const flips: Activity = {
  name: 'flips',
  about: 'show picture after picture on a display; output=DSI-1, every=1 frames',
  hindrance: ({ bench }) => {
    const targets = flipTargets(bench);
    if (targets.length === 0) return `no display of this board can be switched on: ${whyNone(bench)}`;
    return targets.some(isOff) ? undefined : `${targets[0]?.connector.name} is on already`;
  },
  start({ bench }, args): Running {
    for (const name of args.keys())
      if (name !== 'output' && name !== 'every')
        throw new InputError('start flips', `it has no ${name}`, 'write output=NAME, every=FRAMES');
    const run = new Flips(bench, targetOf(bench, args.get('output')), everyOf(args.get('every') ?? '1'));
    run.begin();
    return run;
  },
};

/** In the words of the display that did not come up. */
function whyNone(bench: Bench): string {
  const [absent] = absentDisplays(bench.report(), DISPLAY_DRIVERS);
  return absent === undefined ? 'nothing in it would make one' : `${absent.path} ${absent.reason}`;
}

const isOff = ({ crtc }: FlipTarget): boolean => crtc.mode === undefined;

function targetOf(bench: Bench, name: string | undefined): FlipTarget {
  const targets = flipTargets(bench);
  const found = targets.find((target) => (name === undefined ? isOff(target) : target.connector.name === name));
  const there = targets.map(({ connector }) => connector.name).join(', ');
  const where = `start flips output=${name ?? ''}`;
  if (found === undefined) throw new InputError(where, 'there is no such output', `there are ${there}`);
  if (!isOff(found)) throw new InputError(where, 'it is on already', 'let who shows pictures there end first');
  return found;
}

function everyOf(text: string): number {
  const every = /^[1-9]\d{0,3}$/.test(text) ? Number(text) : 0;
  if (every > 0 && every <= MOST_FRAMES) return every;
  throw new InputError(`start flips every=${text}`, 'this is no number of frames', `write 1 to ${MOST_FRAMES}`);
}
const MOST_FRAMES = 600;

/** As many as the bar has places: drawn once, shown again and again. Fewer where they would take too much memory. */
const PICTURES = 8;
const MOST_BYTES = 128 * 1024 * 1024;
/** After an error it is tried again so much later. */
const AFTER_ERROR: Duration = ms(100);

class Flips implements Running {
  readonly #bench: Bench;
  readonly #target: FlipTarget;
  readonly #buffers: DrmFramebuffer[] = [];
  #stopped = false;
  /** Ends a pause before its time. */
  #wake: (() => void) | undefined;
  #state: FlipsState;

  constructor(bench: Bench, target: FlipTarget, every: number) {
    this.#bench = bench;
    this.#target = target;
    const { hdisplay: width, vdisplay: height } = target.mode;
    const pictures = Math.max(2, Math.min(PICTURES, Math.floor(MOST_BYTES / (width * height * 4))));
    const none = { asked: 0, shown: 0, errors: 0, lastError: '', ended: false };
    this.#state = { output: target.connector.name, width, height, every, pictures, ...none };
  }

  get state(): FlipsState {
    return this.#state;
  }

  /** What is no SysError is our mistake: whoever lets time pass gets it. */
  begin(): void {
    this.#run().catch((bug: unknown) => {
      this.#bench.clock.after(0, () => {
        throw bug;
      });
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#wake?.();
  }

  async #run(): Promise<void> {
    try {
      await this.#show();
    } finally {
      await this.#giveBack();
    }
  }

  async #show(): Promise<void> {
    if (!(await this.#try(async () => this.#draw()))) return;
    while (!this.#stopped) {
      const done = await this.#try(() => this.#next());
      if (this.#isGone) return;
      if (!done && !this.#stopped) await this.#pause();
    }
  }

  #draw(): void {
    const { drm } = this.#target;
    const { width, height, pictures } = this.#state;
    for (let number = 0; number < pictures; number++) {
      const fb = drm.addFb({ width, height, format: FLIP_FORMAT });
      this.#buffers.push(fb);
      drawFlip(fb.bytes, fb.pitch, number, width, height);
    }
  }

  /** Brings the next picture to the screen, with the display where that is off. */
  async #next(): Promise<void> {
    const { crtc, mode } = this.#target;
    const { asked, shown, every, pictures } = this.#state;
    const number = shown === 0 ? 0 : asked + 1;
    this.#state = { ...this.#state, asked: number };
    const fb = this.#buffers[number % pictures] as DrmFramebuffer;
    if (crtc.mode === undefined) await crtc.enable(mode, fb);
    else await crtc.pageFlip(fb);
    this.#state = { ...this.#state, shown: this.#state.shown + 1 };
    for (let frame = 1; frame < every && !this.#stopped; frame++) await crtc.waitVblank();
  }

  async #giveBack(): Promise<void> {
    const { crtc, drm } = this.#target;
    if (crtc.mode !== undefined) await this.#try(() => crtc.disable());
    for (const fb of this.#buffers) await this.#try(async () => drm.rmFb(fb));
    this.#state = { ...this.#state, ended: true };
  }

  /** The display's driver has let go of it, and of the pictures. */
  get #isGone(): boolean {
    return this.#target.drm.name === undefined;
  }

  async #try(step: () => Promise<unknown>): Promise<boolean> {
    try {
      await step();
      return true;
    } catch (e) {
      if (!(e instanceof SysError)) throw e;
      if (!this.#isGone) this.#state = { ...this.#state, errors: this.#state.errors + 1, lastError: e.message };
      return false;
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#bench.clock.after(AFTER_ERROR, resolve);
      this.#wake = () => {
        timer.cancel();
        resolve();
      };
    });
  }
}
