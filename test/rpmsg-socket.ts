// Channels that the kernel of this computer carries: pairs of sockets that keep the borders of messages.
import { closeSync, readSync, writeSync } from 'node:fs';
import type { Native, NativeFunction } from '../src/host/native.js';
import { type Readiness, rpmsgSystem, type RpmsgSystem } from '../src/host/rpmsg-system.js';
import type { RpmsgWire } from './rpmsg-kernel.js';

const [AF_UNIX, SOCK_SEQPACKET, NONBLOCK, CLOEXEC] = [1, 5, 0o4000, 0o2000000] as const;
const POLLIN = 1;
const EPIPE = -32;

/** Makes such channels; `native` is for the sockets, and for the waiting unless `plain`. */
export function socketWires(native: Native, plain = false): () => RpmsgWire {
  const system = rpmsgSystem(plain ? undefined : native);
  const socketpair = native.func('int socketpair(int domain, int type, int protocol, uintptr_t fds)');
  const poll = native.func('int poll(uintptr_t fds, unsigned long count, int timeout)');
  return () => {
    const fds = new Int32Array(2);
    const type = SOCK_SEQPACKET | NONBLOCK | CLOEXEC;
    if (socketpair(AF_UNIX, type, 0, native.address(new Uint8Array(fds.buffer))) !== 0)
      throw native.failure('socketpair');
    return new SocketWire(system, [fds[0] as number, fds[1] as number], (fd) => readable(native, poll, fd));
  };
}

function readable(native: Native, poll: NativeFunction, fd: number): boolean {
  const entry = new DataView(new ArrayBuffer(8));
  entry.setInt32(0, fd, true);
  entry.setInt16(4, POLLIN, true);
  return poll(native.address(new Uint8Array(entry.buffer)), 1, 0) === 1;
}

class SocketWire implements RpmsgWire {
  readonly #system: RpmsgSystem;
  readonly #near: number;
  readonly #far: number;
  readonly #readable: (fd: number) => boolean;
  #closed = false;
  #dead = false;

  constructor(system: RpmsgSystem, [near, far]: readonly [number, number], readable: (fd: number) => boolean) {
    this.#system = system;
    this.#near = near;
    this.#far = far;
    this.#readable = readable;
  }

  get idle(): boolean {
    return this.#closed || !this.#readable(this.#near);
  }

  /** The end of a socket reads as nothing; rpmsg_char says EPIPE. */
  read(into: Uint8Array): number {
    return this.#system.read(this.#near, into) || EPIPE;
  }

  write(bytes: Uint8Array): number {
    return this.#system.write(this.#near, bytes);
  }

  readiness(): Readiness {
    return this.#system.readiness(this.#near);
  }

  close(): void {
    this.#closed = true;
    this.#system.close(this.#near);
    this.kill();
  }

  push(bytes: Uint8Array): number {
    return writeSync(this.#far, bytes) === bytes.length ? 0 : EPIPE;
  }

  take(): Uint8Array | undefined {
    if (this.#dead || !this.#readable(this.#far)) return undefined;
    const bytes = new Uint8Array(0x1_0000);
    const length = readSync(this.#far, bytes);
    return length === 0 ? undefined : bytes.slice(0, length);
  }

  kill(): void {
    if (!this.#dead) closeSync(this.#far);
    this.#dead = true;
  }
}
