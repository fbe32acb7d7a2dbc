// The display of each SoC as a plan for the bench: who its blocks are in a devicetree, and the wires of socs.ts.
import { type SocBlock, type SocEvent, type SocPlan, type SocVideo } from '../../bus/soc-plan.js';
import { FRAME_END, FRAME_START } from './block.js';
import { EOF_INPUT, SOF_INPUT } from './mutex.js';
import { MMSYS, type Route } from './routes.js';
import { type MtkDisplaySoc, SOCS, type SocWires } from './socs.js';

/** Kinds of blocks: what follows the SoC's name in their compatible, and the stem of their alias. */
const KINDS: readonly { readonly name: string; readonly compatible: string; readonly alias: string }[] = [
  { name: 'OVL', compatible: 'disp-ovl', alias: 'ovl' },
  { name: 'OVL_2L', compatible: 'disp-ovl-2l', alias: 'ovl-2l' },
  { name: 'RDMA', compatible: 'disp-rdma', alias: 'rdma' },
  { name: 'COLOR', compatible: 'disp-color', alias: 'color' },
  { name: 'CCORR', compatible: 'disp-ccorr', alias: 'ccorr' },
  { name: 'AAL', compatible: 'disp-aal', alias: 'aal' },
  { name: 'GAMMA', compatible: 'disp-gamma', alias: 'gamma' },
  { name: 'POSTMASK', compatible: 'disp-postmask', alias: 'postmask' },
  { name: 'DITHER', compatible: 'disp-dither', alias: 'dither' },
  { name: 'OD', compatible: 'disp-od', alias: 'od' },
  { name: 'UFOE', compatible: 'disp-ufoe', alias: 'ufoe' },
  { name: 'DSC', compatible: 'disp-dsc', alias: 'dsc' },
  { name: 'MERGE', compatible: 'disp-merge', alias: 'merge' },
  { name: 'DSI', compatible: 'dsi', alias: 'dsi' },
  { name: 'DPI', compatible: 'dpi', alias: 'dpi' },
  { name: 'DP_INTF', compatible: 'dp-intf', alias: 'dp-intf' },
  { name: 'MUTEX', compatible: 'disp-mutex', alias: 'mutex' },
  { name: 'GCE', compatible: 'gce', alias: 'gce' },
];

/** MT8192 has MT8183's DSI and says no more. */
const ALSO: Readonly<Record<string, string>> = { 'mt8192/dsi': 'mediatek,mt8183-dsi' };

/** The plans of all SoCs, for `findPlan` of the bench. */
export const mtkDisplayPlans = (): readonly SocPlan[] => (Object.keys(SOCS) as MtkDisplaySoc[]).map(mtkDisplayPlan);

/** The plan of a SoC's display, for `socWiring` of the bench. */
export function mtkDisplayPlan(soc: MtkDisplaySoc): SocPlan {
  const { chains, mods, outputs, gce } = SOCS[soc];
  const { routes } = MMSYS[soc];
  const fixed = chains.flatMap((chain) => chain.slice(1).map((to, n) => ({ from: chain[n] as string, to })));
  return {
    compatible: MMSYS[soc].compatible,
    blocks: blocksOf(soc),
    video: [...routes.map(({ from, to }: Route): SocVideo => ({ from, to, through: 'MMSYS0' })), ...fixed],
    // The command processor hears of a block before the mutex does, so of the end of a stream last.
    events: [...toGce(gce), ...syncs(mods, outputs)],
  };
}

function blocksOf(soc: MtkDisplaySoc): SocBlock[] {
  const kinds = KINDS.map(({ name, compatible, alias }): SocBlock => {
    const also = ALSO[`${soc}/${compatible}`];
    const all = [`mediatek,${soc}-${compatible}`, ...(also === undefined ? [] : [also])];
    return { name, compatible: all, alias };
  });
  return [{ name: 'MMSYS', compatible: MMSYS[soc].compatible }, ...kinds];
}

/** From outputs to the mutex, and from there to blocks. */
function syncs(mods: SocWires['mods'], outputs: SocWires['outputs']): SocEvent[] {
  const toMutex = Object.entries(outputs).flatMap(([from, k]): SocEvent[] => [
    { from, signal: 'sof', to: 'MUTEX0', id: SOF_INPUT + k },
    { from, signal: 'eof', to: 'MUTEX0', id: EOF_INPUT + k },
  ]);
  const fromMutex = Object.entries(mods).flatMap(([to, mod]): SocEvent[] => [
    { from: 'MUTEX0', signal: `mod${mod}_sof`, to, id: FRAME_START },
    { from: 'MUTEX0', signal: `mod${mod}_eof`, to, id: FRAME_END },
  ]);
  return [...toMutex, ...fromMutex];
}

function toGce(gce: SocWires['gce']): SocEvent[] {
  return Object.entries(gce).flatMap(([from, signals]) =>
    Object.entries(signals).map(([signal, id]): SocEvent => ({ from, signal, to: 'GCE0', id })),
  );
}
