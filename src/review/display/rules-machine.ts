// Table of the rules about the machine as a whole: whether all mmsys come together, mutexes, CRTCs.
import { componentName, isPipelineNode, matchDrmData } from '../../drivers/mtk-drm/component.js';
import { findRemote, lookupsOf } from '../../drivers/mtk-drm/outputs.js';
import { PATHS, type PathName } from '../../drivers/mtk-drm/rules.js';
import { COMPONENT_IDS, TYPES } from '../../drivers/mtk-drm/tables.js';
import type { DtNode } from '../../dt/tree.js';
import { isBound, slotOf } from './forecast-drm.js';
import { type LintContext, listOf, type Rule } from './lint-context.js';
import { isDriven, isOutputType, startOf } from './lint-paths.js';
import { pathText } from './path-text.js';
import type { DrmForecast, MmsysForecast } from './result.js';
import { socOf } from './rules-components.js';
import { isBare } from './sinks.js';

/** L21, L22, L33, L34, L35, L36. */
export const MACHINE_RULES: readonly Rule[] = [
  {
    id: 'L21',
    severity: 'error',
    shifts: ['told'],
    summary: 'one of several mmsys that are all needed is disabled, fails or has no path',
    after: true,
    run: needed,
  },
  { id: 'L22', severity: 'error', summary: 'two mmsys begin with the same path', run: sameFirst },
  { id: 'L33', severity: 'error', shifts: ['meant'], summary: 'there is no mutex for a mmsys', run: noMutex },
  { id: 'L34', severity: 'note', summary: 'a built-in path of the driver applies', run: builtIn },
  { id: 'L35', severity: 'note', summary: 'built-in routes stay active beside a graph', run: routes },
  {
    id: 'L36',
    severity: 'warning',
    shifts: ['fatal', 'meant'],
    summary: 'no path reaches an enabled output',
    after: true,
    run: nothingToSee,
  },
];

/** The name of the SoC, as the compatible of its mmsys has it. */
const soc = ({ node, compatible }: MmsysForecast): string =>
  socOf(node.compatible.find((word) => /mt\d+/i.test(word)) ?? compatible);

function hasError(c: LintContext, mmsys: DtNode): boolean {
  return c.findings.some((finding) => finding.mmsys === mmsys && finding.severity === 'error');
}

function needed(c: LintContext): void {
  for (const { parent, all, driven } of c.groups) {
    const group = all.filter(({ data }) => data !== undefined);
    const need = group.reduce((most, { data }) => Math.max(most, data?.mmsysDevNum ?? 0), 0);
    if (need < 2 || !driven) continue;
    for (const mmsys of group) oneOfSeveral(c, mmsys);
    const [only] = group;
    if (only === undefined || group.length >= need) continue;
    const values = { soc: soc(only), node: only.node.path, parent: parent.path };
    c.find('L21 missing', { node: only.node, mmsys: only.node, values });
  }
}

function oneOfSeveral(c: LintContext, mmsys: MmsysForecast): void {
  const { node, available, hang, probeRet } = mmsys;
  const base = { soc: soc(mmsys), node: node.path };
  if (!available) {
    c.find('L21', { node, property: 'status', mmsys: node, values: { ...base, fault: 'is disabled' } });
  } else if (!isBound(mmsys)) {
    const fault = hang ? 'never returns from its probe' : `fails (its probe returns ${probeRet})`;
    // Another rule has told why; this only says what follows from it.
    const shift = hasError(c, node) ? 'told' : undefined;
    c.find('L21 fails', { node, mmsys: node, values: { ...base, fault }, shift });
  } else if (slotOf(mmsys) < 0 && !c.rules.graphReplacesBuiltIn) {
    c.find('L21 fails', { node, mmsys: node, values: { ...base, fault: 'has no path' } });
  }
}

function sameFirst(c: LintContext): void {
  for (const { all } of c.groups) {
    const owners = new Map<number, MmsysForecast>();
    for (const mmsys of all.filter(isBound)) {
      const slot = slotOf(mmsys);
      const owner = owners.get(slot);
      if (slot < 0 || owner === undefined) {
        owners.set(slot, mmsys);
        continue;
      }
      const p = PATHS[slot] as PathName;
      const free = PATHS.findIndex((_, number) => !owners.has(number));
      const values = { a: owner.node.path, b: mmsys.node.path, p, c: free < 0 ? PATHS.length - 1 : free };
      c.find('L22', { node: startOf(c, mmsys.node, slot) ?? mmsys.node, mmsys: mmsys.node, path: p, values });
    }
  }
}

const NO_MUTEX = 'Failed to find disp-mutex node';

function noMutex(c: LintContext): void {
  for (const mmsys of c.forecast.mmsys) {
    const { node, data, mutex, messages } = mmsys;
    if (data === undefined || mutex !== undefined || !messages.some(({ text }) => text === NO_MUTEX)) continue;
    const at = { mmsys: node, kernel: [NO_MUTEX] };
    if (isBare(mmsys, c.rules.tables)) {
      c.find('L33 bare', { ...at, node, shift: 'meant', values: { mmsys: node.path } });
      continue;
    }
    const values = { mmsys: node.path, id: data.mmsysId };
    const { stem } = TYPES.DISP_MUTEX;
    const aliases = c.tree.root.child('aliases') ?? node;
    const near = nearestMutex(c, mmsys, data.mmsysId);
    const own = near === undefined ? undefined : c.aliasOf(near, stem);
    if (near !== undefined && !near.available) {
      c.find('L33 disabled', { ...at, node: near, property: 'status', values: { ...values, mutex: near.path } });
    } else if (near !== undefined && own !== undefined) {
      const about = { ...values, mutex: near.path, name: own.name, n: own.id };
      c.find('L33 alias', { ...at, node: aliases, property: own.name, values: about });
    } else {
      const alias = c.aliases.find((one) => one.stem === stem && one.id === data.mmsysId);
      c.find('L33', {
        ...at,
        node: alias === undefined ? node : aliases,
        ...(alias === undefined ? {} : { property: alias.name }),
        values: { ...values, alias: aliasPlace(c, node, alias?.node) },
      });
    }
  }
}

/** The mutex beside a mmsys that is most likely its own: disabled, or with the number of a mmsys that has none. */
function nearestMutex(c: LintContext, { node }: MmsysForecast, mmsysId: number): DtNode | undefined {
  const { stem } = TYPES.DISP_MUTEX;
  const beside = node.parent?.children.filter((one) => c.typeOf(one) === TYPES.DISP_MUTEX) ?? [];
  const off = beside.filter(({ available }) => !available);
  const isFree = (one: DtNode): boolean => !c.forecast.mmsys.some(({ mutex }) => mutex === one);
  return (
    off.find((one) => (c.aliasOf(one, stem)?.id ?? mmsysId) === mmsysId) ??
    beside.find((one) => one.available && isFree(one)) ??
    off[0]
  );
}

function aliasPlace(c: LintContext, mmsys: DtNode, target: DtNode | undefined): string {
  if (target === undefined) return 'missing';
  if (c.typeOf(target) !== TYPES.DISP_MUTEX) return `elsewhere: ${target.path} is no disp-mutex of this driver`;
  if (target.parent !== mmsys.parent) return `elsewhere: ${target.path} does not stand beside it`;
  return target.available ? `not the first of ${target.path}` : `at ${target.path}, which is disabled`;
}

/** One note per mmsys, however many paths are left to the driver. */
function builtIn(c: LintContext): void {
  const inGraph = new Set(c.views.map(({ mmsys, path }) => mmsys.paths[path]));
  for (const mmsys of c.forecast.mmsys.filter(isBound)) {
    const left = PATHS.map((name) => mmsys.paths[name]).filter(
      (path) => path.source === 'hardcoded' && !inGraph.has(path),
    );
    const [first, ...others] = left;
    if (first === undefined) continue;
    const names = `${left.map(({ name }) => name).join(' and ')} path${others.length === 0 ? '' : 's'}`;
    const each = left.map(({ name, ids }) => `${name} ${pathText(ids)}`).join('; ');
    c.find('L34', {
      node: mmsys.node,
      mmsys: mmsys.node,
      path: others.length === 0 ? first.name : undefined,
      values: { paths: names, mmsys: mmsys.node.path, built: others.length === 0 ? pathText(first.ids) : each },
    });
  }
}

function routes(c: LintContext): void {
  if (c.rules.graphReplacesBuiltIn || !c.rules.graphs) return;
  for (const mmsys of c.forecast.mmsys) {
    const { node, data, graphPresent } = mmsys;
    if (!isDriven(mmsys) || !graphPresent || data === undefined || data.routes.length === 0) continue;
    c.find('L35', {
      node,
      mmsys: node,
      path: 'main',
      values: { mmsys: node.path, soc: soc(mmsys), routes: data.routes.join('/') },
    });
  }
}

function nothingToSee(c: LintContext): void {
  for (const drm of c.forecast.drm) {
    const group = c.groups.find(({ parent }) => parent === drm.parent)?.all ?? [];
    const first = group.find(isBound) ?? group[0];
    if (first === undefined || group.some(({ node }) => hasError(c, node))) continue;
    if (!group.some(isDriven)) notDriven(c, group);
    else if (drm.undefinedBehaviour !== undefined) unset(c, group.filter(isBound), drm);
    else if (drm.registered) dark(c, drm, first, group);
    else if (drm.crtcs.length > 0) noCrtc(c, drm, first);
  }
}

function notDriven(c: LintContext, group: readonly MmsysForecast[]): void {
  for (const { node, available, compatible } of group) {
    const at = { node, mmsys: node, shift: 'meant', values: { mmsys: node.path, compatible } } as const;
    if (available) {
      const isLater = matchDrmData(node, 'mainline') !== undefined;
      c.find(isLater ? 'L36 later' : 'L36 unknown', { ...at, property: 'compatible' });
    } else c.find('L36 off', { ...at, property: 'status' });
  }
}

/** P12: the slot of a mmsys does not exist, because it has no path or does not begin with the main one. */
function unset(c: LintContext, bound: readonly MmsysForecast[], { mmsysDevNum }: DrmForecast): void {
  for (const mmsys of bound) {
    const slot = slotOf(mmsys);
    if (slot >= 0 && slot < mmsysDevNum) continue;
    const fault = slot < 0 ? 'has no path at all' : `begins with its ${PATHS[slot]} path, for which there is no place`;
    c.find('L36 unset', {
      node: mmsys.node,
      mmsys: mmsys.node,
      shift: 'fatal',
      values: { mmsys: mmsys.node.path, fault },
    });
  }
}

function noCrtc(c: LintContext, drm: DrmForecast, { node }: MmsysForecast): void {
  const kernel = drm.messages.map(({ text }) => text);
  const lit = litOutput(c, drm.parent);
  const why = drm.crtcs.map(
    ({ path, missing }) => `${path} lacks ${missing === undefined ? '' : componentName(missing)}`,
  );
  if (lit === undefined) c.find('L36', { node, mmsys: node, kernel, values: { mmsys: node.path } });
  else
    c.find('L36 blocked', {
      node,
      mmsys: node,
      shift: 'fatal',
      kernel,
      values: { output: lit.path, missing: listOf(why) },
    });
}

/** An enabled output with something enabled behind it: the board wants a display. */
function litOutput(c: LintContext, parent: DtNode): DtNode | undefined {
  const isBridge = (remote: DtNode): boolean => !isPipelineNode(remote, c.rules.tables);
  const found = c.numbered(parent).find(({ node, type }) => {
    if (!isOutputType(type)) return false;
    return findRemote(c.tree, node, lookupsOf(type, c.rules), c.rules.endpoints, isBridge).ret === 0;
  });
  return found?.node;
}

/** There are CRTCs, but none of their paths ends at an output, nor has a route to one. */
function dark(c: LintContext, drm: DrmForecast, { node }: MmsysForecast, group: readonly MmsysForecast[]): void {
  const lit = drm.crtcs.some(({ path, mmsys: owner, index }) => {
    const mmsys = group.find((one) => one.node === owner);
    if (index === undefined || mmsys === undefined) return false;
    const routed =
      path === 'main' && mmsys.data?.routes.some((route) => mmsys.componentNodes.has(COMPONENT_IDS[route]));
    return routed === true || mmsys.outputs.some((output) => output.path === path && output.node !== undefined);
  });
  if (!lit) c.find('L36 dark', { node, mmsys: node, values: { mmsys: node.path } });
}
