// Table of the SoCs that have a GCE: threads, address shift, subsystem windows, the level of the interrupt.

/** What differs between the GCEs of SoCs. A simulator may make its own. */
export interface GceSoc {
  /** Hardware threads, at most 32. */
  readonly threads: number;
  /** Code addresses count 2^shift bytes: 0 or 3. */
  readonly shift: 0 | 3;
  /** Address of the 64 KiB window by subsystem id (at most 32); undefined where the SoC has none. */
  readonly subsys: readonly (number | undefined)[];
  /** The level of the interrupt line while a thread has something to tell. */
  readonly irqLevel: 'high' | 'low';
  /** Addresses from here on are memory; those below are registers. */
  readonly memoryBase: number;
  /** Where the GCEs of the SoC sit; empty where nobody says. */
  readonly bases: readonly number[];
  /** GCTL_VALUE bits 2 to 0 are the software's, and bits 18 to 16 must be set for memory to be reached. */
  readonly control: { readonly software: boolean; readonly ddr: boolean };
  /** Has CPRs, the shared registers from number 0x8000 on. */
  readonly cpr: boolean;
}

/** The SoCs of the table. */
export type GceSocName =
  | 'mt6779'
  | 'mt6795'
  | 'mt8173'
  | 'mt8183'
  | 'mt8186'
  | 'mt8188'
  | 'mt8192'
  | 'mt8195'
  | 'mt8365';

/** All these SoCs have their registers below. */
const MEMORY_BASE = 0x4000_0000;

/** Windows by id from `first` on, written as the upper halves of their addresses. */
function windows(uppers: string, first = 0): readonly (number | undefined)[] {
  const listed = uppers.split(' ').map((upper) => Number.parseInt(upper, 16) * 0x1_0000);
  return [...Array.from<undefined>({ length: first }), ...listed];
}

const MT6795_WINDOWS = windows(
  '1300 1400 1401 1402 1500 1600 1700 1800 1000 1001 1002 1003 1004 1005 1020 1021 1120 1121 1122 1123 1124 1125 1126',
);
const MT8183_WINDOWS = windows(
  '1300 1400 1401 1402 1502 1880 1881 1882 1883 1884 1000 1001 1002 1003 1004 1005 1020 1028 ' +
    '1700 1701 1702 1703 1800 1801 1802 1804 1805 1808 180a 180b',
);
const MT8186_WINDOWS = windows(
  '1300 1400 1401 1402 1502 1582 1b00 1c00 1c10 1000 1001 1020 1021 1022 1023 1060 1602 1608 ' +
    '1700 1701 1702 1703 1706 1a00 1a01 1a02 1a03 1a04 1a05 1a06',
);
const MT8195_WINDOWS = windows(
  '1400 1401 1402 1c00 1c01 1c02 1c10 1c11 1c12 14f0 14f1 14f2 1800 1801 1802 1803 1032 1033 ' +
    '1600 1601 14e0 1c20 1c30 1c40 1c50 1c60',
);

/** 16 threads, byte addresses. */
const OLD: GceSoc = {
  threads: 16,
  shift: 0,
  subsys: [],
  irqLevel: 'low',
  memoryBase: MEMORY_BASE,
  bases: [],
  control: { software: false, ddr: false },
  cpr: false,
};
/** 24 threads, addresses in units of 8 bytes. */
const NEW: GceSoc = { ...OLD, threads: 24, shift: 3, irqLevel: 'high', cpr: true };

/** Every SoC by its name. What is guessed stands under *Gaps* in gce.ts. */
export const GCE_SOCS: Readonly<Record<GceSocName, GceSoc>> = {
  mt6779: { ...NEW, subsys: MT8183_WINDOWS, irqLevel: 'low' },
  mt6795: { ...OLD, subsys: MT6795_WINDOWS, bases: [0x1021_2000] },
  mt8173: { ...OLD, subsys: windows('1400 1401 1402', 1), bases: [0x1021_2000] },
  mt8183: { ...OLD, threads: 24, subsys: MT8183_WINDOWS, bases: [0x1023_8000] },
  mt8186: { ...NEW, subsys: MT8186_WINDOWS, bases: [0x1022_c000], control: { software: true, ddr: true } },
  mt8188: {
    ...NEW,
    threads: 32,
    subsys: MT8195_WINDOWS,
    bases: [0x1032_0000, 0x1033_0000],
    control: { software: true, ddr: false },
  },
  mt8192: { ...NEW, subsys: MT8183_WINDOWS, bases: [0x1022_8000], control: { software: true, ddr: false } },
  mt8195: {
    ...NEW,
    subsys: MT8195_WINDOWS,
    bases: [0x1032_0000, 0x1033_0000],
    control: { software: true, ddr: false },
  },
  mt8365: { ...OLD },
};

/** The compatible of a SoC's GCE. */
export function compatibleOf(soc: GceSocName): string {
  return `mediatek,${soc}-gce`;
}

/** The SoC that a compatible names; undefined for another device's. */
export function socOf(compatible: string): GceSocName | undefined {
  return (Object.keys(GCE_SOCS) as GceSocName[]).find((name) => compatibleOf(name) === compatible);
}
