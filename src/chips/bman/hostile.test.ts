// Software that writes anything anywhere, and a long random life beside a plain model.
import { expect, test } from 'vitest';
import { Random } from '../../base/random.js';
import type { MmioSpace } from '../../bus/mmio.js';
import { BmanHands, bmanMemory, DpaaRig, LS1043A, T1040 } from '../../../test/qbman-rig.js';
import { bmanChip } from './bman.js';

test.each([
  ['ls1043a', LS1043A, 'a'],
  ['t1040', T1040, 'b'],
])('a portal of %s takes 100,000 random writes', (_, soc, seed) => {
  const rig = new DpaaRig(soc);
  const model = bmanChip();
  const block = rig.block('bman', model).windows[0] as MmioSpace;
  bmanMemory(block);
  const [ce, ci] = rig.portal('bman', model).windows as readonly [MmioSpace, MmioSpace];
  const random = new Random(seed);
  let reads = 0;
  for (let i = 0; i < 100_000; i++) {
    const space = random.pick([ce, ce, ci, block]);
    const offset = random.below(2) === 0 ? random.below(space.size / 4) * 4 : random.below(space.size / 64) * 64;
    space.write32(offset, random.u32());
    reads += Number(space.read32(offset) >= 0);
  }
  expect(reads).toBe(100_000);
});

test('random releases and acquires agree with a plain model', () => {
  const rig = new DpaaRig();
  const model = bmanChip();
  bmanMemory(rig.block('bman', model).windows[0] as MmioSpace);
  const hands = new BmanHands(rig.portal('bman', model));
  const random = new Random('pools');
  const plain: number[][] = Array.from({ length: 64 }, () => []);
  let next = 0x8_9000_0000;
  for (let i = 0; i < 20_000; i++) {
    const pool = random.below(64);
    const count = 1 + random.below(8);
    const there = plain[pool] as number[];
    if (random.below(2) === 0) {
      const addrs = Array.from({ length: count }, () => (next += 64));
      hands.release(pool, addrs);
      there.push(...addrs);
    } else {
      const expected = there.length < count ? [] : there.splice(-count).reverse();
      expect(hands.acquire(pool, count)).toEqual(expected);
    }
  }
});
