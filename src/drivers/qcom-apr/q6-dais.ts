// What stands below the services in a devicetree: the settings of ports, the front ends, the routing (Linux:
// qdsp6/q6afe-dai.c, q6asm-dai.c, q6routing.c). The clocks are in q6afe-clocks.ts.
import type { Device, Driver } from '../../core/device.js';
import { platformDriver } from '../../core/platform-device.js';
import { phandleArgs } from '../../dt/references.js';
import type { DtNode } from '../../dt/tree.js';
import { q6DspAbove } from './q6-dsp.js';
import { q6AfeClocksDriver } from './q6afe-clocks.js';
import type { AfeSettings } from './q6afe-config.js';
import type { AsmFrontEnd } from './q6asm.js';

const afeDais = platformDriver({
  name: 'q6afe-dai',
  compatible: ['qcom,q6afe-dais'],
  probe: (dev) => {
    const afe = q6DspAbove(dev)?.afe;
    if (afe === undefined) throw dev.error('ENODEV', 'it does not stand below AFE', 'probe');
    for (const node of daisOf(dev)) afe.settings.set(node.u32('reg') as number, settingsOf(node));
    dev.scope.defer(() => afe.settings.clear());
  },
});

const asmDais = platformDriver({
  name: 'q6asm-dai',
  compatible: ['qcom,q6asm-dais'],
  probe: (dev) => {
    const asm = q6DspAbove(dev)?.asm;
    if (asm === undefined) throw dev.error('ENODEV', 'it does not stand below ASM', 'probe');
    asm.sid = sidOf(dev);
    asm.frontEnds = daisOf(dev).map(frontEndOf);
    dev.scope.defer(() => {
      asm.frontEnds = [];
      asm.sid = 0;
    });
  },
});

const admRouting = platformDriver({
  name: 'q6routing',
  compatible: ['qcom,q6adm-routing'],
  probe: (dev) => {
    if (q6DspAbove(dev)?.adm === undefined) throw dev.error('ENODEV', 'it does not stand below ADM', 'probe');
  },
});

/** The drivers of what stands below the services. */
export const Q6_DAI_DRIVERS: readonly Driver[] = [afeDais, asmDais, admRouting, q6AfeClocksDriver];

function daisOf({ ofNode }: Device): readonly DtNode[] {
  return ofNode?.children.filter((node) => node.available && node.u32('reg') !== undefined) ?? [];
}

function settingsOf(node: DtNode): AfeSettings {
  const tdm = (name: string): number | undefined => node.u32(`qcom,tdm-${name}`);
  const lines = node.property('qcom,sd-lines')?.cells();
  const [syncMode, syncSource, dataOut] = [tdm('sync-mode'), tdm('sync-src'), tdm('data-out')];
  const [invertSync, dataDelay, dataAlign] = [tdm('invert-sync'), tdm('data-delay'), tdm('data-align')];
  const given = { syncMode, syncSource, dataOut, invertSync, dataDelay, dataAlign };
  const known = Object.entries(given).filter(([, value]) => value !== undefined);
  return {
    ...(lines === undefined ? {} : { sdLines: [...lines] }),
    ...(known.length === 0 ? {} : { tdm: Object.fromEntries(known) }),
  };
}

function frontEndOf(node: DtNode): AsmFrontEnd {
  const index = node.u32('reg') as number;
  return {
    ...{ index, name: `MultiMedia${index + 1}`, direction: node.u32('direction') ?? 0 },
    compressed: node.property('is-compress-dai') !== undefined,
  };
}

/** The low four bits of what `iommus` says (facts: S5). */
function sidOf(dev: Device): number {
  const { ofNode, core } = dev;
  if (ofNode === undefined) return 0;
  const [entry] = phandleArgs(core.tree, ofNode, 'iommus', '#iommu-cells').entries;
  return (entry?.args[0] ?? 0) & 0xf;
}
