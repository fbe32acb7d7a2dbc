// What a kernel release makes of the display of a tree: the driver's own functions over the nodes, without running it.
import { ERRNO } from '../../base/errno.js';
import { isOutput, isPipelineNode, matchDrmData, matchMmsys } from '../../drivers/mtk-drm/component.js';
import { findRemote, lookupsOf, type Remote } from '../../drivers/mtk-drm/outputs.js';
import { type BuiltPaths, buildPaths, wantedIds } from '../../drivers/mtk-drm/paths.js';
import { type DisplayRules, PATHS, type PathName } from '../../drivers/mtk-drm/rules.js';
import { type Sibling, type Siblings, scanSiblings } from '../../drivers/mtk-drm/siblings.js';
import { type DrmData, OVL_ADAPTOR_ID } from '../../drivers/mtk-drm/tables.js';
import type { KernelLine, Log } from '../../drivers/mtk-drm/walk.js';
import { type Alias, aliases } from '../../dt/alias.js';
import { graphIsPresent } from '../../dt/graph.js';
import type { DtNode, DtTree } from '../../dt/tree.js';
import { forecastDrm, slotOf } from './forecast-drm.js';
import type { AwaitedOutput, DisplayForecast, MmsysForecast, OutputForecast, PathForecast } from './result.js';

/**
 * The forecast of a tree under the rules of a kernel release. It assumes that every enabled device has a driver, and
 * that every remote which is no component has a panel or bridge driver. Never throws, whatever the tree.
 */
export function forecastDisplay(tree: DtTree, rules: DisplayRules): DisplayForecast {
  const scene = { tree, rules, table: aliases(tree) };
  const probed = mmsysNodes(tree).map((node) => probe(scene, node));
  if (rules.countsMmsysOfTree) refuseSeconds(probed);
  return { rules, mmsys: probed, drm: forecastDrm(probed, rules) };
}

interface Scene {
  readonly tree: DtTree;
  readonly rules: DisplayRules;
  readonly table: readonly Alias[];
}

/** Nodes with a mediatek-drm device, in tree order. The root never becomes a device. */
function mmsysNodes(tree: DtTree): DtNode[] {
  const found: DtNode[] = [];
  for (const node of tree.root.walk())
    if (node.parent !== undefined && matchMmsys(node)?.vppsys === false) found.push(node);
  return found;
}

/** What the probe of one mmsys comes to. */
function probe(scene: Scene, node: DtNode): MmsysForecast {
  const data = matchDrmData(node, scene.rules.tables);
  const available = node.available;
  const base = { ...NOT_PROBED, node, compatible: node.string('compatible') as string, available, data };
  if (!available || data === undefined) return base;
  const messages: KernelLine[] = [];
  const log: Log = (level, text) => messages.push({ level, text });
  const built = buildPaths(scene.tree, node, data, scene.rules, log, scene.table);
  const mmsys = { ...base, ...afterBuild(node, built), messages };
  const isIdle = scene.rules.countsMmsysOfTree && slotOf(mmsys) < 0;
  if (built.hang || built.ret !== 0 || isIdle) return mmsys;
  return afterScan(scene, mmsys, data, built, log);
}

/** Of two mmsys below one node with the same first path the second is refused. */
function refuseSeconds(probed: MmsysForecast[]): void {
  const taken = new Map<DtNode | undefined, Set<number>>();
  for (const [index, mmsys] of probed.entries()) {
    const slot = slotOf(mmsys);
    if (mmsys.probeRet !== 0 || slot < 0) continue;
    const slots = taken.get(mmsys.node.parent) ?? new Set();
    const isFree = !slots.has(slot);
    taken.set(mmsys.node.parent, slots.add(slot));
    if (!isFree) probed[index] = { ...mmsys, probeRet: -ERRNO.EINVAL, outputs: [], awaited: [] };
  }
}

const NO_PATH = { source: 'none', ids: [], walk: undefined } as const;

/** A mmsys whose driver found no data; also the start for all others. */
const NOT_PROBED = {
  graphPresent: false,
  probeRet: -ERRNO.ENODEV,
  buildRet: undefined,
  unsetReturn: false,
  hang: false,
  paths: { main: { ...NO_PATH, name: 'main' }, ext: { ...NO_PATH, name: 'ext' }, third: { ...NO_PATH, name: 'third' } },
  mutex: undefined,
  ovlAdaptor: false,
  matches: [],
  componentNodes: new Map<number, DtNode>(),
  references: new Map<DtNode, number>(),
  outputs: [],
  awaited: [],
  messages: [],
} satisfies Partial<MmsysForecast>;

function afterBuild(node: DtNode, { fromGraph, ret, unsetReturn, hang, paths, references }: BuiltPaths) {
  return {
    graphPresent: graphIsPresent(node),
    probeRet: ret,
    buildRet: fromGraph ? ret : undefined,
    unsetReturn,
    hang,
    paths,
    references,
  };
}

function afterScan(scene: Scene, mmsys: MmsysForecast, data: DrmData, built: BuiltPaths, log: Log): MmsysForecast {
  const { tree, rules, table } = scene;
  const wanted = wantedIds(built);
  const siblings = scanSiblings(tree, mmsys.node, wanted, data, rules, log, { aliases: table });
  const { ret, mutex, matches, components } = siblings;
  return {
    ...mmsys,
    probeRet: ret,
    mutex,
    ovlAdaptor: wanted.has(OVL_ADAPTOR_ID),
    matches: matches.map(({ id, node }) => ({ id, node })),
    componentNodes: new Map([...components].map(([id, { node }]) => [id, node])),
    outputs: ret === 0 ? PATHS.flatMap((name) => outputsOf(scene, built.paths[name], siblings)) : [],
    awaited: ret === 0 ? awaitedOf(scene, siblings) : [],
  };
}

/** Every output of a path, each once, and what it finds behind it when it is enabled. */
function outputsOf(scene: Scene, { name, ids }: PathForecast, { components }: Siblings): OutputForecast[] {
  return [...new Set(ids)].filter(isOutput).map((id) => {
    const sibling = components.get(id);
    return sibling === undefined ? disabledOutput(name, id) : output(name, sibling, remoteOf(scene, sibling));
  });
}

function disabledOutput(path: PathName, id: number): OutputForecast {
  return { path, id, node: undefined, lookup: 'port0', ret: -ERRNO.ENODEV, firstRet: -ERRNO.ENODEV, remote: undefined };
}

function output(path: PathName, { id, node }: Sibling, { lookup, ret, firstRet, remote }: Remote): OutputForecast {
  return { path, id, node, lookup: lookup.port === 1 ? 'port1' : 'port0', ret, firstRet, remote };
}

function awaitedOf(scene: Scene, { matches }: Siblings): AwaitedOutput[] {
  return matches.flatMap((sibling) => {
    const { id, node } = sibling;
    if (!isOutput(id)) return [];
    const { ret, remote } = remoteOf(scene, sibling);
    return [{ id, node, ret, remote }];
  });
}

function remoteOf({ tree, rules }: Scene, { node, type }: Sibling): Remote {
  const isBridge = (remote: DtNode): boolean => !isPipelineNode(remote, rules.tables);
  return findRemote(tree, node, lookupsOf(type, rules), rules.endpoints, isBridge);
}
