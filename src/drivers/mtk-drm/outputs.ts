// Who follows a DSI, DPI or DP_INTF: the look-ups for the panel or bridge, in order (O1 to O5).
import { assert } from '../../base/assert.js';
import { ERRNO } from '../../base/errno.js';
import { type GraphVariant, remoteNode } from '../../dt/graph.js';
import type { DtNode, DtTree } from '../../dt/tree.js';
import type { BridgeLookup, DisplayRules } from './rules.js';
import { type ComponentType, TYPES } from './tables.js';

/** What the look-ups of an output came to. */
export interface Remote {
  /** The look-up that counts. */
  readonly lookup: BridgeLookup;
  /** 0; -ENODEV when nothing enabled is there; -EPROBE_DEFER when what is there is no panel or bridge (yet). */
  readonly ret: number;
  /** Result of the first look-up. */
  readonly firstRet: number;
  /** The device behind the output; also with -EPROBE_DEFER. */
  readonly remote: DtNode | undefined;
}

/** Where an output of this type looks, in order. */
export function lookupsOf(type: ComponentType, rules: DisplayRules): readonly BridgeLookup[] {
  return type === TYPES.DSI ? rules.dsiLookups : rules.dpiLookups;
}

/**
 * Looks for what follows an output. Any error but EPROBE_DEFER leads to the next look-up. `isBridge` says whether a
 * panel or bridge is registered for a node (Linux: devm_drm_of_get_bridge).
 */
export function findRemote(
  tree: DtTree,
  node: DtNode,
  lookups: readonly BridgeLookup[],
  variant: GraphVariant,
  isBridge: (remote: DtNode) => boolean,
): Remote {
  const results = [];
  for (const lookup of lookups) {
    const found = remoteNode(tree, node, lookup.port, lookup.endpoint, { variant });
    const remote = found.kind === 'found' ? found.node : undefined;
    const ret = remote === undefined ? -ERRNO.ENODEV : isBridge(remote) ? 0 : -ERRNO.EPROBE_DEFER;
    results.push({ lookup, ret, remote });
    if (ret !== -ERRNO.ENODEV) break;
  }
  const first = results[0];
  const last = results.at(-1);
  assert(first !== undefined && last !== undefined, 'an output looks at one port at least');
  return { ...last, firstRet: first.ret };
}
