// Devicetree look-ups under Linux's names (linux/of.h), on top of the room dt.
import { aliases, aliasId } from '../dt/alias.js';
import type { DtNode, DtTree } from '../dt/tree.js';

/** The number of a node under an alias stem (`i2c` for `i2c1`); undefined stands for Linux's -ENODEV. */
export function ofAliasGetId(tree: DtTree, node: DtNode, stem: string): number | undefined {
  return aliasId(aliases(tree), node, stem);
}

/** The highest number that any node has under an alias stem; undefined when there is none. */
export function ofAliasGetHighestId(tree: DtTree, stem: string): number | undefined {
  const ids = aliases(tree).flatMap((alias) => (alias.stem === stem ? [alias.id] : []));
  return ids.length === 0 ? undefined : Math.max(...ids);
}

/** True when a node and everything above it is available. */
export function ofWholePathAvailable(node: DtNode): boolean {
  for (let at: DtNode | undefined = node; at !== undefined; at = at.parent) if (!at.available) return false;
  return true;
}
