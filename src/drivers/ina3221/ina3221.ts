// TI INA3221, triple current and voltage monitor: the hwmon driver. Compared with Linux 6.12, drivers/hwmon/ina3221.c,
// and with the patch "iio: adc: Add driver for the TI INA3221" of April 2016.
//
// Differences from the patch:
// ina3221-D1  CONFIG is volatile and the reset is one raw write. The patch resets through a cached CONFIG: the reset
//             bit stays in the cache and every later change resets the chip again.
// ina3221-D2  A reset leaves nothing of a boot loader's CONFIG behind: the start writes the whole register. The patch
//             keeps the value from before the reset in its cache and reports it.
// ina3221-D5  Files of measurements are read-only. The patch makes them writable and lets writes vanish in the chip.
// ina3221-D6  MODE is [2:0]: 0 powers down, 7 measures both continuously. The patch's constants are one bit too high.
// ina3221-D9  The ids at 0xfe and 0xff are checked: any other chip ends with ENODEV. The patch checks nothing.
// ina3221-D10 Unbinding powers the chip down. The patch has no removal, and the chip runs on.
//
// Differences from Linux:
// ina3221-L1  The ids are checked as above, before the first write.
// ina3221-L2  The reset is one write. Linux reads CONFIG first, to set one bit in it.
// ina3221-L3  Probe waits for the first conversion, so that no file ever says 0 for want of one; a chip that does not
//             convert fails with ETIMEDOUT. Linux registers at once and reads what is there.
// ina3221-L4  With every input disabled the chip is identified, reset and powered down. Linux leaves it alone, running.
// ina3221-L5  Unbinding powers the chip down.
//
// Not here yet: limits and alarms, sum channel, samples, update_interval, enable files, shunt voltages, single-shot.
//
// On the board: a CONFIG write within about 31 ms of reset switches the chip's timing-control alert off; probe does so.
import { us } from '../../base/clock.js';
import { getField, setField } from '../../base/regs.js';
import type { Device, Driver } from '../../core/device.js';
import { type HwmonChannelInfo, type HwmonType, hwmonDeviceRegister } from '../../core/hwmon.js';
import { type I2cClient, i2cDriver } from '../../core/i2c.js';
import type { Regmap, RegmapConfig } from '../../core/regmap.js';
import { regmapInitI2c } from '../../core/regmap-i2c.js';
import { type Input, inputsFromDt } from './inputs.js';
import { R, type VoltageReg } from './regs.js';
import { busMv, currentMa } from './units.js';

const MANUFACTURER_TI = 0x5449; // "TI"
const DIE_INA3221 = 0x3220;
const MODE_POWER_DOWN = 0;
const MODE_SHUNT_AND_BUS_CONTINUOUS = 7;
/** Microseconds by BUS_CT and SHUNT_CT, typical. */
const CONVERSION_TIME_US: readonly number[] = [140, 204, 332, 588, 1100, 2116, 4156, 8244];

const REGMAP: RegmapConfig = {
  regBits: 8,
  valBits: 16,
  cache: 'flat',
  maxRegister: R.DIE_ID.addr,
  volatile: [
    [R.CONFIG.addr, R.BUS3.addr],
    [R.MASK_ENABLE.addr, R.MASK_ENABLE.addr],
  ],
};

/** Channel 0 is missing in `in`, so that in1 and curr1 are the chip's channel 1. */
const HWMON_INFO: readonly HwmonChannelInfo[] = [
  { type: 'in', channels: [[], ['input', 'label'], ['input', 'label'], ['input', 'label']] },
  { type: 'curr', channels: [['input'], ['input'], ['input']] },
];

/** One input with its registers and its place in CONFIG. */
interface Channel extends Input {
  readonly number: number;
  readonly enable: 'CHAN1_EN' | 'CHAN2_EN' | 'CHAN3_EN';
  readonly shunt: VoltageReg;
  readonly bus: VoltageReg;
}

const CHANNELS: readonly Omit<Channel, keyof Input>[] = [
  { number: 1, enable: 'CHAN1_EN', shunt: R.SHUNT1, bus: R.BUS1 },
  { number: 2, enable: 'CHAN2_EN', shunt: R.SHUNT2, bus: R.BUS2 },
  { number: 3, enable: 'CHAN3_EN', shunt: R.SHUNT3, bus: R.BUS3 },
];

/** The driver. Bound, a chip has an hwmon device with bus voltages, currents and the labels of the devicetree. */
export const ina3221: Driver = i2cDriver({
  name: 'ina3221',
  compatible: ['ti,ina3221'],
  async probe(client) {
    const { dev } = client;
    const map = initMap(client);
    const inputs = inputsFromDt(dev);
    const channels = CHANNELS.map((channel, index) => ({ ...channel, ...(inputs[index] as Input) }));
    await identify(dev, map);
    await reset(dev, map);
    dev.scope.defer(async () => {
      await map.update(R.CONFIG, { MODE: MODE_POWER_DOWN });
    });
    await start(dev, map, channels);
    register(dev, map, channels);
  },
});

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

async function reset(dev: Device, map: Regmap): Promise<void> {
  try {
    await map.write(R.CONFIG, setField(R.CONFIG.reset, R.CONFIG.fields.RST, 1));
  } catch (e) {
    dev.err('Unable to reset device');
    throw e;
  }
}

/** Lets the chip measure what is connected, and waits until it has done so once. */
async function start(dev: Device, map: Regmap, channels: readonly Channel[]): Promise<void> {
  const connected = channels.filter((channel) => channel.connected).length;
  const config = configFor(channels, connected === 0 ? MODE_POWER_DOWN : MODE_SHUNT_AND_BUS_CONTINUOUS);
  await map.write(R.CONFIG, config);
  if (connected > 0) await waitForConversion(dev, map, cycleUs(config, connected));
}

function configFor(channels: readonly Channel[], mode: number): number {
  const { fields, reset: value } = R.CONFIG;
  const enabled = channels.reduce(
    (sum, { enable, connected }) => setField(sum, fields[enable], Number(connected)),
    value,
  );
  return setField(enabled, fields.MODE, mode);
}

/** How long one conversion of every enabled channel takes at most: the datasheet's maximum is 10 % above typical. */
function cycleUs(config: number, channels: number): number {
  const bus = CONVERSION_TIME_US[getField(config, R.CONFIG.fields.BUS_CT)] as number;
  const shunt = CONVERSION_TIME_US[getField(config, R.CONFIG.fields.SHUNT_CT)] as number;
  return Math.ceil((channels * (bus + shunt) * 11) / 10);
}

/** Looks after one cycle and after two, the limit of Linux's single-shot wait. Each look clears the chip's flags. */
async function waitForConversion(dev: Device, map: Regmap, cycle: number): Promise<void> {
  for (let look = 0; look < 2; look++) {
    await dev.clock.sleep(us(cycle));
    if ((await map.readField(R.MASK_ENABLE, 'CVRF')) === 1) return;
  }
  throw dev.error('ETIMEDOUT', `no conversion within ${2 * cycle} us`, 'probe');
}

function register(dev: Device, map: Regmap, channels: readonly Channel[]): void {
  const channelOf = (type: HwmonType, index: number) => channels[type === 'in' ? index - 1 : index] as Channel;
  hwmonDeviceRegister(dev, {
    name: 'ina3221',
    info: HWMON_INFO,
    ops: {
      isVisible: (type, attr, index) => (attr !== 'label' || channelOf(type, index).label !== undefined ? 0o444 : 0),
      read: (type, _attr, index) => measure(dev, map, type, channelOf(type, index)),
      readString: (type, _attr, index) => channelOf(type, index).label as string, // visible only with a label
    },
  });
}

/** mV of a bus, mA through a shunt; ENODATA for an input with nothing connected, without asking the chip. */
async function measure(dev: Device, map: Regmap, type: HwmonType, channel: Channel): Promise<number> {
  const { number, connected, bus, shunt, shuntMicroOhms } = channel;
  if (!connected) throw dev.error('ENODATA', `channel ${number} is disabled`, `${type}${number}_input`);
  if (type === 'in') return busMv(await map.readField(bus, 'V'));
  return currentMa(await map.readField(shunt, 'V'), shuntMicroOhms);
}
