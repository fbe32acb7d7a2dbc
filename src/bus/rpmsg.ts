// Channels of datagrams between two processors (Linux: rpmsg), over the edge that joins them. One send is one message;
// messages of a channel arrive in order. What an edge can carry, and how it fails, is its transport's: SMD or GLINK.

/**
 * Takes one message, out of the memory that both processors share: the bytes are the receiver's from then on. A
 * negative number is a Linux errno: an SMD edge then offers the same message again, a GLINK edge drops it. Anything
 * else consumes it. It must not wait.
 */
export type RpmsgReceive = (bytes: Uint8Array) => number;

/** One side's end of an open channel. */
export interface RpmsgEnd {
  readonly name: string;
  /** Sends one message now or not at all: 0, or a negative errno as the transport has it. The bytes are copied. */
  trysend(bytes: Uint8Array): number;
  /** The same, but waits for room as long as the transport does. */
  send(bytes: Uint8Array): Promise<number>;
  /** Lets go of this end; nothing is received any more. */
  close(): void;
}

/** How an end is opened. */
export interface RpmsgOpenOptions {
  /** GLINK: buffers that are announced to the other side, `[size, count]` each; its default when left out. */
  readonly intents?: readonly (readonly [size: number, count: number])[];
}

/** Hears of channels that the remote processor opens and closes. */
export interface RpmsgWatcher {
  /** May be taken from now on. */
  up(name: string): void;
  /** Gone: the ends of this side answer with errors from now on. */
  down(name: string): void;
  /** The whole processor has died; its channels follow. */
  crashed?(): void;
  /** A protection domain, a part of the processor that restarts alone, has come up or gone down. */
  domain?(path: string, up: boolean): void;
}

/** What software has of an edge to a remote processor. */
export interface RpmsgEdge {
  readonly transport: 'smd' | 'glink';
  /** Told at once of the channels that are there. The answer ends that. */
  watch(watcher: RpmsgWatcher): () => void;
  /** Takes a channel. Throws SysError: EINVAL, there is none of that name; EBUSY, somebody has it; ENOMEM. */
  open(name: string, receive: RpmsgReceive, options?: RpmsgOpenOptions): RpmsgEnd;
  /** Whether a protection domain is up; one of which the processor never told is. Left out: nobody knows of domains. */
  isDomainUp?(path: string): boolean;
  /** Starts the processor again after it has died. Left out: it does so itself. */
  boot?(): void;
}

/** What the remote processor, a chip, has of the same edge. */
export interface RpmsgRemote {
  readonly transport: 'smd' | 'glink';
  /** Opens a channel: software hears of it, and may take it. What software sends before has no receiver is kept. */
  open(name: string, receive: RpmsgReceive, options?: RpmsgOpenOptions): RpmsgEnd;
  /** The processor dies, or is switched off: all of its channels go, and with them what is under way. */
  down(): void;
  /** A protection domain has come up, or gone down. One that is never named is up while the processor is. */
  domain(path: string, up: boolean): void;
  /** What starts the processor when software asks for it after a crash; without it, it comes back by itself. */
  onBoot(boot: () => void): void;
}
