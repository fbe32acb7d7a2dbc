// Mounting as an ordinary user: the program fusermount3 does it, and hands back the open /dev/fuse over a socket.
import { closeSync } from 'node:fs';
import type { Hindrance } from './hindrance.js';
import type { Native } from './native.js';
import { type Ended, PASSED_FD, startProgram } from './program.js';

const NO_FUSERMOUNT: Hindrance = {
  what: 'the program fusermount3 is missing',
  todo: 'apt-get install fuse3, or run this as root',
};
const NOT_FOUND = 127;
const AF_UNIX = 1;
const SOCK_STREAM = 1;
const SOCK_CLOEXEC = 0o2000000;
const F_SETFL = 4;
const O_NONBLOCK = 0o4000;

/**
 * Mounts on a directory and answers the open /dev/fuse, which does not block. Not with its option auto_unmount: that
 * looks into the directory as root, whom Linux keeps out of it.
 */
export async function fusermount(dir: string, source: string, native: Native): Promise<number | Hindrance> {
  const [ours, theirs] = socketPair(native);
  const options = `fsname=${source},subtype=${source}`;
  const env = { ...process.env, _FUSE_COMMFD: String(PASSED_FD) };
  const { ended } = startProgram('fusermount3', ['-o', options, '--', dir], [theirs], env);
  closeSync(theirs);
  const fd = await receiveFd(native, ours);
  closeSync(ours);
  const result = await ended;
  if (fd === undefined) return refusal(result);
  native.func('int fcntl(int fd, int command, int value)')(fd, F_SETFL, O_NONBLOCK);
  return fd;
}

function refusal({ status, complaint }: Ended): Hindrance {
  if (status === NOT_FOUND) return NO_FUSERMOUNT;
  const what = complaint.replace(/^fusermount3: /, '') || `fusermount3 ended with ${status}`;
  return { what, todo: 'see what bringup doctor fuse says, or run this as root' };
}

function socketPair(native: Native): readonly [ours: number, theirs: number] {
  const pair = new Uint8Array(8);
  const socketpair = native.func('int socketpair(int domain, int type, int protocol, void *pair)');
  if (Number(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair)) !== 0) throw native.failure('socketpair');
  const view = new DataView(pair.buffer);
  return [view.getInt32(0, true), view.getInt32(4, true)];
}

/**
 * What recvmsg(2) works on, in one piece of memory whose place does not change: at its start `struct msghdr` of a
 * 64-bit Linux, with offsets of the pointers and lengths that are set; behind it what they point to.
 */
const ROOM = { BYTES: 128, IOV: 64, DATA: 80, CONTROL: 96, CONTROL_BYTES: 24 } as const;
const MSGHDR = { IOV: 16, IOVLEN: 24, CONTROL: 32, CONTROLLEN: 40 } as const;
/** `struct cmsghdr` with a descriptor in it. */
const CMSG = { TYPE: 12, DATA: 16 } as const;
const SCM_RIGHTS = 1;
const MSG_CMSG_CLOEXEC = 0x4000_0000;

/** Waits for a message with a descriptor. Undefined when the other end closes without one. */
async function receiveFd(native: Native, socket: number): Promise<number | undefined> {
  const room = new Uint8Array(ROOM.BYTES);
  const view = new DataView(room.buffer);
  const at = native.address(room);
  const words: readonly (readonly [offset: number, value: bigint])[] = [
    [MSGHDR.IOV, at + BigInt(ROOM.IOV)],
    [MSGHDR.IOVLEN, 1n],
    [MSGHDR.CONTROL, at + BigInt(ROOM.CONTROL)],
    [MSGHDR.CONTROLLEN, BigInt(ROOM.CONTROL_BYTES)],
    [ROOM.IOV, at + BigInt(ROOM.DATA)],
    [ROOM.IOV + 8, 1n],
  ];
  for (const [offset, value] of words) view.setBigUint64(offset, value, true);
  const recvmsg = native.func('long recvmsg(int socket, void *message, int flags)');
  const length = await new Promise<number>((resolve) => {
    recvmsg.async(socket, room, MSG_CMSG_CLOEXEC, (_: unknown, result: unknown) => resolve(Number(result)));
  });
  const hasFd = length > 0 && view.getInt32(ROOM.CONTROL + CMSG.TYPE, true) === SCM_RIGHTS;
  return hasFd ? view.getInt32(ROOM.CONTROL + CMSG.DATA, true) : undefined;
}
