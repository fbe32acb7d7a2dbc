import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type CaptureOptions, captureIo } from '../../../test/capture.js';
import { Ticks } from '../../../test/ticks.js';
import { World } from '../../../test/world.js';
import { ms, s } from '../../base/clock.js';
import { SysError } from '../../base/errno.js';
import type { I2cDev, I2cDevOptions } from '../../host/i2c-dev.js';
import { heldRefusal } from '../power-source.js';
import { run } from '../run.js';

const cwd = mkdtempSync(join(tmpdir(), 'bringup-power-'));
afterAll(() => rmSync(cwd, { recursive: true }));
const text = (name: string): string => readFileSync(join(cwd, name), 'utf8');

const INPUTS = `#address-cells = <1>; #size-cells = <0>;
	input@0 { reg = <0>; label = "VDD_IN"; shunt-resistor-micro-ohms = <5000>; };
	input@1 { reg = <1>; label = "VDD_CPU"; };
	input@2 { reg = <2>; status = "disabled"; };`;
const BUS = 'compatible = "acme,i2c"; #address-cells = <1>; #size-cells = <0>;';
const MONITOR = `mon: power@40 { compatible = "ti,ina3221"; reg = <0x40>; ${INPUTS} };`;
writeFileSync(join(cwd, 'board.dts'), `/dts-v1/;\n/ { i2c@1 { ${BUS} ${MONITOR} }; };\n`);
writeFileSync(join(cwd, 'none.dts'), '/dts-v1/;\n/ { i2c@1 { compatible = "acme,i2c"; }; };\n');
const SECOND = 'power@41 { compatible = "ti,ina3221"; reg = <0x41>; };';
writeFileSync(join(cwd, 'two.dts'), `/dts-v1/;\n/ { i2c@1 { ${BUS} ${MONITOR} ${SECOND} }; };\n`);

async function bringup(line: string, options: CaptureOptions = {}) {
  const time = new Ticks();
  const { io, out, err } = captureIo({ cwd, time, ...options });
  const code = await run(line.split(' '), io);
  return { code, out: out(), err: err() };
}

/** What a run prints, without the heading of a column in which nothing stands. */
async function printed(line: string, options: CaptureOptions = {}) {
  const { code, out, err } = await bringup(line, options);
  return { code, out: out.replace('        W  alarms\n', '        W\n'), err };
}

/** The number of the transfer in which a run reads a register for the nth time: a fault can be planned there. */
async function transferOf(line: string, register: string, nth: number): Promise<number> {
  await bringup(`${line} --trace all.txt`);
  const transfers = text('all.txt')
    .split('\n')
    .flatMap((event) => /i2c_write: a=040 \[(.*)\]/.exec(event)?.[1] ?? []);
  const reads = transfers.flatMap((bytes, index) => (bytes === register ? [index + 1] : []));
  return reads[nth - 1] as number;
}

const HEAD = 'rail                  V        A        W\n';
const IN = 'VDD_IN           12.000    1.000   12.000\n';
const TOTAL = 'total = VDD_IN                     12.000\n';
const VOLTS = '--set mon:bus1Mv=12000';

test('read prints one table of a modelled machine: a disabled input is n/a, the input is the total', async () => {
  expect(await printed(`power read board.dts ${VOLTS} --set mon:load2Ma=-1500`)).toEqual({
    code: 0,
    out: `${HEAD}${IN}VDD_CPU           5.000   -1.500   -7.500\nin3                 n/a      n/a      n/a\n${TOTAL}`,
    err: '',
  });
});

test('read --json has numbers, and names of errors', async () => {
  const command = `power read board.dts --json ${VOLTS}`;
  const first = await transferOf(command, '02', 1); // datasheet: the bus voltage of channel 1
  const { code, out } = await bringup(`${command} --fault i2c.transfer@0x40#${first}=nack-address`);
  const place = { path: '/i2c@1/power@40', device: '0-0040' };
  const document = JSON.parse(out) as Record<string, unknown>;
  expect([code, Object.keys(document)]).toEqual([1, ['seconds', 'rails', 'total']]);
  expect(document).toMatchObject({
    seconds: 0,
    rails: [
      { ...place, channel: 1, label: 'VDD_IN', millivolts: 'ENXIO', milliamperes: 1000 },
      { ...place, channel: 2, label: 'VDD_CPU', millivolts: 5000, milliamperes: 1000, milliwatts: 5000 },
      { ...place, channel: 3, label: 'in3', millivolts: 'ENODATA', milliamperes: 'ENODATA' },
    ],
    total: { milliwatts: 'ENXIO', kind: 'input', rails: ['VDD_IN'] },
  });
});

test('a monitor that did not come up is told of, the others are read, and the exit code is 1', async () => {
  const { code, out, err } = await bringup('power read two.dts --fault i2c.transfer@0x41#1=bus-error');
  expect([code, out.split('\n').length]).toEqual([1, 6]);
  expect(err).toBe('bringup: /i2c@1/power@41: regmap: read MANUFACTURER_ID failed (EIO)\n');
});

test.each([
  [
    'read board.dts --fault i2c.transfer@0x40#1=bus-error',
    1,
    'board.dts: /i2c@1/power@40: regmap: read MANUFACTURER_ID failed (EIO); nothing is left to look at',
  ],
  ['read none.dts', 1, 'none.dts: no power monitor is in this tree; the kinds known here: ti,ina3221'],
  ['read', 2, 'power: nothing is named to look at; name a TREE, or a real bus: --bus /dev/i2c-1'],
  ['watch none.dtb', 2, 'none.dtb: there is no such file; check the path'],
  ['read board.dts --shunt 10m', 2, '--shunt: it is about a real bus; name one with --bus, or leave it out'],
  ['read board.dts --bus 1 --shunt 10m', 2, 'board.dts: a tree and --bus exclude each other; leave one of them out'],
  [
    'read --bus 1',
    2,
    '--bus /dev/i2c-1: the currents depend on the shunt resistors of the board; ' +
      'say what is soldered there, as in --shunt 10m',
  ],
  [
    'read --bus 1 --shunt 10',
    2,
    "power read: option '--shunt <OHMS,...>' argument '10': '10' has no unit; write 10m for milliohms or 10ohm",
  ],
  [
    'read --bus 1 --set a:b=1',
    2,
    "power read: option '--bus <DEVICE>' cannot be used with option '--set <DEVICE:KNOB=VALUE>'; " +
      'see bringup power read --help',
  ],
  [
    'watch board.dts --interval 5ms',
    2,
    "power watch: option '--interval <DURATION>' argument '5ms': write from 10ms to 1440m; " +
      'see bringup power watch --help',
  ],
  ['watch board.dts --csv none/a.csv', 2, 'none/a.csv: it cannot be created there; check that its folder exists'],
])('power %s is refused', async (words, code, message) => {
  expect(await bringup(`power ${words}`)).toEqual({ code, out: '', err: `bringup: ${message}\n` });
});

test('two documents cannot go to one standard output', async () => {
  const { code, err } = await bringup('power watch board.dts --json --csv -');
  const words = '--json and --csv - cannot both go to standard output; name a file: --csv FILE';
  expect([code, err]).toEqual([2, `bringup: power watch: ${words}\n`]);
});

/** One sample of a board that does not change. */
const LINE = 's  VDD_IN 12.000 V 1.000 A 12.000 W  VDD_CPU 5.000 V 1.000 A 5.000 W  in3 n/a  total 12.000 W\n';

test('watch writes a line per sample where nothing can be redrawn, at equal distances', async () => {
  const { code, out } = await bringup(`power watch board.dts ${VOLTS} --interval 250ms --count 3`);
  expect([code, out]).toEqual([0, `0.000 ${LINE}0.250 ${LINE}0.500 ${LINE}`]);
  const dumb = await bringup(`power watch board.dts ${VOLTS} --count 1`, { tty: true, env: { TERM: 'dumb' } });
  expect(dumb.out).toBe(`0.000 ${LINE}`);
});

test('a fault while watching is shown in its cell, and the watch goes on', async () => {
  const watch = `power watch board.dts ${VOLTS} --interval 1s --count 3`;
  const second = await transferOf(watch, '02', 2);
  const { code, out } = await bringup(`${watch} --fault i2c.transfer@0x40#${second}=nack-address`);
  const failed = LINE.replace('12.000 V 1.000 A 12.000 W', 'ENXIO 1.000 A').replace(/12.000 W\n/, 'ENXIO\n');
  expect([code, out]).toEqual([1, `0.000 ${LINE}1.000 ${failed}2.000 ${LINE}`]);
});

/** A signal that comes at a moment of real time. */
function stopAt(time: Ticks, moment: number): Pick<CaptureOptions, 'time' | 'stopOnSignals'> {
  const abort = new AbortController();
  time.aside.after(moment, () => abort.abort());
  return { time, stopOnSignals: () => ({ signal: abort.signal, close: () => undefined }) };
}

test('--json writes a document per line, until Ctrl-C', async () => {
  const { code, out } = await bringup('power watch board.dts --json', stopAt(new Ticks(), s(1.2)));
  const documents = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { seconds: number; rails: unknown[] });
  expect([code, documents.map(({ seconds, rails }) => [seconds, rails.length])]).toEqual([
    0,
    [
      [0, 3],
      [0.5, 3],
      [1, 3],
    ],
  ]);
});

const COLUMNS = ['VDD_IN', 'VDD_CPU', 'in3'].map((name) => `${name} mV,${name} mA,${name} mW`).join(',');
const CSV = `seconds,${COLUMNS},total mW,alarms,errors
0,12000,1000,12000,5000,1000,5000,,,,12000,,
1,12000,1000,12000,,1000,,,,,12000,,VDD_CPU mV ENXIO
`;

test('--csv writes a heading and a row per sample, beside the lines or in place of them', async () => {
  const command = `power watch board.dts ${VOLTS} --interval 1s --count 2`;
  const second = await transferOf(command, '04', 2); // datasheet: the bus voltage of channel 2
  const watch = `${command} --fault i2c.transfer@0x40#${second}=nack-address --csv`;
  const { out } = await bringup(`${watch} rails.csv`);
  expect([out.split('\n').length, text('rails.csv')]).toEqual([3, CSV]);
  expect((await bringup(`${watch} -`)).out).toBe(CSV);
});

test.skipIf(process.platform === 'win32')('a disk that is full ends the watch with one line', async () => {
  const { code, err } = await bringup('power watch board.dts --csv /dev/full');
  expect([code, err]).toEqual([1, 'bringup: /dev/full: no space is left; free some, or name a file on another disk\n']);
});

const FRAME = (heading: string, table: readonly string[], last = 'Ctrl-C ends it'): string =>
  [heading, '', ...table, '', last].map((line) => `${line}\u001b[K`).join('\r\n');

test('on a terminal watch draws a table again and again, and leaves its last state on a clean one', async () => {
  const time = new Ticks();
  let size = { columns: 68, rows: 24 };
  const { code, out } = await bringup(`power watch board.dts ${VOLTS} --count 2`, {
    tty: true,
    time,
    env: { NO_COLOR: '1' },
    size: () => size,
    onResize: (listener) => {
      const lower = (): void => {
        size = { columns: 68, rows: 7 };
        listener();
      };
      const timer = time.aside.after(ms(200), lower);
      return () => timer.cancel();
    },
  });
  const table = [
    'rail                  V        A        W    min W    max W',
    'VDD_IN           12.000    1.000   12.000   12.000   12.000',
    'VDD_CPU           5.000    1.000    5.000    5.000    5.000',
    'in3                 n/a      n/a      n/a',
    'total = VDD_IN                     12.000',
  ];
  const low = [...table.slice(0, 2), '... and 3 more lines: make the window taller'];
  const frames = out.replaceAll('max W  alarms', 'max W').split('\u001b[H');
  expect(code).toBe(0);
  expect(frames[0]).toBe('\u001b[?1049h\u001b[?25l\u001b[?7l');
  expect(frames[1]).toBe(`${FRAME('board.dts  0.0 s  sample 1  every 500 ms', table)}\u001b[J`);
  const last = `${FRAME('board.dts  0.5 s  sample 2  every 500 ms', low)}\u001b[J`;
  const whole = table.map((line) => `${line}\n`).join('');
  expect(frames.at(-1)).toBe(`${last}\u001b[?7h\u001b[?25h\u001b[?1049l${whole}`);
  expect(frames.length).toBe(4); // two samples and one resize
});

/** A real bus with a register-accurate chip, as the command opens it. */
function realBus(options: { readonly held?: boolean } = {}) {
  const time = new Ticks();
  const world = new World(time);
  const asked: I2cDevOptions[] = [];
  let closed = 0;
  const dev: I2cDev = {
    ...world.bus,
    isHeld: async () => options.held === true,
    close: async () => void closed++,
  };
  const openI2c = async (_path: string, how: I2cDevOptions): Promise<I2cDev> => {
    asked.push(how);
    return dev;
  };
  let second = 0;
  const isoTime = (): string => `2026-01-02T03:04:0${second++}.000Z`;
  return { time, world, openI2c, isoTime, asked, closed: () => closed };
}

test('a real chip is reset, read with the shunts and names of the command line, and powered down', async () => {
  const real = realBus();
  for (const n of [1, 2, 3]) real.world.turn(`shunt${n}Uohm`, 100_000);
  real.world.turn('bus1Mv', 12_000);
  real.world.turn('load2Ma', -500);
  const command = 'power read --bus /dev/i2c-1 --shunt R100,100m,- --label VDD_IN,VDD_CPU --trace wires.txt';
  expect(await printed(command, real)).toEqual({
    code: 0,
    out: `${HEAD}${IN}VDD_CPU           5.000   -0.500   -2.500\nin3                 n/a      n/a      n/a\n${TOTAL}`,
    err: '',
  });
  expect(real.closed()).toBeGreaterThan(0);
  const config = [...text('wires.txt').matchAll(/i2c_write: a=040 \[00-(..)-(..)\]/g)].map(
    ([, high, low]) => `${high}${low}`,
  );
  // Datasheet: bit 15 resets, the three lowest bits are the mode, 0 is power-down.
  expect([config[0], Number(`0x${config.at(-1)}`) & 7]).toEqual(['f127', 0]);
});

test('a chip that is pulled while it is watched shows ENXIO, and its values when it is back', async () => {
  const real = realBus();
  real.time.aside.after(ms(1500), () => real.world.pull());
  real.time.aside.after(ms(2500), () => real.world.insert());
  const watch = 'power watch --bus 1 --shunt 10m --interval 1s --count 4 --csv pulled.csv';
  const { code, out } = await bringup(watch, real);
  const good = 'in1 5.000 V 1.000 A 5.000 W  in2 5.000 V 1.000 A 5.000 W  in3 5.000 V 1.000 A 5.000 W';
  const gone = 'in1 ENXIO ENXIO  in2 ENXIO ENXIO  in3 ENXIO ENXIO';
  const lines = [good, good, gone, good].map((line, n) => `2026-01-02T03:04:0${n}.000Z  ${line}\n`);
  expect([code, out]).toEqual([1, lines.join('')]);
  expect(text('pulled.csv').split('\n').slice(3, 4)).toEqual([
    '2026-01-02T03:04:02.000Z,,,,,,,,,,,' + ['1', '2', '3'].map((n) => `in${n} mV ENXIO; in${n} mA ENXIO`).join('; '),
  ]);
});

test('a chip that is held by the kernel is refused, and the bus closed again; --force takes it', async () => {
  const real = realBus({ held: true });
  expect(await bringup('power read --bus /none/i2c-1 --shunt 10m', real)).toEqual({
    code: 3,
    out: '',
    err:
      "bringup: --bus /none/i2c-1: 0x40 is in use by the kernel's own driver (?-0040); " +
      'unbind it first, or take the chip over with --force\n',
  });
  expect(real.closed()).toBe(1);
  expect((await bringup('power read --bus 1 --shunt 10m --force', real)).code).toBe(0);
  expect(real.asked).toEqual([{ force: false }, { force: true }]);
});

test('who holds a chip is named, with the files to read instead', () => {
  const holder = { client: '1-0040', driver: 'ina3221', hwmon: ['/sys/class/hwmon/hwmon3'] };
  expect(heldRefusal('/dev/i2c-1', 0x40, holder)).toMatchObject({
    exitCode: 3,
    message:
      "--bus /dev/i2c-1: 0x40 is in use by the kernel's driver ina3221 (1-0040); " +
      'read /sys/class/hwmon/hwmon3 instead, or take the chip over with --force',
  });
});

test('where no INA3221 answers there is one line, and the bus is closed', async () => {
  const real = realBus();
  expect(await bringup('power watch --bus 1 --shunt 10m --address 0x41', real)).toEqual({
    code: 1,
    out: '',
    err:
      'bringup: --bus /dev/i2c-1: no INA3221 at 0x41: regmap: read MANUFACTURER_ID failed (ENXIO); ' +
      'check the wiring and --address\n',
  });
  expect(real.closed()).toBeGreaterThan(0);
});

const fails = (code: SysError['code']) => async (): Promise<I2cDev> => {
  throw new SysError(code, 'it cannot be opened');
};

test.each([
  [
    async () => undefined,
    3,
    'system calls need the package koffi, which is not installed; npm install koffi, or see bringup doctor koffi',
  ],
  [fails('ENOENT'), 3, 'there is no such bus; modprobe i2c-dev, or see bringup doctor i2c-dev'],
  [fails('EACCES'), 3, 'permission denied; join the group i2c, or see bringup doctor i2c-dev'],
  [fails('ENOTTY'), 2, 'this is no I2C bus; name one of /dev/i2c-*'],
])('a bus that cannot be opened is told with what to do (%#)', async (openI2c, code, message) => {
  expect(await bringup('power read --bus 9 --shunt 10m', { openI2c })).toEqual({
    code,
    out: '',
    err: `bringup: --bus /dev/i2c-9: ${message}\n`,
  });
});
