// The registers of the INA3221 as its datasheet has them (TI SBOS576C, register maps).
import { type Access, bit, bits, type Field, registers } from '../../base/regs.js';

/** A voltage in bits [15:3], two's complement; the three bits below are reserved and read 0. */
const voltage = (access: Access): Field => bits(15, 3, access);

/**
 * Every register with its address, reset value and access. Shunt voltages and their limits count 40 uV, bus voltages
 * and power-valid limits 8 mV. Bit 15 of MASK_ENABLE is reserved: the table prints R/W, the text lets a write change
 * bits 14 to 10 only, and so does this map.
 */
export const R = registers(
  {
    CONFIG: {
      addr: 0x00,
      reset: 0x7127,
      fields: {
        RST: bit(15, 'sc'),
        CH1en: bit(14),
        CH2en: bit(13),
        CH3en: bit(12),
        AVG: bits(11, 9),
        VBUSCT: bits(8, 6),
        VSHCT: bits(5, 3),
        MODE: bits(2, 0),
      },
    },
    SHUNT1: { addr: 0x01, fields: { SD: voltage('ro') } },
    BUS1: { addr: 0x02, fields: { BD: voltage('ro') } },
    SHUNT2: { addr: 0x03, fields: { SD: voltage('ro') } },
    BUS2: { addr: 0x04, fields: { BD: voltage('ro') } },
    SHUNT3: { addr: 0x05, fields: { SD: voltage('ro') } },
    BUS3: { addr: 0x06, fields: { BD: voltage('ro') } },
    CRITICAL1: { addr: 0x07, reset: 0x7ff8, fields: { C1L: voltage('rw') } },
    WARNING1: { addr: 0x08, reset: 0x7ff8, fields: { W1L: voltage('rw') } },
    CRITICAL2: { addr: 0x09, reset: 0x7ff8, fields: { C2L: voltage('rw') } },
    WARNING2: { addr: 0x0a, reset: 0x7ff8, fields: { W2L: voltage('rw') } },
    CRITICAL3: { addr: 0x0b, reset: 0x7ff8, fields: { C3L: voltage('rw') } },
    WARNING3: { addr: 0x0c, reset: 0x7ff8, fields: { W3L: voltage('rw') } },
    SHUNT_SUM: { addr: 0x0d, fields: { SV: bits(15, 1, 'ro') } },
    SHUNT_SUM_LIMIT: { addr: 0x0e, reset: 0x7ffe, fields: { SVL: bits(15, 1) } },
    MASK_ENABLE: {
      addr: 0x0f,
      reset: 0x0002,
      fields: {
        SCC1: bit(14),
        SCC2: bit(13),
        SCC3: bit(12),
        WEN: bit(11),
        CEN: bit(10),
        CF1: bit(9, 'rc'),
        CF2: bit(8, 'rc'),
        CF3: bit(7, 'rc'),
        SF: bit(6, 'rc'),
        WF1: bit(5, 'rc'),
        WF2: bit(4, 'rc'),
        WF3: bit(3, 'rc'),
        PVF: bit(2, 'ro'),
        TCF: bit(1, 'ro'),
        CVRF: bit(0, 'rc'),
      },
    },
    POWER_VALID_UPPER: { addr: 0x10, reset: 0x2710, fields: { PVU: bits(14, 3) } },
    POWER_VALID_LOWER: { addr: 0x11, reset: 0x2328, fields: { PVL: bits(14, 3) } },
    MANUFACTURER_ID: { addr: 0xfe, reset: 0x5449, fields: { ID: bits(15, 0, 'ro') } },
    DIE_ID: { addr: 0xff, reset: 0x3220, fields: { ID: bits(15, 0, 'ro') } },
  },
  16,
);
