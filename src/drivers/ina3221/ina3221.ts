// TI INA3221, triple current and voltage monitor: one chip with two faces, hwmon and IIO. Compared with the patch "iio:
// adc: Add driver for the TI INA3221" of April 2016, and with Linux 6.12, drivers/hwmon/ina3221.c.
//
// Differences from the patch:
// ina3221-D1  CONFIG is not cached: the driver has a copy of its own, without RST. The patch resets through a cached
//             CONFIG: the reset bit stays in the cache and every later change resets the chip again.
// ina3221-D2  A reset leaves nothing of a boot loader's CONFIG behind: the start writes the whole register. The patch
//             keeps the value from before the reset in its cache and reports it.
// ina3221-D3  A limit that does not fit into the register is EINVAL. In the patch it comes round with the other sign.
// ina3221-D4  Negative limits work on adapters that have SMBus words only. In the patch they are EINVAL, and the cache
//             shows them all the same.
// ina3221-D5  Files of measurements and scales are read-only. The patch makes them writable: writes to measurements
//             vanish in the chip, writes to scales are EINVAL.
// ina3221-D6  MODE is [2:0]: 0 powers down, 7 measures both continuously. The patch's constants are one bit too high.
// ina3221-D7  A limit that was passed is told: as alarm file, as IIO event, to who polls. The patch reads no flag.
// ina3221-D8  One lock around what takes several transfers, for both faces. The patch relies on that of its regmap.
// ina3221-D9  The ids at 0xfe and 0xff are checked: any other chip ends with ENODEV. The patch checks nothing.
// ina3221-D10 Unbinding powers the chip down. The patch has no removal, and the chip runs on.
//
// Differences from Linux:
// ina3221-L1  The ids are checked as above, before the first write.
// ina3221-L2  The reset is one write. Linux reads CONFIG first, to set one bit in it.
// ina3221-L3  Who starts conversions waits for the first to end: probe, resume, and a write of 1 to inN_enable. So no
//             file says 0 for want of one, and a chip that does not convert is ETIMEDOUT. Linux reads what is there.
// ina3221-L4  With every input disabled the chip is identified and powered down. Linux leaves it alone, running.
// ina3221-L5  Unbinding powers the chip down.
// ina3221-L6  Reading MASK_ENABLE clears every flag in the chip, so its one owner keeps them for each alarm file. In
//             Linux the second alarm file that is read says 0.
// ina3221-L7  Limits are restored after a suspend and after all channels were off, those that were written meanwhile
//             included (regmap-R4). Linux restores none, and its files show them all the same.
// ina3221-L8  update_interval takes no account of samples, in neither direction: the average is a running one, a cycle
//             takes what its conversions take. Linux divides by samples when it is written. An interval below 0 is the
//             shortest, one beyond 32 bits the longest; with no channel enabled writing is ENODATA. Linux wraps, and
//             divides by zero.
// ina3221-L9  in4..in7 are millivolts, as the hwmon ABI has it. In Linux they are microvolts.
// ina3221-L10 curr4_crit takes the range of its register. Linux cuts it to that of one shunt, a quarter.
// ina3221-L11 Limits of very large resistors keep their sign. In Linux rounding overflows 32 bits.
// ina3221-L12 When a written shuntN_resistor makes all resistors equal, the chip is told to add up. Linux leaves that
//             to the next resume, and the sum stays 0.
// ina3221-L13 The alert pins are interrupts where the tree says so (interrupt-names "critical", "warning"), and who
//             polls an alarm file is woken. Linux knows no interrupts here.
// ina3221-L14 A suspend writes CONFIG from the driver's copy. Linux reads it back first, and forgets what was set when
//             the chip has lost its power meanwhile.
// ina3221-L15 The first conversion after a start is not averaged; averaging begins from there. In Linux it begins at 0,
//             and with 1024 samples a rail takes thousands of conversions to be reported right.
//
// On the board: a CONFIG write within about 31 ms of reset switches the chip's timing-control alert off; probe does so.
import type { Device, Driver } from '../../core/device.js';
import { type I2cClient, i2cDriver } from '../../core/i2c.js';
import type { Regmap, RegmapConfig } from '../../core/regmap.js';
import { regmapInitI2c } from '../../core/regmap-i2c.js';
import { AlertMonitor } from './alerts.js';
import { registerHwmon } from './hwmon.js';
import { registerMeasuredIio, registerPatchIio } from './iio.js';
import { Ina3221Data } from './ina3221-data.js';
import { inputsFromDt } from './inputs.js';
import { R } from './regs.js';

const MANUFACTURER_TI = 0x5449; // "TI"
const DIE_INA3221 = 0x3220;

/** Only limits are cached: they are what a sync restores. */
const REGMAP: RegmapConfig = {
  regBits: 8,
  valBits: 16,
  cache: 'flat',
  maxRegister: R.DIE_ID.addr,
  writeable: [
    [R.CONFIG.addr, R.CONFIG.addr],
    [R.CRIT1.addr, R.WARN3.addr],
    [R.CRIT_SUM.addr, R.MASK_ENABLE.addr],
  ],
  volatile: [
    [R.CONFIG.addr, R.BUS3.addr],
    [R.SHUNT_SUM.addr, R.SHUNT_SUM.addr],
    [R.MASK_ENABLE.addr, R.MASK_ENABLE.addr],
    [R.MANUFACTURER_ID.addr, R.DIE_ID.addr],
  ],
};

/** What the driver shows of a chip. */
export interface Ina3221Options {
  /**
   * The IIO channels: `measured` names what is measured, as the patch's reviewer asked (`in_voltage1-voltage0`);
   * `patch` has the patch's names (`in_voltage1_shunt`); `none` leaves IIO out.
   */
  readonly channels: 'measured' | 'patch' | 'none';
  readonly hwmon: boolean;
}

/** The driver with other faces than `ina3221` has. */
export function ina3221Driver(options: Partial<Ina3221Options> = {}): Driver {
  const { hwmon = true } = options;
  return i2cDriver({
    name: 'ina3221',
    compatible: ['ti,ina3221'],
    probe: (client) => probe(client, { hwmon, channels: options.channels ?? 'measured' }),
  });
}

/** The driver. Bound, a chip has an hwmon device and an IIO device. */
export const ina3221: Driver = ina3221Driver();

async function probe(client: I2cClient, { hwmon, channels }: Ina3221Options): Promise<void> {
  const { dev } = client;
  const map = initMap(client);
  const inputs = inputsFromDt(dev);
  const singleShot = dev.ofNode?.property('ti,single-shot') !== undefined;
  await identify(dev, map);
  const data = new Ina3221Data(dev, map, inputs, { singleShot, sums: hwmon });
  dev.drvdata = data;
  dev.scope.defer(() => data.release());
  await data.start();
  dev.pm = { suspend: () => data.suspend(), resume: () => data.resume() };
  const alerts = new AlertMonitor(data);
  if (hwmon) registerHwmon(data, alerts);
  if (channels === 'patch') registerPatchIio(data);
  if (channels === 'measured') registerMeasuredIio(data, alerts);
}

function initMap(client: I2cClient): Regmap {
  try {
    return regmapInitI2c(client, REGMAP);
  } catch (e) {
    client.dev.err('Unable to allocate register map');
    throw e;
  }
}

async function identify(dev: Device, map: Regmap): Promise<void> {
  const manufacturer = await map.read(R.MANUFACTURER_ID);
  const die = await map.read(R.DIE_ID);
  if (manufacturer === MANUFACTURER_TI && die === DIE_INA3221) return;
  const found = `manufacturer id 0x${manufacturer.toString(16)}, die id 0x${die.toString(16)}`;
  throw dev.error('ENODEV', `not an INA3221: ${found}`, 'probe');
}
