import { expect, test } from 'vitest';
import { attrAt, dirents, FakeKernel, request, structs } from '../../test/fuse-wire.js';
import { settle } from '../host/settle.js';
import { SysError } from '../base/errno.js';
import { Random } from '../base/random.js';
import { SysfsDir } from '../core/sysfs.js';
import { bytesFile, sysfsDir } from './sysfs-file.js';
import { dirOf, entriesOf, fixed, linkTo } from './vfs-dir.js';
import type { VCall, VFile } from './vfs.js';

// Numbers of include/uapi/linux/fuse.h and asm-generic/errno*.h, not of our tables.
const LOOKUP = 1;
const FORGET = 2;
const GETATTR = 3;
const SETATTR = 4;
const READLINK = 5;
const MKDIR = 9;
const OPEN = 14;
const READ = 15;
const WRITE = 16;
const STATFS = 17;
const RELEASE = 18;
const GETXATTR = 22;
const FLUSH = 25;
const INIT = 26;
const OPENDIR = 27;
const READDIR = 28;
const ACCESS = 34;
const CREATE = 35;
const INTERRUPT = 36;
const DESTROY = 38;
const IOCTL = 39;
const POLL = 40;
const BATCH_FORGET = 42;
const READDIRPLUS = 44;
const LSEEK = 46;
const NOTHING = new Uint8Array(0);

/** A directory with one file of each kind, and what was written. */
function small() {
  const stored: string[] = [];
  const dir = new SysfsDir('dev');
  dir.addGroup([
    { name: 'name', mode: 0o444, show: () => 'ina3221\n' },
    { name: 'limit', mode: 0o644, show: () => '5\n', store: (text) => void stored.push(text) },
    { name: 'bind', mode: 0o200, store: (text) => void stored.push(text) },
    {
      name: 'broken',
      mode: 0o644,
      show: () => {
        throw new SysError('ENODATA', 'off');
      },
      store: () => {
        throw new SysError('ENOTSUPP', 'never');
      },
    },
  ]);
  const root = dirOf(fixed({ dev: sysfsDir(dir), link: linkTo('', 'dev'), blob: bytesFile(Uint8Array.of(1, 2, 3)) }));
  return { root, dir, stored, kernel: new FakeKernel(root) };
}

test('INIT answers our version or the older one of the kernel, and the flags that both know', () => {
  const { kernel } = small();
  const { error, body } = kernel.ask(INIT, 0n, structs.initIn(7, 45));
  expect(error).toBe(0);
  expect(body.length).toBe(64);
  const word = (at: number) => body.readUInt32LE(at);
  expect([word(0), word(4), word(8)]).toEqual([7, 38, 0x2_0000]);
  // ATOMIC_O_TRUNC, BIG_WRITES, DO_READDIRPLUS, READDIRPLUS_AUTO, PARALLEL_DIROPS
  expect(word(12)).toBe((1 << 3) | (1 << 5) | (1 << 13) | (1 << 14) | (1 << 18));
  expect(word(20)).toBe(128 * 1024);
  expect(kernel.ask(INIT, 0n, structs.initIn(7, 27, 1 << 3)).body.readUInt32LE(4)).toBe(27);
  expect(kernel.ask(INIT, 0n, structs.initIn(7, 27, 1 << 3)).body.readUInt32LE(12)).toBe(1 << 3);
});

test('a newer major version is asked to come back with ours, an old kernel is refused', () => {
  const { kernel } = small();
  expect(kernel.ask(INIT, 0n, structs.initIn(8, 0)).body.readUInt32LE(0)).toBe(7);
  expect(kernel.ask(INIT, 0n, structs.initIn(7, 22)).error).toBe(-71);
  expect(kernel.ask(INIT, 0n, structs.initIn(6, 99)).error).toBe(-71);
});

test('a file is looked up with its mode, owner, size and time; attributes are asked for each time', () => {
  const { kernel } = small();
  const dev = kernel.walk('dev');
  const { body } = kernel.ask(LOOKUP, dev, structs.name('limit'));
  expect([body.readBigUInt64LE(16), body.readBigUInt64LE(24)]).toEqual([3600n, 0n]);
  const attr = attrAt(body, 40);
  expect(attr).toMatchObject({ size: 4096n, mode: 0o100644, nlink: 1, uid: 1000, gid: 100, mtime: 1_700_000_000n });
  const again = kernel.ask(GETATTR, body.readBigUInt64LE(0), structs.getattrIn());
  expect(attrAt(again.body, 16)).toEqual(attr);
  expect(attrAt(kernel.ask(GETATTR, 1n, structs.getattrIn()).body, 16).mode).toBe(0o040755);
  expect(attrAt(kernel.ask(LOOKUP, 1n, structs.name('blob')).body, 40).size).toBe(3n);
});

test('a link answers its target, and what is no link refuses', () => {
  const { kernel } = small();
  const { body } = kernel.ask(LOOKUP, 1n, structs.name('link'));
  expect(attrAt(body, 40)).toMatchObject({ mode: 0o120777, size: 6n });
  expect(kernel.ask(READLINK, body.readBigUInt64LE(0), NOTHING).body.toString()).toBe('../dev');
  expect(kernel.ask(READLINK, kernel.walk('dev'), NOTHING).error).toBe(-22);
});

test.each([
  ['no such name', LOOKUP, 'dev', structs.name('none'), -2],
  ['a name with a slash', LOOKUP, 'dev', structs.name('dev/name'), -2],
  ['a name below a file', LOOKUP, 'dev/name', structs.name('x'), -20],
  ['a name without end', LOOKUP, 'dev', Buffer.from('name'), -22],
  ['opening a directory as a file', OPEN, 'dev', structs.openIn(0), -21],
  ['opening a file as a directory', OPENDIR, 'dev/name', structs.openIn(0), -20],
  ['writing to a file that nobody may write, as root', OPEN, 'dev/name', structs.openIn(1), -13],
  ['reading one that nobody may read, as root', OPEN, 'dev/bind', structs.openIn(0), -13],
  ['reading and writing one that is only written', OPEN, 'dev/bind', structs.openIn(2), -13],
  ['a new mode', SETATTR, 'dev/limit', structs.setattrIn(1), -1],
  ['a new owner', SETATTR, 'dev/limit', structs.setattrIn(2), -1],
  ['a new directory', MKDIR, 'dev', structs.name('x'), -1],
  ['a new file', CREATE, 'dev', structs.name('x'), -13],
  ['an ioctl', IOCTL, 'dev/limit', new Uint8Array(32), -38],
  ['an extended attribute', GETXATTR, 'dev/limit', new Uint8Array(16), -38],
  ['a flush', FLUSH, 'dev/limit', new Uint8Array(24), -38],
  ['no operation that there is', 4000, 'dev/limit', NOTHING, -38],
  ['a handle that nobody has', READ, 'dev/limit', structs.readIn(99n, 0, 10), -9],
  ['a node that nobody has', GETATTR, undefined, structs.getattrIn(), -116],
])('%s is refused', (_, opcode, path, body, error) => {
  const { kernel } = small();
  const nodeid = path === undefined ? 0x1_0000_0000_0001n : kernel.walk(path);
  expect(kernel.ask(opcode, nodeid, body).error).toBe(error);
  expect(kernel.bugs).toEqual([]);
});

test('mode bits decide for users other than root: owner, group, others', () => {
  const { kernel } = small();
  const limit = kernel.walk('dev/limit');
  const open = (uid: number, gid: number) => kernel.ask(OPEN, limit, structs.openIn(1), uid, gid).error;
  expect([open(0, 0), open(1000, 5), open(5, 100), open(5, 5)]).toEqual([0, 0, -13, -13]);
  const may = (mask: number, uid: number) => kernel.ask(ACCESS, limit, structs.accessIn(mask), uid, 5).error;
  expect([may(4, 5), may(2, 5), may(2, 1000), may(1, 1000), may(0, 5)]).toEqual([0, -13, 0, -13, 0]);
  const truncate = (uid: number) => kernel.ask(SETATTR, limit, structs.setattrIn(8), uid, 5).error;
  expect([truncate(1000), truncate(5)]).toEqual([0, -13]);
});

test('a directory is listed with types, in pieces as large as asked for, and anew from its start', () => {
  const { kernel, dir } = small();
  const root = kernel.ask(OPENDIR, 1n, structs.openIn(0)).body.readBigUInt64LE(0);
  const all = dirents(kernel.ask(READDIR, 1n, structs.readIn(root, 0, 4096)).body);
  expect(all.map(({ name, type, off }) => [name, type, off])).toEqual([
    ['.', 4, 1n],
    ['..', 4, 2n],
    ['dev', 4, 3n],
    ['link', 10, 4n],
    ['blob', 8, 5n],
  ]);
  const two = kernel.ask(READDIR, 1n, structs.readIn(root, 2, 64)).body;
  expect(dirents(two).map(({ name }) => name)).toEqual(['dev', 'link']);
  expect(kernel.ask(READDIR, 1n, structs.readIn(root, 5, 4096)).body.length).toBe(0);
  expect(kernel.ask(READDIR, 1n, structs.readIn(root, 0, 8)).body.length).toBe(0);

  const dev = kernel.walk('dev');
  const handle = kernel.ask(OPENDIR, dev, structs.openIn(0)).body.readBigUInt64LE(0);
  const names = () => dirents(kernel.ask(READDIR, dev, structs.readIn(handle, 0, 4096)).body).map(({ name }) => name);
  expect(names()).toEqual(['.', '..', 'name', 'limit', 'bind', 'broken']);
  dir.addGroup([{ name: 'later', mode: 0o444 }]);
  expect(names()).toContain('later');
  const [{ ino } = { ino: 0n }] = all.filter(({ name }) => name === 'dev');
  expect(attrAt(kernel.ask(GETATTR, dev, structs.getattrIn()).body, 16).ino).toBe(ino);
});

test('a listing with attributes counts as a lookup of each entry but the dots', () => {
  const { kernel } = small();
  const root = kernel.ask(OPENDIR, 1n, structs.openIn(0)).body.readBigUInt64LE(0);
  const { body } = kernel.ask(READDIRPLUS, 1n, structs.readIn(root, 0, 4096));
  // struct fuse_direntplus: 128 bytes of entry, then the entry as in READDIR.
  const first = { nodeid: body.readBigUInt64LE(0), name: body.toString('utf8', 128 + 24, 128 + 25) };
  expect(first).toEqual({ nodeid: 0n, name: '.' });
  const third = 2 * 160;
  expect(body.toString('utf8', third + 128 + 24, third + 128 + 27)).toBe('dev');
  expect(body.readBigUInt64LE(third)).toBe(kernel.walk('dev'));
  expect(attrAt(body, third + 40).mode).toBe(0o040755);
  expect(kernel.server.nodeCount).toBe(4);
});

test('reading makes the text once per opening and goes on in it; the start makes it anew', async () => {
  let shown = 0;
  const dir = new SysfsDir('dev');
  dir.addGroup([{ name: 'count', mode: 0o444, show: () => `${++shown} of many\n` }]);
  const kernel = new FakeKernel(sysfsDir(dir));
  const node = kernel.walk('count');
  const open = kernel.ask(OPEN, node, structs.openIn(0)).body;
  expect(open.readUInt32LE(8)).toBe((1 << 0) | (1 << 5)); // FOPEN_DIRECT_IO, FOPEN_NOFLUSH
  const fh = open.readBigUInt64LE(0);
  const read = async (offset: number, size: number) => {
    const unique = kernel.send(READ, node, structs.readIn(fh, offset, size));
    await settle();
    return kernel.reply(unique)?.body.toString();
  };
  expect([await read(0, 4), await read(4, 100), await read(10, 100)]).toEqual(['1 of', ' many\n', '']);
  expect([await read(0, 100), shown]).toEqual(['2 of many\n', 2]);
  expect(kernel.ask(RELEASE, node, structs.releaseIn(fh)).error).toBe(0);
  expect(kernel.ask(READ, node, structs.readIn(fh, 0, 4)).error).toBe(-9);
  expect(kernel.server.openCount).toBe(0);
});

test('a write is one store of at most a page, whatever its offset; what a device says goes to the writer', async () => {
  const { kernel, stored } = small();
  const write = async (path: string, bytes: Uint8Array) => {
    const node = kernel.walk(path);
    const unique = kernel.send(WRITE, node, structs.writeIn(kernel.open(node, 1), bytes));
    await settle();
    const reply = kernel.reply(unique);
    return reply?.error === 0 ? reply.body.readUInt32LE(0) : reply?.error;
  };
  expect(await write('dev/limit', Buffer.from('16\0'))).toBe(3);
  expect(await write('dev/bind', Uint8Array.of(0xe9, 0x0a))).toBe(2);
  expect(await write('dev/limit', Buffer.alloc(5000, 'x'))).toBe(4096);
  // ENOTSUPP is Linux's own: programs know EOPNOTSUPP.
  expect(await write('dev/broken', Buffer.from('1'))).toBe(-95);
  expect(stored).toEqual(['16\0', '\u00e9\n', 'x'.repeat(4096)]);
  const node = kernel.walk('dev/limit');
  const short = structs.writeIn(kernel.open(node, 1), Buffer.from('12')).subarray(0, 41);
  expect(kernel.ask(WRITE, node, short).error).toBe(-22);
});

test('a read ends with the error of its device', async () => {
  const { kernel } = small();
  const node = kernel.walk('dev/broken');
  const unique = kernel.send(READ, node, structs.readIn(kernel.open(node), 0, 100));
  await settle();
  expect(kernel.reply(unique)).toMatchObject({ error: -61, body: Buffer.alloc(0) });
});

test('whoever polls is told of a change once, and asks again', async () => {
  const { kernel, dir } = small();
  const node = kernel.walk('dev/limit');
  const fh = kernel.open(node);
  const poll = (flags: number) =>
    kernel.ask(POLL, node, structs.pollIn(fh, 0x1_0000_0007n, flags)).body.readUInt32LE(0);
  const read = async () => {
    kernel.send(READ, node, structs.readIn(fh, 0, 100));
    await settle();
  };
  // Nobody has read it yet: POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM with POLLPRI and POLLERR.
  expect(poll(0)).toBe(0x145 | 0x2 | 0x8);
  await read();
  expect(poll(1)).toBe(0x145);
  kernel.replies.length = 0;
  dir.notify('limit');
  dir.notify('limit');
  // struct fuse_notify_poll_wakeup_out: the kernel's handle; the number of the notice stands where errors do.
  const kh = Buffer.alloc(8);
  kh.writeBigUInt64LE(0x1_0000_0007n);
  expect(kernel.replies).toEqual([{ unique: 0n, error: 1, body: kh }]);
  expect(poll(1)).toBe(0x145 | 0x2 | 0x8);
  await read();
  expect(poll(0)).toBe(0x145);
  kernel.ask(RELEASE, node, structs.releaseIn(fh));
  kernel.replies.length = 0;
  dir.notify('limit');
  expect(kernel.replies).toEqual([]);
});

/** A file whose read waits until it is interrupted, or for ever. */
function waiting() {
  const stops: (() => void)[] = [];
  const calls: VCall[] = [];
  const file: VFile = {
    kind: 'file',
    mode: 0o600,
    size: 0,
    stream: true,
    open: () => ({
      read: (_offset, _length, call) =>
        new Promise((_, reject) => {
          calls.push(call);
          call.whenInterrupted(() => reject(new SysError('EINTR', 'interrupted')));
        }),
      write: () => 0,
      close: () => void stops.push(() => undefined),
    }),
  };
  return { kernel: new FakeKernel(dirOf(fixed({ file }))), calls, closed: stops };
}

test('a read that waits ends with EINTR when its program is interrupted; others wait on', async () => {
  const { kernel, calls } = waiting();
  const node = kernel.walk('file');
  const opened = kernel.ask(OPEN, node, structs.openIn(2)).body;
  expect(opened.readUInt32LE(8)).toBe((1 << 0) | (1 << 2) | (1 << 4) | (1 << 5)); // with NONSEEKABLE and STREAM
  const fh = opened.readBigUInt64LE(0);
  const first = kernel.send(READ, node, structs.readIn(fh, 0, 16));
  const second = kernel.send(READ, node, structs.readIn(fh, 0, 16, 0o4000));
  kernel.send(INTERRUPT, 0n, structs.interruptIn(first));
  kernel.send(INTERRUPT, 0n, structs.interruptIn(999n));
  await settle();
  expect([kernel.reply(first)?.error, kernel.reply(second)]).toEqual([-4, undefined]);
  expect(calls.map(({ nonblock }) => nonblock)).toEqual([false, true]);
  kernel.server.close();
  await settle();
  expect([kernel.reply(second)?.error, kernel.server.openCount]).toEqual([-4, 0]);
});

test('a file without a position cannot be sought in; others end at their size', () => {
  const { kernel } = small();
  const seek = (nodeid: bigint, offset: number, whence: number) => {
    const { error, body } = kernel.ask(LSEEK, nodeid, structs.lseekIn(kernel.open(nodeid), offset, whence));
    return error === 0 ? body.readBigUInt64LE(0) : error;
  };
  const blob = kernel.walk('blob');
  expect([seek(blob, 1, 3), seek(blob, 1, 4), seek(blob, 3, 3), seek(blob, 0, 2)]).toEqual([1n, 3n, -6, -22]);
  const stream = waiting().kernel;
  const node = stream.walk('file');
  expect(stream.ask(LSEEK, node, structs.lseekIn(stream.open(node), 0, 3)).error).toBe(-29);
});

test('bytes are read from any offset and never written', () => {
  const { kernel } = small();
  const blob = kernel.walk('blob');
  const fh = kernel.open(blob);
  const read = (offset: number) => [...kernel.ask(READ, blob, structs.readIn(fh, offset, 2)).body];
  expect([read(0), read(2), read(3)]).toEqual([[1, 2], [3], []]);
  expect(kernel.ask(WRITE, blob, structs.writeIn(fh, Buffer.from('x'))).error).toBe(-13);
});

test('statfs tells block size and length of names', () => {
  const { body } = small().kernel.ask(STATFS, 1n, NOTHING);
  expect([body.length, body.readUInt32LE(40), body.readUInt32LE(44), body.readUInt32LE(48)]).toEqual([
    80, 4096, 255, 4096,
  ]);
});

test('what has gone is ESTALE wherever it is asked for; what comes later under its name is another', async () => {
  const devices = new Map<string, SysfsDir>();
  const kernel = new FakeKernel(dirOf(entriesOf(() => devices, sysfsDir)));
  const plug = () => {
    const dir = new SysfsDir('hwmon0');
    const remove = dir.addGroup([{ name: 'name', mode: 0o444, show: () => 'x\n' }]);
    devices.set('hwmon0', dir);
    return remove;
  };
  const remove = plug();
  const dir = kernel.walk('hwmon0');
  const name = kernel.walk('hwmon0/name');
  const fh = kernel.open(name);
  devices.clear();
  await remove();
  for (const [opcode, nodeid, body] of [
    [LOOKUP, dir, structs.name('name')],
    [GETATTR, dir, structs.getattrIn()],
    [GETATTR, name, structs.getattrIn()],
    [OPEN, name, structs.openIn(0)],
    [OPENDIR, dir, structs.openIn(0)],
    [ACCESS, name, structs.accessIn(4)],
  ] as const)
    expect(kernel.ask(opcode, nodeid, body).error).toBe(-116);
  // Who has it open is told that there is no device any more, and may still ask for its attributes.
  const unique = kernel.send(READ, name, structs.readIn(fh, 0, 10));
  await settle();
  expect(kernel.reply(unique)?.error).toBe(-19);
  expect(kernel.ask(GETATTR, name, structs.getattrIn(1, fh)).error).toBe(0);
  plug();
  expect(kernel.walk('hwmon0')).not.toBe(dir);
  expect(kernel.ask(GETATTR, dir, structs.getattrIn()).error).toBe(-116);
});

test('the table of nodes shrinks by what the kernel forgets, from the leaves up', () => {
  const { kernel } = small();
  for (const path of ['dev/name', 'dev/limit', 'link']) kernel.walk(path);
  const [dev, name, limit, link] = ['dev', 'dev/name', 'dev/limit', 'link'].map((path) => kernel.walk(path));
  expect(kernel.server.nodeCount).toBe(5);
  const before = kernel.replies.length;
  kernel.send(FORGET, name as bigint, structs.forgetIn(2));
  expect(kernel.server.nodeCount).toBe(4);
  kernel.send(FORGET, dev as bigint, structs.forgetIn(1000)); // more than it was given: its child keeps it
  expect(kernel.server.nodeCount).toBe(4);
  kernel.send(
    BATCH_FORGET,
    0n,
    structs.batchForgetIn([
      [limit as bigint, 2],
      [link as bigint, 2],
      [77n, 1],
    ]),
  );
  expect([kernel.server.nodeCount, kernel.replies.length]).toEqual([1, before]);
  kernel.send(FORGET, 1n, structs.forgetIn(1));
  expect(kernel.server.nodeCount).toBe(1);
});

test('a program that left before its reply leaves nothing counted or open', () => {
  const { kernel } = small();
  const name = kernel.walk('dev/name');
  const before = kernel.server.nodeCount;
  kernel.left = true;
  kernel.send(LOOKUP, 1n, structs.name('link'));
  kernel.send(OPEN, name, structs.openIn(0));
  kernel.send(OPENDIR, 1n, structs.openIn(0));
  expect([kernel.server.nodeCount, kernel.server.openCount]).toEqual([before, 0]);
});

test('a mistake of ours is EIO for the program, and is not kept quiet', async () => {
  const dir = new SysfsDir('dev');
  dir.addGroup([
    {
      name: 'bad',
      mode: 0o444,
      show: () => {
        throw new TypeError('ours');
      },
    },
  ]);
  const kernel = new FakeKernel(sysfsDir(dir));
  const node = kernel.walk('bad');
  const unique = kernel.send(READ, node, structs.readIn(kernel.open(node), 0, 10));
  await settle();
  expect([kernel.reply(unique)?.error, kernel.bugs]).toEqual([-5, [new TypeError('ours')]]);
});

test('the end of the mount closes what is open', () => {
  const { kernel } = small();
  kernel.open(kernel.walk('dev/name'));
  expect(kernel.ask(DESTROY, 0n, NOTHING).error).toBe(0);
  expect(kernel.server.openCount).toBe(0);
});

test('requests cut short anywhere, and random bytes, never throw, and each program is answered', async () => {
  const { kernel } = small();
  const node = kernel.walk('dev/limit');
  const fh = kernel.open(node, 2);
  const whole: readonly (readonly [number, Uint8Array])[] = [
    [LOOKUP, structs.name('limit')],
    [GETATTR, structs.getattrIn()],
    [SETATTR, structs.setattrIn(0)],
    [OPEN, structs.openIn(0)],
    [READ, structs.readIn(fh, 0, 10)],
    [WRITE, structs.writeIn(fh, Buffer.from('1'))],
    [RELEASE, structs.releaseIn(99n)],
    [INIT, structs.initIn(7, 38)],
    [READDIR, structs.readIn(fh, 0, 10)],
    [ACCESS, structs.accessIn(0)],
    [POLL, structs.pollIn(fh, 1n, 1)],
    [LSEEK, structs.lseekIn(fh, 0, 3)],
    [FORGET, structs.forgetIn(0)],
    [BATCH_FORGET, structs.batchForgetIn([[1n, 1]])],
    [INTERRUPT, structs.interruptIn(1n)],
  ];
  let sent = 0;
  for (const [opcode, body] of whole) {
    const answered = ![FORGET, BATCH_FORGET, INTERRUPT].includes(opcode);
    for (let length = 0; length < 40 + body.length; length++) {
      kernel.server.handle(request(opcode, 1000n, node, body).subarray(0, length));
      if (answered && length >= 40) sent++;
    }
  }
  await settle();
  expect(kernel.replies.filter(({ unique }) => unique === 1000n).length).toBe(sent);
  const random = new Random('fuse').stream('bytes');
  for (let i = 0; i < 20_000; i++) {
    const bytes = random.bytes(random.below(160));
    if (bytes.length > 24) {
      bytes.set([random.below(60), 0, 0, 0], 4);
      bytes.set([random.below(8), 0, 0, 0, 0, 0, 0, 0], 16);
    }
    kernel.server.handle(bytes);
  }
  await settle();
  expect(kernel.bugs).toEqual([]);
});
