// The services' drivers and the DSP, packet by packet: sound in is sound out, and whatever packet goes wrong, the
// playback ends in time with a named error or none, nothing is left, and the next one plays.
import { expect, test } from 'vitest';
import { ms, s } from '../../src/base/clock.js';
import { Random } from '../../src/base/random.js';
import { Bench, type BenchParts } from '../../src/bench/bench.js';
import { FaultPlan } from '../../src/bus/fault-plan.js';
import { parseFaults } from '../../src/bus/fault-text.js';
import { openPlayback } from '../../src/drivers/qcom-apr/pcm.js';
import { settle } from '../../src/host/settle.js';
import { aprParts, DSP, Listener, playThrough, servicesUp } from '../apr-machine.js';

const FORMAT = { rate: 8000, channels: 1, bits: 16 };
const CD = { rate: 48_000, channels: 2, bits: 16 };
/** Five periods and a bit. */
const SAMPLES = bytes(8000 * 2 * 0.11);
/** The longest time-out of a service is 5 s (facts D7), the grace of a stream as much; several may follow. */
const LIMIT = s(60);

function bytes(length: number, seed = 'sound'): Uint8Array {
  const random = new Random(seed);
  return Uint8Array.from({ length: Math.floor(length / 2) * 2 }, () => random.below(256));
}

interface Machine {
  readonly bench: Bench;
  readonly ear: Listener;
}

async function machine(parts: Partial<BenchParts> = {}): Promise<Machine> {
  const ear = new Listener();
  const bench = new Bench({ ...aprParts({ onAudio: ear.listen }), settle, ...parts });
  await bench.powerOn();
  await servicesUp(bench);
  return { bench, ear };
}

/** Plays with something wrong, then without; answers what the first said. */
async function playTwice({ bench, ear }: Machine, spoil: (bench: Bench) => void): Promise<string> {
  spoil(bench);
  const said = await bench.drive('the first', LIMIT, () => playThrough(bench, SAMPLES, FORMAT));
  const first = Buffer.from(ear.take());
  const otherwise = said === undefined && !first.equals(SAMPLES);
  bench.faults.clear();
  await bench.run(s(1)); // a processor that died comes up again
  await servicesUp(bench);
  ear.take();
  const then = await bench.drive('the second', LIMIT, () => playThrough(bench, SAMPLES, FORMAT));
  if (then !== undefined) return `the next one does not play: ${then.message}`;
  if (!Buffer.from(ear.take()).equals(SAMPLES)) return 'the next one is heard otherwise';
  const left = await bench.powerOff();
  if (left.length > 0) return `left behind: ${left.join(', ')}`;
  const wrong = bench.dmaFindings.filter(({ by }) => by === 'driver');
  if (wrong.length > 0) return `memory: ${wrong[0]?.text}`;
  if (otherwise) return OTHERWISE;
  return said === undefined ? 'ok' : `ok, ${said.code}`;
}

/** Packets of a whole playback, each way. */
async function packets(): Promise<{ sent: number; delivered: number }> {
  const counts = { sent: 0, delivered: 0 };
  const { bench } = await machine();
  const stop = bench.trace.attach(({ kind }) => {
    if (kind === 'rpmsg_send') counts.sent++;
    else if (kind === 'rpmsg_deliver') counts.delivered++;
  });
  await bench.drive('counting', LIMIT, () => playThrough(bench, SAMPLES, FORMAT));
  stop();
  expect(await bench.powerOff()).toEqual([]);
  return counts;
}

const COUNTS = await packets();

test('a playback has packets both ways', () => {
  expect(COUNTS.sent).toBeGreaterThan(15);
  expect(COUNTS.delivered).toBeGreaterThan(15);
});

const PLACES = [
  ['rpmsg.send', 'refuse', COUNTS.sent],
  ['rpmsg.send', 'drop', COUNTS.sent],
  ['rpmsg.send', 'duplicate', COUNTS.sent],
  ['rpmsg.send', 'delay', COUNTS.sent],
  ['rpmsg.send', 'truncate', COUNTS.sent],
  ['rpmsg.deliver', 'drop', COUNTS.delivered],
  ['rpmsg.deliver', 'duplicate', COUNTS.delivered],
  ['rpmsg.deliver', 'delay', COUNTS.delivered],
  ['rpmsg.deliver', 'truncate', COUNTS.delivered],
] as const;

/** A buffer that the DSP gets twice, or behind the next one, or too late, is heard so: no answer tells the driver. */
const HEARD_SO = new Set(['duplicate', 'delay']);
const OTHERWISE = 'ended well, and was heard otherwise';

test.each(PLACES)('%s=%s, each packet of a playback in turn', async (place, what, count) => {
  const results = new Map<string, number[]>();
  for (let nth = 1; nth <= count; nth++) {
    const { points, diagnostics } = parseFaults(`${place}#${nth}=${what}`);
    expect(diagnostics).toEqual([]);
    const one = await machine({ faults: (trace) => new FaultPlan([], trace) });
    const result = await playTwice(one, (bench) => bench.faults.add(points));
    results.set(result, [...(results.get(result) ?? []), nth]);
  }
  const wrong = [...results].filter(([result]) => !result.startsWith('ok') && result !== OTHERWISE);
  expect(wrong).toEqual([]);
  if (!HEARD_SO.has(what)) expect(results.get(OTHERWISE)).toBe(undefined);
});

test('the DSP crashes at each packet of a playback in turn', async () => {
  const results = new Map<string, number[]>();
  for (let nth = 1; nth <= COUNTS.sent; nth++) {
    const one = await machine();
    const result = await playTwice(one, (bench) => bench.setKnob(DSP, 'crashAtPacket', nth));
    results.set(result, [...(results.get(result) ?? []), nth]);
  }
  expect([...results].filter(([result]) => !result.startsWith('ok'))).toEqual([]);
});

test('the audio domain of the DSP restarts in the middle', async () => {
  const one = await machine();
  const result = await playTwice(one, (bench) => {
    bench.clock.after(ms(50), () => bench.setKnob(DSP, 'pdRestart', 1));
  });
  expect(result).toMatch(/^ok/);
});

test.each([
  { rate: 8000, channels: 1, bits: 16, frames: 8001 },
  { rate: 11_025, channels: 2, bits: 24, frames: 1 },
  { rate: 44_100, channels: 2, bits: 16, frames: 4411 },
  { rate: 48_000, channels: 1, bits: 24, frames: 960 },
  { rate: 48_000, channels: 6, bits: 16, frames: 3 * 960 },
  { rate: 96_000, channels: 8, bits: 32, frames: 1921 },
  { rate: 192_000, channels: 2, bits: 24, frames: 19_201 },
])('sound in is sound out: $rate Hz, $channels channels, $bits bits, $frames frames', async (format) => {
  const { bench, ear } = await machine();
  const samples = bytes(format.frames * format.channels * (format.bits === 16 ? 2 : 4));
  // 24 bits lie in the lower part of 32, with their sign.
  if (format.bits === 24)
    for (let at = 3; at < samples.length; at += 4) samples[at] = (samples[at - 1] as number) >= 128 ? 255 : 0;
  expect(await bench.drive('playing', LIMIT, () => playThrough(bench, samples, format))).toBe(undefined);
  expect(Buffer.from(ear.take()).equals(samples)).toBe(true);
  expect(await bench.powerOff()).toEqual([]);
});

test('the same over GLINK, whose buffers are few', async () => {
  const ear = new Listener();
  const bench = new Bench({ ...aprParts({ onAudio: ear.listen }, 'glink'), settle });
  await bench.powerOn();
  await servicesUp(bench);
  const samples = bytes(48_000);
  expect(await bench.drive('playing', LIMIT, () => playThrough(bench, samples, CD))).toBe(undefined);
  expect(Buffer.from(ear.take()).equals(samples)).toBe(true);
  expect(await bench.powerOff()).toEqual([]);
});

test('two streams on one port are added, and cut where the sum does not fit', async () => {
  const { bench, ear } = await machine();
  const format = { rate: 48_000, channels: 2, bits: 16 };
  const [a, b] = [bytes(48_000, 'a'), bytes(30_000, 'b')];
  const said = await bench.drive('playing', LIMIT, () =>
    Promise.all([playThrough(bench, a, format), playThrough(bench, b, format)]),
  );
  expect(said).toEqual([undefined, undefined]);
  const heard = ear.take();
  const at = (sound: Uint8Array, n: number) =>
    n < 0 || 2 * n >= sound.length ? 0 : Buffer.from(sound).readInt16LE(2 * n);
  // Both begin within one millisecond: where, the sums tell.
  const shift = Array.from({ length: 200 }, (_, n) => n - 100).find((n) =>
    [0, 1, 2, 3, 1000, 9000].every((k) => {
      const sum = at(a, k) + at(b, k - 2 * n);
      return at(heard, k) === Math.max(-32_768, Math.min(32_767, sum));
    }),
  );
  expect(shift).toBeDefined();
  expect(await bench.powerOff()).toEqual([]);
});

/** 20 ms of that, as the driver divides its buffer. */
const PERIOD = 3840;

test.each([1, 4, 5])('an end on the border of a period, behind %i of them', async (periods) => {
  const { bench, ear } = await machine();
  const samples = bytes(periods * PERIOD);
  expect(await bench.drive('playing', LIMIT, () => playThrough(bench, samples, CD))).toBe(undefined);
  expect(Buffer.from(ear.take()).equals(samples)).toBe(true);
  expect(await bench.powerOff()).toEqual([]);
});

test('a pause holds on and loses nothing; a flush drops what was not heard', async () => {
  const { bench, ear } = await machine();
  const samples = bytes(48_000 * 4);
  await bench.drive('pausing', LIMIT, async () => {
    const stream = await openPlayback(bench.core, CD);
    const writing = stream.write(samples);
    await bench.clock.sleep(ms(205));
    await stream.pause();
    await bench.clock.sleep(s(3));
    await stream.resume();
    await writing;
    await stream.drain();
    await stream.close();
  });
  expect(Buffer.from(ear.take()).equals(samples)).toBe(true);
  await bench.drive('flushing', LIMIT, async () => {
    const stream = await openPlayback(bench.core, CD);
    await stream.write(samples.subarray(0, 4 * PERIOD));
    await bench.clock.sleep(ms(30));
    await stream.flush();
    await stream.write(samples.subarray(0, PERIOD));
    await stream.drain();
    await stream.close();
  });
  const heard = Buffer.from(ear.take());
  expect(heard.length).toBeLessThan(5 * PERIOD);
  expect(heard.subarray(-PERIOD).equals(samples.subarray(0, PERIOD))).toBe(true);
  expect(await bench.powerOff()).toEqual([]);
  expect(bench.dmaFindings).toEqual([]);
});
