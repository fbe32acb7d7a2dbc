import { expect, test } from 'vitest';
import { ms, s } from '../base/clock.js';
import type { AudioBlock } from '../chips/qdsp6/qdsp6.js';
import { labTree, treeOf } from '../../test/lab.js';
import { stockBoard } from '../../test/stock-board.js';
import type { ToneState } from './activity-tone.js';
import { levelAt, TONE_RATE, toneSamples } from './tone-samples.js';

const DSP = 'remoteproc@10300000';

function stateOf(running: ReadonlyMap<string, { readonly state: unknown }>): ToneState {
  return running.get('tone')?.state as ToneState;
}

test('a tone plays on the first port until it is stopped, and nothing is left of it', async () => {
  const { bench, player, audio } = await stockBoard(labTree());
  const heard: AudioBlock[] = [];
  audio.join((block) => void heard.push({ ...block, bytes: block.bytes.slice() }));
  player.act('start tone');
  await bench.run(s(1));
  const { is, port, session, streams, error, underruns, played } = stateOf(player.running);
  expect({ is, port, session, streams, error, underruns }).toEqual({
    ...{ is: 'plays', port: 'PRIMARY_MI2S_RX', session: 1, streams: 1, error: undefined, underruns: 0 },
  });
  // All but what lies in the buffer of 80 ms, and the opening.
  expect(played).toBeGreaterThan(TONE_RATE * 0.85);
  const bytes = Buffer.concat(heard.map((block) => block.bytes));
  expect(bytes.equals(toneSamples(440, 0, bytes.length / 4))).toBe(true);
  player.act('stop tone');
  await bench.run(ms(10));
  heard.length = 0;
  await bench.run(ms(100));
  expect(heard).toEqual([]);
  expect(bench.dmaMappings.filter(({ dev }) => dev.endsWith(DSP))).toEqual([]);
});

test("when the DSP dies the stream ends with its driver's error, and another begins behind the restart", async () => {
  const { bench, player } = await stockBoard(labTree());
  player.act('start tone hz=1000');
  await bench.run(ms(500));
  player.act(`set ${DSP}:crash=1`);
  await bench.run(ms(100));
  expect(stateOf(player.running)).toMatchObject({ is: 'waits for the services', streams: 1, port: '' });
  expect(stateOf(player.running).error).toMatch(/ECONNRESET|ENODEV/);
  const before = stateOf(player.running).played;
  await bench.run(s(1));
  expect(stateOf(player.running)).toMatchObject({ is: 'plays', streams: 2, port: 'PRIMARY_MI2S_RX' });
  expect(stateOf(player.running).played).toBeGreaterThan(before);
});

test('a DSP that does not let it play says why, and is not asked again until other services are there', async () => {
  const { bench, player } = await stockBoard(labTree());
  player.act(`set ${DSP}:noCopp=1`);
  player.act('start tone');
  await bench.run(s(1));
  expect(stateOf(player.running)).toMatchObject({ is: 'waits for the services', streams: 0 });
  expect(stateOf(player.running).error).toContain('COPP');
  player.act(`set ${DSP}:noCopp=0`);
  player.act(`set ${DSP}:crash=2`);
  await bench.run(s(1));
  expect(stateOf(player.running)).toMatchObject({ is: 'plays', streams: 1 });
});

test('the power may go while it plays, while it opens and while it waits', async () => {
  for (const wait of [0, ms(1), ms(500)]) {
    const { bench, player } = await stockBoard(labTree());
    player.act('start tone');
    await bench.run(wait);
    expect(await bench.powerOff()).toEqual([]);
  }
});

test('it can be stopped and started in one moment', async () => {
  const { bench, player } = await stockBoard(labTree());
  for (let i = 0; i < 5; i++) {
    player.act('start tone');
    player.act('stop tone');
  }
  player.act('start tone');
  await bench.run(s(1));
  expect(stateOf(player.running)).toMatchObject({ is: 'plays', streams: 1 });
});

test.each([
  ['start tone hz=5', 'write one from 20 to 20000'],
  ['start tone hz=loud', 'hz is a whole number'],
  ['start tone port=HDMI_RX', 'there are: PRIMARY_MI2S_RX'],
  ['start tone level=3', 'it has no level; there are hz, port'],
])('%s is refused', async (action, words) => {
  const { player } = await stockBoard(labTree());
  expect(() => player.act(action)).toThrow(words);
});

test('a machine without DSP says so', async () => {
  const { player } = await stockBoard(treeOf('/ { };'));
  expect(player.offers.find(({ name }) => name === 'tone')?.hindrance).toBe('this machine has no audio DSP');
});

test('the tone is a sine, and rises from -40 dBFS to -3 dBFS in half a swell', () => {
  const db = (level: number): number => 20 * Math.log10(level);
  expect(db(levelAt(0, 0))).toBeCloseTo(-40, 1);
  expect(db(levelAt(2 * TONE_RATE, 0))).toBeCloseTo(-3, 1);
  expect(levelAt(4 * TONE_RATE, 0)).toBe(levelAt(0, 0));
  const samples = new Int16Array(toneSamples(440, 2 * TONE_RATE, 4800).buffer);
  for (let frame = 0; frame < 4800; frame += 7) {
    const exact = Math.sin((2 * Math.PI * 440 * frame) / TONE_RATE) * levelAt(2 * TONE_RATE + frame, 0) * 0x7fff;
    expect(Math.abs((samples[2 * frame] as number) - exact)).toBeLessThan(1.1);
  }
});
