// A channel on a kernel that is stood in for: what it is asked, and what is made of its answers. Over real system
// calls: rpmsg-char.system.test.ts.
import { afterEach, expect, test } from 'vitest';
import { MemoryWire, RpmsgKernel, type RpmsgKernelOptions } from '../../test/rpmsg-kernel.js';
import { rpmsgEnds } from '../../test/rpmsg-ends.js';
import { hex } from '../base/bytes.js';
import { ms, s } from '../base/clock.js';
import { type Errno, SysError } from '../base/errno.js';
import { rpmsgContract } from '../bus/rpmsg.contract.js';
import type { RealTime } from './live.js';
import { openRpmsgChar, type RpmsgChar, type RpmsgCharOptions } from './rpmsg-char.js';
import { rpmsgSystem } from './rpmsg-system.js';

const CHANNEL = 'apr_audio_svc';
const THERE = '/dev/rpmsg3';
const MADE = `/dev/rpmsg_ctrl0:${CHANNEL}`;
const kernels: RpmsgKernel[] = [];
afterEach(() => {
  for (const kernel of kernels.splice(0)) kernel.end();
});

function kernelOf(options: Partial<RpmsgKernelOptions> = {}): { kernel: RpmsgKernel; wire: MemoryWire } {
  const wire = new MemoryWire();
  const kernel = new RpmsgKernel({ transport: 'glink', wire: () => wire, ...options });
  kernel.addEndpoint('rpmsg3', CHANNEL, 'device');
  kernels.push(kernel);
  return { kernel, wire };
}

interface Rig {
  readonly kernel: RpmsgKernel;
  readonly wire: MemoryWire;
  readonly edge: RpmsgChar;
}

function open(path: string, options: Partial<RpmsgKernelOptions> = {}, how: RpmsgCharOptions = {}): Rig {
  const { kernel, wire } = kernelOf(options);
  return { kernel, wire, edge: openRpmsgChar(kernel, path, how) };
}

for (const transport of ['smd', 'glink'] as const) {
  for (const path of ['/dev/rpmsg3', `/dev/rpmsg_ctrl0:${CHANNEL}`]) {
    rpmsgContract(`${path}, ${transport}`, () => {
      const kernel = new RpmsgKernel({ transport, wire: () => new MemoryWire() });
      kernel.addEndpoint('rpmsg3', CHANNEL, 'device');
      return rpmsgEnds(kernel, path);
    });
  }
}

// Printed by a C program with the structure and the numbers of linux/rpmsg.h (linux-libc-dev 6.1).
const INFO = '6170725f617564696f5f73766300000000000000000000000000000000000000ffffffffffffffff';

test('an endpoint is made at the control device, and unmade when it is closed', () => {
  const { kernel, edge } = open(MADE);
  expect([kernel.calls, kernel.nodes, kernel.opened]).toEqual([
    [`rpmsg_ctrl0 4028b501 ${INFO}`],
    ['rpmsg3', 'rpmsg0'],
    ['rpmsg0'],
  ]);
  edge.open(CHANNEL, () => 0).close();
  expect([kernel.calls.slice(1), kernel.nodes, kernel.opened]).toEqual([['rpmsg0 b502'], ['rpmsg3'], []]);
  edge.close();
});

test('of endpoints with the same name the new one is opened', () => {
  const { kernel } = kernelOf();
  kernel.addEndpoint('rpmsg0', CHANNEL);
  kernel.addEndpoint('rpmsg10', 'other_channel');
  kernel.open('/dev/rpmsg0'); // somebody else has it
  openRpmsgChar(kernel, MADE);
  expect(kernel.opened).toEqual(['rpmsg0', 'rpmsg1']);
});

test('an endpoint that is there is used, and stays: it is not ours', () => {
  const { kernel } = kernelOf();
  kernel.addEndpoint('rpmsg7', CHANNEL);
  const edge = openRpmsgChar(kernel, MADE);
  expect([kernel.calls, kernel.opened]).toEqual([[], ['rpmsg7']]);
  edge.close();
  expect([kernel.calls, kernel.nodes, kernel.opened]).toEqual([[], ['rpmsg3', 'rpmsg7'], []]);
});

test('a file that is named is opened and closed, and nothing is asked at ioctl', () => {
  const { kernel, edge } = open(THERE, { plain: true });
  expect([edge.channel, kernel.opened]).toEqual([CHANNEL, ['rpmsg3']]);
  edge.open(CHANNEL, () => 0);
  edge.close();
  expect([kernel.opened, kernel.calls, kernel.nodes]).toEqual([[], [], ['rpmsg3']]);
});

test.each(['smd', 'glink'] as const)('an edge knows that it is %s by the names in sysfs', (transport) => {
  expect([open(THERE, { transport }).edge.transport, open(MADE, { transport }).edge.transport]).toEqual([
    transport,
    transport,
  ]);
});

test.each<[path: string, options: Partial<RpmsgKernelOptions>, message: string]>([
  ['/dev/rpmsg9', {}, '/dev/rpmsg9: there is no such file (ENOENT)'],
  ['/dev/null', {}, '/dev/null: it is no channel to a remote processor (ENOTTY)'],
  ['/dev/rpmsg_ctrl0', {}, "/dev/rpmsg_ctrl0: it needs the name of a channel, not '' (EINVAL)"],
  [
    '/dev/rpmsg_ctrl0:a_name_of_thirty_two_characters_',
    {},
    "/dev/rpmsg_ctrl0: it needs the name of a channel, not 'a_name_of_thirty_two_characters_' (EINVAL)",
  ],
  ['/dev/rpmsg_ctrl1:apr', {}, '/dev/rpmsg_ctrl1: there is no such file (ENOENT)'],
  [MADE, { plain: true }, '/dev/rpmsg_ctrl0: system calls need the package koffi (ENOSYS)'],
  [MADE, { createError: 'EINVAL' }, `/dev/rpmsg_ctrl0: CREATE_EPT: it makes no endpoint for ${CHANNEL} (EINVAL)`],
  [MADE, { openErrors: { rpmsg_ctrl0: 'EACCES' } }, '/dev/rpmsg_ctrl0: it cannot be opened (EACCES)'],
  [THERE, { openErrors: { rpmsg3: 'EACCES' } }, '/dev/rpmsg3: it cannot be opened (EACCES)'],
  [THERE, { openErrors: { rpmsg3: 'EBUSY' } }, `/dev/rpmsg3: rpmsg: channel ${CHANNEL} is busy (EBUSY)`],
  [THERE, { openErrors: { rpmsg3: 'ENETRESET' } }, '/dev/rpmsg3: rpmsg: the remote processor has died (ENETRESET)'],
  [
    THERE,
    { openErrors: { rpmsg3: 'EINVAL' } },
    `/dev/rpmsg3: rpmsg: the remote processor has no channel ${CHANNEL} open (EINVAL)`,
  ],
])('%s cannot be opened (%j), and says why', (path, options, message) => {
  const { kernel } = kernelOf(options);
  expect(() => openRpmsgChar(kernel, path)).toThrow(message);
  expect(kernel.opened).toEqual([]);
});

test('a channel that a driver of the kernel has is busy, and the driver is named', () => {
  const { kernel } = kernelOf({ openErrors: { rpmsg0: 'EINVAL' } });
  kernel.addDevice('remoteproc-adsp:glink-edge.apr_audio_svc.-1.-1', CHANNEL, 'qcom,apr');
  const device = 'remoteproc-adsp:glink-edge.apr_audio_svc.-1.-1';
  expect(() => openRpmsgChar(kernel, MADE)).toThrow(
    `${MADE}: rpmsg: the kernel's driver qcom,apr has channel ${CHANNEL} (${device}) (EBUSY)`,
  );
});

test('a channel whose device no driver has is not there', () => {
  const { kernel } = kernelOf({ openErrors: { rpmsg3: 'EINVAL' } });
  kernel.addDevice('edge.apr_audio_svc.-1.-1', CHANNEL);
  expect(() => openRpmsgChar(kernel, THERE)).toThrow(`the remote processor has no channel ${CHANNEL} open (EINVAL)`);
});

// facts of the transports: SMD -11, -22, -32; GLINK -5, -11, -16, -22.
test.each<[Errno, number]>([
  ['EAGAIN', -11],
  ['EBUSY', -16],
  ['EINVAL', -22],
  ['EIO', -5],
  ['EPIPE', -32],
])('a send that ends with %s answers %d, and the next one works', (code, errno) => {
  const { edge, wire } = open(THERE);
  const end = edge.open(CHANNEL, () => 0);
  wire.full = code;
  expect(end.trysend(Uint8Array.of(1, 2, 3, 4))).toBe(errno);
  wire.full = undefined;
  expect([end.trysend(Uint8Array.of(5, 6, 7, 8)), hex(wire.take() ?? Uint8Array.of())]).toEqual([0, '05 06 07 08']);
  edge.close();
});

test('a message of which only a part was taken is an error: there are no parts', () => {
  const { kernel, edge } = open(THERE);
  kernel.write = () => 3;
  expect(edge.open(CHANNEL, () => 0).trysend(Uint8Array.of(1, 2, 3, 4))).toBe(-5);
  edge.close();
});

/** Real time that passes when somebody waits. */
function quickTime(each: (nowNs: number) => void = () => undefined): RealTime & { readonly waits: number[] } {
  let now = 0;
  const waits: number[] = [];
  return {
    waits,
    nowNs: () => now,
    after(wait, fire) {
      waits.push(wait);
      queueMicrotask(() => {
        now += wait;
        each(now);
        fire();
      });
      return { cancel: () => undefined };
    },
  };
}

test.each([
  ['smd', 'EAGAIN'],
  ['glink', 'EBUSY'],
] as const)('who waits for room over %s tries again, with the bytes of the call', async (transport, code) => {
  let room = (_now: number): void => undefined;
  const { edge, wire } = open(THERE, { transport, time: quickTime((now) => room(now)) });
  const end = edge.open(CHANNEL, () => 0);
  wire.full = code;
  room = (now) => {
    if (now >= s(9)) wire.full = undefined;
  };
  const bytes = Uint8Array.of(1, 2, 3, 4);
  const sent = end.send(bytes);
  bytes.fill(0);
  expect([await sent, hex(wire.take() ?? Uint8Array.of())]).toEqual([0, '01 02 03 04']);
  edge.close();
});

test('over GLINK who waits for a buffer gives up after ten seconds', async () => {
  const time = quickTime();
  const { edge, wire } = open(THERE, { time });
  wire.full = 'EBUSY';
  expect(await edge.open(CHANNEL, () => 0).send(Uint8Array.of(1))).toBe(-110);
  expect([time.nowNs(), new Set(time.waits)]).toEqual([s(10), new Set([ms(5)])]);
  edge.close();
});

test('who waits for room when the channel is closed is told', async () => {
  const { edge, wire } = open(THERE, { transport: 'smd', time: quickTime() });
  const end = edge.open(CHANNEL, () => 0);
  wire.full = 'EAGAIN';
  const sent = end.send(Uint8Array.of(1, 2, 3, 4));
  end.close();
  expect(await sent).toBe(-32);
  edge.close();
});

/** Lets everything run that waits for nothing. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a message of 65535 bytes, the longest of APR, comes whole, and one without bytes comes too', async () => {
  const { edge, wire } = open(THERE);
  const lengths: number[] = [];
  edge.open(CHANNEL, (bytes) => lengths.push(bytes.length));
  wire.push(new Uint8Array(65535));
  wire.push(new Uint8Array(0));
  await settle();
  expect(lengths).toEqual([65535, 0]);
  edge.close();
});

test('what comes before somebody opens the channel is kept', async () => {
  const { edge, wire } = open(THERE);
  wire.push(Uint8Array.of(7));
  await settle();
  const heard: string[] = [];
  edge.open(CHANNEL, (bytes) => heard.push(hex(bytes)));
  await settle();
  expect(heard).toEqual(['07']);
  edge.close();
});

test('with a clock that must catch up first, the message waits for it', async () => {
  let caughtUp = (): void => undefined;
  const arrived = (): Promise<void> => new Promise((resolve) => (caughtUp = resolve));
  const { edge, wire } = open(THERE, {}, { arrived });
  const heard: string[] = [];
  edge.open(CHANNEL, (bytes) => heard.push(hex(bytes)));
  wire.push(Uint8Array.of(7));
  await settle();
  expect(heard).toEqual([]);
  caughtUp();
  await settle();
  expect(heard).toEqual(['07']);
  edge.close();
});

test('what came before the death is heard, then the death is told, and nothing is left open', async () => {
  const { kernel, edge, wire } = open(THERE);
  const told: string[] = [];
  edge.open(CHANNEL, (bytes) => told.push(hex(bytes)));
  edge.watch({
    up: (name) => told.push(`up ${name}`),
    down: (name) => told.push(`down ${name}`),
    crashed: () => told.push('crashed'),
  });
  wire.push(Uint8Array.of(7));
  wire.kill();
  await settle();
  expect([told, kernel.opened]).toEqual([[`up ${CHANNEL}`, '07', 'crashed', `down ${CHANNEL}`], []]);
  const late: string[] = [];
  edge.watch({ up: (name) => late.push(name), down: (name) => late.push(name) });
  expect(late).toEqual([]);
});

test('an edge that is closed tells nobody of a death, and its channel cannot be opened', async () => {
  const { edge, wire } = open(THERE);
  const told: string[] = [];
  edge.watch({ up: () => undefined, down: (name) => told.push(name) });
  edge.open(CHANNEL, () => 0);
  edge.close();
  edge.close();
  wire.kill();
  await settle();
  expect(told).toEqual([]);
  expect(() => edge.open(CHANNEL, () => 0)).toThrow('there is no channel apr_audio_svc (EINVAL)');
});

test('a closed file whose readiness cannot be had is not left open', () => {
  const { kernel, edge } = open(THERE);
  kernel.readiness = () => {
    throw new SysError('ENOSPC', 'it cannot be waited for');
  };
  expect(() => edge.open(CHANNEL, () => 0)).toThrow('it cannot be waited for (ENOSPC)');
  expect(kernel.opened).toEqual([]);
});

test('addresses of sysfs are read, any of them as -1', () => {
  const { kernel } = kernelOf();
  expect(kernel.sysfs.endpoint('rpmsg3')).toEqual({ node: 'rpmsg3', channel: CHANNEL, src: -1, dst: -1 });
  expect([kernel.sysfs.endpoint('rpmsg4'), kernel.sysfs.endpoint('../rpmsg3')]).toEqual([undefined, undefined]);
});

test('this computer: a file that is no channel, one that is not there', () => {
  const system = rpmsgSystem(undefined);
  expect(() => openRpmsgChar(system, '/dev/null')).toThrow('it is no channel to a remote processor (ENOTTY)');
  expect(() => openRpmsgChar(system, '/dev/rpmsg4711')).toThrow('there is no such file (ENOENT)');
});
