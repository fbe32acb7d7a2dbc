// Which of many files have something to read: one epoll for all of them, waited for on one thread of Node's pool.
// Files come and go while it waits.
import type { Native, NativeFunction } from './native.js';

const EPOLL_CTL = { ADD: 1, DEL: 2 } as const;
const EPOLL_CLOEXEC = 0x8_0000;
const EVENT = { IN: 0x1, ERR: 0x8, HUP: 0x10 } as const;
const EFD_NONBLOCK_CLOEXEC = 0x8_0800;
/** struct epoll_event is packed on x86-64, and only there: so many bytes, and its data at that byte. */
const FORM = process.arch === 'x64' ? { bytes: 12, dataAt: 4 } : { bytes: 16, dataAt: 8 };
/** Files that one call tells of; the others are told by the next. */
const EVENTS = 64;
/** A wait ends after so many milliseconds whatever happens. */
const WAIT_MS = 1000;

/** A file that has something to read, or is broken. */
export type OnReady = (fd: number, isBroken: boolean) => void;

/** Watches files. Its own two are closed by `close`, which must not be called while a wait goes on. */
export class Readiness {
  readonly #native: Native;
  readonly #epoll: number;
  readonly #wakeFd: number;
  readonly #ctl: NativeFunction;
  readonly #wait: NativeFunction;
  readonly #write: NativeFunction;
  readonly #close: NativeFunction;
  readonly #events = new Uint8Array(new ArrayBuffer(EVENTS * FORM.bytes));
  readonly #view = new DataView(this.#events.buffer);
  readonly #event = new Uint8Array(new ArrayBuffer(FORM.bytes));

  constructor(native: Native) {
    this.#native = native;
    this.#ctl = native.func('int epoll_ctl(int epfd, int op, int fd, void *event)');
    this.#wait = native.func('int epoll_wait(int epfd, void *events, int count, int timeout)');
    this.#write = native.func('long write(int fd, const void *bytes, size_t size)');
    this.#close = native.func('int close(int fd)');
    this.#epoll = this.#must(native.func('int epoll_create1(int flags)')(EPOLL_CLOEXEC), 'epoll_create1');
    const eventfd = native.func('int eventfd(unsigned int start, int flags)');
    this.#wakeFd = this.#must(eventfd(0, EFD_NONBLOCK_CLOEXEC), 'eventfd');
    this.add(this.#wakeFd);
  }

  /** Watches a file from now on. */
  add(fd: number): void {
    const view = new DataView(this.#event.buffer);
    view.setUint32(0, EVENT.IN, true);
    view.setInt32(FORM.dataAt, fd, true);
    this.#must(this.#ctl(this.#epoll, EPOLL_CTL.ADD, fd, this.#event), 'epoll_ctl');
  }

  /** No more. To be called before the file is closed. */
  remove(fd: number): void {
    this.#ctl(this.#epoll, EPOLL_CTL.DEL, fd, this.#event);
  }

  /** Tells of the files that are ready now; answers how many. */
  look(ready: OnReady): number {
    const count = Number(this.#wait(this.#epoll, this.#events, EVENTS, 0));
    let told = 0;
    for (let i = 0; i < count; i++) {
      const fd = this.#view.getInt32(i * FORM.bytes + FORM.dataAt, true);
      if (fd === this.#wakeFd) continue;
      told++;
      ready(fd, (this.#view.getUint32(i * FORM.bytes, true) & (EVENT.ERR | EVENT.HUP)) !== 0);
    }
    return told;
  }

  /** Resolves when a file is ready, after `wake`, or after a while. */
  wait(): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (e: unknown): void => (e instanceof Error ? reject(e) : resolve());
      this.#wait.async(this.#epoll, this.#events, EVENTS, WAIT_MS, done);
    });
  }

  /** Ends a wait, and every one after it at once: for the end. */
  wake(): void {
    this.#write(this.#wakeFd, Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0), 8);
  }

  close(): void {
    this.#close(this.#wakeFd);
    this.#close(this.#epoll);
  }

  #must(result: unknown, what: string): number {
    if (Number(result) >= 0) return Number(result);
    throw this.#native.failure(what);
  }
}
