import { afterEach, expect, test } from 'vitest';
import { labTree } from '../../../test/lab.js';
import { ms, s } from '../../base/clock.js';
import type { Bench } from '../../bench/bench.js';
import { FAULT_MENU } from '../../bus/fault-menu.js';
import { parseFaults } from '../../bus/fault-text.js';
import { settle } from '../../host/settle.js';
import { AudioHub } from '../../stock/audio-hub.js';
import { buildMachine, powerOn } from '../../stock/machine.js';
import { Player } from '../../stock/player.js';
import { TraceStore } from '../trace-store.js';
import type { View } from '../view.js';
import { faults, type FaultsState } from './faults.js';

const made: [Bench, Player, View][] = [];
const I2C = '/soc@10000000/i2c@10001000';

afterEach(async () => {
  for (const [bench, player, view] of made.splice(0)) {
    view.close?.();
    player.end();
    bench.faults.clear();
    expect(await bench.powerOff(), 'left behind after the test').toEqual([]);
  }
});

async function lab(...fault: string[]): Promise<{ bench: Bench; player: Player; view: View }> {
  const options = { seed: '1', fault, set: [], param: [] };
  const bench = buildMachine(labTree(), options, { settle });
  const audio = new AudioHub();
  const player = new Player({ bench, audio });
  const events = new TraceStore(bench.trace);
  await powerOn(bench, options);
  const view = faults.watch({ bench, player, audio, events, tree: 'lab.dtb' }, {});
  made.push([bench, player, view]);
  return { bench, player, view };
}

const stateOf = (view: View): FaultsState => view.state() as FaultsState;

test('every wire has a name that a plan takes, and at least one fault', async () => {
  const { view } = await lab();
  const { wires, text, plan, strikes } = stateOf(view);
  expect([text, plan, strikes]).toEqual(['', [], []]);
  for (const { where, which } of wires) {
    const places = FAULT_MENU.filter((place) => place.where === where || place.where.startsWith(where));
    expect(places.length, where).toBeGreaterThan(0);
    for (const place of places) {
      const written = `${place.where}${which === undefined ? '' : `@${which}`}#1=${place.whats[0]}`;
      const { points, diagnostics } = parseFaults(written);
      expect([points[0]?.which, diagnostics], written).toEqual([which, []]);
    }
  }
});

test('the wires are those of the board', async () => {
  const { view } = await lab();
  const { wires } = stateOf(view);
  const of = (kind: string): string[] => wires.filter((wire) => wire.kind === kind).map(({ which = '' }) => which);
  expect(of('i2c')).toEqual([I2C, `${I2C}:0x40`, `${I2C}:0x41`, `${I2C}:0x74`]);
  expect(of('ethernet')).toEqual(
    ['e0000', 'e2000'].flatMap((at) => ['out', 'in'].map((way) => `/soc@10000000/fman@18a00000/ethernet@${at}:${way}`)),
  );
  expect(of('rpmsg')).toEqual(['/soc@10000000/remoteproc@10300000/smd-edge:apr_audio_svc']);
  expect(of('mmio')).toContain('/soc@10000000/dsi@14014000');
  expect(of('irq')).toContain('/soc@10000000/interrupt-controller@13000000:irq0.162');
  expect(wires.find(({ which }) => which?.endsWith(':irq0.162'))?.about).toBe('10238000.mailbox');
  expect(of('event').filter((which) => which.includes('dsi@14014000'))).toContain('/soc@10000000/dsi@14014000:eof');
  expect(new Set(of('dpaa').map((which) => which.split('/').at(-1)?.split('@')[0]))).toContain('fman');
});

test('a fault at the next transfer: what the bus answered, and what the reader of the rails got', async () => {
  const { bench, player, view } = await lab();
  player.act('start rails');
  await bench.run(ms(50));
  player.act(`fault i2c.transfer@${I2C}:0x41#1=nack-address`);
  expect(stateOf(view).plan).toEqual([
    { text: `i2c.transfer@${I2C}:0x41#1=nack-address`, nth: 1, seen: 0, struck: 0, state: 'waits' },
  ]);
  await bench.run(ms(100));
  const { plan, strikes, text } = stateOf(view);
  expect(text).toBe(`i2c.transfer@${I2C}:0x41#1=nack-address`);
  expect(plan.map(({ state, struck }) => [state, struck])).toEqual([['done', 1]]);
  expect(strikes.length).toBe(1);
  const [strike] = strikes;
  expect(strike).toMatchObject({
    ...{ where: I2C, point: `i2c.transfer@${I2C}:0x41#1`, fault: 'nack-address', count: 1 },
    elsewhere: [],
    read: ['VDD_3V3_IO: mV ENXIO'],
  });
  expect(strike?.answer.map(({ where, text }) => [where, text])).toEqual([[I2C, 'i2c_result: a=041 ret=-6 (ENXIO)']]);
});

test('a probe that a fault made fail says so in the kernel’s words, also to who looks later', async () => {
  const { view } = await lab(`i2c.transfer@0x41#1=timeout`);
  const [strike] = stateOf(view).strikes;
  expect(strike?.answer.map(({ text }) => text)).toEqual([
    'i2c_result: a=041 ret=-110 (ETIMEDOUT)',
    expect.stringContaining('ina3221 0-0041: '),
    expect.stringContaining('failed: ina3221: '),
  ]);
});

test('one that strikes every time is told once, with how often', async () => {
  const { bench, player, view } = await lab();
  player.act('start rails every=10ms');
  player.act('fault i2c.transfer@0x40=nack-address');
  await bench.run(ms(300));
  player.act('clear');
  await bench.run(s(1));
  const { strikes, plan } = stateOf(view);
  expect(strikes.length).toBe(1);
  expect(strikes[0]?.count).toBe(plan[0]?.struck);
  expect(strikes[0]?.count).toBeGreaterThan(100);
  expect(plan[0]?.state).toBe('cleared');
  expect((strikes[0]?.until ?? 0) - (strikes[0]?.at ?? 0)).toBe(ms(300));
});

test('looking changes nothing, and says nothing twice', async () => {
  const { bench, view } = await lab();
  const pending = bench.clock.pending;
  view.state();
  expect([view.state(), bench.clock.pending, bench.faults.idle]).toEqual([undefined, pending, true]);
});
