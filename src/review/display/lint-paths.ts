// How each path of a mmsys ends, for the rules: the walk that the kernel made, or would make after the first repair.
import { ERRNO } from '../../base/errno.js';
import { componentType, isOutput } from '../../drivers/mtk-drm/component.js';
import { PATHS, type PathName } from '../../drivers/mtk-drm/rules.js';
import { type ComponentType, TYPES } from '../../drivers/mtk-drm/tables.js';
import type { Walk } from '../../drivers/mtk-drm/walk.js';
import { endpointByRegs, endpoints, parseEndpoint, remoteEndpoint, remotePortParent } from '../../dt/graph.js';
import type { DtNode } from '../../dt/tree.js';
import type { DisplayForecast, MmsysForecast } from './result.js';
import { endpointOptions, type Scene, untriedWalk } from './scene.js';

/** How a walk ended. */
export type PathEnd =
  /** A usable path. */
  | { readonly kind: 'built' }
  /** `hop` counts from 1; `output` when the device before it is one, so that this is a panel or bridge. */
  | { readonly kind: 'disabled'; readonly device: DtNode; readonly hop: number; readonly output: DtNode | undefined }
  /** The devices of the circle in order; `closing` leads back to the first. `endless`: the kernel hangs. */
  | {
      readonly kind: 'circle';
      readonly devices: readonly DtNode[];
      readonly closing: DtNode | undefined;
      readonly endless: boolean;
    }
  | { readonly kind: 'too-long'; readonly last: DtNode; readonly count: number }
  /** The mmsys has the endpoint, but not on port 0. */
  | { readonly kind: 'wrong-port' }
  /** No outgoing endpoint with the path's number; `others` are those on port 1. */
  | { readonly kind: 'no-number'; readonly device: DtNode; readonly others: readonly DtNode[] }
  | { readonly kind: 'no-remote'; readonly endpoint: DtNode }
  | { readonly kind: 'no-endpoint'; readonly endpoint: DtNode; readonly target: DtNode }
  | { readonly kind: 'unknown'; readonly device: DtNode; readonly from: DtNode }
  | { readonly kind: 'mutex'; readonly device: DtNode; readonly from: DtNode }
  | { readonly kind: 'no-output'; readonly device: DtNode; readonly from: DtNode; readonly id: number }
  | { readonly kind: 'alias'; readonly device: DtNode; readonly type: ComponentType };

/** One path of a mmsys that has an endpoint for it. */
export interface PathView {
  readonly mmsys: MmsysForecast;
  readonly path: PathName;
  /** 0 main, 1 ext, 2 third: the number of its endpoints. */
  readonly number: number;
  readonly walk: Walk;
  /** False when the kernel never came to it because of an error before. */
  readonly tried: boolean;
  readonly end: PathEnd;
}

/** Every path of every enabled mmsys that the graph describes, in order. */
export function pathViews(scene: Scene, forecast: DisplayForecast): PathView[] {
  return scene.rules.graphs ? forecast.mmsys.filter(isDriven).flatMap((mmsys) => viewsOf(scene, mmsys)) : [];
}

/** Whether the display driver finds a mmsys and knows it. */
export function isDriven({ available, data }: MmsysForecast): boolean {
  return available && data !== undefined;
}

function viewsOf(scene: Scene, mmsys: MmsysForecast): PathView[] {
  const numbers = new Set([...endpoints(mmsys.node, endpointOptions(scene))].map((e) => parseEndpoint(e).id));
  return PATHS.flatMap((path, number) => {
    const made = mmsys.paths[path].walk;
    if (made === undefined && !numbers.has(number)) return [];
    const walk = made ?? untriedWalk(scene, mmsys.node, path);
    return [{ mmsys, path, number, walk, tried: made !== undefined, end: endOf(scene, mmsys.node, walk, number) }];
  });
}

/** A path that was built, or would be. */
export function isGood({ end }: PathView): boolean {
  return end.kind === 'built';
}

/** A path that makes the probe fail: one that is neither built nor dropped. */
export function isBroken({ end }: PathView): boolean {
  return end.kind !== 'built' && end.kind !== 'disabled';
}

/** The endpoints of a device on one port. */
export function endpointsOn(scene: Scene, device: DtNode, port: number): DtNode[] {
  return [...endpoints(device, endpointOptions(scene))].filter((endpoint) => parseEndpoint(endpoint).port === port);
}

/** Whether a link may end here: a child of a port, or at least called so. */
export function isEndpoint(node: DtNode): boolean {
  return node.baseName === 'endpoint' || node.parent?.baseName === 'port';
}

/** The endpoint of a mmsys where a path begins. */
export function startOf(scene: Scene, mmsys: DtNode, number: number): DtNode | undefined {
  return endpointByRegs(mmsys, 0, number, endpointOptions(scene));
}

function endOf(scene: Scene, mmsys: DtNode, walk: Walk, number: number): PathEnd {
  const circle = circleOf(mmsys, walk);
  if (circle !== undefined) return circle;
  const last = walk.steps.at(-1);
  if (walk.ret === 0 || last === undefined) return { kind: 'built' };
  const from = walk.steps.at(-2)?.node ?? mmsys;
  if (last.ret === 0) return tooLong(scene, last.node as DtNode, walk, number);
  if (last.endpoint === undefined) {
    if (walk.steps.length === 1) return { kind: 'wrong-port' };
    return { kind: 'no-number', device: from, others: endpointsOn(scene, from, 1) };
  }
  if (last.ret === -ERRNO.ENODEV) return disabled(walk, last.node as DtNode);
  const target = remoteEndpoint(scene.tree, last.endpoint);
  if (target === undefined) return { kind: 'no-remote', endpoint: last.endpoint };
  if (last.node === undefined || !isEndpoint(target)) return { kind: 'no-endpoint', endpoint: last.endpoint, target };
  return stranger(scene, walk, last.node, from, number);
}

function disabled({ steps }: Walk, device: DtNode): PathEnd {
  const before = steps.at(-2);
  const output = before?.id !== undefined && isOutput(before.id) ? before.node : undefined;
  return { kind: 'disabled', device, hop: steps.length, output };
}

/** The device at the end of the walk is enabled, but cannot be part of a path. */
function stranger(scene: Scene, walk: Walk, device: DtNode, from: DtNode, number: number): PathEnd {
  const type = componentType(device, scene.rules.tables);
  if (type !== undefined) {
    return Object.keys(type.instances).length === 0 ? { kind: 'mutex', device, from } : { kind: 'alias', device, type };
  }
  const id = walk.steps.at(-2)?.id;
  if (id === undefined || isBlock(device) || goesOn(scene, device, number)) return { kind: 'unknown', device, from };
  return { kind: 'no-output', device, from, id };
}

/** Called as MediaTek calls its display blocks, or without any name. */
function isBlock(device: DtNode): boolean {
  const words = device.compatible;
  return words.length === 0 || words.some((word) => /^mediatek,mt\d+-(?:disp-|vdo\d-|d[sp]i$|dp-intf$)/i.test(word));
}

/** Whether the path would go on behind a device to another component. */
function goesOn(scene: Scene, device: DtNode, number: number): boolean {
  const next = hop(scene, device, number);
  return next !== undefined && componentType(next, scene.rules.tables) !== undefined;
}

function hop(scene: Scene, device: DtNode, number: number): DtNode | undefined {
  const endpoint = endpointByRegs(device, 1, number, endpointOptions(scene));
  return endpoint === undefined ? undefined : remotePortParent(scene.tree, endpoint);
}

/** Where a walk goes on depends on the device alone: one that comes a second time closes a circle. */
function circleOf(mmsys: DtNode, { steps, ret, hang }: Walk): PathEnd | undefined {
  const seen = new Map<DtNode, number>(ret === 0 ? [] : [[mmsys, 0]]);
  const devices: DtNode[] = [mmsys];
  for (const { node, endpoint } of steps) {
    if (node === undefined) break;
    const first = seen.get(node);
    if (first !== undefined) {
      return { kind: 'circle', devices: devices.slice(first), closing: endpoint, endless: hang };
    }
    seen.set(node, devices.length);
    devices.push(node);
  }
  return hang ? { kind: 'circle', devices: devices.slice(1), closing: undefined, endless: true } : undefined;
}

/** The array is full: counts on to the end of the chain, or finds that it has none. */
function tooLong(scene: Scene, last: DtNode, walk: Walk, number: number): PathEnd {
  const seen = new Set(walk.steps.flatMap(({ node }) => node ?? []));
  let count = componentsOf(walk).length;
  let at = last;
  for (;;) {
    const next = hop(scene, at, number);
    if (next === undefined || componentType(next, scene.rules.tables) === undefined) break;
    if (seen.has(next)) {
      const devices = [...seen];
      const closing = endpointByRegs(at, 1, number, endpointOptions(scene));
      return { kind: 'circle', devices: devices.slice(devices.indexOf(next)), closing, endless: false };
    }
    seen.add(next);
    count++;
    at = next;
  }
  return { kind: 'too-long', last, count };
}

/**
 * The other endpoints that lack the number of a path: from a link on, as long as there is one way to go, up to the one
 * behind the output. A DSI keeps its own number there (O6).
 */
export function hopsWithoutNumber(scene: Scene, endpoint: DtNode, number: number): DtNode[] {
  const found: DtNode[] = [];
  const seen = new Set<DtNode>();
  let device = remotePortParent(scene.tree, endpoint);
  while (device !== undefined && !seen.has(device)) {
    seen.add(device);
    const type = componentType(device, scene.rules.tables);
    if (type === undefined || type === TYPES.DSI) break;
    const on = endpointsOn(scene, device, 1);
    const right = on.find((one) => parseEndpoint(one).id === number);
    const next: DtNode | undefined = right ?? (on.length === 1 ? on[0] : undefined);
    if (next === undefined) break;
    if (right === undefined) found.push(next);
    device = remotePortParent(scene.tree, next);
  }
  return found;
}

/**
 * Whether a path with a number leads from a block to an output and out of it. Behind the output it may lack its number
 * where several blocks agree: but endpoints that nobody numbered count as 0, and agree by chance.
 */
export function leadsOut(scene: Scene, from: DtNode, number: number): boolean {
  const seen = new Set<DtNode>();
  for (let device: DtNode | undefined = from; device !== undefined && !seen.has(device); ) {
    seen.add(device);
    const type = componentType(device, scene.rules.tables);
    const next = hop(scene, device, number);
    if (type !== undefined && isOutputType(type)) return next !== undefined || (number > 0 && seen.size > 2);
    device = next;
  }
  return false;
}

/** The steps of a walk that are components, each with its number; parts of the OVL adaptor count. */
export function componentsOf(walk: Walk): { readonly node: DtNode; readonly id: number; readonly endpoint: DtNode }[] {
  return walk.steps.flatMap(({ node, id, endpoint }) =>
    node === undefined || id === undefined || endpoint === undefined ? [] : [{ node, id, endpoint }],
  );
}

/** Whether components of a type may end a path. */
export function isOutputType(type: ComponentType): boolean {
  return type === TYPES.DSI || type === TYPES.DPI || type === TYPES.DP_INTF;
}
