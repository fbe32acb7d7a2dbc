// What a file system shows: directories, files and links as objects, asked for by whoever serves them.

/** A directory, a file or a link. As long as a thing is there it is the same object: so its end is noticed. */
export type VNode = VDir | VFile | VLink;

/** A directory. Its entries may come and go at any time. */
export interface VDir {
  readonly kind: 'dir';
  /** Permission bits. */
  readonly mode: number;
  lookup(name: string): VNode | undefined;
  entries(): Iterable<readonly [name: string, node: VNode]>;
  /** Where there is it: calls `changed` when entries may have come or gone. Answers how to end that. */
  watch?(changed: () => void): () => void;
}

/** How a file is opened. */
export interface VOpenFlags {
  readonly read: boolean;
  readonly write: boolean;
}

/** A file. */
export interface VFile {
  readonly kind: 'file';
  /** Permission bits. */
  readonly mode: number;
  readonly size: number;
  /** A file without a position: offsets mean nothing, and nobody may seek in it. */
  readonly stream?: true;
  /** Throws a SysError: EACCES where the mode gives nobody the right (root included), EBUSY, what a device says. */
  open(flags: VOpenFlags): VOpen;
}

/** Who asks, while an operation lasts. */
export interface VCall {
  /** EAGAIN instead of waiting. */
  readonly nonblock: boolean;
  /**
   * `stop` is called when the program does not want to wait any more; the operation then ends with EINTR. To be asked
   * for within the call.
   */
  whenInterrupted(stop: () => void): void;
}

/** An open file. All but `close` throw SysErrors. */
export interface VOpen {
  /** At most `length` bytes; none at the end of the file. */
  read(offset: number, length: number, call: VCall): Uint8Array | Promise<Uint8Array>;
  /** Answers how many bytes were taken. The bytes are the caller's: they are good until `write` first waits. */
  write(bytes: Uint8Array, offset: number): number | Promise<number>;
  /** What is ready now, as bits of `POLL`; `wake` is called once that may have changed. Without it: always ready. */
  poll?(wake: () => void): number;
  close(): void;
}

/** A symbolic link. */
export interface VLink {
  readonly kind: 'link';
  readonly target: string;
}

/** Bits of poll(2) (asm-generic/poll.h). */
export const POLL = { IN: 0x1, PRI: 0x2, OUT: 0x4, ERR: 0x8, HUP: 0x10, RDNORM: 0x40, WRNORM: 0x100 } as const;

/** What a file that never makes anybody wait is: readable and writable. */
export const ALWAYS_READY: number = POLL.IN | POLL.OUT | POLL.RDNORM | POLL.WRNORM;
