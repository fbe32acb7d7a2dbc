// A driver on a real bus: the bench is live, and nothing in the driver knows of it.
import { expect, test } from 'vitest';
import { readRails } from '../../src/abi/rails.js';
import { ms, s } from '../../src/base/clock.js';
import type { TraceEvent } from '../../src/base/trace.js';
import { Bench } from '../../src/bench/bench.js';
import { ina3221Chip } from '../../src/chips/ina3221/ina3221.js';
import { ina3221 } from '../../src/drivers/ina3221/ina3221.js';
import { LiveTime } from '../../src/host/live.js';
import { onLiveTime } from '../../src/host/live-i2c.js';
import { settle } from '../../src/host/settle.js';
import { treeOf } from '../lab.js';
import { Ticks } from '../ticks.js';
import { World } from '../world.js';

const TREE = `/ { i2c@1 { compatible = "x,i2c"; #address-cells = <1>; #size-cells = <0>;
  power@40 { compatible = "ti,ina3221"; reg = <0x40>; }; }; };`;

function liveBench() {
  const time = new Ticks();
  const world = new World(time);
  const live = new LiveTime(time);
  const bus = onLiveTime(world.bus, live);
  const parts = { tree: treeOf(TREE), drivers: [ina3221], chips: [ina3221Chip()], settle };
  const bench = new Bench({ ...parts, realI2c: () => bus, pace: live.pace });
  return { time, world, live, bench };
}

test('the driver binds to a chip of the world, waits for its conversion in real time, and reads it', async () => {
  const { time, world, live, bench } = liveBench();
  world.turn('bus1Mv', 12_000);
  const transfers: TraceEvent[] = [];
  bench.trace.attach((event) => {
    if (event.kind === 'i2c_result') transfers.push(event);
  });
  await bench.powerOn();
  expect(bench.report().map(({ path, state }) => [path, state])).toEqual([
    ['/i2c@1', 'bound'],
    ['/i2c@1/power@40', 'bound'],
  ]);
  expect([...bench.sockets.keys()]).toEqual([]); // no model where the wires are real
  // A conversion of three channels takes 6.6 ms (datasheet); the driver must not have looked earlier.
  expect(time.nowNs()).toBeGreaterThan(ms(6.6));
  expect(transfers[0]?.t).toBe(ms(0.5)); // the trace tells real moments
  world.turn('load1Ma', -2000);
  await live.run(bench, new AbortController().signal, time.nowNs() + ms(20));
  const [rail] = await bench.drive('reading', s(1), () => readRails(bench.core));
  expect([rail?.millivolts, rail?.milliamperes]).toEqual([{ value: 12_000 }, { value: -2000 }]);
  expect(await bench.powerOff()).toEqual([]);
});

test('a chip that is pulled reads ENXIO, and reads again when it is back', async () => {
  const { world, bench } = liveBench();
  await bench.powerOn();
  const read = async () => {
    const [rail] = await bench.drive('reading', s(1), () => readRails(bench.core));
    return [rail?.millivolts, rail?.milliamperes];
  };
  world.pull();
  expect(await read()).toEqual([{ error: 'ENXIO' }, { error: 'ENXIO' }]);
  world.insert();
  expect(await read()).toEqual([{ value: 5000 }, { value: 1000 }]);
  world.pull();
  expect(await bench.powerOff()).toEqual([]);
});
