// What is soldered around a power monitor, as people type it: the shunt resistors, and what each input measures.

/** One shunt in micro-ohms, or undefined for an input with nothing connected. */
export type Shunt = number | undefined;

/** Inputs of an INA3221. */
const INPUTS = 3;

/** The devicetree says them in 32 bits, and Linux takes no more than this. */
const MOST_UOHM = 0x7fff_ffff;
const UOHM_PER_OHM = 1_000_000;
/** Micro-ohms by unit. */
const UNITS: Readonly<Record<string, number>> = { u: 1, m: 1000, '': UOHM_PER_OHM };
/** `5m`, `0.005`, `5 mohm`; micro and ohm have two signs each in Unicode. */
const RESISTANCE = /^(\d+(?:\.\d+)?|\.\d+)\s*([u\u00b5\u03bcm]?)(ohms?|\u2126|\u03a9)?$/i;
/** `R100`, `0R01`: the letter stands where the point is. */
const PRINTED = /^(\d*)R(\d+)$/i;
const AS_IN = 'write 10m, 500u, 0.005 or R010, for each input or one for all; - where nothing is connected';

/**
 * The shunts of three inputs: `10m` for all, or `10m,5mohm,-`. Without a unit it is ohms (`0.005`), and less than one:
 * who writes 10 means milliohms. As printed on resistors, too: `R100`. Otherwise what is wrong.
 */
export function parseShunts(text: string): readonly Shunt[] | string {
  const words = text.split(',').map((word) => word.trim());
  if (words.length !== 1 && words.length !== INPUTS) return `${words.length} values for ${INPUTS} inputs; ${AS_IN}`;
  const shunts: Shunt[] = [];
  for (const word of words) {
    const shunt = word === '-' ? undefined : parseShunt(word);
    if (typeof shunt === 'string') return shunt;
    shunts.push(shunt);
  }
  const all = words.length === 1 ? Array.from({ length: INPUTS }, () => shunts[0]) : shunts;
  return all.some((shunt) => shunt !== undefined) ? all : `no input has a shunt; ${AS_IN}`;
}

function parseShunt(word: string): number | string {
  const [, number = '', unit = '', ohm = ''] = RESISTANCE.exec(word) ?? [];
  const printed = PRINTED.exec(word);
  const decimal = printed === null ? number : `${printed[1] || '0'}.${printed[2]}`;
  if (decimal === '') return `'${word}' is no resistance; ${AS_IN}`;
  if (unit === 'M') return `'${word}' is in megohms, which no shunt has; write ${number}m for milliohms`;
  const scale = UNITS[unit.toLowerCase().replace(/[\u00b5\u03bc]/, 'u')] as number;
  if (scale === UOHM_PER_OHM && ohm === '' && printed === null && Number(decimal) >= 1) {
    return `'${word}' has no unit; write ${word}m for milliohms or ${word}ohm`;
  }
  return inRange(word, Number(decimal) * scale);
}

function inRange(word: string, exact: number): number | string {
  const microOhms = Math.round(exact);
  if (microOhms < 1 || microOhms > MOST_UOHM) return `'${word}' is out of range; a shunt has from 1u to 2147ohm`;
  // Decimal fractions are not exact in binary: what is meant is the whole number beside it.
  if (Math.abs(exact - microOhms) > 1e-6 * exact) return `'${word}' is finer than a micro-ohm; write whole ones`;
  return microOhms;
}

/** Names of up to three inputs, separated by commas; an empty one stays without name. Otherwise what is wrong. */
export function parseLabels(text: string): readonly string[] | string {
  const labels = text.split(',').map((label) => label.trim());
  return labels.length <= INPUTS ? labels : `${labels.length} names for ${INPUTS} inputs; write VDD_IN,VDD_CPU,VDD_SOC`;
}

/** A 7-bit address that is not reserved; otherwise what is wrong. `40` alone would mean another one to half of us. */
export function parseAddress(text: string): number | string {
  const addr = /^0x[0-9a-f]{1,2}$/i.test(text) ? Number(text) : Number.NaN;
  if (addr >= 0x03 && addr <= 0x77) return addr;
  return 'it is no address of a chip; write 0x40 (pin A0 to ground), 0x41 (to VS), 0x42 (to SDA) or 0x43 (to SCL)';
}

/** `/dev/i2c-1`, or its number alone. */
export function parseBus(text: string): { readonly path: string } | string {
  if (/^\d+$/.test(text)) return { path: `/dev/i2c-${text}` };
  return text.includes('/') ? { path: text } : 'it is no device file; write /dev/i2c-1, or 1';
}
