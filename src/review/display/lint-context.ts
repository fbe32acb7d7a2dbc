// State of a run of the rules about display graphs: what they look at, and how they say what is wrong.
import { assert } from '../../base/assert.js';
import type { Severity } from '../../base/diagnostic.js';
import { ERRNO } from '../../base/errno.js';
import { componentId, componentType, isPipelineNode } from '../../drivers/mtk-drm/component.js';
import type { DisplayRules, PathName } from '../../drivers/mtk-drm/rules.js';
import { type ComponentType, OVL_ADAPTOR_ID } from '../../drivers/mtk-drm/tables.js';
import { type Alias, aliases } from '../../dt/alias.js';
import { remoteEndpoint } from '../../dt/graph.js';
import { diagnosticOf, type Message, type Place, type Values } from '../../dt/message.js';
import type { DtNode, DtProperty, DtTree } from '../../dt/tree.js';
import type { DisplayFinding } from './finding.js';
import { DISPLAY_MESSAGES, type DisplayKey } from './lint-messages.js';
import { type Examined, examinedOutputs } from './lint-outputs.js';
import { isDriven, type PathView, pathViews } from './lint-paths.js';
import type { DisplayForecast, MmsysForecast } from './result.js';

/**
 * Why a finding has another severity than its rule: what the forecast shows of this one, and what that makes of it.
 * Each rule lists those that it knows.
 */
export const SHIFTS = {
  fatal: ['error', 'rises to an error where the forecast shows no display because of it'],
  survived: ['warning', 'falls to a warning where the kernel gets over it'],
  told: ['note', 'falls to a note where another finding tells the cause'],
  harmless: ['note', 'falls to a note where the display works all the same'],
  meant: ['note', 'falls to a note where the tree looks as if it is meant so'],
} as const satisfies Readonly<Record<string, readonly [Severity, string]>>;

/** Name of a shift. */
export type Shift = keyof typeof SHIFTS;

/** A rule. `run` says what it finds through the context. */
export interface Rule {
  /** `L1` to `L36`, and `R1` to `R4`. */
  readonly id: string;
  /** The usual severity of its findings. */
  readonly severity: Severity;
  /** Where a finding may have another one. */
  readonly shifts?: readonly Shift[];
  /** What it detects, in one line. */
  readonly summary: string;
  /** Looks at what the other rules found, and so runs after them. */
  readonly after?: true;
  readonly run: (c: LintContext) => void;
}

/** One rule says no more than this. */
export const MAX_FINDINGS = 200;
/** Names in a text are cut in the middle beyond this. */
const MAX_VALUE = 300;

/** What a finding is about. */
export interface Subject {
  readonly node: DtNode;
  /** The property at fault; where the node has no such property the finding is at the node. */
  readonly property?: string;
  readonly mmsys?: DtNode | undefined;
  readonly path?: PathName | undefined;
  readonly values?: Values;
  readonly kernel?: readonly string[];
  /** Why it is not as severe as its rule, or more so. */
  readonly shift?: Shift | undefined;
}

/** A component or a part of the OVL adaptor, and the path on which it was met, if any. */
export interface PipelineNode {
  readonly node: DtNode;
  readonly mmsys: DtNode | undefined;
  readonly path: PathName | undefined;
}

/** A component beside its mmsys that is enabled and has a number. */
export interface NumberedNode {
  readonly node: DtNode;
  readonly id: number;
  readonly type: ComponentType;
}

/** All mmsys below one parent: together they make one display. */
export interface Group {
  readonly parent: DtNode;
  readonly all: readonly MmsysForecast[];
  /** The display driver finds at least one of them, and knows it. */
  readonly driven: boolean;
}

/** State of one run over a tree. */
export class LintContext {
  readonly tree: DtTree;
  readonly forecast: DisplayForecast;
  readonly rules: DisplayRules;
  readonly aliases: readonly Alias[];
  /** Every path that the graph describes. */
  readonly views: readonly PathView[];
  /** Enabled outputs, with what is behind them. */
  readonly outputs: readonly Examined[];
  /** The mmsys nodes by their parent. */
  readonly groups: readonly Group[];
  readonly findings: DisplayFinding[] = [];
  /** Every line that a mmsys prints. */
  readonly lines: ReadonlySet<string>;
  /** Nodes whose fault is told already, as the cause of something worse. */
  readonly told: Set<DtNode> = new Set();
  /** Nodes of which a rule has told that the kernel counts their references wrongly. */
  readonly counted: Set<DtNode> = new Set();
  readonly #aliasOf = new Map<DtNode, Alias[]>();
  readonly #said = new Set<string>();
  #rule: Rule | undefined;
  #count = 0;
  #pipeline: ReadonlyMap<DtNode, PipelineNode> | undefined;
  #links: ReadonlyMap<DtNode, readonly DtNode[]> | undefined;

  constructor(tree: DtTree, forecast: DisplayForecast) {
    this.tree = tree;
    this.forecast = forecast;
    this.rules = forecast.rules;
    this.aliases = aliases(tree);
    for (const alias of this.aliases) {
      const known = this.#aliasOf.get(alias.node);
      if (known === undefined) this.#aliasOf.set(alias.node, [alias]);
      else known.push(alias);
    }
    this.views = pathViews(this, forecast);
    this.outputs = examinedOutputs(this, forecast);
    this.groups = groupsOf(forecast.mmsys);
    this.lines = new Set(forecast.mmsys.flatMap(({ messages }) => messages.map(({ text }) => text)));
  }

  /** Runs a rule. */
  run(rule: Rule): void {
    this.#rule = rule;
    this.#count = 0;
    rule.run(this);
    const more = this.#count - MAX_FINDINGS;
    if (more > 0) this.#add('more', { node: this.tree.root, values: { count: more, rule: rule.id } });
  }

  /** The running rule has found something. Saying the same thing about the same node again does nothing. */
  find(key: DisplayKey, subject: Subject): void {
    const text = textOf(DISPLAY_MESSAGES[key][1], subject.values ?? {});
    const same = `${this.#rule?.id} ${subject.node.path} ${text}`;
    if (this.#said.has(same)) return;
    if (++this.#count > MAX_FINDINGS) return;
    this.#said.add(same);
    this.#add(key, subject);
  }

  /** The alias that gives a node its number under a stem: the first one counts. */
  aliasOf(node: DtNode, stem: string): Alias | undefined {
    return this.#aliasOf.get(node)?.find((alias) => alias.stem === stem);
  }

  /** The type of a component under the rules of this kernel. */
  typeOf(node: DtNode): ComponentType | undefined {
    return componentType(node, this.rules.tables);
  }

  /** The nodes whose `remote-endpoint` points at a node, in tree order. */
  linkedTo(endpoint: DtNode): readonly DtNode[] {
    this.#links ??= linksOf(this.tree);
    return this.#links.get(endpoint) ?? [];
  }

  /** Components and parts of the OVL adaptor: those met on paths, in order, then those beside a mmsys. */
  get pipeline(): ReadonlyMap<DtNode, PipelineNode> {
    this.#pipeline ??= this.#findPipeline();
    return this.#pipeline;
  }

  /** Enabled components among the children of a node, with their numbers. */
  numbered(parent: DtNode): NumberedNode[] {
    return parent.children.flatMap((node) => {
      const type = node.available ? componentType(node, this.rules.tables) : undefined;
      const id = type === undefined ? undefined : componentId(this.#aliasOf.get(node) ?? [], node, type);
      return type === undefined || id === undefined || id === OVL_ADAPTOR_ID ? [] : [{ node, id, type }];
    });
  }

  #findPipeline(): Map<DtNode, PipelineNode> {
    const found = new Map<DtNode, PipelineNode>();
    for (const { mmsys, path, walk } of this.views) {
      for (const { node } of walk.steps) {
        if (node === undefined || found.has(node) || !isPipelineNode(node, this.rules.tables)) continue;
        found.set(node, { node, mmsys: mmsys.node, path });
      }
    }
    for (const { parent, all, driven } of this.groups) {
      const only = all.length === 1 ? all[0]?.node : undefined;
      for (const node of driven ? parent.children : []) {
        if (found.has(node) || !isPipelineNode(node, this.rules.tables)) continue;
        found.set(node, { node, mmsys: only, path: undefined });
      }
    }
    return found;
  }

  #add(key: DisplayKey, { node, property, mmsys, path, values = {}, kernel = [], shift }: Subject): void {
    assert(this.#rule !== undefined, 'only a running rule finds something');
    assert(shift === undefined || this.#rule.shifts?.includes(shift) === true, 'a rule lists its shifts');
    const [usual, text, suggestion]: Message = DISPLAY_MESSAGES[key];
    const place = {
      where: node.path,
      ...this.#place(node, property === undefined ? undefined : node.property(property)),
    };
    const message: Message = [shift === undefined ? usual : SHIFTS[shift][0], textOf(text, values)];
    this.findings.push({
      ...diagnosticOf(`display/${this.#rule.id}`, message, {}, place),
      rule: this.#rule.id,
      node,
      mmsys,
      path,
      suggestion: suggestion === undefined ? undefined : textOf(suggestion, values),
      kernel,
    });
  }

  #place(node: DtNode, property: DtProperty | undefined): Place {
    const offset = property !== undefined && property.origin >= 0 ? property.origin : node.origin;
    return (offset < 0 ? undefined : this.tree.source?.locate(offset)) ?? {};
  }
}

function linksOf(tree: DtTree): ReadonlyMap<DtNode, readonly DtNode[]> {
  const links = new Map<DtNode, DtNode[]>();
  for (const node of tree.root.walk()) {
    const target = remoteEndpoint(tree, node);
    if (target === undefined) continue;
    const same = links.get(target);
    if (same === undefined) links.set(target, [node]);
    else same.push(node);
  }
  return links;
}

function groupsOf(all: readonly MmsysForecast[]): Group[] {
  const groups = new Map<DtNode, MmsysForecast[]>();
  for (const mmsys of all) {
    const parent = mmsys.node.parent as DtNode;
    const group = groups.get(parent);
    if (group === undefined) groups.set(parent, [mmsys]);
    else group.push(mmsys);
  }
  return [...groups].map(([parent, all]) => ({ parent, all, driven: all.some(isDriven) }));
}

/** A text with its values filled in. Values come from the tree: however long they are, the text stays readable. */
function textOf(text: string, values: Values): string {
  const short = Object.entries(values).map(([name, value]) => [name, typeof value === 'string' ? cut(value) : value]);
  return diagnosticOf('', ['note', text], Object.fromEntries(short)).text;
}

function cut(value: string): string {
  if (value.length <= MAX_VALUE) return value;
  return `${value.slice(0, MAX_VALUE / 2)}…${value.slice(-MAX_VALUE / 2)}`;
}

/** A list in words, of which only the beginning is shown when it is long. */
export function listOf(items: readonly (string | number)[], separator = ', ', most = 12): string {
  const shown = items.slice(0, most).join(separator);
  return items.length <= most ? shown : `${shown}${separator}… (${items.length} in all)`;
}

/** The kernel's lines about the end of a walk. */
export function walkLines({ mmsys, walk, tried, path, number }: PathView, rules: DisplayRules): string[] {
  const first = walk.steps[0];
  // A path that is dropped is not worth a line to the kernel, unless its first device is the disabled one.
  if (!tried || first === undefined || (first.ret === 0 && walk.ret === -ERRNO.ENODEV)) return [];
  const device = first.node === undefined ? '<uninitialised pointer>' : first.node.path;
  const words =
    first.ret === 0
      ? ['Invalid display hw pipeline. ']
      : [`Invalid component ${device}`, `Cannot find first endpoint for path ${number}`];
  return mmsys.messages
    .map(({ text }) => text)
    .filter((text) => words.some((word) => text.startsWith(word)))
    .filter((text) => !rules.skipsBrokenPaths || text.includes(`: ${path} path of `));
}
