import { expect, test } from 'vitest';
import { type IioChanSpec, iioSoftTimestamp } from './channel.js';
import { scanDemux, scanLayout, scanOrder } from './scan.js';

/** A channel of some size, named by its scan index. */
function chan(scanIndex: number, storagebits: 8 | 16 | 32 | 64 = 16): IioChanSpec {
  const scanType = { sign: 's', realbits: storagebits, storagebits, shift: 0, endianness: 'be' } as const;
  return { type: 'voltage', channel: scanIndex, scanIndex, scanType };
}

const time = iioSoftTimestamp(6);
const six = [0, 1, 2, 3, 4, 5].map((index) => chan(index));

test('a scan has its channels in the order of their indices, the time last whatever its index', () => {
  const early = { ...iioSoftTimestamp(0), scanIndex: 0 };
  const none: IioChanSpec = { type: 'voltage', channel: 9 };
  const order = scanOrder([chan(3), early, none, { ...chan(1), scanIndex: -1 }, chan(2)]);
  expect(order.map(({ scanIndex }) => scanIndex)).toEqual([2, 3, 0]);
});

test('each channel is aligned to its own size and the scan to the largest', () => {
  const laidOut = (...channels: IioChanSpec[]) => {
    const { offsets, bytes, timestampAt } = scanLayout(channels);
    return [...offsets, bytes, timestampAt];
  };
  // Facts ina3221 §5.6.3: six 16-bit channels and the time are 24 bytes, one and the time 16.
  expect(laidOut(...six, time)).toEqual([0, 2, 4, 6, 8, 10, 16, 24, 16]);
  expect(laidOut(chan(0), time)).toEqual([0, 8, 16, 8]);
  expect(laidOut(...six)).toEqual([0, 2, 4, 6, 8, 10, 12, -1]);
  expect(laidOut(chan(0, 8), chan(1, 32), chan(2, 8))).toEqual([0, 4, 8, 12, -1]);
  expect(laidOut(chan(0, 32), chan(1, 64), chan(2, 16))).toEqual([0, 8, 16, 24, -1]);
  expect(laidOut()).toEqual([0, -1]);
});

test('a buffer with all measured channels takes the scan as it comes, with the time or without', () => {
  const whole = scanLayout([...six, time]);
  expect([scanDemux(whole, whole), scanDemux(whole, scanLayout(six))]).toEqual([undefined, undefined]);
});

test('of a scan with more channels a buffer gets its own, neighbours at once', () => {
  const whole = scanLayout([...six, time]);
  const part = scanLayout([six[1], six[2], six[5], time] as IioChanSpec[]);
  expect(scanDemux(whole, part)).toEqual([
    { from: 2, to: 0, bytes: 4 },
    { from: 10, to: 4, bytes: 2 },
    { from: 16, to: 8, bytes: 8 },
  ]);
});
