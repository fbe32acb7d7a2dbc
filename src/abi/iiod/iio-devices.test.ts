import { expect, test } from 'vitest';
import { captureRig } from '../../../test/iio-rig.js';
import { serverOf, Talk } from '../../../test/iiod-talk.js';
import { ms, s } from '../../base/clock.js';
import { iioDevices } from './iio-devices.js';

test('the machine’s devices and triggers are there, each the same as long as it is there', async () => {
  const { bench, unbind } = await captureRig(2);
  const devices = iioDevices(bench.core);
  const first = devices();
  expect(first.map(({ id, open }) => [id, open !== undefined])).toEqual([
    ['iio:device0', true],
    ['trigger0', false],
  ]);
  expect(devices().every((device, at) => device === first[at])).toBe(true);
  await unbind();
  expect(devices().map(({ id }) => id)).toEqual(['trigger0']);
});

test('clients with masks of their own get the device’s scans, each its channels', async () => {
  const { bench, indio } = await captureRig(3);
  const server = serverOf(iioDevices(bench.core));
  const [first, last] = [new Talk(server), new Talk(server)];
  expect(await first.say('OPEN iio:device0 2 00000001\r\n')).toBe('0\n');
  expect(await last.say('OPEN iio:device0 2 0000000c\r\n')).toBe('0\n');
  const reading = [first.say('READBUF iio:device0 4\r\n'), last.say('READBUF iio:device0 32\r\n')];
  await Promise.all(reading);
  await bench.run(ms(20));
  const time = (at: number): string => Buffer.from(new BigUint64Array([BigInt(ms(at))]).buffer).toString('latin1');
  const pad = '\0'.repeat(6);
  expect(first.heard).toBe('0\n4\n00000001\n\0\x00\0\x10');
  expect(last.heard).toBe(`0\n32\n0000000c\n\0\x02${pad}${time(10)}\0\x12${pad}${time(20)}`);
  await bench.drive('leaving', s(1), async () => {
    await Promise.all([first.leave(), last.leave()]);
  });
  expect([indio.activeScan, server.bufferBytes]).toEqual([[], 0]);
});

test('a buffer without trigger is refused, a trigger is set by name, and waits end by virtual time', async () => {
  const { bench, write } = await captureRig(1);
  await write('trigger/current_trigger', '\n');
  const server = serverOf(iioDevices(bench.core));
  const talk = new Talk(server);
  expect(await talk.say('OPEN iio:device0 2 00000001\r\n')).toBe('-22\n');
  expect(await talk.say('SETTRIG iio:device0 timer0\r\nGETTRIG iio:device0\r\n')).toBe('0\n6\ntimer0\n');
  expect(await talk.say('TIMEOUT 15\r\nOPEN iio:device0 2 00000001\r\nREADBUF iio:device0 4\r\n')).toBe('0\n0\n');
  await bench.run(ms(15));
  expect(talk.heard.endsWith('\n0\n-110\n')).toBe(true);
  await bench.drive('leaving', s(1), () => talk.leave());
});

test('a driver that is taken off ends the wait of a client with ENODEV', async () => {
  const { bench, unbind } = await captureRig(1);
  const talk = new Talk(serverOf(iioDevices(bench.core)));
  await talk.say('OPEN iio:device0 9 00000001\r\nREADBUF iio:device0 18\r\n');
  await unbind();
  expect(await talk.say('READBUF iio:device0 18\r\n')).toBe('-19\n');
  expect(talk.heard).toBe('0\n-19\n-19\n');
  await bench.drive('leaving', s(1), () => talk.leave());
});
