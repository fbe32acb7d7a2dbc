// What every QMan and BMan keeps on the wire, whoever stands behind it.
import { expect, test } from 'vitest';
import type { DpaaDequeued, DpaaFrame, DpaaPools, DpaaQueues } from './dpaa.js';

/** Pools: `bpid` is an empty one, `missing` one that there is not. */
export function poolsContract(make: () => { pools: DpaaPools; bpid: number; missing: number }): void {
  const addrs = (...list: number[]): Float64Array =>
    Float64Array.from([...list, ...Array<number>(8 - list.length).fill(0)]);

  test('an acquire has all buffers or none', () => {
    const { pools, bpid } = make();
    const into = new Float64Array(8);
    expect(pools.release(bpid, addrs(0x1_0000_0000, 0x1_0000_1000, 0x1_0000_2000), 3)).toBe(true);
    expect([pools.acquire(bpid, 4, into), pools.available(bpid)]).toEqual([false, 3]);
    expect([pools.acquire(bpid, 3, into), pools.available(bpid)]).toEqual([true, 0]);
    expect([...into.subarray(0, 3)].sort((a, b) => a - b)).toEqual([0x1_0000_0000, 0x1_0000_1000, 0x1_0000_2000]);
  });

  test('a command has one to eight buffers', () => {
    const { pools, bpid } = make();
    expect([pools.release(bpid, addrs(64), 0), pools.release(bpid, new Float64Array(9), 9)]).toEqual([false, false]);
    pools.release(bpid, addrs(64), 1);
    expect([pools.acquire(bpid, 0, addrs()), pools.acquire(bpid, 9, new Float64Array(9))]).toEqual([false, false]);
    expect(pools.available(bpid)).toBe(1);
  });

  test('a pool that is not there gives and takes nothing', () => {
    const { pools, missing } = make();
    expect([pools.release(missing, addrs(64), 1), pools.acquire(missing, 1, addrs())]).toEqual([false, false]);
    expect([pools.available(missing), pools.depleted(missing)]).toEqual([0, false]);
  });
}

/**
 * Queues: `fqid` is a scheduled one of `channel`, which nothing else serves; `missing` one that there is not. `moment`
 * lets what is due now happen.
 */
export function queuesContract(
  make: () => { queues: DpaaQueues; fqid: number; channel: number; missing: number; moment: () => Promise<void> },
): void {
  const frame = (w3: number): DpaaFrame => ({ w0: 0xff_0001, w1: 0x9000_0000, w2: 64, w3 });
  const room = (): DpaaDequeued => ({ ...frame(0), fqid: 0, contextAHi: 0, contextALo: 0, contextB: 0 });

  test('frames come out in order, as they were at their enqueue', () => {
    const { queues, fqid, channel } = make();
    const sent = frame(0);
    for (let i = 1; i <= 20; i++) {
      sent.w3 = i;
      expect(queues.enqueue(fqid, sent)).toBe('accepted');
    }
    const into = room();
    for (let i = 1; i <= 20; i++) expect([queues.dequeue(channel, into), into.w3, into.fqid]).toEqual([true, i, fqid]);
    expect(queues.dequeue(channel, into)).toBe(false);
  });

  test('whoever serves is told of what is there, and again after it has seen the channel empty', async () => {
    const { queues, fqid, channel, moment } = make();
    let told = 0;
    queues.enqueue(fqid, frame(1));
    const end = queues.serve(channel, () => told++);
    await moment();
    expect(told).toBe(1);
    queues.enqueue(fqid, frame(2));
    await moment();
    expect(told).toBe(1);
    const into = room();
    while (queues.dequeue(channel, into));
    queues.enqueue(fqid, frame(3));
    await moment();
    expect(told).toBe(2);
    while (queues.dequeue(channel, into));
    end();
    queues.enqueue(fqid, frame(4));
    await moment();
    expect(told).toBe(2);
  });

  test('whoever serves may dequeue and enqueue while it is told', async () => {
    const { queues, fqid, channel, moment } = make();
    const seen: number[] = [];
    const into = room();
    queues.dequeue(channel, into);
    queues.serve(channel, () => {
      while (queues.dequeue(channel, into)) {
        seen.push(into.w3);
        if (into.w3 < 5) queues.enqueue(fqid, frame(into.w3 + 1));
      }
    });
    queues.enqueue(fqid, frame(1));
    await moment();
    expect(seen).toEqual([1, 2, 3, 4, 5]);
  });

  test('a queue that is not there rejects with error', () => {
    const { queues, missing } = make();
    expect(queues.enqueue(missing, frame(1))).toBe('error');
  });
}
