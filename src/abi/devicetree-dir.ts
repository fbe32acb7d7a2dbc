// /sys/firmware/devicetree/base: the nodes of the tree as directories, their properties as files with bytes.
import { DtNode, DtProperty, type DtTree, stringValue } from '../dt/tree.js';
import { bytesFile } from './sysfs-file.js';
import { dirOf, entriesOf } from './vfs-dir.js';
import type { VDir } from './vfs.js';

/** The directory of a tree's root. Nothing of it changes while the machine runs. */
export function devicetreeDir(tree: DtTree): VDir {
  return nodeDir(tree.root);
}

function nodeDir(node: DtNode): VDir {
  let names: ReadonlyMap<string, DtNode | DtProperty> | undefined;
  const entries = (): ReadonlyMap<string, DtNode | DtProperty> => (names ??= namesIn(node));
  return dirOf(entriesOf(entries, (of) => (of instanceof DtNode ? nodeDir(of) : bytesFile(of.value))));
}

/**
 * Properties and nodes under their names. Linux gives every node a property `name`; a name that is taken gets a number
 * behind (safe_name).
 */
function namesIn(node: DtNode): ReadonlyMap<string, DtNode | DtProperty> {
  const names = new Map<string, DtNode | DtProperty>();
  const put = (wanted: string, of: DtNode | DtProperty): void => {
    let name = wanted;
    for (let nr = 1; names.has(name); nr++) name = `${wanted}#${nr}`;
    names.set(name, of);
  };
  for (const property of node.properties) put(property.name, property);
  if (!names.has('name')) put('name', new DtProperty('name', stringValue(node.baseName)));
  for (const child of node.children) put(child.name, child);
  return names;
}
