// Frames in a stream as passt and QEMU's stream sockets have them: a length of four bytes, big-endian, and the frame.

/** The least and the most bytes of a frame; a length beyond is a peer that speaks something else. */
const PASST_FRAME = { least: 14, most: 65_550 } as const;

/** Bytes in front of a frame. */
const HEAD = 4;

/** The length of a frame, as it goes in front of it. */
export function passtHead(bytes: number): Uint8Array {
  return Uint8Array.of((bytes >>> 24) & 0xff, (bytes >>> 16) & 0xff, (bytes >>> 8) & 0xff, bytes & 0xff);
}

/**
 * Takes a stream apart, however it is cut. A frame that lies whole in one piece is a view of it; only one that is torn
 * is put together elsewhere.
 */
export class PasstSplitter {
  readonly #head = new Uint8Array(HEAD);
  readonly #torn = new Uint8Array(PASST_FRAME.most);
  #headHas = 0;
  /** Bytes of the frame that is coming, and how many of them are here. */
  #length = 0;
  #has = 0;

  /**
   * Hands on the frames that are whole with this piece; they are good during the call. Answers the length that no frame
   * can have, where one comes: nothing after it makes sense.
   */
  take(piece: Uint8Array, frame: (bytes: Uint8Array) => void): number | undefined {
    let at = 0;
    while (at < piece.length) {
      if (this.#headHas < HEAD) {
        this.#head[this.#headHas++] = piece[at++] as number;
        if (this.#headHas < HEAD) continue;
        this.#length = lengthOf(this.#head);
        this.#has = 0;
        if (this.#length < PASST_FRAME.least || this.#length > PASST_FRAME.most) return this.#length;
        continue;
      }
      at = this.#body(piece, at, frame);
    }
    return undefined;
  }

  #body(piece: Uint8Array, at: number, frame: (bytes: Uint8Array) => void): number {
    const part = piece.subarray(at, at + this.#length - this.#has);
    const isWhole = part.length === this.#length;
    if (!isWhole) this.#torn.set(part, this.#has);
    this.#has += part.length;
    if (this.#has === this.#length) {
      this.#headHas = 0;
      frame(isWhole ? part : this.#torn.subarray(0, this.#length));
    }
    return at + part.length;
  }
}

function lengthOf([a = 0, b = 0, c = 0, d = 0]: Uint8Array): number {
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
}
