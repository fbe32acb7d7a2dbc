// The IIO face as the patch's reviewer asked for it: channels are what is measured, differences over the shunts and
// voltages of the buses against ground; limits are events. Units are those of Linux's ABI: raw times scale is
// millivolts, integration times are seconds, event values are raw codes.
import { setField } from '../../base/regs.js';
import { type IioChanInfo, type IioChanSpec, type IioEventSpec, iioSoftTimestamp } from '../../core/iio/channel.js';
import type { IioDeviceSpec } from '../../core/iio/iio.js';
import type { IioInfo } from '../../core/iio/info.js';
import { iioInt, iioMicro, type IioVal } from '../../core/iio/value.js';
import type { Channel, Ina3221Data } from './ina3221-data.js';
import {
  BUS_SCALE,
  INTEGRATION_TIME_AVAILABLE,
  integrationTime,
  limitWord,
  OVERSAMPLING_AVAILABLE,
  oversampling,
  setIntegrationTime,
  setOversampling,
  SHUNT_SCALE,
} from './iio-settings.js';
import { type AlarmFlag, R, type VoltageReg } from './regs.js';
import { cycleUs } from './settings.js';
import { codeOf } from './units.js';

/** The register word as it is: thirteen bits above three that do not count. */
const SCAN_TYPE = { sign: 's', realbits: 13, storagebits: 16, shift: 3, endianness: 'be' } as const;
const TIMESTAMP_INDEX = 6;
/** The average is above its limit. */
const WARNING: IioEventSpec = { type: 'thresh', dir: 'rising', separate: ['en', 'value'] };
/** A single conversion is above its limit. */
const CRITICAL: IioEventSpec = { ...WARNING, severity: 'critical' };

/** Which alarms are wanted as events. */
export interface EventSwitch {
  isOn(flag: AlarmFlag): boolean;
  turn(flag: AlarmFlag, on: boolean): void;
}

/** The device: two channels for every connected input, and the time. */
export function measuredDevice(
  data: Ina3221Data,
  events: EventSwitch,
): Pick<IioDeviceSpec, 'name' | 'channels' | 'info'> {
  const connected = data.channels.filter((channel) => channel.connected);
  return {
    name: 'ina3221',
    channels: [
      ...connected.flatMap((channel) => [shuntSpec(channel), busSpec(channel)]),
      iioSoftTimestamp(TIMESTAMP_INDEX),
    ],
    info: { ...settings(data), ...limits(data, events), debugfsRegAccess: registers(data) },
  };
}

/** The register behind a channel that is measured. */
export function measuredReg(data: Ina3221Data, chan: IioChanSpec): VoltageReg {
  const { shunt, bus } = channelOf(data, chan);
  return chan.differential === true ? shunt : bus;
}

/** The channel and event that a flag stands for; undefined for the sum, and for an input without channels. */
export function eventOf(
  data: Ina3221Data,
  flag: AlarmFlag,
): { readonly chan: IioChanSpec; readonly event: IioEventSpec } | undefined {
  const channel = data.channels.find(({ critFlag, warnFlag }) => flag === critFlag || flag === warnFlag);
  if (channel === undefined || !channel.connected) return undefined;
  return { chan: shuntSpec(channel), event: flag === channel.critFlag ? CRITICAL : WARNING };
}

const SHARED: Pick<
  IioChanSpec,
  'type' | 'indexed' | 'scanType' | 'separate' | 'separateAvailable' | 'sharedByAll' | 'sharedByAllAvailable'
> = {
  ...{ type: 'voltage', indexed: true, scanType: SCAN_TYPE },
  ...{ separate: ['raw', 'scale', 'integration_time'], separateAvailable: ['integration_time'] },
  ...{ sharedByAll: ['oversampling_ratio', 'sampling_frequency'], sharedByAllAvailable: ['oversampling_ratio'] },
};

/** IN+1 against IN-1 is voltage1-voltage0, and so on. */
function shuntSpec({ number }: Channel): IioChanSpec {
  const low = 2 * (number - 1);
  return {
    ...SHARED,
    differential: true,
    channel: low + 1,
    channel2: low,
    scanIndex: low,
    events: [WARNING, CRITICAL],
  };
}

function busSpec({ number }: Channel): IioChanSpec {
  const low = 2 * (number - 1);
  return { ...SHARED, channel: low, scanIndex: low + 1 };
}

function channelOf(data: Ina3221Data, chan: IioChanSpec): Channel {
  return data.channels[chan.channel >> 1] as Channel;
}

const timeField = (chan: IioChanSpec): 'SHUNT_CT' | 'BUS_CT' => (chan.differential === true ? 'SHUNT_CT' : 'BUS_CT');

function settings(data: Ina3221Data): IioInfo {
  return {
    readRaw: (chan, info) => READ[info]?.(data, chan) ?? refuse(data, info),
    writeRaw: async (chan, val, val2, info) => {
      if (info === 'integration_time') await setIntegrationTime(data, timeField(chan), val, val2);
      else await setOversampling(data, val, val2);
    },
    isWritable: (_chan, info) => info === 'integration_time' || info === 'oversampling_ratio',
    readAvail: (_chan, info) => (info === 'integration_time' ? INTEGRATION_TIME_AVAILABLE : OVERSAMPLING_AVAILABLE),
  };
}

const READ: Partial<Record<IioChanInfo, (data: Ina3221Data, chan: IioChanSpec) => IioVal | Promise<IioVal>>> = {
  raw: async (data, chan) => iioInt(await data.measure(channelOf(data, chan), measuredReg(data, chan))),
  scale: (_data, chan) => (chan.differential === true ? SHUNT_SCALE : BUS_SCALE),
  integration_time: (data, chan) => integrationTime(data, timeField(chan)),
  oversampling_ratio: oversampling,
  sampling_frequency: samplingFrequency,
};

/** How often all enabled channels are converted, in Hz. It follows from the integration times. */
function samplingFrequency(data: Ina3221Data): IioVal {
  const cycle = cycleUs(data.config);
  if (!data.converts) throw data.dev.error('ENODATA', 'no channel is enabled', 'sampling_frequency');
  const microhertz = Math.round(1e12 / cycle);
  return iioMicro(Math.floor(microhertz / 1e6), microhertz % 1e6);
}

function limits(data: Ina3221Data, events: EventSwitch): Partial<IioInfo> {
  const regOf = (chan: IioChanSpec, { severity }: IioEventSpec): VoltageReg => {
    const { crit, warn } = channelOf(data, chan);
    return severity === 'critical' ? crit : warn;
  };
  const flagOf = (chan: IioChanSpec, { severity }: IioEventSpec): AlarmFlag => {
    const { critFlag, warnFlag } = channelOf(data, chan);
    return severity === 'critical' ? critFlag : warnFlag;
  };
  return {
    readEventConfig: (chan, event) => events.isOn(flagOf(chan, event)),
    writeEventConfig: (chan, event, on) => events.turn(flagOf(chan, event), on),
    readEventValue: async (chan, event) => {
      const reg = regOf(chan, event);
      return iioInt(codeOf(reg, await data.map.read(reg)));
    },
    writeEventValue: async (chan, event, _info, val, val2) => {
      if (val2 !== 0) throw data.dev.error('EINVAL', 'limits are whole codes', 'limit');
      await data.map.write(regOf(chan, event), limitWord(data, val));
    },
  };
}

/** Any register by its address, for debugging. RST is left out; registers that the driver never writes are EIO. */
function registers(data: Ina3221Data): NonNullable<IioInfo['debugfsRegAccess']> {
  const reg = (addr: number) =>
    Object.values(R).find((one) => one.addr === addr) ?? { name: `0x${addr.toString(16)}`, addr, reset: 0, fields: {} };
  return {
    read: (addr) => (addr === R.MASK_ENABLE.addr ? data.mask.look() : data.map.read(reg(addr))),
    write: (addr, value) =>
      addr === R.CONFIG.addr
        ? data.setConfig(() => setField(value, R.CONFIG.fields.RST, 0))
        : data.map.write(reg(addr), value),
  };
}

function refuse(data: Ina3221Data, info: IioChanInfo): never {
  throw data.dev.error('EINVAL', 'no such value', info);
}
