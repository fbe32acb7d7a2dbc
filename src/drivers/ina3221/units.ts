// Between register words and what files say, in the integer arithmetic of the Linux driver.
import { getField, signed } from '../../base/regs.js';
import type { VoltageReg } from './regs.js';

const BUS_STEP_MV = 8;
const SHUNT_STEP_UV = 40;
const INT_MAX = 0x7fff_ffff;
const INT_MIN = -0x8000_0000;
/** The most that Linux lets a limit over one shunt be, in either direction; a step less than the chip's lowest. */
const SHUNT_MOST_UV = 163_800;
/** What the sum's limit can hold. */
const SUM_MOST_UV = 655_320;
const SUM_LEAST_UV = -655_360;

/** The signed code in a register word. */
export function codeOf(reg: VoltageReg, word: number): number {
  const { hi, lo } = reg.fields.V;
  return signed(getField(word, reg.fields.V), hi - lo + 1);
}

/** Bus voltage in mV. Slightly negative near 0 V, where the chip's offset shows. */
export function busMv(code: number): number {
  return code * BUS_STEP_MV;
}

/** Voltage over a shunt, or the sum of such, in whole mV (ina3221-L9: Linux says µV). */
export function shuntMv(code: number): number {
  return divRoundClosest(code * SHUNT_STEP_UV, 1000);
}

/** Current in mA through a shunt resistor; negative when it flows backwards. */
export function currentMa(code: number, shuntMicroOhms: number): number {
  return divRoundClosest(code * SHUNT_STEP_UV * 1000, shuntMicroOhms);
}

/** The word of a limit over one shunt for a current, cut to what the register can hold and to whole steps. */
export function shuntLimitWord(ma: number, shuntMicroOhms: number): number {
  const uv = clamp(microvolts(ma, shuntMicroOhms), -SHUNT_MOST_UV, SHUNT_MOST_UV);
  return divRoundClosest(uv, 5) & 0xfff8;
}

/** The word of the sum's limit (ina3221-L10: Linux cuts it to what one shunt can have, a quarter of the range). */
export function sumLimitWord(ma: number, shuntMicroOhms: number): number {
  const uv = clamp(microvolts(ma, shuntMicroOhms), SUM_LEAST_UV, SUM_MOST_UV);
  return divRoundClosest(uv, 20) & 0xfffe;
}

/** As Linux cuts the current before it multiplies; the product is exact here (ina3221-L11). */
function microvolts(ma: number, shuntMicroOhms: number): number {
  const most = Math.trunc(INT_MAX / shuntMicroOhms);
  const least = Math.trunc(INT_MIN / shuntMicroOhms);
  return divRoundClosest(clamp(ma, least, most) * shuntMicroOhms, 1000);
}

/** Division that rounds halves away from zero (Linux: DIV_ROUND_CLOSEST), for a positive divisor. */
export function divRoundClosest(value: number, divisor: number): number {
  const half = Math.trunc(divisor / 2);
  return Math.trunc((value < 0 ? value - half : value + half) / divisor) + 0; // + 0 turns -0 into 0
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
