import { expect, test } from 'vitest';
import { ipFrame } from '../../test/ip-frames.js';
import { Random } from '../base/random.js';
import { testFrame } from '../stock/test-frames.js';
import { decodeFrame, type DecodedFrame } from './frame-decode.js';

const bytesOf = (hex: string): Uint8Array =>
  Uint8Array.from(hex.replace(/\s/g, '').match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

const namesOf = ({ layers }: DecodedFrame): string[] => layers.map(({ name }) => name);
const problemsOf = ({ layers }: DecodedFrame): string[] => layers.flatMap(({ problems }) => problems);

function fieldOf({ layers }: DecodedFrame, layer: string, field: string): string | undefined {
  return layers.find(({ name }) => name === layer)?.fields.find(([name]) => name === field)?.[1];
}

/** RFC 826's request, filled up as it goes on a wire. */
const ARP = bytesOf(`ffffffffffff 020000000001 0806 0001 0800 06 04 0001 020000000001 c0000201 000000000000 c0000202
  000000000000000000000000000000000000`);

test('ARP asks who has an address', () => {
  const arp = decodeFrame(ARP);
  expect(arp.summary).toBe('who has 192.0.2.2? tell 192.0.2.1');
  expect(namesOf(arp)).toEqual(['Ethernet', 'ARP']);
  expect(fieldOf(arp, 'Ethernet', 'destination')).toBe('ff:ff:ff:ff:ff:ff (broadcast)');
});

/** The example of a header that the article "Internet checksum" of Wikipedia computes: its sum is 0xb861. */
const HEADER = '45000073 00004000 4011b861 c0a80001 c0a800c7';

test('the header checksum of IPv4 is looked at', () => {
  const payload = '00'.repeat(0x73 - 20);
  const right = decodeFrame(bytesOf(`020000000002 020000000001 0800 ${HEADER} ${payload}`));
  expect(fieldOf(right, 'IPv4', 'checksum')).toBe('0xb861, right');
  expect(fieldOf(right, 'IPv4', 'destination')).toBe('192.168.0.199');
  expect(fieldOf(right, 'IPv4', 'fragment')).toBe("don't fragment, offset 0");
  const wrong = decodeFrame(bytesOf(`020000000002 020000000001 0800 ${HEADER.replace('b861', 'b862')} ${payload}`));
  expect(fieldOf(wrong, 'IPv4', 'checksum')).toBe('0xb862, wrong');
  expect(problemsOf(wrong)).toEqual(['its header checksum is wrong']);
});

test.each([
  [4, 'udp', ['Ethernet', 'IPv4', 'UDP']],
  [4, 'tcp', ['Ethernet', 'IPv4', 'TCP']],
  [6, 'udp', ['Ethernet', 'IPv6', 'UDP']],
  [6, 'tcp', ['Ethernet', 'IPv6', 'TCP']],
] as const)('the sums of IPv%d with %s are right or wrong', (version, protocol, names) => {
  const right = decodeFrame(ipFrame({ version, protocol, payload: 100 }).frame);
  expect(namesOf(right)).toEqual(names);
  expect(problemsOf(right)).toEqual([]);
  expect(right.payload[1]).toBe(100);
  const { frame } = ipFrame({ version, protocol, payload: 100 });
  frame[frame.length - 1] = (frame.at(-1) as number) ^ 0x40;
  expect(problemsOf(decodeFrame(frame))).toEqual(['its checksum is wrong']);
});

test('tags and options are passed', () => {
  const tagged = decodeFrame(ipFrame({ version: 4, protocol: 'udp', payload: 9, vlans: 2, options: 3 }).frame);
  expect(namesOf(tagged)).toEqual(['Ethernet', 'VLAN', 'VLAN', 'IPv4', 'UDP']);
  expect(fieldOf(tagged, 'VLAN', 'network')).toBe('5');
  expect(problemsOf(tagged)).toEqual([]);
  const six = decodeFrame(ipFrame({ version: 6, protocol: 'tcp', payload: 9, options: 2 }).frame);
  expect(namesOf(six)).toEqual(['Ethernet', 'IPv6', 'IPv6 options', 'TCP']);
  expect(problemsOf(six)).toEqual([]);
});

test('what the activity sends is told in one line', () => {
  const ends = { from: bytesOf('020000000001'), to: bytesOf('020000000002'), fromHost: 1, toHost: 2 };
  expect(decodeFrame(testFrame(ends, 0, 100)).summary).toBe('192.0.2.1 \u2192 192.0.2.2, port 5001 \u2192 9, 58 bytes');
  expect(decodeFrame(testFrame(ends, 7, 64)).summary).toBe('192.0.2.1 \u2192 192.0.2.2, echo request 7');
  expect(problemsOf(decodeFrame(testFrame(ends, 7, 64)))).toEqual([]);
});

test.each([
  ['20010db8000000000000000000000001', '2001:db8::1'],
  ['00000000000000000000000000000000', '::'],
  ['00000000000000000000000000000001', '::1'],
  ['fe800000000000000000000000000000', 'fe80::'],
  ['20010db8000000010001000100010001', '2001:db8:0:1:1:1:1:1'],
  ['20010db8000000000001000000000001', '2001:db8::1:0:0:1'],
])('the address %s is %s (RFC 5952)', (hex, words) => {
  const frame = bytesOf(`020000000002020000000001 86dd 60000000 0000 3b 40 ${hex} ${hex}`);
  expect(fieldOf(decodeFrame(frame), 'IPv6', 'source')).toBe(words);
});

test('no bytes make it fail, whole or cut off', () => {
  const random = new Random('frames');
  const whole = [ARP, ipFrame({ version: 4, protocol: 'tcp', payload: 20 }).frame];
  for (const frame of whole)
    for (let length = 0; length <= frame.length; length++)
      expect(decodeFrame(frame.subarray(0, length)).layers).toBeDefined();
  for (let i = 0; i < 3000; i++) {
    const bytes = Uint8Array.from({ length: random.below(120) }, () => random.below(256));
    if (bytes.length > 20)
      bytes.set(
        [
          [8, 0],
          [0x86, 0xdd],
          [8, 6],
          [0x81, 0],
        ][i % 4] as number[],
        12,
      );
    expect(decodeFrame(bytes).payload[1]).toBeGreaterThanOrEqual(0);
  }
  expect(decodeFrame(new Uint8Array(5)).summary).toBe('Ethernet cut off');
});
