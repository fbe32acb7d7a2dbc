// What a client has sent and nobody has taken yet: lines, and payloads between them.

/** The longest line, its newline not counted. The longest command that means anything has a few hundred bytes. */
const LINE_BYTES = 4096;

/** What `line` answers for a line that was too long: its bytes are thrown away as they come. */
export const TOO_LONG = Symbol('a line that is too long');

const NEWLINE = 10;
const NOTHING = new Uint8Array(0);
const NOBODY = (): void => undefined;

/** A queue of bytes with one reader. Nothing is copied while the reader keeps up with the chunks that come. */
export class ByteInput {
  #bytes: Uint8Array = NOTHING;
  /** The first byte that is not taken, and the first that was not searched for a newline. */
  #start = 0;
  #searched = 0;
  /** Inside a line that is too long. */
  #skipping = false;
  #ended = false;
  #wakeReader = NOBODY;
  /** Who sends and shall wait until no more than so many bytes are here. */
  #low: { readonly bytes: number; readonly reached: Promise<void>; readonly tell: () => void } | undefined;

  /** Bytes that wait. */
  get waiting(): number {
    return this.#bytes.length - this.#start;
  }

  push(bytes: Uint8Array): void {
    if (this.#ended || bytes.length === 0) return;
    if (this.waiting === 0) {
      this.#bytes = bytes;
      this.#searched = 0;
    } else {
      const joined = new Uint8Array(this.waiting + bytes.length);
      joined.set(this.#bytes.subarray(this.#start));
      joined.set(bytes, this.waiting);
      this.#searched -= this.#start;
      this.#bytes = joined;
    }
    this.#start = 0;
    this.#wakeReader();
  }

  /** Nothing more will come, and what waits is forgotten. */
  end(): void {
    this.#ended = true;
    this.#bytes = NOTHING;
    this.#taken(0);
    this.#wakeReader();
  }

  /** Resolves when no more than so many bytes wait; undefined when that is so now. */
  atMost(bytes: number): Promise<void> | undefined {
    if (this.waiting <= bytes) return undefined;
    if (this.#low !== undefined) return this.#low.reached;
    let tell = NOBODY;
    const reached = new Promise<void>((resolve) => {
      tell = resolve;
    });
    this.#low = { bytes, reached, tell };
    return reached;
  }

  /** The next line without its newline, one character per byte; undefined while it is not there. */
  line(): string | typeof TOO_LONG | undefined {
    const found = this.#bytes.indexOf(NEWLINE, this.#searched);
    if (found >= 0) return this.#takeLine(found);
    this.#searched = this.#bytes.length;
    if (this.waiting > LINE_BYTES) this.#skipping = true;
    if (this.#skipping) this.#taken(this.#bytes.length);
    return undefined;
  }

  /** At least one and at most so many bytes, as they lie in what came. Undefined after the end. */
  async some(most: number): Promise<Uint8Array | undefined> {
    if (this.waiting === 0 && !this.#ended) await this.#more();
    if (this.#ended) return undefined;
    const taken = this.#bytes.subarray(this.#start, this.#start + most);
    this.#taken(this.#start + taken.length);
    return taken;
  }

  #takeLine(end: number): string | typeof TOO_LONG {
    const bytes = this.#bytes.subarray(this.#start, end);
    const isWhole = !this.#skipping && bytes.length <= LINE_BYTES;
    this.#skipping = false;
    this.#taken(end + 1);
    return isWhole ? String.fromCharCode.apply(null, bytes as unknown as number[]) : TOO_LONG;
  }

  #taken(upTo: number): void {
    this.#start = upTo;
    this.#searched = upTo;
    if (this.#low === undefined || this.waiting > this.#low.bytes) return;
    this.#low.tell();
    this.#low = undefined;
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wakeReader = resolve;
    });
  }
}
