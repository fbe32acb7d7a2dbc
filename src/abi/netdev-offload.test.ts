import { expect, test } from 'vitest';
import { dpaaPair } from '../../test/dpaa-pair.js';
import { ipFrame } from '../../test/ip-frames.js';
import { placesOf, payloadOf, segment, streamOf, TCP, type TcpSegment, tcpFrame } from '../../test/tcp-frames.js';
import { ms, s } from '../base/clock.js';
import { NetdevFrames } from './netdev-frames.js';
import { NetdevOffload } from './netdev-offload.js';
import { VirtioNetHdr, VNET_HDR_BYTES, VNET_HDR_F, VNET_HDR_GSO } from './virtio-net.js';

/** What the far end heard. */
interface Heard {
  readonly header: VirtioNetHdr;
  readonly frame: Uint8Array;
}

/** Two ports that hear everything; both ends can do both. */
async function stacks(maxFrame = 9600) {
  const pair = await dpaaPair({ maxFrame });
  const frames = pair.sides.map(({ net }) => new NetdevFrames(net)) as [NetdevFrames, NetdevFrames];
  const ends = frames.map((plain) => new NetdevOffload(plain)) as [NetdevOffload, NetdevOffload];
  await pair.open();
  for (const { net } of pair.sides) net.setPromisc(true);
  const large: Heard[] = [];
  const plain: Uint8Array[] = [];
  const listenLarge = (): void =>
    ends[1].listen((bytes) => {
      const header = new VirtioNetHdr();
      header.read(bytes, 0);
      large.push({ header, frame: bytes.slice(VNET_HDR_BYTES) });
      return true;
    });
  const listenPlain = (): void => frames[1].listen((frame) => plain.push(frame.slice()) > 0);
  const close = async (): Promise<void> => {
    await pair.bench.drive('stopping', s(10), async () => {
      for (const { net } of pair.sides) await net.stop();
    });
    for (const end of ends) end.close();
    for (const end of frames) end.close();
  };
  return { pair, frames, ends, large, plain, listenLarge, listenPlain, close };
}

function headerOf(change: Partial<VirtioNetHdr>): VirtioNetHdr {
  return Object.assign(new VirtioNetHdr(), change);
}

/** What a stack says of a frame that it has not cut. */
function toBeCut(want: TcpSegment, gsoSize: number): VirtioNetHdr {
  const { tcp: csumStart, payload: hdrLen } = placesOf(want);
  const gsoType = want.version === 4 ? VNET_HDR_GSO.TCPV4 : VNET_HDR_GSO.TCPV6;
  return headerOf({ flags: VNET_HDR_F.NEEDS_CSUM, gsoType, hdrLen, gsoSize, csumStart, csumOffset: 16 });
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const SHAPES: readonly Partial<TcpSegment>[] = [
  { version: 4 },
  { version: 6 },
  { version: 4, vlans: 1, ipOptions: 2 },
  { version: 6, vlans: 2, ipOptions: 1 },
];

test.each(SHAPES)('a large frame leaves as frames of the wire: %j', async (shape) => {
  const { pair, frames, ends, plain, listenPlain, close } = await stacks();
  listenPlain();
  const base = segment({ ...shape, payload: payloadOf(20_000), flags: TCP.ACK });
  const large = tcpFrame({ ...base, flags: TCP.ACK | TCP.PSH }, true);
  expect(ends[0].send(large, toBeCut(base, 1400))).toBe(true);
  large.fill(0);
  await pair.bench.run(ms(1));
  expect(plain.map(hex)).toEqual(streamOf(base, 1400, TCP.PSH).map((one) => hex(tcpFrame(one))));
  expect(ends[0].counts).toEqual({ cut: 1, segments: 15, glued: 0, gluedSegments: 0, bad: 0 });
  expect([frames[0].counts.sent, pair.sides[1].net.getStats().rxPackets]).toEqual([15, 15]);
  expect(pair.bench.dmaFindings).toEqual([]);
  await close();
});

test.each([
  [4, 'tcp', 40, 16],
  [6, 'udp', 2000, 6],
  [6, 'tcp', 8000, 16],
  [4, 'udp', 17, 6],
] as const)('a checksum that is left to be done is done: IPv%i, %s, %i bytes', async (version, protocol, size, at) => {
  const { pair, ends, plain, listenPlain, close } = await stacks();
  listenPlain();
  const { frame, l4, ip } = ipFrame({ version, protocol, payload: size, vlans: 1 });
  const asked = frame.slice();
  // The sum of the pseudo header: addresses, protocol, length.
  const pseudo = [...frame.subarray(version === 4 ? ip + 12 : ip + 8, l4), 0, protocol === 'tcp' ? 6 : 17];
  const length = frame.length - l4;
  let sum = length;
  for (let i = 0; i < pseudo.length; i += 2) sum += (pseudo[i] as number) * 256 + (pseudo[i + 1] as number);
  new DataView(asked.buffer).setUint16(l4 + at, ((sum - 1) % 0xffff) + 1);
  const header = headerOf({ flags: VNET_HDR_F.NEEDS_CSUM, csumStart: l4, csumOffset: at });
  expect(ends[0].send(asked, header)).toBe(true);
  await pair.bench.run(ms(1));
  expect(plain.map(hex)).toEqual([hex(frame).padEnd(120, '0')]);
  await close();
});

test('a checksum at a place that no device knows is done before', async () => {
  const { pair, ends, plain, listenPlain, close } = await stacks();
  listenPlain();
  const frame = new Uint8Array(100);
  frame.set([2, 0, 0, 0, 0, 9, 2, 0, 0, 0, 0, 8, 0x88, 0xb5, 0, 0, 0x12, 0x34, 0x10, 0x01]);
  expect(ends[0].send(frame, headerOf({ flags: VNET_HDR_F.NEEDS_CSUM, csumStart: 14, csumOffset: 0 }))).toBe(true);
  await pair.bench.run(ms(1));
  // 0x1234 + 0x1001 = 0x2235, not: ddca.
  expect(plain.map((one) => hex(one.subarray(12, 20)))).toEqual(['88b5ddca12341001']);
  await close();
});

test('segments of a moment go up as one frame, with what is left to be done', async () => {
  const { pair, frames, ends, large, listenLarge, close } = await stacks();
  listenLarge();
  const base = segment({ payload: payloadOf(30_000), vlans: 1 });
  for (const one of streamOf(base, 1400)) expect(frames[0].send(tcpFrame(one))).toBe(true);
  await pair.bench.run(ms(1));
  expect(large.map(({ frame }) => hex(frame))).toEqual([hex(tcpFrame(base, true))]);
  expect(large[0]?.header).toEqual(toBeCut(base, 1400));
  expect(ends[1].counts).toEqual({ cut: 0, segments: 0, glued: 1, gluedSegments: 22, bad: 0 });
  expect(frames[1].counts.received).toBe(22);
  await close();
});

test('one frame alone says whether its checksums were found right', async () => {
  const { pair, frames, large, listenLarge, close } = await stacks();
  listenLarge();
  const tcp = tcpFrame(segment());
  const bare = tcpFrame(segment({ payload: payloadOf(0), tcpOptions: 10 }));
  const udp = ipFrame({ version: 4, protocol: 'udp', payload: 8000 }).frame;
  const other = new Uint8Array(200).fill(0xff);
  for (const frame of [tcp, bare, udp, other]) {
    frames[0].send(frame);
    await pair.bench.run(ms(1));
  }
  const valid = headerOf({ flags: VNET_HDR_F.DATA_VALID });
  expect(large.map(({ frame, header }) => [hex(frame), header])).toEqual([
    [hex(tcp), valid],
    [hex(bare), valid],
    [hex(udp), valid],
    [hex(other), new VirtioNetHdr()],
  ]);
  await close();
});

test('a large frame comes through two ports whole', async () => {
  const { pair, ends, large, listenLarge, close } = await stacks();
  listenLarge();
  const base = segment({ version: 6, payload: payloadOf(60_000), flags: TCP.ACK | TCP.ECE | TCP.CWR });
  const header = toBeCut(base, 8900);
  header.gsoType |= VNET_HDR_GSO.ECN;
  ends[0].send(tcpFrame(base, true), header);
  await pair.bench.run(ms(1));
  expect(large).toEqual([{ header, frame: tcpFrame(base, true) }]);
  await close();
});

const WANT = segment({ payload: payloadOf(5000) });
const LARGE = toBeCut(WANT, 1400);
test.each<[string, Uint8Array, Partial<VirtioNetHdr>]>([
  ['headers that are cut off', tcpFrame(WANT).subarray(0, 40), LARGE],
  ['no size of pieces', tcpFrame(WANT), { ...LARGE, gsoSize: 0 }],
  ['a length beyond the frame', tcpFrame(WANT).subarray(0, 4000), LARGE],
  ['UDP in pieces', tcpFrame(WANT), { ...LARGE, gsoType: 3 }],
  ['a kind that nobody knows', tcpFrame(WANT), { ...LARGE, gsoType: 0x7f }],
  ['IPv6 that is IPv4', tcpFrame(WANT), { ...LARGE, gsoType: VNET_HDR_GSO.TCPV6 }],
  ['a sum from elsewhere', tcpFrame(WANT), { ...LARGE, csumStart: 14 }],
  ['a sum to elsewhere', tcpFrame(WANT), { ...LARGE, csumOffset: 6 }],
  ['a sum beyond the frame', tcpFrame(segment()), { flags: 1, csumStart: 160, csumOffset: 16 }],
  ['a sum that begins before IP', tcpFrame(segment()), { flags: 1, csumStart: 12, csumOffset: 2 }],
  ['no frame', new Uint8Array(), { flags: 1, csumStart: 65_535, csumOffset: 65_535 }],
])('%s: not sent, and counted', async (_what, frame, header) => {
  const { ends, frames, close } = await stacks();
  expect(ends[0].send(frame, headerOf(header))).toBe(false);
  expect([ends[0].counts.bad, frames[0].counts.sent]).toEqual([1, 0]);
  await close();
});

test('segments that are too long for the device are refused', async () => {
  const { ends, frames, close } = await stacks(1522);
  expect(ends[0].send(tcpFrame(WANT, true), toBeCut(WANT, 4000))).toBe(false);
  expect(frames[0].counts).toMatchObject({ refused: 1, sent: 0 });
  await close();
});

test('without memory a large frame is not taken, and nothing of it stays', async () => {
  const { pair, ends, frames, close } = await stacks();
  const { memory } = pair.bench.core.wires;
  const hoard = [];
  try {
    for (;;) hoard.push(memory.alloc(4096));
  } catch {
    // That is all of it.
  }
  pair.sides[0].net.stopAllQueues();
  const base = segment({ payload: payloadOf(60_000) });
  let taken = 0;
  while (ends[0].send(tcpFrame(base, true), toBeCut(base, 1400))) taken++;
  expect([frames[0].counts.noMemory, frames[0].counts.sent]).toEqual([1, 43 * taken]);
  for (const buffer of hoard) memory.free(buffer);
  pair.sides[0].net.wakeAllQueues();
  await pair.bench.run(ms(10));
  expect(ends[0].send(tcpFrame(base, true), toBeCut(base, 1400))).toBe(true);
  await pair.bench.run(ms(10));
  await close();
});

test('what is held when it ends is forgotten', async () => {
  const { pair, frames, ends, large, listenLarge, close } = await stacks();
  listenLarge();
  frames[0].send(tcpFrame(segment()));
  await pair.bench.run(0);
  expect(pair.sides[1].net.getStats().rxPackets).toBe(1);
  ends[1].close();
  await close();
  expect(large).toEqual([]);
});
