import fc from 'fast-check';
import { expect, test } from 'vitest';
import { History } from './history.js';

/** A small one: four buckets a level, two become one. */
const small = (columns = 1): History => new History({ columns, capacity: 4, levels: 2, group: 2 });

function filled(history: History, count: number, value = (t: number): number => t): History {
  for (let t = 0; t < count; t++) history.push(t, [value(t)]);
  return history;
}

test('what is new is there as it came', () => {
  const history = filled(small(), 3, (t) => 10 * t);
  expect(history.read(0, 9, 100)).toEqual({
    times: Float64Array.of(0, 1, 2),
    columns: [Float64Array.of(0, 10, 20)],
  });
  expect([history.rows, history.span]).toEqual([3, { from: 0, to: 2 }]);
});

test('a line reaches the edges of what is asked for', () => {
  const history = filled(small(), 4);
  expect([...history.read(1.2, 1.8, 100).times]).toEqual([1, 2]);
  expect([...history.read(9, 10, 100).times]).toEqual([3]);
  expect([...history.read(-9, -8, 100).times]).toEqual([0]);
});

test('what is older is there as the least and the greatest of some', () => {
  const history = filled(small(), 8, (t) => (t === 1 ? -5 : t));
  expect(history.read(0, 9, 100)).toEqual({
    times: Float64Array.of(0, 1, 2, 3, 4, 5, 6, 7),
    columns: [Float64Array.of(-5, 0, 2, 3, 4, 5, 6, 7)],
  });
  expect(history.read(5, 9, 100)).toEqual({
    times: Float64Array.of(4, 5, 6, 7),
    columns: [Float64Array.of(4, 5, 6, 7)],
  });
});

test('the last level makes its buckets wider in place of forgetting', () => {
  const history = filled(small(), 1000);
  expect(history.span).toEqual({ from: 0, to: 999 });
  const { times } = history.read(0, 1000, 100);
  expect([times[0], times.at(-1)]).toEqual([0, 999]);
  expect(times.length).toBeLessThan(20);
});

test('who wants few points gets those of wider buckets', () => {
  const history = filled(new History({ columns: 1, capacity: 64, levels: 3, group: 4 }), 64);
  expect(history.read(0, 64, 100).times.length).toBe(64);
  expect(history.read(0, 64, 40).times.length).toBe(32);
});

test('what could not be read is missing, and hides nothing of its bucket', () => {
  const history = small(2);
  for (let t = 0; t < 6; t++) history.push(t, [t < 2 ? Number.NaN : t, t === 3 ? Number.NaN : 1]);
  expect(history.read(0, 9, 100).columns).toEqual([
    Float64Array.of(Number.NaN, Number.NaN, 2, 3, 4, 5),
    Float64Array.of(1, 1, 1, 1, 1, 1),
  ]);
});

test('new columns begin with nothing', () => {
  const history = filled(small(), 2);
  history.widen(2);
  history.push(2, [2, 7]);
  expect(history.read(0, 9, 100).columns).toEqual([
    Float64Array.of(0, 1, 2),
    Float64Array.of(Number.NaN, Number.NaN, 7),
  ]);
});

test('a history that was saved goes on as the one that was not', () => {
  fc.assert(
    fc.property(fc.nat(60), fc.nat(60), fc.nat(70), (before, after, from) => {
      const own = filled(small(), before);
      const other = History.load(own.save());
      for (let t = before; t < before + after; t++) {
        own.push(t, [t]);
        other.push(t, [t]);
      }
      expect(other.save()).toEqual(own.save());
      expect(other.read(from, 200, 50)).toEqual(own.read(from, 200, 50));
    }),
  );
});

test('moments are in order and reach from what is asked to the newest, whatever came', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), fc.nat(3000), (count, from) => {
      const history = filled(new History({ columns: 1, capacity: 16, levels: 3, group: 4 }), count);
      const { times, columns } = history.read(from, count, 64);
      expect([...times]).toEqual([...times].sort((a, b) => a - b));
      expect(times.at(-1)).toBe(count - 1);
      expect(times[0]).toBeLessThanOrEqual(Math.min(from, count - 1));
      expect([...times]).toEqual([...(columns[0] as Float64Array)]);
    }),
  );
});

test('a day of ten readings a second is one chart, and takes 250 kB a column', () => {
  const history = new History({ columns: 2 });
  const row = new Float64Array(2);
  for (let t = 0; t < 864_000; t++) {
    row[0] = t === 400_000 ? 9 : 1;
    history.push(t / 10, row);
  }
  expect(history.save().byteLength).toBeLessThan(250_000 * 2);
  const { times, columns } = history.read(0, 86_400, 2400);
  expect([times[0], times.at(-1)]).toEqual([0, 86_399.9]);
  expect(times.length).toBeLessThan(2400);
  expect(Math.max(...(columns[0] as Float64Array))).toBe(9);
});
