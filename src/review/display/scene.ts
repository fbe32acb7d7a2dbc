// What everything about a display is read from: the tree, its aliases, and the rules of a kernel.
import { NodeRefs } from '../../drivers/mtk-drm/node-refs.js';
import type { DisplayRules, PathName } from '../../drivers/mtk-drm/rules.js';
import { type Walk, walkPath } from '../../drivers/mtk-drm/walk.js';
import type { Alias } from '../../dt/alias.js';
import type { EndpointOptions } from '../../dt/graph.js';
import type { DtNode, DtTree } from '../../dt/tree.js';

/** A tree under the rules of a kernel. */
export interface Scene {
  readonly tree: DtTree;
  readonly rules: DisplayRules;
  readonly aliases: readonly Alias[];
}

/** The options of a kernel for all questions about endpoints. */
export function endpointOptions({ rules }: Pick<Scene, 'rules'>): EndpointOptions {
  return { variant: rules.endpoints };
}

/** The walk that the kernel would make along a path it never came to: nothing is logged, no reference counts. */
export function untriedWalk(scene: Scene, mmsys: DtNode, path: PathName): Walk {
  return walkPath({ ...scene, refs: new NodeRefs(), log: () => {} }, mmsys, path);
}

/** The node that holds the ports of a device which count (G12), and those ports. */
export function portsOf(device: DtNode): { readonly holder: DtNode; readonly ports: readonly DtNode[] } {
  const holder = device.children.find(({ baseName }) => baseName === 'ports') ?? device;
  return { holder, ports: holder.children.filter(({ baseName }) => baseName === 'port') };
}
