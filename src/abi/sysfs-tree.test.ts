import { expect, test } from 'vitest';
import { benchOf } from '../../test/bench.js';
import { boardTree, boot, DISPLAY_DRIVERS, MUTEX, SMALL } from '../../test/display-board.js';
import { dpaaPair } from '../../test/dpaa-pair.js';
import { captureRig, iioRig, scanChannels } from '../../test/iio-rig.js';
import { labTree, treeOf } from '../../test/lab.js';
import { danglingLinks, lookAt, pathsBelow, readText, writeText } from '../../test/vfs-look.js';
import { ms, s } from '../base/clock.js';
import type { Bench } from '../bench/bench.js';
import { ina3221Chip } from '../chips/ina3221/ina3221.js';
import { debugfsDir } from '../core/debugfs.js';
import type { Device, Driver } from '../core/device.js';
import { platformDriver } from '../core/platform-device.js';
import { ina3221, ina3221Driver } from '../drivers/ina3221/ina3221.js';
import { sysfsTree } from './sysfs-tree.js';

const PARTS = { drivers: [ina3221Driver({ channels: 'none' })], chips: [ina3221Chip()] };
const SENSOR = `/ { model = "x"; #address-cells = <1>; #size-cells = <1>; aliases { i2c1 = "/soc/i2c@7000c400"; };
  soc { compatible = "simple-bus"; #address-cells = <1>; #size-cells = <1>; ranges;
    i2c@7000c400 { compatible = "x,i2c"; reg = <0x7000c400 0x100>; #address-cells = <1>; #size-cells = <0>;
      ina3221x@40 { compatible = "ti,ina3221"; reg = <0x40>; }; }; }; };`;
const CLIENT = 'devices/platform/soc/7000c400.i2c/i2c-1/1-0040';

async function machine(source: string, parts: { readonly drivers: readonly Driver[] } = PARTS) {
  const bench = benchOf(treeOf(source), { ...PARTS, ...parts });
  await bench.powerOn();
  return { bench, sys: sysfsTree(bench.core) };
}

/** Runs what a program does while time passes. */
const drive = <T>(bench: Bench, body: () => Promise<T>): Promise<T> => bench.drive('a program', s(10), body);

/** Facts ina3221 §7.1, §9.1; links as kernfs writes them. */
const up = (levels: number): string => '../'.repeat(levels);
const SOC = 'devices/platform/soc';
const BASE = 'firmware/devicetree/base/soc';
/** Facts ina3221 §5.2: no labels without label properties, a limit only where a current is measured. */
const HWMON = [
  ...['name', 'samples', 'update_interval'],
  ...[1, 2, 3].flatMap((n) => [`in${n}_input`, `in${n}_enable`]),
  ...['in4_input', 'in5_input', 'in6_input', 'in7_input', 'in7_label'],
  ...[1, 2, 3].flatMap((n) => ['input', 'crit', 'crit_alarm', 'max', 'max_alarm'].map((what) => `curr${n}_${what}`)),
  ...['curr4_input', 'curr4_crit', 'curr4_crit_alarm'],
  ...[1, 2, 3].map((n) => `shunt${n}_resistor`),
  'uevent',
];
const DEVICES = [
  'devices/platform/',
  `${SOC}/`,
  ...['uevent', 'modalias'].map((name) => `${SOC}/${name}`),
  `${SOC}/subsystem -> ${up(3)}bus/platform`,
  `${SOC}/of_node -> ${up(3)}${BASE}`,
  `${SOC}/7000c400.i2c/`,
  ...['uevent', 'modalias'].map((name) => `${SOC}/7000c400.i2c/${name}`),
  `${SOC}/7000c400.i2c/subsystem -> ${up(4)}bus/platform`,
  `${SOC}/7000c400.i2c/driver -> ${up(4)}bus/platform/drivers/sim-i2c`,
  `${SOC}/7000c400.i2c/of_node -> ${up(4)}${BASE}/i2c@7000c400`,
  `${SOC}/7000c400.i2c/i2c-1/`,
  ...['uevent', 'name'].map((name) => `${SOC}/7000c400.i2c/i2c-1/${name}`),
  `${SOC}/7000c400.i2c/i2c-1/subsystem -> ${up(5)}bus/i2c`,
  `${SOC}/7000c400.i2c/i2c-1/device -> ../../7000c400.i2c`,
  `${SOC}/7000c400.i2c/i2c-1/of_node -> ${up(5)}${BASE}/i2c@7000c400`,
  `${CLIENT}/`,
  ...['uevent', 'modalias', 'name'].map((name) => `${CLIENT}/${name}`),
  `${CLIENT}/subsystem -> ${up(6)}bus/i2c`,
  `${CLIENT}/driver -> ${up(6)}bus/i2c/drivers/ina3221`,
  `${CLIENT}/of_node -> ${up(6)}${BASE}/i2c@7000c400/ina3221x@40`,
  `${CLIENT}/hwmon/`,
  `${CLIENT}/hwmon/hwmon0/`,
  ...HWMON.map((name) => `${CLIENT}/hwmon/hwmon0/${name}`),
  `${CLIENT}/hwmon/hwmon0/subsystem -> ${up(8)}class/hwmon`,
  `${CLIENT}/hwmon/hwmon0/device -> ../../../1-0040`,
  `${CLIENT}/hwmon/hwmon0/of_node -> ${up(8)}${BASE}/i2c@7000c400/ina3221x@40`,
];
const CLASSES_AND_BUSES = [
  'class/hwmon/',
  `class/hwmon/hwmon0 -> ../../${CLIENT}/hwmon/hwmon0`,
  'class/i2c-adapter/',
  `class/i2c-adapter/i2c-1 -> ../../${SOC}/7000c400.i2c/i2c-1`,
  'class/drm/',
  'class/net/',
  'bus/i2c/devices/',
  `bus/i2c/devices/1-0040 -> ../../../${CLIENT}`,
  `bus/i2c/devices/i2c-1 -> ../../../${SOC}/7000c400.i2c/i2c-1`,
  'bus/i2c/drivers/',
  'bus/i2c/drivers/ina3221/',
  ...['bind', 'unbind'].map((name) => `bus/i2c/drivers/ina3221/${name}`),
  `bus/i2c/drivers/ina3221/1-0040 -> ../../../../${CLIENT}`,
  'bus/platform/devices/',
  `bus/platform/devices/soc -> ../../../${SOC}`,
  `bus/platform/devices/7000c400.i2c -> ../../../${SOC}/7000c400.i2c`,
  'bus/platform/drivers/',
  'bus/platform/drivers/sim-i2c/',
  ...['bind', 'unbind'].map((name) => `bus/platform/drivers/sim-i2c/${name}`),
  `bus/platform/drivers/sim-i2c/7000c400.i2c -> ../../../../${SOC}/7000c400.i2c`,
];

test('a sensor on an I2C bus stands where Linux has it', async () => {
  const { sys } = await machine(SENSOR);
  expect(pathsBelow(sys, 'devices')).toEqual(DEVICES);
  expect(['class', 'bus/i2c', 'bus/platform'].flatMap((path) => pathsBelow(sys, path))).toEqual(CLASSES_AND_BUSES);
});

test('uevent and modalias say what Linux says', async () => {
  const { sys } = await machine(SENSOR);
  const alias = 'of:Nina3221xT(null)Cti,ina3221';
  const node = 'OF_NAME=ina3221x\nOF_FULLNAME=/soc/i2c@7000c400/ina3221x@40\n';
  const compatible = 'OF_COMPATIBLE_0=ti,ina3221\nOF_COMPATIBLE_N=1\n';
  expect(await readText(sys, `${CLIENT}/uevent`)).toBe(`DRIVER=ina3221\n${node}${compatible}MODALIAS=${alias}\n`);
  expect(await readText(sys, `${CLIENT}/modalias`)).toBe(`${alias}\n`);
  expect(await readText(sys, 'class/hwmon/hwmon0/uevent')).toBe(`${node}${compatible}`);
  expect(await readText(sys, 'class/i2c-adapter/i2c-1/uevent')).toBe(
    'OF_NAME=i2c\nOF_FULLNAME=/soc/i2c@7000c400\nOF_COMPATIBLE_0=x,i2c\nOF_COMPATIBLE_N=1\nOF_ALIAS_0=i2c1\n',
  );
  expect([
    await readText(sys, 'bus/i2c/devices/1-0040/name'),
    await readText(sys, 'bus/i2c/devices/i2c-1/name'),
    await readText(sys, 'class/hwmon/hwmon0/device/name'),
  ]).toEqual(['ina3221\n', '7000c400.i2c\n', 'ina3221\n']);
});

test('a device_type, several compatibles, and a device without node have their own forms', async () => {
  const driver = platformDriver({
    name: 'maker',
    compatible: ['x,maker'],
    async probe(dev) {
      await dev.core.addDevice({ name: 'made.3.auto', bus: dev.bus, parent: dev });
    },
  });
  const source = '/ { m { compatible = "x,maker", "a b"; device_type = "soc"; }; };';
  const { sys } = await machine(source, { drivers: [driver] });
  expect(await readText(sys, 'devices/platform/m/uevent')).toBe(
    'DRIVER=maker\nOF_NAME=m\nOF_FULLNAME=/m\nOF_TYPE=soc\nOF_COMPATIBLE_0=x,maker\nOF_COMPATIBLE_1=a b\n' +
      'OF_COMPATIBLE_N=2\nMODALIAS=of:NmTsocCx,makerCa_b\n',
  );
  expect(await readText(sys, 'devices/platform/m/made.3.auto/uevent')).toBe('MODALIAS=platform:made\n');
});

test('files answer what the pins have, and mode bits hold', async () => {
  const { bench, sys } = await machine(SENSOR);
  bench.setKnob('/soc/i2c@7000c400/ina3221x@40', 'bus2Mv', 3304);
  await bench.run(ms(20));
  expect(await drive(bench, () => readText(sys, 'class/hwmon/hwmon0/in2_input'))).toBe('3304\n');
  const file = lookAt(sys, `${CLIENT}/hwmon/hwmon0/in2_input`);
  expect(file).toMatchObject({ kind: 'file', mode: 0o444, size: 4096 });
  await expect(writeText(sys, 'class/hwmon/hwmon0/in2_input', '1')).rejects.toMatchObject({ code: 'EACCES' });
  await expect(readText(sys, 'bus/i2c/drivers/ina3221/bind')).rejects.toMatchObject({ code: 'EACCES' });
});

test('a device is unbound and bound by writing its name, and its files go and come', async () => {
  const { bench, sys } = await machine(SENSOR);
  const driver = 'bus/i2c/drivers/ina3221';
  const write = (file: string, text: string) => drive(bench, () => writeText(sys, `${driver}/${file}`, text));
  const before = pathsBelow(sys);
  await write('unbind', '1-0040\n');
  const without = pathsBelow(sys);
  const isTheDrivers = (line: string): boolean =>
    /hwmon|1-0040\/driver|drivers\/ina3221\/1-0040|debug\/ina3221-1-0040/.test(line) &&
    !line.startsWith('class/hwmon/ ');
  expect(before.filter((line) => !without.includes(line))).toEqual(
    before.filter((line) => isTheDrivers(line) && line !== 'class/hwmon/'),
  );
  expect(await readText(sys, `${CLIENT}/uevent`)).not.toContain('DRIVER');
  await expect(write('unbind', '1-0040')).rejects.toMatchObject({ code: 'ENODEV' });
  await write('bind', '1-0040\0');
  expect(pathsBelow(sys)).toEqual(before);
  await expect(write('bind', '1-0040')).rejects.toMatchObject({ code: 'EBUSY' });
  await expect(write('bind', '1-0041')).rejects.toMatchObject({ code: 'ENODEV' });
  await expect(write('unbind', 'i2c-1')).rejects.toMatchObject({ code: 'ENODEV' });
});

test('binding ends as the probe ends: with its error, or EAGAIN for one that has to wait', async () => {
  const outcomes: ('ENODEV' | 'EIO' | 'EPROBE_DEFER')[] = ['EIO', 'EIO', 'ENODEV', 'EPROBE_DEFER'];
  const driver = platformDriver({
    name: 'a',
    compatible: ['x,a'],
    probe(dev) {
      throw dev.error(outcomes.shift() ?? 'EIO', 'no');
    },
  });
  const other = platformDriver({ name: 'b', compatible: ['x,b'], probe: () => undefined });
  const { bench, sys } = await machine('/ { a { compatible = "x,a"; }; };', { drivers: [driver, other] });
  const bind = (name: string) => drive(bench, () => writeText(sys, `bus/platform/drivers/${name}/bind`, 'a'));
  await expect(bind('a')).rejects.toMatchObject({ code: 'EIO' });
  await expect(bind('a')).rejects.toMatchObject({ code: 'ENODEV' });
  await expect(bind('a')).rejects.toMatchObject({ code: 'EAGAIN' });
  await expect(bind('b')).rejects.toMatchObject({ code: 'ENODEV' });
});

test('the devicetree is there byte by byte, with the name that Linux gives each node', async () => {
  const { sys } = await machine('/ { n@1 { reg = [00 01 ff]; empty; x = "taken"; x { }; }; };');
  const base = 'firmware/devicetree/base';
  expect(pathsBelow(sys, base)).toEqual([
    `${base}/name`,
    `${base}/n@1/`,
    ...['reg', 'empty', 'x', 'name', 'x#1/', 'x#1/name'].map((name) => `${base}/n@1/${name}`),
  ]);
  const file = lookAt(sys, `${base}/n@1/reg`);
  expect(file).toMatchObject({ mode: 0o444, size: 3 });
  expect(await readText(sys, `${base}/n@1/x`)).toBe('taken\0');
  expect([await readText(sys, `${base}/name`), await readText(sys, `${base}/n@1/name`)]).toEqual(['\0', 'n\0']);
  await expect(writeText(sys, `${base}/n@1/x`, '1')).rejects.toMatchObject({ code: 'EACCES' });
});

test('a machine is sent to sleep and woken, and the error of a driver that refuses goes to the writer', async () => {
  const log: string[] = [];
  let refuses = false;
  const driver = platformDriver({
    name: 'a',
    compatible: ['x,a'],
    probe(dev) {
      dev.pm = {
        async suspend() {
          await dev.clock.sleep(ms(1));
          if (refuses) throw dev.error('EBUSY', 'no');
          log.push('suspend');
        },
        resume: () => void log.push('resume'),
      };
    },
  });
  const { bench, sys } = await machine('/ { a { compatible = "x,a"; }; };', { drivers: [driver] });
  const write = (text: string) => drive(bench, () => writeText(sys, 'power/state', text));
  expect(await readText(sys, 'power/state')).toBe('mem\n');
  await write('mem\n');
  expect(log).toEqual(['suspend', 'resume']);
  await expect(write('disk')).rejects.toMatchObject({ code: 'EINVAL' });
  const [first, second] = await drive(bench, () =>
    Promise.allSettled([writeText(sys, 'power/state', 'mem'), writeText(sys, 'power/state', 'mem')]),
  );
  expect([first?.status, second]).toMatchObject(['fulfilled', { status: 'rejected', reason: { code: 'EBUSY' } }]);
  refuses = true;
  await expect(write('mem')).rejects.toMatchObject({ code: 'EBUSY' });
});

test('a card stands below its device with its connectors, and the class has all of them', async () => {
  const { core } = await boot(boardTree([SMALL], MUTEX));
  const sys = sysfsTree(core);
  const card = pathsBelow(sys, 'class/drm').map((line) => line.split(' -> ')[0]);
  expect(card).toEqual(['class/drm/card0', 'class/drm/card0-DSI-1']);
  const where = 'devices/platform/soc/1000.syscon/mediatek-drm.0.auto/drm/card0';
  expect(pathsBelow(sys, where)).toEqual([
    `${where}/uevent`,
    `${where}/card0-DSI-1/`,
    ...['status', 'modes', 'uevent'].map((name) => `${where}/card0-DSI-1/${name}`),
    `${where}/card0-DSI-1/subsystem -> ../../../../../../../../class/drm`,
    `${where}/card0-DSI-1/device -> ../../card0`,
    `${where}/subsystem -> ../../../../../../../class/drm`,
    `${where}/device -> ../../../mediatek-drm.0.auto`,
  ]);
  expect(await readText(sys, 'class/drm/card0-DSI-1/status')).toBe('connected\n');
  expect(await readText(sys, 'class/drm/card0-DSI-1/device/uevent')).toBe('DEVTYPE=drm_minor\n');
  expect(lookAt(sys, 'bus/mipi-dsi/devices/4000.dsi.0/driver/bind')?.kind).toBe('file');
});

test('an interface stands below its device, with the files of its driver, and the class has it', async () => {
  const { bench } = await dpaaPair({ names: 'fm' });
  const sys = sysfsTree(bench.core);
  const fman = 'devices/platform/soc@10000000/18a00000.fman';
  const [first, second] = [`${fman}/18ae0000.ethernet/dpaa-ethernet.0`, `${fman}/18ae2000.ethernet/dpaa-ethernet.1`];
  expect(pathsBelow(sys, 'class/net')).toEqual([
    `class/net/fm1-mac1 -> ../../${first}/net/fm1-mac1`,
    `class/net/fm1-mac2 -> ../../${second}/net/fm1-mac2`,
  ]);
  const where = `${first}/net/fm1-mac1`;
  expect(pathsBelow(sys, where)).toEqual(
    expect.arrayContaining([
      ...['device_addr', 'fqids', 'bpids', 'address', 'mtu', 'statistics/rx_missed_errors'].map(
        (name) => `${where}/${name}`,
      ),
      `${where}/subsystem -> ${up(8)}class/net`,
      `${where}/device -> ../../../dpaa-ethernet.0`,
    ]),
  );
  expect(await readText(sys, 'class/net/fm1-mac2/device_addr')).toBe('18ae2000');
  expect(await readText(sys, 'class/net/fm1-mac2/address')).toBe('02:00:00:00:00:11\n');
});

test('an IIO device stands directly below its device, a trigger of nobody at the top', async () => {
  const rig = await captureRig(1);
  const sys = sysfsTree(rig.bench.core);
  expect(pathsBelow(sys, 'bus/iio')).toEqual([
    'bus/iio/devices/',
    'bus/iio/devices/iio:device0 -> ../../../devices/platform/adc/iio:device0',
    'bus/iio/devices/trigger0 -> ../../../devices/trigger0',
    'bus/iio/drivers/',
  ]);
  const names = [...(lookAt(sys, 'bus/iio/devices/iio:device0') as { entries(): Iterable<[string]> }).entries()];
  const own = ['buffer', 'scan_elements', 'trigger', 'name', 'uevent', 'subsystem', 'of_node'];
  expect(names.map(([name]) => name)).toEqual(expect.arrayContaining(own));
  expect(await readText(sys, 'devices/platform/adc/iio:device0/uevent')).toMatch(/^DEVTYPE=iio_device\nOF_NAME=adc\n/);
  expect(await readText(sys, 'devices/trigger0/name')).toBe('timer0\n');
  expect([...pathsBelow(sys, 'bus'), ...danglingLinks(sys)].filter((line) => line.includes('sw-trigger'))).toEqual([]);
});

test('the registers of an IIO device are in debugfs', async () => {
  const withRegisters = await iioRig(() => ({
    name: 'adc',
    channels: scanChannels(0),
    info: {
      readRaw: () => ({ type: 'INT', vals: [0] }),
      debugfsRegAccess: { read: async (reg) => reg + 1, write: async () => undefined },
    },
  }));
  const { core } = withRegisters.bench;
  await writeText(sysfsTree(core), 'kernel/debug/iio/iio:device0/direct_reg_access', '0x0f\n');
  expect(await readText(sysfsTree(core), 'kernel/debug/iio/iio:device0/direct_reg_access')).toBe('0x10\n');
});

test('a driver has a directory in debugfs as long as it is bound', async () => {
  const driver = platformDriver({
    name: 'a',
    compatible: ['x,a'],
    probe(dev) {
      debugfsDir(dev, 'a').addGroup([{ name: 'state', mode: 0o444, show: () => 'fine\n' }]);
    },
  });
  const { bench, sys } = await machine('/ { a { compatible = "x,a"; }; };', { drivers: [driver] });
  expect(await readText(sys, 'kernel/debug/a/state')).toBe('fine\n');
  await bench.core.unbind(bench.core.devices[0] as Device);
  expect(pathsBelow(sys, 'kernel')).toEqual(['kernel/debug/', 'kernel/debug/iio/']);
});

test('no link leads nowhere, whatever is bound', async () => {
  const bench = benchOf(labTree(), { drivers: [ina3221, ...DISPLAY_DRIVERS], chips: [ina3221Chip()] });
  await bench.powerOn();
  const sys = sysfsTree(bench.core);
  expect(danglingLinks(sys)).toEqual([]);
  expect(pathsBelow(sys).length).toBeGreaterThan(300);
  const unbound = bench.core.devices.filter(({ name }) => ['0-0040', '14000000.syscon'].includes(name));
  for (const dev of unbound) await drive(bench, () => bench.core.unbind(dev));
  expect(danglingLinks(sys)).toEqual([]);
  await drive(bench, () => bench.core.shutdown());
  expect([danglingLinks(sys), pathsBelow(sys, 'devices')]).toEqual([[], ['devices/platform/']]);
});

test('a thing is the same object as long as it is there', async () => {
  const { bench, sys } = await machine(SENSOR);
  const seen = () => pathsBelow(sys).map((line) => line.split(' -> ')[0] ?? '');
  const nodes = () => new Map(seen().map((path) => [path, lookAt(sys, path)]));
  const before = nodes();
  await bench.core.addDevice({ name: 'later', bus: (bench.core.devices[0] as Device).bus });
  const after = nodes();
  expect([...before].filter(([path, node]) => after.get(path) !== node)).toEqual([]);
  expect(after.size).toBeGreaterThan(before.size);
});
