import { expect, test } from 'vitest';
import { ms, s } from '../base/clock.js';
import type { TraceEvent } from '../base/trace.js';
import type { Bench } from '../bench/bench.js';
import type { VideoFrame } from '../bus/video.js';
import { settle } from '../host/settle.js';
import { labTree } from '../../test/lab.js';
import type { FlipsState } from './activity-flips.js';
import { AudioHub } from './audio-hub.js';
import { flipParts } from './flip-picture.js';
import { buildMachine, powerOn } from './machine.js';
import { Player } from './player.js';

/** The lab board and somebody who does things to it. */
async function lab(fault: readonly string[] = []): Promise<{ bench: Bench; player: Player }> {
  const options = { seed: '1', fault, set: [], param: [] };
  const bench = buildMachine(labTree(), options, { settle });
  await powerOn(bench, options);
  return { bench, player: new Player({ bench, audio: new AudioHub() }) };
}

const stateOf = (player: Player): FlipsState => player.running.get('flips')?.state as FlipsState;

test('a second of flips shows a picture in each of 60 frames of the panel, none torn; nothing is left', async () => {
  const { bench, player } = await lab();
  const frames: VideoFrame[] = [];
  const mappings = bench.dmaMappings.length;
  player.act('start flips');
  await bench.run(ms(50));
  const before = stateOf(player).shown;
  const stop = bench.onFrame((frame) => frames.push(frame));
  await bench.run(ms(100));
  stop();
  await bench.run(ms(900));
  expect(stateOf(player).shown - before).toBe(60);
  // By then the first frame, which is on its way while the display comes up, and two more have gone out.
  const parts = frames.map((frame) => flipParts(frame, [0, 1, 2, 3, 4, 5, 6, 7]).map(({ picture }) => picture));
  expect(parts).toEqual([[2], [3], [4], [5], [6]]);
  expect(stateOf(player)).toMatchObject({
    output: 'DSI-1',
    width: 720,
    height: 1280,
    every: 1,
    errors: 0,
    ended: false,
  });
  player.act('stop flips');
  await bench.run(ms(50));
  expect([bench.dmaMappings.length, bench.dmaFindings]).toEqual([mappings, []]);
  player.act('start flips every=4');
  await bench.run(s(1));
  expect(stateOf(player).shown).toBe(15);
  player.end();
  expect(await bench.powerOff()).toEqual([]);
});

test('power that goes in the midst of it leaves nothing, told or not', async () => {
  for (const told of [true, false]) {
    const { bench, player } = await lab();
    player.act('start flips every=3');
    await bench.run(ms(123));
    if (told) player.end();
    expect(await bench.powerOff()).toEqual([]);
    await bench.run(s(20));
    expect([bench.leaks(), bench.dmaFindings]).toEqual([[], []]);
  }
});

test.each(['event.fire@14016000.mutex:stream_eof0#5=lost', 'mmio.write@14008000.ovl#40=lost', 'dma.alloc#4=enomem'])(
  '%s does not end the board, and nothing is left',
  async (fault) => {
    const { bench, player } = await lab();
    player.act('start flips');
    await bench.run(ms(60));
    expect(() => player.act(`fault ${fault}`)).not.toThrow();
    await bench.run(s(12));
    player.act('stop flips');
    await bench.run(s(12));
    expect(await bench.powerOff()).toEqual([]);
  },
);

test('what it cannot do it says, and nothing has happened', async () => {
  const { bench, player } = await lab();
  expect(() => player.act('start flips output=DP-1')).toThrow('there is no such output; there are DSI-1');
  expect(() => player.act('start flips every=0')).toThrow('this is no number of frames');
  expect(() => player.act('start flips colour=red')).toThrow('it has no colour');
  player.act('start flips');
  await bench.run(ms(20));
  expect(player.offers.find(({ name }) => name === 'flips')?.hindrance).toBe('DSI-1 is on already');
  player.end();
  expect(await bench.powerOff()).toEqual([]);
});

test('the same scenario gives the same trace, in one piece or in many, looked at or not', async () => {
  const run = async (piece: number, looks: boolean, fault = ''): Promise<string> => {
    const { bench, player } = await lab();
    const events: TraceEvent[] = [];
    bench.trace.attach((event) => events.push(event));
    const steps = [
      { at: ms(15), action: 'start flips every=2' },
      ...(fault === '' ? [] : [{ at: ms(40), action: `fault ${fault}` }]),
      { at: ms(200), action: 'stop flips' },
    ];
    const stop = looks ? bench.onFrame(() => undefined) : undefined;
    player.queue(steps);
    for (let left = ms(300); left > 0; left -= piece) await player.run(Math.min(piece, left));
    stop?.();
    player.end();
    expect(await bench.powerOff()).toEqual([]);
    return JSON.stringify(events);
  };
  expect(await run(ms(7), false)).toBe(await run(ms(300), false));
  expect(await run(ms(300), true)).toBe(await run(ms(300), false));
  const lost = 'mmio.write@14008000.ovl=lost';
  expect(await run(ms(300), true, lost)).toBe(await run(ms(300), false, lost));
}, 60_000);
