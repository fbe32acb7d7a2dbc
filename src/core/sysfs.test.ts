import { expect, test } from 'vitest';
import { benchOf } from '../../test/bench.js';
import { treeOf } from '../../test/lab.js';
import { ms } from '../base/clock.js';
import { SysError } from '../base/errno.js';
import { hwmonDeviceRegister } from './hwmon.js';
import { platformDriver } from './platform-device.js';
import { SysfsDir } from './sysfs.js';

test('mode bits decide, even for root; errors of the driver pass through', async () => {
  const dir = new SysfsDir('dev');
  const stored: string[] = [];
  dir.addGroup([
    { name: 'ro', mode: 0o444, show: () => '1\n' },
    { name: 'wo', mode: 0o200, store: (text) => void stored.push(text) },
    {
      name: 'bad',
      mode: 0o644,
      show: () => {
        throw new SysError('ENODATA', 'off');
      },
    },
  ]);
  expect(await dir.read('ro')).toBe('1\n');
  await expect(dir.write('ro', '2')).rejects.toMatchObject({ code: 'EACCES' });
  await expect(dir.read('wo')).rejects.toMatchObject({ code: 'EACCES' });
  await expect(dir.read('bad')).rejects.toMatchObject({ code: 'ENODATA' });
  await expect(dir.read('none')).rejects.toMatchObject({ code: 'ENOENT' });
  await dir.write('wo', '3\n');
  await dir.write('wo', '');
  expect(stored).toEqual(['3\n']);
});

test('a text that is there is read at once, and so is a refusal; one that takes time is a promise', async () => {
  const dir = new SysfsDir('dev');
  dir.addGroup([
    { name: 'now', mode: 0o444, show: () => '1\n' },
    { name: 'later', mode: 0o444, show: async () => '2\n' },
    { name: 'wo', mode: 0o200 },
  ]);
  expect(dir.readSoon('now')).toBe('1\n');
  expect(() => dir.readSoon('wo')).toThrow(/\(EACCES\)/);
  await expect(dir.readSoon('later')).resolves.toBe('2\n');
});

test('a group is added whole or not at all, and taken away again', async () => {
  const dir = new SysfsDir('dev');
  const remove = dir.addGroup([{ name: 'a', mode: 0o444 }]);
  expect(() =>
    dir.addGroup([
      { name: 'b', mode: 0o444 },
      { name: 'a', mode: 0o444 },
    ]),
  ).toThrow('EEXIST');
  const twice = { name: 'c', mode: 0o444 };
  expect(() => dir.addGroup([twice, twice])).toThrow('EEXIST');
  expect([...dir.attributes.keys()]).toEqual(['a']);
  await remove();
  expect(dir.attributes.size).toBe(0);
});

test('hwmon files are named and numbered as sysfs-interface says', async () => {
  const written: unknown[] = [];
  const driver = platformDriver({
    name: 'sensor',
    compatible: ['x,s'],
    probe(dev) {
      hwmonDeviceRegister(dev, {
        name: 'chip',
        info: [
          { type: 'chip', channels: [['update_interval']] },
          { type: 'in', channels: [[], ['input', 'label', 'hidden']] },
          { type: 'curr', channels: [['input']] },
        ],
        ops: {
          isVisible: (_type, attr) => (attr === 'hidden' ? 0 : attr === 'update_interval' ? 0o644 : 0o444),
          read: (type, _attr, channel) => (type === 'in' ? 12_000 + channel : -5),
          readString: () => 'VDD',
          write: (type, attr, channel, value) => void written.push([type, attr, channel, value]),
        },
      });
    },
  });
  const bench = benchOf(treeOf('/ { s { compatible = "x,s"; }; };'), { drivers: [driver] });
  await bench.powerOn();
  const [hwmon] = bench.core.classDevices('hwmon');
  const dir = hwmon?.sysfs as SysfsDir;
  expect([...dir.attributes.keys()]).toEqual(['name', 'update_interval', 'in1_input', 'in1_label', 'curr1_input']);
  expect(await Promise.all([...dir.attributes.keys()].map((name) => dir.read(name)))).toEqual([
    'chip\n',
    '-5\n',
    '12001\n',
    'VDD\n',
    '-5\n',
  ]);
  await dir.write('update_interval', '100\n');
  await expect(dir.write('update_interval', 'soon')).rejects.toMatchObject({ code: 'EINVAL' });
  expect(written).toEqual([['chip', 'update_interval', 0, 100]]);
  await bench.powerOff();
  expect(bench.core.classDevices('hwmon')).toEqual([]);
});

test('files go away at once, and their removal is over when the last reader is out', async () => {
  const dir = new SysfsDir('dev');
  const log: string[] = [];
  let answer: (text: string) => void = () => undefined;
  const slow = { name: 'slow', mode: 0o444, show: () => new Promise<string>((resolve) => (answer = resolve)) };
  const remove = dir.addGroup([slow]);
  const reading = dir.read('slow').then((text) => log.push(`read ${text}`));
  const removal = remove().then(() => log.push('removed'));
  await expect(dir.read('slow')).rejects.toMatchObject({ code: 'ENOENT' });
  expect(log).toEqual([]);
  answer('1');
  await Promise.all([reading, removal]);
  expect(log).toEqual(['read 1', 'removed']);
});

test('a sensor that is read while its driver goes is read to the end before anything is undone', async () => {
  const log: string[] = [];
  const driver = platformDriver({
    name: 'sensor',
    compatible: ['x,s'],
    probe(dev) {
      dev.scope.defer(() => void log.push('powered down'));
      const read = async () => {
        await dev.clock.sleep(ms(5));
        log.push('read');
        return 1;
      };
      const info = [{ type: 'temp', channels: [['input']] }] as const;
      hwmonDeviceRegister(dev, { name: 'chip', info, ops: { isVisible: () => 0o444, read } });
    },
  });
  const bench = benchOf(treeOf('/ { s { compatible = "x,s"; }; };'), { drivers: [driver] });
  await bench.powerOn();
  const file = bench.core.classDevices('hwmon')[0]?.sysfs.read('temp1_input');
  expect(await bench.powerOff()).toEqual([]);
  expect([await file, ...log]).toEqual(['1\n', 'read', 'powered down']);
});

test('who watches a file is told of each change, and not after that', () => {
  const dir = new SysfsDir('dev');
  const log: string[] = [];
  const end = dir.watch('alarm', () => void log.push('first'));
  dir.watch('alarm', () => void log.push('second'));
  dir.watch('other', () => void log.push('other'));
  dir.notify('alarm');
  end();
  end();
  dir.notify('alarm');
  expect(log).toEqual(['first', 'second', 'second']);
});
