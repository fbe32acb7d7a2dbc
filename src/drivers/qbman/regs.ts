// Registers of BMan and QMan that the drivers use: the blocks, and their portals. All big-endian. Rings and commands
// lie in a portal's first window (cache-enabled on real parts), registers in its second.

/** Registers that the blocks of both have in common. */
export const CCSR = {
  ERR_ISR: 0xe00,
  ERR_IER: 0xe04,
  ERR_ISDR: 0xe08,
  IP_REV_1: 0xbf8,
} as const;

/** Where a block finds memory of its own: the first of three registers each. */
export const BARE = { FBPR: 0xc00, FQD: 0xc00, PFDR: 0xc20 } as const;
/** The lower half of the address, and size with enable bit, counted from the first. */
export const BAR = 0x04;
/** Log 2 of the size, less one, and the enable bit. */
export const AR = 0x10;
/** Private memory is used. */
export const AR_ENABLE = 0x8000_0000;

/** QMan's block. */
export const QM = {
  /** Settings of what FMan enqueues and dequeues, one each 16 bytes. */
  DCP_CFG: 0x300,
  DCP_STEP: 0x10,
  /** No rejections of what hardware enqueues are wanted: revision 3, and before. */
  DCP_CFG_ED_REV3: 0x1000,
  DCP_CFG_ED: 0x100,
  PFDR_FP_LWIT: 0x410,
  PFDR_CFG: 0x414,
  SFDR_CFG: 0x500,
  MCR: 0xb00,
  MCP0: 0xb04,
  MCP1: 0xb08,
  MCR_INIT_PFDR: 0x0100_0000,
  /** Bits 31..24 of MCR when a command is done: well, or not. */
  MCR_OK: 0xf0,
} as const;

/** Offsets of a portal's registers in its second window. */
export interface QmPortalRegs {
  readonly EQCR_PI: number;
  readonly EQCR_CI: number;
  readonly DQRR_PI: number;
  readonly DQRR_CI: number;
  readonly DQRR_ITR: number;
  readonly DCAP: number;
  readonly SDQCR: number;
  readonly VDQCR: number;
  readonly MR_PI: number;
  readonly MR_CI: number;
  readonly MR_ITR: number;
  readonly CFG: number;
  readonly ISR: number;
  readonly IER: number;
  readonly ISDR: number;
  readonly IIR: number;
  readonly ITPR: number;
}

/** As ARM parts have them. */
export const QM_PORTAL_ARM: QmPortalRegs = {
  EQCR_PI: 0x3000,
  EQCR_CI: 0x3040,
  DQRR_PI: 0x3100,
  DQRR_CI: 0x3140,
  DQRR_ITR: 0x3180,
  DCAP: 0x31c0,
  SDQCR: 0x3200,
  VDQCR: 0x3240,
  MR_PI: 0x3300,
  MR_CI: 0x3340,
  MR_ITR: 0x3380,
  CFG: 0x3500,
  ISR: 0x3600,
  IER: 0x3640,
  ISDR: 0x3680,
  IIR: 0x36c0,
  ITPR: 0x3740,
};
/** As PowerPC parts have them. */
export const QM_PORTAL_PPC: QmPortalRegs = {
  EQCR_PI: 0x00,
  EQCR_CI: 0x04,
  DQRR_PI: 0x40,
  DQRR_CI: 0x44,
  DQRR_ITR: 0x48,
  DCAP: 0x50,
  SDQCR: 0x54,
  VDQCR: 0x58,
  MR_PI: 0x80,
  MR_CI: 0x84,
  MR_ITR: 0x88,
  CFG: 0x100,
  ISR: 0xe00,
  IER: 0xe04,
  ISDR: 0xe08,
  IIR: 0xe0c,
  ITPR: 0xe14,
};

/** Offsets in QMan's first window. */
export const QM_CE = { EQCR: 0x0000, DQRR: 0x1000, MR: 0x2000, CR: 0x3800, RR0: 0x3900, RR1: 0x3940 } as const;

/** A portal's interrupts. */
export const QM_PIRQ = { CSCI: 0x0010_0000, EQRI: 0x0004_0000, DQRI: 0x0002_0000, MRI: 0x0001_0000 } as const;

/** Rings: full at 15 dequeued frames, consumed by index in DCAP; EQCR by validity bit, MR by consumer index. */
export const QM_CFG = 0x02f2_00a0;
/** Static dequeue: channels, up to three frames, dedicated precedence, by priority, token 0xab. */
export const QM_SDQCR_BASE = 0x31ab_0000;
/** The portal's own channel. Pool channel n is this bit n places down. */
export const QM_SDQCR_DEDICATED = 0x8000;

/** Offsets of a BMan portal's registers in its second window. */
export interface BmPortalRegs {
  readonly RCR_PI: number;
  readonly RCR_CI: number;
  readonly CFG: number;
  readonly ISR: number;
  readonly IER: number;
  readonly ISDR: number;
  readonly IIR: number;
}

/** As ARM parts have them. */
export const BM_PORTAL_ARM: BmPortalRegs = {
  RCR_PI: 0x3000,
  RCR_CI: 0x3100,
  CFG: 0x3300,
  ISR: 0x3e00,
  IER: 0x3e40,
  ISDR: 0x3e80,
  IIR: 0x3ec0,
};
/** As PowerPC parts have them. */
export const BM_PORTAL_PPC: BmPortalRegs = {
  RCR_PI: 0x00,
  RCR_CI: 0x04,
  CFG: 0x100,
  ISR: 0xe00,
  IER: 0xe04,
  ISDR: 0xe08,
  IIR: 0xe0c,
};

/** CFG, bits 1 and 0: entries of the release ring count by their validity bit (Linux: bm_rcr_pvb). */
export const BM_CFG_RCR_PVB = 2;

/** Offsets in BMan's first window. */
export const BM_CE = { CR: 0x000, RR0: 0x100, RR1: 0x140, RCR: 0x1000 } as const;

/** A second window of ARM's size has room for ARM's registers. */
export const ARM_WINDOW = 0x4000;
/** Bytes of an entry of any ring. */
export const ENTRY_BYTES = 64;
/** Entries of EQCR, MR and RCR; one less can be used. */
export const RING = 8;
/** Entries of DQRR. */
export const DQRR_RING = 16;
/** Each pass through a ring has the other value of it; commands alternate. */
export const VERB_VBIT = 0x80;
