// The machine: registers over the buses, and whole boots.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SimClock } from '../src/base/clock.js';
import { bits, registers } from '../src/base/regs.js';
import { Trace } from '../src/base/trace.js';
import { Bench } from '../src/bench/bench.js';
import { withI2cFaults, withI2cTrace } from '../src/bus/i2c-decorators.js';
import { SimI2cBus } from '../src/bus/i2c-sim.js';
import { FaultPlan } from '../src/bus/fault-plan.js';
import { MmioBus } from '../src/bus/mmio-sim.js';
import { ina3221Chip } from '../src/chips/ina3221/ina3221.js';
import { RegisterFile, RegisterLayout } from '../src/chips/register-file.js';
import { DriverCore } from '../src/core/driver-core.js';
import { I2C_BUS, I2cClient } from '../src/core/i2c.js';
import type { Device } from '../src/core/device.js';
import type { Regmap } from '../src/core/regmap.js';
import { regmapInitI2c } from '../src/core/regmap-i2c.js';
import { SysfsDir } from '../src/core/sysfs.js';
import { ina3221 } from '../src/drivers/ina3221/ina3221.js';
import { compile } from '../src/dt/compile.js';
import { readFdt } from '../src/dt/fdt-read.js';
import { writeFdt } from '../src/dt/fdt-write.js';
import { DtTree } from '../src/dt/tree.js';
import { hostFiles } from '../src/host/files.js';
import { settle } from '../src/host/settle.js';
import { childMs, inReference, nsPerCall, perSecond, type Row } from './bench.js';

const R = registers({
  ID: { addr: 0xfe, fields: { ID: bits(15, 0, 'ro') } },
  CTRL: { addr: 4, fields: { V: bits(31, 0) } },
});
const tegra = inReference('dtb/tegra210-p2371-2180.dtb');
const mediatek = largestMediatek();

/** A register map over the modelled bus with both decorators around it, as a driver gets it from the bench. */
async function regmap(trace: Trace): Promise<Regmap> {
  const sim = new SimI2cBus('i2c-0');
  const word = Uint8Array.of(0x54, 0x49);
  sim.attach(0x40, { write: (bytes) => bytes.length, read: () => word, stop: () => undefined });
  const bus = withI2cTrace(withI2cFaults(sim, 'i2c-0', new FaultPlan([], trace)), 'i2c-0', trace);
  const core = new DriverCore({ clock: new SimClock(settle), trace, tree: new DtTree() });
  const parent = await core.addDevice({ name: 'i2c', bus: { name: 'platform' } });
  const adapter = { nr: 0, parent, bus, sysfs: new SysfsDir('i2c-0') };
  const outer = (dev: Device) => new I2cClient(dev, adapter, 0x40);
  const dev = await core.addDevice({ name: '0-0040', bus: I2C_BUS, parent, outer });
  return regmapInitI2c(dev.outer as I2cClient, { regBits: 8, valBits: 16 });
}

async function regmapReads(traced: boolean): Promise<number> {
  const trace = new Trace(() => 0);
  if (traced) trace.attach(() => undefined);
  const map = await regmap(trace);
  return perSecond(async (count) => {
    for (let i = 0; i < count; i++) await map.read(R.ID);
  }, 200_000);
}

function mmioReads(): Promise<number> {
  const regs = new RegisterFile(new RegisterLayout(R), 'chip', new Trace(() => 0));
  const bus = new MmioBus('soc');
  let value = 0;
  bus.attach(0x1000_0000, 0x1000, { read32: () => value, write32: (offset, v) => regs.busWrite(offset, (value = v)) });
  const space = bus.ioremap(0x1000_0000, 0x1000);
  let sum = 0;
  return perSecond((count) => {
    for (let i = 0; i < count; i++) sum = (sum + space.read32((i & 0xff) << 2)) | 0;
    return sum;
  }, 50_000_000);
}

function labBlob(): Uint8Array {
  return writeFdt(compile('boards/lab.dts', hostFiles({ cwd: process.cwd() })).tree as DtTree);
}

/** From the blob to bound drivers and back to an empty machine. */
async function boots(): Promise<number> {
  const blob = labBlob();
  return perSecond(async (count) => {
    for (let i = 0; i < count; i++) {
      const bench = new Bench({
        tree: readFdt(blob).tree as DtTree,
        drivers: [ina3221],
        chips: [ina3221Chip()],
        settle,
      });
      await bench.powerOn();
      await bench.powerOff();
    }
  }, 300);
}

/** What the issue of speed asks of the machine. */
export const rows: readonly Row[] = [
  {
    name: 'i2c: regmap reads, untraced',
    unit: '/s',
    rounds: 5,
    run: () => regmapReads(false),
    wanted: { of: 'figure', atLeast: 1_000_000 },
  },
  { name: 'i2c: regmap reads, traced', unit: '/s', rounds: 3, run: () => regmapReads(true) },
  { name: 'mmio: read32', unit: '/s', rounds: 5, run: mmioReads, wanted: { of: 'figure', atLeast: 50_000_000 } },
  { name: 'clock: a timer set and fired', unit: 'ns', run: timers },
  {
    name: 'bench: boots of the lab board, warm',
    unit: '/s',
    rounds: 5,
    run: boots,
    wanted: { of: 'figure', atLeast: 200 },
  },
  {
    name: 'cli: bringup devices on the tegra board',
    unit: 'ms',
    rounds: 21,
    missing: tegra === undefined ? 'dtb/ of the reference folder' : undefined,
    run: () => childMs(process.execPath, ['bin/bringup.cjs', 'devices', tegra as string]),
    against: { name: 'node -e 0', run: () => childMs(process.execPath, ['-e', '0']) },
    wanted: { of: 'ratio', atMost: 2.5 },
  },
  {
    name: 'cli: display start, bringup display on the largest MediaTek blob',
    unit: 'ms',
    rounds: 21,
    missing: mediatek === undefined ? 'dtb/ of the reference folder' : undefined,
    run: () => childMs(process.execPath, ['bin/bringup.cjs', 'display', mediatek as string]),
    against: { name: 'node -e 0', run: () => childMs(process.execPath, ['-e', '0']) },
    wanted: { of: 'ratio', atMost: 3 },
  },
];

/** The largest blob of a board with a MediaTek SoC. */
function largestMediatek(): string | undefined {
  const folder = inReference('dtb');
  if (folder === undefined) return undefined;
  const paths = readdirSync(folder)
    .filter((name) => /^mt\d+.*\.dtb$/.test(name))
    .map((name) => join(folder, name));
  return paths.toSorted((a, b) => statSync(b).size - statSync(a).size)[0];
}

async function timers(): Promise<number> {
  const clock = new SimClock(() => Promise.resolve());
  const batch = 1000;
  const ns = await nsPerCall(async () => {
    for (let i = 0; i < batch; i++) clock.after(i, () => undefined);
    await clock.run(batch);
  });
  return ns / batch;
}
