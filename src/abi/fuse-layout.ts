// Tables of the FUSE protocol 7.x (Linux: include/uapi/linux/fuse.h): numbers, and where the fields lie. Words are in
// the byte order of the machine, and all machines that we know are little-endian. Words of 64 bits are two of 32 here,
// the high one with an `Hi` at its end; padding has no name.
import { layout, u16le, u32le } from '../base/bytes.js';

/** Major and minor version that this server speaks. Linux speaks the lower minor of the two. */
export const VERSION = { MAJOR: 7, MINOR: 38, OLDEST_MINOR: 23 } as const;

/** Node id of the root. */
export const ROOT_ID = 1;

/** Operations. */
export const OP = {
  LOOKUP: 1,
  FORGET: 2,
  GETATTR: 3,
  SETATTR: 4,
  READLINK: 5,
  SYMLINK: 6,
  MKNOD: 8,
  MKDIR: 9,
  UNLINK: 10,
  RMDIR: 11,
  RENAME: 12,
  LINK: 13,
  OPEN: 14,
  READ: 15,
  WRITE: 16,
  STATFS: 17,
  RELEASE: 18,
  FLUSH: 25,
  INIT: 26,
  OPENDIR: 27,
  READDIR: 28,
  RELEASEDIR: 29,
  ACCESS: 34,
  CREATE: 35,
  INTERRUPT: 36,
  DESTROY: 38,
  POLL: 40,
  BATCH_FORGET: 42,
  READDIRPLUS: 44,
  RENAME2: 45,
  LSEEK: 46,
} as const;

/** What the server tells unasked: the number stands where replies have their error. */
export const NOTIFY = { POLL: 1 } as const;

/** Flags of INIT that we ask for: O_TRUNC comes with OPEN, writes may be long, lookups and listings overlap. */
export const INIT = {
  ATOMIC_O_TRUNC: 1 << 3,
  BIG_WRITES: 1 << 5,
  DO_READDIRPLUS: 1 << 13,
  READDIRPLUS_AUTO: 1 << 14,
  PARALLEL_DIROPS: 1 << 18,
} as const;

/** Flags of the reply to OPEN. */
export const FOPEN = { DIRECT_IO: 1 << 0, NONSEEKABLE: 1 << 2, STREAM: 1 << 4, NOFLUSH: 1 << 5 } as const;

/** Bits of `valid` in SETATTR. */
export const FATTR = { MODE: 1 << 0, UID: 1 << 1, GID: 1 << 2, SIZE: 1 << 3 } as const;

/** Bit of `flags` in GETATTR: `fh` is that of an open file. */
export const GETATTR_FH = 1;
/** Bit of `flags` in POLL: the program waits, and wants to be told. */
export const POLL_SCHEDULE_NOTIFY = 1;

/** Bits of open(2) (asm-generic/fcntl.h). */
export const O = { ACCMODE: 3, WRONLY: 1, RDWR: 2, NONBLOCK: 0o4000 } as const;
/** Kinds of files in `mode` (linux/stat.h); the upper four bits are the type of a directory's entry. */
export const S = { IFDIR: 0o040000, IFREG: 0o100000, IFLNK: 0o120000 } as const;
/** Bits of access(2). */
export const MAY = { EXEC: 1, WRITE: 2, READ: 4 } as const;
/** `whence` of lseek(2) that reach a file system. */
export const SEEK = { DATA: 3, HOLE: 4 } as const;

/** In front of every request. `len` counts the whole request. */
export const IN_HEADER = layout(
  {
    len: u32le(0),
    opcode: u32le(4),
    unique: u32le(8),
    uniqueHi: u32le(12),
    nodeid: u32le(16),
    nodeidHi: u32le(20),
    uid: u32le(24),
    gid: u32le(28),
  },
  40,
);

/** In front of every reply. `error` is a negative number, in two's complement. */
export const OUT_HEADER = layout({ len: u32le(0), error: u32le(4), unique: u32le(8), uniqueHi: u32le(12) });

/** Attributes of a file, as part of other layouts, from an offset. */
const attr = (at: number) => ({
  ino: u32le(at),
  inoHi: u32le(at + 4),
  size: u32le(at + 8),
  sizeHi: u32le(at + 12),
  blocks: u32le(at + 16),
  atime: u32le(at + 24),
  atimeHi: u32le(at + 28),
  mtime: u32le(at + 32),
  mtimeHi: u32le(at + 36),
  ctime: u32le(at + 40),
  ctimeHi: u32le(at + 44),
  mode: u32le(at + 60),
  nlink: u32le(at + 64),
  uid: u32le(at + 68),
  gid: u32le(at + 72),
  blksize: u32le(at + 80),
});

/** A view of attributes, wherever they lie. */
export type AttrView = { -readonly [K in keyof ReturnType<typeof attr>]: number };

/** Where a handle stands in a body that begins with one. */
const fh = { fh: u32le(0), fhHi: u32le(4) };

/** Bodies of requests, without the names and bytes that may follow. */
export const IN = {
  init: layout({ major: u32le(0), minor: u32le(4), maxReadahead: u32le(8), flags: u32le(12) }),
  forget: layout({ nlookup: u32le(0), nlookupHi: u32le(4) }),
  batchForget: layout({ count: u32le(0) }, 8),
  forgetOne: layout({ nodeid: u32le(0), nodeidHi: u32le(4), nlookup: u32le(8), nlookupHi: u32le(12) }),
  getattr: layout({ flags: u32le(0), fh: u32le(8), fhHi: u32le(12) }),
  setattr: layout({ valid: u32le(0) }, 88),
  open: layout({ flags: u32le(0) }, 8),
  read: layout({ ...fh, offset: u32le(8), offsetHi: u32le(12), size: u32le(16), flags: u32le(32) }, 40),
  write: layout({ ...fh, offset: u32le(8), offsetHi: u32le(12), size: u32le(16), flags: u32le(32) }, 40),
  release: layout(fh, 24),
  access: layout({ mask: u32le(0) }, 8),
  interrupt: layout({ unique: u32le(0), uniqueHi: u32le(4) }),
  poll: layout({ ...fh, kh: u32le(8), khHi: u32le(12), flags: u32le(16), events: u32le(20) }),
  lseek: layout({ ...fh, offset: u32le(8), offsetHi: u32le(12), whence: u32le(16) }, 24),
} as const;

/** Bodies of replies, likewise. */
export const OUT = {
  init: layout(
    {
      major: u32le(0),
      minor: u32le(4),
      maxReadahead: u32le(8),
      flags: u32le(12),
      maxBackground: u16le(16),
      congestionThreshold: u16le(18),
      maxWrite: u32le(20),
      timeGran: u32le(24),
    },
    64,
  ),
  entry: layout(
    {
      nodeid: u32le(0),
      nodeidHi: u32le(4),
      entryValid: u32le(16),
      attrValid: u32le(24),
      ...attr(40),
    },
    128,
  ),
  attr: layout({ attrValid: u32le(0), ...attr(16) }, 104),
  open: layout({ ...fh, flags: u32le(8) }, 16),
  write: layout({ size: u32le(0) }, 8),
  statfs: layout({ bsize: u32le(40), namelen: u32le(44), frsize: u32le(48) }, 80),
  poll: layout({ revents: u32le(0) }, 8),
  lseek: layout({ offset: u32le(0), offsetHi: u32le(4) }),
  /** One entry of a directory; the name follows, and zeros up to a multiple of 8 bytes. */
  dirent: layout({ ino: u32le(0), inoHi: u32le(4), off: u32le(8), namelen: u32le(16), type: u32le(20) }, 24),
  notifyPoll: layout({ kh: u32le(0), khHi: u32le(4) }),
} as const;
