import { afterEach, expect, test } from 'vitest';
import { labTree, treeOf } from '../../test/lab.js';
import { readGuardedRails } from '../abi/rails.js';
import { ms, s } from '../base/clock.js';
import type { Bench } from '../bench/bench.js';
import type { DtTree } from '../dt/tree.js';
import { settle } from '../host/settle.js';
import type { RailsRunning } from './activity-rails.js';
import { AudioHub } from './audio-hub.js';
import { buildMachine, powerOn } from './machine.js';
import { Player } from './player.js';
import { parseScenario } from './scenario.js';

const OPTIONS = { seed: '1', fault: [], set: [], param: [] };
const made: [Bench, Player][] = [];

afterEach(async () => {
  for (const [bench, player] of made.splice(0)) {
    player.end();
    expect([await bench.powerOff(), bench.clock.pending], 'left behind after the test').toEqual([[], 0]);
  }
});

async function machine(tree: DtTree): Promise<{ bench: Bench; player: Player }> {
  const bench = buildMachine(tree, OPTIONS, { settle });
  const player = new Player({ bench, audio: new AudioHub() });
  await powerOn(bench, OPTIONS);
  made.push([bench, player]);
  return { bench, player };
}

const railsOf = (player: Player): RailsRunning => player.running.get('rails') as RailsRunning;

/** One monitor of which each reading takes a conversion. */
const slowTree = (): DtTree =>
  treeOf(`/ { #address-cells = <1>; #size-cells = <1>;
    i2c@1000 { compatible = "bringup,sim-i2c"; reg = <0x1000 0x1000>; #address-cells = <1>; #size-cells = <0>;
      power@40 { compatible = "ti,ina3221"; reg = <0x40>; ti,single-shot; }; }; };`);

test('what it reads is what the hwmon files say, every 100 ms from its start on', async () => {
  const { bench, player } = await machine(labTree());
  player.act('start rails');
  player.act('set power-sensor@40:load3Ma=2500');
  await bench.run(s(1));
  const { latest, history, keys, gaps, missed } = railsOf(player);
  const files = await bench.drive('reading', s(1), () => readGuardedRails(bench.core));
  expect(latest?.rails.map(({ label, millivolts, milliamperes }) => [label, millivolts, milliamperes])).toEqual(
    files.map(({ label, millivolts, milliamperes }) => [
      label,
      ...[millivolts, milliamperes].map((one) => ('value' in one ? one.value : one.error)),
    ]),
  );
  expect(keys.length).toBe(6);
  expect([history.rows, history.columns, gaps, missed]).toEqual([11, 18, [], 0]);
  const { times, columns } = history.read(0, s(2), 100);
  const begin = times[0] as number;
  expect([...times].map((t) => (t - begin) / ms(100))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  // VDD_CPU through 1 mOhm: 40 mA a step of the chip. 0.9 V is 896 or 904 mV there.
  expect([columns[6]?.at(-1), columns[7]?.at(-1)]).toEqual([904, 2520]);
});

test('a rail that cannot be read is a gap with the kernel’s word; the others go on', async () => {
  const { bench, player } = await machine(labTree());
  player.act('start rails every=10ms');
  await bench.run(ms(100));
  const at = bench.clock.now();
  player.act('fault i2c.transfer@0x40=nack-address');
  await bench.run(ms(50));
  player.act('clear');
  await bench.run(ms(50));
  const { gaps, latest } = railsOf(player);
  const inGap = gaps.filter(({ rail }) => rail === 0);
  expect(inGap).toEqual([{ rail: 0, from: at + ms(10), to: at + ms(50), words: 'mV ENXIO, mA ENXIO' }]);
  expect(gaps.map(({ rail }) => rail)).toEqual([0, 1, 2]);
  const { columns } = railsOf(player).history.read(at + ms(20), at + ms(40), 100);
  expect(columns[0]?.at(-1)).toBe(Number.NaN);
  expect(columns[9]?.at(-1)).toBe(3304);
  expect(latest?.rails.map(({ millivolts }) => typeof millivolts).slice(0, 3)).toEqual(['number', 'number', 'number']);
});

test('readings that take longer than their time do not pile up', async () => {
  const { bench, player } = await machine(slowTree());
  player.act('start rails every=1ms');
  await bench.run(ms(500));
  const { history, missed } = railsOf(player);
  expect(history.rows).toBeGreaterThan(3);
  expect(history.rows + missed).toBeGreaterThan(495);
  expect(history.rows).toBeLessThan(40);
});

test('it ends in the middle of a reading, and nothing is left', async () => {
  const { bench, player } = await machine(slowTree());
  player.act('start rails every=1ms');
  await bench.run(ms(1));
  const rows = railsOf(player).history.rows;
  const running = railsOf(player);
  player.act('stop rails');
  await bench.run(ms(200));
  expect(running.history.rows).toBe(rows);
});

test('who listens changes nothing on the board', async () => {
  const traces: string[][] = [];
  for (const listens of [false, true]) {
    const { bench, player } = await machine(labTree());
    const lines: string[] = [];
    bench.trace.attach((event) => lines.push(JSON.stringify(event)));
    player.act('start rails every=10ms');
    if (listens) railsOf(player).onRow((t) => expect(t).toBeGreaterThan(0));
    await bench.run(ms(200));
    traces.push(lines);
  }
  expect(traces[0]?.length).toBeGreaterThan(100);
  expect(traces[1]).toEqual(traces[0]);
});

test('a scenario that starts it is the same run again', async () => {
  const one = await machine(labTree());
  one.player.act('start rails every=20ms');
  await one.bench.run(ms(50));
  one.player.act('set power-sensor@41:bus1Mv=3000');
  await one.bench.run(ms(50));
  const other = await machine(labTree());
  other.player.queue(parseScenario(one.player.text).steps);
  await other.player.run(one.bench.clock.now() - other.bench.clock.now());
  expect(railsOf(other.player).history.save()).toEqual(railsOf(one.player).history.save());
});

test.each([
  ['start rails every=2', 'every=2: it has no unit; write 2s or 2ms (units: ns, us, ms, s, m); write every=100ms, say'],
  ['start rails every=1us', 'every=1us: it is from 1 ms to 60 s; write every=100ms, say'],
  ['start rails often=yes', 'start rails: it has no often; write every=100ms, say'],
])('%s is refused', async (action, message) => {
  const { player } = await machine(labTree());
  expect(() => player.act(action)).toThrow(message);
  expect([player.running.size, player.text]).toEqual([0, '']);
});

test('a board without power monitor says so', async () => {
  const { player } = await machine(treeOf('/ { };'));
  expect(player.offers.find(({ name }) => name === 'rails')?.hindrance).toBe(
    'no power monitor is bound (kinds known here: ti,ina3221)',
  );
});

test('a limit that is written is the driver’s, and raises its alarm', async () => {
  const { bench, player } = await machine(labTree());
  player.act('start rails every=10ms');
  player.act('write power-sensor@40:curr2_max=800');
  await bench.run(ms(200));
  const [, rail] = railsOf(player).latest?.rails ?? [];
  expect([rail?.label, rail?.max, rail?.maxAlarm, rail?.critAlarm]).toEqual(['VDD_5V_SYS', 800, true, false]);
  player.act('set power-sensor@40:load2Ma=500');
  await bench.run(ms(200));
  expect(railsOf(player).latest?.rails[1]?.maxAlarm).toBe(false);
  expect(player.refused).toEqual([]);
});

test('a write that the bus refuses is told with the kernel’s word', async () => {
  const { bench, player } = await machine(labTree());
  player.act('fault i2c.transfer@0x40=nack-data');
  player.act('write power-sensor@40:curr2_max=800');
  await bench.run(ms(20));
  player.act('clear');
  expect(player.refused).toMatchObject([{ file: 'curr2_max', value: 800, error: 'EREMOTEIO' }]);
});

test.each([
  ['write power-sensor@40:curr9_max=1', 'write power-sensor@40:curr9_max=1: curr9_max cannot be written; there are '],
  ['write power-sensor@40:in1_input=1', 'in1_input cannot be written'],
  ['write gpio@74:curr1_max=1', 'no hwmon device at /soc@10000000/i2c@10001000/gpio@74; there is /soc@10000000/'],
])('%s is refused', async (action, message) => {
  const { player } = await machine(labTree());
  expect(() => player.act(action)).toThrow(message);
});
