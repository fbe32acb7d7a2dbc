import { expect, test } from 'vitest';
import { dpaaPair } from '../../test/dpaa-pair.js';
import { ipFrame } from '../../test/ip-frames.js';
import { ms, s } from '../base/clock.js';
import { NetdevFrames } from './netdev-frames.js';

const MAX_FRAME = 9600;

async function stacks() {
  // The smallest that a receiver may have.
  const pair = await dpaaPair({ maxFrame: MAX_FRAME, bufferBytes: 2048 });
  const ends = pair.sides.map(({ net }) => new NetdevFrames(net)) as [NetdevFrames, NetdevFrames];
  const heard: Uint8Array[][] = [[], []];
  ends.forEach((end, index) =>
    end.listen((frame) => {
      heard[index]?.push(frame.slice());
      return true;
    }),
  );
  const close = async (): Promise<void> => {
    await pair.bench.drive('stopping', s(10), async () => {
      for (const { net } of pair.sides) await net.stop();
    });
    for (const end of ends) end.close();
  };
  return { pair, ends, heard, close };
}

/** A frame that the other side listens to. */
function frameTo(address: Uint8Array, payload: number): Uint8Array {
  const { frame } = ipFrame({ version: 4, protocol: 'udp', payload });
  frame.set(address);
  return frame;
}

test('frames go through both ways, in one piece and in many', async () => {
  const { pair, ends, heard, close } = await stacks();
  await pair.open();
  const [left, right] = pair.sides;
  const sizes = [18, 86, 214, 215, 1472, 1473, 4182, 4183, 8972];
  for (const payload of sizes) {
    const there = frameTo(right.net.address, payload);
    const back = frameTo(left.net.address, payload);
    expect([ends[0].send(there), ends[1].send(back)]).toEqual([true, true]);
    await pair.bench.run(ms(1));
    expect(heard[1]?.pop()).toEqual(there);
    expect(heard[0]?.pop()).toEqual(back);
  }
  expect(ends[0].counts).toEqual({
    ...{ sent: sizes.length, received: sizes.length, refused: 0, down: 0, full: 0, noMemory: 0 },
  });
  expect(pair.bench.dmaFindings).toEqual([]);
  await close();
});

test('what cannot be sent is counted under its reason', async () => {
  const { pair, ends, close } = await stacks();
  const [, right] = pair.sides;
  const frame = frameTo(right.net.address, 100);
  expect(ends[0].send(frame)).toBe(false);
  await pair.open();
  expect(ends[0].send(frame.subarray(0, 13))).toBe(false);
  expect(ends[0].send(new Uint8Array(MAX_FRAME + 1))).toBe(false);
  // The device's queue is stopped: so many wait, the next does not.
  pair.sides[0].net.stopAllQueues();
  let taken = 0;
  while (ends[0].send(frame)) taken++;
  expect([taken, ends[0].counts]).toEqual([
    1000,
    { sent: 1000, received: 0, refused: 2, down: 1, full: 1, noMemory: 0 },
  ]);
  pair.sides[0].net.wakeAllQueues();
  await pair.bench.run(ms(100));
  expect(ends[1].counts.received).toBe(1000);
  await close();
});

test.each([60, 1514, 1536, 1537, 1614, 3072, 3073, 4609, 9014, 9592])(
  'a flood of frames of %i bytes, both ways at once, finds buffers at the other end',
  async (length) => {
    const { pair, ends, close } = await stacks();
    await pair.open();
    const [left, right] = pair.sides;
    const there = frameTo(right.net.address, length - 42);
    const back = frameTo(left.net.address, length - 42);
    for (let i = 0; i < 500; i++) {
      ends[0].send(there);
      ends[1].send(back);
    }
    await pair.bench.run(ms(10));
    expect(pair.sides.map(({ net }) => net.getStats().rxMissedErrors)).toEqual([0, 0]);
    expect(ends.map(({ counts }) => counts.received)).toEqual([500, 500]);
    await close();
  },
);

test('without memory a frame is not taken, and nothing of it stays', async () => {
  const { pair, ends, close } = await stacks();
  await pair.open();
  const { memory } = pair.bench.core.wires;
  const hoard = [];
  try {
    for (;;) hoard.push(memory.alloc(4096));
  } catch {
    // That is all of it.
  }
  const frame = frameTo(pair.sides[1].net.address, 8000);
  while (ends[0].send(frame)) continue;
  expect(ends[0].counts.noMemory).toBe(1);
  for (const buffer of hoard) memory.free(buffer);
  await pair.bench.run(ms(10));
  expect(ends[0].send(frame)).toBe(true);
  await pair.bench.run(ms(10));
  await close();
});

test('the carrier is told when it comes and goes', async () => {
  const { pair, ends, close } = await stacks();
  const told: boolean[] = [];
  ends[0].onCarrier((up) => told.push(up));
  await pair.open();
  pair.bench.ethernet(pair.sides[0].mac).plug(undefined);
  await pair.bench.run(s(2));
  expect(told).toEqual([false, true, false]);
  await close();
});

test('packets that wait when it ends are given back', async () => {
  const { pair, ends, close } = await stacks();
  await pair.open();
  pair.sides[0].net.stopAllQueues();
  expect(ends[0].send(frameTo(pair.sides[1].net.address, 4000))).toBe(true);
  await close();
});
