// The system calls that channels to remote processors need. With the C library they wait in epoll; without it they look
// two hundred times a second.
import { closeSync, constants, existsSync, openSync, readSync, realpathSync, writeSync } from 'node:fs';
import { basename } from 'node:path';
import { ms } from '../base/clock.js';
import { errnoName, SysError } from '../base/errno.js';
import { hostTime, type RealTime } from './live.js';
import type { Native, NativeFunction } from './native.js';
import { RpmsgSysfs } from './rpmsg-sysfs.js';

/** Tells when there may be something to read. */
export interface Readiness {
  /** Resolves when there may be something to read, when the other side has gone, and now and then. One at a time. */
  wait(): Promise<void>;
  /** Ends the wait, and lets go of what it needed. */
  stop(): void;
}

/** The computer as rpmsg-char.ts has it; tests stand in for the part that they are about. */
export interface RpmsgSystem {
  readonly sysfs: RpmsgSysfs;
  readonly time: RealTime;
  /** The name of the file that a path leads to, behind links. */
  nodeOf(path: string): string;
  exists(path: string): boolean;
  /** Opens for reading and writing, neither of which waits. A SysError says why not. */
  open(path: string): number;
  close(fd: number): void;
  /** One message: its length, or a negative errno. */
  read(fd: number, into: Uint8Array): number;
  /** The same the other way. */
  write(fd: number, bytes: Uint8Array): number;
  /** Zero or more, or a negative errno. Left out: there is no C library to do it. */
  readonly ioctl?: (fd: number, request: number, arg?: Uint8Array) => number;
  readiness(fd: number): Readiness;
}

/** This computer's. */
export function rpmsgSystem(native: Native | undefined): RpmsgSystem {
  const calls = native === undefined ? undefined : new EpollCalls(native);
  return {
    sysfs: new RpmsgSysfs(),
    time: hostTime,
    nodeOf,
    exists: existsSync,
    open: openNode,
    close: closeSync,
    read: (fd, into) => errnoOr(() => readSync(fd, into)),
    write: (fd, bytes) => errnoOr(() => writeSync(fd, bytes)),
    ...(native === undefined ? {} : { ioctl: ioctlOf(native) }),
    readiness: (fd) => (calls === undefined ? new Glances(hostTime) : new Epoll(calls, fd)),
  };
}

function nodeOf(path: string): string {
  try {
    return basename(realpathSync(path));
  } catch {
    return basename(path);
  }
}

function openNode(path: string): number {
  const fd = errnoOr(() => openSync(path, constants.O_RDWR | constants.O_NONBLOCK));
  if (fd >= 0) return fd;
  throw new SysError(errnoName(fd) ?? 'EIO', 'it cannot be opened', { dev: path });
}

/** Node throws what C returns. */
function errnoOr(call: () => number): number {
  try {
    return call();
  } catch (e) {
    if (e instanceof Error && 'errno' in e && typeof e.errno === 'number') return e.errno;
    throw e;
  }
}

function ioctlOf(native: Native): NonNullable<RpmsgSystem['ioctl']> {
  const ioctl = native.func('int ioctl(int fd, unsigned long request, uintptr_t arg)');
  return (fd, request, arg) => {
    const result = Number(ioctl(fd, request, arg === undefined ? 0n : native.address(arg)));
    return result < 0 ? -native.errno() : result;
  };
}

/** Of epoll_create1 and eventfd alike: no child gets it. */
const CLOEXEC = 0o2000000;
const EPOLL_CTL_ADD = 1;
const EPOLLIN = 1;
const EVENTS = 2;
/** struct epoll_event has 12 bytes on x86-64 and 16 elsewhere. */
const EVENT_BYTES = 16;
/** A process that ends waits for its threads: no longer than this. */
const LOOK_MS = 1_000;

class EpollCalls {
  readonly native: Native;
  readonly create: NativeFunction;
  readonly ctl: NativeFunction;
  readonly wait: NativeFunction;
  readonly eventfd: NativeFunction;

  constructor(native: Native) {
    this.native = native;
    this.create = native.func('int epoll_create1(int flags)');
    this.ctl = native.func('int epoll_ctl(int epfd, int op, int fd, uintptr_t event)');
    this.wait = native.func('int epoll_wait(int epfd, uintptr_t events, int most, int timeout)');
    this.eventfd = native.func('int eventfd(unsigned int start, int flags)');
  }
}

/**
 * Waits on a thread of Node's pool. epoll does not hold the file as poll would: it is closed at the moment of its
 * close, and may be opened again at once.
 */
class Epoll implements Readiness {
  readonly #calls: EpollCalls;
  readonly #epfd: number;
  /** Its first byte ends the wait. */
  readonly #bell: number;
  readonly #events = new Uint8Array(EVENTS * EVENT_BYTES);
  #waits = false;
  #stopped = false;

  constructor(calls: EpollCalls, fd: number) {
    this.#calls = calls;
    this.#epfd = this.#fd(calls.create(CLOEXEC));
    this.#bell = this.#fd(calls.eventfd(0, CLOEXEC));
    this.#add(fd);
    this.#add(this.#bell);
  }

  wait(): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    this.#waits = true;
    const events = this.#calls.native.address(this.#events);
    return new Promise((resolve) => {
      this.#calls.wait.async(this.#epfd, events, EVENTS, LOOK_MS, () => {
        this.#waits = false;
        if (this.#stopped) this.#free();
        resolve();
      });
    });
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    if (this.#waits) writeSync(this.#bell, Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0));
    else this.#free();
  }

  #add(fd: number): void {
    const event = new Uint8Array(EVENT_BYTES);
    event[0] = EPOLLIN;
    if (Number(this.#calls.ctl(this.#epfd, EPOLL_CTL_ADD, fd, this.#calls.native.address(event))) < 0)
      throw this.#calls.native.failure('it cannot be waited for');
  }

  #fd(result: unknown): number {
    if (Number(result) < 0) throw this.#calls.native.failure('it cannot be waited for');
    return Number(result);
  }

  #free(): void {
    closeSync(this.#epfd);
    closeSync(this.#bell);
  }
}

const GLANCE = ms(5);

/** Without the C library. */
class Glances implements Readiness {
  readonly #time: RealTime;
  #end: (() => void) | undefined;
  #stopped = false;

  constructor(time: RealTime) {
    this.#time = time;
  }

  wait(): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = this.#time.after(GLANCE, resolve);
      this.#end = () => {
        timer.cancel();
        resolve();
      };
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#end?.();
  }
}
