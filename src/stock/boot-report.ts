// What a boot found, as data: the JSON document of `boot` and `devices`, and what their text is written from.
import { type AbsentDisplay, absentDisplays, type Display, readDisplays } from '../abi/displays.js';
import type { Interface } from '../abi/interfaces.js';
import type { RailReport } from '../abi/rails.js';
import type { Duration } from '../base/clock.js';
import type { Bench } from '../bench/bench.js';
import type { NodeReport, NodeState } from '../bench/report.js';
import { DISPLAY_DRIVERS } from './catalogue.js';

/** The states in the order of the list. */
export const STATES: readonly NodeState[] = ['bound', 'waits', 'failed', 'no driver', 'disabled', 'bus', 'no device'];

/** The JSON document. No real time is in it: the same seed, tree and options give the same bytes. */
export interface BootReport {
  readonly model: string;
  readonly compatible: readonly string[];
  /** Nodes of the tree, the root included. */
  readonly nodes: number;
  readonly seed: string;
  /** How many nodes, and devices without node, are in each state, over all states. */
  readonly totals: Readonly<Record<NodeState, number>>;
  /**
   * One entry per node with a `compatible`, in tree order, and per device without node, behind its parent; only those
   * of `--state` where that was given.
   */
  readonly devices: readonly NodeReport[];
  /** One entry per pipeline of a display device once all have probed; absent where no device would make a display. */
  readonly displays?: readonly Display[];
  /** Where `displays` is empty: who would make one, and why there is none. */
  readonly absentDisplays?: readonly AbsentDisplay[];
  /** Absent for `devices`, which does not run. */
  readonly run?: RunReport;
}

/** What letting time pass gave. */
export interface RunReport {
  readonly virtualNs: Duration;
  readonly rails: readonly RailReport[];
  /** One entry per network interface, with its counters at the end; absent where there is none. */
  readonly interfaces?: readonly Interface[];
  /** What drivers left behind when the power went: nothing, when they are clean. */
  readonly leaks: readonly string[];
}

/** The machine now; `shown` are the states to list. */
export function reportBoot(bench: Bench, shown: readonly NodeState[]): BootReport {
  const { root } = bench.tree;
  const all = bench.report();
  const displays = readDisplays(bench.core);
  const absent = displays.length > 0 ? [] : absentDisplays(all, DISPLAY_DRIVERS);
  return {
    model: root.string('model') ?? '',
    compatible: root.compatible,
    nodes: [...root.walk()].length,
    seed: bench.random.seed,
    totals: totalsOf(all),
    devices: all.filter(({ state }) => shown.includes(state)),
    ...(displays.length + absent.length > 0 ? { displays } : {}),
    ...(absent.length > 0 ? { absentDisplays: absent } : {}),
  };
}

/** How many there are in each state. */
export function totalsOf(all: readonly NodeReport[]): Record<NodeState, number> {
  const totals = Object.fromEntries(STATES.map((state) => [state, 0])) as Record<NodeState, number>;
  for (const { state } of all) totals[state]++;
  return totals;
}
