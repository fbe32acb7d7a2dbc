// The queue manager and the buffer manager of a devicetree: their nodes, the memory that is theirs alone, their
// portals.
import { regEntries } from '../../dt/address.js';
import type { Values } from '../../dt/message.js';
import type { DtNode, DtTree } from '../../dt/tree.js';
import type { TreeKey } from './tree-messages.js';

/** Takes what is wrong: a key, the path of a node, values. */
export type Say = (key: TreeKey, node: string | undefined, values?: Values) => void;

/** A manager. */
export interface Manager {
  /** Undefined when there is none. */
  readonly path: string | undefined;
  readonly enabled: boolean;
  readonly memory: readonly PrivateMemory[];
  readonly portals: readonly Portal[];
}

/** Memory that Linux must leave alone. */
export interface PrivateMemory {
  /** What the hardware calls it: `fqd`, `pfdr`, `fbpr`. */
  readonly name: string;
  readonly path: string;
  readonly sizeBytes: number;
  /** Where the tree puts it; Linux chooses when it is undefined. */
  readonly address: number | undefined;
}

/** A window through which a processor talks to the manager. */
export interface Portal {
  readonly path: string;
  readonly index: number | undefined;
  readonly enabled: boolean;
}

interface ManagerForm {
  readonly what: string;
  readonly compatible: string;
  readonly memory: readonly (readonly [name: string, about: string])[];
  /** The portals of this one must have numbers. */
  readonly isNumbered: boolean;
}

const FORMS = {
  qman: {
    what: 'queue manager',
    compatible: 'fsl,qman',
    memory: [
      ['fqd', 'the descriptors of frame queues'],
      ['pfdr', 'packed frame descriptors'],
    ],
    isNumbered: true,
  },
  bman: {
    what: 'buffer manager',
    compatible: 'fsl,bman',
    memory: [['fbpr', 'free buffers']],
    isNumbered: false,
  },
} as const satisfies Readonly<Record<string, ManagerForm>>;

/** Reads one of the two. */
export function managerOf(tree: DtTree, name: keyof typeof FORMS, say: Say): Manager {
  const form: ManagerForm = FORMS[name];
  const nodes = [...tree.root.walk()];
  const node = nodes.find(({ compatible }) => compatible.includes(form.compatible));
  const { what, compatible } = form;
  if (node === undefined) say('no-manager', undefined, { what, compatible });
  else if (!node.available) say('manager-off', node.path);
  const memory = form.memory.flatMap(([key, about]) => {
    const found = memoryOf(tree, node, `${name}-${key}`);
    if (found === undefined) {
      say('no-memory', node?.path, { what: about, name: `${name}-${key}` });
      return [];
    }
    checkMemory(found, say);
    return [memoryIn(found, key)];
  });
  const portals = nodes.filter((one) => one.compatible.includes(`${compatible}-portal`)).map(portalOf);
  checkPortals(portals, form, say);
  return { path: node?.path, enabled: node?.available === true, memory, portals };
}

/** By reference on arm64, by its compatible on PowerPC; the name is the same in both. */
function memoryOf(tree: DtTree, node: DtNode | undefined, name: string): DtNode | undefined {
  const named = (node?.property('memory-region')?.cells() ?? []).map((phandle) => tree.byPhandle(phandle));
  const all = tree.root.child('reserved-memory')?.children ?? [];
  return [...named, ...all].find(
    (one) => one !== undefined && (one.baseName === name || one.compatible.includes(`fsl,${name}`)),
  );
}

function memoryIn(node: DtNode, name: string): PrivateMemory {
  const [entry] = regEntries(node);
  return {
    name,
    path: node.path,
    sizeBytes: entry === undefined ? numberOf(node, 'size') : Number(entry.size),
    address: entry === undefined ? undefined : Number(entry.address),
  };
}

/** A number of one cell or two. */
function numberOf(node: DtNode, name: string): number {
  return (node.property(name)?.cells() ?? []).slice(-2).reduce((value, cell) => value * 0x1_0000_0000 + cell, 0);
}

const LEAST_MEMORY = 4096;
const MOST_MEMORY: number = 1024 ** 3;

function checkMemory(node: DtNode, say: Say): void {
  const { path, sizeBytes: size, address } = memoryIn(node, '');
  const name = node.baseName;
  const isPower = size > 0 && Number.isInteger(Math.log2(size));
  if (!isPower || size < LEAST_MEMORY || size > MOST_MEMORY) {
    say('memory-size', path, { name, size });
    return;
  }
  const alignment = numberOf(node, 'alignment');
  const isAligned = address === undefined ? alignment >= size && alignment % size === 0 : address % size === 0;
  if (!isAligned) say('memory-align', path, { name, size });
}

function portalOf(node: DtNode): Portal {
  return {
    path: node.path,
    index: node.u32('cell-index'),
    enabled: node.available && node.parent?.available !== false,
  };
}

function checkPortals(portals: readonly Portal[], { what, compatible, isNumbered }: ManagerForm, say: Say): void {
  const usable = portals.filter(({ enabled }) => enabled);
  if (usable.length === 0)
    say('no-portals', undefined, { what: `portal of the ${what}`, compatible: `${compatible}-portal` });
  if (!isNumbered) return;
  for (const { path, index } of usable) if (index === undefined) say('portal-index', path);
}
