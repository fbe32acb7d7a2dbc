// State of a run of the rules about the GCE in a devicetree: the engines, who names them, and how findings are said.
import { CMDQ_SOCS, type CmdqSoc, cmdqSoc, gceNodes } from '../../drivers/mtk-cmdq/soc-tables.js';
import { diagnosticOf, type Message, type Values } from '../../dt/message.js';
import type { DtNode, DtTree } from '../../dt/tree.js';
import type { CmdqFinding } from './lint-finding.js';
import { TREE_LINT_MESSAGES, type TreeLintKey } from './tree-lint-messages.js';

/** A rule says no more than this about a tree. */
const MAX_FINDINGS = 200;

/** A rule; what it says has keys in TREE_LINT_MESSAGES that begin with its id. */
export interface TreeLintRule {
  readonly id: string;
  /** What it detects, in one line. */
  readonly summary: string;
}

/** An engine of the tree. */
export interface Gce {
  readonly node: DtNode;
  readonly soc: CmdqSoc | undefined;
  readonly cells: number;
}

/** State of one run over a tree. */
export class TreeLintContext {
  readonly tree: DtTree;
  readonly gces: ReadonlyMap<DtNode, Gce>;
  /** Engines that an enabled node has a channel of. */
  readonly used: ReadonlySet<DtNode>;
  readonly findings: CmdqFinding[] = [];
  readonly #counts = new Map<string, number>();

  constructor(tree: DtTree) {
    this.tree = tree;
    this.gces = new Map(gceNodes(tree).map((node) => [node, gceOf(node)]));
    const clients = this.gces.size === 0 ? [] : [...tree.root.walk()].filter(({ available }) => available);
    const named = clients.flatMap((node) => node.property('mboxes')?.cells() ?? []);
    this.used = new Set(named.flatMap((phandle) => tree.byPhandle(phandle) ?? []));
  }

  /** A rule has found something about a property of a node, or about the node where it has no such property. */
  find(key: TreeLintKey, node: DtNode, property: string, values: Values = {}): void {
    const rule = key.split(' ', 1)[0] as string;
    const count = (this.#counts.get(rule) ?? 0) + 1;
    this.#counts.set(rule, count);
    if (count <= MAX_FINDINGS) this.#add(rule, TREE_LINT_MESSAGES[key], node, property, values);
  }

  /** Says of which rules there are more. */
  finish(): void {
    for (const [rule, count] of this.#counts) {
      if (count <= MAX_FINDINGS) continue;
      const values = { count: count - MAX_FINDINGS, rule };
      this.#add(rule, TREE_LINT_MESSAGES.more, this.tree.root, '', values);
    }
  }

  #add(rule: string, [severity, text, advice = '']: Message, node: DtNode, property: string, values: Values): void {
    const all = { node: node.path, ...values };
    const found = node.property(property);
    const offset = found !== undefined && found.origin >= 0 ? found.origin : node.origin;
    const place = { where: node.path, ...(offset < 0 ? undefined : this.tree.source?.locate(offset)) };
    this.findings.push({
      ...diagnosticOf(`cmdq/tree/${rule}`, [severity, text], all, place),
      rule,
      suggestion: diagnosticOf('', [severity, advice], all).text,
    });
  }
}

function gceOf(node: DtNode): Gce {
  const name = node.compatible.find((name) => CMDQ_SOCS.includes(cmdqSoc(name)?.name ?? ''));
  const soc = name === undefined ? undefined : cmdqSoc(name);
  return { node, soc, cells: node.u32('#mbox-cells') ?? 2 };
}

/** The name of a SoC in a text. */
export function socText({ soc, node }: Gce): string {
  return soc?.name ?? node.compatible[0] ?? node.path;
}
