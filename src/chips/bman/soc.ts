// The SoCs whose BMan is modelled: what differs between them.

/** One SoC's BMan. */
export interface BmanSoc {
  /** How the tree's own compatible names it. */
  readonly match: RegExp;
  /** IP_REV_1: id, major, minor. */
  readonly revision: number;
  readonly pools: number;
  /** From one portal's cache-enabled window to the next. */
  readonly portalStride: number;
  /** Where the registers of a portal lie in its cache-inhibited window. */
  readonly layout: 'arm' | 'ppc';
}

/** All of them. */
export const BMAN_SOCS = {
  ls1043a: { match: /ls1043a/i, revision: 0x0a02_0201, pools: 64, portalStride: 0x1_0000, layout: 'arm' },
  ls1046a: { match: /ls1046a/i, revision: 0x0a02_0201, pools: 64, portalStride: 0x1_0000, layout: 'arm' },
  t1040: { match: /t1040|t1042/i, revision: 0x0a02_0201, pools: 64, portalStride: 0x4000, layout: 'ppc' },
} as const satisfies Readonly<Record<string, BmanSoc>>;

/** Name of a SoC in the table. */
export type BmanSocName = keyof typeof BMAN_SOCS;

/** The SoC of a tree with these compatibles; LS1046A where no other fits. */
export function bmanSocOf(compatible: readonly string[]): BmanSoc {
  const socs: readonly BmanSoc[] = Object.values(BMAN_SOCS);
  return socs.find((soc) => compatible.some((name) => soc.match.test(name))) ?? BMAN_SOCS.ls1046a;
}

/** The number of a portal whose cache-enabled window begins there. The windows of all portals begin at 16 MiB. */
export function portalNumber(phys: number, soc: BmanSoc): number {
  return Math.floor((phys % 0x100_0000) / soc.portalStride);
}
