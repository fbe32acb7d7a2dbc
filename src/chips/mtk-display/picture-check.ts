// An output's look at the picture that it is to send: whether it comes, and if not why, told once a frame and once a
// reason.
import type { Socket } from '../../bus/socket.js';
import { MOST_PIXELS, type VideoPort } from '../../bus/video.js';

/** One output's. */
export class PictureCheck {
  readonly #name: string;
  readonly #trace: Socket['trace'];
  readonly #port: VideoPort;
  readonly #underrun: () => void;
  #width = 0;
  #height = 0;
  /** The underrun of this frame has been told. */
  #told = false;
  #lastReason: string | undefined;

  /** `underrun` is called once in a frame whose picture is missing. */
  constructor(socket: Socket, port: VideoPort, underrun: () => void) {
    this.#name = socket.name;
    this.#trace = socket.trace;
    this.#port = port;
    this.#underrun = underrun;
  }

  /** What goes out. */
  expect(width: number, height: number): void {
    this.#width = width;
    this.#height = height;
  }

  /** A frame begins. */
  renew(): void {
    this.#told = false;
  }

  /** Asks for the picture. */
  look(): void {
    const reason = this.#missing();
    if (reason !== undefined && reason !== this.#lastReason) {
      this.#trace.emit(this.#name, { kind: 'printk', level: 'warn', text: `panel: no picture: ${reason}` });
    }
    this.#lastReason = reason;
    if (reason === undefined || this.#told) return;
    this.#told = true;
    this.#underrun();
  }

  /** What was missing when it was looked at last. */
  words(): Record<string, string> {
    return this.#lastReason === undefined ? {} : { 'no picture': this.#lastReason };
  }

  #missing(): string | undefined {
    const { input } = this.#port;
    if (this.#width * this.#height > MOST_PIXELS) return `no panel has ${this.#width}x${this.#height} pixels`;
    if (input === undefined) return 'nothing is led here';
    const missing = input.demand();
    if (missing !== undefined || (input.width === this.#width && input.height === this.#height)) return missing;
    return `${this.#width}x${this.#height} goes out, ${input.width}x${input.height} comes in`;
  }
}
