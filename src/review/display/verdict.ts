// Whether a display comes up, and if not why, in one sentence: the first line of `bringup display`.
import { ERRNO, errnoName } from '../../base/errno.js';
import { componentName, type Tables } from '../../drivers/mtk-drm/component.js';
import { COMPONENT_IDS } from '../../drivers/mtk-drm/tables.js';
import { PATHS } from '../../drivers/mtk-drm/rules.js';
import type { DtNode } from '../../dt/tree.js';
import { isBare, type LostOutput, lostOutputs, type NoDevice } from './sinks.js';
import type { CrtcForecast, DisplayForecast, DrmForecast, MmsysForecast } from './result.js';

/**
 * What becomes of one DRM device. `no output`: all is well, but no output is enabled. `not driven`: the driver knows no
 * such mmsys, or it is disabled. Both may be meant so.
 */
export interface Verdict {
  readonly kind: 'works' | 'fails' | 'no output' | 'not driven';
  readonly text: string;
}

/** One verdict per DRM device, in tree order; none for a tree without any mmsys. */
export function verdicts(forecast: DisplayForecast): Verdict[] {
  return forecast.drm.map((drm) => {
    const all = forecast.mmsys.filter(({ node }) => node.parent === drm.parent);
    const [kind, text] = judge(drm, all, forecast.rules.tables);
    return { kind, text: forecast.drm.length > 1 ? `${drm.parent.path}: ${text}` : text };
  });
}

const NO_DISPLAY = 'no display';
const SILENT = 'no display, and the kernel says nothing';

function judge(drm: DrmForecast, all: readonly MmsysForecast[], tables: Tables): [Verdict['kind'], string] {
  const hanging = all.find(({ hang }) => hang);
  if (hanging !== undefined) {
    return [
      'fails',
      `the kernel would never return from the probe of ${hanging.node.path}: its graph runs in a circle`,
    ];
  }
  if (drm.undefinedBehaviour !== undefined) {
    const why = (drm.reason ?? '').replace(/: uninitialised pointer dereferenced$/, '');
    return ['fails', `${why}: the kernel uses a pointer that it never set, and anything may happen`];
  }
  const [lost] = drm.blockedBy.length > 0 ? [] : lostOutputs(all);
  if (drm.registered && lost === undefined) return registered(drm, all);
  const probed = all.filter(({ available, data }) => available && data !== undefined);
  if (probed.length === 0) return ['not driven', nothingToDrive(all)];
  const failed = probed.filter(({ probeRet }) => probeRet !== 0);
  if (failed.length > 0) {
    const bare = failed.filter((one) => lacksMutex(one) && isBare(one, tables));
    if (bare.length === failed.length) {
      return [
        'no output',
        `the tree describes no display blocks beside ${bare.map(({ node }) => node.path).join(', ')}`,
      ];
    }
    return ['fails', `${failed.map(failureText).join(', ')}: ${NO_DISPLAY}`];
  }
  if (lost !== undefined) return ['fails', lostText(lost)];
  const lacking = missing(drm.crtcs);
  if (lacking === '') return ['fails', unbound(drm, all)];
  // A board on which nothing is switched on: whether that is meant so the tree does not tell.
  const dark = all.every(({ outputs }) => outputs.every(({ node }) => node === undefined));
  return [dark ? 'no output' : 'fails', `no CRTC for ${lacking}: ${NO_DISPLAY}`];
}

/** Which probe, and for which of its paths, or for want of what. */
function failureText(mmsys: MmsysForecast): string {
  const { node, probeRet, buildRet, paths } = mmsys;
  const guilty = (buildRet ?? 0) === 0 ? undefined : PATHS.find((name) => paths[name].walk?.ret === buildRet);
  const path = guilty === undefined ? '' : `, for its ${guilty} path`;
  const why = lacksMutex(mmsys) ? ', which finds no disp-mutex' : path;
  return `${errorText(probeRet)} from the probe of ${node.path}${why}`;
}

/** Path building went well, and the scan for the blocks beside the mmsys did not (P10). */
function lacksMutex({ buildRet, probeRet, mutex }: MmsysForecast): boolean {
  return (buildRet ?? 0) === 0 && probeRet === -ERRNO.ENODEV && mutex === undefined;
}

/** `DSI0 (/soc/dsi@4) waits for ever for /soc/i2c@5/bridge@58: /soc/i2c@5 is disabled`. */
function lostText({ id, node, remote, why }: LostOutput): string {
  return `${nameOf(id)} (${node.path}) waits for ever for ${remote.path}: ${noDeviceText(why)}`;
}

function noDeviceText(why: NoDevice): string {
  if (why.kind === 'disabled') return `${why.node.path} is disabled`;
  return why.kind === 'channel' ? `there is no DSI channel ${why.channel}` : 'it has no compatible';
}

/** All probes went well, and yet there is nothing. */
function unbound(drm: DrmForecast, all: readonly MmsysForecast[]): string {
  const [blocker] = drm.blockedBy;
  if (blocker !== undefined) {
    const name = nameOf(blocker.id);
    if (blocker.remote === undefined) return `${name} (${blocker.node.path}) finds no panel or bridge: ${NO_DISPLAY}`;
    return (
      `${name} (${blocker.node.path}) waits for ever for ${blocker.remote.path}, ` +
      `which is no panel or bridge: ${SILENT}`
    );
  }
  if (drm.bound !== drm.mmsysDevNum) {
    const off = all.filter(({ available }) => !available).map(({ node }) => `${node.path} is disabled`);
    const why = off.length > 0 ? `; ${off.join(', ')}` : '';
    return `${drm.bound} of ${drm.mmsysDevNum} mmsys are there${why}: ${SILENT}`;
  }
  return drm.reason ?? NO_DISPLAY;
}

function nothingToDrive(all: readonly MmsysForecast[]): string {
  const one = all.find(({ available }) => available);
  if (one === undefined) return `${all.map(({ node }) => node.path).join(', ')}: disabled`;
  return `mediatek-drm knows no ${one.compatible}: its probe ends with ${errorText(one.probeRet)}, which is not logged`;
}

/** `CRTC 0 main → DSI0 → panel@0; no CRTC for ext: DPI0 is disabled or missing`. */
function registered(drm: DrmForecast, all: readonly MmsysForecast[]): [Verdict['kind'], string] {
  const made = drm.crtcs.flatMap(({ path, mmsys, index }) => {
    const forecast = all.find(({ node }) => node === mmsys);
    return index === undefined || forecast === undefined ? [] : [{ index, path, ...endOf(forecast, path) }];
  });
  const lacking = missing(drm.crtcs);
  const text = [
    ...made.map(({ index, path, end }) => `CRTC ${index} ${path} → ${end}`),
    ...(lacking === '' ? [] : [`no CRTC for ${lacking}`]),
  ];
  return [made.some(({ lit }) => lit) ? 'works' : 'no output', text.join('; ')];
}

/** The last component of a path and what is behind it; `lit` when that is something. */
function endOf(mmsys: MmsysForecast, path: CrtcForecast['path']): { end: string; lit: boolean } {
  const output = mmsys.outputs.findLast((one) => one.path === path && one.node !== undefined);
  if (output !== undefined) {
    const behind = output.remote === undefined ? '' : ` → ${output.remote.name}`;
    return { end: nameOf(output.id) + behind, lit: true };
  }
  const name = nameOf(mmsys.paths[path].ids.at(-1) ?? -1);
  // MT8188's built-in path ends before its outputs, which are chosen at run time.
  const routes = path === 'main' ? (mmsys.data?.routes ?? []) : [];
  const usable = routes.filter((route) => mmsys.componentNodes.has(COMPONENT_IDS[route]));
  if (usable.length > 0) return { end: `${name} → ${usable.join(' or ')}`, lit: true };
  return { end: `${name}, and no output behind it is enabled`, lit: false };
}

/** `main (DSI0 is disabled or missing), ext (...)`: the paths that have no CRTC. */
function missing(crtcs: readonly CrtcForecast[]): string {
  const lacking = crtcs.flatMap(({ path, missing: id }) => (id === undefined ? [] : [`${path} (${nameOf(id)}`]));
  return lacking.map((one) => `${one} is disabled or missing)`).join(', ');
}

/** `DSI0`; the adaptor without the DRM_ in front, as everybody calls it. */
export function nameOf(id: number): string {
  return componentName(id)?.replace('DRM_', '') ?? `component ${id}`;
}

/** `-EINVAL (-22)`, or `0`. */
export function errorText(ret: number): string {
  const name = errnoName(ret);
  return ret === 0 ? '0' : name === undefined ? String(ret) : `-${name} (${ret})`;
}

/** Every path that a mmsys has or tried, in order. */
export function usedPaths(mmsys: MmsysForecast): MmsysForecast['paths'][keyof MmsysForecast['paths']][] {
  return PATHS.map((name) => mmsys.paths[name]).filter(({ source, walk }) => source !== 'none' || walk !== undefined);
}

/** Compatible strings of a board, for its heading. */
export function boardName(root: DtNode): string {
  return root.string('model') ?? root.compatible[0] ?? '(no model)';
}
