import { expect, test } from 'vitest';
import { Trace } from '../base/trace.js';
import { TraceFilter, type TraceQuery } from './trace-filter.js';
import { TraceStore } from './trace-store.js';

/** A store of at most `most` events, and how to add one. */
function small(most: number) {
  let now = 0;
  const trace = new Trace(() => now);
  const store = new TraceStore(trace, most);
  const add = (where: string, text: string): void => {
    now += 10;
    trace.emit(where, { kind: 'printk', level: 'info', text });
  };
  return { trace, store, add };
}

const texts = (store: TraceStore): string[] => [...store].map((e) => ('text' in e ? e.text : ''));

test('the oldest events go when there are too many, and say how many they were', () => {
  const { store, add } = small(3);
  for (const text of ['a', 'b', 'c', 'd', 'e']) add('/x', text);
  expect(texts(store)).toEqual(['c', 'd', 'e']);
  expect([store.dropped, store.ring.first, store.ring.end]).toEqual([2, 2, 5]);
  expect(store.events.map(({ seq }) => seq)).toEqual([2, 3, 4]);
  expect(store.last(2).map(({ seq }) => seq)).toEqual([3, 4]);
  expect([...store.since(4)].map(({ seq }) => seq)).toEqual([4]);
  expect([store.at(1), store.at(5)]).toEqual([undefined, undefined]);
});

test('a store that is made late begins with the number of its first event', () => {
  const { trace, store: early, add } = small(10);
  add('/x', 'before');
  const late = new TraceStore(trace, 10);
  add('/x', 'after');
  expect([late.ring.first, late.ring.end, late.dropped]).toEqual([1, 2, 0]);
  expect(texts(early)).toEqual(['before', 'after']);
});

test('who listens is told at once, until he has enough', () => {
  const { store, add } = small(2);
  const heard: number[] = [];
  const stop = store.onEvent(({ seq }) => heard.push(seq));
  add('/x', 'a');
  add('/x', 'b');
  stop();
  add('/x', 'c');
  expect(heard).toEqual([0, 1]);
});

test('a moment is found, and one before and behind all', () => {
  const { store, add } = small(3);
  for (const text of ['a', 'b', 'c', 'd']) add('/x', text);
  expect([0, 20, 25, 40, 41].map((t) => store.ring.atTime(t))).toEqual([1, 1, 2, 3, 4]);
});

test('names are counted as long as their events are kept', () => {
  const { store, add } = small(2);
  for (const where of ['/x', '/y', '/y', '/x']) add(where, '');
  const { places } = store.ring;
  expect(places.list.map((name, id) => [name, places.count(id)])).toEqual([
    ['/x', 1],
    ['/y', 1],
  ]);
});

/** Everything that fits, by numbers. */
function found(filter: TraceFilter): number[] {
  while (filter.left > 0) filter.advance(5);
  return Array.from({ length: filter.end - filter.first }, (_, i) => filter.seqOf(filter.first + i));
}

test.each<[TraceQuery, number[]]>([
  [{ text: 'One' }, [0, 2]],
  [{ text: 'one x' }, [0, 2]],
  [{ text: 'printk two' }, [1]],
  [{ place: '/x' }, [0, 2]],
  [{ place: '/x/y' }, [2]],
  [{ kinds: ['knob'] }, [3]],
  [{ level: 'info' }, [0, 1, 2, 3]],
  [{ level: 'warn' }, []],
  [{ text: 'three' }, []],
  [{ after: 20 }, [1, 2, 3]],
  [{ after: 20, before: 25, text: 'two' }, [1]],
  [{ before: 10 }, [0]],
])('of four events %j has %j', (query, numbers) => {
  const { trace, store, add } = small(10);
  add('/x', 'one');
  add('/xy', 'two');
  add('/x/y', 'one');
  trace.emit('/z', { kind: 'knob', name: 'bus1Mv', value: 5 });
  expect(found(store.filtered(query))).toEqual(numbers);
});

test('a search goes on with what comes, and forgets what goes', () => {
  const { store, add } = small(4);
  for (const text of ['a1', 'b', 'a2', 'b']) add('/x', text);
  const filter = store.filtered({ text: 'a' });
  expect(found(filter)).toEqual([0, 2]);
  for (const text of ['a3', 'b']) add('/x', text);
  expect(found(filter)).toEqual([2, 4]);
  expect([filter.first, filter.end, filter.indexOf(3)]).toEqual([1, 3, 2]);
});

test('a narrower query looks only at what the wider one has found, and finds the same', () => {
  const { store, add } = small(100);
  for (let i = 0; i < 60; i++) add('/x', i % 3 === 0 ? `abc ${i}` : `ab ${i}`);
  const wide = store.filtered({ text: 'ab' });
  wide.advance(200);
  expect(wide.left).toBeGreaterThan(0);
  const narrow = store.filtered({ text: 'abc' });
  const again = new TraceFilter(store.ring, { text: 'abc' });
  expect(found(narrow)).toEqual(found(again));
  expect(found(narrow)).toHaveLength(20);
  expect(store.filtered({ text: 'ABC ' })).toBe(narrow);
});
