// Registers of FMan's ports, MACs and MDIO that the drivers use. All big-endian.

/** A port's page: BMI at its start, QMI behind. Offsets of both kinds of ports where they agree. */
export const PORT = {
  CFG: 0x000,
  STATUS: 0x004,
  QMI_PNC: 0x400,
  QMI_PNS: 0x404,
  QMI_PNEN: 0x41c,
  QMI_PNDN: 0x42c,
  QMI_PNDC: 0x430,
} as const;
/** BMI of a receiving port. */
export const RX = {
  FED: 0x010,
  ICP: 0x014,
  EBM: 0x01c,
  FNE: 0x020,
  FCA: 0x024,
  FPNE: 0x028,
  FQID: 0x060,
  EFQID: 0x064,
  FSDM: 0x068,
  FSEM: 0x06c,
  FENE: 0x070,
  EBMPI: 0x100,
  STC: 0x200,
  /** Frames that were discarded: there were no buffers, or QMan did not take them. */
  FDC: 0x214,
} as const;
/** BMI of a sending port. */
export const TX = { ICP: 0x014, FDNE: 0x018, FCA: 0x01c, CFQID: 0x020, EFQID: 0x024, FENE: 0x028, STC: 0x200 } as const;

/** Enable bits, the busy bits of BMI and QMI, and a pool's valid and counter bits. */
export const BIT = { EN: 0x8000_0000, BMI_BUSY: 0x8000_0000, QMI_BUSY: 0x2000_0000, POOL: 0xc000_0000 } as const;

/** What comes next, and attributes of frames, as Linux writes them. */
export const VALUE = {
  RX_FCA: 0x823c_0000,
  RX_FNE: 0x0044_0000,
  RX_FPNE: 0x0050_0002,
  /** The same while the key generator spreads. */
  RX_FPNE_KEYGEN: 0x0048_0000,
  RX_FENE: 0x00d4_0000,
  RX_FSDM: 0x0002_0000,
  RX_FSEM: 0x012c_e0e8,
  /** Cut the check sequence off. */
  RX_FED: 0x0004_0000,
  TX_FDNE: 0x0050_020c,
  TX_FCA: 0x0040_0000,
  TX_FENE: 0x00d4_0000,
  TX_PNEN: 0x0050_02c0,
  TX_PNDN: 0x0050_0274,
  /** Dequeue by priority, prefetch fully; sub-portal and byte count are added. */
  TX_PNDC: 0x1200_0000,
  TX_BYTES_1G: 0x1400,
  TX_BYTES_10G: 0x2800,
} as const;

/** The key generator's registers, from its start, and what is written to them. */
export const KG = {
  /** Where it is in FMan's window, and how large. */
  BASE: 0xc_1000,
  BYTES: 0x200,
  GCR: 0x000,
  EER: 0x00c,
  SEER: 0x01c,
  SEEER: 0x020,
  FDOR: 0x040,
  GDV0R: 0x044,
  GDV1R: 0x048,
  INDIRECT: 0x100,
  AR: 0x1fc,
  ENABLE: 0x8000_0000,
  /** The next engine is BMI, which enqueues. */
  ENQUEUE: 0x0050_0002,
  /** Double ECC error, key size overflow. */
  EVENTS: 0xc000_0000,
  AR_GO: 0x8000_0000,
  AR_READ: 0x4000_0000,
  AR_ERROR: 0x2000_0000,
  /** What is meant: a port's entry, else a scheme; and which part of it. */
  AR_PORT: 0x0200_0000,
  AR_SP: 0x8000,
  AR_CPP: 0x4000,
  AR_COUNTER: 0x8000,
  /** The number of a scheme is here. */
  AR_NUMBER: 16,
} as const;
/** A port's entry, in the indirect window: its schemes, and its classification plan. */
export const KG_PORT = { SP: 0x100, CPP: 0x104 } as const;
/** Words of a scheme in the indirect window, and what is written to them. */
export const KG_SCHEME = {
  MODE: 0,
  EKFC: 1,
  EKDV: 2,
  FQB: 5,
  HC: 6,
  DV0: 17,
  DV1: 18,
  VSP: 22,
  /** Source and destination of IP, ports of layer 4, SPI of IPsec. */
  KEY: 0x0018_0206,
  /** Addresses that are not there are default 0, ports default 1. */
  DEFAULTS: 0x0008_0300,
  NO_ADDRESS: 0x0a0a_0a0a,
  NO_PORT: 0x0b0b_0b0b,
  /** The scheme does not choose the storage profile. */
  VSP_NONE: 0x8000_0000,
} as const;

/** The mEMAC. */
export const MEMAC = {
  COMMAND: 0x008,
  ADDR0: 0x00c,
  ADDR1: 0x010,
  MAXFRM: 0x014,
  TX_FIFO_SECTIONS: 0x020,
  IEVENT: 0x040,
  TX_IPG: 0x044,
  IMASK: 0x04c,
  IF_MODE: 0x300,
  /** The interface's mode: kind, speed of RGMII where it is not 100, half duplex. */
  IF_10G: 0x0,
  IF_MII: 0x1,
  IF_GMII: 0x2,
  IF_RGMII: 0x4,
  IF_HALF_DUPLEX: 0x40,
  IF_10: 0x2000,
  IF_1000: 0x4000,
  /** When the transmit FIFO counts as empty, and when as available. */
  TX_FIFO_1G: 0x0010_0020,
  TX_FIFO_10G: 0x0040_0019,
  CMD_TX_EN: 0x1,
  CMD_RX_EN: 0x2,
  CMD_PROMISC: 0x10,
  CMD_PAUSE_IGNORE: 0x100,
  CMD_PAD: 0x800,
  CMD_NO_LEN_CHECK: 0x2_0000,
} as const;

/** The MDIO controller of a mEMAC, and external ones. */
export const MDIO = {
  CFG: 0x30,
  CTL: 0x34,
  DATA: 0x38,
  ADDR: 0x3c,
  CFG_BUSY: 0x1,
  CFG_READ_ERROR: 0x2,
  CFG_CLAUSE45: 0x40,
  CTL_READ: 0x8000,
  DATA_BUSY: 0x8000_0000,
} as const;
