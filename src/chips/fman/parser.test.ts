import { expect, test } from 'vitest';
import { plainFrame } from '../../../test/fman-rig.js';
import { ipFrame, type IpFrame } from '../../../test/ip-frames.js';
import { hex } from '../../base/bytes.js';
import { crc64 } from './crc64.js';
import { Parser } from './parser.js';
import { KnownSum, onesSum } from './sum.js';

function parsed(frame: Uint8Array): { status: number; results: string } {
  const context = new Uint8Array(32);
  const status = new Parser(context, 0).parse(frame, 8);
  return { status, results: hex(context, '') };
}

const bytesOf = (text: string): Uint8Array =>
  Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

test('the sum of RFC 1071 is ddf2, wherever it lies and with a byte more', () => {
  const bytes = bytesOf('0001f203f4f5f6f7');
  const sums = [0, 1, 2, 3].map((at) => {
    const room = new Uint8Array(64);
    room.set(bytes, at);
    return [onesSum(room, at, at + 8), onesSum(room, at, at + 30), onesSum(room, at, at + 33)];
  });
  expect(sums).toEqual(new Array(4).fill([0xddf2, 0xddf2, 0xddf2]));
});

test('a header whose checksum is known to be b861 is fine, and not with another', () => {
  const header = bytesOf('450000730000400040119950c0a80001c0a800c7');
  header.set([0xb8, 0x61], 10);
  expect(onesSum(header, 0, 20)).toBe(0xffff);
});

test('the hash is the CRC-64 whose check value is 995dc9bbdf1939fa', () => {
  const into = { hi: 0, lo: 0 };
  crc64(new TextEncoder().encode('123456789'), 9, into);
  expect([into.hi >>> 0, into.lo >>> 0]).toEqual([0x995d_c9bb, 0xdf19_39fa]);
});

const CHECKED = 0x4;

test.each<[string, IpFrame, string]>([
  // port, shim, L2, L3, L4, plan, next header, sum, fragment, routing, IP; then the offsets from byte 16 on.
  [
    'TCP in IPv4',
    { version: 4, protocol: 'tcp', payload: 100 },
    '0800 8000 8800 20 00 0006 0000 4000 0001 ffff 17 00 ff ffff 0c ff ffff 0e0e ff 22 22',
  ],
  [
    'UDP in IPv6',
    { version: 6, protocol: 'udp', payload: 33 },
    '0800 8000 4400 40 00 0011 0000 0000 0001 ffff 14 00 ff ffff 0c ff ffff 0e0e ff 36 36',
  ],
  [
    'UDP in IPv4 with options behind two tags',
    { version: 4, protocol: 'udp', payload: 5, vlans: 2, options: 3 },
    '0800 c000 8800 40 00 0011 0000 4000 0001 ffff 1f 00 ff 0c10 14 ff ffff 1616 ff 36 36',
  ],
  [
    'TCP behind an IPv6 destination header',
    { version: 6, protocol: 'tcp', payload: 0, options: 2 },
    '0800 8000 4400 20 00 0006 0000 0000 0001 ffff 36 00 ff ffff 0c ff ffff 0e0e ff 46 46',
  ],
])('%s: results and a checksum that holds', (_, want, results) => {
  expect(parsed(ipFrame(want).frame)).toEqual({ status: CHECKED, results: results.replaceAll(' ', '') });
});

test('a checksum that does not hold is a header error', () => {
  const { frame, l4 } = ipFrame({ version: 4, protocol: 'udp', payload: 100 });
  frame[l4 + 20] = (frame[l4 + 20] as number) ^ 1;
  expect(parsed(frame).status).toBe(0x24);
  expect(parsed(frame).results.slice(12, 14)).toBe('50');
});

test('UDP without a checksum is not checked', () => {
  const { frame } = ipFrame({ version: 4, protocol: 'udp', payload: 100 });
  const { l4 } = ipFrame({ version: 4, protocol: 'udp', payload: 100 });
  frame.set([0, 0], l4 + 6);
  expect(parsed(frame).status).toBe(0);
});

test('a wrong IPv4 checksum is a header error', () => {
  const { frame, ip } = ipFrame({ version: 4, protocol: 'udp', payload: 100 });
  frame[ip + 8] = (frame[ip + 8] as number) ^ 0x10;
  expect(parsed(frame).status).toBe(0x20);
});

test('frames below the length of their headers are header errors, and never read beyond', () => {
  const { frame } = ipFrame({ version: 6, protocol: 'tcp', payload: 0, options: 2 });
  const wrong = Array.from({ length: frame.length - 14 }, (_, i) => parsed(frame.slice(0, 14 + i)).status);
  expect(new Set(wrong)).toEqual(new Set([0x20]));
});

test.each([
  ['broadcast', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff], '8060'],
  ['multicast', [0x33, 0x33, 0, 0, 0, 1], '8020'],
])('%s is said in the L2 result', (_, to, l2) => {
  const frame = plainFrame(60);
  frame.set(to);
  expect(parsed(frame).results.slice(4, 8)).toBe(l2);
});

test('a sum that is known to hold is not added up, for that very frame and as long as it is known', () => {
  const { frame } = ipFrame({ version: 4, protocol: 'tcp', payload: 100 });
  const known = new KnownSum();
  const parser = new Parser(new Uint8Array(32), 0, known);
  const status = (bytes: Uint8Array): number => parser.parse(bytes, 8);
  const wrong = frame.slice();
  wrong[wrong.length - 1] = (wrong.at(-1) as number) ^ 1;
  expect([status(frame), status(wrong)]).toEqual([4, 0x24]);
  Object.assign(known, { frame: wrong, ip: 14, l4: 34, end: wrong.length, protocol: 6 });
  expect([status(wrong), status(wrong.slice())]).toEqual([4, 0x24]);
  for (const other of [{ l4: 38 }, { end: wrong.length - 1 }, { ip: 18 }, { protocol: 17 }]) {
    Object.assign(known, { frame: wrong, ip: 14, l4: 34, end: wrong.length, protocol: 6 }, other);
    expect(status(wrong)).toBe(0x24);
  }
  Object.assign(known, { frame: wrong, ip: 14, l4: 34, end: wrong.length, protocol: 6 });
  known.clear();
  expect(status(wrong)).toBe(0x24);
});
