// A real channel to a remote processor: /dev/rpmsgN of Linux's rpmsg_char. On a bench it makes time real
// (docs/adr/0005).
//
// Where it differs from a driver of the kernel that has the channel:
// - Blocking sends are tried again until they fit: over GLINK nobody asks the other side for a larger buffer then.
// - A channel that has died answers EPIPE over GLINK, too.
// - Buffers that the tree wants announced over GLINK (`intents`) are not: the kernel announces its own.
// - The kernel takes every message, whatever the receiver answers. Over SMD one that was refused waits here.
// - A channel that was given to rpmsg_chrdev hears while its file is closed; what came then is received first.
// - One edge has one channel, and does not come back after a crash: its file is another one then.
import { ms, s } from '../base/clock.js';
import { ERRNO, isErrno, SysError } from '../base/errno.js';
import type { RpmsgEdge, RpmsgEnd, RpmsgReceive, RpmsgWatcher } from '../bus/rpmsg.js';
import { type RpmsgEndpointFile, rpmsgEndpointFile } from './rpmsg-endpoint.js';
import type { Readiness, RpmsgSystem } from './rpmsg-system.js';

/** The edge with one channel that a file stands for. */
export interface RpmsgChar extends RpmsgEdge {
  /** The channel's name. */
  readonly channel: string;
  /** Lets go of the file; the end of the channel, if somebody has it, is closed. */
  close(): void;
}

/** How it is opened. */
export interface RpmsgCharOptions {
  /** Called when something has come; what it answers is awaited before a driver gets it: `LiveTime.arrived`. */
  readonly arrived?: () => Promise<void>;
}

/**
 * Opens a channel by the path of its file, `/dev/rpmsgN`, or `/dev/rpmsg_ctrlN:CHANNEL` for one that has none yet. What
 * the remote processor sends from then on is kept until a driver has opened the channel. Throws ENOENT, EACCES; ENOTTY
 * for a file that is no channel; EBUSY, somebody has it; EINVAL, the remote processor has no such channel; ENETRESET,
 * it has just died; ENOSYS, the package koffi is missing.
 */
export function openRpmsgChar(system: RpmsgSystem, path: string, options: RpmsgCharOptions = {}): RpmsgChar {
  const file = rpmsgEndpointFile(system, path);
  return new CharEdge({ system, path, file, arrived: options.arrived });
}

interface Parts {
  readonly system: RpmsgSystem;
  readonly path: string;
  readonly file: RpmsgEndpointFile;
  readonly arrived: (() => Promise<void>) | undefined;
}

const EPIPE = -ERRNO.EPIPE;

class CharEdge implements RpmsgChar {
  readonly transport: 'smd' | 'glink';
  readonly channel: string;
  readonly #parts: Parts;
  readonly #watchers = new Set<RpmsgWatcher>();
  /** Open, and nobody has it yet. */
  #fd: number | undefined;
  #end: CharEnd | undefined;
  #gone = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.transport = parts.file.transport;
    this.channel = parts.file.channel;
    this.#fd = this.#openFile();
  }

  watch(watcher: RpmsgWatcher): () => void {
    this.#watchers.add(watcher);
    if (!this.#gone) watcher.up(this.channel);
    return () => {
      this.#watchers.delete(watcher);
    };
  }

  open(name: string, receive: RpmsgReceive): RpmsgEnd {
    if (this.#gone || name !== this.channel) throw this.#error('EINVAL', `there is no channel ${name}`);
    if (this.#end !== undefined) throw this.#error('EBUSY', `channel ${name} is busy`);
    const fd = this.#fd ?? this.#openFile();
    this.#fd = undefined;
    const end = new CharEnd(this.#parts, fd, receive);
    this.#end = end;
    void end.listen().then((died) => {
      if (this.#end === end) this.#end = undefined;
      if (died) this.#die();
    });
    return {
      name,
      trysend: (bytes) => end.trysend(bytes),
      send: (bytes) => end.send(bytes),
      close: () => {
        end.close();
        if (this.#end === end) this.#end = undefined;
      },
    };
  }

  close(): void {
    this.#gone = true;
    this.#end?.close();
    this.#end = undefined;
    if (this.#fd !== undefined) this.#parts.file.close(this.#fd);
    this.#fd = undefined;
  }

  #die(): void {
    if (this.#gone) return;
    this.#gone = true;
    for (const watcher of [...this.#watchers]) watcher.crashed?.();
    for (const watcher of [...this.#watchers]) watcher.down(this.channel);
  }

  #openFile(): number {
    try {
      return this.#parts.file.open();
    } catch (e) {
      throw this.#openError(e);
    }
  }

  #openError(e: unknown): unknown {
    const channel = `channel ${this.channel}`;
    if (isErrno(e, 'EBUSY')) return this.#error('EBUSY', `${channel} is busy`, e);
    if (isErrno(e, 'ENETRESET')) return this.#error('ENETRESET', 'the remote processor has died', e);
    if (!isErrno(e, 'EINVAL') || e.op !== undefined) return e;
    const { device, driver } = this.#parts.system.sysfs.holder(this.channel) ?? {};
    if (driver === undefined) return this.#error('EINVAL', `the remote processor has no ${channel} open`, e);
    return this.#error('EBUSY', `the kernel's driver ${driver} has ${channel} (${device})`, e);
  }

  #error(code: SysError['code'], what: string, cause?: unknown): SysError {
    return new SysError(code, what, { dev: this.#parts.path, op: 'rpmsg', cause });
  }
}

/** Larger than the largest packet of APR: what does not fit into the buffer of a read is lost. */
const MOST = 0x1_0000;
/** Messages that are read in one go, so that the rest of the program has its turn. */
const BATCH = 64;
const TRY_AGAIN = ms(5);
/** As long as GLINK waits for a buffer. */
const GLINK_LIMIT = s(10);

/** An open channel. */
class CharEnd {
  readonly #parts: Parts;
  readonly #fd: number;
  readonly #receive: RpmsgReceive;
  readonly #readiness: Readiness;
  readonly #buffer = new Uint8Array(MOST);
  /** Over SMD: what was refused, and what came behind it. */
  readonly #kept: Uint8Array[] = [];
  #open = true;

  constructor(parts: Parts, fd: number, receive: RpmsgReceive) {
    this.#parts = parts;
    this.#fd = fd;
    this.#receive = receive;
    try {
      this.#readiness = parts.system.readiness(fd);
    } catch (e) {
      parts.file.close(fd);
      throw e;
    }
  }

  trysend(bytes: Uint8Array): number {
    if (!this.#open) return EPIPE;
    const result = this.#parts.system.write(this.#fd, bytes);
    return result === bytes.length ? 0 : result < 0 ? result : -ERRNO.EIO;
  }

  async send(bytes: Uint8Array): Promise<number> {
    const { time } = this.#parts.system;
    const until = time.nowNs() + GLINK_LIMIT;
    const own = bytes.slice();
    for (;;) {
      const result = this.trysend(own);
      if (result !== -ERRNO.EAGAIN && result !== -ERRNO.EBUSY) return result;
      if (this.#parts.file.transport === 'glink' && time.nowNs() >= until) return -ERRNO.ETIMEDOUT;
      await new Promise<void>((resolve) => time.after(TRY_AGAIN, resolve));
    }
  }

  /** Receives until it is closed, or the other side is gone: true then. */
  async listen(): Promise<boolean> {
    while (this.#open) {
      await this.#readiness.wait();
      await this.#parts.arrived?.();
      const died = this.#drain();
      if (died) this.close();
      if (died) return true;
    }
    return false;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#parts.file.close(this.#fd);
    this.#readiness.stop();
  }

  /** Takes what is there; true when nothing can come any more. */
  #drain(): boolean {
    for (let count = 0; count < BATCH && this.#open; count++) {
      const length = this.#parts.system.read(this.#fd, this.#buffer);
      if (length === -ERRNO.EAGAIN || length === -ERRNO.EINTR) return false;
      if (length < 0) return true;
      this.#take(this.#buffer.slice(0, length));
    }
    return false;
  }

  #take(bytes: Uint8Array): void {
    if (this.#parts.file.transport === 'glink') {
      this.#receive(bytes);
      return;
    }
    this.#kept.push(bytes);
    for (let first = this.#kept[0]; first !== undefined && this.#open; first = this.#kept[0]) {
      if (this.#receive(first.slice()) < 0) return;
      this.#kept.shift();
    }
  }
}
