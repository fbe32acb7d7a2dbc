// The numbers of `ethtool -S` (facts 4.9): a line per CPU and their sum, then those of the whole interface.
import type { DpaCount } from './dpa-bp.js';
import type { DpaStats } from './dpa-priv.js';

/** Rejections by the upper nibble of their code: 0x00 to 0x70. */
export const ERN_NAMES = [
  'qman cg_tdrop',
  'qman wred',
  'qman error cond',
  'qman early window',
  'qman late window',
  'qman fq tdrop',
  'qman fq retired',
  'qman orp disabled',
] as const;

/** What the numbers are made of. */
export interface EthtoolParts {
  /** By CPU: counters, shares of the pool, and how often the interface had it interrupted. */
  readonly percpu: readonly DpaStats[];
  readonly shares: readonly DpaCount[];
  readonly interrupts: readonly number[];
  /** By index as in ERN_NAMES. */
  readonly erns: readonly number[];
  /** Milliseconds, times, and whether it is so now. */
  readonly congestion: readonly number[];
}

const PER_CPU = ['interrupts', 'rx packets', 'tx packets', 'tx confirm', 'tx S/G', 'tx error', 'rx error'];
const MORE = ['rx dropped', 'tx dropped', 'bpool'];
/** What stands behind the interrupts. */
const COUNTED: readonly (keyof DpaStats)[] = [
  ...(['rxPackets', 'txPackets', 'txConfirm', 'txSg', 'txErrors', 'rxErrors'] as const),
  ...(['rxDropped', 'txDropped'] as const),
];
const GLOBAL = ['rx dma error', 'rx frame physical error', 'rx frame size error', 'rx header error'];
const ERRORS: readonly (keyof DpaStats)[] = ['rxDma', 'rxPhysical', 'rxSize', 'rxHeader'];
const CONGESTION = ['congestion time (ms)', 'entered congestion', 'congested (0/1)'];
/** Ours, behind Linux's (dpaa-L48). */
const REFUSED: readonly (keyof DpaStats)[] = ['rxBadDescriptor', 'rxStale', 'txStray'];
const REFUSED_NAMES = ['rx bad descriptor', 'rx stale descriptor', 'tx stray confirm'];

/** Names, always in the same order. */
export function ethtoolStrings(cpus: number): readonly string[] {
  const each = [...PER_CPU, ...MORE].flatMap((name) => [
    ...Array.from({ length: cpus }, (_, cpu) => `${name} [CPU ${cpu}]`),
    `${name} [TOTAL]`,
  ]);
  return [...each, ...GLOBAL, ...ERN_NAMES, ...CONGESTION, ...REFUSED_NAMES];
}

/** Their values. */
export function ethtoolValues({ percpu, shares, interrupts, erns, congestion }: EthtoolParts): readonly number[] {
  const rows = [
    interrupts,
    ...COUNTED.map((name) => percpu.map((stats) => stats[name])),
    shares.map(({ count }) => count),
  ];
  return [
    ...rows.flatMap((row) => [...row, sum(row)]),
    ...ERRORS.map((name) => dpaTotal(percpu, name)),
    ...erns,
    ...congestion,
    ...REFUSED.map((name) => dpaTotal(percpu, name)),
  ];
}

const sum = (row: readonly number[]): number => row.reduce((all, one) => all + one, 0);

/** One counter of all CPUs together. */
export function dpaTotal(percpu: readonly DpaStats[], name: keyof DpaStats): number {
  return sum(percpu.map((stats) => stats[name]));
}
