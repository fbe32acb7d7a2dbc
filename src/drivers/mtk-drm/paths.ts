// The paths of a mmsys: the driver's built-in ones, and those that the graph gives
// (the patch: mtk_drm_of_ddp_path_build).
import { ERRNO } from '../../base/errno.js';
import { type Alias, aliases } from '../../dt/alias.js';
import { endpoints, graphIsPresent, parseEndpoint } from '../../dt/graph.js';
import type { DtNode, DtTree } from '../../dt/tree.js';
import { idsOf } from './component.js';
import { NodeRefs } from './node-refs.js';
import { type DisplayRules, PATHS, type PathName } from './rules.js';
import type { DrmData } from './tables.js';
import { type Log, type Walk, type WalkContext, walkPath } from './walk.js';

/** What the driver holds for one path. */
export interface BuiltPath {
  readonly name: PathName;
  /** `graph`: built from the graph; `hardcoded`: from the driver's table; `none`: empty. */
  readonly source: 'graph' | 'hardcoded' | 'none';
  /** Component numbers in order. */
  readonly ids: readonly number[];
  /** Present when the graph was walked for it, with whatever outcome. */
  readonly walk: Walk | undefined;
}

/** All paths of a mmsys. */
export interface BuiltPaths {
  /** Whether the graph was used at all; otherwise the built-in paths are unchanged. */
  readonly fromGraph: boolean;
  /** 0, or the negative error number with which the probe fails. Meaningless when `hang`. */
  readonly ret: number;
  /** The kernel returns a variable that was never set (W18); `ret` then is 0. */
  readonly unsetReturn: boolean;
  /** The kernel never comes back (W24). */
  readonly hang: boolean;
  readonly paths: Readonly<Record<PathName, BuiltPath>>;
  /** Ends of the main path that are chosen at run time (P17). */
  readonly routes: readonly number[];
  /** Node to difference of its references; only where it is not 0. */
  readonly references: ReadonlyMap<DtNode, number>;
}

const BALANCED: ReadonlyMap<DtNode, number> = new Map();

/** The paths of a mmsys with the given driver data, from its graph where there is one. Never throws, always ends. */
export function buildPaths(
  tree: DtTree,
  mmsys: DtNode,
  data: DrmData,
  rules: DisplayRules,
  log: Log,
  table: readonly Alias[] = aliases(tree),
): BuiltPaths {
  if (!rules.graphs) return builtIn(data);
  if (usesGraph(mmsys, rules))
    return fromGraph({ tree, aliases: table, rules, refs: new NodeRefs(), log }, mmsys, data);
  log('dbg', `Using hardcoded paths for MMSYS ${data.mmsysId}`);
  return builtIn(data);
}

/** P2; a graph that would replace everything and has no endpoint counts as none. */
function usesGraph(mmsys: DtNode, rules: DisplayRules): boolean {
  if (!graphIsPresent(mmsys)) return false;
  return !rules.graphReplacesBuiltIn || endpoints(mmsys, { variant: rules.endpoints }).next().done !== true;
}

/** All components that the driver has to do with: those of the paths and of the routes. */
export function wantedIds({ paths, routes }: Pick<BuiltPaths, 'paths' | 'routes'>): ReadonlySet<number> {
  return new Set([...PATHS.flatMap((name) => paths[name].ids), ...routes]);
}

function builtIn(data: DrmData): BuiltPaths {
  return {
    fromGraph: false,
    ret: 0,
    unsetReturn: false,
    hang: false,
    paths: everyPath((name) => hardcoded(data, name)),
    routes: idsOf(data.routes),
    references: BALANCED,
  };
}

function everyPath(make: (name: PathName) => BuiltPath): Readonly<Record<PathName, BuiltPath>> {
  return { main: make('main'), ext: make('ext'), third: make('third') };
}

function hardcoded(data: DrmData, name: PathName, walk?: Walk): BuiltPath {
  const ids = idsOf(data.paths[name] ?? []);
  return { name, source: ids.length > 0 ? 'hardcoded' : 'none', ids, walk };
}

/** Which paths have an endpoint, how many endpoints there are, and the error for one that is no path's. */
interface Marks {
  readonly present: ReadonlySet<PathName>;
  readonly count: number;
  readonly ret: number;
}

/** W16: every endpoint of the mmsys marks a path by its number, on whichever port it is. */
function markPaths({ rules, refs, log }: WalkContext, mmsys: DtNode, data: DrmData): Marks {
  const present = new Set<PathName>();
  let count = 0;
  log('dbg', `Building display pipeline for MMSYS ${data.mmsysId}`);
  const skipped = (node: DtNode): void => log('warn', `non endpoint node is used (${node.path})`);
  for (const endpoint of endpoints(mmsys, { variant: rules.endpoints, skipped })) {
    count++;
    const { port, id } = parseEndpoint(endpoint);
    const name = PATHS[id];
    if (name !== undefined) present.add(name);
    else if (rules.skipsBrokenPaths) log('err', `error -EINVAL: Invalid endpoint number ${id}: ${endpoint.path}`);
    else {
      refs.get(endpoint); // The loop is left early and so keeps its reference (G19), which is then put.
      log('err', `error -EINVAL: Invalid endpoint${port} number`);
      refs.put(endpoint);
      return { present, count, ret: -ERRNO.EINVAL };
    }
  }
  return { present, count, ret: 0 };
}

function fromGraph(context: WalkContext, mmsys: DtNode, data: DrmData): BuiltPaths {
  const { rules, refs } = context;
  const marks = markPaths(context, mmsys, data);
  const walks = new Map<PathName, Walk>();
  let { ret } = marks;
  for (const name of ret === 0 ? PATHS : []) {
    if (!marks.present.has(name)) continue;
    const walk = walkPath(context, mmsys, name);
    walks.set(name, walk);
    const fatal = walk.ret !== 0 && walk.ret !== -ERRNO.ENODEV && !rules.skipsBrokenPaths;
    if (fatal) ret = walk.ret;
    if (fatal || walk.hang) break;
  }
  return {
    fromGraph: true,
    ret: rules.skipsBrokenPaths ? retOfAll([...walks.values()]) : ret,
    unsetReturn: marks.count === 0,
    hang: [...walks.values()].some(({ hang }) => hang),
    paths: everyPath((name) => afterWalk(data, name, walks.get(name), rules)),
    routes: rules.graphReplacesBuiltIn ? [] : idsOf(data.routes),
    references: refs.differences(),
  };
}

/** The error of a graph that gives no path, unless all that it gives is only disabled. */
function retOfAll(walks: readonly Walk[]): number {
  if (walks.length === 0) return -ERRNO.EINVAL;
  if (walks.some(({ ret }) => ret === 0)) return 0;
  return walks.find(({ ret }) => ret !== -ERRNO.ENODEV)?.ret ?? 0;
}

/** P3: without a walk that built it a path keeps what the table says, unless the graph replaces all of that. */
function afterWalk(data: DrmData, name: PathName, walk: Walk | undefined, rules: DisplayRules): BuiltPath {
  if (walk !== undefined && walk.ids.length > 0) return { name, source: 'graph', ids: walk.ids, walk };
  return rules.graphReplacesBuiltIn ? { name, source: 'none', ids: [], walk } : hardcoded(data, name, walk);
}
