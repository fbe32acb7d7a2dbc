// The C library of this computer, by way of the optional package koffi: for system calls that Node does not have.
import { createRequire } from 'node:module';
import type * as Koffi from 'koffi';
import { errnoName, SysError } from '../base/errno.js';

/** A function of the C library; `async` runs it on a thread of Node's pool and hands over its result. */
export interface NativeFunction {
  (...args: readonly unknown[]): unknown;
  async(...args: readonly [...args: readonly unknown[], done: (error: unknown, result: unknown) => void]): void;
}

/** What koffi gives. Declarations are C; `_Inout_ uint8_t *` takes an array of bytes and brings back what C wrote. */
export interface Native {
  /** The version of koffi. */
  readonly version: string;
  /** Binds a function: `int ioctl(int fd, unsigned long request, _Inout_ uint8_t *arg)`. */
  func(declaration: string): NativeFunction;
  /** The error number of the last call that failed on this thread: for loops in which one is expected. */
  errno(): number;
  /**
   * The error of the last call that failed on this thread, as a SysError with these words; EIO for an unknown one. For
   * an `async` call ask inside its callback: koffi puts its errno back for just so long.
   */
  failure(what: string): SysError;
  /** Bytes of a pointer, and of C's `long`: 8 or 4. */
  readonly pointerBytes: 4 | 8;
  /** Where the bytes are in memory. They stay there as long as somebody holds the array. */
  address(bytes: Uint8Array): bigint;
}

/** Loads koffi and the C library: once per program, and handed on. Undefined where koffi is not installed. */
export function loadNative(): Native | undefined {
  const require = createRequire(import.meta.url);
  try {
    const koffi = require('koffi') as typeof Koffi & { readonly version: string };
    const libc = koffi.load('libc.so.6');
    return {
      version: koffi.version,
      func: (declaration) => libc.func(declaration) as NativeFunction,
      errno: () => koffi.errno(),
      failure: (what) => new SysError(errnoName(koffi.errno()) ?? 'EIO', what),
      pointerBytes: koffi.sizeof('void *') === 4 ? 4 : 8,
      address: (bytes) => koffi.address(bytes),
    };
  } catch {
    return undefined;
  }
}
