// Two ports, and each operation of drivers and chips failing once: nothing is lost or given back twice, every frame is
// accounted for, and traffic goes on.
import { expect, test } from 'vitest';
import type { Losses } from '../dpaa-accounts.js';
import type { DpaaPair } from '../dpaa-machine.js';
import { dpaaPair } from '../dpaa-pair.js';
import { BUFFERS, FRAMES, fqidsOf, nearRefill, trial } from '../dpaa-traffic.js';

/** All frames of an interface come to one queue, whose operations can be told. */
const HASHED = 0;

/** What a fault takes that nobody counts: frames, and what the books lack from then on. */
interface Toll extends Losses {
  readonly silent?: number;
  readonly doubled?: number;
}

interface Point {
  readonly where: string;
  readonly which?: string | undefined;
  readonly nth: number;
  readonly what: string;
}

/** One run with the fault, and one after it. */
async function strike(pair: DpaaPair, point: Point, toll: Toll | (() => Toll)): Promise<readonly string[] | undefined> {
  const { faults } = pair.bench;
  await nearRefill(pair);
  const before = faults.struck;
  faults.add([{ ...point, which: point.which }]);
  const now = (): Toll => (faults.struck > before ? (typeof toll === 'function' ? toll() : toll) : {});
  const first = await trial(pair, now);
  const struck = faults.struck > before;
  faults.clear();
  const second = await trial(pair, () => ({ ...now(), silent: 0, doubled: 0 }));
  const name = `${point.where}@${point.which ?? ''}#${point.nth}=${point.what}`;
  const findings = [
    ...first.wrong.map((text) => `${name}: ${text}`),
    ...second.wrong.map((text) => `after ${name}: ${text}`),
  ];
  if (second.came !== FRAMES) findings.push(`after ${name}: ${second.came} frames came`);
  return struck || findings.length > 0 ? findings : undefined;
}

/** The fault at the 1st, 2nd... operation until it strikes no more; each on a machine of its own if it takes a toll. */
async function everyNth(fault: Omit<Point, 'nth'>, toll?: (nth: number, pair: DpaaPair) => Toll | (() => Toll)) {
  const findings: string[] = [];
  let pair: DpaaPair | undefined;
  for (let nth = 1; ; nth++) {
    if (pair === undefined || toll !== undefined) {
      pair?.release();
      pair = await dpaaPair({ maxFrame: 9600, bufferBytes: 2048, quiet: toll === undefined, hashQueues: HASHED });
      await pair.open();
    }
    const found = await strike(pair, { ...fault, nth }, toll?.(nth, pair) ?? {});
    findings.push(...(found ?? []));
    if (found !== undefined && findings.length < 20) continue;
    pair.release();
    return { strikes: nth - 1, findings };
  }
}

test.each([
  // Pages for 112 buffers and for what is sent.
  ['dma.alloc', 'enomem', 6],
  // 112 buffers, the frames' pieces, five tables.
  ['dma.map', 'enomem', 140],
  ['bman.acquire', 'empty', 10],
  ['ethernet.frame', 'damaged', 10],
  ['irq.deliver', 'lost', 5],
  ['irq.deliver', 'late', 5],
  ['irq.deliver', 'spurious', 5],
])('%s ending in %s, each time it is done', async (where, what, least) => {
  const { strikes, findings } = await everyNth({ where, what });
  expect(findings.slice(0, 5)).toEqual([]);
  expect(strikes).toBeGreaterThanOrEqual(least);
});

test.each([
  ['lost', { silent: 1 }],
  ['doubled', { doubled: 1 }],
])('a frame that is %s on the cable', async (what, toll) => {
  const { strikes, findings } = await everyNth({ where: 'ethernet.frame', what }, () => toll);
  expect([findings.slice(0, 5), strikes]).toEqual([[], 10]);
});

const buffersOf = (nth: number): number => BUFFERS[nth - 1] ?? 0;

test.each([
  ['qman.enqueue', 'reject', 'Tx', () => ({})],
  ['qman.enqueue', 'lost', 'Tx', () => ({ silent: 1, frames: 1 })],
  ['qman.dequeue', 'lost', 'Tx', () => ({ silent: 1, frames: 1 })],
  ['qman.enqueue', 'reject', 'Rx default', () => ({})],
  ['qman.enqueue', 'lost', 'Rx default', (nth: number) => ({ silent: 1, buffers: buffersOf(nth) })],
  ['qman.dequeue', 'lost', 'Rx default', (nth: number) => ({ silent: 1, buffers: buffersOf(nth) })],
  ['qman.enqueue', 'reject', 'Tx confirmation (mq)', () => ({ frames: 1 })],
  ['qman.enqueue', 'lost', 'Tx confirmation (mq)', () => ({ frames: 1 })],
  ['qman.dequeue', 'lost', 'Tx confirmation (mq)', () => ({ frames: 1 })],
])('%s %s at a queue "%s"', async (where, what, queue, toll) => {
  for (const side of [0, 1] as const) {
    const pair = await dpaaPair({ hashQueues: HASHED });
    const which = `0x${(await fqidsOf(pair, side))[queue]?.toString(16)}`;
    const { strikes, findings } = await everyNth({ where, which, what }, toll);
    expect([findings.slice(0, 5), strikes]).toEqual([[], FRAMES / 2]);
  }
});

test('buffers that are lost on their way to the pool', async () => {
  const { strikes, findings } = await everyNth({ where: 'bman.release', what: 'lost' }, (_, { bench }) => {
    let [last, lost] = [0, 0];
    bench.trace.attach((e) => {
      if (e.kind === 'bman_release') last = e.count;
      if (e.kind === 'fault') lost = last;
    });
    return () => ({ buffers: lost });
  });
  expect(findings.slice(0, 5)).toEqual([]);
  // Seven batches of eight on each side, and a table's buffer.
  expect(strikes).toBe(16);
});
