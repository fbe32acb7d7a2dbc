// The members of the family that are modelled, and where things are in their register window.

/** What one FMan has. */
export interface FmanVariant {
  readonly name: FmanSoc;
  /** Major and minor revision, as FM_IP_REV_1 says it. */
  readonly revision: number;
  readonly muramBytes: number;
  /** Where its MACs begin. Index and ports follow from that: see `macPorts`. */
  readonly macs: readonly number[];
  /** First channel of its range. */
  readonly channelBase: number;
  /** Erratum A-010022/A-050385: reads that cross 4 KiB or are not aligned may lock FMan up. */
  readonly erratumA050385: boolean;
}

/** SoCs that have one. */
export type FmanSoc = 'ls1043a' | 'ls1046a' | 't1040';

const GIGABIT = [0xe0000, 0xe2000, 0xe4000, 0xe6000, 0xe8000, 0xea000];
const V3 = { revision: 0x0604, channelBase: 0x800 };
const LS = { ...V3, muramBytes: 0x60000 };

/** All variants. */
export const FMAN_VARIANTS: Readonly<Record<FmanSoc, FmanVariant>> = {
  ls1043a: { ...LS, name: 'ls1043a', macs: [...GIGABIT, 0xf0000], erratumA050385: true },
  ls1046a: { ...LS, name: 'ls1046a', macs: [...GIGABIT, 0xf0000, 0xf2000], erratumA050385: false },
  t1040: { ...V3, name: 't1040', muramBytes: 0x30000, macs: GIGABIT.slice(0, 5), erratumA050385: false },
};

/** The variant of a SoC with these compatibles; LS1046A, which has no erratum, where none is known. */
export function variantOf(compatible: readonly string[]): FmanVariant {
  const found = Object.values(FMAN_VARIANTS).find(({ name }) =>
    compatible.some((word) => word.toLowerCase().startsWith(`fsl,${name}`)),
  );
  return found ?? FMAN_VARIANTS.ls1046a;
}

/** Hardware ids of the ports of the MAC that begins there. */
export function macPorts(offset: number): { readonly rx: number; readonly tx: number } {
  const tenGigabit = offset >= 0xf0000;
  const index = (offset - (tenGigabit ? 0xf0000 : 0xe0000)) / 0x2000;
  return tenGigabit ? { rx: 0x10 + index, tx: 0x30 + index } : { rx: 0x08 + index, tx: 0x28 + index };
}

/** Order of the ports that have a channel, from the range's first on (v3). */
const CHANNEL_ORDER = [0x30, 0x31, 0x28, 0x29, 0x2a, 0x2b, 0x2c, 0x2d, 0x2, 0x3, 0x4, 0x5, 0x7];

/** The channel that a Tx port takes frames from. */
export function txChannel(variant: FmanVariant, port: number): number {
  return variant.channelBase + CHANNEL_ORDER.indexOf(port);
}
