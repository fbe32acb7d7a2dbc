// Settings of the chip as IIO values: what both sets of channels show and take.
import { getField, setField } from '../../base/regs.js';
import { type IioAvail, iioInt, iioMicro, type IioVal } from '../../core/iio/value.js';
import type { Ina3221Data } from './ina3221-data.js';
import { R } from './regs.js';
import { AVERAGES, CONVERSION_TIME_US } from './settings.js';

/** A raw code times this is millivolts. */
export const SHUNT_SCALE: IioVal = iioMicro(0, 40_000);
/** The same for a bus. */
export const BUS_SCALE: IioVal = iioMicro(8, 0);

/** The averages to choose from. */
export const OVERSAMPLING_AVAILABLE: IioAvail = { kind: 'list', type: 'INT', vals: AVERAGES };
/** The conversion times to choose from, in seconds. */
export const INTEGRATION_TIME_AVAILABLE: IioAvail = {
  kind: 'list',
  type: 'INT_PLUS_MICRO',
  vals: CONVERSION_TIME_US.flatMap((us) => [0, us]),
};

const LEAST_CODE = -4096;
const MOST_CODE = 4095;

/** The number of conversions that are averaged. */
export function oversampling(data: Ina3221Data): IioVal {
  return iioInt(AVERAGES[getField(data.config, R.CONFIG.fields.AVG)] as number);
}

/** Sets it. EINVAL for what is not in the list. */
export async function setOversampling(data: Ina3221Data, val: number, val2: number): Promise<void> {
  await choose(data, 'AVG', val2 === 0 ? AVERAGES.indexOf(val) : -1);
}

/** The conversion time of shunts or buses, in seconds. */
export function integrationTime(data: Ina3221Data, field: 'SHUNT_CT' | 'BUS_CT'): IioVal {
  return iioMicro(0, CONVERSION_TIME_US[getField(data.config, R.CONFIG.fields[field])] as number);
}

/** Sets it, for all channels of the kind. EINVAL for what is not in the list. */
export async function setIntegrationTime(
  data: Ina3221Data,
  field: 'SHUNT_CT' | 'BUS_CT',
  val: number,
  val2: number,
): Promise<void> {
  await choose(data, field, val === 0 ? CONVERSION_TIME_US.indexOf(val2) : -1);
}

/** The word of a limit's code. EINVAL for one that does not fit (ina3221-D3). */
export function limitWord(data: Ina3221Data, code: number): number {
  if (code >= LEAST_CODE && code <= MOST_CODE) return (code << 3) & 0xffff;
  throw data.dev.error('EINVAL', `${code} is not within ${LEAST_CODE} and ${MOST_CODE}`, 'limit');
}

async function choose(data: Ina3221Data, field: 'AVG' | 'SHUNT_CT' | 'BUS_CT', index: number): Promise<void> {
  if (index < 0) throw data.dev.error('EINVAL', 'not one of the available values', field);
  if (getField(data.config, R.CONFIG.fields[field]) === index) return;
  await data.setConfig((config) => setField(config, R.CONFIG.fields[field], index));
}
