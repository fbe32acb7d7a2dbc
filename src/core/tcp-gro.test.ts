import fc from 'fast-check';
import { expect, test } from 'vitest';
import { placesOf, payloadOf, segment, streamOf, TCP, type TcpSegment, tcpFrame } from '../../test/tcp-frames.js';
import { type GroFrame, type GroPacket, TcpGro } from './tcp-gro.js';
import { TcpGso } from './tcp-gso.js';

const ROOM = 10;

/** A packet with bytes before it; behind `linear` of it the page has something else. */
function packetOf(frame: Uint8Array, linear = frame.length): GroPacket {
  const bytes = new Uint8Array(7 + frame.length).fill(0xee);
  bytes.set(frame.subarray(0, linear), 7);
  const copyBits = (offset: number, to: Uint8Array, at: number, length: number): void =>
    to.set(frame.subarray(offset, offset + length), at);
  return { page: { bytes }, data: 7, len: frame.length, headlen: linear, copyBits };
}

/** What came out, in order: frames that were handed on, and those that go on by themselves. */
interface Out {
  readonly frame: Uint8Array;
  readonly segments: number;
  readonly gsoSize?: number;
  readonly transport?: number;
  readonly headerBytes?: number;
  readonly ecn?: boolean;
}

function glue(flows?: number) {
  const out: Out[] = [];
  const take = ({ bytes, length, segments, gsoSize, transport, headerBytes, ecn }: GroFrame): void =>
    void out.push({ frame: bytes.slice(ROOM, ROOM + length), segments, gsoSize, transport, headerBytes, ecn });
  const gro = new TcpGro(take, { room: ROOM, ...(flows === undefined ? {} : { flows }) });
  const receive = (frame: Uint8Array, isChecked = true, linear?: number): void => {
    if (!gro.receive(packetOf(frame, linear), isChecked)) out.push({ frame, segments: 0 });
  };
  return { gro, out, receive };
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
/** How many segments each frame that came out has; 0 went on by itself. */
const counts = (out: readonly Out[]): number[] => out.map(({ segments }) => segments);

const shapes = fc.record({
  version: fc.constantFrom(4 as const, 6 as const),
  vlans: fc.nat(2),
  ipOptions: fc.nat(2),
  tcpOptions: fc.nat(10),
  seq: fc.nat(0xffff_ffff),
  id: fc.nat(0xffff),
  size: fc.integer({ min: 8, max: 1500 }),
  bytes: fc.integer({ min: 1, max: 9000 }),
  cwr: fc.boolean(),
});

test('what a sender has cut is the large frame again, with the sum of its pseudo header', () => {
  const { gro, out, receive } = glue();
  fc.assert(
    fc.property(shapes, ({ size, bytes, cwr, ...rest }) => {
      const ipOptions = rest.version === 4 ? 0 : rest.ipOptions;
      const base = segment({ ...rest, ipOptions, payload: payloadOf(Math.max(bytes, size + 1)) });
      const stream = streamOf(base, size, TCP.PSH);
      const first = { ...stream[0], flags: base.flags | (cwr ? TCP.CWR : 0) } as TcpSegment;
      for (const one of [first, ...stream.slice(1)]) receive(tcpFrame(one));
      const large = tcpFrame({ ...base, flags: first.flags | TCP.PSH }, true);
      const { tcp: transport, payload: headerBytes } = placesOf(base);
      expect(out.splice(0).map(({ frame, ...said }) => ({ frame: hex(frame), ...said }))).toEqual([
        { frame: hex(large), segments: stream.length, gsoSize: size, transport, headerBytes, ecn: cwr },
      ]);
      expect(gro.held).toBe(0);
    }),
    { seed: 3, numRuns: 300 },
  );
});

const stream = streamOf(segment({ payload: payloadOf(500) }), 100);
const [one, two, three, four, five] = stream as [TcpSegment, TcpSegment, TcpSegment, TcpSegment, TcpSegment];
const v6 = streamOf(segment({ version: 6, ipOptions: 1, payload: payloadOf(500) }), 100) as [TcpSegment, TcpSegment];
const other = segment({ flow: 2 });
const bytesOf = (
  want: TcpSegment,
  change: (frame: Uint8Array, at: ReturnType<typeof placesOf>) => void,
): Uint8Array => {
  const frame = tcpFrame(want);
  change(frame, placesOf(want));
  return frame;
};

test.each<[string, readonly (TcpSegment | Uint8Array)[], number[]]>([
  ['one after the other', [one, two, three], [3]],
  ['a hole', [one, three], [1, 1]],
  ['twice the same', [one, one], [1, 1]],
  ['the wrong way round', [two, one, three], [1, 1, 1]],
  ['another acknowledgement', [one, { ...two, ack: 78 }, three], [1, 1, 1]],
  ['another window', [one, { ...two, window: 502 }], [1, 1]],
  ['another flag', [one, { ...two, flags: TCP.ACK | TCP.ECE }], [1, 1]],
  ['congestion window reduced, later', [one, { ...two, flags: TCP.ACK | TCP.CWR }], [1, 1]],
  ['other options', [one, bytesOf(two, (frame, { tcp }) => (frame[tcp + 23] = 9))], [1, 1]],
  ['more options', [one, { ...two, tcpOptions: 4 }], [1, 1]],
  ['another number', [one, { ...two, id: 9 }, { ...three, id: 10 }], [1, 2]],
  ['a number that stays, without fragments', [one, { ...two, id: 5 }, { ...three, id: 5 }], [3]],
  ['a number that stays, then grows', [one, { ...two, id: 5 }, { ...three, id: 7 }], [2, 1]],
  ['another TTL', [one, bytesOf(two, (frame, { ip }) => (frame[ip + 8] = 63))], [1, 1]],
  ['another service', [one, bytesOf(two, (frame, { ip }) => (frame[ip + 1] = 3))], [1, 1]],
  ['another hop limit', [v6[0], bytesOf(v6[1], (frame, { ip }) => (frame[ip + 7] = 63))], [1, 1]],
  ['another label', [v6[0], bytesOf(v6[1], (frame, { ip }) => (frame[ip + 3] = 9))], [1, 1]],
  ['another extension header', [v6[0], bytesOf(v6[1], (frame, { ip }) => (frame[ip + 44] = 9))], [1, 1]],
  ['another destination address', [one, bytesOf(two, (frame) => (frame[0] = 4))], [1, 1]],
  ['another tag', [one, { ...two, vlans: 1 }], [1, 1]],
  ['PSH at the end', [one, two, { ...three, flags: TCP.ACK | TCP.PSH }, four], [3, 1]],
  ['FIN at the end', [one, { ...two, flags: TCP.ACK | TCP.FIN }, four], [2, 1]],
  ['PSH at the beginning', [{ ...one, flags: TCP.ACK | TCP.PSH }, two, three], [0, 2]],
  ['SYN', [{ ...one, flags: TCP.SYN }, two], [0, 1]],
  ['RST in between', [one, { ...two, flags: TCP.ACK | TCP.RST }, three], [1, 0, 1]],
  ['URG in between', [one, { ...two, flags: TCP.ACK | TCP.URG }, three], [1, 0, 1]],
  ['a shorter one ends it', [one, two, { ...three, payload: payloadOf(99) }, four], [3, 1]],
  ['a longer one begins anew', [one, two, { ...three, payload: payloadOf(101) }], [2, 1]],
  ['an acknowledgement without payload', [one, { ...two, payload: payloadOf(0) }, two], [1, 0, 1]],
  [
    'IPv4 options',
    [
      { ...one, ipOptions: 1 },
      { ...two, ipOptions: 1 },
    ],
    [0, 0],
  ],
  ['a frame that was filled up', [one, Uint8Array.of(...tcpFrame(two), 0, 0)], [1, 0]],
  ['UDP in between', [one, bytesOf(two, (frame, { ip }) => (frame[ip + 9] = 17)), two], [0, 2]],
  ['a fragment in between', [one, bytesOf(two, (frame, { ip }) => (frame[ip + 6] = 0x20)), two], [1, 0, 1]],
  ['a broken header in between', [one, bytesOf(two, (frame, { tcp }) => (frame[tcp + 12] = 0)), two], [1, 0, 1]],
  ['two flows', [one, other, two, three], [3, 1]],
  ['no IP', [one, bytesOf(two, (frame) => (frame[12] = 1)), new Uint8Array(3), two], [0, 0, 2]],
])('%s', (_what, input, expected) => {
  const { gro, out, receive } = glue();
  for (const each of input) receive(each instanceof Uint8Array ? each : tcpFrame(each));
  gro.flush();
  expect(counts(out)).toEqual(expected);
});

test('one whose checksums nobody has looked at ends its flow', () => {
  const { gro, out, receive } = glue();
  receive(tcpFrame(one));
  receive(tcpFrame(two), false);
  receive(tcpFrame(three));
  gro.flush();
  expect(counts(out)).toEqual([1, 0, 1]);
});

test('a segment that stays alone is as it came', () => {
  const { gro, out, receive } = glue();
  receive(tcpFrame(five), true, placesOf(five).payload);
  gro.flush();
  expect(out.map(({ frame }) => hex(frame))).toEqual([hex(tcpFrame(five))]);
});

test('more flows than there is room for: the oldest goes', () => {
  const { gro, out, receive } = glue(2);
  const flows = [1, 2, 3].map((flow) => streamOf(segment({ flow, payload: payloadOf(300) }), 100));
  for (let i = 0; i < 2; i++) for (const flow of flows) receive(tcpFrame(flow[i] as TcpSegment));
  gro.flush();
  expect(counts(out)).toEqual([1, 1, 1, 1, 1, 1]);
  receive(tcpFrame(one));
  gro.clear();
  gro.flush();
  expect(out.length).toBe(6);
});

test('an IP packet has no more than 65535 bytes', () => {
  const { gro, out, receive } = glue();
  const all = streamOf(segment({ payload: payloadOf(140_000) }), 1448);
  for (const each of all) receive(tcpFrame(each));
  gro.flush();
  // 45 segments have 65160 bytes, and with headers of 52 one more would have 66660.
  expect(counts(out)).toEqual([45, 45, 7]);
});

test('random flows mixed, with losses: cut again they are the frames that came, in order', () => {
  const gso = new TcpGso();
  const picks = fc.array(fc.record({ flow: fc.nat(5), lose: fc.nat(9), push: fc.nat(9) }), { maxLength: 120 });
  fc.assert(
    fc.property(picks, fc.constantFrom(4 as const, 6 as const), (all, version) => {
      const { gro, out, receive } = glue();
      const next = new Array<number>(6).fill(0);
      const came = new Map<number, string[]>();
      for (const { flow, lose, push } of all) {
        const index = next[flow] as number;
        next[flow] = index + 1;
        if (lose === 0) continue;
        const flags = push === 0 ? TCP.ACK | TCP.PSH : TCP.ACK;
        const payload = payloadOf(200, index);
        const frame = tcpFrame(segment({ version, flow, flags, seq: 200 * index, id: index, payload }));
        came.set(flow, [...(came.get(flow) ?? []), hex(frame)]);
        receive(frame);
      }
      gro.flush();
      const seen = new Map<number, string[]>();
      for (const { frame, segments, gsoSize = 0 } of out) {
        const flow = frame[version === 4 ? 29 : 37] as number;
        const cut = segments > 1 ? cutWhole(gso, frame, version, gsoSize) : [hex(frame)];
        seen.set(flow, [...(seen.get(flow) ?? []), ...cut]);
      }
      expect(seen).toEqual(came);
    }),
    { seed: 4, numRuns: 100 },
  );
});

/** Cuts a frame into segments with whole checksums, summed here. */
function cutWhole(gso: TcpGso, frame: Uint8Array, version: 4 | 6, size: number): string[] {
  expect(gso.begin(frame, version, size)).toBe(true);
  return Array.from({ length: gso.segments }, (_, index) => {
    const from = gso.payloadAt(index);
    const out = new Uint8Array(gso.headerBytes + gso.payloadBytes(index));
    gso.header(index, out, 0);
    out.set(frame.subarray(from, from + gso.payloadBytes(index)), gso.headerBytes);
    const view = new DataView(out.buffer);
    let sum = 0;
    for (let at = gso.flow.transport; at < out.length; at += 2) {
      sum += view.getUint8(at) * 256 + (at + 1 < out.length ? view.getUint8(at + 1) : 0);
    }
    view.setUint16(gso.flow.transport + 16, 0xffff - (sum % 0xffff));
    return hex(out);
  });
}
