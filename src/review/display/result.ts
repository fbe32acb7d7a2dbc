// The shapes of a forecast: what a given kernel's mediatek-drm driver makes of a tree, without running it.
import type { DrmData } from '../../drivers/mtk-drm/tables.js';
import type { DisplayRules, PathName } from '../../drivers/mtk-drm/rules.js';
import type { KernelLine, Walk } from '../../drivers/mtk-drm/walk.js';
import type { DtNode } from '../../dt/tree.js';

/** One path of a mmsys after the probe. */
export interface PathForecast {
  readonly name: PathName;
  /** `graph`: built here; `hardcoded`: from the driver's table; `none`: empty. */
  readonly source: 'graph' | 'hardcoded' | 'none';
  /** What the driver holds after path building, also when the probe failed; empty for `none`. */
  readonly ids: readonly number[];
  /** Present when the graph was walked for it. */
  readonly walk: Walk | undefined;
}

/** What an output finds behind it. Only after a probe that succeeded. */
export interface OutputForecast {
  readonly path: PathName;
  readonly id: number;
  /** The output's node; undefined when none is enabled for that component. */
  readonly node: DtNode | undefined;
  /** Port of the look-up that counts. */
  readonly lookup: 'port1' | 'port0';
  /** 0, or the negative error; -517 (EPROBE_DEFER) where the remote is a pipeline component, for ever. */
  readonly ret: number;
  /** Result of the first look-up. */
  readonly firstRet: number;
  readonly remote: DtNode | undefined;
}

/** A component that the master waits for, by its node (P9). */
export interface ComponentMatch {
  readonly id: number;
  readonly node: DtNode;
}

/** One mmsys node that the mmsys driver would bind and that is no vppsys. */
export interface MmsysForecast {
  readonly node: DtNode;
  /** First compatible string. */
  readonly compatible: string;
  /** When false nothing else is known: the node is not probed. */
  readonly available: boolean;
  /** The driver's table entry; undefined: none fits, the probe returns ENODEV. */
  readonly data: DrmData | undefined;
  readonly graphPresent: boolean;
  /** Outcome of the mediatek-drm probe as far as the tree decides it; meaningless when `hang`. */
  readonly probeRet: number;
  /** Return value of path building; undefined without a graph. */
  readonly buildRet: number | undefined;
  /** The kernel returns a variable that was never set (W18); `buildRet` then assumes 0. */
  readonly unsetReturn: boolean;
  /** The probe never ends (W24). */
  readonly hang: boolean;
  readonly paths: Readonly<Record<PathName, PathForecast>>;
  readonly mutex: DtNode | undefined;
  /** The OVL adaptor's software device is created (P5). */
  readonly ovlAdaptor: boolean;
  /** Nodes for which a component match is added, in order, without the adaptor (P9). */
  readonly matches: readonly ComponentMatch[];
  /** The node stored for each component number (P9: a later one replaces an earlier one). */
  readonly componentNodes: ReadonlyMap<number, DtNode>;
  /** Node to difference of its references after path building; only where it is not 0. */
  readonly references: ReadonlyMap<DtNode, number>;
  /** In path order; empty unless the probe succeeded. */
  readonly outputs: readonly OutputForecast[];
  /** Outputs that the master waits for, those of routes included; empty unless the probe succeeded. */
  readonly awaited: readonly AwaitedOutput[];
  readonly messages: readonly KernelLine[];
}

/** An enabled output that the master waits for, in a path or a route (P17), and what its look-up comes to. */
export interface AwaitedOutput {
  readonly id: number;
  readonly node: DtNode;
  readonly ret: number;
  readonly remote: DtNode | undefined;
}

/** An output that keeps the DRM device from appearing. */
export type Blocker = AwaitedOutput;

/** One CRTC to be; `index` when created, `missing` the component number that prevented it. */
export interface CrtcForecast {
  readonly path: PathName;
  readonly mmsys: DtNode;
  readonly index: number | undefined;
  readonly missing: number | undefined;
}

/** What happens after the component framework, per parent of mmsys nodes. */
export interface DrmForecast {
  readonly parent: DtNode;
  /** mmsys_dev_num of the first bound mmsys; 0 when none is. */
  readonly mmsysDevNum: number;
  readonly bound: number;
  readonly blockedBy: readonly Blocker[];
  readonly crtcs: readonly CrtcForecast[];
  readonly registered: boolean;
  /** Why not, in words. */
  readonly reason: string | undefined;
  /** What the kernel uses without having set it (P12). */
  readonly undefinedBehaviour: string | undefined;
  readonly messages: readonly KernelLine[];
}

/** All of it for one tree and one kernel. */
export interface DisplayForecast {
  readonly rules: DisplayRules;
  readonly mmsys: readonly MmsysForecast[];
  readonly drm: readonly DrmForecast[];
}
