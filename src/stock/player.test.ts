// What scenarios do to the lab board.
import { expect, test } from 'vitest';
import { labTree } from '../../test/lab.js';
import { ms } from '../base/clock.js';
import { settle } from '../host/settle.js';
import { AudioHub } from './audio-hub.js';
import { buildMachine, powerOn } from './machine.js';
import { Player } from './player.js';
import { parseScenario } from './scenario.js';

const SENSOR = '/soc@10000000/i2c@10001000/power-sensor@40';

async function labPlayer(): Promise<Player> {
  const options = { seed: '1', fault: [], param: [], set: [] };
  const bench = buildMachine(labTree(), options, { settle });
  await powerOn(bench, options);
  return new Player({ bench, audio: new AudioHub() });
}

test('steps happen at their moments, and what a person did is written down among them', async () => {
  const player = await labPlayer();
  const { bench } = player;
  player.queue(parseScenario(`300ms set ${SENSOR}:load1Ma=250\n500ms fault i2c.transfer@0x40#2=timeout`).steps);
  await player.run(ms(400) - bench.clock.now());
  const knob = bench.sockets.get(SENSOR)?.knobs.get('load1Ma');
  expect(knob?.get()).toBe(250);
  player.act('set power-sensor@40:load1Ma=-4.5');
  await player.run(ms(200));
  expect([knob?.get(), bench.clock.now(), bench.faults.text]).toEqual([-4.5, ms(600), 'i2c.transfer@0x40#2=timeout']);
  expect(player.text).toBe(`300ms set ${SENSOR}:load1Ma=250
400ms set power-sensor@40:load1Ma=-4.5
500ms fault i2c.transfer@0x40#2=timeout`);
  expect(await bench.powerOff()).toEqual([]);
});

test.each([
  ['fly', "'fly': this is no action; write set DEVICE:KNOB=VALUE, write "],
  ['set', "set '': this is no setting; write DEVICE:KNOB=VALUE"],
  ['set nowhere:load1Ma=1', 'set nowhere:load1Ma=1: no node is called nowhere; write a path of the tree'],
  ['set power-sensor@40:wings=1', `set power-sensor@40:wings=1: ${SENSOR}: `],
  ['set power-sensor@40:load1Ma=1e99', 'set power-sensor@40:load1Ma=1e99: this is no setting; '],
  ['fault', 'fault : the plan is empty; write WHERE@WHICH#NTH=WHAT'],
  ['fault i2c.transfer=explode', "fault i2c.transfer=explode: i2c.transfer cannot end in 'explode"],
  ['start', 'start : there is no such activity; there are '],
  ['start flying', 'start flying: there is no such activity; there are '],
  ['stop flying', 'stop flying: it does not run; there run none'],
])('%s is refused in one line, and nothing has happened', async (action, told) => {
  const player = await labPlayer();
  let message = '';
  try {
    player.act(action);
  } catch (e) {
    message = e instanceof Error ? `${e.name} ${e.message}` : '';
  }
  expect(message.slice(0, 11 + told.length)).toBe(`InputError ${told}`);
  expect([message.includes('\n'), player.text, player.bench.faults.text]).toEqual([false, '', '']);
  await player.bench.powerOff();
});
