// Who raises an event: the block that its name tells of, where a tree has it, or software.
import type { CmdqSoc } from '../../drivers/mtk-cmdq/soc-tables.js';
import type { DtNode, DtTree } from '../../dt/tree.js';

/** A node of the tree that may raise it. */
export interface Raiser {
  readonly node: DtNode;
  /** Its mediatek,gce-events names the event; or its name is that of the block. */
  readonly by: 'gce-events' | 'name';
  readonly enabled: boolean;
}

/** What is known about where an event comes from. */
export interface EventSource {
  readonly id: number;
  readonly name: string | undefined;
  readonly kind: 'block' | 'token' | 'timer' | 'unknown';
  /** `MUTEX`, `DISP_OVL0`; undefined where the name is not known or does not tell. */
  readonly block: string | undefined;
  /** What has happened when it is raised: `the end of a frame`. */
  readonly moment: string | undefined;
  readonly raisers: readonly Raiser[];
}

/** Ends of names, with what they tell. The first that fits counts. */
const MOMENTS: readonly (readonly [end: RegExp, moment: string])[] = [
  [/^(.*?MUTEX)_?(\d*)_STREAM_(?:EOF|DONE_?ENG_EVENT_?\d*|DONE_?\d*)$/, 'the end of a frame on a whole display path'],
  [/^(.*?)_?STREAM_(?:EOF|DONE)_?(?:ENG_EVENT_)?\d*$/, 'the end of a frame on a whole display path'],
  [/^(.*)_SOF$/, 'the start of a frame'],
  [/^(.*?)_(?:BUF_)?UNDER_?RUN(?:_\w+)?$/, 'that it had no data in time'],
  [/^(.*?)_(?:FRAME_|SW_)?RST_DONE(?:_\w+)?$/, 'that its reset is done'],
  [/^(.*?)_TE(?:_EVENT|_ENG_EVENT|_SOF)?$/, "the panel's tearing effect signal"],
  [/^(.*?)_IRQ_(?:ENG_)?EVENT$/, 'its interrupt'],
  [/^(.*?)_FIFO_FULL$/, 'that its FIFO is full'],
  [
    /^(.*?)_(?:[RW]_|READ_|WRITE_|CMDQ_)?(?:FRAME_DONE|DONE_(?:ENG_)?EVENT|PASS1_DONE|EOF|DONE)(?:_\w+)?$/,
    'the end of a frame',
  ],
];
const FIRST_TIMER = 994;
const TIMERS = 16;

/** Looks an event up. */
export function eventSource(id: number, soc: CmdqSoc | undefined, tree: DtTree | undefined): EventSource {
  const name = soc?.eventName(id);
  const [block, moment] = name === undefined ? [undefined, undefined] : partsOf(name);
  const listed = tree === undefined ? [] : nodesListing(tree, id);
  const named = tree === undefined || block === undefined || listed.length > 0 ? [] : nodesNamed(tree, block);
  const kind = kindOf(id, name, soc, listed.length > 0);
  const raisers = kind === 'block' || kind === 'unknown' ? [...listed, ...named] : [];
  return { id, name, kind, block, moment, raisers };
}

function kindOf(
  id: number,
  name: string | undefined,
  soc: CmdqSoc | undefined,
  isListed: boolean,
): EventSource['kind'] {
  if (isListed) return 'block';
  if (name?.startsWith('TOKEN_GPR_TIMER') === true) return 'timer';
  if (name === undefined && soc?.hasHighEvents === false && id >= FIRST_TIMER && id < FIRST_TIMER + TIMERS)
    return 'timer';
  if (soc?.isToken(id) === true) return 'token';
  return name === undefined ? 'unknown' : 'block';
}

function partsOf(name: string): [block: string | undefined, moment: string | undefined] {
  for (const [end, moment] of MOMENTS) {
    const block = end.exec(name)?.[1];
    if (block !== undefined && block !== '') return [block, moment];
  }
  return [undefined, undefined];
}

function nodesListing(tree: DtTree, id: number): Raiser[] {
  const nodes = [...tree.root.walk()].filter((node) => node.property('mediatek,gce-events')?.cells().includes(id));
  return nodes.map((node) => raiser(node, 'gce-events'));
}

/** `DISP_OVL0` is the node with the alias ovl0, or the first ovl of the tree. */
function nodesNamed(tree: DtTree, block: string): Raiser[] {
  const wanted = stemOf(block.replace(/^(?:DISP|MDP|VDO[01]|VPP[01])_/, ''));
  if (wanted.stem === 'mutex') return named(tree, 'mutex').map((node) => raiser(node, 'name'));
  for (const alias of tree.root.child('aliases')?.properties ?? []) {
    const { stem, index } = stemOf(alias.name);
    const path = stem === wanted.stem && index === wanted.index ? alias.string() : undefined;
    const node = path?.startsWith('/') === true ? tree.byPath(path) : undefined;
    if (node !== undefined) return [raiser(node, 'name')];
  }
  const node = unaliased(tree, wanted.stem)[wanted.index];
  return node === undefined ? [] : [raiser(node, 'name')];
}

/** `OVL0_2L`, `OVL_2L0` and `2L_OVL0` are the same. */
function stemOf(name: string): { readonly stem: string; readonly index: number } {
  const lower = name.toLowerCase();
  const two = /2l/.test(lower) ? '-2l' : '';
  const [, stem = lower, index = '0'] =
    /^([a-z-]*?)(\d*)$/.exec(lower.replace(/[_-]?2l[_-]?/, '').replace(/_/g, '-')) ?? [];
  return { stem: stem + two, index: Number(index === '' ? '0' : index) };
}

/** Nodes of a block without those that an alias names as another one: an ovl may be an ovl-2l. */
function unaliased(tree: DtTree, stem: string): DtNode[] {
  const others = new Set<string>();
  for (const alias of tree.root.child('aliases')?.properties ?? []) {
    if (stemOf(alias.name).stem !== stem) others.add(alias.string() ?? '');
  }
  const isTwo = stem.endsWith('-2l');
  const nodes = named(tree, isTwo ? stem.slice(0, -3) : stem).filter(({ path }) => !others.has(path));
  return nodes.filter(({ compatible }) => compatible.some((name) => name.endsWith('-2l')) === isTwo);
}

/** In the order of their addresses. */
function named(tree: DtTree, stem: string): DtNode[] {
  const nodes = [...tree.root.walk()].filter(
    (node) => node.unitAddress !== undefined && stemOf(node.baseName).stem === stem,
  );
  const addr = (node: DtNode): number => Number.parseInt(node.unitAddress ?? '', 16);
  return nodes.toSorted((a, b) => addr(a) - addr(b));
}

function raiser(node: DtNode, by: Raiser['by']): Raiser {
  return { node, by, enabled: node.available };
}
