// From register codes to what the hwmon files say, in the integer arithmetic of the Linux driver.
import { signed } from '../../base/regs.js';

const CODE_BITS = 13;
const BUS_STEP_MV = 8;
const SHUNT_STEP_NV = 40_000;

/** Bus voltage in mV. Slightly negative near 0 V, where the chip's offset shows. */
export function busMv(code: number): number {
  return signed(code, CODE_BITS) * BUS_STEP_MV;
}

/** Current in mA through a shunt resistor; negative when it flows backwards. */
export function currentMa(code: number, shuntMicroOhms: number): number {
  return divRoundClosest(signed(code, CODE_BITS) * SHUNT_STEP_NV, shuntMicroOhms);
}

/** Division that rounds halves away from zero (Linux: DIV_ROUND_CLOSEST), for a positive divisor. */
function divRoundClosest(value: number, divisor: number): number {
  const half = Math.trunc(divisor / 2);
  return Math.trunc((value < 0 ? value - half : value + half) / divisor) + 0; // + 0 turns -0 into 0
}
