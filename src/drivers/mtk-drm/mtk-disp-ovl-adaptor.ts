// The OVL adaptor: a device without hardware that stands for a bundle of blocks which together act as one overlay: DMA
// readers, paddings, MERGE1 to MERGE4, and ETHDR (Linux 6.12: mtk_disp_ovl_adaptor.c). The blocks' own drivers are in
// mtk-ddp-comp.ts.
//
// Differences from the patch:
// ofgraph-T7  The parts are components of the display itself. In the patch they belong to a component master of the
//             adaptor, whose absence ends in EPROBE_DEFER in the middle of the display's bind.
import { ERRNO } from '../../base/errno.js';
import { componentAdd } from '../../core/component.js';
import { type Device, type Driver, ofMatchIndex } from '../../core/device.js';
import { platformDriver } from '../../core/platform-device.js';
import { aliases, aliasId } from '../../dt/alias.js';
import type { DtNode, DtTree } from '../../dt/tree.js';
import { isAutoDevice } from './auto-device.js';
import { ADAPTOR, type AdaptorType, type ComponentName } from './tables.js';

/** What its devices are called, in front of the number. */
export const OVL_ADAPTOR = 'mediatek-disp-ovl-adaptor';

/** One block of the bundle. */
export interface AdaptorPart {
  readonly node: DtNode;
  readonly type: AdaptorType;
  /** Its alias number; undefined without one. */
  readonly alias: number | undefined;
  /** Undefined: no slot has this number, and the block is left out (T7). */
  readonly component: ComponentName | undefined;
}

/** Linux's order of the types, which are numbers in its log. */
const TYPE_NUMBERS: readonly AdaptorType[] = ['ETHDR', 'MDP_RDMA', 'MERGE', 'PADDING'];

/** The driver. Bound, the adaptor is a component of the display. */
export const mtkDispOvlAdaptor: Driver = platformDriver({
  name: OVL_ADAPTOR,
  compatible: [],
  matches: (dev) => isAutoDevice(dev, OVL_ADAPTOR),
  async probe(dev) {
    const parent = dev.parent?.parent?.ofNode?.parent;
    const parts = parent === undefined ? [] : adaptorParts(dev.core.tree, parent);
    for (const part of parts) tell(dev, part);
    if (!parts.some(isUsed)) {
      dev.err('No match device for ovl_adaptor');
      throw dev.error('ENODEV', 'the tree has none of its parts', 'probe');
    }
    dev.scope.defer(await componentAdd(dev, { bind: () => undefined }));
  },
});

/** The children of a node that are parts of the adaptor, in order, disabled ones too. */
export function adaptorParts(tree: DtTree, parent: DtNode): readonly AdaptorPart[] {
  const table = aliases(tree);
  return parent.children.flatMap((node): AdaptorPart[] => {
    const type = TYPE_NUMBERS.find((one) => ofMatchIndex(node, [ADAPTOR[one].compatible]) !== undefined);
    if (type === undefined) return [];
    const { stem, instances } = ADAPTOR[type];
    const alias = aliasId(table, node, stem);
    return [{ node, type, alias, component: alias === undefined ? undefined : instances[alias] }];
  });
}

/** Whether a part has a slot and is enabled. */
export function isUsed({ node, component }: AdaptorPart): boolean {
  return component !== undefined && node.available;
}

function tell(dev: Device, { node, type, alias, component }: AdaptorPart): void {
  if (!node.available) dev.dbg(`Skipping disabled component ${node.path}`);
  else if (component !== undefined) dev.dbg(`Adding component match for ${node.path}`);
  else {
    dev.warn(`Failed to get id. type: ${TYPE_NUMBERS.indexOf(type)}, alias: ${alias ?? -ERRNO.ENODEV}`);
    dev.warn(`Skipping unknown component ${node.path}`);
  }
}
