import { expect, test } from 'vitest';
import type { I2cTarget } from '../bus/i2c.js';
import { I2cSeats } from './i2c-seats.js';

/** A target that answers one number to everything. */
const chip = (answer: number): I2cTarget => ({
  write: (bytes) => bytes.length,
  read: (length) => new Uint8Array(length).fill(answer),
  stop() {},
});

/** Who answers at each of these addresses. */
const whoIsAt = (seats: I2cSeats, ...addrs: readonly number[]): Promise<unknown[]> =>
  Promise.all(
    addrs.map((addr) =>
      seats.bus.transfer(addr, [{ read: 1 }]).then(
        ([answer]) => answer,
        () => 'nobody',
      ),
    ),
  );

test('the first node with an address has it, and one above seven bits has none', () => {
  const seats = new I2cSeats('i2c-0');
  expect([0x40, 0x41, 0x40, 0x7f, 0x80].map((addr) => seats.expect(addr))).toEqual([true, true, false, true, false]);
});

test('a chip that moves answers at its new address and no more at the old one', async () => {
  const seats = new I2cSeats('i2c-0');
  const seat = seats.sit('/a', chip(1), 0x40);
  seat.move(0x41);
  const moved = await whoIsAt(seats, 0x40, 0x41);
  seat.move(0x41);
  seats.sit('/b', chip(2), 0x40);
  expect([moved, await whoIsAt(seats, 0x40, 0x41)]).toEqual([
    ['nobody', 1],
    [2, 1],
  ]);
});

test('moving to where another chip is, or where none can be, is refused and changes nothing', async () => {
  const seats = new I2cSeats('i2c-0');
  const seat = seats.sit('/a', chip(1), 0x40);
  seats.sit('/b', chip(2), 0x41);
  expect(() => seat.move(0x41)).toThrow('/a: i2c: cannot answer at 0x41, /b does (EBUSY)');
  for (const addr of [0, 0x80, 1.5])
    expect(() => seat.move(addr)).toThrow(`/a: i2c: no chip can answer at address ${addr} (EINVAL)`);
  expect(() => seats.sit('/c', chip(3), 0x40)).toThrow('/c: i2c: cannot answer at 0x40, /a does (EBUSY)');
  expect(await whoIsAt(seats, 0x40, 0x41)).toEqual([1, 2]);
});
