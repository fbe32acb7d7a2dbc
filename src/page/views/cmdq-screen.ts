// The screen of a board as its panel gets it: a frame now and then, made smaller, with the pictures that it is made of.
import { type Instant, ms } from '../../base/clock.js';
import type { Bench } from '../../bench/bench.js';
import type { VideoFrame } from '../../bus/video.js';
import type { FlipsState } from '../../stock/activity-flips.js';
import { type FlipPart, flipParts } from '../../stock/flip-picture.js';

/** What is known of the frame that is shown. */
export interface ScreenState {
  /** Device path of the output. */
  readonly from: string;
  /** Frames of the output before it. */
  readonly number: number;
  readonly width: number;
  readonly height: number;
  readonly start: Instant;
  readonly end: Instant;
  /** Which pictures of the flips are on it, from the top; none where no flips run. */
  readonly parts: readonly FlipPart[];
  /** Rows of several pictures. */
  readonly torn: boolean;
}

/** A picture as a page draws it. */
export interface SmallPicture {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

const MOST_WIDE = 480;
/** From the end of one frame that is looked at to the next: a tenth of a second, more for a large panel. */
const PAUSE = ms(100);
const PAUSE_A_PIXEL = 60;

/** Looks at frames while somebody wants to see them. Looking changes nothing on the board. */
export class Screen {
  readonly #bench: Bench;
  readonly #flips: () => FlipsState | undefined;
  #stop: (() => void) | undefined;
  #picture: SmallPicture | undefined;
  #state: ScreenState | undefined;
  #next: Instant = 0;
  /** Time stands still, or goes on step by step: every frame is looked at. */
  #stepping = true;

  constructor(bench: Bench, flips: () => FlipsState | undefined) {
    this.#bench = bench;
    this.#flips = flips;
    this.#look();
  }

  /** The frame that was looked at last. */
  get state(): ScreenState | undefined {
    return this.#state;
  }

  /** Called between two steps of time; `moved`: time has passed since the last call. */
  tick(moved: boolean): void {
    this.#stepping = !moved;
    if (this.#stepping || this.#bench.clock.now() >= this.#next) this.#look();
  }

  /** The picture since the last time. */
  take(): SmallPicture | undefined {
    const picture = this.#picture;
    this.#picture = undefined;
    return picture;
  }

  /** Looks no more. */
  close(): void {
    this.#stop?.();
    this.#stop = undefined;
  }

  #look(): void {
    this.#stop ??= this.#bench.onFrame((frame) => this.#see(frame));
  }

  #see(frame: VideoFrame): void {
    const { from, number, width, height, start, end } = frame;
    // Of several outputs that which was there first.
    if (this.#state !== undefined && this.#state.from !== from && end - this.#state.end < ms(1000)) return;
    const parts = partsOf(frame, this.#flips());
    this.#state = { from, number, width, height, start, end, parts, torn: parts.length > 1 };
    this.#picture = smaller(frame);
    this.#next = end + Math.max(PAUSE, width * height * PAUSE_A_PIXEL);
    if (!this.#stepping) this.close();
  }
}

/** The picture that was asked for last may be on it, and the two before. */
function partsOf(frame: VideoFrame, flips: FlipsState | undefined): readonly FlipPart[] {
  if (flips === undefined || flips.width !== frame.width || flips.height !== frame.height) return [];
  const { asked, pictures } = flips;
  const likely = [asked, asked - 1, asked - 2].slice(0, pictures).filter((number) => number >= 0);
  const drawn = likely.map((number) => number % pictures);
  return flipParts(frame, drawn).map((part) => {
    const which = part.picture === undefined ? -1 : drawn.indexOf(part.picture);
    return { ...part, picture: likely[which] };
  });
}

/** Divided by a whole number: each pixel is the mean of a square. */
export function smaller({ width, height, rgb }: Pick<VideoFrame, 'width' | 'height' | 'rgb'>): SmallPicture {
  const by = Math.max(1, Math.ceil(width / MOST_WIDE));
  const [wide, high] = [Math.floor(width / by), Math.floor(height / by)];
  const rgba = new Uint8Array(wide * high * 4);
  const sums = new Uint32Array(wide * 3);
  for (let y = 0; y < high; y++) {
    sums.fill(0);
    for (let row = y * by; row < (y + 1) * by; row++) addRow(rgb, row * width * 3, by, sums);
    for (let x = 0, at = y * wide * 4; x < wide; x++, at += 4) {
      for (let colour = 0; colour < 3; colour++) rgba[at + colour] = (sums[3 * x + colour] as number) / (by * by);
      rgba[at + 3] = 0xff;
    }
  }
  return { width: wide, height: high, rgba };
}

function addRow(rgb: Uint8Array, from: number, by: number, sums: Uint32Array): void {
  let at = from;
  for (let to = 0; to < sums.length; to += 3) {
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let n = 0; n < by; n++, at += 3) {
      red += rgb[at] as number;
      green += rgb[at + 1] as number;
      blue += rgb[at + 2] as number;
    }
    sums[to] = (sums[to] as number) + red;
    sums[to + 1] = (sums[to + 1] as number) + green;
    sums[to + 2] = (sums[to + 2] as number) + blue;
  }
}
