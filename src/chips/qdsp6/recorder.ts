// Keeps what ports play: all of it, one behind the other, as a file has it.
import type { AudioBlock, AudioListener, AudioPort } from './audio.js';
import { type AudioFormat, frameBytes } from './format.js';

/** What a port has played in one format. */
export interface Recording {
  readonly port: AudioPort;
  readonly format: AudioFormat;
  readonly frames: number;
  /** Frames of silence among them, which were there because software was late. */
  readonly starved: number;
  /** Interleaved, little-endian; 24 bits lie in the lower part of 32. */
  readonly bytes: Uint8Array;
}

class Tape {
  readonly port: AudioPort;
  readonly format: AudioFormat;
  #bytes = new Uint8Array(1 << 16);
  #length = 0;
  #starved = 0;

  constructor({ port, format }: AudioBlock) {
    this.port = port;
    this.format = format;
  }

  add({ bytes, starved }: AudioBlock): void {
    const silence = starved * frameBytes(this.format);
    const length = this.#length + silence + bytes.length;
    if (length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(length, 2 * this.#bytes.length));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.#length + silence);
    this.#starved += starved;
    this.#length = length;
  }

  get recording(): Recording {
    const { port, format } = this;
    const bytes = this.#bytes.slice(0, this.#length);
    return { port, format, frames: this.#length / frameBytes(format), starved: this.#starved, bytes };
  }
}

/**
 * A listener that keeps everything: what streams had, and silence where one should have had something and did not.
 * Pauses, and silence before and behind streams, are left out. Streams that play well leave what they were given.
 */
export class AudioRecorder {
  readonly #tapes: Tape[] = [];
  /** To be given to the DSP as `onAudio`. */
  readonly listener: AudioListener;

  constructor() {
    this.listener = (block) => this.#tapeOf(block).add(block);
  }

  /** What was heard, by port and format, in the order in which each began. */
  get recordings(): readonly Recording[] {
    return this.#tapes.map(({ recording }) => recording);
  }

  /** A port has one tape for each format in which it has been started. */
  #tapeOf(block: AudioBlock): Tape {
    const { port, format } = block;
    const known = this.#tapes.findLast((tape) => tape.port.id === port.id);
    if (known !== undefined && isSame(known.format, format)) return known;
    const tape = new Tape(block);
    this.#tapes.push(tape);
    return tape;
  }
}

function isSame(a: AudioFormat, b: AudioFormat): boolean {
  return a.rate === b.rate && a.bits === b.bits && a.channels === b.channels;
}
