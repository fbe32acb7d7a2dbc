// What happens when all mmsys of a parent are bound: one DRM device with its CRTCs, or the reason why there is none
// (P11 to P16).
import { OVL_ADAPTOR_ID } from '../../drivers/mtk-drm/tables.js';
import { type DisplayRules, PATHS } from '../../drivers/mtk-drm/rules.js';
import type { KernelLine } from '../../drivers/mtk-drm/walk.js';
import type { DtNode } from '../../dt/tree.js';
import type { CrtcForecast, DrmForecast, MmsysForecast } from './result.js';

/** One forecast per parent of mmsys nodes, in the order of the nodes. */
export function forecastDrm(probed: readonly MmsysForecast[], rules: DisplayRules): DrmForecast[] {
  const byParent = new Map<DtNode, MmsysForecast[]>();
  for (const one of probed) {
    const parent = one.node.parent as DtNode;
    byParent.set(parent, [...(byParent.get(parent) ?? []), one]);
  }
  return [...byParent].map(([parent, all]) => ofParent(parent, all, rules));
}

function ofParent(parent: DtNode, all: readonly MmsysForecast[], rules: DisplayRules): DrmForecast {
  const isMember = (mmsys: MmsysForecast): boolean => !rules.countsMmsysOfTree || slotOf(mmsys) >= 0;
  const bound = all.filter((mmsys) => isBound(mmsys) && isMember(mmsys));
  const mmsysDevNum = rules.countsMmsysOfTree ? bound.length : (bound[0]?.data?.mmsysDevNum ?? 0);
  // Two mmsys may wait for the same output.
  const blockers = new Map(
    bound.flatMap(({ awaited }) => awaited.filter(({ ret }) => ret !== 0).map((one) => [one.node, one])),
  );
  const status = { parent, mmsysDevNum, bound: bound.length, blockedBy: [...blockers.values()] };
  const problem = problemOf(status);
  if (problem !== undefined) return { ...status, ...refused(problem) };
  const unset = rules.countsMmsysOfTree ? undefined : unsetSlot(bound.map(slotOf), mmsysDevNum);
  if (unset === undefined) return { ...status, ...withCrtcs(bound.toSorted((a, b) => slotOf(a) - slotOf(b))) };
  const reason = `${unset}: uninitialised pointer dereferenced`;
  return { ...status, ...refused(reason), undefinedBehaviour: 'all_drm_priv-uninitialised' };
}

/** Whether the probe succeeded, so that the component master is registered. */
export function isBound({ available, data, hang, probeRet }: MmsysForecast): boolean {
  return available && data !== undefined && !hang && probeRet === 0;
}

/** Why no master binds, or the last one does not create the device (P11). */
function problemOf({ bound, blockedBy, mmsysDevNum }: Pick<DrmForecast, 'bound' | 'blockedBy' | 'mmsysDevNum'>) {
  if (bound === 0) return 'no mmsys bound';
  if (blockedBy.length > 0) {
    return 'an output component never finds its panel or bridge: the master is never bound, no message';
  }
  if (bound === mmsysDevNum) return undefined;
  return 'bound mmsys count differs from mmsys_dev_num: drm device never created, no message';
}

/** P12: why the kernel uses an entry of its array of mmsys that nobody has set. */
function unsetSlot(slots: readonly number[], mmsysDevNum: number): string | undefined {
  if (slots.some((slot) => slot < 0 || slot >= mmsysDevNum)) {
    return 'a mmsys has no path or its slot is beyond mmsys_dev_num';
  }
  return new Set(slots).size < slots.length ? 'two mmsys claim the same CRTC slot' : undefined;
}

type Outcome = Pick<DrmForecast, 'crtcs' | 'registered' | 'reason' | 'undefinedBehaviour' | 'messages'>;

function refused(reason: string): Outcome {
  return { crtcs: [], registered: false, reason, undefinedBehaviour: undefined, messages: [] };
}

/** P11: the number of the first path that is not empty; -1 for none. */
export function slotOf({ paths }: MmsysForecast): number {
  return PATHS.findIndex((name) => paths[name].ids.length > 0);
}

/** P13 to P16: path by path, for each mmsys that has it. */
function withCrtcs(inSlotOrder: readonly MmsysForecast[]): Outcome {
  const crtcs: CrtcForecast[] = [];
  const messages: KernelLine[] = [];
  let created = 0;
  for (const path of PATHS) {
    for (const { node, paths, componentNodes } of inSlotOrder) {
      const { ids } = paths[path];
      if (ids.length === 0) continue;
      const missing = ids.find((id) => id !== OVL_ADAPTOR_ID && !componentNodes.has(id));
      crtcs.push({ path, mmsys: node, index: missing === undefined ? created : undefined, missing });
      if (missing === undefined) created++;
      else {
        const text = `Not creating crtc ${created} because component ${missing} is disabled or missing`;
        messages.push({ level: 'info', text });
      }
    }
  }
  if (created > 0) return { crtcs, registered: true, reason: undefined, undefinedBehaviour: undefined, messages };
  const text = 'Need at least one OVL device';
  messages.push({ level: 'err', text });
  return { crtcs, registered: false, reason: `ENODEV: ${text}`, undefinedBehaviour: undefined, messages };
}
