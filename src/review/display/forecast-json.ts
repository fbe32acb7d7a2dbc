// A forecast as JSON, in the schema of the recorded results (test/golden/ofgraph.md).
import { ERRNO } from '../../base/errno.js';
import { componentName } from '../../drivers/mtk-drm/component.js';
import { type DisplayRules, PATHS } from '../../drivers/mtk-drm/rules.js';
import type { Step, Walk } from '../../drivers/mtk-drm/walk.js';
import type { DtNode, DtTree } from '../../dt/tree.js';
import type { DisplayForecast, DrmForecast, MmsysForecast, OutputForecast, PathForecast } from './result.js';

/** What JSON can hold. */
type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
type Fields = Record<string, Json>;

const VARIANTS: Readonly<Record<DisplayRules['name'], string>> = {
  'v6.12': 'v6.12',
  'v6.13': 'seed',
  'v7.1': 'mainline',
  right: 'right',
};
const ERROR_NAMES: ReadonlyMap<number, string> = new Map(Object.entries(ERRNO).map(([name, code]) => [-code, name]));

/** A forecast and the name of its tree. Keys that the schema has only in some cases are left out in the others. */
export function forecastJson(tree: DtTree, { rules, mmsys, drm }: DisplayForecast): { readonly [key: string]: Json } {
  return {
    model: tree.root.string('model') ?? null,
    compatible: tree.root.compatible,
    variant: VARIANTS[rules.name],
    mmsys: mmsys.map(mmsysJson),
    drm: drm.map(drmJson),
  };
}

function mmsysJson(one: MmsysForecast): Fields {
  const { node, compatible, available, data, graphPresent, probeRet, buildRet, hang, paths } = one;
  const base = { node: node.path, compatible, available };
  if (!available) return { ...base, result: 'not-probed' };
  return {
    ...base,
    driver_data: data?.name ?? null,
    graph_present: graphPresent,
    probe_ret: probeRet,
    probe_err: hang ? 'HANG' : errorName(probeRet),
    ...(buildRet === undefined ? {} : { build_ret: buildRet }),
    ...(one.unsetReturn ? { ub: 'ret-uninitialised' } : {}),
    ...(hang ? { hang } : {}),
    paths: Object.fromEntries(PATHS.map((name) => [name, pathJson(paths[name])])),
    ...(data === undefined ? {} : scanJson(one)),
    messages: one.messages.map(({ level, text }) => ({ level, text })),
  };
}

function scanJson({ mutex, ovlAdaptor, matches, references, hang, probeRet, outputs }: MmsysForecast): Fields {
  const changed = [...references].map(([node, difference]) => [node.path, difference]);
  return {
    mutex: pathOf(mutex),
    ovl_adaptor: ovlAdaptor,
    component_matches: matches.length,
    ...(changed.length === 0 ? {} : { refcount_delta: Object.fromEntries(changed) as Fields }),
    ...(hang || probeRet !== 0 ? {} : { outputs: outputs.map(outputJson) }),
  };
}

function pathJson({ source, ids, walk }: PathForecast): Fields {
  return {
    source,
    ...(ids.length === 0 ? {} : { path: { ids, names: ids.map(nameOf) } }),
    ...(walk === undefined ? {} : walkJson(walk)),
  };
}

function walkJson({ ret, hang, unsetNext, steps, truncated }: Walk): Fields {
  return {
    graph_ret: ret,
    graph_err: hang ? 'HANG' : errorName(ret),
    ...(unsetNext ? { ub: 'next-uninitialised' } : {}),
    steps: steps.map(stepJson),
    ...(truncated ? { steps_truncated: true } : {}),
  };
}

function stepJson({ endpoint, node, ret, id }: Step): Fields {
  const found = id === undefined ? {} : { id, name: nameOf(id) };
  return { ep: pathOf(endpoint), node: pathOf(node), ret, ...found };
}

function outputJson({ path, id, node, lookup, ret, firstRet, remote }: OutputForecast): Fields {
  const base = { path, id, name: nameOf(id), node: pathOf(node) };
  if (node === undefined) return base;
  return { ...base, lookup, ret, err: errorName(ret), first_ret: firstRet, remote: pathOf(remote) };
}

function drmJson(one: DrmForecast): Fields {
  const crtcs = one.crtcs.map(({ path, mmsys, index, missing }) => ({
    path,
    mmsys: mmsys.path,
    created: index !== undefined,
    ...(index === undefined ? {} : { index }),
    ...(missing === undefined ? {} : { missing, missing_name: nameOf(missing) }),
  }));
  return {
    parent: one.parent.path,
    mmsys_dev_num: one.mmsysDevNum,
    bound: one.bound,
    blocked_by: one.blockedBy.map(({ id, node, ret, remote }) => {
      return { component: nameOf(id), node: node.path, err: errorName(ret), remote: pathOf(remote) };
    }),
    ...(crtcs.length === 0 ? {} : { crtcs }),
    ...(one.undefinedBehaviour === undefined ? {} : { ub: one.undefinedBehaviour }),
    registered: one.registered,
    ...(one.reason === undefined ? {} : { reason: one.reason }),
    messages: one.messages.map(({ level, text }) => ({ level, text })),
  };
}

function errorName(ret: number): string {
  return ret === 0 ? '0' : (ERROR_NAMES.get(ret) ?? String(ret));
}

function nameOf(id: number): string {
  return componentName(id) ?? String(id);
}

function pathOf(node: DtNode | undefined): string | null {
  return node?.path ?? null;
}
