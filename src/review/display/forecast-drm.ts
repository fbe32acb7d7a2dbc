// What happens when all mmsys of a parent are bound: one DRM device with its CRTCs, or the reason why there is none
// (P11 to P16).
import { OVL_ADAPTOR_ID } from '../../drivers/mtk-drm/tables.js';
import { PATHS } from '../../drivers/mtk-drm/rules.js';
import type { KernelLine } from '../../drivers/mtk-drm/walk.js';
import type { DtNode } from '../../dt/tree.js';
import type { Blocker, CrtcForecast, DrmForecast, MmsysForecast } from './result.js';

/** One mmsys, and the outputs of its paths and routes that never become ready. */
export interface Probed {
  readonly mmsys: MmsysForecast;
  readonly blockers: readonly Blocker[];
}

/** One forecast per parent of mmsys nodes, in the order of the nodes. */
export function forecastDrm(probed: readonly Probed[]): DrmForecast[] {
  const byParent = new Map<DtNode, Probed[]>();
  for (const one of probed) {
    const parent = one.mmsys.node.parent as DtNode;
    byParent.set(parent, [...(byParent.get(parent) ?? []), one]);
  }
  return [...byParent].map(([parent, all]) => ofParent(parent, all));
}

function ofParent(parent: DtNode, all: readonly Probed[]): DrmForecast {
  const bound = all.filter(({ mmsys }) => isBound(mmsys));
  const mmsysDevNum = bound[0]?.mmsys.data?.mmsysDevNum ?? 0;
  // Two mmsys may wait for the same output.
  const blockers = new Map(bound.flatMap(({ blockers }) => blockers.map((one) => [one.node, one])));
  return {
    parent,
    mmsysDevNum,
    bound: bound.length,
    blockedBy: [...blockers.values()],
    ...outcome(
      bound.map(({ mmsys }) => mmsys),
      mmsysDevNum,
      blockers.size > 0,
    ),
  };
}

/** Whether the probe succeeded, so that the component master is registered. */
function isBound({ available, data, hang, probeRet }: MmsysForecast): boolean {
  return available && data !== undefined && !hang && probeRet === 0;
}

type Outcome = Pick<DrmForecast, 'crtcs' | 'registered' | 'reason' | 'undefinedBehaviour' | 'messages'>;

function outcome(bound: readonly MmsysForecast[], mmsysDevNum: number, blocked: boolean): Outcome {
  if (bound.length === 0) return refused('no mmsys bound');
  if (blocked) {
    return refused('an output component never finds its panel or bridge: the master is never bound, no message');
  }
  if (bound.length !== mmsysDevNum) {
    return refused('bound mmsys count differs from mmsys_dev_num: drm device never created, no message');
  }
  const slots = bound.map(slotOf);
  if (slots.some((slot) => slot < 0 || slot >= mmsysDevNum)) {
    return unset('a mmsys has no path or its slot is beyond mmsys_dev_num');
  }
  if (new Set(slots).size < slots.length) return unset('two mmsys claim the same CRTC slot');
  return withCrtcs(bound.toSorted((a, b) => slotOf(a) - slotOf(b)));
}

function refused(reason: string): Outcome {
  return { crtcs: [], registered: false, reason, undefinedBehaviour: undefined, messages: [] };
}

/** P12: a slot of the array of mmsys is used that nobody has set. */
function unset(what: string): Outcome {
  const reason = `${what}: uninitialised pointer dereferenced`;
  return { ...refused(reason), undefinedBehaviour: 'all_drm_priv-uninitialised' };
}

/** P11: the number of the first path that is not empty; -1 for none. */
function slotOf({ paths }: MmsysForecast): number {
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
