// Two ports in trouble that lasts: cables that are pulled, ports that are stopped while they are busy, rings that stand
// still, memory that is out for a while. In the end every buffer is where it belongs, and traffic goes on.
import { expect, test } from 'vitest';
import { ms, s, us } from '../../src/base/clock.js';
import { isErrno } from '../../src/base/errno.js';
import { audit, ethtoolValue, inPools } from '../dpaa-accounts.js';
import type { SkBuff } from '../../src/core/skbuff.js';
import type { DpaaPair } from '../dpaa-machine.js';
import { dpaaPair } from '../dpaa-pair.js';
import { plainBytes } from '../dpaa-sweep.js';
import { balance, FRAMES, nearRefill, trial } from '../dpaa-traffic.js';

const FMAN = '/soc@10000000/fman@18a00000';
const QMAN = '/soc@10000000/qman@18880000';
const BMAN = '/soc@10000000/bman@18890000';

async function opened(): Promise<DpaaPair> {
  const pair = await dpaaPair({ maxFrame: 9600, bufferBytes: 2048 });
  await pair.open();
  return pair;
}

/** Hands over `count` packets of 1514 bytes, every other one in pieces; answers how many were taken. */
function burst(pair: DpaaPair, count: number): number {
  const bytes = plainBytes(pair, 1, 1514);
  let taken = 0;
  for (let i = 0; i < count; i++) {
    const skb = i % 2 === 0 ? pair.packet(bytes, 1514) : pair.packet(bytes, 66, [448, 1000]);
    if (pair.sides[0].net.xmit(skb)) taken++;
    else skb.kfree();
  }
  return taken;
}

const came = (pair: DpaaPair): number => pair.sides[1].received.splice(0).length;

async function goesOn(pair: DpaaPair): Promise<void> {
  const { wrong, came: arrived } = await trial(pair);
  expect([wrong, arrived]).toEqual([[], FRAMES]);
  pair.release();
}

test('a cable that is pulled takes what is on it; the link goes and comes, and traffic with it', async () => {
  const pair = await opened();
  const { bench, sides } = pair;
  let onCable = 0;
  bench.trace.attach((e) => {
    if (e.kind === 'ethernet_frame' && e.state === 'no link') onCable++;
  });
  bench.setKnob(FMAN, 'paced', 1);
  expect(burst(pair, 20)).toBe(20);
  // A frame takes 12.3 us.
  await bench.run(us(65));
  bench.ethernet(sides[0].mac).plug(undefined);
  await bench.run(ms(1));
  const arrived = came(pair);
  expect(arrived).toBeGreaterThan(4);
  expect(arrived + onCable).toBe(20);
  expect(audit(pair)).toEqual([]);
  await bench.run(s(2));
  expect([sides[0].net.carrier, sides[1].net.carrier, burst(pair, 1)]).toEqual([false, false, 0]);
  bench.ethernet(sides[1].mac).plug({ speed: 1000, fullDuplex: true });
  await bench.run(s(2));
  bench.setKnob(FMAN, 'paced', 0);
  await goesOn(pair);
});

test('a sender that is stopped while it is busy sends what it has taken', async () => {
  const pair = await opened();
  const { bench, sides } = pair;
  bench.setKnob(FMAN, 'paced', 1);
  expect(burst(pair, 60)).toBe(60);
  await bench.run(us(30));
  await bench.drive('stop', s(10), () => sides[0].net.stop());
  expect([came(pair), audit(pair), burst(pair, 1)]).toEqual([60, [], 0]);
  bench.setKnob(FMAN, 'paced', 0);
  await bench.drive('open', s(10), () => sides[0].net.open());
  await goesOn(pair);
});

test('a receiver that is stopped while frames come has them or has not taken them', async () => {
  const pair = await opened();
  const { bench, sides } = pair;
  bench.setKnob(FMAN, 'paced', 1);
  const before = balance(pair);
  const stopped = sides[1].net.stop();
  stopped.catch(() => undefined);
  // 200 ms of frames, and more.
  for (let i = 0; i < 25; i++) {
    burst(pair, 100);
    await bench.run(ms(10));
  }
  await bench.run(ms(100));
  await stopped;
  const after = balance(pair);
  expect(after.taken - before.taken).toBe(after.delivered - before.delivered);
  expect(after.sent - before.sent).toBe(2500);
  expect(after.delivered).toBeGreaterThan(1000);
  expect(after.delivered).toBeLessThan(2500);
  expect([came(pair), audit(pair)]).toEqual([after.delivered, []]);
  bench.setKnob(FMAN, 'paced', 0);
  await bench.drive('open', s(10), () => sides[1].net.open());
  await bench.run(s(2));
  await goesOn(pair);
});

test('a port that stays busy is told, and can be opened again', async () => {
  const pair = await opened();
  const { bench, sides } = pair;
  bench.setKnob(FMAN, 'stopBusyUs', 100_000);
  const error = await bench.drive('stop', s(10), () =>
    sides[0].net.stop().then(
      () => undefined,
      (e: unknown) => e,
    ),
  );
  expect(isErrno(error, 'ETIMEDOUT')).toBe(true);
  bench.setKnob(FMAN, 'stopBusyUs', 0);
  await bench.run(ms(200));
  await bench.drive('open', s(10), () => sides[0].net.open());
  await bench.run(s(2));
  await goesOn(pair);
});

test('frames that were still in the ring when their port stopped go out when it is opened', async () => {
  const pair = await opened();
  const { bench, sides } = pair;
  bench.setKnob(QMAN, 'stalledPortal', 0);
  expect(burst(pair, 5)).toBe(5);
  await bench.drive('stop', s(10), () => sides[0].net.stop());
  bench.setKnob(QMAN, 'stalledPortal', -1);
  expect([pair.qman.frames, came(pair)]).toEqual([5, 0]);
  await bench.drive('open', s(10), () => sides[0].net.open());
  await bench.run(s(2));
  expect([pair.qman.frames, came(pair), audit(pair)]).toEqual([0, 5, []]);
  await goesOn(pair);
});

test('frames that are still in queues when their interface goes are given back', async () => {
  const pair = await opened();
  const { bench, sides } = pair;
  bench.setKnob(QMAN, 'stalledPortal', 0);
  burst(pair, 5);
  await bench.drive('stop', s(10), () => sides[0].net.stop());
  bench.setKnob(QMAN, 'stalledPortal', -1);
  pair.release();
  expect([await bench.powerOff(), came(pair)]).toEqual([[], 0]);
});

test('an interface that goes while frames are everywhere leaves nothing behind', async () => {
  const pair = await opened();
  pair.bench.setKnob(FMAN, 'paced', 1);
  burst(pair, 300);
  await pair.bench.run(us(100));
  const { length } = pair.sides[1].received;
  pair.release();
  expect(await pair.bench.powerOff()).toEqual([]);
  expect([length > 0, length < 300]).toEqual([true, true]);
});

test('dpaa-L1: a full enqueue ring is an error of each packet that finds it full', async () => {
  const pair = await opened();
  const { bench, sides } = pair;
  bench.setKnob(QMAN, 'stalledPortal', 0);
  expect(burst(pair, 9)).toBe(9);
  bench.setKnob(QMAN, 'stalledPortal', -1);
  await bench.run(ms(1));
  const { txPackets, txErrors, txFifoErrors } = sides[0].net.getStats();
  // Seven of eight entries can be used (facts 5.2).
  expect([txPackets, txErrors, txFifoErrors, came(pair), audit(pair)]).toEqual([7, 2, 2, 7, []]);
  await goesOn(pair);
});

test('a release ring that stands still keeps seven batches; what does not go in is freed', async () => {
  const pair = await opened();
  const { bench } = pair;
  await nearRefill(pair);
  bench.setKnob(BMAN, 'stalledPortal', 0);
  const before = inPools(pair).length;
  const bytes = plainBytes(pair, 1, 5000);
  await pair.send(0, pair.packet(bytes, 66, [4000, 934]));
  // Seven batches of eight are in the ring; the table's buffer found it full. Five were taken out.
  expect([inPools(pair).length, audit(pair, { buffers: 56 })]).toEqual([before - 5, []]);
  bench.setKnob(BMAN, 'stalledPortal', -1);
  expect([inPools(pair).length, audit(pair), came(pair)]).toEqual([before - 5 + 56, [], 1]);
  await goesOn(pair);
});

test('dpaa-L46: memory that is out until the last buffer is used, and comes back: so does traffic', async () => {
  const pair = await opened();
  const { bench, sides } = pair;
  const bytes = plainBytes(pair, 1, 1000);
  const packets = Array.from({ length: 300 }, () => pair.packet(bytes, 1000));
  const held: SkBuff[] = [];
  const stack = sides[1].receive;
  sides[1].net.onReceive((skb) => held.push(skb) > 0);
  pair.zone.drain();
  bench.faults.add([{ where: 'dma.alloc', which: undefined, nth: 0, what: 'enomem' }]);
  for (const skb of packets) {
    sides[0].net.xmit(skb);
    await bench.run(us(100));
  }
  const { delivered, counted } = balance(pair);
  expect(delivered + (counted['discarded'] ?? 0)).toBe(300);
  expect([held.length, ethtoolValue(sides[1].net, 'bpool [TOTAL]')]).toEqual([delivered, 0]);
  bench.faults.clear();
  for (const skb of held) stack(skb);
  sides[1].net.onReceive(stack);
  expect(came(pair)).toBe(delivered);
  await bench.run(s(2));
  await goesOn(pair);
});
