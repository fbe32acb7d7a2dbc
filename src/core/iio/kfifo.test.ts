import { expect, test } from 'vitest';
import { ScanFifo } from './kfifo.js';

test('a fifo gives whole scans, oldest first, over its end too', () => {
  const fifo = new ScanFifo(3, 4);
  const scan = (value: number) => Uint8Array.of(value, value + 1, value + 2, 99);
  expect([10, 20, 30].map((value) => fifo.put(scan(value), undefined))).toEqual([true, true, true]);
  expect([fifo.take(7), fifo.take(2), fifo.count]).toEqual([
    Uint8Array.of(10, 11, 12, 20, 21, 22),
    new Uint8Array(),
    1,
  ]);
  expect([40, 50, 60, 70].map((value) => fifo.put(scan(value), undefined))).toEqual([true, true, true, false]);
  expect([...fifo.take(100)]).toEqual([30, 31, 32, 40, 41, 42, 50, 51, 52, 60, 61, 62]);
  expect([fifo.count, fifo.take(100).length]).toEqual([0, 0]);
});

test("a fifo's length is rounded up to a power of two, as Linux's is, and is at least two", () => {
  const lengths = [0, 1, 2, 3, 4, 5, 100, 128, 129];
  expect(lengths.map((length) => new ScanFifo(2, length).capacity)).toEqual([2, 2, 2, 4, 4, 8, 128, 128, 256]);
});

test('what a scan does not fill stays zero, lap after lap', () => {
  const fifo = new ScanFifo(4, 2);
  const demux = [{ from: 1, to: 2, bytes: 1 }];
  for (let lap = 1; lap <= 5; lap++) {
    fifo.put(Uint8Array.of(0xee, lap), demux);
    expect([...fifo.take(4)]).toEqual([0, 0, lap, 0]);
  }
});

test('a fifo that would take all memory is ENOMEM', () => {
  expect(() => new ScanFifo(24, 0xffff_ffff)).toThrow('4294967296 scans of 24 bytes (ENOMEM)');
  expect(() => new ScanFifo(16, 2 ** 24 + 1)).toThrow('ENOMEM');
});
