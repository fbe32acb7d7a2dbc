import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Bug } from '../base/assert.js';
import { SimClock } from '../base/clock.js';
import { Trace } from '../base/trace.js';
import { SimMemory } from '../bus/dma-sim.js';
import { settle } from '../host/settle.js';
import { ethTypeTrans } from './etherdevice.js';
import { PageFragCache, Zone } from './page.js';
import { csumFold, csumPartial, csumPseudo } from './skb-checksum.js';
import { CHECKSUM_NONE, CHECKSUM_PARTIAL, SkBuff } from './skbuff.js';

function frags(): { readonly zone: Zone; readonly source: PageFragCache } {
  const clock = new SimClock(settle);
  const zone = new Zone(new SimMemory({ clock, trace: new Trace(() => clock.now()) }));
  return { zone, source: new PageFragCache(zone) };
}

/** A packet of counting bytes. */
function packet(source: PageFragCache, linear: number, pieces: readonly number[], start = 0): SkBuff {
  const skb = SkBuff.alloc(128 + linear, source);
  skb.reserve(128);
  let next = start;
  const fill = (bytes: Uint8Array, at: number, size: number): void => {
    for (let i = 0; i < size; i++) bytes[at + i] = next++;
  };
  fill(skb.page.bytes, skb.put(linear), linear);
  for (const size of pieces) {
    const offset = source.alloc(size);
    fill(source.page.bytes, offset, size);
    skb.addRxFrag(source.page, offset, size, size);
  }
  return skb;
}

test('a head of 1664 bytes counts 2240, as Linux counts it on 64 bits', () => {
  const { source } = frags();
  const at = source.alloc(1664);
  expect(new SkBuff(source.page, at, 1664, source).truesize).toBe(2240);
});

test('a header is made writable in steps of 64 bytes, and only when it has to be', () => {
  const { source } = frags();
  const head = (headroom: number): SkBuff => {
    const skb = SkBuff.alloc(512, source);
    skb.reserve(headroom);
    skb.put(100);
    return skb;
  };
  const room = (headroom: number): number => {
    const skb = head(headroom);
    skb.cowHead(64);
    return skb.headroom;
  };
  expect([room(0), room(10), room(63), room(64), room(200)]).toEqual([64, 74, 127, 64, 200]);
  const skb = head(128);
  const { page, head: before } = skb;
  const clone = skb.clone();
  expect([skb.cloned, clone.cloned]).toEqual([true, true]);
  skb.cowHead(64);
  expect([skb.headroom, skb.cloned, clone.cloned, skb.page === page && skb.head === before]).toEqual([
    128,
    false,
    false,
    false,
  ]);
});

test('what does not fit is a Bug: put beyond the end, push before the head, pull into fragments', () => {
  const { source } = frags();
  const skb = SkBuff.alloc(64, source);
  expect(() => skb.put(65)).toThrow('skb_over_panic');
  expect(() => skb.push(1)).toThrow('skb_under_panic');
  const parts = packet(source, 10, [100]);
  expect(() => parts.pull(11)).toThrow('into fragments');
  expect(() => parts.put(1)).toThrow(Bug);
  parts.kfree();
  expect(() => parts.kfree()).toThrow('freed twice');
});

test('the type of an Ethernet frame is taken from its header, a length is 802.2', () => {
  const { source } = frags();
  const typeOf = (type: number): readonly number[] => {
    const skb = packet(source, 60, []);
    skb.page.view.setUint16(skb.data + 12, type);
    ethTypeTrans(skb);
    return [skb.protocol, skb.len];
  };
  expect([typeOf(0x0800), typeOf(0x05dc)]).toEqual([
    [0x0800, 46],
    [0x0004, 46],
  ]);
});

test('sums are those of RFC 1071 and of a real IPv4 header', () => {
  const rfc = Uint8Array.of(0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7);
  expect(csumFold(csumPartial(rfc, 0, 8))).toBe(~0xddf2 & 0xffff);
  const header = Uint8Array.from(
    '4500007300004000401100 00c0a80001c0a800c7'.replace(' ', '').match(/../g) ?? [],
    (two) => Number.parseInt(two, 16),
  );
  expect(csumFold(csumPartial(header, 0, 20))).toBe(0xb861);
  // UDP from 192.168.0.1 to .199 with a length of 8, ports 1 and 2: summed by hand.
  const udp = Uint8Array.of(0, 1, 0, 2, 0, 8, 0, 0);
  const sum = csumPartial(udp, 0, 8, csumPseudo(header, 12, 8, 17, 8));
  expect(csumFold(sum)).toBe(~(0xc0a8 + 1 + 0xc0a8 + 0xc7 + 17 + 8 + 1 + 2 + 8 - 0xffff) & 0xffff);
});

test('a sum that is asked for is put into its place, over odd pieces as over one', () => {
  const { source } = frags();
  const sumOf = (linear: number, pieces: readonly number[]): number => {
    const skb = packet(source, linear, pieces);
    skb.ipSummed = CHECKSUM_PARTIAL;
    skb.csumStart = skb.data + 20;
    skb.csumOffset = 6;
    skb.page.view.setUint16(skb.csumStart + 6, 0);
    skb.checksumHelp();
    expect(skb.ipSummed).toBe(CHECKSUM_NONE);
    return skb.page.view.getUint16(skb.data + 26);
  };
  const whole = sumOf(101, []);
  expect([sumOf(31, [33, 37]), sumOf(40, [1, 1, 59]), sumOf(30, [70, 1])]).toEqual([whole, whole, whole]);
});

test('whatever is done to a packet and its clones, each has its bytes, and in the end all pages are free', () => {
  const step = fc.record({
    kind: fc.constantFrom('clone', 'copy', 'linearize', 'cow', 'pull', 'push', 'padto', 'mayPull', 'free'),
    which: fc.nat(5),
    size: fc.integer({ min: 0, max: 150 }),
  });
  const shape = fc.record({
    linear: fc.integer({ min: 1, max: 200 }),
    pieces: fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 17 }),
  });
  fc.assert(
    fc.property(shape, fc.array(step, { maxLength: 25 }), ({ linear, pieces }, steps) => {
      const { zone, source } = frags();
      const skb = packet(source, linear, pieces);
      const held: { skb: SkBuff; bytes: number[] }[] = [{ skb, bytes: [...skb.bytes()] }];
      for (const { kind, which, size } of steps) {
        const index = which % Math.max(1, held.length);
        const one = held[index];
        if (one === undefined) break;
        if (kind === 'clone') held.push({ skb: one.skb.clone(), bytes: [...one.bytes] });
        else if (kind === 'copy') held.push({ skb: one.skb.copy(size), bytes: [...one.bytes] });
        else if (kind === 'linearize') one.skb.linearize();
        else if (kind === 'cow') one.skb.cowHead(size);
        else if (kind === 'mayPull') expect(one.skb.mayPull(size)).toBe(size <= one.bytes.length);
        else if (kind === 'pull' && size <= one.skb.headlen) {
          one.skb.pull(size);
          one.bytes.splice(0, size);
        } else if (kind === 'push') {
          one.skb.cowHead(size);
          const at = one.skb.push(size);
          one.skb.page.bytes.fill(7, at, at + size);
          one.bytes.unshift(...new Array<number>(size).fill(7));
        } else if (kind === 'padto') {
          one.skb.putPadto(size);
          while (one.bytes.length < size) one.bytes.push(0);
        } else if (kind === 'free') {
          one.skb.kfree();
          held.splice(index, 1);
        }
        for (const { skb: is, bytes } of held) expect([is.len, [...is.bytes()]]).toEqual([bytes.length, bytes]);
      }
      for (const { skb: is } of held) is.kfree();
      source.drain();
      expect(zone.allocated).toBe(0);
    }),
    { numRuns: 300 },
  );
});
