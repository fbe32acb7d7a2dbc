// Aliases: names like `serial0` for nodes, split into stem and number as Linux does at boot.
import type { DtNode, DtTree } from './tree.js';

/** One usable entry of `/aliases`: `merge05` is stem `merge`, id 5. */
export interface Alias {
  readonly name: string;
  readonly stem: string;
  readonly id: number;
  readonly node: DtNode;
}

const NOT_ALIASES: ReadonlySet<string> = new Set(['name', 'phandle', 'linux,phandle']);
/** Linux reads the number as an int and drops the alias when it does not fit. */
const MAX_ID = 0x7fffffff;

/** All aliases that name an existing node and end in a number, in property order (Linux: of_alias_scan). */
export function aliases(tree: DtTree): Alias[] {
  const found: Alias[] = [];
  for (const property of tree.root.child('aliases')?.properties ?? []) {
    if (NOT_ALIASES.has(property.name)) continue;
    const target = property.string();
    const node = target === undefined ? undefined : tree.byPath(target);
    const digits = /\d+$/.exec(property.name)?.[0];
    if (node === undefined || digits === undefined || Number(digits) > MAX_ID) continue;
    found.push({ name: property.name, stem: property.name.slice(0, -digits.length), id: Number(digits), node });
  }
  return found;
}

/** The number of a node under a stem, first alias first (Linux: of_alias_get_id); undefined stands for its -ENODEV. */
export function aliasId(table: readonly Alias[], node: DtNode, stem: string): number | undefined {
  return table.find((alias) => alias.node === node && alias.stem === stem)?.id;
}
