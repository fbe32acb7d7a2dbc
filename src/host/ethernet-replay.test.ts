import { expect, test } from 'vitest';
import { EthernetCapture, ethernetFrames } from '../abi/ethernet-capture.js';
import { type CapturedPacket, readPcapng } from '../abi/pcapng-read.js';
import { SimClock } from '../base/clock.js';
import type { EthernetPeer, EthernetReceive } from '../bus/ethernet.js';
import { replayInto, type ReplayOptions } from './ethernet-replay.js';
import { tapped } from './ethernet-tapped.js';
import { settle } from './settle.js';

function frame(timeNs: number | undefined, first: number): CapturedPacket {
  const bytes = new Uint8Array(60).fill(first);
  return {
    ...{ iface: 0, bytes, wireBytes: 60, way: undefined, comment: undefined },
    timeNs: timeNs === undefined ? undefined : BigInt(timeNs),
  };
}

function port(seen: unknown[], clock: SimClock): EthernetPeer & { heard: EthernetReceive } {
  const listeners: EthernetReceive[] = [];
  return {
    name: '/fman/mac',
    send: (bytes) => void seen.push([clock.now(), bytes[0]]),
    listen(receive) {
      listeners.push(receive);
      return () => {};
    },
    plug: () => {},
    heard: (bytes, damage) => {
      for (const listener of listeners) listener(bytes, damage);
    },
  };
}

async function replayed(frames: readonly CapturedPacket[], options: ReplayOptions = {}): Promise<unknown[]> {
  const clock = new SimClock(settle);
  const seen: unknown[] = [];
  const replay = replayInto(port(seen, clock), frames, clock, options);
  await clock.run(1_000_000);
  await replay.ended;
  expect(replay).toMatchObject({ sent: frames.length, total: frames.length });
  return seen;
}

const capture = [frame(7_000_000_000, 1), frame(7_000_000_100, 2), frame(7_000_000_100, 3), frame(7_000_300_100, 4)];

test('frames go at their times, from the first one on', async () => {
  expect(await replayed(capture)).toEqual([
    [0, 1],
    [100, 2],
    [100, 3],
    [300_100, 4],
  ]);
});

test('faster, without long silences, and all at once', async () => {
  expect(await replayed(capture, { speed: 4 })).toEqual([
    [0, 1],
    [25, 2],
    [25, 3],
    [75_025, 4],
  ]);
  expect((await replayed(capture, { mostGapNs: 1000 })).at(-1)).toEqual([1100, 4]);
  expect((await replayed(capture, { speed: Number.POSITIVE_INFINITY })).at(-1)).toEqual([0, 4]);
});

test('roundings do not add up', async () => {
  const frames = Array.from({ length: 301 }, (_, index) => frame(index * 10, 5));
  expect((await replayed(frames, { speed: 3 })).at(-1)).toEqual([1000, 5]);
});

test('a time that is missing or goes back follows directly', async () => {
  const frames = [frame(500, 1), frame(undefined, 2), frame(400, 3), frame(600, 4)];
  expect(await replayed(frames)).toEqual([
    [0, 1],
    [0, 2],
    [0, 3],
    [100, 4],
  ]);
});

test('it can be stopped, and an empty capture ends', async () => {
  const clock = new SimClock(settle);
  const seen: unknown[] = [];
  const replay = replayInto(port(seen, clock), capture, clock);
  await clock.run(200);
  replay.stop();
  await replay.ended;
  await clock.run(1_000_000);
  expect([seen.length, replay.sent]).toEqual([3, 3]);
  const none = replayInto(port(seen, clock), [], clock);
  await clock.run(1);
  await none.ended;
});

test('what goes over a wire is captured, with the descriptors by which it was known, and can be replayed', async () => {
  const clock = new SimClock(settle);
  const parts: Uint8Array[] = [];
  const file = new EthernetCapture((bytes) => void parts.push(bytes), 3);
  const seen: unknown[] = [];
  const mac = port(seen, clock);
  const descriptor = Uint8Array.from(Buffer.from('00ff00123400f0008400003c80000200', 'hex'));
  const table = Uint8Array.from(Buffer.from('00000012340100804000003b00ff0000', 'hex'));
  const peer = tapped(mac, file, clock, {
    name: 'fm1-mac3',
    metadataOf: (_, way) => (way === 'out' ? { descriptor, table } : undefined),
  });
  peer.send(new Uint8Array(60).fill(1));
  await clock.run(5);
  mac.heard(new Uint8Array(60).fill(2));
  peer.send(new Uint8Array(60).fill(3), { fcs: true });
  peer.send(new Uint8Array(60).fill(4));
  expect([file.frames, file.leftOut, seen.length]).toEqual([3, 1, 3]);
  const read = readPcapng(Uint8Array.from(Buffer.concat(parts))).capture;
  if (read === undefined) throw new Error('no capture');
  expect(read.interfaces).toEqual([{ name: 'fm1-mac3', description: undefined, linkType: 1 }]);
  expect(read.packets.map(({ way, timeNs, bytes, comment }) => [way, timeNs, bytes[0], comment])).toEqual([
    ['in', 0n, 1, undefined],
    [
      'out',
      5n,
      2,
      'fd: 00ff0012 3400f000 8400003c 80000200\n' +
        'sgt: 00000012 34010080 4000003b 00ff0000\n' +
        'transmit, scatter/gather, addr 0x123400f000, offset 64, no pool, ' +
        'command 0x80000200: FCO, confirmation to frame queue 0x200\n' +
        'wrong: its entries have 59 bytes together, and the descriptor says 60; one of them is wrong',
    ],
    ['in', 5n, 3, 'damaged: fcs'],
  ]);
  expect(ethernetFrames(read)).toMatchObject({ frames: read.packets, otherLinks: 0, cut: 0 });
});

test('frames that are cut, and those of other links, are not replayed', () => {
  const interfaces = [1, 147].map((linkType) => ({ name: undefined, description: undefined, linkType }));
  const [whole, cut, other] = [frame(1, 1), { ...frame(2, 2), wireBytes: 1500 }, { ...frame(3, 3), iface: 1 }];
  expect(ethernetFrames({ interfaces, packets: [whole, cut, other] })).toEqual({
    frames: [whole],
    otherLinks: 1,
    cut: 1,
  });
});
