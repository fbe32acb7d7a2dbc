// Which mmsys make up one display, and the CRTCs that come of it: read from the tree alone, so that every mediatek-drm
// device of the SoC comes to the same answer (Linux: mtk_drm_get_all_drm_priv, the loops of mtk_drm_kms_init).
import { type Alias, aliases } from '../../dt/alias.js';
import type { DtNode, DtTree } from '../../dt/tree.js';
import { matchDrmData, matchMmsys } from './component.js';
import { type BuiltPaths, buildPaths, wantedIds } from './paths.js';
import { PATHS, type PathName, RIGHT } from './rules.js';
import { type Siblings, scanSiblings } from './siblings.js';
import { type DrmData, OVL_ADAPTOR_ID } from './tables.js';

/** One mmsys that takes part. */
export interface MmsysMember {
  readonly node: DtNode;
  readonly data: DrmData;
  readonly built: BuiltPaths;
  readonly siblings: Siblings;
  /** The first of its paths decides its place. */
  readonly first: PathName;
}

/** The mmsys below one node. */
export interface MmsysGroup {
  /** By the first of their paths: main, ext, third; among equals the tree decides. No two have the same. */
  readonly members: readonly MmsysMember[];
  /** Those whose first path another one before them in the tree has, with that one. */
  readonly refused: ReadonlyMap<DtNode, MmsysMember>;
}

/** One CRTC to be. */
export interface CrtcPlan {
  readonly name: PathName;
  readonly member: MmsysMember;
  readonly ids: readonly number[];
  /** Its number; for one that is not made the number that it would have had. */
  readonly index: number;
  /** The first component that is disabled or missing: then there will be no CRTC. */
  readonly missing: number | undefined;
}

const silent = (): void => undefined;

/** The mmsys below a node that are available, known to the display driver, and have a path and a mutex. */
export function mmsysGroup(tree: DtTree, parent: DtNode): MmsysGroup {
  const table = aliases(tree);
  const members: MmsysMember[] = [];
  const refused = new Map<DtNode, MmsysMember>();
  for (const node of parent.children) {
    const member = memberOf(tree, node, table);
    if (member === undefined) continue;
    const other = members.find(({ first }) => first === member.first);
    if (other === undefined) members.push(member);
    else refused.set(node, other);
  }
  members.sort((a, b) => PATHS.indexOf(a.first) - PATHS.indexOf(b.first));
  return { members, refused };
}

function memberOf(tree: DtTree, node: DtNode, table: readonly Alias[]): MmsysMember | undefined {
  if (!node.available || matchMmsys(node)?.vppsys !== false) return undefined;
  const data = matchDrmData(node, RIGHT.tables);
  if (data === undefined) return undefined;
  const built = buildPaths(tree, node, data, RIGHT, silent, table);
  const first = firstPath(built);
  if (built.ret !== 0 || first === undefined) return undefined;
  const siblings = scanSiblings(tree, node, wantedIds(built), data, RIGHT, silent, { aliases: table });
  return siblings.mutex === undefined ? undefined : { node, data, built, siblings, first };
}

/** The first path that is not empty. */
export function firstPath({ paths }: Pick<BuiltPaths, 'paths'>): PathName | undefined {
  return PATHS.find((name) => paths[name].ids.length > 0);
}

/** The CRTCs in the order of their making: main, ext, third, and for each the mmsys in order (P13). */
export function planCrtcs({ members }: MmsysGroup): readonly CrtcPlan[] {
  const plans: CrtcPlan[] = [];
  let index = 0;
  for (const name of PATHS) {
    for (const member of members) {
      const { ids } = member.built.paths[name];
      if (ids.length === 0) continue;
      const missing = ids.find((id) => id !== OVL_ADAPTOR_ID && !member.siblings.components.has(id));
      plans.push({ name, member, ids, index, missing });
      if (missing === undefined) index++;
    }
  }
  return plans;
}

/**
 * The CRTCs that a node's output can show, one bit each (P18); 0: none. An output that is chosen at run time belongs to
 * the main path of its mmsys.
 */
export function possibleCrtcs(plans: readonly CrtcPlan[], node: DtNode): number {
  const made = plans.filter(({ missing }) => missing === undefined);
  const isIn = ({ siblings }: MmsysMember, ids: readonly number[]): boolean =>
    ids.some((id) => siblings.components.get(id)?.node === node);
  const plan =
    made.find(({ member, ids }) => isIn(member, ids)) ??
    made.find(({ member, name }) => name === 'main' && isIn(member, member.built.routes));
  return plan === undefined ? 0 : 2 ** plan.index;
}
