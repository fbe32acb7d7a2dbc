// The components with drivers of their own, as one table (Linux 6.12: mtk_disp_ovl.c, _rdma.c, _color.c, _ccorr.c,
// _aal.c, _gamma.c, _merge.c, mtk_ethdr.c, mtk_mdp_rdma.c, mtk_padding.c).
// Each driver's compatibles are its own: the display's table (tables.ts) only says what a node is (T6).
//
// Differences from Linux:
// ddp-L1  An ETHDR without its first register window ends with EINVAL. Linux goes on and touches address 0.
//
// Gaps: clocks are not switched and no register is written, so that no interrupt is ever enabled.
import { componentAdd } from '../../core/component.js';
import type { Device, Driver } from '../../core/device.js';
import { devmRequestIrq, platformGetIrq } from '../../core/interrupt.js';
import { devmPlatformIoremapResource, platformGetResource } from '../../core/io.js';
import { platformDriver } from '../../core/platform-device.js';

/** What one of these drivers binds to, and what it asks of the tree. */
interface SubDriver {
  readonly name: string;
  readonly compatible: readonly string[];
  /** Left out: it asks for none. */
  readonly irq?: 'required' | 'optional';
  /** Register windows at most; the first must be there. Default 1. */
  readonly windows?: number;
}

const SUB_DRIVERS: readonly SubDriver[] = [
  {
    name: 'mediatek-disp-ovl',
    irq: 'required',
    compatible: [
      'mediatek,mt2701-disp-ovl',
      'mediatek,mt8173-disp-ovl',
      'mediatek,mt8183-disp-ovl',
      'mediatek,mt8183-disp-ovl-2l',
      'mediatek,mt8192-disp-ovl',
      'mediatek,mt8192-disp-ovl-2l',
      'mediatek,mt8195-disp-ovl',
    ],
  },
  {
    name: 'mediatek-disp-rdma',
    irq: 'required',
    compatible: [
      'mediatek,mt2701-disp-rdma',
      'mediatek,mt8173-disp-rdma',
      'mediatek,mt8183-disp-rdma',
      'mediatek,mt8195-disp-rdma',
    ],
  },
  {
    name: 'mediatek-disp-color',
    compatible: ['mediatek,mt2701-disp-color', 'mediatek,mt8167-disp-color', 'mediatek,mt8173-disp-color'],
  },
  { name: 'mediatek-disp-ccorr', compatible: ['mediatek,mt8183-disp-ccorr', 'mediatek,mt8192-disp-ccorr'] },
  { name: 'mediatek-disp-aal', compatible: ['mediatek,mt8173-disp-aal', 'mediatek,mt8183-disp-aal'] },
  {
    name: 'mediatek-disp-gamma',
    compatible: ['mediatek,mt8173-disp-gamma', 'mediatek,mt8183-disp-gamma', 'mediatek,mt8195-disp-gamma'],
  },
  { name: 'mediatek-disp-merge', compatible: ['mediatek,mt8195-disp-merge'] },
  // Mixer, two video and two graphic front ends, video back end, ADL: seven windows.
  { name: 'mediatek-disp-ethdr', compatible: ['mediatek,mt8195-disp-ethdr'], irq: 'optional', windows: 7 },
  { name: 'mediatek-mdp-rdma', compatible: ['mediatek,mt8195-vdo1-rdma'] },
  { name: 'mediatek-disp-padding', compatible: ['mediatek,mt8188-disp-padding'] },
];

/** The drivers. Bound, each device is a component of the display and waits for it. */
export const ddpCompDrivers: readonly Driver[] = SUB_DRIVERS.map((sub) =>
  platformDriver({ name: sub.name, compatible: sub.compatible, probe: (dev) => probe(dev, sub) }),
);

async function probe(dev: Device, { irq, windows = 1 }: SubDriver): Promise<void> {
  const line = irq === 'required' || (irq === 'optional' && hasIrq(dev)) ? platformGetIrq(dev, 0) : undefined;
  devmPlatformIoremapResource(dev);
  for (let row = 1; row < windows && platformGetResource(dev, row) !== undefined; row++)
    devmPlatformIoremapResource(dev, row);
  if (line !== undefined) devmRequestIrq(dev, line, () => 'unhandled');
  dev.scope.defer(await componentAdd(dev, { bind: () => undefined }));
}

function hasIrq({ ofNode }: Device): boolean {
  return ofNode?.property('interrupts') !== undefined || ofNode?.property('interrupts-extended') !== undefined;
}
