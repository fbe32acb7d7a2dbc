// The timing generator of an output: frames of lines, two timers a frame, none while it stands still.
import type { Clock, Duration, Instant, Timer } from '../../base/clock.js';
import { s } from '../../base/clock.js';
import type { VideoPort } from '../../bus/video.js';

/** A frame as an output's registers have it: lines before, with, and behind the picture. */
export interface RasterTiming {
  readonly width: number;
  readonly height: number;
  /** Vertical sync and back porch. */
  readonly linesBefore: number;
  /** Front porch. */
  readonly linesBehind: number;
  readonly lineNs: number;
}

/** What an output does at the moments of its frame. */
export interface RasterEvents {
  /** Asked at the start of each frame; undefined while the registers make none: the output then stands still. */
  timing(): RasterTiming | undefined;
  /** The vertical sync begins. */
  frameStarts(): void;
  /** The last row is about to be over: what the picture lacks is to be found out now. */
  frameChecked(): void;
  /** The front porch begins. */
  frameEnds(): void;
  /** The last frame before a stop is over, front porch included. */
  stopped(): void;
}

/** Frames are taken as the registers say at the start of each: what is written later counts from the next. */
export class Raster {
  readonly #clock: Clock;
  readonly #port: VideoPort;
  readonly #events: RasterEvents;
  /** The next thing to happen. */
  #timer: Timer | undefined;
  #stopping = false;
  #inPicture = false;
  /** Of the frame that goes out now. */
  #timing: RasterTiming | undefined;
  /** When the frame began, with fractions, so that rounding does not add up. */
  #start: Instant = 0;

  constructor(clock: Clock, port: VideoPort, events: RasterEvents) {
    this.#clock = clock;
    this.#port = port;
    this.#events = events;
  }

  /** True while frames go out. */
  get on(): boolean {
    return this.#timer !== undefined;
  }

  /** Begins with a frame, after the present register write; takes back a stop that has not come about yet. */
  start(): void {
    this.#stopping = false;
    if (this.#timer !== undefined) return;
    this.#start = this.#clock.now();
    this.#timer = this.#clock.after(0, () => this.#frame());
  }

  /** Stops at the end of the frame. */
  stop(): void {
    this.#stopping = this.on;
  }

  /** Stops at once, in the middle of a frame. */
  abort(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#timing = undefined;
    this.#stopping = false;
    if (!this.#inPicture) return;
    this.#inPicture = false;
    this.#port.abort();
  }

  /** What goes out, or why nothing does. */
  words(): string {
    const timing = this.#timing;
    if (this.#timer === undefined) return 'none go out';
    if (timing === undefined) return 'the first frame is about to begin';
    const { width, height, linesBefore, linesBehind, lineNs } = timing;
    const lines = linesBefore + height + linesBehind;
    const rate = (s(1) / lineNs / lines).toFixed(2);
    const part = this.#inPicture ? 'in a frame' : 'behind the last row';
    return `${width}x${height}, ${lines} lines, ${rate} frames a second, ${part}${this.#stopping ? ', stopping' : ''}`;
  }

  #frame(): void {
    this.#timer = undefined;
    const timing = this.#events.timing();
    this.#timing = timing;
    if (timing === undefined) return;
    const { width, height, linesBefore, linesBehind, lineNs } = timing;
    const firstRowAt = this.#start + linesBefore * lineNs;
    const end = firstRowAt + height * lineNs;
    this.#port.begin({ width, height, firstRowAt, lineNs });
    this.#inPicture = true;
    this.#timer = this.#at(end, () => this.#pictureOver(end + linesBehind * lineNs));
    this.#events.frameStarts();
  }

  #pictureOver(next: Instant): void {
    this.#timer = this.#at(next, () => this.#next(next));
    this.#events.frameChecked();
    // Somebody may have heard of it and stopped the output.
    if (!this.#inPicture) return;
    this.#inPicture = false;
    this.#port.end();
    this.#events.frameEnds();
  }

  #next(start: Instant): void {
    this.#timer = undefined;
    this.#start = start;
    if (!this.#stopping) return this.#frame();
    this.#stopping = false;
    this.#timing = undefined;
    this.#events.stopped();
  }

  #at(moment: Instant, fire: () => void): Timer {
    return this.#clock.after(Math.max(0, moment - this.#clock.now()), fire);
  }
}

const DEFAULT_HZ = 60;

/** Nanoseconds of a line: `pixels` at the clock, or with clock 0 as 60 frames a second of `lines` need it. */
export function lineTime(pixels: number, lines: number, pixelClockKhz: number): Duration {
  return pixelClockKhz === 0 ? s(1) / DEFAULT_HZ / lines : (pixels * 1_000_000) / pixelClockKhz;
}

/** The range of the knob for the pixel clock, which comes from outside the output. */
export const PIXEL_CLOCK = {
  name: 'pixelClockKhz',
  unit: 'kHz',
  min: 0,
  max: 1_000_000,
  about: 'pixel clock of the output; 0 makes 60 frames a second of whatever the registers say',
} as const;
