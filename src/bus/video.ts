// How a picture goes from block to block and out to a panel: rows, pulled by who shows them, and only while somebody
// looks. A row is pulled as registers and memory are at the moment at which it begins to go out: what changes later
// shows from the next row on.
import type { Instant } from '../base/clock.js';

/** A pixel on the way: one word, 0xAARRGGBB. */
export type Pixel = number;

/** What a row shows where nothing comes in: blue, as televisions do. */
export const NO_SIGNAL: Pixel = 0xff00_00ff;
/** What pixels show whose memory the device may not read: magenta. */
export const NO_MEMORY: Pixel = 0xffff_00ff;

/** 8192 x 4320, more than 8K has: a larger frame is shown to nobody. Registers can be anything. */
export const MOST_PIXELS: number = 8192 * 4320;

/** A block's picture, seen from the next block. */
export interface VideoSource {
  readonly width: number;
  readonly height: number;
  /**
   * The next block asks for a frame, at its beginning and at its end. Answers what keeps the picture from coming, in
   * words, or undefined when it comes. A block that nobody asks does not finish its frame.
   */
  demand(): string | undefined;
  /** Writes row `y` over all of `into`; NO_SIGNAL where the picture has nothing. */
  row(y: number, into: Uint32Array): void;
}

/** What leads pictures from block to block. */
export interface VideoSwitches {
  /** True while the way of that name is open. */
  isOpen(way: string): boolean;
}

/** When the rows of a frame go out: row `y` at `firstRowAt + y * lineNs`. */
export interface ScanTiming {
  readonly width: number;
  readonly height: number;
  readonly firstRowAt: Instant;
  readonly lineNs: number;
}

/** A block's place on the way of a picture. */
export interface VideoPort {
  /** Lets others have the block's picture. */
  offer(picture: VideoSource): void;
  /** The picture that is led to the block now; undefined when none is. */
  readonly input: VideoSource | undefined;
  /** The block opens and closes ways between others. */
  switches(switches: VideoSwitches): void;
  /** To be called when the block has opened or closed a way. */
  switched(): void;
  /** A frame of what comes in goes out to the panel, from now on. One at a time; `end` or `abort` closes it. */
  begin(timing: ScanTiming): void;
  /** Its last row has gone out. */
  end(): void;
  /** It ends in the middle: nobody sees it. */
  abort(): void;
}

/** A whole frame as a panel has got it. */
export interface VideoFrame {
  /** Device path of the output. */
  readonly from: string;
  /** Counts the frames of that output from 0, also those that nobody saw. */
  readonly number: number;
  readonly width: number;
  readonly height: number;
  /** Three bytes a pixel, rows from the top, no padding. */
  readonly rgb: Uint8Array;
  /** When the output began the frame, and when its last row had gone out. */
  readonly start: Instant;
  readonly end: Instant;
}
