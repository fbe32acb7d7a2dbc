// The IIO face with the names of the patch: each limit is a channel, conversion times are the driver's own files.
// Units: raw times scale is millivolts, for limits too; integration times are seconds.
import type { IioChanSpec } from '../../core/iio/channel.js';
import type { IioDeviceSpec } from '../../core/iio/iio.js';
import { iioFormatAvail, iioFormatValue, iioInt, iioStrToFixpoint } from '../../core/iio/value.js';
import type { Attribute } from '../../core/sysfs.js';
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
import type { VoltageReg } from './regs.js';
import { codeOf } from './units.js';

/** The four channels that the patch makes of one. */
const KINDS = {
  shunt: (channel: Channel): VoltageReg => channel.shunt,
  bus: (channel: Channel): VoltageReg => channel.bus,
  shunt_critical: (channel: Channel): VoltageReg => channel.crit,
  shunt_warning: (channel: Channel): VoltageReg => channel.warn,
} as const;
type Kind = keyof typeof KINDS;

/** The multiplier of the first decimal, so that decimals come as millionths. */
const MICRO = 100_000;

/** The device as the patch has it. */
export function patchDevice(data: Ina3221Data): IioDeviceSpec {
  return {
    name: 'ina3221',
    channels: data.channels.flatMap(({ number }) => (Object.keys(KINDS) as Kind[]).map((kind) => spec(number, kind))),
    info: {
      readRaw: (chan, info) => {
        if (info === 'oversampling_ratio') return oversampling(data);
        return info === 'scale' ? (chan.extendName === 'bus' ? BUS_SCALE : SHUNT_SCALE) : readRaw(data, chan);
      },
      writeRaw: async (chan, val, val2, info) => {
        if (info === 'oversampling_ratio') await setOversampling(data, val, val2);
        else await data.map.write(regOf(data, chan), limitWord(data, val));
      },
      isWritable: ({ extendName = '' }, info) =>
        info === 'oversampling_ratio' || (info === 'raw' && extendName.startsWith('shunt_')),
      readAvail: () => OVERSAMPLING_AVAILABLE,
      attributes: [...timeFiles(data, 'shunt', 'SHUNT_CT'), ...timeFiles(data, 'bus', 'BUS_CT')],
    },
  };
}

function spec(channel: number, extendName: Kind): IioChanSpec {
  return {
    ...{ type: 'voltage', channel, indexed: true, extendName, separate: ['raw', 'scale'] },
    ...{ sharedByAll: ['oversampling_ratio'], sharedByAllAvailable: ['oversampling_ratio'] },
  };
}

function regOf(data: Ina3221Data, { channel, extendName }: IioChanSpec): VoltageReg {
  return KINDS[extendName as Kind](data.channels[channel - 1] as Channel);
}

async function readRaw(data: Ina3221Data, chan: IioChanSpec) {
  const reg = regOf(data, chan);
  const isLimit = chan.extendName === 'shunt_critical' || chan.extendName === 'shunt_warning';
  if (isLimit) return iioInt(codeOf(reg, await data.map.read(reg)));
  return iioInt(await data.measure(data.channels[chan.channel - 1] as Channel, reg));
}

function timeFiles(data: Ina3221Data, kind: 'shunt' | 'bus', field: 'SHUNT_CT' | 'BUS_CT'): Attribute[] {
  const name = `${kind}_integration_time`;
  return [
    {
      name,
      mode: 0o644,
      show: () => iioFormatValue(integrationTime(data, field)),
      store: async (text) => {
        const { integer, fract } = iioStrToFixpoint(text, MICRO);
        await setIntegrationTime(data, field, integer, fract);
      },
    },
    { name: `${name}_available`, mode: 0o444, show: () => iioFormatAvail(INTEGRATION_TIME_AVAILABLE) },
  ];
}
