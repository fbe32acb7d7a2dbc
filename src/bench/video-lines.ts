// The ways of pictures on a board: which block feeds which, and the panels, whose frames are put together row by row
// while somebody looks.
import { assert } from '../base/assert.js';
import type { Instant, SimClock } from '../base/clock.js';
import { MOST_PIXELS, NO_SIGNAL, type ScanTiming, type VideoFrame, type VideoPort } from '../bus/video.js';
import type { VideoSource, VideoSwitches } from '../bus/video.js';
import type { DtNode } from '../dt/tree.js';

/** A block that may feed another one. */
export interface VideoRoute {
  readonly from: DtNode;
  /** Whose switches have to be open for that, and the name of the way there. Without it the wire is fixed. */
  readonly through?: { readonly at: DtNode; readonly way: string };
}

/** Who may feed a block: the first whose way is open does. That is how the SoC is built. */
export type VideoWiring = (node: DtNode) => readonly VideoRoute[];

/** Gets every frame of every output, when it has gone out. */
export type FrameListener = (frame: VideoFrame) => void;

/** All pictures of one machine. */
export class VideoLines {
  readonly #clock: SimClock;
  readonly #wiring: VideoWiring;
  readonly #pictures = new Map<DtNode, VideoSource>();
  readonly #switches = new Map<DtNode, VideoSwitches>();
  readonly #listeners = new Set<FrameListener>();
  /** Frames that are going out and that somebody wants. */
  readonly #scans: Scan[] = [];
  /** Grows whenever a way may have become another. */
  version = 0;

  /** Rows are taken whenever time has moved: nothing has changed since they began to go out. */
  constructor(wiring: VideoWiring, clock: SimClock) {
    this.#wiring = wiring;
    this.#clock = clock;
    clock.onMove(() => this.#takeRows());
  }

  /** Now. */
  get now(): Instant {
    return this.#clock.now();
  }

  /** A block's place. */
  port(node: DtNode): VideoPort {
    return new Port(this, node, this.#wiring(node));
  }

  /** Listens from the next frame of each output on; answers how to stop. */
  onFrame(listener: FrameListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** True while somebody listens. */
  get wanted(): boolean {
    return this.#listeners.size > 0;
  }

  /** Takes a block's picture. */
  offer(node: DtNode, picture: VideoSource): void {
    this.#pictures.set(node, picture);
    this.version++;
  }

  /** Takes a block's switches. */
  switch(node: DtNode, switches: VideoSwitches): void {
    this.#switches.set(node, switches);
    this.version++;
  }

  /** The picture of the first route that is open. Switches that nobody has plugged in are open. */
  find(routes: readonly VideoRoute[]): VideoSource | undefined {
    for (const { from, through } of routes) {
      const switches = through && this.#switches.get(through.at);
      if (switches !== undefined && !switches.isOpen((through as { way: string }).way)) continue;
      const picture = this.#pictures.get(from);
      if (picture !== undefined) return picture;
    }
    return undefined;
  }

  /** A wanted frame begins. */
  open(scan: Scan): void {
    this.#scans.push(scan);
  }

  /** It ends; `frame` is undefined when nobody is to see it. */
  close(scan: Scan, frame: VideoFrame | undefined): void {
    this.#scans.splice(this.#scans.indexOf(scan), 1);
    if (frame !== undefined) for (const listener of [...this.#listeners]) listener(frame);
  }

  #takeRows(): void {
    const scans = this.#scans;
    for (let i = 0; i < scans.length; i++) (scans[i] as Scan).catchUp(this.#clock.now());
  }
}

class Port implements VideoPort {
  readonly #lines: VideoLines;
  readonly #node: DtNode;
  readonly #routes: readonly VideoRoute[];
  #version = -1;
  #found: VideoSource | undefined;
  /** Frames begun. */
  #count = 0;
  #open = false;
  #scan: Scan | undefined;

  constructor(lines: VideoLines, node: DtNode, routes: readonly VideoRoute[]) {
    this.#lines = lines;
    this.#node = node;
    this.#routes = routes;
  }

  offer(picture: VideoSource): void {
    this.#lines.offer(this.#node, picture);
  }

  get input(): VideoSource | undefined {
    if (this.#version !== this.#lines.version) {
      this.#found = this.#lines.find(this.#routes);
      this.#version = this.#lines.version;
    }
    return this.#found;
  }

  switches(switches: VideoSwitches): void {
    this.#lines.switch(this.#node, switches);
  }

  switched(): void {
    this.#lines.version++;
  }

  begin(timing: ScanTiming): void {
    assert(!this.#open, `${this.#node.path}: a frame begins in a frame`);
    this.#open = true;
    const number = this.#count++;
    if (!this.#lines.wanted || timing.width * timing.height > MOST_PIXELS) return;
    this.#scan = new Scan(this, timing, number, this.#lines.now);
    this.#lines.open(this.#scan);
  }

  end(): void {
    this.#close(true);
  }

  abort(): void {
    this.#close(false);
  }

  #close(seen: boolean): void {
    assert(this.#open, `${this.#node.path}: no frame to end`);
    this.#open = false;
    const scan = this.#scan;
    this.#scan = undefined;
    if (scan !== undefined) this.#lines.close(scan, seen ? this.#frame(scan) : undefined);
  }

  #frame(scan: Scan): VideoFrame {
    const { width, height, rgb, number, start } = scan;
    scan.catchUp(Number.POSITIVE_INFINITY);
    return { from: this.#node.path, number, width, height, rgb, start, end: this.#lines.now };
  }
}

/** A frame on its way to a panel, as far as it has been put together. */
class Scan {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
  /** The same, where whole words are filled. */
  readonly #words: Uint32Array | undefined;
  readonly number: number;
  readonly start: Instant;
  readonly #port: Port;
  readonly #firstRowAt: Instant;
  readonly #lineNs: number;
  readonly #line: Uint32Array;
  /** Rows that are there. */
  #rows = 0;

  constructor(port: Port, timing: ScanTiming, number: number, start: Instant) {
    this.#port = port;
    this.width = timing.width;
    this.height = timing.height;
    this.#firstRowAt = timing.firstRowAt;
    this.#lineNs = timing.lineNs;
    this.number = number;
    this.start = start;
    this.rgb = new Uint8Array(this.width * this.height * 3);
    this.#words = IS_LITTLE && this.width % 4 === 0 ? new Uint32Array(this.rgb.buffer) : undefined;
    this.#line = new Uint32Array(this.width);
  }

  /** Takes the rows that began to go out before that moment. */
  catchUp(until: Instant): void {
    const due = Math.ceil((until - this.#firstRowAt) / this.#lineNs);
    const rows = Math.min(this.height, due);
    if (this.#rows >= rows) return;
    const picture = this.#port.input;
    for (let y = this.#rows; y < rows; y++) {
      if (picture === undefined) this.#line.fill(NO_SIGNAL);
      else picture.row(y, this.#line);
      if (this.#words === undefined) pack(this.#line, this.rgb, y * this.width * 3);
      else packWords(this.#line, this.#words, (y * this.width * 3) / 4);
    }
    this.#rows = rows;
  }
}

function pack(line: Uint32Array, rgb: Uint8Array, from: number): void {
  let at = from;
  for (let x = 0; x < line.length; x++) {
    const pixel = line[x] as number;
    rgb[at] = pixel >> 16;
    rgb[at + 1] = pixel >> 8;
    rgb[at + 2] = pixel;
    at += 3;
  }
}

const IS_LITTLE = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** Four pixels are three words, the first byte lowest: half the time of `pack`. */
function packWords(line: Uint32Array, words: Uint32Array, from: number): void {
  let at = from;
  for (let x = 0; x < line.length; x += 4) {
    const [a, b] = [line[x] as number, line[x + 1] as number];
    const [c, d] = [line[x + 2] as number, line[x + 3] as number];
    words[at] = ((a >> 16) & 0xff) | (a & 0xff00) | ((a & 0xff) << 16) | ((b << 8) & 0xff00_0000);
    words[at + 1] = ((b >> 8) & 0xff) | ((b & 0xff) << 8) | (c & 0xff_0000) | ((c << 16) & 0xff00_0000);
    words[at + 2] = (c & 0xff) | ((d >> 8) & 0xff00) | ((d << 8) & 0xff_0000) | (d << 24);
    at += 3;
  }
}
