import { expect, test } from 'vitest';
import { playsAsTold, standsPackets } from './qdsp6.js';

test('what is heard, and when, is what a second model says that goes frame by frame', async () => {
  let frames = 0;
  for (let at = 0; at < 100; at++) frames += await playsAsTold(`qdsp6-naive-test-${at}`);
  expect(frames).toBeGreaterThan(50_000);
});

test('15,000 packets by chance: none is offered again, nothing throws, nothing piles up', async () => {
  for (const seed of ['a', 'b', 'c']) await expect(standsPackets(seed)).resolves.toBeUndefined();
});
