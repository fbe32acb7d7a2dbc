import { afterEach, expect, test } from 'vitest';
import { labTree, treeOf } from '../../../test/lab.js';
import { ms, s } from '../../base/clock.js';
import { History } from '../../base/history.js';
import type { Bench } from '../../bench/bench.js';
import type { DtTree } from '../../dt/tree.js';
import { settle } from '../../host/settle.js';
import { AudioHub } from '../../stock/audio-hub.js';
import { buildMachine, powerOn } from '../../stock/machine.js';
import { Player } from '../../stock/player.js';
import { type Frame, readFrame } from '../frames.js';
import { TraceStore } from '../trace-store.js';
import type { View, ViewParts } from '../view.js';
import { power, type PowerState } from './power.js';
import { HISTORY_FRAME, ROWS_FRAME } from './power-frames.js';

const OPTIONS = { seed: '1', fault: [], set: [], param: [] };
const made: [Bench, Player, View][] = [];

afterEach(async () => {
  for (const [bench, player, view] of made.splice(0)) {
    view.close?.();
    player.end();
    expect(await bench.powerOff(), 'left behind after the test').toEqual([]);
  }
});

async function watched(tree: DtTree): Promise<{ bench: Bench; player: Player; view: View; parts: ViewParts }> {
  const bench = buildMachine(tree, OPTIONS, { settle });
  const audio = new AudioHub();
  const player = new Player({ bench, audio });
  const parts: ViewParts = { bench, player, audio, events: new TraceStore(bench.trace), tree: 'lab.dtb' };
  await powerOn(bench, OPTIONS);
  const view = power.watch(parts, {});
  made.push([bench, player, view]);
  return { bench, player, view, parts };
}

const stateOf = (view: View): PowerState => view.state() as PowerState;

function framesOf(view: View): Extract<Frame, { what: 'rows' }>[] {
  const frames: Extract<Frame, { what: 'rows' }>[] = [];
  view.frames?.((bytes) => {
    const frame = readFrame(bytes);
    if (frame?.what === 'rows') frames.push(frame);
  });
  return frames;
}

const numbers = (bytes: Uint8Array): Float64Array => new Float64Array(bytes.slice().buffer);

test('before anybody reads there are monitors and knobs, and no rails', async () => {
  const { bench, view } = await watched(labTree());
  const pending = bench.clock.pending;
  const { rails, monitors, reading, hindrance } = stateOf(view);
  expect([rails, reading, hindrance]).toEqual([[], undefined, undefined]);
  expect(monitors.map(({ path, state, bus, addr, device }) => [path, device, state, bus, addr])).toEqual([
    ['/soc@10000000/i2c@10001000/power-sensor@40', '0-0040', 'bound', '/soc@10000000/i2c@10001000', 0x40],
    ['/soc@10000000/i2c@10001000/power-sensor@41', '0-0041', 'bound', '/soc@10000000/i2c@10001000', 0x41],
  ]);
  expect(monitors[0]?.knobs.slice(0, 2)).toEqual([
    { name: 'bus1Mv', unit: 'mV', min: 0, max: 26_000, about: 'voltage of rail 1', value: 12_000 },
    {
      ...{ name: 'load1Ma', unit: 'mA', min: -100_000, max: 100_000, value: 1000 },
      about: 'current that rail 1 delivers; negative: it flows backwards',
    },
  ]);
  expect([view.state(), framesOf(view), bench.clock.pending]).toEqual([undefined, [], pending]);
});

test('a knob that is turned is seen in the next reading', async () => {
  const { bench, player, view } = await watched(labTree());
  player.act('start rails');
  player.act('set power-sensor@40:load2Ma=3000');
  await bench.run(ms(150));
  const { rails, total, reading, monitors } = stateOf(view);
  const rail = rails.find(({ label }) => label === 'VDD_5V_SYS');
  expect([rail?.millivolts, rail?.milliamperes, rail?.milliwatts]).toEqual([5000, 3000, 15_000]);
  // Its limit registers hold 0x7ff8 after a reset, 163.8 mV (datasheet, 8.6.2): through 10 mOhm.
  expect([rail?.max, rail?.crit, rail?.maxAlarm, rail?.critAlarm]).toEqual([16_380, 16_380, false, false]);
  expect(total).toMatchObject({ kind: 'input', rails: ['VDD_12V_IN'] });
  expect(reading).toEqual({ everyNs: ms(100), reads: 2, missed: 0 });
  expect(monitors[0]?.knobs.find(({ name }) => name === 'load2Ma')?.value).toBe(3000);
});

test('the history comes first, then the rows behind it', async () => {
  const { bench, player, view } = await watched(labTree());
  player.act('start rails');
  await bench.run(ms(250));
  view.state();
  const [first] = framesOf(view);
  expect(first?.which).toBe(HISTORY_FRAME);
  const history = History.load(numbers(first?.bytes as Uint8Array));
  expect([history.rows, history.columns]).toEqual([3, 18]);
  await bench.run(ms(200));
  const [second, ...others] = framesOf(view);
  expect([second?.which, others]).toEqual([ROWS_FRAME, []]);
  const rows = numbers(second?.bytes as Uint8Array);
  expect(rows.length).toBe(2 * 19);
  const begin = history.span?.from as number;
  expect([rows[0], rows[19]].map((t) => (t as number) - begin)).toEqual([ms(300), ms(400)]);
  // VDD_12V_IN: 12 V, 1 A.
  expect([...rows.subarray(1, 4)]).toEqual([12_000, 1000, 12_000]);
  expect(framesOf(view)).toEqual([]);
});

test('who comes later sees what was read before', async () => {
  const { bench, player, parts } = await watched(labTree());
  player.act('start rails');
  await bench.run(s(3));
  const late = power.watch(parts, {});
  expect(stateOf(late).reading?.reads).toBe(31);
  const [frame] = framesOf(late);
  expect(History.load(numbers(frame?.bytes as Uint8Array)).rows).toBe(31);
  late.close?.();
});

test('rails that cannot be read have the kernel’s word and a gap', async () => {
  const { bench, player, view } = await watched(labTree());
  player.act('start rails');
  await bench.run(ms(50));
  player.act('fault i2c.transfer@0x41=nack-address');
  await bench.run(ms(200));
  const { rails, gaps, keys } = stateOf(view);
  expect(rails.map(({ millivolts }) => millivolts)).toEqual([12_000, 5000, 904, 'ENXIO', 'ENXIO', 'ENODATA']);
  expect(gaps.map(({ rail, words }) => [keys[rail], words])).toEqual([
    ['/soc@10000000/i2c@10001000/power-sensor@41 1', 'mV ENXIO, mA ENXIO'],
    ['/soc@10000000/i2c@10001000/power-sensor@41 2', 'mV ENXIO, mA ENXIO'],
  ]);
});

test('a rail whose monitor is unbound stays in its place, without values', async () => {
  const { bench, player, view } = await watched(labTree());
  player.act('start rails');
  await bench.run(ms(50));
  player.act('fault i2c.transfer@0x41=timeout');
  player.act('rebind power-sensor@41');
  await bench.run(s(1));
  const { rails, gaps, monitors } = stateOf(view);
  expect(rails.map(({ label, millivolts }) => [label, millivolts]).slice(2, 5)).toEqual([
    ['VDD_CPU', 904],
    ['VDD_3V3_IO', 'ENODEV'],
    ['VDD_1V8_IO', 'ENODEV'],
  ]);
  expect(gaps.at(-1)?.words).toBe('its monitor is gone');
  expect(monitors[1]).toMatchObject({ state: 'failed', device: '0-0041' });
});

test('after the end of reading the last reading stays', async () => {
  const { bench, player, view } = await watched(labTree());
  player.act('start rails');
  await bench.run(ms(150));
  view.state();
  player.act('stop rails');
  const { rails, reading } = stateOf(view);
  expect([rails.length, reading]).toEqual([6, undefined]);
});

test('a tree without monitor says what is known here', async () => {
  const { view } = await watched(treeOf('/ { };'));
  expect(view.state()).toEqual({
    ...{ rails: [], keys: [], gaps: [], monitors: [] },
    hindrance: 'no power monitor is bound (kinds known here: ti,ina3221)',
  });
});
