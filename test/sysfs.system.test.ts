import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { corpusFolders, inCorpus } from './corpus.js';
import { BRINGUP, bootWithSysfs, hasKoffi, isMounted, type Said, say } from './live-process.js';
import { asUser, cannotMountAs, type User } from './mounting.js';
import { asShown, shown } from './readme.js';
import { ROOT } from './sources.js';
import { needs } from './tools.js';

const LAB = 'boards/lab.dts';
const TEGRA = inCorpus(corpusFolders(), 'dtb/tegra210-p2371-2180.dtb');
const EXPORTER = 'prometheus-node-exporter';
const USERS: readonly User[] = ['root', 'nobody'];
const left = (user: User): boolean => {
  const tools = needs('unshare', 'mount', 'setpriv', 'fusermount3') ? 'a program is missing' : undefined;
  const native = user === 'nobody' && !hasKoffi() ? 'koffi is missing' : undefined;
  const why = tools ?? cannotMountAs(user) ?? native;
  if (why !== undefined) process.stderr.write(`sysfs tests as ${user} are left out: ${why}\n`);
  return why !== undefined;
};

/** Runs a command of the shell in a private place. */
const inPlace = (user: User, tree: string, command: string, ...more: readonly string[]): Said =>
  say(user, [...BRINGUP, 'boot', tree, ...more, '--sysfs-run', command]);

// What is soldered on the lab board (boards/lab.dts) and its catalogue's wiring. Limits at reset are 163.8 mV over each
// shunt, and 655.32 mV for the sum of those that are alike; the third input of 41 is open.
const LAB_SENSORS = `ina3221-i2c-0-40
Adapter: 10001000.i2c
VDD_12V_IN:             12.00 V  
VDD_5V_SYS:              5.00 V  
VDD_CPU:               800.00 mV 
in4:                    10.00 mV 
in5:                   -15.00 mV 
in6:                   1000.00 uV 
sum of shunt voltages:      N/A  
curr1:                   2.00 A  (max = +32.76 A, crit max = +32.76 A)
curr2:                  -1.50 A  (max = +16.38 A, crit max = +16.38 A)
curr3:                 1000.00 mA (max = +163.80 A, crit max = +163.80 A)
curr4:                      N/A  (crit max =  +0.00 A)

ina3221-i2c-0-41
Adapter: 10001000.i2c
VDD_3V3_IO:              3.30 V  
VDD_1V8_IO:              1.80 V  
in3:                        N/A  
in4:                    20.00 mV 
in5:                    20.00 mV 
in6:                        N/A  
sum of shunt voltages:  40.00 mV 
curr1:                 1000.00 mA (max =  +8.19 A, crit max =  +8.19 A)
curr2:                 1000.00 mA (max =  +8.19 A, crit max =  +8.19 A)
curr3:                      N/A  (max = +16.38 A, crit max = +16.38 A)
curr4:                   2.00 A  (crit max = +32.77 A)

`;
/** Shunts that differ have no sum, and no limit for it (ENODATA, as in Linux). */
const NO_SUM = "ERROR: Can't get value of subfeature curr4_crit: Can't read\n";
const PINS = ['load1Ma=2000', 'load2Ma=-1500', 'bus3Mv=800'].flatMap((knob) => ['--set', `power-sensor@40:${knob}`]);

for (const user of USERS) {
  const skipped = left(user);

  test.skipIf(skipped || needs('sensors'))(`${user}: sensors prints what the pins have`, () => {
    expect(inPlace(user, LAB, 'sensors', ...PINS)).toEqual({ status: 0, out: LAB_SENSORS, err: NO_SUM });
  });

  test.skipIf(skipped || needs('sensors'))(`${user}: sensors -j, and a pipe of commands`, () => {
    const { status, out, err } = inPlace(user, LAB, 'sensors -j 2>&1 | grep -v "ERROR: Can.t get value"');
    const chips = JSON.parse(out) as Record<string, Record<string, Record<string, number>>>;
    expect([status, err, Object.keys(chips)]).toEqual([0, '', ['ina3221-i2c-0-40', 'ina3221-i2c-0-41']]);
    expect(chips['ina3221-i2c-0-41']?.['VDD_3V3_IO']).toEqual({ in1_input: 3.304 }); // steps of 8 mV
    expect(chips['ina3221-i2c-0-40']?.['curr2']).toEqual({
      ...{ curr2_input: 1, curr2_crit: 16.38, curr2_crit_alarm: 0, curr2_max: 16.38, curr2_max_alarm: 0 },
    });
  });

  test.skipIf(skipped)(`${user}: the command's exit code is that of bringup, and its input is its own`, () => {
    expect(inPlace(user, LAB, 'exit 7')).toEqual({ status: 7, out: '', err: '' });
    expect(inPlace(user, LAB, 'kill -TERM $$').status).toBe(128 + 15);
    expect(say(user, [...BRINGUP, 'boot', LAB, '--sysfs-run', 'cat'], 'typed\n')).toEqual({
      status: 0,
      out: 'typed\n',
      err: '',
    });
  });

  test.skipIf(skipped)(`${user}: a signal goes to the command`, async () => {
    const command = 'trap "echo got; exit 3" TERM; echo ready; while :; do sleep 0.05; done';
    const child = spawn(...asUser(user, [...BRINGUP, 'boot', LAB, '--sysfs-run', command]), { cwd: ROOT });
    let out = '';
    child.stdout.on('data', (text: Buffer) => {
      if (out === '') child.kill('SIGTERM');
      out += text.toString();
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect([code, out]).toEqual([3, 'ready\ngot\n']);
  });

  test.skipIf(skipped)(`${user}: the place has what programs look for, the computer's processors, and a /dev`, () => {
    const script = `
      stat -f -c %T /sys; ls /sys/devices; ls -d /sys/devices/system/cpu/cpu0
      find /sys/bus /sys/class /sys/devices/platform -xtype l
      for node in null zero full random urandom; do test -c /dev/$node || echo no $node; done
      test -d /dev/pts && test -d /dev/shm && echo x > /dev/null && readlink /dev/fd /dev/stdin /dev/stdout /dev/stderr
      echo mem > /sys/power/state && cat /sys/power/state
      cat /sys/firmware/devicetree/base/model; echo
      env | grep BRINGUP`;
    const { out, err } = inPlace(user, LAB, script);
    expect([out.split('\n'), err]).toEqual([
      [
        ...['sysfs', 'platform', 'system', 'trigger2', '/sys/devices/system/cpu/cpu0'],
        ...['/proc/self/fd', 'fd/0', 'fd/1', 'fd/2', 'mem', 'bringup lab board\0', ''],
      ],
      '',
    ]);
  });

  test.skipIf(skipped)(`${user}: a shell reads, writes, unbinds and binds on a directory`, async () => {
    const { dir } = await bootWithSysfs(user, LAB);
    const script = `cd ${dir}
      cat class/hwmon/hwmon0/name class/hwmon/hwmon0/in1_input class/hwmon/hwmon0/device/uevent
      cat class/hwmon/hwmon1/in3_input
      dd if=class/hwmon/hwmon0/in1_label bs=4 count=1 skip=1 status=none; echo
      echo 1 > class/hwmon/hwmon0/in1_input
      cat bus/i2c/drivers/ina3221/bind
      echo 0-0040 > bus/i2c/drivers/ina3221/unbind
      ls class/hwmon bus/i2c/drivers/ina3221
      cat class/hwmon/hwmon0/name
      echo 0-0040 > bus/i2c/drivers/ina3221/unbind
      echo 0-0041 > bus/i2c/drivers/ina3221/bind
      echo 0-0040 > bus/i2c/drivers/ina3221/bind
      cat class/hwmon/hwmon0/in1_input
      echo disk > power/state
      mkdir x; rm class/hwmon/hwmon0/name`;
    const { out, err } = say(user, ['env', 'LC_ALL=C', 'sh', '-c', script]);
    expect(out.split('\n')).toEqual([
      ...['ina3221', '12000', 'DRIVER=ina3221', 'OF_NAME=power-sensor'],
      'OF_FULLNAME=/soc@10000000/i2c@10001000/power-sensor@40',
      ...['OF_COMPATIBLE_0=ti,ina3221', 'OF_COMPATIBLE_N=1', 'MODALIAS=of:Npower-sensorT(null)Cti,ina3221'],
      '12V_',
      ...['bus/i2c/drivers/ina3221:', '0-0041', 'bind', 'unbind', '', 'class/hwmon:', 'hwmon1', '12000', ''],
    ]);
    const said = (pattern: RegExp): string => pattern.exec(err)?.[0] ?? `nothing of ${pattern} in ${err}`;
    expect([
      said(/in3_input: No data available/),
      said(/in1_input: Permission denied/),
      said(/bind: Permission denied/),
      said(/hwmon0\/name: No such file or directory/),
      said(/echo: I\/O error/),
    ]).toEqual(expect.not.arrayContaining([expect.stringContaining('nothing of')]));
  });

  test.skipIf(skipped)(`${user}: no link leads nowhere, entries have types, files are a page long`, async () => {
    const { dir } = await bootWithSysfs(user, LAB);
    expect(say(user, ['find', dir, '-xtype', 'l']).out).toBe('');
    expect(say(user, ['find', join(dir, 'devices'), '-name', 'in1_*', '-printf', '%f %s %m %n\n']).out).toBe(
      'in1_input 4096 444 1\nin1_enable 4096 644 1\nin1_label 4096 444 1\n'.repeat(2),
    );
    const listed = say(user, ['ls', '-l', join(dir, 'class/hwmon')]).out;
    expect(listed).toMatch(/^lrwxrwxrwx .* hwmon0 -> \.\.\/\.\.\/devices\/platform\/.*\/0-0040\/hwmon\/hwmon0$/m);
  });

  test.skipIf(skipped)(`${user}: SIGTERM ends it and leaves no mount, also while somebody looks at it`, async () => {
    const calm = await bootWithSysfs(user, LAB);
    expect(isMounted(calm.dir)).toBe(true);
    calm.child.kill('SIGTERM');
    expect([await calm.ended, isMounted(calm.dir)]).toEqual([0, false]);
    const busy = await bootWithSysfs(user, LAB);
    const looker = spawn(...asUser(user, ['sh', '-c', 'cd "$0" && echo in && cat', join(busy.dir, 'class')]));
    await new Promise((resolve) => looker.stdout.once('data', resolve));
    busy.child.kill('SIGTERM');
    expect([await busy.ended, isMounted(busy.dir), busy.err()]).toEqual([0, false, '']);
    looker.kill();
  });

  test.skipIf(skipped)(`${user}: what a killed one leaves is noticed, and told how to take away`, async () => {
    const { dir, child, ended } = await bootWithSysfs(user, LAB);
    child.kill('SIGKILL');
    expect(await ended).toBe('SIGKILL');
    const command = user === 'root' ? 'umount' : 'fusermount3 -u';
    const what = `a file system of a program that has ended is still there; take it away: ${command} ${dir}`;
    expect(say(user, [...BRINGUP, 'boot', LAB, '--sysfs', dir]).err).toBe(`bringup: --sysfs ${dir}: ${what}\n`);
    expect(say(user, [...command.split(' '), dir])).toEqual({ status: 0, out: '', err: '' });
  });
}

for (const option of ['--sysfs "$DIR"', '--sysfs-run true']) {
  test.skipIf(left('root'))(`a computer without /dev/fuse refuses ${option} and says how to get it`, () => {
    const script = `DIR=$(mktemp -d) && mount -t tmpfs none /dev && ${BRINGUP.join(' ')} boot ${LAB} ${option}
      code=$?; rmdir "$DIR"; exit $code`;
    const err = `bringup: ${option.split(' ')[0]}: there is no /dev/fuse; modprobe fuse\n`;
    expect(say('root', ['unshare', '-m', 'sh', '-c', script])).toEqual({ status: 3, out: '', err });
  });
}

test.skipIf(left('root'))('with --json the standard output is one document all the same', async () => {
  const { dir, child, ended, out, err } = await bootWithSysfs('root', LAB, '--json');
  expect([isMounted(dir), err()]).toEqual([true, `bringup: IIO trigger timer0\nbringup: sysfs at ${dir}\n`]);
  child.kill('SIGTERM');
  await ended;
  expect(Object.keys((JSON.parse(out()) as { run: object }).run)).toEqual([
    'virtualNs',
    'interfaces',
    'rails',
    'leaks',
  ]);
});

/** Asks a URL that somebody's log tells. */
async function fetchFrom(log: NodeJS.ReadableStream, said: () => string, pattern: RegExp): Promise<string> {
  const address = await new Promise<string>((resolve) => {
    let text = said();
    const look = (): void => {
      const found = pattern.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    };
    log.on('data', (more: Buffer) => {
      text += more.toString();
      look();
    });
    look();
  });
  return (await fetch(`http://${address}/metrics`)).text();
}

/** Without what node_exporter's arithmetic adds: 3304 * 0.001 is 3.3040000000000003. */
const tenDigits = (value: string): string => String(Number(Number(value).toPrecision(10)));

/** Samples whose name begins so, as `HWMON SENSOR VALUE`; `rename` names the sensor after a sample's labels. */
function samples(text: string, name: string, rename: (label: (of: string) => string) => string): string[] {
  return text.split('\n').flatMap((line) => {
    const [, labels = '', value] = new RegExp(`^${name}\\{(.*)\\} (\\S+)$`).exec(line) ?? [];
    return value === undefined
      ? []
      : [`${rename((of) => new RegExp(`${of}="([^"]*)"`).exec(labels)?.[1] ?? '')} ${tenDigits(value)}`];
  });
}

test.skipIf(left('root') || needs(EXPORTER, 'promtool'))(
  'node_exporter finds the chips under their addresses, and our own metrics have its numbers',
  async () => {
    const { dir, child, out } = await bootWithSysfs('root', LAB, '--metrics', '127.0.0.1:0', ...PINS);
    const args = [`--path.sysfs=${dir}`, '--collector.disable-defaults', '--collector.hwmon'];
    const exporter = spawn(EXPORTER, [...args, '--web.listen-address=127.0.0.1:0']);
    const text = await fetchFrom(exporter.stderr, () => '', /address=(127\.0\.0\.1:\d+)/);
    exporter.kill();
    const chip = (addr: number): string => `chip="i2c_0_0_00${addr}"`;
    const ours = text.split('\n').filter((line) => /^node_hwmon_(in|curr|sensor|chip)/.test(line));
    expect(ours).toEqual(
      expect.arrayContaining([
        `node_hwmon_chip_names{${chip(40)},chip_name="ina3221"} 1`,
        `node_hwmon_curr_amps{${chip(40)},sensor="curr1"} 2`,
        `node_hwmon_curr_amps{${chip(40)},sensor="curr2"} -1.5`,
        `node_hwmon_in_volts{${chip(40)},sensor="in3"} 0.8`,
        `node_hwmon_in_volts{${chip(41)},sensor="in2"} 1.8`,
        `node_hwmon_sensor_label{${chip(40)},label="VDD_CPU",sensor="in3"} 1`,
        `node_hwmon_curr_crit_amps{${chip(41)},sensor="curr1"} 8.19`,
      ]),
    );
    expect(ours.filter((line) => line.startsWith(`node_hwmon_in_volts{${chip(41)},sensor="in3"`))).toEqual([]);
    expect(say('root', ['promtool', 'check', 'metrics'], text)).toMatchObject({ status: 0 });

    const metrics = await fetchFrom(child.stdout as NodeJS.ReadableStream, out, /metrics at http:\/\/([^/]+)\//);
    const theirName = (label: (of: string) => string): string => `${label('chip').at(-1)} ${label('sensor')}`;
    const ourName = (prefix: string) => (label: (of: string) => string) =>
      `${label('path').at(-1)} ${prefix}${label('channel')}`;
    const inThree = (lines: readonly string[]): string[] =>
      lines.filter((line) => /^. [a-z]+[123] /.test(line)).toSorted();
    for (const [theirs, our, prefix] of [
      ['in_volts', 'volts', 'in'],
      ['curr_amps', 'amperes', 'curr'],
    ] as const) {
      const seen = inThree(samples(text, `node_hwmon_${theirs}`, theirName));
      expect(seen.length).toBe(5);
      expect(samples(metrics, `bringup_rail_${our}`, ourName(prefix)).toSorted()).toEqual(seen);
    }
  },
);

const onSysfs = shown.filter(({ args }) => args.includes('--sysfs-run'));

test.skipIf(left('root') || needs('sensors', 'iio_info'))('programs print what the README shows of them', () => {
  expect(onSysfs.map((block) => asShown(say('root', [...BRINGUP, ...block.args]).out, block))).toEqual(
    onSysfs.map(({ text }) => text),
  );
  expect(onSysfs.length).toBeGreaterThan(1);
});

test.skipIf(left('root') || TEGRA === undefined || needs('sensors'))(
  'a Jetson has its rails where its programs look for them',
  () => {
    const tree = TEGRA ?? '';
    // Linux gives this tree's first enabled adapter, 7000c400, the number 0: it has no alias for it.
    const { out } = inPlace('root', tree, 'sensors; cat /sys/bus/i2c/drivers/ina3221/0-0040/hwmon/hwmon*/in1_label');
    expect(out).toMatch(/^ina3221-i2c-0-40\n/m);
    expect(out).toMatch(/^VDD_IN: +5\.00 V/m);
    expect(out.trimEnd().split('\n').at(-1)).toBe('VDD_IN');
    expect(inPlace('root', tree, 'find -L /sys/bus/i2c/devices/0-0040 -maxdepth 1 -type l').out).toBe('');
  },
);
