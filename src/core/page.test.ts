import { expect, test } from 'vitest';
import { Bug } from '../base/assert.js';
import { SimClock } from '../base/clock.js';
import { Trace } from '../base/trace.js';
import { SimMemory } from '../bus/dma-sim.js';
import { settle } from '../host/settle.js';
import { PageFragCache, Zone } from './page.js';

function zoneOf(size?: number): { readonly zone: Zone; readonly memory: SimMemory } {
  const clock = new SimClock(settle);
  const memory = new SimMemory({ clock, trace: new Trace(() => clock.now()), ...(size === undefined ? {} : { size }) });
  return { zone: new Zone(memory), memory };
}

test('a compound lies above 4 GiB at a multiple of its size, and goes back to memory when the zone is drained', () => {
  const { zone, memory } = zoneOf();
  const page = zone.allocPages(3);
  expect([page.bytes.length, page.phys % 0x8000, page.phys >= 0x1_0000_0000]).toEqual([32768, 0, true]);
  page.get();
  page.put();
  expect([page.refs, zone.allocated]).toEqual([1, 1]);
  page.put();
  expect([zone.allocated, memory.allocated]).toEqual([0, 1]);
  zone.drain();
  expect(memory.allocated).toBe(0);
});

test('a page that nobody holds can neither be held nor put', () => {
  const { zone } = zoneOf();
  const page = zone.allocPages();
  page.put();
  expect(() => page.put()).toThrow(Bug);
  expect(() => page.get()).toThrow(Bug);
  const again = zone.allocPages();
  expect([again.phys, again === page]).toEqual([page.phys, false]);
});

test('pieces are cut from the end down, and a compound is cut anew when all its pieces came back', () => {
  const { zone } = zoneOf();
  const frags = new PageFragCache(zone);
  const first = frags.alloc(2112);
  const { page } = frags;
  expect([first, frags.alloc(2112), frags.alloc(100, 64), page.refs]).toEqual([30656, 28544, 28416, 4]);
  for (let i = 0; i < 3; i++) page.put();
  expect([frags.alloc(32768), frags.page === page, frags.alloc(64), frags.page === page]).toEqual([
    0,
    true,
    32704,
    false,
  ]);
  page.put();
  frags.page.put();
  frags.drain();
  expect(zone.allocated).toBe(0);
});

test('without memory a piece is ENOMEM, and the ones before stay', () => {
  const { zone } = zoneOf(0x8000);
  const frags = new PageFragCache(zone);
  frags.alloc(32000);
  expect(() => frags.alloc(1000)).toThrow('ENOMEM');
  expect(frags.alloc(700)).toBe(68);
});
