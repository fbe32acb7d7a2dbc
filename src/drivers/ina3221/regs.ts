// The driver's own view of the INA3221: the registers and fields it touches, no more.
import { bit, bits, type Field, type Reg, type RegSpec, registers } from '../../base/regs.js';

/**
 * A voltage or a limit: `V` is a two's complement number, 40 µV a step over a shunt and for the sum, 8 mV a step on a
 * bus.
 */
export type VoltageReg = Reg<{ readonly V: Field }>;

const CONFIG = {
  RST: bit(15),
  CHAN1_EN: bit(14),
  CHAN2_EN: bit(13),
  CHAN3_EN: bit(12),
  AVG: bits(11, 9),
  BUS_CT: bits(8, 6),
  SHUNT_CT: bits(5, 3),
  MODE: bits(2, 0),
};
const MASK_ENABLE = {
  SCC1: bit(14),
  SCC2: bit(13),
  SCC3: bit(12),
  CF1: bit(9),
  CF2: bit(8),
  CF3: bit(7),
  SF: bit(6),
  WF1: bit(5),
  WF2: bit(4),
  WF3: bit(3),
  CVRF: bit(0),
};
const voltage = (addr: number): RegSpec<{ V: Field }> => ({ addr, fields: { V: bits(15, 3) } });
const sum = (addr: number): RegSpec<{ V: Field }> => ({ addr, fields: { V: bits(15, 1) } });
const id = (addr: number): RegSpec<{ ID: Field }> => ({ addr, fields: { ID: bits(15, 0) } });

/** Registers and fields by the names of the patch and of the Linux driver. */
export const R = registers(
  {
    CONFIG: { addr: 0x00, reset: 0x7127, fields: CONFIG },
    SHUNT1: voltage(0x01),
    BUS1: voltage(0x02),
    SHUNT2: voltage(0x03),
    BUS2: voltage(0x04),
    SHUNT3: voltage(0x05),
    BUS3: voltage(0x06),
    CRIT1: voltage(0x07),
    WARN1: voltage(0x08),
    CRIT2: voltage(0x09),
    WARN2: voltage(0x0a),
    CRIT3: voltage(0x0b),
    WARN3: voltage(0x0c),
    SHUNT_SUM: sum(0x0d),
    CRIT_SUM: sum(0x0e),
    MASK_ENABLE: { addr: 0x0f, fields: MASK_ENABLE },
    MANUFACTURER_ID: id(0xfe),
    DIE_ID: id(0xff),
  },
  16,
);

/** A flag of MASK_ENABLE that a limit sets. */
export type AlarmFlag = 'CF1' | 'CF2' | 'CF3' | 'SF' | 'WF1' | 'WF2' | 'WF3';

/** What belongs to one of the three inputs. */
export interface ChannelRegs {
  /** From 1, as the datasheet counts. */
  readonly number: 1 | 2 | 3;
  readonly enable: 'CHAN1_EN' | 'CHAN2_EN' | 'CHAN3_EN';
  readonly scc: 'SCC1' | 'SCC2' | 'SCC3';
  readonly shunt: VoltageReg;
  readonly bus: VoltageReg;
  readonly crit: VoltageReg;
  readonly warn: VoltageReg;
  readonly critFlag: AlarmFlag;
  readonly warnFlag: AlarmFlag;
}

/** Table of the three inputs. */
export const CHANNELS: readonly ChannelRegs[] = [
  {
    ...{ number: 1, enable: 'CHAN1_EN', scc: 'SCC1', critFlag: 'CF1', warnFlag: 'WF1' },
    ...{ shunt: R.SHUNT1, bus: R.BUS1, crit: R.CRIT1, warn: R.WARN1 },
  },
  {
    ...{ number: 2, enable: 'CHAN2_EN', scc: 'SCC2', critFlag: 'CF2', warnFlag: 'WF2' },
    ...{ shunt: R.SHUNT2, bus: R.BUS2, crit: R.CRIT2, warn: R.WARN2 },
  },
  {
    ...{ number: 3, enable: 'CHAN3_EN', scc: 'SCC3', critFlag: 'CF3', warnFlag: 'WF3' },
    ...{ shunt: R.SHUNT3, bus: R.BUS3, crit: R.CRIT3, warn: R.WARN3 },
  },
];
