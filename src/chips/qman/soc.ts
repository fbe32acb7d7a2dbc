// The SoCs whose QMan is modelled: what differs between them.

/** One SoC's QMan. */
export interface QmanSoc {
  /** How the tree's own compatible names it. */
  readonly match: RegExp;
  /** IP_REV_1: id, major, minor. */
  readonly revision: number;
  /** From one portal's cache-enabled window to the next. */
  readonly portalStride: number;
  /** Where the registers of a portal lie. */
  readonly layout: 'arm' | 'ppc';
}

/** All of them. */
export const QMAN_SOCS = {
  ls1043a: { match: /ls1043a/i, revision: 0x0a01_0302, portalStride: 0x1_0000, layout: 'arm' },
  ls1046a: { match: /ls1046a/i, revision: 0x0a01_0302, portalStride: 0x1_0000, layout: 'arm' },
  t1040: { match: /t1040|t1042/i, revision: 0x0a01_0301, portalStride: 0x4000, layout: 'ppc' },
} as const satisfies Readonly<Record<string, QmanSoc>>;

/** Name of a SoC in the table. */
export type QmanSocName = keyof typeof QMAN_SOCS;

/** Channels of revision 3: portals from 0, pools, and the ranges of blocks. */
export const CHANNELS = { PORTALS: 50, POOL_FIRST: 0x401, POOLS: 15, BLOCK_FIRST: 0x800, BLOCK_END: 0x880 } as const;
/** Congestion groups of revision 3. */
export const GROUPS = 256;

/** The SoC of a tree with these compatibles; LS1046A where no other fits. */
export function qmanSocOf(compatible: readonly string[]): QmanSoc {
  const socs: readonly QmanSoc[] = Object.values(QMAN_SOCS);
  return socs.find((soc) => compatible.some((name) => soc.match.test(name))) ?? QMAN_SOCS.ls1046a;
}

/** The number of a portal whose cache-enabled window begins there. The windows of all portals begin at 16 MiB. */
export function portalNumber(phys: number, soc: QmanSoc): number {
  return Math.floor((phys % 0x100_0000) / soc.portalStride);
}

/** Whether there is a channel of that number. */
export function isChannel(id: number): boolean {
  const { PORTALS, POOL_FIRST, POOLS, BLOCK_FIRST, BLOCK_END } = CHANNELS;
  if (id < PORTALS) return true;
  return (id >= POOL_FIRST && id < POOL_FIRST + POOLS) || (id >= BLOCK_FIRST && id < BLOCK_END);
}
