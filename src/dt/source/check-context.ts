// What a check sees: the tree, who refers to whom, and where to say what is wrong.
import type { Diagnostic, Severity } from '../../base/diagnostic.js';
import { diagnosticOf, type Place, type Values } from '../message.js';
import type { DtNode, DtProperty, DtTree } from '../tree.js';
import { CHECK_MESSAGES, type CheckKey } from './check-messages.js';
import { Phandles, type PhandleFormat } from './phandles.js';

/** What the checks of a source need from its parser. A tree from a blob has none of it. */
export interface Origin {
  /** Node of a label or absolute path. */
  target(ref: string): DtNode | undefined;
  /** Nodes marked with /omit-if-no-ref/. */
  readonly omit: ReadonlySet<DtNode>;
  /** Nodes that had labels before they were deleted and added again. */
  readonly onceLabelled: ReadonlySet<DtNode>;
  /** Takes a node out of the tree. */
  drop(node: DtNode): void;
  readonly phandleFormat: PhandleFormat;
  /** `-@`: labelled nodes are kept by /omit-if-no-ref/. */
  readonly symbols: boolean;
}

/** Kinds of bus that change what `reg` and unit addresses mean. */
export type Bus = 'PCI' | 'simple-bus' | 'I2C' | 'SPI' | 'graph-port' | 'graph-ports';

/** A check at work. `run` is called for every node, parents before children. */
export interface Check {
  /** dtc's name; the code of its diagnostics is `dt/check/NAME`. */
  readonly name: string;
  /** What dtc makes of it unless told otherwise with -W or -E. */
  readonly level: 'error' | 'warning' | 'off';
  /** Checks that must have passed before. */
  readonly needs: readonly string[];
  readonly run: (node: DtNode, c: CheckContext) => void;
}

/** One check says no more than this. */
const MAX_FINDINGS = 1000;

/** State of one run over a tree. */
export class CheckContext {
  readonly tree: DtTree;
  readonly origin: Origin | undefined;
  readonly diagnostics: Diagnostic[] = [];
  readonly phandles: Phandles;
  readonly buses: Map<DtNode, Bus> = new Map();
  /** Nodes that something refers to. */
  readonly referenced: Set<DtNode> = new Set();
  /** All nodes, parents before children. */
  nodes: readonly DtNode[];
  /** Whether the check that runs has found something. */
  failed = false;
  /** How to say it: undefined for a check that runs only because another one needs it. */
  severity: 'error' | 'warning' | undefined = undefined;
  #check = '';
  #findings = 0;
  #labels: ReadonlyMap<string, string> | undefined;

  constructor(tree: DtTree, origin?: Origin) {
    this.tree = tree;
    this.origin = origin;
    this.phandles = new Phandles(origin?.phandleFormat ?? 'epapr');
    this.nodes = preorder(tree.root);
  }

  /** Prepares for a check. */
  begin(name: string, severity: 'error' | 'warning' | undefined): void {
    this.#check = name;
    this.#findings = 0;
    this.severity = severity;
    this.failed = false;
  }

  /** The running check has found something at a node, or at one of its properties. */
  fail(node: DtNode, key: CheckKey, values: Values = {}, property?: DtProperty): void {
    this.failed = true;
    if (this.severity === undefined || ++this.#findings > MAX_FINDINGS + 1) return;
    if (this.#findings > MAX_FINDINGS) return this.note(this.#check, 'tooMany', { limit: MAX_FINDINGS });
    const fill = property === undefined ? values : { name: property.name, ...values };
    this.#say(this.#check, this.severity, key, fill, { where: node.path, ...this.#place(node, property) });
  }

  /** Says something about a check as a whole: it belongs to no node, so the root stands for the tree. */
  note(check: string, key: 'tooMany' | 'prerequisite', values: Values): void {
    this.#say(check, 'note', key, values, { where: '/' });
  }

  #say(check: string, severity: Severity, key: CheckKey, values: Values, place: Place): void {
    const [text] = CHECK_MESSAGES[key];
    this.diagnostics.push(diagnosticOf(`dt/check/${check}`, [severity, text], values, place));
  }

  #place(node: DtNode, property: DtProperty | undefined): Place {
    const offset = property !== undefined && property.origin >= 0 ? property.origin : node.origin;
    return (offset < 0 ? undefined : this.tree.source?.locate(offset)) ?? {};
  }

  /** Nodes have come or gone. */
  refresh(): void {
    this.nodes = preorder(this.tree.root);
  }

  /** Where each label of the tree is first defined: on nodes, then on properties, then inside values. */
  get labels(): ReadonlyMap<string, string> {
    this.#labels ??= firstPlaces(this.nodes);
    return this.#labels;
  }
}

function preorder(root: DtNode): DtNode[] {
  const nodes: DtNode[] = [root];
  const stack: { readonly children: readonly DtNode[]; next: number }[] = [{ children: root.children, next: 0 }];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const child = top.children[top.next++];
    if (child === undefined) stack.pop();
    else {
      nodes.push(child);
      if (child.children.length > 0) stack.push({ children: child.children, next: 0 });
    }
  }
  return nodes;
}

/** A place of a label in words; equal words mean the same place. */
export function labelPlace(node: DtNode, property?: DtProperty, offset?: number): string {
  if (property === undefined) return node.path;
  return offset === undefined
    ? `'${property.name}' of ${node.path}`
    : `byte ${offset} of '${property.name}' of ${node.path}`;
}

function firstPlaces(nodes: readonly DtNode[]): Map<string, string> {
  const places = new Map<string, string>();
  const put = (label: string, place: () => string): void => {
    if (!places.has(label)) places.set(label, place());
  };
  for (const node of nodes) for (const label of node.labels) put(label, () => labelPlace(node));
  for (const node of nodes) {
    for (const property of node.properties)
      for (const label of property.labels) put(label, () => labelPlace(node, property));
  }
  for (const node of nodes) {
    for (const property of node.properties) {
      for (const m of property.markers) if (m.kind === 'label') put(m.ref, () => labelPlace(node, property, m.offset));
    }
  }
  return places;
}
