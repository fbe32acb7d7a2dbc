// The hwmon face: the files of the Linux driver. in1..3 are buses, in4..6 shunts, in7 and curr4 the sum of the shunts.
import { debugfsDir } from '../../core/debugfs.js';
import type { Attribute } from '../../core/sysfs.js';
import { type HwmonChannelInfo, hwmonDeviceRegister, hwmonNotifyEvent, type HwmonType } from '../../core/hwmon.js';
import { kstrtoint } from '../../core/kstrtox.js';
import { getField, setField } from '../../base/regs.js';
import { type AlertMonitor, pinOf } from './alerts.js';
import type { Channel, Ina3221Data } from './ina3221-data.js';
import { R, type VoltageReg } from './regs.js';
import { AVERAGES, channelCount, closest, cycleUs, withInterval } from './settings.js';
import { busMv, codeOf, currentMa, divRoundClosest, shuntLimitWord, shuntMv, sumLimitWord } from './units.js';

const INPUT = ['input'];
const BUS = ['input', 'enable', 'label'];
const CURRENT = ['input', 'crit', 'crit_alarm', 'max', 'max_alarm'];
/** Channel 0 is missing in `in`, so that in1 and curr1 are the chip's channel 1. */
const INFO: readonly HwmonChannelInfo[] = [
  { type: 'chip', channels: [['samples', 'update_interval']] },
  { type: 'in', channels: [[], BUS, BUS, BUS, INPUT, INPUT, INPUT, ['input', 'label']] },
  { type: 'curr', channels: [CURRENT, CURRENT, CURRENT, ['input', 'crit', 'crit_alarm']] },
];
const WRITABLE: ReadonlySet<string> = new Set(['samples', 'update_interval', 'enable', 'crit', 'max']);

const INPUTS = 3;
/** Indices as the table above counts: `in` from 0, `curr` from 0. */
const IN_SUM = 7;
const CURR_SUM = 3;

/** The most that a resistor can have: what a C int holds. */
const SHUNT_LEAST_UOHM = 1;

/** Registers the chip with hwmon and debugfs. Who polls an alarm file is woken by its limit (ina3221-L13). */
export function registerHwmon(data: Ina3221Data, alerts: AlertMonitor): void {
  const hwmon = hwmonDeviceRegister(data.dev, {
    name: 'ina3221',
    info: INFO,
    attributes: data.channels.map((channel) => shuntAttribute(data, channel)),
    ops: {
      isVisible: (type, attr, index) => modeOf(data, type, attr, index),
      read: (type, attr, index) => READ[type]?.(data, attr, index) ?? refuse(data, attr),
      readString: (_type, _attr, index) => (index === IN_SUM ? 'sum of shunt voltages' : (labelOf(data, index) ?? '')),
      write: (type, attr, index, value) => WRITE[type]?.(data, attr, index, value) ?? refuse(data, attr),
    },
  });
  debugfsDir(data.dev, `ina3221-${data.dev.name}`).addGroup(data.channels.map(summationFile));
  alerts.listen((flag) => {
    const index = data.channels.findIndex(({ critFlag, warnFlag }) => flag === critFlag || flag === warnFlag);
    const attr = pinOf(flag) === 'warning' ? 'max_alarm' : 'crit_alarm';
    hwmonNotifyEvent(hwmon, 'curr', attr, index < 0 ? CURR_SUM : index);
  });
}

function summationFile({ summationDisable }: Channel, index: number): Attribute {
  return { name: `in${index}_summation_disable`, mode: 0o400, show: () => (summationDisable ? 'Y\n' : 'N\n') };
}

function modeOf(data: Ina3221Data, type: HwmonType, attr: string, index: number): number {
  if (type === 'in' && attr === 'label' && index !== IN_SUM && labelOf(data, index) === undefined) return 0;
  return WRITABLE.has(attr) ? 0o644 : 0o444;
}

function labelOf(data: Ina3221Data, inIndex: number): string | undefined {
  return data.channels[inIndex - 1]?.label;
}

type Reader = (data: Ina3221Data, attr: string, index: number) => number | Promise<number>;
type Writer = (data: Ina3221Data, attr: string, index: number, value: number) => Promise<void>;

const READ: Partial<Record<HwmonType, Reader>> = {
  chip: (data, attr) =>
    attr === 'samples'
      ? (AVERAGES[getField(data.config, R.CONFIG.fields.AVG)] as number)
      : divRoundClosest(cycleUs(data.config), 1000),
  in: readIn,
  curr: readCurr,
};

const WRITE: Partial<Record<HwmonType, Writer>> = {
  chip: writeChip,
  in: (data, _attr, index, value) => data.setEnabled(data.channels[index - 1] as Channel, value !== 0),
  curr: writeLimit,
};

async function readIn(data: Ina3221Data, attr: string, index: number): Promise<number> {
  if (index === IN_SUM) return shuntMv(await data.measureSum());
  const channel = data.channels[(index - 1) % INPUTS] as Channel;
  if (attr === 'enable') return Number(data.isEnabled(channel));
  if (index > INPUTS) return shuntMv(await data.measure(channel, channel.shunt));
  return busMv(await data.measure(channel, channel.bus));
}

function readCurr(data: Ina3221Data, attr: string, index: number): Promise<number> {
  if (index === CURR_SUM) return readSum(data, attr);
  return readChannel(data, attr, data.channels[index] as Channel);
}

async function readChannel(data: Ina3221Data, attr: string, channel: Channel): Promise<number> {
  const isCrit = attr.startsWith('crit');
  if (attr.endsWith('_alarm')) {
    if (!data.isEnabled(channel)) return 0;
    return Number(await data.mask.takeAlarm(isCrit ? channel.critFlag : channel.warnFlag));
  }
  const code =
    attr === 'input' ? data.measure(channel, channel.shunt) : codeIn(data, isCrit ? channel.crit : channel.warn);
  return currentMa(await code, channel.shuntMicroOhms);
}

async function readSum(data: Ina3221Data, attr: string): Promise<number> {
  const shunt = data.summationShunt;
  if (attr === 'crit_alarm') return shunt === 0 ? 0 : Number(await data.mask.takeAlarm('SF'));
  if (attr === 'input') return currentMa(await data.measureSum(), shunt);
  if (shunt === 0) throw data.dev.error('ENODATA', 'the shunts of the summed channels differ', attr);
  return currentMa(await codeIn(data, R.CRIT_SUM), shunt);
}

/** A limit's code: from the cache once it is known. */
async function codeIn(data: Ina3221Data, reg: VoltageReg): Promise<number> {
  return codeOf(reg, await data.map.read(reg));
}

async function writeChip(data: Ina3221Data, attr: string, _index: number, value: number): Promise<void> {
  if (attr === 'samples') {
    const index = closest(value, AVERAGES);
    return data.setConfig((config) => setField(config, R.CONFIG.fields.AVG, index));
  }
  if (channelCount(data.config) === 0)
    throw data.dev.error('ENODATA', 'no channel is enabled, so there is no interval', attr);
  return data.setConfig((config) => withInterval(config, value));
}

async function writeLimit(data: Ina3221Data, attr: string, index: number, ma: number): Promise<void> {
  if (index === CURR_SUM) {
    const shunt = data.summationShunt;
    if (shunt === 0) throw data.dev.error('EOPNOTSUPP', 'the shunts of the summed channels differ', `curr4_${attr}`);
    return data.map.write(R.CRIT_SUM, sumLimitWord(ma, shunt));
  }
  const { crit, warn, shuntMicroOhms } = data.channels[index] as Channel;
  return data.map.write(attr === 'crit' ? crit : warn, shuntLimitWord(ma, shuntMicroOhms));
}

function refuse(data: Ina3221Data, attr: string): never {
  throw data.dev.error('EOPNOTSUPP', 'no such attribute', attr);
}

/** The resistor in µΩ: a board without devicetree, or a module with other resistors, needs it corrected. */
function shuntAttribute(data: Ina3221Data, channel: Channel): Attribute {
  return {
    name: `shunt${channel.number}_resistor`,
    mode: 0o644,
    show: () => `${channel.shuntMicroOhms}\n`,
    store: (text) => data.setShunt(channel, Math.max(kstrtoint(text, 0), SHUNT_LEAST_UOHM)),
  };
}
