// The nodes beside a mmsys: its mutex, the components of its paths, whom the display waits for (P6 to P10).
import { ERRNO } from '../../base/errno.js';
import { type Alias, aliases, aliasId } from '../../dt/alias.js';
import type { DtNode, DtTree } from '../../dt/tree.js';
import { componentId, componentType } from './component.js';
import type { DisplayRules } from './rules.js';
import { type ComponentType, type DrmData, TYPES } from './tables.js';
import type { Log } from './walk.js';

/** A component beside the mmsys. */
export interface Sibling {
  readonly id: number;
  readonly node: DtNode;
  readonly type: ComponentType;
}

/** What the scan found. */
export interface Siblings {
  /** 0; -ENODEV without a mutex; -EPROBE_DEFER where a device does not exist yet. */
  readonly ret: number;
  /** Whose device does not exist yet; only with -EPROBE_DEFER, which ends the scan. */
  readonly waitsFor: DtNode | undefined;
  readonly mutex: DtNode | undefined;
  /** Components that the master waits for, in order; two of them may have the same number (T4). */
  readonly matches: readonly Sibling[];
  /** Every component of the paths by its number; of two with the same number the later. */
  readonly components: ReadonlyMap<number, Sibling>;
}

/** What a scan may be told beside the tree. */
export interface SiblingOptions {
  readonly aliases?: readonly Alias[];
  /** Whether a node has a device already; without it all have. */
  readonly deviceExists?: (node: DtNode) => boolean;
}

/** Visits the children of the parent of a mmsys, for the components with these numbers (Linux: mtk_drm_probe). */
export function scanSiblings(
  tree: DtTree,
  mmsys: DtNode,
  wanted: ReadonlySet<number>,
  data: DrmData,
  rules: DisplayRules,
  log: Log,
  options: SiblingOptions = {},
): Siblings {
  const { aliases: table = aliases(tree), deviceExists } = options;
  let mutex: DtNode | undefined;
  const matches: Sibling[] = [];
  const components = new Map<number, Sibling>();
  for (const node of mmsys.parent?.children ?? []) {
    const type = componentType(node, rules.tables);
    if (type === undefined) continue;
    if (!node.available) log('dbg', `Skipping disabled component ${node.path}`);
    else if (type === TYPES.DISP_MUTEX) {
      if (!isMutexOf(node, data, table)) continue;
      mutex = node;
      log('dbg', `get mutex for mmsys ${data.mmsysId}`);
    } else {
      const id = componentId(table, node, type);
      if (id === undefined) log('warn', `Skipping unknown component ${node.path}`);
      if (id === undefined || !wanted.has(id)) continue;
      const sibling = { id, node, type };
      components.set(id, sibling);
      if (type.ownDriver) {
        log('info', `Adding component match for ${node.path}`);
        matches.push(sibling);
      }
      if (deviceExists?.(node) === false) {
        log('info', `[drm] Waiting for device ${node.name}`);
        return { ret: -ERRNO.EPROBE_DEFER, waitsFor: node, mutex, matches, components };
      }
    }
  }
  if (mutex === undefined) log('err', 'Failed to find disp-mutex node');
  return { ret: mutex === undefined ? -ERRNO.ENODEV : 0, waitsFor: undefined, mutex, matches, components };
}

/** P8: a mutex without an alias fits every mmsys. */
function isMutexOf(node: DtNode, data: DrmData, table: readonly Alias[]): boolean {
  const number = aliasId(table, node, TYPES.DISP_MUTEX.stem);
  return number === undefined || number === data.mmsysId;
}
