// A SoC's plan laid over a tree: which node is which block, and with that where signals and pictures lead.
import { type SocBlock, type SocEvent, type SocPlan, wayName } from '../bus/soc-plan.js';
import type { DtNode, DtTree } from '../dt/tree.js';
import type { EventRoute, EventWiring } from './event-lines.js';
import type { VideoRoute, VideoWiring } from './video-lines.js';

/** What a plan says about a tree. Wires to blocks that the tree does not have are left out. */
export interface SocWiring {
  readonly events: EventWiring;
  readonly video: VideoWiring;
  /** The node of a block. */
  readonly node: (name: string) => DtNode | undefined;
}

/** The first plan whose SoC the tree is of; undefined for a tree of another. */
export function findPlan(tree: DtTree, plans: readonly SocPlan[]): SocPlan | undefined {
  const nodes = byCompatible(tree);
  return plans.find(({ compatible }) => compatible.some((word) => nodes.has(word.toLowerCase())));
}

/** The nodes of each compatible string in lower case, as Linux compares them, in tree order. */
function byCompatible(tree: DtTree): Map<string, DtNode[]> {
  const found = new Map<string, DtNode[]>();
  for (const node of tree.root.walk()) for (const word of node.compatible) listAt(found, word.toLowerCase()).push(node);
  return found;
}

/** Finds the plan's blocks in the tree. */
export function socWiring(tree: DtTree, plan: SocPlan): SocWiring {
  const nodes = new Map<string, DtNode>();
  const known = byCompatible(tree);
  const places = new Map([...tree.root.walk()].map((node, place) => [node, place]));
  for (const block of plan.blocks) {
    const found = new Set(block.compatible.flatMap((word) => known.get(word.toLowerCase()) ?? []));
    const inOrder = [...found].sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
    number(tree, block, inOrder, nodes);
  }
  const events = new Map<DtNode, Map<string, EventRoute[]>>();
  for (const event of plan.events) addEvent(event, nodes, events);
  const video = new Map<DtNode, VideoRoute[]>();
  for (const { from, to, through } of plan.video) {
    const [source, target] = [nodes.get(from), nodes.get(to)];
    if (source === undefined || target === undefined) continue;
    const at = through === undefined ? undefined : nodes.get(through);
    const route = at === undefined ? { from: source } : { from: source, through: { at, way: wayName(from, to) } };
    listAt(video, target).push(route);
  }
  return {
    events: (node, signal) => events.get(node)?.get(signal) ?? [],
    video: (node) => video.get(node) ?? [],
    node: (name) => nodes.get(name),
  };
}

/** Gives the nodes of one kind their names. Disabled ones have theirs, too: they are there. */
function number(tree: DtTree, block: SocBlock, found: readonly DtNode[], nodes: Map<string, DtNode>): void {
  const loose: DtNode[] = [];
  const taken = new Set<number>();
  const byAlias = aliases(tree, block.alias);
  for (const node of found) {
    const at = byAlias.get(node);
    if (at === undefined) loose.push(node);
    else {
      taken.add(at);
      nodes.set(`${block.name}${at}`, node);
    }
  }
  let next = 0;
  for (const node of loose) {
    while (taken.has(next)) next++;
    nodes.set(`${block.name}${next++}`, node);
  }
}

/** The nodes that an alias of that stem names, with its number. */
function aliases(tree: DtTree, stem: string | undefined): Map<DtNode, number> {
  const found = new Map<DtNode, number>();
  if (stem === undefined) return found;
  for (const { name } of tree.root.child('aliases')?.properties ?? []) {
    const digits = name.startsWith(stem) ? name.slice(stem.length) : '';
    const node = /^\d+$/.test(digits) ? tree.byPath(name) : undefined;
    if (node !== undefined) found.set(node, Number(digits));
  }
  return found;
}

function addEvent(
  { from, signal, to, id }: SocEvent,
  nodes: ReadonlyMap<string, DtNode>,
  events: Map<DtNode, Map<string, EventRoute[]>>,
): void {
  const [source, target] = [nodes.get(from), nodes.get(to)];
  if (source === undefined || target === undefined) return;
  const signals = events.get(source) ?? new Map<string, EventRoute[]>();
  events.set(source, signals);
  listAt(signals, signal).push({ to: target, id });
}

function listAt<K, V>(map: Map<K, V[]>, key: K): V[] {
  const list = map.get(key) ?? [];
  map.set(key, list);
  return list;
}
