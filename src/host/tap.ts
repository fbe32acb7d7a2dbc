// TAP devices: a network device of this computer whose wire is a file of ours. What its stack sends is read from
// /dev/net/tun frame by frame, what is written there its stack receives. One loop serves all TAPs of a program.
import { closeSync, constants, openSync } from 'node:fs';
import { codeOf } from './files.js';
import type { Hindrance } from './hindrance.js';
import type { Native } from './native.js';
import { nextTurn } from './settle.js';
import { type Calls, NativeTap, type Tap, type Watch } from './tap-device.js';
import {
  addressRequest,
  intArgument,
  queueRequest,
  TAP_IOCTL,
  TUN_F_TCP,
  tapNameFault,
  tapRequest,
  TUN_PATH,
} from './tap-ioctl.js';
import { NativeOffloadTap, type OffloadTap } from './tap-offload.js';
import { Readiness } from './tap-ready.js';

/** Limits of a TAP; the kernel's own where left out. */
export interface TapOptions {
  /** Frames that the kernel keeps for us when we are slow; 1000 is usual. Further ones it drops and counts. */
  readonly queueFrames?: number;
  /** Bytes of ours that may be on their way into its stack; usually there is no limit. */
  readonly sendBufferBytes?: number;
  /** Address of the device, 6 bytes; the kernel makes one up where it is left out. */
  readonly address?: Uint8Array;
  /** The stack may leave large frames and checksums to us, and gets such frames (IFF_VNET_HDR). Usually not. */
  readonly offload?: boolean;
}

/** How a loop goes with the rest of the program. */
export interface TapLoopOptions {
  /**
   * Waited for before each batch: for a live bench `LiveTime.arrived`, so that frames arrive in the moment that the
   * world has. While there is traffic it is called again and again, which lets the bench answer at once.
   */
  readonly beforeBatch?: (() => Promise<void>) | undefined;
}

/** Frames that are taken from one TAP before another one gets its turn. */
const BATCH = 64;
/** After a frame the next one is looked for so many milliseconds long; being woken takes longer than most answers. */
const LINGER_MS = 0.1;
/** The same where a bench answers: its clock is kept going so long, or the answer would wait for the next step. */
const LINGER_LIVE_MS = 1;
/** So long at most before timers and other files get their turn. */
const TURN_MS = 2;
/** The largest MTU of a TAP, with its header and VLAN tags. */
const FRAME_BYTES = 65_600;

/** Serves TAPs until it is closed. */
export class TapLoop {
  readonly #native: Native;
  readonly #ready: Readiness;
  readonly #before: (() => Promise<void>) | undefined;
  readonly #taps = new Map<number, NativeTap | NativeOffloadTap>();
  readonly #calls: Calls;
  readonly #ended: Promise<void>;
  #isClosed = false;
  readonly #take = (fd: number, isBroken: boolean): void => this.#drain(fd, isBroken);

  constructor(native: Native, { beforeBatch }: TapLoopOptions = {}) {
    this.#native = native;
    this.#ready = new Readiness(native);
    this.#before = beforeBatch;
    this.#calls = {
      ioctl: native.func('int ioctl(int fd, unsigned long request, void *arg)'),
      ioctlValue: native.func('int ioctl(int fd, unsigned long request, unsigned long arg)'),
      read: native.func('long read(int fd, void *bytes, size_t size)'),
      write: native.func('long write(int fd, const void *bytes, size_t size)'),
      errno: () => native.errno(),
      buffer: new Uint8Array(new ArrayBuffer(FRAME_BYTES)),
    };
    this.#ended = this.#run();
  }

  /** Opens a TAP of that name, and makes the device where there is none. */
  open(name: string, options: TapOptions & { readonly offload: true }): OffloadTap | Hindrance;
  open(name: string, options?: TapOptions & { readonly offload?: false }): Tap | Hindrance;
  open(name: string, options: TapOptions): Tap | OffloadTap | Hindrance;
  open(name: string, options: TapOptions = {}): Tap | OffloadTap | Hindrance {
    const fault = tapNameFault(name);
    if (fault !== undefined) return { what: `${name}: ${fault}`, todo: 'give another name for the TAP device' };
    const fd = openTun();
    if (typeof fd !== 'number') return fd;
    const hindrance = this.#attach(fd, name, options);
    if (hindrance !== undefined) {
      closeSync(fd);
      return hindrance;
    }
    const plain = new NativeTap(fd, name, this.#calls, this.#watch(fd));
    const tap = options.offload === true ? new NativeOffloadTap(fd, plain, this.#calls) : plain;
    this.#taps.set(fd, tap);
    return tap;
  }

  #watch(fd: number): Watch {
    return {
      begin: () => this.#ready.add(fd),
      end: () => this.#ready.remove(fd),
      closed: () => this.#taps.delete(fd),
    };
  }

  /** Closes all TAPs; resolves when nothing is read any more. */
  async close(): Promise<void> {
    if (!this.#isClosed) {
      this.#isClosed = true;
      for (const tap of [...this.#taps.values()]) tap.close();
      this.#ready.wake();
    }
    await this.#ended;
  }

  #attach(fd: number, name: string, options: TapOptions): Hindrance | undefined {
    const { queueFrames, sendBufferBytes, address, offload = false } = options;
    const { ioctl, ioctlValue } = this.#calls;
    if (Number(ioctl(fd, TAP_IOCTL.TUNSETIFF, tapRequest(name, offload))) < 0) return this.#refusal(name);
    // A device that is there already may still have what somebody asked for who was killed.
    const done = Number(ioctlValue(fd, TAP_IOCTL.TUNSETOFFLOAD, offload ? TUN_F_TCP : 0));
    if (done < 0 && offload) return this.#limitRefusal(name, 'segmentation by us');
    if (sendBufferBytes !== undefined) {
      const done = Number(ioctl(fd, TAP_IOCTL.TUNSETSNDBUF, intArgument(sendBufferBytes)));
      if (done < 0) return this.#limitRefusal(name, `${sendBufferBytes} bytes for sending`);
    }
    if (address !== undefined) {
      const refusal = this.#set(name, 'its address', TAP_IOCTL.SIOCSIFHWADDR, addressRequest(name, address));
      if (refusal !== undefined) return refusal;
    }
    if (queueFrames === undefined) return undefined;
    return this.#set(
      name,
      `a queue of ${queueFrames} frames`,
      TAP_IOCTL.SIOCSIFTXQLEN,
      queueRequest(name, queueFrames),
    );
  }

  /** What a device has as a network device is set through any socket of its network namespace. */
  #set(name: string, what: string, request: number, argument: Uint8Array): Hindrance | undefined {
    const socket = Number(this.#native.func('int socket(int family, int type, int protocol)')(2, 2, 0));
    const done = Number(this.#calls.ioctl(socket, request, argument));
    const refusal = done < 0 ? this.#limitRefusal(name, what) : undefined;
    if (socket >= 0) closeSync(socket);
    return refusal;
  }

  #limitRefusal(name: string, what: string): Hindrance {
    return { what: this.#native.failure(`${name}: ${what} is not taken`).message, todo: 'give another limit' };
  }

  /** After TUNSETIFF. */
  #refusal(name: string): Hindrance {
    const { code } = this.#native.failure('');
    return (
      REFUSALS[code]?.(name) ?? {
        what: this.#native.failure(`${name}: the TAP device cannot be made`).message,
        todo: `see whether \`ip tuntap add dev ${name} mode tap\` works`,
      }
    );
  }

  async #run(): Promise<void> {
    try {
      while (!this.#isClosed) {
        await this.#ready.wait();
        if (!this.#isClosed) await this.#serve();
      }
    } finally {
      this.#ready.close();
    }
  }

  /** Takes frames as long as they come. In between what they set off goes on. */
  async #serve(): Promise<void> {
    const linger = this.#before === undefined ? LINGER_MS : LINGER_LIVE_MS;
    let turn = performance.now();
    let last = turn;
    while (!this.#isClosed) {
      if (this.#before !== undefined) await this.#before();
      if (this.#isClosed) return;
      const told = this.#ready.look(this.#take);
      const now = performance.now();
      if (told > 0) last = now;
      else if (now - last > linger) return;
      if (now - turn < TURN_MS) await undefined;
      else {
        await nextTurn();
        turn = performance.now();
      }
    }
  }

  #drain(fd: number, isBroken: boolean): void {
    const tap = this.#taps.get(fd);
    if (tap === undefined) return;
    if (isBroken) tap.close();
    else tap.drain(BATCH);
  }
}

/** Opens a loop where this computer can have TAPs, and says what is missing where it cannot. */
export function openTapLoop(native: Native | undefined, options: TapLoopOptions = {}): TapLoop | Hindrance {
  if (native !== undefined) return new TapLoop(native, options);
  return {
    what: 'TAP devices need the package koffi: Node alone has no ioctl',
    todo: 'npm install koffi',
  };
}

function openTun(): number | Hindrance {
  try {
    return openSync(TUN_PATH, constants.O_RDWR | constants.O_NONBLOCK);
  } catch (e) {
    const code = codeOf(e);
    if (code === 'EACCES' || code === 'EPERM') {
      return { what: `${TUN_PATH} may not be opened`, todo: 'run this as root, or ask for access to it' };
    }
    return { what: `${TUN_PATH} cannot be opened (${code})`, todo: 'modprobe tun' };
  }
}

/** What the kernel says to a name, in words. */
const REFUSALS: Readonly<Record<string, (name: string) => Hindrance>> = {
  EPERM: (name) => ({
    what: `${name}: this user may not make a TAP device`,
    todo: `run this as root, in \`unshare -Urn\`, or after \`ip tuntap add dev ${name} mode tap user $USER\``,
  }),
  EBUSY: (name) => ({ what: `${name} is in use`, todo: 'end the program that has it, or give another name' }),
  EINVAL: (name) => ({ what: `${name} is there, and is no TAP device`, todo: 'give another name' }),
};
