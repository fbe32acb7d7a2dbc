// Linux error numbers and the error that a device or a bus answers with.

/** Linux's numbers (asm-generic/errno*.h), and the kernel-internal ones that drivers return (include/linux/errno.h). */
export const ERRNO = {
  EPERM: 1,
  ENOENT: 2,
  EINTR: 4,
  EIO: 5,
  ENXIO: 6,
  E2BIG: 7,
  ENOEXEC: 8,
  EBADF: 9,
  EAGAIN: 11,
  ENOMEM: 12,
  EACCES: 13,
  EFAULT: 14,
  EBUSY: 16,
  EEXIST: 17,
  EXDEV: 18,
  ENODEV: 19,
  ENOTDIR: 20,
  EISDIR: 21,
  EINVAL: 22,
  ENFILE: 23,
  EMFILE: 24,
  ENOTTY: 25,
  EFBIG: 27,
  ENOSPC: 28,
  ESPIPE: 29,
  EROFS: 30,
  EPIPE: 32,
  EDOM: 33,
  ERANGE: 34,
  ENAMETOOLONG: 36,
  ENOSYS: 38,
  ENOTEMPTY: 39,
  ENODATA: 61,
  ETIME: 62,
  ENOLINK: 67,
  ECOMM: 70,
  EPROTO: 71,
  EBADMSG: 74,
  EOVERFLOW: 75,
  EMSGSIZE: 90,
  EOPNOTSUPP: 95,
  EADDRINUSE: 98,
  ENETDOWN: 100,
  ENETRESET: 102,
  ECONNABORTED: 103,
  ECONNRESET: 104,
  ENOBUFS: 105,
  ENOTCONN: 107,
  ESHUTDOWN: 108,
  ETIMEDOUT: 110,
  ECONNREFUSED: 111,
  EALREADY: 114,
  EINPROGRESS: 115,
  ESTALE: 116,
  EREMOTEIO: 121,
  ECANCELED: 125,
  EPROBE_DEFER: 517,
  ENOTSUPP: 524,
} as const;

/** The name of a Linux error number. */
export type Errno = keyof typeof ERRNO;

/** Where an error happened: the device's path, the operation, the error below it; and for what it must wait. */
export interface Where {
  readonly dev?: string | undefined;
  readonly op?: string | undefined;
  readonly cause?: unknown;
  /** For EPROBE_DEFER: the devicetree path of who is awaited. */
  readonly waitsFor?: string | undefined;
}

/**
 * A device said no. `code` is for programs, the message is for people:
 * `/i2c@0/power@40: regmap: write CONFIG failed (EREMOTEIO)`.
 */
export class SysError extends Error {
  override readonly name = 'SysError';
  readonly code: Errno;
  /** Negative, as Linux returns it. */
  readonly errno: number;
  readonly dev: string | undefined;
  readonly op: string | undefined;
  readonly waitsFor: string | undefined;

  constructor(code: Errno, what: string, where: Where = {}) {
    const place = [where.dev, where.op, `${what} (${code})`].filter((part) => part !== undefined);
    super(place.join(': '), where.cause === undefined ? undefined : { cause: where.cause });
    this.code = code;
    this.errno = -ERRNO[code];
    this.dev = where.dev;
    this.op = where.op;
    this.waitsFor = where.waitsFor;
  }
}

/** True when `e` is a SysError with this code. */
export function isErrno(e: unknown, code: Errno): e is SysError {
  return e instanceof SysError && e.code === code;
}

/** For `catch`: lets pass that a device said no, and throws what is no SysError. */
export function passSysError(e: unknown): undefined {
  if (!(e instanceof SysError)) throw e;
}

const NAME_OF = new Map<number, Errno>(Object.entries(ERRNO).map(([name, number]) => [number, name as Errno]));

/** The name of an error number of either sign, or undefined for one that Linux does not give to drivers. */
export function errnoName(errno: number): Errno | undefined {
  return NAME_OF.get(Math.abs(errno));
}
