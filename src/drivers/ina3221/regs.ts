// The driver's own view of the INA3221: the registers and fields it touches, no more.
import { bit, bits, type Field, type Reg, type RegSpec, registers } from '../../base/regs.js';

/** A measurement: `V` is a two's complement number, 40 µV a step over a shunt and 8 mV a step on a bus. */
export type VoltageReg = Reg<{ readonly V: Field }>;

const CONFIG = {
  RST: bit(15),
  CHAN1_EN: bit(14),
  CHAN2_EN: bit(13),
  CHAN3_EN: bit(12),
  BUS_CT: bits(8, 6),
  SHUNT_CT: bits(5, 3),
  MODE: bits(2, 0),
};
const voltage = (addr: number): RegSpec<{ V: Field }> => ({ addr, fields: { V: bits(15, 3) } });
const id = (addr: number): RegSpec<{ ID: Field }> => ({ addr, fields: { ID: bits(15, 0) } });

/** Registers and fields by the names of the Linux driver. */
export const R = registers(
  {
    CONFIG: { addr: 0x00, reset: 0x7127, fields: CONFIG },
    SHUNT1: voltage(0x01),
    BUS1: voltage(0x02),
    SHUNT2: voltage(0x03),
    BUS2: voltage(0x04),
    SHUNT3: voltage(0x05),
    BUS3: voltage(0x06),
    MASK_ENABLE: { addr: 0x0f, fields: { CVRF: bit(0) } },
    MANUFACTURER_ID: id(0xfe),
    DIE_ID: id(0xff),
  },
  16,
);
