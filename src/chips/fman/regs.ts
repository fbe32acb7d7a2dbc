// The registers of FMan that are modelled: a page for each port (BMI, QMI from 0x400), the MACs, the MDIO controllers.
import { bit, bits, type Field, type Fields, type RegSpec, registers } from '../../base/regs.js';

const word: Field = bits(31, 0);
const VALUE = { VALUE: word } as const;
/** Counts, and can be set by software. */
const COUNT = { COUNT: word } as const;

/** The same register several times: `NAME0`, `NAME1`. */
function row<F extends Fields>(name: string, addr: number, count: number, fields: F): Record<string, RegSpec<F>> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`${name}${i}`, { addr: addr + 4 * i, fields }]));
}

const QMI = {
  PNC: { addr: 0x400, fields: { EN: bit(31), REST: bits(30, 0) } },
  PNS: { addr: 0x404, fields: { BSY: bit(29, 'ro') } },
  PNEN: { addr: 0x41c, fields: VALUE },
  PNETFC: { addr: 0x420, fields: COUNT },
} as const;

/** A receive port. */
export const RX = registers({
  RCFG: { addr: 0x00, fields: { EN: bit(31), REST: bits(30, 0) } },
  RST: { addr: 0x04, fields: { BSY: bit(31, 'ro') } },
  RDA: { addr: 0x08, fields: VALUE },
  RFP: { addr: 0x0c, fields: VALUE },
  RFED: { addr: 0x10, fields: { CUT: bits(20, 16), UPPER: bits(31, 21), LOWER: bits(15, 0) } },
  RICP: { addr: 0x14, fields: { TO: bits(20, 16), FROM: bits(11, 8), SIZE: bits(4, 0) } },
  RIM: { addr: 0x18, fields: VALUE },
  REBM: { addr: 0x1c, fields: { SGD: bit(31), START: bits(24, 16), END: bits(8, 0) } },
  RFNE: { addr: 0x20, fields: VALUE },
  RFCA: { addr: 0x24, fields: VALUE },
  RFPNE: { addr: 0x28, fields: VALUE },
  RPSO: { addr: 0x2c, fields: VALUE },
  RPP: { addr: 0x30, fields: VALUE },
  RCCB: { addr: 0x34, fields: VALUE },
  RETH: { addr: 0x38, fields: VALUE },
  ...row('RPRAI', 0x40, 8, VALUE),
  RFQID: { addr: 0x60, fields: { FQID: bits(23, 0) } },
  REFQID: { addr: 0x64, fields: { FQID: bits(23, 0) } },
  RFSDM: { addr: 0x68, fields: VALUE },
  RFSEM: { addr: 0x6c, fields: VALUE },
  RFENE: { addr: 0x70, fields: VALUE },
  RCMNE: { addr: 0x7c, fields: VALUE },
  ...row('EBMPI', 0x100, 8, { VALID: bit(31), ACE: bit(30), BPID: bits(21, 16), SIZE: bits(15, 0) }),
  ...row('ACNT', 0x120, 8, COUNT),
  ...row('RCGM', 0x160, 8, VALUE),
  MPD: { addr: 0x180, fields: VALUE },
  RSTC: { addr: 0x200, fields: { EN: bit(31), REST: bits(30, 0) } },
  RFRC: { addr: 0x204, fields: COUNT },
  RFBC: { addr: 0x208, fields: COUNT },
  RLFC: { addr: 0x20c, fields: COUNT },
  RFFC: { addr: 0x210, fields: COUNT },
  RFDC: { addr: 0x214, fields: COUNT },
  RFLDEC: { addr: 0x218, fields: COUNT },
  RODC: { addr: 0x21c, fields: COUNT },
  RBDC: { addr: 0x220, fields: COUNT },
  RPEC: { addr: 0x224, fields: COUNT },
  ...QMI,
});

/** A transmit port. */
export const TX = registers({
  TCFG: { addr: 0x00, fields: { EN: bit(31), REST: bits(30, 0) } },
  TST: { addr: 0x04, fields: { BSY: bit(31, 'ro') } },
  TDA: { addr: 0x08, fields: VALUE },
  TFP: { addr: 0x0c, fields: VALUE },
  TFED: { addr: 0x10, fields: VALUE },
  TICP: { addr: 0x14, fields: { TO: bits(20, 16), FROM: bits(11, 8), SIZE: bits(4, 0) } },
  TFDNE: { addr: 0x18, fields: VALUE },
  TFCA: { addr: 0x1c, fields: VALUE },
  TCFQID: { addr: 0x20, fields: { FQID: bits(23, 0) } },
  TEFQID: { addr: 0x24, fields: { FQID: bits(23, 0) } },
  TFENE: { addr: 0x28, fields: VALUE },
  TRLMTS: { addr: 0x2c, fields: { VALUE: bits(31, 0, 'todo') } },
  TRLMT: { addr: 0x30, fields: { VALUE: bits(31, 0, 'todo') } },
  TCCB: { addr: 0x6c, fields: VALUE },
  TFNE: { addr: 0x70, fields: VALUE },
  TCMNE: { addr: 0x7c, fields: VALUE },
  TSTC: { addr: 0x200, fields: { EN: bit(31), REST: bits(30, 0) } },
  TFRC: { addr: 0x204, fields: COUNT },
  TFDC: { addr: 0x208, fields: COUNT },
  TFLEDC: { addr: 0x20c, fields: COUNT },
  TFUFDC: { addr: 0x210, fields: COUNT },
  TBDC: { addr: 0x214, fields: COUNT },
  ...QMI,
  PNDN: { addr: 0x42c, fields: VALUE },
  PNDC: { addr: 0x430, fields: VALUE },
  PNDTFC: { addr: 0x434, fields: COUNT },
});

/** A MAC (mEMAC) without its counters, which are in mac-counters.ts. */
export const MAC = registers({
  COMMAND_CONFIG: {
    addr: 0x008,
    fields: {
      TX_EN: bit(0),
      RX_EN: bit(1),
      LOW: bits(3, 2),
      PROMIS_EN: bit(4),
      PAD_EN: bit(5),
      CRC_FWD: bit(6),
      PAUSE_FWD: bit(7),
      PAUSE_IGNORE: bit(8),
      TX_ADDR_INS: bit(9, 'todo'),
      LOOPBACK_EN: bit(10),
      TX_PAD_EN: bit(11),
      SW_RESET: bit(12, 'sc'),
      CNT_FRM_EN: bit(13),
      HIGH: bits(31, 14),
    },
  },
  MAC_ADDR_0_L: { addr: 0x00c, fields: { ADDR: word } },
  MAC_ADDR_0_U: { addr: 0x010, fields: { ADDR: bits(15, 0) } },
  MAXFRM: { addr: 0x014, reset: 0x600, fields: { LENGTH: bits(15, 0), TX: bits(31, 16, 'todo') } },
  RX_FIFO_SECTIONS: { addr: 0x01c, fields: VALUE },
  TX_FIFO_SECTIONS: { addr: 0x020, fields: VALUE },
  HASHTABLE_CTRL: { addr: 0x02c, fields: { INDEX: bits(5, 0), MCAST_EN: bit(8) } },
  IEVENT: { addr: 0x040, fields: { EVENTS: bits(31, 0, 'w1c') } },
  TX_IPG_LENGTH: { addr: 0x044, fields: VALUE },
  IMASK: { addr: 0x04c, fields: VALUE },
  ...row('PAUSE_QUANTA', 0x054, 4, VALUE),
  ...row('PAUSE_THRESH', 0x064, 4, VALUE),
  RX_PAUSE_STATUS: { addr: 0x074, fields: { VALUE: bits(31, 0, 'ro') } },
  ...row('MAC_ADDR', 0x080, 14, { ADDR: word }),
  LPWAKE_TIMER: { addr: 0x0b8, fields: { VALUE: bits(31, 0, 'todo') } },
  SLEEP_TIMER: { addr: 0x0bc, fields: { VALUE: bits(31, 0, 'todo') } },
  STATN_CONFIG: { addr: 0x0e0, fields: { REST: bits(1, 0), CLEAR: bit(2, 'sc') } },
  IF_MODE: { addr: 0x300, fields: VALUE },
  IF_STATUS: { addr: 0x304, fields: { LINK: bit(15, 'ro'), SPEED: bits(14, 13, 'ro'), FULL: bit(12, 'ro') } },
});

/** An MDIO controller. */
export const MDIO = registers({
  STAT: {
    addr: 0x030,
    fields: { BSY: bit(0, 'ro'), RD_ER: bit(1, 'ro'), LOW: bits(5, 2), ENC: bit(6), HIGH: bits(31, 7) },
  },
  CTL: { addr: 0x034, fields: { DEV: bits(4, 0), PORT: bits(9, 5), REST: bits(14, 10), READ: bit(15, 'sc') } },
  DATA: { addr: 0x038, fields: { DATA: bits(15, 0), BSY: bit(31, 'ro') } },
  ADDR: { addr: 0x03c, fields: { ADDR: bits(15, 0) } },
});
