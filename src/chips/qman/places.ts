// Where things lie in the two windows of a QMan portal, and what the bits of its registers mean.
import type { QmanSoc } from './soc.js';

/** Lines and rings of the cache-enabled window that are the same everywhere. */
export const CE = {
  EQCR: 0x0000,
  EQCR_END: 0x0200,
  DQRR: 0x1000,
  MR: 0x2000,
  CR: 0x3800,
  RR0: 0x3900,
  RR1: 0x3940,
  /** Of either window. */
  BYTES: 0x4000,
} as const;

/** Indexes in the cache-enabled window. */
export type IndexName = 'EQCR_PI' | 'EQCR_CI' | 'DQRR_PI' | 'DQRR_CI' | 'MR_PI' | 'MR_CI';

/** Where they lie. */
export const INDEXES: Readonly<Record<QmanSoc['layout'], Readonly<Record<IndexName, number>>>> = {
  arm: { EQCR_PI: 0x3000, EQCR_CI: 0x3040, DQRR_PI: 0x3100, DQRR_CI: 0x3140, MR_PI: 0x3300, MR_CI: 0x3340 },
  ppc: { EQCR_PI: 0x3000, EQCR_CI: 0x3100, DQRR_PI: 0x3200, DQRR_CI: 0x3300, MR_PI: 0x3400, MR_CI: 0x3500 },
};

/** Registers of the cache-inhibited window. */
export type RegName =
  | IndexName
  | ('EQCR_ITR' | 'DQRR_ITR' | 'MR_ITR' | 'DCAP' | 'SDQCR' | 'VDQCR' | 'PDQCR')
  | ('CFG' | 'ISR' | 'IER' | 'ISDR' | 'IIR' | 'ITPR');

/** Where they lie. */
export const REGISTERS: Readonly<Record<QmanSoc['layout'], Readonly<Record<RegName, number>>>> = {
  arm: {
    ...{ EQCR_PI: 0x3000, EQCR_CI: 0x3040, EQCR_ITR: 0x3080 },
    ...{ DQRR_PI: 0x3100, DQRR_CI: 0x3140, DQRR_ITR: 0x3180 },
    ...{ DCAP: 0x31c0, SDQCR: 0x3200, VDQCR: 0x3240, PDQCR: 0x3280 },
    ...{ MR_PI: 0x3300, MR_CI: 0x3340, MR_ITR: 0x3380, CFG: 0x3500 },
    ...{ ISR: 0x3600, IER: 0x3640, ISDR: 0x3680, IIR: 0x36c0, ITPR: 0x3740 },
  },
  ppc: {
    ...{ EQCR_PI: 0x00, EQCR_CI: 0x04, EQCR_ITR: 0x08, DQRR_PI: 0x40, DQRR_CI: 0x44, DQRR_ITR: 0x48 },
    ...{ DCAP: 0x50, SDQCR: 0x54, VDQCR: 0x58, PDQCR: 0x5c, MR_PI: 0x80, MR_CI: 0x84, MR_ITR: 0x88, CFG: 0x100 },
    ...{ ISR: 0xe00, IER: 0xe04, ISDR: 0xe08, IIR: 0xe0c, ITPR: 0xe14 },
  },
};

/** Bits of the interrupt registers. The low half has one for each channel that the portal may serve. */
export const IRQ = {
  CONGESTION: 0x10_0000,
  COMMITTED: 0x8_0000,
  EQCR_BELOW: 0x4_0000,
  DQRR: 0x2_0000,
  MR: 0x1_0000,
} as const;

/** CFG: how software tells of entries of the enqueue ring, [25:24]. */
export const PRODUCE = { BY_REGISTER: 0, BY_LINE: 1, BY_VALID_BIT: 2 } as const;
/** Bits of an entry's stat. */
export const STAT = {
  FQ_EMPTY: 0x80,
  HELD_ACTIVE: 0x40,
  FORCED: 0x20,
  FRAME: 0x10,
  UNSCHEDULED: 0x02,
  EXPIRED: 0x01,
} as const;

/** Verbs of messages. */
export const MESSAGE = { BLOCK_REJECTION: 0x20, RETIRED: 0x21, RETIRED_AT_ONCE: 0x22, PARKED: 0x24 } as const;
