// PCM streams on a scripted DSP: what is written is played, in order and to the last byte, and nothing is left behind.
import { expect, test } from 'vitest';
import type { FakeDsp } from '../../../test/apr-fake-dsp.js';
import { q6Rig, type Q6Rig } from '../../../test/q6-rig.js';
import { ms, s } from '../../base/clock.js';
import { Random } from '../../base/random.js';
import { openCapture, openPlayback } from './pcm.js';
import type { PcmPlayback } from './pcm-playback.js';

const CD = { rate: 48_000, channels: 2, bits: 16 };
/** 20 ms of that. */
const PERIOD = 3840;
const ramp = (length: number): Uint8Array => Uint8Array.from({ length }, (_, at) => (at * 7 + (at >> 8)) & 0xff);
const heard = (dsp: FakeDsp): Buffer => Buffer.from(dsp.heard);
const held = ({ started, copps, handles, sessions }: FakeDsp): number[] => {
  return [started.size, copps.size, handles.size, sessions.size];
};

async function opened(rig: Q6Rig, spec: Parameters<typeof openPlayback>[1] = CD): Promise<PcmPlayback> {
  const stream = await rig.run(openPlayback(rig.bench.core, spec));
  if (typeof stream === 'string') throw new Error(stream);
  return stream;
}

/** Plays in chunks that fit nothing, and closes. */
async function play(stream: PcmPlayback, samples: Uint8Array, chunk = samples.length): Promise<void> {
  for (let at = 0; at < samples.length; at += chunk) await stream.write(samples.subarray(at, at + chunk));
  await stream.drain();
  await stream.close();
}

test('what is written is played to the last byte, and then nothing is left', async () => {
  const rig = await q6Rig();
  const { dsp } = rig;
  dsp.opcodes();
  const samples = ramp(48_000 * 4 + 36);
  const stream = await opened(rig);
  await rig.run(play(stream, samples));
  expect([stream.played, stream.underruns, stream.state]).toEqual([samples.length, 0, 'closed']);
  expect(heard(dsp).equals(samples)).toBe(true);
  expect(held(dsp)).toEqual([0, 0, 0, 0]);
  const sent = dsp.opcodes();
  // The order of facts 5.5.
  const open = ['100f3', '100ef', '100e5', '10d92', '10db3', '10326', '10325', '10d98', '10daa', '10dab'];
  expect(sent.slice(0, 10)).toEqual(open);
  expect(sent.slice(-6)).toEqual(['10bdb', '10bcd', '10d94', '10327', '100e6', '100f3']);
  expect(rig.bench.dmaFindings).toEqual([]);
});

test.each([
  ['mono at 8 kHz', { rate: 8000, channels: 1, bits: 16 }, 8001 * 2, 1],
  ['24 bits at 192 kHz', { rate: 192_000, channels: 2, bits: 24 }, 19_200 * 8 + 8, 1000],
  ['one frame', CD, 4, 4],
  ['one byte less than a period', CD, PERIOD - 1, PERIOD],
  ['just a period', CD, PERIOD, 7],
  ['just the buffer', CD, 4 * PERIOD, PERIOD],
  ['one frame more than the buffer', CD, 4 * PERIOD + 4, 333],
])('%s', async (_, format, length, chunk) => {
  const rig = await q6Rig();
  const stream = await opened(rig, format);
  const samples = ramp(length);
  await rig.run(play(stream, samples, chunk));
  expect(heard(rig.dsp).equals(samples)).toBe(true);
  expect([stream.underruns, ...held(rig.dsp)]).toEqual([0, 0, 0, 0, 0]);
});

test('more periods than wait for room are given one after the other, and EOS comes behind them', async () => {
  const rig = await q6Rig();
  const stream = await opened(rig, { ...CD, periodBytes: 40, periods: 200 });
  const samples = ramp(40 * 200 + 20);
  await rig.run(play(stream, samples));
  expect(heard(rig.dsp).equals(samples)).toBe(true);
  expect([stream.underruns, ...held(rig.dsp)]).toEqual([0, 0, 0, 0, 0]);
});

test('nothing written, nothing run', async () => {
  const rig = await q6Rig();
  const stream = await opened(rig);
  rig.dsp.got.length = 0;
  await rig.run(play(stream, new Uint8Array()));
  expect(rig.dsp.opcodes()).toEqual(['10bcd', '10d94', '10327', '100e6', '100f3']);
});

test('writing waits while the buffer is full, and takes as long as it sounds', async () => {
  const rig = await q6Rig();
  const { bench } = rig;
  const stream = await opened(rig);
  let written = 0;
  const work = (async () => {
    for (let nth = 0; nth < 10; nth++) {
      await stream.write(ramp(PERIOD));
      written++;
    }
  })();
  await bench.run(ms(10));
  expect(written).toBe(4);
  await bench.run(ms(20));
  expect(written).toBe(5);
  const from = bench.clock.now();
  await rig.run(work);
  expect(bench.clock.now() - from).toBe(ms(90)); // the sixth period of the buffer is free after 120 ms
  await rig.run(stream.close());
});

test('the DSP has all periods that are filled (apr-L62)', async () => {
  const rig = await q6Rig();
  const stream = await opened(rig);
  await rig.run(stream.write(ramp(4 * PERIOD)));
  await rig.bench.run(ms(1));
  expect(rig.dsp.got.filter(({ opcode }) => opcode === 0x10dab)).toHaveLength(4);
  await rig.run(stream.close());
});

test('a stream that is late is counted, and goes on', async () => {
  const rig = await q6Rig();
  const stream = await opened(rig);
  await rig.run(stream.write(ramp(PERIOD)));
  await rig.run(stream.start());
  await rig.bench.run(ms(100));
  expect(stream.underruns).toBe(1);
  await rig.run(play(stream, ramp(2 * PERIOD)));
  expect([stream.underruns, rig.dsp.heard.length]).toEqual([1, 3 * PERIOD]);
});

test('a pause holds, and resuming goes on where it was; time does not run out meanwhile', async () => {
  const rig = await q6Rig();
  const { bench, dsp } = rig;
  const stream = await opened(rig);
  const samples = ramp(20 * PERIOD);
  const work = rig.run(play(stream, samples));
  await bench.clock.settle();
  const paused = (async () => {
    await bench.clock.sleep(ms(50));
    await stream.pause();
    const length = dsp.heard.length;
    await bench.clock.sleep(s(60));
    expect([stream.state, dsp.heard.length]).toEqual(['paused', length]);
    await expect(stream.pause()).rejects.toThrow('a paused stream does not pause (EINVAL)');
    await stream.resume();
  })();
  await work;
  await paused;
  expect(heard(dsp).equals(samples)).toBe(true);
  expect(stream.underruns).toBe(0);
});

test('a flush drops what was not played, and what is written next is heard next', async () => {
  const rig = await q6Rig();
  const { bench, dsp } = rig;
  const stream = await opened(rig);
  await rig.run(stream.write(ramp(4 * PERIOD + 100)));
  await bench.run(ms(25));
  await rig.run(stream.flush());
  expect([stream.state, dsp.heard.length]).toEqual(['prepared', 2 * PERIOD]);
  const next = ramp(3 * PERIOD + 8);
  await rig.run(play(stream, next));
  expect(
    heard(dsp)
      .subarray(2 * PERIOD)
      .equals(next),
  ).toBe(true);
});

test('a stream goes on after it was drained, and nothing is written before its end (apr-L63)', async () => {
  const rig = await q6Rig();
  const { dsp } = rig;
  const stream = await opened(rig);
  dsp.got.length = 0;
  const both = Promise.all([
    (async () => {
      await stream.write(ramp(PERIOD));
      await stream.drain();
    })(),
    stream.write(ramp(PERIOD)).then(() => stream.drain()),
  ]);
  await rig.run(both);
  await rig.run(play(stream, ramp(40)));
  const data = dsp.opcodes().filter((opcode) => ['10dab', '10bdb'].includes(opcode));
  expect(data.join(' ')).toMatch(/^10dab( 10dab)? 10bdb/);
  expect(dsp.heard.length).toBe(2 * PERIOD + 40);
});

test('what is left of a stream is as long as it is (apr-L64)', async () => {
  const rig = await q6Rig();
  const stream = await opened(rig);
  await rig.run(play(stream, ramp(PERIOD + 12)));
  const writes = rig.dsp.got.filter(({ opcode }) => opcode === 0x10dab);
  expect(writes.map(({ payload }) => payload.getUint32(12, true))).toEqual([PERIOD, 12]);
});

test('two streams share a port, which is started and stopped once (apr-L60)', async () => {
  const rig = await q6Rig();
  const { dsp } = rig;
  dsp.got.length = 0;
  const [first, second] = [await opened(rig), await opened(rig)];
  expect([first.session, second.session, dsp.copps.size, rig.services.adm.copps[0]?.users]).toEqual([1, 2, 1, 2]);
  const both = await rig.run(Promise.all([play(first, ramp(PERIOD)), play(second, ramp(9 * PERIOD))]));
  expect(both).toEqual([undefined, undefined]);
  const sent = dsp.opcodes();
  for (const once of ['100e5', '100e6', '10326', '10327']) expect(sent.filter((one) => one === once)).toHaveLength(1);
  expect(dsp.heard.length).toBe(10 * PERIOD);
  expect(held(dsp)).toEqual([0, 0, 0, 0]);
});

test('what is recorded is read period by period, in order', async () => {
  const rig = await q6Rig();
  const { bench, dsp } = rig;
  dsp.got.length = 0;
  const periods: Uint8Array[] = [];
  await rig.run(
    (async () => {
      const stream = await openCapture(bench.core, CD);
      for (let nth = 0; nth < 10; nth++) periods.push(await stream.read());
      expect([stream.overruns, stream.port.name]).toEqual([0, 'TERTIARY_MI2S_TX']);
      await stream.close();
    })(),
  );
  expect(Buffer.concat(periods).equals(Uint8Array.from({ length: 10 * PERIOD }, (_, at) => at & 0xff))).toBe(true);
  const sent = dsp.opcodes();
  const begin = ['100f3', '100ef', '100e5', '10d92', '10db4', '10326', '10325', '10c10'];
  expect(sent.slice(0, 13)).toEqual([...begin, '10dac', '10dac', '10dac', '10dac', '10daa']);
  expect(held(dsp)).toEqual([0, 0, 0, 0]);
});

test('a recording that nobody reads is counted, held and resumed', async () => {
  const rig = await q6Rig();
  const { bench } = rig;
  const stream = await rig.run(openCapture(bench.core, CD));
  if (typeof stream === 'string') throw new Error(stream);
  await rig.run(stream.start());
  await bench.run(ms(30));
  await rig.run(stream.pause());
  await rig.run(stream.resume());
  await bench.run(s(1));
  expect([stream.overruns, stream.state]).toEqual([1, 'running']);
  expect(((await rig.run(stream.read())) as Uint8Array).length).toBe(PERIOD);
  await rig.run(stream.close());
  expect(await rig.run(stream.read())).toContain('the stream is closed (EBADF)');
});

test.each([
  [{ ...CD, bits: 20 }, '20 bits; there are 16, 24 and 32 (EINVAL)'],
  [{ ...CD, channels: 7 }, '7 channels; there are 1 to 6, and 8 (EINVAL)'],
  [{ ...CD, channels: 0 }, '0 channels'],
  [{ ...CD, rate: 4000 }, '4000 Hz; there are 8000 to 384000 (EINVAL)'],
  [{ ...CD, periodBytes: 6 }, 'periods of 6 bytes; a frame has 4 (EINVAL)'],
  [{ ...CD, periods: 1 }, '1 periods (EINVAL)'],
  [{ ...CD, port: 'TERTIARY_MI2S_TX' }, 'TERTIARY_MI2S_TX is for capture (EINVAL)'],
  [{ ...CD, port: 'NOWHERE' }, 'no port NOWHERE; the board has TERTIARY_MI2S_RX (EINVAL)'],
  [{ ...CD, channels: 4 }, '4 channels need more data lines than 0 (EINVAL)'],
])('what cannot be is refused in words, and leaves nothing: %j', async (spec, why) => {
  const rig = await q6Rig();
  expect(await rig.run(openPlayback(rig.bench.core, spec))).toContain(why);
  expect([rig.services.asm.clients.size, rig.services.routing.running.length, ...held(rig.dsp)]).toEqual([
    0, 0, 0, 0, 0, 0,
  ]);
});

test('a machine without DSP cannot play', async () => {
  const rig = await q6Rig();
  rig.dsp.crash();
  expect(await rig.run(openPlayback(rig.bench.core, CD))).toMatch(/ECONNRESET|ENODEV/);
});

test('who cannot wait for a DSP gets none, who can waits for one that starts again', async () => {
  const rig = await q6Rig();
  const { bench, dsp } = rig;
  dsp.crash();
  await bench.run(ms(1));
  expect(await rig.run(openPlayback(bench.core, CD))).toBe('pcm: no DSP has AFE, ADM and ASM (ENODEV)');
  expect(await rig.run(openPlayback(bench.core, { ...CD, within: ms(20) }))).toContain('ASM within 0.02 s (ENODEV)');
  await rig.run(play(await opened(rig, { ...CD, within: s(1) }), ramp(40)));
  expect(dsp.heard).toHaveLength(40);
});

test('a DSP that is silent in the middle is a time-out with a name', async () => {
  const rig = await q6Rig();
  const { dsp, bench } = rig;
  dsp.on(0x10dab, 'silent');
  const stream = await opened(rig);
  const from = bench.clock.now();
  const said = await rig.run(stream.write(ramp(40 * PERIOD)));
  expect(said).toContain('PCM on session 1: a free period did not come within 5.08 s (ETIMEDOUT)');
  expect(bench.clock.now() - from).toBe(ms(5080));
  await rig.run(stream.close());
  expect(held(dsp)).toEqual([0, 0, 0, 0]);
});

test('a stream that is closed while it drains ends at once', async () => {
  const rig = await q6Rig();
  const stream = await opened(rig);
  const from = rig.bench.clock.now();
  const work = rig.run(
    Promise.all([
      stream.write(ramp(3 * PERIOD)).then(() => stream.drain()),
      rig.bench.clock.sleep(ms(10)).then(() => stream.close()),
    ]),
  );
  expect(await work).toContain('ASM EOS on session 1: given up (ECANCELED)');
  await rig.run(stream.close());
  expect(rig.bench.clock.now() - from).toBe(ms(10));
  expect(await rig.run(stream.write(ramp(1)))).toContain('the stream is closed (EBADF)');
  expect(held(rig.dsp)).toEqual([0, 0, 0, 0]);
  await rig.run(play(await opened(rig), ramp(50)));
});

/** What a program does with a stream, from a seed: what it writes must be heard, but for what a flush drops. */
async function wander(rig: Q6Rig, random: Random): Promise<void> {
  const { bench, dsp } = rig;
  const frames = 1 + random.below(300);
  const spec = { ...CD, periodBytes: 4 * frames, periods: 2 + random.below(6) };
  const stream = await openPlayback(bench.core, spec);
  let written: number[] = [];
  for (let step = 0; step < 12; step++) {
    const what = random.below(10);
    if (what < 6 && stream.state !== 'paused') {
      const samples = random.bytes(random.below(3 * spec.periodBytes));
      written.push(...samples);
      await stream.write(samples);
    } else if (what === 6 && stream.state === 'running') await stream.pause();
    else if (what === 7 && stream.state === 'paused') await stream.resume();
    else if (what === 8 && stream.state !== 'paused') await stream.drain();
    else if (what === 9 && random.chance(0.3)) {
      await stream.flush();
      const start = written.slice(0, dsp.heard.length);
      expect(Buffer.from(dsp.heard).equals(Buffer.from(start))).toBe(true);
      written = [...start];
    } else await bench.clock.sleep(random.below(ms(30)));
  }
  if (stream.state === 'paused') await stream.resume();
  await stream.drain();
  await stream.close();
  expect(Buffer.from(dsp.heard).equals(Buffer.from(written))).toBe(true);
}

test('whatever a program does in whatever order, what it wrote is heard', { timeout: 60_000 }, async () => {
  for (let seed = 0; seed < 60; seed++) {
    const rig = await q6Rig();
    expect([seed, await rig.run(wander(rig, new Random(`pcm ${seed}`)))]).toEqual([seed, undefined]);
    expect([seed, held(rig.dsp), rig.bench.dmaFindings]).toEqual([seed, [0, 0, 0, 0], []]);
    expect(await rig.bench.powerOff()).toEqual([]);
  }
});
