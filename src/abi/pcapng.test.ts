import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PcapngWriter } from './pcapng.js';
import { readPcapng } from './pcapng-read.js';

function written(fill: (writer: PcapngWriter) => void): Uint8Array {
  const parts: Uint8Array[] = [];
  fill(new PcapngWriter((bytes) => parts.push(bytes)));
  return Uint8Array.from(Buffer.concat(parts));
}

const packet = Uint8Array.of(0x50, 0x02, 0x14, 0x00, 0x03);
const whole = written((writer) => {
  writer.addInterface({ name: 'adsp.apr_audio_svc', description: 'Linux to ADSP' });
  writer.add({ iface: 0, timeNs: 5_000_000_123, bytes: packet, way: 'out', comment: 'öffnen' });
  writer.add({ iface: 0, timeNs: 5_000_000_124, bytes: packet.subarray(0, 4), way: 'in' });
});

// The draft's figures: a section, an interface, an enhanced packet block, 32-bit words.
const BYTES =
  '0a0d0d0a 2c000000 4d3c2b1a 01000000 ffffffffffffffff 04000700 6272696e67757000 00000000 2c000000'.replaceAll(
    ' ',
    '',
  );

test('a file begins with its section, as the draft has it', () => {
  expect(Buffer.from(whole.subarray(0, BYTES.length / 2)).toString('hex')).toBe(BYTES);
});

test('what was written is read', () => {
  expect(readPcapng(whole)).toEqual({
    capture: {
      interfaces: [{ name: 'adsp.apr_audio_svc', description: 'Linux to ADSP', linkType: 147 }],
      packets: [
        { iface: 0, timeNs: 5_000_000_123n, bytes: packet, wireBytes: 5, way: 'out', comment: 'öffnen' },
        { iface: 0, timeNs: 5_000_000_124n, bytes: packet.subarray(0, 4), wireBytes: 4, way: 'in', comment: undefined },
      ],
    },
    diagnostics: [],
  });
});

const joined = (...parts: Buffer[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));
const be = (...words: number[]): Buffer => {
  const out = Buffer.alloc(words.length * 4);
  for (const [index, word] of words.entries()) out.writeUInt32BE(word, index * 4);
  return out;
};

test('a big-endian file, with microseconds, an old packet block, and blocks that nobody knows', () => {
  const file = joined(
    be(0x0a0d0d0a, 28, 0x1a2b3c4d, 0x0001_0000, 0xffff_ffff, 0xffff_ffff, 28),
    be(0xbad, 16, 0, 16),
    be(1, 20, 0x0093_0000, 0, 20),
    be(6, 36, 0, 0, 2_000_000, 3, 60, 0x0102_0300, 36),
    be(2, 36, 0x0000_0000, 0, 7, 4, 4, 0x0102_0304, 36),
    be(3, 20, 4, 0x0506_0708, 20),
  );
  expect(readPcapng(file)).toMatchObject({
    capture: {
      interfaces: [{ name: undefined, linkType: 147 }],
      packets: [
        { timeNs: 2_000_000_000n, bytes: Uint8Array.of(1, 2, 3), wireBytes: 60 },
        { timeNs: 7000n, bytes: Uint8Array.of(1, 2, 3, 4) },
        { timeNs: undefined, bytes: Uint8Array.of(5, 6, 7, 8) },
      ],
    },
    diagnostics: [],
  });
});

test.each([
  [9, 0, 1_500_000_000, 1_500_000_000n],
  [3, 0, 1500, 1_500_000_000n],
  [12, 0, 5000, 5n],
  [0x80 | 10, 0, 1536, 1_500_000_000n],
  [0, 100, 1, 101_000_000_000n],
])('a time in units of resolution %i, from %i s', (resolution, offset, units, timeNs) => {
  const file = joined(
    be(0x0a0d0d0a, 28, 0x1a2b3c4d, 0x0001_0000, 0xffff_ffff, 0xffff_ffff, 28),
    be(1, 44, 0x0093_0000, 0, 0x0009_0001, resolution * 0x100_0000, 0x000e_0008, 0, offset, 0, 44),
    be(6, 32, 0, 0, units, 0, 0, 32),
  );
  expect(readPcapng(file)).toMatchObject({ capture: { packets: [{ timeNs }] }, diagnostics: [] });
});

const errors = (bytes: Uint8Array): string[] =>
  readPcapng(bytes).diagnostics.map(({ severity, text }) => `${severity}: ${text}`);

test('what is no capture, or is cut, is told once', () => {
  expect(readPcapng(Uint8Array.of(1, 2, 3, 4))).toMatchObject({ capture: undefined });
  expect(errors(Uint8Array.of(1, 2, 3, 4))).toEqual(['error: it is no pcapng file; save the capture as pcapng']);
  expect(errors(whole.subarray(0, whole.length - 9))).toEqual([
    'warning: a block claims 48 bytes, and 39 are left; packets before it: 1',
  ]);
  expect(errors(whole.subarray(0, 20))).toEqual([
    'error: a block claims 44 bytes, and 20 are left; packets before it: 0',
  ]);
});

test('whatever the bytes are, it ends and never reads beyond them', () => {
  const changes = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 8 });
  fc.assert(
    fc.property(changes, fc.nat(whole.length), (list, length) => {
      const bytes = whole.slice(0, length);
      for (const [at, value] of list) if (at < length) bytes[at] = value;
      const { capture } = readPcapng(bytes);
      for (const one of capture?.packets ?? []) {
        expect(one.bytes.byteOffset + one.bytes.length).toBeLessThanOrEqual(bytes.byteOffset + bytes.length);
      }
    }),
    { numRuns: 1000, seed: 0xa9a9 },
  );
});
