import { expect, test } from 'vitest';
import { ANSWERS_ZERO, type IioRig, iioRig } from '../../../test/iio-rig.js';
import { hex } from '../../base/bytes.js';
import { ms } from '../../base/clock.js';
import { SysError } from '../../base/errno.js';
import type { TraceEvent } from '../../base/trace.js';
import type { IioChanSpec, IioEventInfo, IioEventSpec } from './channel.js';
import { iioEventCode, type IioEventReader, type IioEvents } from './event.js';
import type { IioInfo } from './info.js';
import { iioInt, iioMicro } from './value.js';

const WARNING: IioEventSpec = { type: 'thresh', dir: 'rising', separate: ['en', 'value'] };
const CRITICAL: IioEventSpec = { ...WARNING, severity: 'critical' };
/** Shunt 1 of an INA3221: a difference with two limits. */
const SHUNT1: IioChanSpec = {
  ...{ type: 'voltage', channel: 1, channel2: 0, indexed: true, differential: true },
  events: [WARNING, CRITICAL],
};

const rigWith = (channels: readonly IioChanSpec[], info: Partial<IioInfo> = {}): Promise<IioRig> =>
  iioRig(() => ({ name: 'ina3221', channels, info: { ...ANSWERS_ZERO, ...info } }));
const eventsOf = ({ indio }: IioRig): IioEvents => indio.events as IioEvents;

test('an event is a number that says type, direction and channel, as programs take it apart', () => {
  // Facts ina3221 §5.5.3: shunt 1 over its limit.
  expect(iioEventCode(SHUNT1, WARNING)).toBe(0x0081_0000_0000_0001n);
  expect(iioEventCode(SHUNT1, CRITICAL)).toBe(0x0081_8000_0000_0001n);
  const temp: IioChanSpec = { type: 'temp', channel: 3, indexed: true };
  expect(iioEventCode(temp, { type: 'roc', dir: 'falling' })).toBe(0x0202_0009_0000_0003n);
  const accel: IioChanSpec = { type: 'accel', channel: 0, modifier: 'z' };
  expect(iioEventCode(accel, { type: 'mag_adaptive', dir: 'either' })).toBe(0x0400_0303_0000_0000n);
  expect(iioEventCode({ ...SHUNT1, channel: 5, channel2: 4 }, { type: 'change', dir: 'rising' })).toBe(
    0x0581_0000_0004_0005n,
  );
});

test('events have files in a directory of their own, two severities with names of their own', async () => {
  const infos: IioEventInfo[] = ['en', 'value', 'hysteresis', 'period'];
  const single: IioChanSpec = {
    ...{ type: 'voltage', channel: 0, indexed: true },
    events: [{ type: 'mag', dir: 'falling', separate: infos }],
  };
  const rig = await rigWith([SHUNT1, single], { eventAttributes: [{ name: 'own', mode: 0o444 }] });
  const dir = rig.indio.sysfs.dirs.get('events');
  expect([...(dir?.attributes ?? [])].map(([name, { mode }]) => `${name} ${mode.toString(8)}`)).toEqual([
    'own 444',
    'in_voltage1-voltage0_thresh_rising_en 644',
    'in_voltage1-voltage0_thresh_rising_value 644',
    'in_voltage1-voltage0_critical_thresh_rising_en 644',
    'in_voltage1-voltage0_critical_thresh_rising_value 644',
    'in_voltage0_mag_falling_en 644',
    'in_voltage0_mag_falling_value 644',
    'in_voltage0_mag_falling_hysteresis 644',
    'in_voltage0_mag_falling_period 644',
  ]);
  expect(await rig.read('current_timestamp_clock')).toBe('realtime\n');
});

test('two events of one type and direction on a channel are EBUSY', async () => {
  await expect(rigWith([{ ...SHUNT1, events: [WARNING, WARNING] }])).rejects.toMatchObject({ code: 'EBUSY' });
});

test('an event is switched with what the kernel takes for yes and no, and its limit has six decimals', async () => {
  const calls: unknown[] = [];
  const rig = await rigWith([SHUNT1], {
    readEventConfig: (_, event) => event.severity === 'critical',
    readEventValue: async (_, event, info) => (info === 'value' ? iioInt(4095) : iioMicro(0, event.separate.length)),
    writeEventConfig: ({ channel }, { severity }, on) => void calls.push([channel, severity, on]),
    writeEventValue: ({ channel }, { severity }, info, val, val2) =>
      void calls.push([channel, severity, info, val, val2]),
  });
  const file = (name: string): string => `events/in_voltage1-voltage0_${name}`;
  expect(await rig.read(file('thresh_rising_en'))).toBe('0\n');
  expect(await rig.read(file('critical_thresh_rising_en'))).toBe('1\n');
  expect(await rig.read(file('thresh_rising_value'))).toBe('4095\n');
  await rig.write(file('thresh_rising_en'), 'yes');
  await rig.write(file('critical_thresh_rising_en'), 'off\n');
  await rig.write(file('critical_thresh_rising_value'), '-1.5\n');
  await rig.write(file('thresh_rising_value'), '100\0');
  expect(calls).toEqual([
    [1, undefined, true],
    [1, 'critical', false],
    [1, 'critical', 'value', -1, 500_000],
    [1, undefined, 'value', 100, 0],
  ]);
  await expect(rig.write(file('thresh_rising_en'), '2')).rejects.toMatchObject({ code: 'EINVAL' });
  await expect(rig.write(file('thresh_rising_value'), '0x10')).rejects.toMatchObject({ code: 'EINVAL' });
});

test('what a driver does not answer is EINVAL, and its errors pass through', async () => {
  const rig = await rigWith([SHUNT1], {
    writeEventValue: () => {
      throw new SysError('ERANGE', 'too high');
    },
  });
  const file = (name: string): string => `events/in_voltage1-voltage0_thresh_rising_${name}`;
  await expect(rig.read(file('en'))).rejects.toMatchObject({ code: 'EINVAL' });
  await expect(rig.read(file('value'))).rejects.toMatchObject({ code: 'EINVAL' });
  await expect(rig.write(file('en'), '1')).rejects.toMatchObject({ code: 'EINVAL' });
  await expect(rig.write(file('value'), '1')).rejects.toMatchObject({ code: 'ERANGE' });
});

test('a reader gets records of a code and a moment, both little-endian, in order', async () => {
  const rig = await rigWith([SHUNT1]);
  const events = eventsOf(rig);
  const reader = events.open();
  events.push(0x0081_8000_0004_0005n, 5_010_000_000);
  events.push(2n ** 63n, 1);
  expect([hex(reader.read()), reader.read().length]).toEqual([
    '05 00 04 00 00 80 81 00 80 88 9e 2a 01 00 00 00 00 00 00 00 00 00 00 80 01 00 00 00 00 00 00 00',
    0,
  ]);
});

test('a read takes whole records, and at least one must fit', async () => {
  const rig = await rigWith([SHUNT1]);
  const reader = eventsOf(rig).open();
  for (let i = 0; i < 3; i++) eventsOf(rig).push(BigInt(i), i);
  expect([reader.read(47).length, reader.read(16).length]).toEqual([32, 16]);
  expect(() => reader.read(15)).toThrow('15 bytes hold no event (EINVAL)');
});

test('sixteen events wait for their reader; further ones are dropped and counted', async () => {
  const rig = await rigWith([SHUNT1]);
  const events = eventsOf(rig);
  const reader = events.open();
  for (let i = 0; i < 20; i++) events.push(BigInt(i), i);
  const bytes = reader.read(10_000);
  expect([bytes.length, bytes[0], bytes[15 * 16], events.dropped]).toEqual([256, 0, 15, 4]);
  events.push(99n, 1);
  expect(reader.read()[0]).toBe(99);
});

test('one reads at a time, from its opening on', async () => {
  const rig = await rigWith([SHUNT1]);
  const events = eventsOf(rig);
  events.push(1n, 1);
  expect([events.enabled, events.dropped]).toEqual([false, 0]);
  const first = events.open();
  expect(() => events.open()).toThrow('EBUSY');
  events.push(2n, 2);
  first.close();
  first.close();
  const second = events.open();
  expect([events.enabled, second.read().length]).toEqual([true, 0]);
  expect(() => first.read()).toThrow('EBADF');
  first.close();
  expect(events.enabled).toBe(true);
});

test('the clock of the times stays while somebody reads events', async () => {
  const rig = await rigWith([SHUNT1]);
  const reader = eventsOf(rig).open();
  await expect(rig.write('current_timestamp_clock', 'tai')).rejects.toMatchObject({ code: 'EBUSY' });
  reader.close();
  await rig.write('current_timestamp_clock', 'tai');
  expect(await rig.read('current_timestamp_clock')).toBe('tai\n');
});

test('who waits for an event is woken by it, by his limit, or by the close of his reader', async () => {
  const rig = await rigWith([SHUNT1]);
  const events = eventsOf(rig);
  let reader: IioEventReader = events.open();
  const log: string[] = [];
  const wait = (name: string, limit?: number): void =>
    void reader.wait(limit).then((answer) => log.push(`${name}: ${answer}`));
  wait('limit', ms(1));
  wait('event', ms(9));
  await rig.bench.run(ms(2));
  events.push(1n, 1);
  await rig.bench.run(0);
  wait('already');
  await rig.bench.run(0);
  reader.close();
  reader = events.open();
  wait('close');
  reader.close();
  await rig.bench.run(0);
  expect([log, rig.dev.clock.pending]).toEqual([
    ['limit: timeout', 'event: ready', 'already: ready', 'close: disabled'],
    0,
  ]);
});

test('an unbind wakes the reader, who then hears that the device is gone', async () => {
  const rig = await rigWith([SHUNT1]);
  const events = eventsOf(rig);
  const reader = events.open();
  const waiting = reader.wait(ms(100));
  const woken: string[] = [];
  reader.watch(() => void woken.push('woken'));
  await rig.unbind();
  events.push(1n, 1);
  expect([await waiting, woken, rig.dev.clock.pending]).toEqual(['disabled', ['woken'], 0]);
  expect(() => reader.read()).toThrow('the device is gone (ENODEV)');
  expect(() => events.open()).toThrow('the device is gone (ENODEV)');
});

test('every event is in the trace by name, whether somebody reads or not', async () => {
  const rig = await rigWith([SHUNT1]);
  const seen: TraceEvent[] = [];
  rig.bench.trace.attach((event) => void (event.kind === 'iio_event' && seen.push(event)));
  eventsOf(rig).push(iioEventCode(SHUNT1, CRITICAL), 7);
  eventsOf(rig).push(0xabcn, 8);
  expect(seen).toMatchObject([
    { where: '/adc', channel: 'in_voltage1-voltage0', event: 'critical_thresh_rising', timestamp: 7 },
    { where: '/adc', channel: '?', event: '0x0000000000000abc', timestamp: 8 },
  ]);
});
