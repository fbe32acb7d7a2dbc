// Where an overlay's fragments go, and libfdt's ways to find nodes and phandles.
import type { Diagnostic } from '../base/diagnostic.js';
import { dtDiagnostic } from './messages.js';
import type { DtNode, DtTree } from './tree.js';

/** A top-level node of an overlay with an `__overlay__` child, and the node of the base that the child goes to. */
export interface Fragment {
  readonly node: DtNode;
  readonly content: DtNode;
  readonly target: DtNode;
  readonly targetPath: string | undefined;
}

/** First child of that name; a name without `@` also finds the first child whose name before the `@` it is (libfdt). */
export function libfdtChild(node: DtNode, name: string): DtNode | undefined {
  const bare = !name.includes('@');
  return node.children.find((child) => child.name === name || (bare && child.baseName === name));
}

/** Node by path as libfdt walks it: an alias first where the path does not begin with `/`, then child by child. */
export function libfdtPath(tree: DtTree, path: string): DtNode | undefined {
  if (!path.startsWith('/')) {
    const slash = path.indexOf('/');
    const alias = slash < 0 ? path : path.slice(0, slash);
    const target = libfdtChild(tree.root, 'aliases')?.string(alias);
    if (target === undefined || !target.startsWith('/')) return undefined;
    return libfdtPath(tree, slash < 0 ? target : target + path.slice(slash));
  }
  let node: DtNode | undefined = tree.root;
  for (const name of path.split('/')) if (name !== '') node = node && libfdtChild(node, name);
  return node;
}

/** A node's number as libfdt reads it: `phandle`, else `linux,phandle`, each with 4 bytes; 0 when it has none. */
export function phandleOf(node: DtNode): number {
  const property = node.property('phandle') ?? node.property('linux,phandle');
  return property?.length === 4 ? (property.cell(0) as number) : 0;
}

/** A top-level node as fragment, what is wrong with it, or undefined when it is none. */
export function findFragment(base: DtTree, node: DtNode): Fragment | Diagnostic | undefined {
  const content = libfdtChild(node, '__overlay__');
  if (content === undefined) return undefined;
  const target = findTarget(base, node);
  return 'severity' in target ? target : { node, content, target, targetPath: targetPath(node) };
}

/** `target-path`, used only where there is no `target` number. */
function targetPath(fragment: DtNode): string | undefined {
  return (fragment.property('target')?.cell(0) ?? 0) === 0 ? fragment.string('target-path') : undefined;
}

function findTarget(base: DtTree, fragment: DtNode): DtNode | Diagnostic {
  const property = fragment.property('target');
  const number = property?.cell(0) ?? 0;
  if (property !== undefined && (property.length !== 4 || number === 0xffffffff)) {
    const target = property.length === 4 ? '0xffffffff' : `of ${property.length} bytes`;
    return dtDiagnostic('dt/overlay/bad-target', { fragment: fragment.name, target }, fragment.path);
  }
  const path = targetPath(fragment);
  if (number === 0 && path === undefined) {
    return dtDiagnostic('dt/overlay/no-target', { fragment: fragment.name }, fragment.path);
  }
  const found = path === undefined ? byPhandle(base, number) : libfdtPath(base, path);
  if (found !== undefined) return found;
  const target = path ?? `phandle 0x${number.toString(16)}`;
  return dtDiagnostic('dt/overlay/unknown-target', { fragment: fragment.name, target }, fragment.path);
}

function byPhandle(base: DtTree, phandle: number): DtNode | undefined {
  for (const node of base.root.walk()) if (phandleOf(node) === phandle) return node;
  return undefined;
}
