import { afterEach, expect, test } from 'vitest';
import { labTree } from '../../test/lab.js';
import { ms } from '../base/clock.js';
import type { Bench } from '../bench/bench.js';
import { settle } from '../host/settle.js';
import { AudioHub } from './audio-hub.js';
import { buildMachine, powerOn } from './machine.js';
import { Player } from './player.js';

const made: [Bench, Player][] = [];

afterEach(async () => {
  for (const [bench, player] of made.splice(0)) {
    player.end();
    expect(await bench.powerOff(), 'left behind after the test').toEqual([]);
  }
});

async function lab(): Promise<{ bench: Bench; player: Player; stateOf: (name: string) => string | undefined }> {
  const options = { seed: '1', fault: [], set: [], param: [] };
  const bench = buildMachine(labTree(), options, { settle });
  const player = new Player({ bench, audio: new AudioHub() });
  await powerOn(bench, options);
  made.push([bench, player]);
  return { bench, player, stateOf: (name) => bench.core.devices.find((dev) => dev.name === name)?.state.kind };
}

test('a device is probed again while its bus is broken, and once more when it is whole', async () => {
  const { bench, player, stateOf } = await lab();
  const kinds: string[] = [];
  bench.trace.attach(({ where, kind }) => {
    if (where.endsWith('power-sensor@41') && /^(?:un)?bound$|^failed$/.test(kind)) kinds.push(kind);
  });
  player.act('fault i2c.transfer@0x41=timeout');
  player.act('rebind power-sensor@41');
  expect(stateOf('0-0041')).toBe('bound');
  await bench.run(ms(500));
  expect(stateOf('0-0041')).toBe('failed');
  player.act('clear');
  player.act('rebind /soc@10000000/i2c@10001000/power-sensor@41');
  await bench.run(ms(500));
  expect(stateOf('0-0041')).toBe('bound');
  expect(kinds).toEqual(['unbound', 'failed', 'bound']);
});

test.each([
  ['rebind nobody', 'rebind nobody: no node is called nobody; write a path of the tree, an alias or a label'],
  ['rebind input@2', 'rebind input@2: 2 nodes are called input@2; write a path of the tree, an alias or a label'],
  ['rebind cpu@0', 'rebind cpu@0: the node has no device; choose one of the list of devices'],
])('%s is refused', async (action, message) => {
  const { player } = await lab();
  expect(() => player.act(action)).toThrow(message);
});
