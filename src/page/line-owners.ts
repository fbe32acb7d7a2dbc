// Which devices hang on an interrupt line: traces name the lines, not them.
import { lineNames } from '../bench/board.js';
import type { DtTree } from '../dt/tree.js';
import type { Wiring } from './causes.js';

/** Those of a tree; lines that lead nowhere have the name of their device in front: `/soc/i2c@0/power@40:critical`. */
export function lineOwners(tree: DtTree): Wiring {
  const byLine = new Map<string, string[]>();
  for (const node of tree.root.walk()) {
    if (!node.available || node.compatible.length === 0) continue;
    for (const line of lineNames(tree, node)) {
      const owners = byLine.get(line) ?? [];
      byLine.set(line, owners);
      if (!owners.includes(node.path)) owners.push(node.path);
    }
  }
  return { owners: (line) => byLine.get(line) ?? [line.slice(0, line.lastIndexOf(':'))] };
}
