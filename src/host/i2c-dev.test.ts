// The adapter on a C library that is stood in for at ioctl: what it hands to the kernel, byte by byte, and what it
// makes of the answers. Against a real kernel: i2c-dev.system.test.ts.
import { devNull } from 'node:os';
import { expect, test } from 'vitest';
import { hex } from '../base/bytes.js';
import { type Errno, ERRNO, SysError } from '../base/errno.js';
import { i2cContract, wordTarget } from '../bus/i2c.contract.js';
import { type I2cDevOptions, openI2cDev } from './i2c-dev.js';
import type { Native } from './native.js';

const FUNCS = 0x0705;
const SLAVE = 0x0703;
const SLAVE_FORCE = 0x0706;
const RDWR = 0x0707;
const SMBUS = 0x0720;
const PLAIN = 0x0000_0001;
const WORDS = 0x0060_0000;

/** Where the kernel would see the block of memory, by the size of pointers. */
const BASE = { 8: 0x7f11_2233_4400n, 4: 0x2030_4000n } as const;

/** One ioctl as the kernel gets it: the bytes of the block, and where its argument points into it. */
interface Call {
  readonly request: number;
  readonly arg: bigint;
  readonly memory: Uint8Array;
}

type Kernel = (call: Call) => number | Errno;

interface LibraryOptions {
  readonly pointerBytes?: 4 | 8;
  readonly functions?: number;
  readonly kernel?: Kernel;
}

/** A C library with ioctl alone. What was called is in `calls`, each with the argument or the bytes it points to. */
function library({ pointerBytes = 8, functions = PLAIN | WORDS, kernel = () => 0 }: LibraryOptions) {
  let memory = new Uint8Array(0);
  let failed: Errno = 'EIO';
  const calls: { request: number; arg: bigint }[] = [];
  const seen: string[] = [];
  const ioctl = (request: number, arg: bigint): number => {
    calls.push({ request, arg });
    const isValue = request === SLAVE || request === SLAVE_FORCE;
    if (!isValue) expect(arg).toBe(BASE[pointerBytes]);
    seen.push(isValue ? `${arg}` : hex(memory));
    const result = kernel({ request, arg, memory });
    if (request === FUNCS && result === 0) new DataView(memory.buffer).setUint32(0, functions, true);
    if (typeof result === 'number') return result;
    failed = result;
    return -1;
  };
  const call = (_fd: unknown, request: unknown, arg: unknown) => ioctl(request as number, arg as bigint);
  const async = (...args: readonly unknown[]) => {
    const [fd, request, arg, done] = args as [unknown, unknown, unknown, (e: null, result: number) => void];
    setImmediate(() => done(null, call(fd, request, arg)));
  };
  const native: Native = {
    version: 'none',
    pointerBytes,
    func: () => Object.assign(call, { async }),
    errno: () => ERRNO[failed],
    failure: (what) => new SysError(failed, what),
    address: (bytes) => {
      memory = bytes as Uint8Array<ArrayBuffer>;
      return BASE[pointerBytes];
    },
  };
  return { native, calls, seen };
}

function open(options: LibraryOptions & I2cDevOptions = {}) {
  const { native, calls, seen } = library(options);
  return { bus: openI2cDev(native, devNull, options), calls, seen };
}

const READ = [{ write: Uint8Array.of(0xfe) }, { read: 2 }];
const WRITE = [{ write: Uint8Array.of(0x07, 0x12, 0x34) }];

/** Answers reads of RDWR and SMBUS with these bytes behind the structures. */
const answering =
  (at: number, ...bytes: number[]): Kernel =>
  ({ request, memory }) => {
    if (request === RDWR || request === SMBUS) memory.set(bytes, at);
    return request === RDWR ? 2 : 0;
  };

// Printed by a C program with the structures of linux/i2c-dev.h and linux/i2c.h (linux-libc-dev 6.1), compiled by
// gcc and gcc -m32, at the addresses of BASE.
const RDWR_64 =
  '10 44 33 22 11 7f 00 00 02 00 00 00 00 00 00 00 ' +
  '40 00 00 00 01 00 00 00 30 44 33 22 11 7f 00 00 40 00 01 00 02 00 00 00 31 44 33 22 11 7f 00 00';
const RDWR_32 = '08 40 30 20 02 00 00 00 40 00 00 00 01 00 00 00 20 40 30 20 40 00 01 00 02 00 00 00 21 40 30 20';

test.each([
  [8, 0x31, `${RDWR_64} fe 00 00`],
  [4, 0x21, `${RDWR_32} fe 00 00`],
] as const)('a transfer is handed over as i2c-dev.h has it, pointers of %d bytes', async (pointerBytes, at, bytes) => {
  const { bus, calls, seen } = open({ pointerBytes, kernel: answering(at, 0x54, 0x49) });
  expect(hex(await bus.transfer(0x40, READ))).toBe('54 49');
  expect([calls[1]?.request, seen[1]?.slice(0, bytes.length)]).toEqual([RDWR, bytes]);
});

test.each([
  [8, 0x10, '10 44 33 22 11 7f 00 00'],
  [4, 0x0c, '0c 40 30 20'],
] as const)('words go as SMBus has them, pointers of %d bytes', async (pointerBytes, at, pointer) => {
  const kernel = answering(at, 0x54, 0x49);
  const { bus, calls, seen } = open({ pointerBytes, functions: WORDS, kernel });
  expect(hex(await bus.transfer(0x41, READ))).toBe('54 49');
  expect(hex(await bus.transfer(0x41, WRITE))).toBe('');
  expect(calls.slice(1).map(({ request }) => request)).toEqual([SLAVE, SMBUS, SLAVE, SMBUS]);
  const [address, read, , write] = seen.slice(1) as [string, string, string, string];
  const bytes = { read: `01 fe 00 00 03 00 00 00 ${pointer} 00 00`, write: `00 07 00 00 03 00 00 00 ${pointer} 12 34` };
  expect({ address, read: read.slice(0, bytes.read.length), write: write.slice(0, bytes.write.length) }).toEqual({
    address: '65',
    ...bytes,
  });
});

test('the answer of a transfer is not overwritten by the next one', async () => {
  let next = 0x10;
  const { bus } = open({ kernel: (call) => answering(0x31, next++, next++)(call) });
  const first = await bus.transfer(0x40, READ);
  const second = await bus.transfer(0x40, READ);
  expect([hex(first), hex(second)]).toEqual(['12 13', '14 15']);
});

test('a transfer that needs more memory gets it, and a short one behind it finds nothing of it', async () => {
  const { bus, seen } = open({ kernel: ({ request }) => (request === RDWR ? 1 : 0) });
  await bus.transfer(0x40, [{ write: new Uint8Array(8192).fill(0xee) }]);
  await bus.transfer(0x40, [{ write: Uint8Array.of(0x07, 0x12, 0x34) }]);
  const [long, short] = seen.slice(1) as [string, string];
  expect([long.length > 3 * 8192, short.slice(3 * 0x20, 3 * 0x20 + 11)]).toEqual([true, '07 12 34 ee']);
  expect(short.slice(3 * 8, 3 * 16 - 1)).toBe('01 00 00 00 00 00 00 00');
});

test.each([
  ['ENXIO', 'ENXIO', 'no acknowledge from 0x40'],
  ['ENODEV', 'ENXIO', 'no acknowledge from 0x40'],
  ['EREMOTEIO', 'EREMOTEIO', 'no acknowledge from 0x40'],
  ['EAGAIN', 'EAGAIN', 'lost arbitration while addressing 0x40'],
  ['ETIMEDOUT', 'ETIMEDOUT', 'transfer with 0x40 timed out'],
  ['EOPNOTSUPP', 'EOPNOTSUPP', 'the adapter cannot do this transfer with 0x40'],
  ['EIO', 'EIO', 'the transfer with 0x40 failed'],
  ['EPROTO', 'EPROTO', 'the transfer with 0x40 failed'],
] as const)('the kernel says %s: %s, and the adapter works on', async (said, code, words) => {
  let fail = true;
  const { bus } = open({ kernel: (call) => (call.request === RDWR && fail ? said : answering(0x31)(call)) });
  const error = await bus.transfer(0x40, READ).catch((e: unknown) => e);
  expect(error).toMatchObject({ code, errno: -ERRNO[code], message: `${devNull}: i2c: ${words} (${code})` });
  fail = false;
  expect(hex(await bus.transfer(0x40, READ))).toBe('00 00');
});

test('a transfer of which only a part was done is an error', async () => {
  const { bus } = open({ kernel: ({ request }) => (request === RDWR ? 1 : 0) });
  await expect(bus.transfer(0x40, READ)).rejects.toThrow('1 of 2 parts of the transfer with 0x40 were done (EIO)');
});

test.each([
  ['43 parts', Array.from({ length: 43 }, () => ({ read: 1 }))],
  ['8193 bytes', [{ read: 8193 }]],
])('%s are more than the kernel takes: EOPNOTSUPP, and it is not asked', async (_what, msgs) => {
  const { bus, calls } = open();
  await expect(bus.transfer(0x40, msgs)).rejects.toMatchObject({ code: 'EOPNOTSUPP' });
  expect(calls.length).toBe(1);
});

const held: Kernel = ({ request }) => (request === SLAVE ? 'EBUSY' : 0);

test('an address that a driver of the kernel holds is told of, and without force no word is sent there', async () => {
  const { bus } = open({ functions: WORDS, kernel: held });
  expect(await bus.isHeld(0x40)).toBe(true);
  const words = `${devNull}: i2c: 0x40 belongs to a driver of the kernel (EBUSY)`;
  await expect(bus.transfer(0x40, READ)).rejects.toThrow(words);
  const forced = open({ functions: WORDS, kernel: held, force: true });
  expect(hex(await forced.bus.transfer(0x40, READ))).toBe('00 00');
  expect(forced.calls.slice(1).map(({ request }) => request)).toEqual([SLAVE_FORCE, SMBUS]);
  expect(await open().bus.isHeld(0x40)).toBe(false);
});

test.each([
  [PLAIN, ['i2c']],
  [WORDS, ['smbus-word']],
  [PLAIN | WORDS, ['i2c', 'smbus-word']],
])('an adapter with the functions %d offers %j', (functions, offered) => {
  expect(open({ functions }).bus.functionality).toEqual(offered);
});

test('what is no adapter, or one without a transfer of use, is refused when it is opened', () => {
  expect(() => open({ functions: 0x0020_0000 })).toThrow('neither plain I2C nor SMBus words (EOPNOTSUPP)');
  expect(() => open({ kernel: () => 'ENOTTY' })).toThrow(`${devNull}: i2c: it is no I2C adapter (ENOTTY)`);
  const missing = `${import.meta.filename}.none`;
  expect(() => openI2cDev(library({}).native, missing)).toThrow(`${missing}: it cannot be opened (ENOENT)`);
});

test('transfers wait for each other, and closing waits for all of them', async () => {
  const { bus, calls } = open({ kernel: answering(0x31) });
  const ended: string[] = [];
  const first = bus.transfer(0x40, READ).then(() => ended.push('first'));
  const second = bus.transfer(0x40, READ).then(() => ended.push('second'));
  const closed = Promise.all([bus.close(), bus.close()]).then(() => ended.push('closed'));
  const late = bus.transfer(0x40, READ).catch((e: SysError) => ended.push(e.code));
  await Promise.resolve();
  expect(calls.length).toBe(1); // the thread that the first is on has not begun
  await Promise.all([first, second, closed, late]);
  expect(ended).toEqual(['EBADF', 'first', 'second', 'closed']);
  await expect(bus.isHeld(0x40)).rejects.toMatchObject({ code: 'EBADF' });
});

/** The kernel's side of the structures: follows the pointers of a 64-bit program, and serves a chip at 0x40. */
function chipKernel(): Kernel {
  const chip = wordTarget();
  let set = 0n;
  return ({ request, arg, memory }) => {
    const view = new DataView(memory.buffer);
    const at = (offset: number): number => Number(view.getBigUint64(offset, true) - BASE[8]);
    if (request === SLAVE) set = arg;
    if (request === SMBUS) {
      if (set !== 0x40n) return 'ENODEV';
      const data = at(8);
      const [reading, register] = memory as unknown as [number, number];
      chip.write(Uint8Array.of(register, ...(reading === 1 ? [] : memory.subarray(data, data + 2))));
      if (reading === 1) memory.set(chip.read(2), data);
    }
    if (request !== RDWR) return 0;
    const count = view.getUint32(8, true);
    for (let index = 0; index < count; index++) {
      const msg = at(0) + index * 16;
      if (view.getUint16(msg, true) !== 0x40) return 'ENXIO';
      const data = memory.subarray(at(msg + 8), at(msg + 8) + view.getUint16(msg + 4, true));
      if (view.getUint16(msg + 2, true) === 1) data.set(chip.read(data.length));
      else chip.write(data);
    }
    return count;
  };
}

for (const [name, functions] of [
  ['plain I2C', PLAIN],
  ['SMBus words', WORDS],
] as const) {
  i2cContract(`i2c-dev, ${name}`, () => {
    const { bus } = open({ functions, kernel: chipKernel() });
    return { bus, present: 0x40, absent: 0x41, scratch: 7, close: () => void bus.close() };
  });
}
