// Table of the rules about whole paths: where they begin, how they end, how one disturbs another.
import { componentName } from '../../drivers/mtk-drm/component.js';
import { PATHS } from '../../drivers/mtk-drm/rules.js';
import { PATH_LIMIT } from '../../drivers/mtk-drm/tables.js';
import { endpoints, parseEndpoint } from '../../dt/graph.js';
import type { DtNode } from '../../dt/tree.js';
import { type LintContext, listOf, type Rule, type Shift, walkLines } from './lint-context.js';
import { isBroken, isDriven, isGood, isOutputType, type PathEnd, type PathView, startOf } from './lint-paths.js';
import { pathText } from './path-text.js';
import type { MmsysForecast } from './result.js';
import { endpointOptions, portsOf } from './scene.js';
import { isOddStatus } from './status.js';

/** L3, L4, L5, L10, L11, L13, L18, L19. */
export const PATH_RULES: readonly Rule[] = [
  { id: 'L3', severity: 'error', summary: 'an endpoint of a mmsys has a number above 2', run: badNumbers },
  {
    id: 'L4',
    severity: 'error',
    shifts: ['survived'],
    summary: 'an endpoint of a mmsys is on another port than 0',
    run: badPorts,
  },
  { id: 'L5', severity: 'error', summary: 'a mmsys has a port without any endpoint', run: noEndpoints },
  {
    id: 'L10',
    severity: 'error',
    summary: 'a path ends at something else than a DSI, DPI or DP_INTF',
    run: (c) => each(c, 'no-output', endsEarly),
  },
  {
    id: 'L11',
    severity: 'warning',
    shifts: ['told', 'meant'],
    summary: 'a path is dropped because one of its blocks is disabled',
    run: (c) => each(c, 'disabled', (c, view, end) => end.output === undefined && dropped(c, view, end)),
  },
  { id: 'L13', severity: 'error', summary: 'an error in one path takes a good one with it', run: good },
  { id: 'L18', severity: 'error', summary: 'a path runs in a circle', run: (c) => each(c, 'circle', circle) },
  {
    id: 'L19',
    severity: 'error',
    summary: 'a path has more than 62 components',
    run: (c) => each(c, 'too-long', tooLong),
  },
];

/** The paths that end in one way. */
function each<K extends PathEnd['kind']>(
  c: LintContext,
  kind: K,
  run: (c: LintContext, view: PathView, end: PathEnd & { readonly kind: K }) => void,
): void {
  const ends = (end: PathEnd): end is PathEnd & { readonly kind: K } => end.kind === kind;
  for (const view of c.views) if (ends(view.end)) run(c, view, view.end);
}

/** The endpoints of every mmsys whose graph is read. */
function* starts(c: LintContext): Generator<{ mmsys: MmsysForecast; endpoint: DtNode; port: number; id: number }> {
  if (!c.rules.graphs) return;
  for (const mmsys of c.forecast.mmsys) {
    if (!isDriven(mmsys)) continue;
    for (const endpoint of endpoints(mmsys.node, endpointOptions(c))) {
      yield { mmsys, endpoint, ...parseEndpoint(endpoint) };
    }
  }
}

function badNumbers(c: LintContext): void {
  const printed = new Set<DtNode>();
  for (const { mmsys, endpoint, port, id } of starts(c)) {
    if (id < PATHS.length) continue;
    // The kernel stops at the first of them.
    const first = !printed.has(mmsys.node) || c.rules.skipsBrokenPaths;
    printed.add(mmsys.node);
    c.told.add(endpoint);
    const words = c.rules.skipsBrokenPaths
      ? `error -EINVAL: Invalid endpoint number ${id}: `
      : 'error -EINVAL: Invalid ';
    const lines = mmsys.messages.map(({ text }) => text).filter((text) => text.startsWith(words));
    c.find('L3', {
      node: endpoint,
      property: 'reg',
      mmsys: mmsys.node,
      path: undefined,
      kernel: first ? lines : [],
      values: { endpoint: endpoint.path, n: id, port, deletion: orDelete(c, mmsys.node, endpoint) },
    });
  }
}

function badPorts(c: LintContext): void {
  const ports = new Set<DtNode>();
  for (const { mmsys, endpoint, port, id } of starts(c)) {
    const path = PATHS[id];
    const holder = endpoint.parent as DtNode;
    if (port === 0 || path === undefined || ports.has(holder)) continue;
    const view = c.views.find((one) => one.mmsys === mmsys && one.path === path && one.end.kind === 'wrong-port');
    ports.add(holder);
    c.told.add(holder);
    c.find(view === undefined ? 'L4 beside' : 'L4', {
      node: holder,
      shift: view === undefined ? 'survived' : undefined,
      property: 'reg',
      mmsys: mmsys.node,
      path,
      kernel: view === undefined ? [] : walkLines(view, c.rules),
      values: {
        endpoint: endpoint.path,
        n: port,
        port: holder.path,
        mmsys: mmsys.node.path,
        deletion: orDelete(c, mmsys.node, endpoint),
      },
    });
  }
}

function noEndpoints(c: LintContext): void {
  for (const { node, unsetReturn } of c.forecast.mmsys) {
    if (!unsetReturn) continue;
    const port = portsOf(node).ports[0] ?? node;
    c.find('L5', { node: port, mmsys: node, values: { mmsys: node.path, port: port.path } });
  }
}

function endsEarly(c: LintContext, view: PathView, end: PathEnd & { readonly kind: 'no-output' }): void {
  const { path: p, mmsys, walk } = view;
  c.find('L10', {
    node: walk.steps.at(-1)?.endpoint ?? end.from,
    property: 'remote-endpoint',
    mmsys: mmsys.node,
    path: p,
    kernel: walkLines(view, c.rules),
    values: { p, comp: componentName(end.id) ?? end.id, id: end.id, next: end.device.path, from: end.from.path },
  });
}

function dropped(c: LintContext, view: PathView, end: PathEnd & { readonly kind: 'disabled' }): void {
  const { path: p, mmsys, number } = view;
  const first = startOf(c, mmsys.node, number);
  const unused = first === undefined ? undefined : deletion(c, mmsys.node, first);
  c.find('L11', {
    node: end.device,
    property: 'status',
    mmsys: mmsys.node,
    path: p,
    shift: whyDropped(c, view, end),
    kernel: [...walkLines(view, c.rules), ...crtcLines(c, mmsys, p)],
    values: {
      p,
      node: end.device.path,
      n: end.hop,
      instead: instead(c, mmsys, p),
      unused: unused === undefined ? 'leave it: it is only skipped' : `delete ${unused}`,
    },
  });
}

/**
 * L32 says it better when somebody meant to enable the block. An output that is disabled, while another path reaches
 * the screen, is how trees say that nothing is connected there.
 */
function whyDropped(c: LintContext, view: PathView, end: PathEnd & { readonly kind: 'disabled' }): Shift | undefined {
  if (isOddStatus(end.device)) return 'told';
  const type = c.typeOf(end.device);
  const isSpare = type !== undefined && isOutputType(type) && view.walk.steps.length > 1;
  const isSeen = c.forecast.drm.some(
    ({ parent, crtcs }) => parent === view.mmsys.node.parent && crtcs.some(({ index }) => index !== undefined),
  );
  return isSpare && isSeen ? 'meant' : undefined;
}

/** What the driver uses in place of a path that is dropped, and what that is worth. */
export function instead(c: LintContext, mmsys: MmsysForecast, path: PathView['path']): string {
  const { ids } = mmsys.paths[path];
  if (ids.length === 0) return 'nothing takes its place';
  const crtcs = c.forecast.drm.flatMap((drm) => drm.crtcs);
  const missing = crtcs.find((crtc) => crtc.mmsys === mmsys.node && crtc.path === path)?.missing;
  const but = missing === undefined ? '' : `, without a CRTC (${componentName(missing)} is disabled or missing)`;
  return `the built-in ${pathText(ids)} is used instead${but}`;
}

/** The kernel's line about a CRTC that it does not create for a path. */
function crtcLines(c: LintContext, mmsys: MmsysForecast, path: PathView['path']): string[] {
  for (const { crtcs, messages } of c.forecast.drm) {
    const refused = crtcs.filter(({ missing }) => missing !== undefined);
    const at = refused.findIndex((crtc) => crtc.mmsys === mmsys.node && crtc.path === path);
    const lines = messages.map(({ text }) => text).filter((text) => text.startsWith('Not creating crtc '));
    if (at >= 0) return lines.slice(at, at + 1);
  }
  return [];
}

/** Under the right rules a broken path is left out and disturbs nobody. An endless walk is told by L18. */
function good(c: LintContext): void {
  if (c.rules.skipsBrokenPaths) return;
  for (const [mmsys, views] of byMmsys(c.views)) {
    const broken = views.find((view) => view.tried && isBroken(view));
    const fine = views.filter(isGood).map(({ path }) => path);
    if (broken === undefined || fine.length === 0 || mmsys.hang || mmsys.probeRet === 0) continue;
    const endpoint = startOf(c, mmsys.node, broken.number) ?? mmsys.node;
    const all = [...endpoints(mmsys.node, endpointOptions(c))];
    const first = all.find((one) => parseEndpoint(one).id === broken.number) ?? endpoint;
    c.find('L13', {
      node: endpoint,
      mmsys: mmsys.node,
      path: broken.path,
      kernel: [`probe with driver mediatek-drm failed with error ${mmsys.probeRet}`],
      values: { p: broken.path, q: fine.join(' and '), deletion: orDelete(c, mmsys.node, first) },
    });
  }
}

function byMmsys(views: readonly PathView[]): ReadonlyMap<MmsysForecast, readonly PathView[]> {
  const found = new Map<MmsysForecast, PathView[]>();
  for (const view of views) {
    const same = found.get(view.mmsys);
    if (same === undefined) found.set(view.mmsys, [view]);
    else same.push(view);
  }
  return found;
}

function circle(c: LintContext, view: PathView, end: PathEnd & { readonly kind: 'circle' }): void {
  const { path: p, mmsys } = view;
  const [first] = end.devices;
  const names = end.devices.map(({ name }) => name);
  const back = end.closing === undefined || first === undefined ? '' : ` → ${first.name}`;
  const node = end.closing ?? mmsys.node;
  c.find(end.devices.length === 2 && end.closing !== undefined ? 'L18 back' : 'L18', {
    node,
    property: 'remote-endpoint',
    mmsys: mmsys.node,
    path: p,
    kernel: walkLines(view, c.rules),
    values: {
      p,
      nodes: listOf(names, ' → ', 10) + back,
      endless: end.endless ? ' (endless loop in the kernel)' : '',
      endpoint: node.path,
      device: end.devices.at(-1)?.path ?? '',
    },
  });
}

function tooLong(c: LintContext, view: PathView, end: PathEnd & { readonly kind: 'too-long' }): void {
  const { path: p, mmsys } = view;
  const blocks = view.walk.steps.flatMap(({ node }) => node ?? []);
  c.find('L19', {
    node: blocks[PATH_LIMIT] ?? end.last,
    mmsys: mmsys.node,
    path: p,
    kernel: walkLines(view, c.rules),
    values: { p, n: end.count },
  });
}

/**
 * What to delete so that the tree does not describe a path: its first endpoint, and what points at it, as a reference
 * to a deleted label does not compile. Undefined for the only endpoint of a mmsys, whose port would be empty (L5).
 */
export function deletion(c: LintContext, mmsys: DtNode, endpoint: DtNode): string | undefined {
  if ([...endpoints(mmsys, endpointOptions(c))].length < 2) return undefined;
  const ends = c.linkedTo(endpoint).map((end) => {
    const isFree = c.linkedTo(end).every((other) => other === endpoint);
    return isFree ? end.path : `the remote-endpoint in ${end.path}`;
  });
  return ends.length === 0 ? endpoint.path : `${endpoint.path} and the other end of its link, ${listOf(ends)}`;
}

function orDelete(c: LintContext, mmsys: DtNode, endpoint: DtNode): string {
  const what = deletion(c, mmsys, endpoint);
  return what === undefined ? '' : `, or delete ${what}`;
}
