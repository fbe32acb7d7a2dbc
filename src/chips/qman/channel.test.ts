import { expect, test } from 'vitest';
import { Channel } from './channel.js';
import { FrameQueue } from './frame-queue.js';

/** Which work queues are served, `count` times, while each of `wqs` always has something. */
function served(wqs: readonly number[], weights: readonly number[], count: number): number[] {
  const channel = new Channel(0x401, weights, () => undefined);
  for (const wq of wqs) {
    const fq = new FrameQueue(wq);
    fq.destWq = wq;
    channel.append(fq);
  }
  return Array.from({ length: count }, () => {
    const fq = channel.take() as FrameQueue;
    channel.append(fq);
    return fq.destWq;
  });
}

test('work queues 0 and 1 go before all others, in this order', () => {
  expect(served([0, 1, 2], [0, 0, 0, 0, 0, 0], 3)).toEqual([0, 0, 0]);
  expect(served([1, 2, 7], [0, 0, 0, 0, 0, 0], 3)).toEqual([1, 1, 1]);
});

test('those of a tier take turns, each as often as its weight and once more', () => {
  // The first turn of all is a single one.
  expect(served([2, 3, 4], [2, 0, 1, 0, 0, 0], 10)).toEqual([2, 3, 4, 4, 2, 2, 2, 3, 4, 4]);
  expect(served([5, 7], [0, 0, 0, 1, 7, 0], 7)).toEqual([5, 7, 5, 5, 7, 5, 5]);
});

test('a work queue that is alone is served again and again, and the lower tier waits for the upper one', () => {
  expect(served([3], [0, 0, 0, 0, 0, 0], 4)).toEqual([3, 3, 3, 3]);
  expect(served([4, 5, 6], [0, 0, 0, 3, 3, 3], 4)).toEqual([4, 4, 4, 4]);
});
