// What differs between kernel releases in how they read a display graph, as data (facts: OF graphs, chapter 7).
import type { GraphVariant } from '../../dt/graph.js';

/** The three display pipelines of a mmsys in the order in which they are built; the index is the path number. */
export const PATHS = ['main', 'ext', 'third'] as const;
/** Name of a display pipeline (Linux: enum mtk_crtc_path). */
export type PathName = (typeof PATHS)[number];

/** One place where an output looks for the panel or bridge behind it; endpoint -1 is any. */
export interface BridgeLookup {
  readonly port: number;
  readonly endpoint: number;
}

/** One way to read a display graph. Ids in the comments are those of docs/display.md. */
export interface DisplayRules {
  readonly name: 'v6.12' | 'v6.13' | 'v7.1' | 'right';
  /** Reads the graph of a mmsys at all; otherwise built-in paths only. */
  readonly graphs: boolean;
  /** Which rows of the tables exist. */
  readonly tables: 'v6.12' | 'mainline';
  /** Which children of a port count as endpoints (G11). */
  readonly endpoints: GraphVariant;
  /** The first hop starts from a null pointer, not from an unset one (W8). */
  readonly nextStartsNull: boolean;
  /** A first component that belongs to the OVL adaptor counts when later ones are folded (W9). */
  readonly foldsFirstAdaptor: boolean;
  /** A circle is refused where it closes; otherwise only the length of the array ends it, or nothing (W23, W24). */
  readonly refusesCircles: boolean;
  /** Every reference to a node is put exactly once (W8, M9). */
  readonly balancesReferences: boolean;
  /** A broken path is left out and fails the probe only if no other is built; otherwise it always does (W19). */
  readonly skipsBrokenPaths: boolean;
  /** A graph replaces all built-in paths and routes; otherwise those stay where the graph gives none (P3, P17). */
  readonly graphReplacesBuiltIn: boolean;
  /**
   * The display needs the mmsys that are enabled and have a path, the second of two with the same first path is
   * refused, and one without a path stays idle; otherwise a number per SoC counts them, and a mmsys without a place of
   * its own leaves an entry of an array unset (P11, P12).
   */
  readonly countsMmsysOfTree: boolean;
  /** Where a DSI looks for what is behind it, in order; any error but EPROBE_DEFER leads to the next (O3). */
  readonly dsiLookups: readonly BridgeLookup[];
  /** The same for DPI and DP_INTF (O2). */
  readonly dpiLookups: readonly BridgeLookup[];
}

const V6_13: DisplayRules = {
  name: 'v6.13',
  graphs: true,
  tables: 'v6.12',
  endpoints: 'seed',
  nextStartsNull: false,
  foldsFirstAdaptor: false,
  refusesCircles: false,
  balancesReferences: false,
  skipsBrokenPaths: false,
  graphReplacesBuiltIn: false,
  countsMmsysOfTree: false,
  dsiLookups: [
    { port: 1, endpoint: 0 },
    { port: 0, endpoint: 0 },
  ],
  dpiLookups: [
    { port: 1, endpoint: -1 },
    { port: 0, endpoint: 0 },
  ],
};

const V7_1: DisplayRules = {
  ...V6_13,
  name: 'v7.1',
  tables: 'mainline',
  endpoints: 'mainline',
  nextStartsNull: true,
};

/** Kernel releases by the name that `--kernel` takes: the last without graphs, the patch as merged, and today's. */
export const KERNELS: Readonly<Record<'v6.12' | 'v6.13' | 'v7.1', DisplayRules>> = {
  'v6.12': {
    ...V6_13,
    name: 'v6.12',
    graphs: false,
    dsiLookups: [{ port: 0, endpoint: 0 }],
    dpiLookups: [{ port: 0, endpoint: 0 }],
  },
  'v6.13': V6_13,
  'v7.1': V7_1,
};

/** What this project's own driver does: the deviations `ofgraph-…` of docs/display.md. */
export const RIGHT: DisplayRules = {
  ...V7_1,
  name: 'right',
  foldsFirstAdaptor: true,
  refusesCircles: true,
  balancesReferences: true,
  skipsBrokenPaths: true,
  graphReplacesBuiltIn: true,
  countsMmsysOfTree: true,
  dsiLookups: [
    { port: 1, endpoint: -1 },
    { port: 0, endpoint: 0 },
  ],
};
