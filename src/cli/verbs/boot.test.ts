import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { settle } from '../../host/settle.js';
import { type CaptureOptions, captureIo } from '../../../test/capture.js';
import { corpusFolders, inCorpus } from '../../../test/corpus.js';
import { run } from '../run.js';

const cwd = mkdtempSync(join(tmpdir(), 'bringup-boot-'));
afterAll(() => rmSync(cwd, { recursive: true }));

const BOARD = `/dts-v1/;
/ {
	model = "Acme bench";
	compatible = "acme,bench", "acme,soc";
	#address-cells = <1>;
	#size-cells = <1>;
	aliases { i2c0 = &i2c0; };

	i2c0: i2c@1000 {
		compatible = "acme,i2c";
		reg = <0x1000 0x100>;
		#address-cells = <1>;
		#size-cells = <0>;

		mon: power@40 {
			compatible = "ti,ina3221";
			reg = <0x40>;
			#address-cells = <1>;
			#size-cells = <0>;
			input@0 { reg = <0>; label = "VDD_12V"; shunt-resistor-micro-ohms = <5000>; };
			input@1 { reg = <1>; label = "VDD_CPU"; shunt-resistor-micro-ohms = <10000>; };
			input@2 { reg = <2>; status = "disabled"; };
		};

		rtc@68 { compatible = "acme,rtc"; reg = <0x68>; };
	};

	serial@2000 { compatible = "acme,uart"; reg = <0x2000 0x100>; status = "disabled"; };

	spi@3000 {
		compatible = "acme,spi";
		reg = <0x3000 0x100>;
		#address-cells = <1>;
		#size-cells = <0>;
		flash@0 { compatible = "jedec,spi-nor"; reg = <0>; };
	};
};
`;
writeFileSync(join(cwd, 'board.dts'), BOARD);

async function bringup(
  line: string,
  options: CaptureOptions = {},
): Promise<{ code: number; out: string; err: string }> {
  const { io, out, err } = captureIo({ cwd, ...options });
  const code = await run(line.split(' '), io);
  return { code, out: out(), err: err() };
}

const HEAD = `model       Acme bench
compatible  acme,bench, acme,soc
nodes       11
seed        1
`;
const DEVICES = `
disabled: 1
  /serial@2000  acme,uart

no driver: 2
  /i2c@1000/rtc@68  acme,rtc  0-0068
  /spi@3000         acme,spi

waits: 1
  /spi@3000 has no driver: 1
    /spi@3000/flash@0  jedec,spi-nor

bound: 2
  /i2c@1000           1000.i2c  sim-i2c  stands in for acme,i2c
  /i2c@1000/power@40  0-0040    ina3221  on the model of ina3221
`;
const TOTALS = '6 device nodes: 2 bound, 1 waiting, 0 failed, 2 without driver, 1 disabled';

test('boot lists the devices by state, reads the rails and says how long it took', async () => {
  const rails = `
rails: 3
  device  label         mV       mA
  0-0040  VDD_12V    12000     1000
  0-0040  VDD_CPU     5000     1000
  0-0040  in3      ENODATA  ENODATA
`;
  expect(await bringup('boot board.dts')).toEqual({
    code: 0,
    out: `${HEAD}${DEVICES}${rails}\n${TOTALS}\nran 5 s of virtual time in 0.00 s\n`,
    err: '',
  });
});

test('devices prints the same list and does not run', async () => {
  expect(await bringup('devices board.dts')).toEqual({
    code: 0,
    out: `${HEAD}${DEVICES}\n${TOTALS}\nread and probed in 0.00 s\n`,
    err: '',
  });
});

test('the blob of a source gives what the source gives, whatever its name', async () => {
  const { io, bytes } = captureIo({ cwd });
  expect(await run(['dt', 'compile', '-q', 'board.dts'], io)).toBe(0);
  const fromBlob = await bringup('devices -', { stdin: bytes() });
  expect(fromBlob).toEqual(await bringup('devices board.dts'));
});

test('a device that fails is named with the reason, and the exit code is 1', async () => {
  const { code, out } = await bringup('boot board.dts --fault i2c.data@0x40#1=nack-data --state failed --for 0s');
  expect({ code, out }).toEqual({
    code: 1,
    out: `${HEAD}
failed: 1
  /i2c@1000/power@40  0-0040  ina3221  failed: regmap: read MANUFACTURER_ID failed (EREMOTEIO)

${TOTALS.replace('2 bound', '1 bound').replace('0 failed', '1 failed')}
ran 0 ns of virtual time in 0.00 s
`,
  });
});

test('who waits for one that waits is listed with those that wait for the same driver, under one line', async () => {
  const stdin = `/dts-v1/;
/ {
	#address-cells = <1>;
	#size-cells = <1>;
	hub@1 {
		compatible = "acme,hub";
		reg = <1 1>;
		a { compatible = "acme,a"; b { compatible = "acme,b"; }; };
		with-a-name-that-is-longer-than-any-sensible-column { compatible = "acme,long"; };
	};
	off { compatible = "acme,off"; status = "disabled"; below { compatible = "acme,below"; }; };
};
`;
  const { out } = await bringup('devices - --state waits,disabled', { stdin });
  expect(out.split('\n\n').slice(1, 3)).toEqual([
    `disabled: 2
  /off  acme,off
  /off is disabled: 1
    /off/below  acme,below`,
    `waits: 3
  /hub@1 has no driver: 3
    /hub@1/a    acme,a
    /hub@1/a/b  acme,b
    /hub@1/with-a-name-that-is-longer-than-any-sensible-column  acme,long`,
  ]);
});

test('a planned fault that never comes up is told, lest a misspelt address look like a driver that copes', async () => {
  const { code, err } = await bringup('boot board.dts --fault i2c.data@0x44#1=nack-data --for 0s');
  expect({ code, err }).toEqual({
    code: 0,
    err: 'bringup: --fault i2c.data@0x44#1: nothing of that kind happened in this run; check it with --trace FILE\n',
  });
});

test.skipIf(process.platform === 'win32')(
  'a trace that does not fit on the disk leaves one document, the error',
  async () => {
    const { code, out } = await bringup('boot board.dts --for 0s --json --trace /dev/full');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ error: { exitCode: 1, message: expect.stringContaining('/dev/full') } });
  },
);

test.each(['/i2c@1000/power@40', 'i2c0/power@40', 'mon', 'power@40'])('--set finds a chip by %s', async (device) => {
  const { out } = await bringup(`boot board.dts --json --set ${device}:bus1Mv=11000 --set ${device}:load1Ma=-2000`);
  const { run: ran } = JSON.parse(out) as { run: { rails: unknown[] } };
  expect(ran.rails[0]).toEqual({
    path: '/i2c@1000/power@40',
    device: '0-0040',
    channel: 1,
    label: 'VDD_12V',
    millivolts: 11_000,
    milliamperes: -2000,
  });
});

test.each([
  ['mon:volts=1', 'no knob volts; there are bus1Mv, load1Ma, shunt1Uohm, bus2Mv'],
  ['mon:bus1Mv=99999', 'bus1Mv = 99999: from 0 to 26000 mV; choose what fits'],
])('--set %s is refused by the chip with what it takes', async (setting, reason) => {
  const { code, out, err } = await bringup(`boot board.dts --set ${setting}`);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(/^bringup: --set: \/i2c@1000\/power@40: .*\n$/);
  expect(err).toContain(reason);
});

test('the JSON document has every node, and the same seed gives the same bytes', async () => {
  const first = await bringup('boot board.dts --json --seed a --for 10ms');
  expect(await bringup('boot board.dts --json --seed a --for 10ms')).toEqual(first);
  const report = JSON.parse(first.out) as Record<string, unknown>;
  expect(Object.keys(report)).toEqual(['model', 'compatible', 'nodes', 'seed', 'totals', 'devices', 'run']);
  expect(report).toMatchObject({
    model: 'Acme bench',
    compatible: ['acme,bench', 'acme,soc'],
    nodes: 11,
    seed: 'a',
    totals: { bound: 2, waits: 1, failed: 0, 'no driver': 2, disabled: 1, bus: 0, 'no device': 0 },
    run: { virtualNs: 10_000_000, leaks: [] },
  });
  expect((report['devices'] as unknown[])[1]).toEqual({
    path: '/i2c@1000/power@40',
    compatible: 'ti,ina3221',
    state: 'bound',
    device: '0-0040',
    driver: 'ina3221',
    chip: 'ina3221',
  });
});

test('the trace is text, or JSON lines where the name says so, from power-on to power-off', async () => {
  await bringup('boot board.dts --for 1ms --trace wires.txt');
  await bringup('boot board.dts --for 1ms --trace wires.jsonl');
  const text = readFileSync(join(cwd, 'wires.txt'), 'utf8').trimEnd().split('\n');
  const json = readFileSync(join(cwd, 'wires.jsonl'), 'utf8').trimEnd().split('\n');
  expect(json).toHaveLength(text.length);
  expect(text).toContain('[   0.000000000] /i2c@1000: i2c_write: a=040 [fe]');
  expect(text.at(-1)).toMatch(/: device_del$/);
  const kinds = json.map((line) => (JSON.parse(line) as { kind: string }).kind);
  expect(kinds).toContain('bound');
  expect(kinds.at(-1)).toBe('device_del');
});

test('a trace for Perfetto has all places as tracks, and ends with its last slice', async () => {
  await bringup('boot board.dts --for 1ms --trace wires.pftrace');
  await bringup('boot board.dts --for 1ms --trace wires.txt');
  const bytes = readFileSync(join(cwd, 'wires.pftrace'));
  const text = readFileSync(join(cwd, 'wires.txt'), 'utf8').trimEnd().split('\n');
  for (const place of new Set(text.map((line) => /^\[[^\]]*\] ([^ ]*): /.exec(line)?.[1] ?? '')))
    expect(bytes.includes(place)).toBe(true);
  // Field 1 of a trace is a packet; its length is written with four bytes.
  let packets = 0;
  let at = 0;
  while (at < bytes.length) {
    expect(bytes[at]).toBe(0x0a);
    const length = [1, 2, 3, 4].reduce((sum, i) => sum + ((bytes[at + i] as number) & 0x7f) * 128 ** (i - 1), 0);
    at += 5 + length;
    packets++;
  }
  expect(at).toBe(bytes.length);
  expect(packets).toBeGreaterThan(text.length);
});

test('a live run goes on until it is stopped, and then reads the rails', async () => {
  const stop = new AbortController();
  let closed = 0;
  const stopOnSignals = (): { signal: AbortSignal; close: () => void } => {
    void settle().then(() => stop.abort());
    return {
      signal: stop.signal,
      close: () => {
        closed++;
      },
    };
  };
  const { code, out, err } = await bringup('boot board.dts --live --json', { stopOnSignals, tty: true });
  const { run: ran } = JSON.parse(out) as { run: { rails: unknown[]; virtualNs: number } };
  expect({ code, closed, rails: ran.rails.length }).toEqual({ code: 0, closed: 1, rails: 3 });
  expect(ran.virtualNs).toBeGreaterThan(0);
  expect(err).toBe('bringup: running in real time; Ctrl-C ends it\n');
});

test('on a terminal long work shows how far it is, and wipes that away', async () => {
  const { io, err } = captureIo({ cwd, tty: true });
  let now = 0;
  const slow = { ...io, nowNs: () => (now += 20_000_000) };
  expect(await run(['boot', 'board.dts'], slow)).toBe(0);
  expect(err()).toMatch(/^(\rbringup: running: \d+ %){2,}\r\u001b\[K$/);
  const dumb = captureIo({ cwd, tty: true, env: { TERM: 'dumb' } });
  expect(await run(['boot', 'board.dts'], { ...dumb.io, nowNs: () => (now += 20_000_000) })).toBe(0);
  expect(dumb.err()).toBe('');
});

test('colour is for terminals that have it, unless NO_COLOR is set, and adds no word', async () => {
  const plain = await bringup('devices board.dts');
  const painted = await bringup('devices board.dts', { tty: true });
  const refused = await bringup('devices board.dts', { tty: true, env: { NO_COLOR: '1' } });
  expect(painted.out).toContain('\u001b[32mbound: 2\u001b[39m');
  expect(painted.out.replaceAll(/\u001b\[\d+m/g, '')).toBe(plain.out);
  expect(refused.out).toBe(plain.out);
  expect((await bringup('devices board.dts', { tty: true, env: { TERM: 'dumb' } })).out).toBe(plain.out);
});

test('what a tree calls itself cannot steer the terminal', async () => {
  const { out } = await bringup('devices -', { stdin: '/dts-v1/;\n/ { model = "a\\x1b[2Jb\\nc"; };\n' });
  expect(out.split('\n')[0]).toBe('model       a\\x1b[2Jb\\x0ac');
});

const tegra = inCorpus(corpusFolders(), 'dtb/tegra210-p2371-2180.dtb');

test.skipIf(tegra === undefined)(
  'the Jetson TX1 (skipped without its blob in ../shared) shows its nine rails',
  async () => {
    const { io, out } = captureIo();
    expect(await run(['boot', tegra as string, '--state', 'bound', '--json'], io)).toBe(0);
    const report = JSON.parse(out()) as {
      totals: object;
      devices: { path: string; device: string; driver: string }[];
      run: { rails: { device: string; label: string; millivolts: number; milliamperes: number }[] };
    };
    const regulators = report.devices.filter(({ driver }) => driver === 'reg-fixed-voltage');
    expect(regulators.length).toBe(15);
    expect(report.devices.flatMap((dev) => (regulators.includes(dev) ? [] : [[dev.path, dev.driver]]))).toEqual([
      ['/i2c@7000c400', 'sim-i2c'],
      ['/i2c@7000c400/power-sensor@40', 'ina3221'],
      ['/i2c@7000c400/power-sensor@42', 'ina3221'],
      ['/i2c@7000c400/power-sensor@43', 'ina3221'],
      ['/i2c@7000c500', 'sim-i2c'],
      ['/i2c@7000c700', 'sim-i2c'],
      ['/i2c@7000d000', 'sim-i2c'],
    ]);
    expect(report.run.rails.map(({ label, millivolts }) => [label, millivolts])).toEqual([
      ['VDD_IN', 5000],
      ['VDD_GPU', 5000],
      ['VDD_CPU', 5000],
      ['VDD_MUX', 5000],
      ['VDD_5V_IO_SYS', 5000],
      ['VDD_3V3_SYS', 3304],
      ['VDD_3V3_IO', 3304],
      ['VDD_1V8_IO', 1800],
      ['VDD_M2_IN', 5000],
    ]);
  },
);

test('a display that no driver knows is no failure: it is listed with the reason', async () => {
  writeFileSync(
    join(cwd, 'mt6797.dts'),
    `/dts-v1/; / { #address-cells = <1>; #size-cells = <1>;
      syscon@1000 { compatible = "mediatek,mt6797-mmsys"; reg = <0x1000 0x100>; }; };`,
  );
  const { code, out } = await bringup('boot mt6797.dts --for 1ms --state no-driver,failed');
  expect(code).toBe(0);
  expect(out.replaceAll(/ {2,}/g, '  ')).toContain(
    'no driver: 1\n  /syscon@1000/mediatek-drm.0.auto  match: no display data for mediatek,mt6797-mmsys (ENODEV)\n',
  );
});

test('a display that does not come up is told with the end of the chain of those that wait', async () => {
  const tree = fileURLToPath(new URL('../../../test/golden/ofgraph-cases/pumpkin-base.dts', import.meta.url));
  const path = '/soc/syscon@14000000/mediatek-drm.0.auto';
  const { out } = await bringup(`devices ${tree} --state failed`);
  expect(out).toContain(`displays: 0\n  ${path}  waits for components /soc/ovl@1400a000, `);
  expect(out).toMatch(/; \/soc\/ovl@1400a000 failed: irq: .*\n\n/);
  const { displays, absentDisplays } = JSON.parse((await bringup(`devices ${tree} --json`)).out) as {
    displays: unknown;
    absentDisplays: unknown;
  };
  expect(displays).toEqual([]);
  expect(absentDisplays).toEqual([{ path, device: 'mediatek-drm.0.auto', reason: expect.stringContaining('irq: ') }]);
});
