import fc from 'fast-check';
import { expect, test } from 'vitest';
import { placesOf, payloadOf, segment, streamOf, TCP, type TcpSegment, tcpFrame } from '../../test/tcp-frames.js';
import { TcpGso } from './tcp-gso.js';

/** Cuts a frame; each segment whole, its checksum as it was left. */
function cut(gso: TcpGso, frame: Uint8Array): Uint8Array[] {
  return Array.from({ length: gso.segments }, (_, index) => {
    const from = gso.payloadAt(index);
    const payload = frame.subarray(from, from + gso.payloadBytes(index));
    const out = new Uint8Array(3 + gso.headerBytes + payload.length).fill(0xa5);
    gso.header(index, out, 3);
    out.set(payload, 3 + gso.headerBytes);
    return out.subarray(3);
  });
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test('a frame by hand becomes two segments by hand', () => {
  // Ethernet; IPv4 of 46 bytes, number 0xffff, DF, TTL 64; 10.0.0.1 to 10.0.0.2; TCP 1 to 2, seq 0xfffffffe, CWR PSH
  // ACK FIN, window 16; six bytes. 0x0a00 + 0x0001 + 0x0a00 + 0x0002 + 6 = 0x1409 is the pseudo header without length.
  const ethernet = '0200000000090200000000080800';
  const ip = '4500002effff4000400600000a0000010a000002';
  const large = `${ethernet}${ip}00010002fffffffe00000007509900100000${'0000'}616263646566`;
  const gso = new TcpGso();
  const frame = Uint8Array.from(Buffer.from(large, 'hex'));
  expect(gso.begin(frame, 4, 4)).toBe(true);
  expect(cut(gso, frame).map(hex)).toEqual([
    // Length 44; sum 0x4500 + 0x002c + 0xffff + 0x4000 + 0x4006 + 0x1403 = 0x1d934, d935, not: 26ca. TCP has 24 bytes.
    `${ethernet}4500002cffff4000400626ca0a0000010a00000200010002fffffffe0000000750900010${'1421'}000061626364`,
    // Length 42, number 0: sum 0xd933, not: 26cc. seq 2; CWR went, FIN and PSH came. TCP has 22 bytes.
    `${ethernet}4500002a00004000400626cc0a0000010a0000020001000200000002000000075019${'0010'}${'141f'}00006566`,
  ]);
});

const spec = fc.record({
  version: fc.constantFrom(4 as const, 6 as const),
  vlans: fc.nat(2),
  ipOptions: fc.nat(3),
  tcpOptions: fc.nat(10),
  flags: fc.nat(255),
  seq: fc.nat(0xffff_ffff),
  id: fc.nat(0xffff),
  size: fc.integer({ min: 8, max: 1500 }),
  bytes: fc.nat(9000),
});

test('segments are those that the sender would have sent one by one', () => {
  const gso = new TcpGso();
  fc.assert(
    fc.property(spec, ({ size, bytes, flags, ...rest }) => {
      const base = segment({ ...rest, flags: flags & ~(TCP.FIN | TCP.PSH | TCP.CWR), payload: payloadOf(bytes) });
      const ends = flags & (TCP.FIN | TCP.PSH);
      const large = tcpFrame({ ...base, flags: base.flags | ends | (flags & TCP.CWR) }, true);
      const expected = streamOf(base, size, ends).map((one, index) =>
        tcpFrame({ ...one, flags: one.flags | (index === 0 ? flags & TCP.CWR : 0) }, true),
      );
      expect(gso.begin(large, base.version, size)).toBe(true);
      expect(cut(gso, large).map(hex)).toEqual(expected.map(hex));
    }),
    { seed: 1, numRuns: 300 },
  );
});

const v4 = segment({ payload: payloadOf(3000) });
const v6 = segment({ version: 6, payload: payloadOf(3000) });
const changed = (base: TcpSegment, at: number, value: number): Uint8Array => {
  const frame = tcpFrame(base);
  frame[at] = value;
  return frame;
};
const { ip, tcp } = placesOf(v4);

test.each([
  ['no size of segments', tcpFrame(v4), 4, 0],
  ['IPv6 that is said to be IPv4', tcpFrame(v6), 4, 1000],
  ['IPv4 that is said to be IPv6', tcpFrame(v4), 6, 1000],
  ['no bytes', new Uint8Array(), 4, 1000],
  ['a header of Ethernet cut off', tcpFrame(v4).subarray(0, 13), 4, 1000],
  ['a header of IPv4 cut off', tcpFrame(v4).subarray(0, ip + 19), 4, 1000],
  ['a header of IPv6 cut off', tcpFrame(v6).subarray(0, ip + 39), 6, 1000],
  ['a header of TCP cut off', tcpFrame(v4).subarray(0, tcp + 19), 4, 1000],
  ['a length beyond the frame', tcpFrame(v4).subarray(0, 2000), 4, 1000],
  ['a length below the frame', changed(v4, ip + 2, 1), 4, 1000],
  ['an IPv4 header of 16 bytes', changed(v4, ip, 0x44), 4, 1000],
  ['a TCP header of 16 bytes', changed(v4, tcp + 12, 0x40), 4, 1000],
  ['another version of IP', changed(v4, ip, 0x55), 4, 1000],
  ['a fragment', changed(v4, ip + 6, 0x20), 4, 1000],
  ['a fragment of IPv6', changed(v6, ip + 6, 44), 6, 1000],
  ['UDP', changed(v4, ip + 9, 17), 4, 1000],
  ['a tag without end', Uint8Array.from([...new Array<number>(12).fill(0), 0x81, 0, 0, 1, 0x81, 0]), 4, 1000],
  ['extension headers without end', changed(segment({ version: 6, ipOptions: 1 }), ip + 41, 255), 6, 1000],
] as const)('%s cannot be cut', (_what, frame, version, size) => {
  expect(new TcpGso().begin(frame, version, size)).toBe(false);
});

test('no bytes whatsoever are thrown at, and nothing is read beyond them', () => {
  const gso = new TcpGso();
  fc.assert(
    fc.property(spec, fc.array(fc.tuple(fc.nat(120), fc.nat(255)), { maxLength: 6 }), (want, bits) => {
      const frame = tcpFrame(segment({ ...want, payload: payloadOf(want.bytes % 300) }), true);
      for (const [at, value] of bits) if (at < frame.length) frame[at] = value;
      if (!gso.begin(frame, want.version, want.size)) return;
      const total = cut(gso, frame).reduce((sum, one) => sum + one.length - gso.headerBytes, 0);
      expect(total).toBe(frame.length - gso.headerBytes);
    }),
    { seed: 2, numRuns: 500 },
  );
});
