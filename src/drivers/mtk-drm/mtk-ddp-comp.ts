// The components with drivers of their own, as one table (Linux 6.12: mtk_disp_ovl.c, _rdma.c, _color.c, _ccorr.c,
// _aal.c, _gamma.c, _merge.c, mtk_ethdr.c, mtk_mdp_rdma.c, mtk_padding.c).
// Each driver's compatibles are its own: the display's table (tables.ts) only says what a node is (T6).
//
// Differences from Linux:
// ddp-L1  An ETHDR without its first register window ends with EINVAL. Linux goes on and touches address 0.
//
// ddp-L2, ddp-L3: mtk-disp-rdma.ts.
//
// Gaps: clocks are not switched; MERGE, ETHDR, the adaptor's RDMA and PADDING are bound and never programmed.
import type { IrqReturn } from '../../core/interrupt.js';
import { componentAdd } from '../../core/component.js';
import type { Device, Driver } from '../../core/device.js';
import { devmRequestIrq, platformGetIrq } from '../../core/interrupt.js';
import { devmPlatformIoremapResource, platformGetResource } from '../../core/io.js';
import { platformDriver } from '../../core/platform-device.js';
import type { DdpComp } from './ddp-comp.js';
import { rowsComp } from './ddp-rows.js';
import type { DdpWindow } from './ddp-write.js';
import { gceWindow } from './gce-window.js';
import { MtkDispOvl, OVL_DATA } from './mtk-disp-ovl.js';
import { MtkDispRdma, RDMA_FIFO } from './mtk-disp-rdma.js';

/** A component, and what it does on its interrupt where it has one. */
type Made = DdpComp & { irq?(): IrqReturn };

/** What one of these drivers binds to, and what it asks of the tree. */
interface SubDriver {
  readonly name: string;
  readonly compatible: readonly string[];
  /** What a CRTC works with; undefined for a block that nobody knows how to program. */
  readonly make?: (dev: Device, window: DdpWindow, compatible: string) => Made | undefined;
  /** Left out: it asks for none. */
  readonly irq?: 'required' | 'optional';
  /** Register windows at most; the first must be there. Default 1. */
  readonly windows?: number;
}

function rows(_dev: Device, window: DdpWindow, compatible: string): Made | undefined {
  return rowsComp(compatible, window);
}

const SUB_DRIVERS: readonly SubDriver[] = [
  {
    name: 'mediatek-disp-ovl',
    irq: 'required',
    make: (dev, window, compatible) => {
      const data = OVL_DATA[compatible];
      return data === undefined ? undefined : new MtkDispOvl(dev, window, data);
    },
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
    make: (dev, window, compatible) => {
      const fifo = dev.ofNode?.u32('mediatek,rdma-fifo-size') ?? RDMA_FIFO[compatible];
      return fifo === undefined ? undefined : new MtkDispRdma(dev, window, fifo);
    },
    compatible: [
      'mediatek,mt2701-disp-rdma',
      'mediatek,mt8173-disp-rdma',
      'mediatek,mt8183-disp-rdma',
      'mediatek,mt8195-disp-rdma',
    ],
  },
  {
    name: 'mediatek-disp-color',
    make: rows,
    compatible: ['mediatek,mt2701-disp-color', 'mediatek,mt8167-disp-color', 'mediatek,mt8173-disp-color'],
  },
  { name: 'mediatek-disp-ccorr', make: rows, compatible: ['mediatek,mt8183-disp-ccorr', 'mediatek,mt8192-disp-ccorr'] },
  { name: 'mediatek-disp-aal', make: rows, compatible: ['mediatek,mt8173-disp-aal', 'mediatek,mt8183-disp-aal'] },
  {
    name: 'mediatek-disp-gamma',
    make: rows,
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

async function probe(dev: Device, { irq, windows = 1, make }: SubDriver): Promise<void> {
  const line = irq === 'required' || (irq === 'optional' && hasIrq(dev)) ? platformGetIrq(dev, 0) : undefined;
  const window: DdpWindow = { regs: devmPlatformIoremapResource(dev), gce: gceWindow(dev) };
  for (let row = 1; row < windows && platformGetResource(dev, row) !== undefined; row++)
    devmPlatformIoremapResource(dev, row);
  const comp = make?.(dev, window, dev.matched ?? '');
  dev.drvdata = comp;
  if (line !== undefined) devmRequestIrq(dev, line, () => comp?.irq?.() ?? 'unhandled');
  dev.scope.defer(await componentAdd(dev, { bind: () => undefined }));
}

function hasIrq({ ofNode }: Device): boolean {
  return ofNode?.property('interrupts') !== undefined || ofNode?.property('interrupts-extended') !== undefined;
}
