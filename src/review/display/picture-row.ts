// The rows of a display picture: a path as the graph gives it, and as the driver's table has it.
import { ERRNO, errnoName } from '../../base/errno.js';
import { componentName, componentType, isPipelineNode } from '../../drivers/mtk-drm/component.js';
import { findRemote, lookupsOf } from '../../drivers/mtk-drm/outputs.js';
import { PATHS, type PathName } from '../../drivers/mtk-drm/rules.js';
import { OVL_ADAPTOR_ID, PATH_LIMIT } from '../../drivers/mtk-drm/tables.js';
import type { Step, Walk } from '../../drivers/mtk-drm/walk.js';
import { endpointByRegs, endpoints, parseEndpoint, remotePortParent } from '../../dt/graph.js';
import type { DtNode } from '../../dt/tree.js';
import {
  absentBox,
  adaptorBox,
  componentBox,
  controllerBox,
  type DraftBox,
  type DraftLink,
  deviceBox,
  linkOf,
  missingBox,
  pathNumber,
} from './picture-box.js';
import type { PictureRow, PictureState } from './picture-types.js';
import type { CrtcForecast, MmsysForecast } from './result.js';
import { endpointOptions, type Scene, untriedWalk } from './scene.js';

/** A row whose boxes and links still know their nodes. */
export interface DraftRow extends Omit<PictureRow, 'boxes' | 'links' | 'more'> {
  readonly path: PathName | undefined;
  readonly boxes: DraftBox[];
  readonly links: DraftLink[];
}

/** What the rows of one mmsys are made from. */
export interface RowContext extends Scene {
  readonly mmsys: MmsysForecast;
  /** Fates of its paths after the probe. */
  readonly crtcs: readonly CrtcForecast[];
  /** The kernel's line about a walk that failed. */
  lineOf(walk: Walk): string | undefined;
}

/** All rows of a mmsys: for each path what the graph gives, and the built-in one where that applies. */
export function rowsOf(context: RowContext): DraftRow[] {
  const { mmsys } = context;
  if (!mmsys.available || mmsys.data === undefined) return [];
  const buildFailed = mmsys.hang || (mmsys.buildRet ?? 0) !== 0;
  const rows = PATHS.flatMap((name) => {
    const { walk, source } = mmsys.paths[name];
    const graph = walk !== undefined ? [walkRow(context, walk)] : buildFailed ? untriedRow(context, name) : [];
    const builtIn = source === 'hardcoded' && !buildFailed ? [builtInRow(context, name)] : [];
    return [...graph, ...builtIn];
  });
  return [...rows, ...(mmsys.buildRet === undefined ? [] : strayRows(context))];
}

function errorText(ret: number): string {
  const name = errnoName(ret);
  return name === undefined ? String(ret) : `${name} (${ret})`;
}

function walkRow(context: RowContext, walk: Walk, tried = true): DraftRow {
  const row = startRow(context, walk.path);
  const seen = new Map<DtNode, number>();
  for (const step of walk.steps) {
    const back = step.node === undefined ? undefined : seen.get(step.node);
    const from = row.boxes.length - 1;
    if (step.ret === 0 && back !== undefined) {
      row.links.push(linkOf(context, { from, to: back }, step.endpoint, circleWords(context, walk)));
      return finished(context, row, walk, tried);
    }
    if (step.ret !== 0) break;
    const node = step.node as DtNode;
    seen.set(node, row.boxes.length);
    row.boxes.push(componentBox(context, node, step.id as number));
    row.links.push(linkOf(context, { from, to: from + 1 }, step.endpoint));
  }
  if (walk.ret === 0) addSink(context, row);
  else addFault(context, row, walk);
  return finished(context, row, walk, tried);
}

function finished(context: RowContext, row: DraftRow, walk: Walk, tried: boolean): DraftRow {
  return { ...row, groups: adaptorGroups(row.boxes, walk.ids), state: stateOf(context, walk, tried) };
}

function startRow({ mmsys }: RowContext, path: PathName | undefined, title: string = path ?? ''): DraftRow {
  const boxes = [controllerBox(mmsys.node)];
  return { path, title, state: { tone: 'idle', text: '' }, boxes, links: [], groups: [] };
}

function circleWords({ lineOf }: RowContext, walk: Walk): Pick<DraftLink, 'kind' | 'words' | 'quoted'> {
  const line = lineOf(walk);
  if (walk.hang) return { kind: 'circle', words: 'circle: the kernel never leaves it', quoted: false };
  if (line !== undefined) return { kind: 'circle', words: line, quoted: true };
  return { kind: 'circle', words: `circle: accepted, since entry ${PATH_LIMIT} is an output`, quoted: false };
}

/** Where a walk that failed ended: a device that is disabled or unknown, or nothing. */
function addFault(context: RowContext, row: DraftRow, walk: Walk): void {
  const ends = { from: row.boxes.length - 1, to: row.boxes.length };
  const step = walk.steps.at(-1) as Step;
  const line = context.lineOf(walk);
  const how = line === undefined ? { words: '', quoted: false } : { words: line, quoted: true };
  if (walk.ret === -ERRNO.ENODEV) {
    row.boxes.push(deviceBox(context, step.node as DtNode, 'sink'));
    const quiet = { words: 'disabled: this path is dropped, and no line of the log says so', quoted: false };
    row.links.push(linkOf(context, ends, step.endpoint, { kind: 'dropped', ...(line === undefined ? quiet : how) }));
    return;
  }
  const last = row.boxes.at(-1) as DraftBox;
  row.boxes.push(faultBox(context, walk, step, last.at as DtNode));
  row.links.push(linkOf(context, ends, step.ret === 0 ? undefined : step.endpoint, { kind: 'broken', ...how }));
}

function faultBox(context: RowContext, walk: Walk, { ret, endpoint, node }: Step, from: DtNode): DraftBox {
  if (ret === 0) return missingBox(`entry ${PATH_LIMIT + 1}`, `the limit is ${PATH_LIMIT}`);
  if (node !== undefined) return deviceBox(context, node, 'unknown');
  if (endpoint !== undefined) return missingBox('remote-endpoint', linkFault(endpoint));
  const port = from === context.mmsys.node ? 0 : 1;
  const numbers = [...endpoints(from, endpointOptions(context))].map(parseEndpoint);
  const found = numbers.filter((one) => one.port === port).map(({ id }) => id);
  const list = found.length === 0 ? `port ${port} has none` : `port ${port} has ${found.slice(0, 4).join(', ')}`;
  return missingBox(`endpoint ${pathNumber(walk.path)}`, list);
}

function linkFault(endpoint: DtNode): string {
  const link = endpoint.property('remote-endpoint');
  if (link === undefined) return 'property missing';
  const phandle = link.cell(0);
  return phandle === undefined ? 'value too short' : `0x${phandle.toString(16)} is nobody's`;
}

/** What an output of a good path finds behind it. */
function addSink(context: RowContext, row: DraftRow): void {
  const from = row.boxes.length - 1;
  const { at: node, kind, disabled } = row.boxes[from] as DraftBox;
  const type = node === undefined ? undefined : componentType(node, context.rules.tables);
  if (node === undefined || type === undefined || kind !== 'output' || disabled) return;
  const { tables, endpoints: variant } = context.rules;
  const lookups = lookupsOf(type, context.rules);
  const isBridge = (one: DtNode): boolean => !isPipelineNode(one, tables);
  const { lookup, ret, remote } = findRemote(context.tree, node, lookups, variant, isBridge);
  const ends = { from, to: from + 1 };
  if (ret === 0 && remote !== undefined) {
    const endpoint = endpointByRegs(node, lookup.port, lookup.endpoint, { variant });
    row.boxes.push(deviceBox(context, remote, 'sink'));
    row.links.push(linkOf(context, ends, endpoint));
    return;
  }
  const found = remote === undefined ? '' : `finds ${remote.name} at port ${lookup.port}, which is no panel or bridge`;
  const words = remote === undefined ? 'finds no enabled panel or bridge' : `${found}, and waits for ever`;
  row.boxes.push(missingBox('panel or bridge', 'none enabled'));
  row.links.push(
    linkOf(context, ends, undefined, { kind: 'broken', words: `${words}: ${errorText(ret)}`, quoted: false }),
  );
}

/** Runs of parts of the adaptor. Beyond the first entry 61 the kernel folds, so a path may have a second one (W9). */
function adaptorGroups(boxes: readonly DraftBox[], ids: readonly number[]): PictureRow['groups'] {
  const groups: { from: number; to: number; label: string }[] = [];
  const entries = ids.filter((id) => id === OVL_ADAPTOR_ID).length;
  for (const [at, { number }] of boxes.entries()) {
    if (number !== OVL_ADAPTOR_ID) continue;
    const last = groups.at(-1);
    if (last?.to === at - 1) last.to = at;
    else groups.push({ from: at, to: at, label: '' });
  }
  const name = `OVL adaptor (${OVL_ADAPTOR_ID})`;
  return groups.map(({ from, to }) => {
    const count = entries > 1 ? `, ${entries} entries` : to > from ? ', one entry' : '';
    return { from, to, label: `${name}${count}` };
  });
}

function stateOf(context: RowContext, walk: Walk, tried: boolean): PictureState {
  if (!tried) {
    const would = walk.hang
      ? 'it would never end'
      : walk.ret === 0
        ? 'it would be built'
        : walk.ret === -ERRNO.ENODEV
          ? 'it would be dropped'
          : 'it would fail, too';
    return { tone: 'idle', text: `not tried, since another path failed; ${would}` };
  }
  if (walk.hang) return { tone: 'bad', text: 'endless loop in the kernel' };
  if (walk.ret === -ERRNO.ENODEV) return { tone: 'warn', text: 'dropped: a device of the path is disabled' };
  if (walk.ret !== 0) return { tone: 'bad', text: `fails: ${errorText(walk.ret)}` };
  return withCrtc(context, walk.path, `built from the graph, ${countOf(walk.ids.length)}`);
}

function countOf(components: number): string {
  return components === 1 ? '1 component' : `${components} components`;
}

/** What becomes of a path that was built. */
function withCrtc({ mmsys, crtcs }: RowContext, path: PathName, text: string): PictureState {
  if (mmsys.probeRet !== 0 || mmsys.hang) return { tone: 'warn', text: `${text}; of no use, since the probe fails` };
  const crtc = crtcs.find((one) => one.path === path && one.mmsys === mmsys.node);
  if (crtc === undefined) return { tone: 'warn', text: `${text}; not used, there is no display` };
  if (crtc.index === undefined) {
    const missing = crtc.missing === undefined ? '' : `, since ${componentName(crtc.missing)} is disabled or missing`;
    return { tone: 'idle', text: `${text}; no CRTC${missing}` };
  }
  return { tone: 'good', text: `${text}; CRTC ${crtc.index}` };
}

function untriedRow(context: RowContext, name: PathName): DraftRow[] {
  const { mmsys, rules } = context;
  const start = endpointByRegs(mmsys.node, -1, pathNumber(name), endpointOptions(context));
  if (!rules.graphs || start === undefined) return [];
  const walk = untriedWalk(context, mmsys.node, name);
  return [walkRow({ ...context, lineOf: () => undefined }, walk, false)];
}

function builtInRow(context: RowContext, name: PathName): DraftRow {
  const { mmsys } = context;
  const { ids, walk } = mmsys.paths[name];
  const row = startRow(context, name);
  for (const id of ids) {
    const from = row.boxes.length - 1;
    const node = mmsys.componentNodes.get(id);
    const absent = id === OVL_ADAPTOR_ID ? adaptorBox() : absentBox(context, mmsys.node, id);
    row.boxes.push(node === undefined ? absent : componentBox(context, node, id));
    row.links.push({ ...linkOf(context, { from, to: from + 1 }, undefined), kind: 'built-in' });
  }
  addSink(context, row);
  const why =
    walk !== undefined ? 'built in, applies instead' : mmsys.graphPresent ? 'built in, not in the tree' : 'built in';
  const routes = name === 'main' && mmsys.data !== undefined ? mmsys.data.routes : [];
  const ends = routes.length === 0 ? '' : `, then ${routes.join(' or ')}`;
  const state = withCrtc(context, name, `${why}, ${countOf(ids.length)}${ends}`);
  return { ...row, state };
}

/** Endpoints of the mmsys that are no path's: numbers above 2, which end the probe (W16); and none at all (W18). */
function strayRows(context: RowContext): DraftRow[] {
  const { mmsys, tree } = context;
  const all = [...endpoints(mmsys.node, endpointOptions(context))];
  if (all.length === 0) {
    const row = startRow(context, undefined, 'no path');
    row.boxes.push(missingBox('endpoint', 'the port has none'));
    const words = 'the kernel returns a variable that was never set';
    row.links.push(linkOf(context, { from: 0, to: 1 }, undefined, { kind: 'broken', words, quoted: false }));
    return [{ ...row, state: { tone: 'bad', text: 'a port without endpoints' } }];
  }
  const strays = all.filter((endpoint) => parseEndpoint(endpoint).id >= PATHS.length).slice(0, 8);
  return strays.map((endpoint) => {
    const { port, id } = parseEndpoint(endpoint);
    const row = startRow(context, undefined, `endpoint ${id}`);
    const device = remotePortParent(tree, endpoint);
    row.boxes.push(device === undefined ? missingBox('remote-endpoint') : deviceBox(context, device, 'unknown'));
    const words = mmsys.messages.find(({ text }) => text.includes(`Invalid endpoint${port} number`))?.text;
    const how = { kind: 'broken', words: words ?? '', quoted: words !== undefined } as const;
    row.links.push(linkOf(context, { from: 0, to: 1 }, endpoint, how));
    return { ...row, state: { tone: 'bad', text: 'no path has this number: 0 is main, 1 ext, 2 third' } };
  });
}
