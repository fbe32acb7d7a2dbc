// All that is known of one device: its chain of who waits for whom, suppliers and consumers, log, and node.
import { formatPosition } from '../../base/diagnostic.js';
import type { Bench } from '../../bench/bench.js';
import type { NodeReport, NodeState } from '../../bench/report.js';
import { supplierNodes } from '../../core/fwnode.js';
import { prettyValue, sourceLabels } from '../../dt/decompile-pretty.js';
import type { DtNode } from '../../dt/tree.js';
import type { DeviceLog, LogLine } from '../device-log.js';

/** Another device, and where it stands. */
export interface BoardPeer {
  readonly path: string;
  readonly state: NodeState;
  /** Why it stands there; empty where there is nothing to say. */
  readonly reason: string;
}

/** A property as source text, and where that was written. */
export interface BoardProperty {
  readonly name: string;
  /** To the semicolon and its remark; empty for one without value. */
  readonly value: string;
  /** `file:line`; empty for a blob. */
  readonly at: string;
}

/** One device. */
export interface BoardDetail {
  /** The path that was asked for: the device's own, or one below it. */
  readonly asked: string;
  readonly report: NodeReport;
  readonly compatible: readonly string[];
  /** From the device itself to the root of the matter; only where it waits for somebody. */
  readonly chain: readonly BoardPeer[];
  /** Who waits for it at once, and how many there are. */
  readonly waiting: readonly BoardPeer[];
  readonly waitingCount: number;
  /** Devices that it needs, and those that need it (Linux: device links), by what the tree and its driver say. */
  readonly suppliers: readonly BoardPeer[];
  readonly consumers: readonly BoardPeer[];
  readonly log: readonly LogLine[];
  readonly properties: readonly BoardProperty[];
  /** Nodes below that describe no device of their own. */
  readonly children: readonly string[];
  readonly labels: readonly string[];
  /** Where the node was written; empty for a blob. */
  readonly at: string;
}

/** Longer lists and texts are cut: no person reads them. */
const MOST_PEERS = 100;
const MOST_PROPERTIES = 200;
const MOST_TEXT = 2000;

/** Reads details of one machine. What the tree says is read once. */
export class DetailReader {
  readonly #bench: Bench;
  readonly #log: DeviceLog;
  readonly #suppliers = new Map<DtNode, readonly DtNode[]>();
  #labels: ReadonlyMap<DtNode, readonly string[]> | undefined;

  constructor(bench: Bench, log: DeviceLog) {
    this.#bench = bench;
    this.#log = log;
  }

  /** That of a path, or of the nearest device above it; undefined where there is none. */
  read(asked: string, reports: readonly NodeReport[]): BoardDetail | undefined {
    const byPath = new Map(reports.map((report) => [report.path, report]));
    const { tree } = this.#bench;
    const below = tree.byPath(asked);
    const path = byPath.has(asked) || below === undefined ? asked : reportedAbove(below, byPath);
    const report = byPath.get(path);
    if (report === undefined) return undefined;
    const node = tree.byPath(path);
    const waiting = reports.filter(({ waitsFor, state }) => waitsFor === path && state === 'waits');
    const { suppliers, consumers } = this.#links(path, node, byPath);
    return {
      asked,
      report,
      compatible: node?.compatible ?? [],
      chain: report.waitsFor === undefined ? [] : chainOf(report, byPath),
      waiting: waiting.slice(0, MOST_PEERS).map(peerOf),
      waitingCount: waiting.length,
      suppliers,
      consumers,
      log: this.#log.last(path),
      properties: node === undefined ? [] : this.#properties(node),
      children: node?.children.filter((child) => !byPath.has(child.path)).map(({ name }) => name) ?? [],
      labels: node === undefined ? [] : (this.#allLabels().get(node) ?? []),
      at: node === undefined ? '' : this.#at(node.origin),
    };
  }

  #links(
    path: string,
    node: DtNode | undefined,
    byPath: ReadonlyMap<string, NodeReport>,
  ): Pick<BoardDetail, 'suppliers' | 'consumers'> {
    const [suppliers, consumers] = [new Set<string>(), new Set<string>()];
    for (const one of node === undefined ? [] : this.#suppliersOf(node)) suppliers.add(reportedAbove(one, byPath));
    for (const other of byPath.keys()) {
      const consumer = this.#bench.tree.byPath(other);
      const names = consumer === undefined || other === path ? [] : this.#suppliersOf(consumer);
      if (names.some((one) => reportedAbove(one, byPath) === path)) consumers.add(other);
    }
    for (const [supplier, consumer] of this.#bench.core.deviceLinks()) {
      if (consumer.path === path) suppliers.add(supplier.path);
      if (supplier.path === path) consumers.add(consumer.path);
    }
    const peers = (paths: ReadonlySet<string>): BoardPeer[] =>
      [...paths].flatMap((one) => (one === path || one === '' ? [] : [peerAt(one, byPath)])).slice(0, MOST_PEERS);
    return { suppliers: peers(suppliers), consumers: peers(consumers) };
  }

  #suppliersOf(node: DtNode): readonly DtNode[] {
    const known = this.#suppliers.get(node) ?? supplierNodes(this.#bench.tree, node);
    this.#suppliers.set(node, known);
    return known;
  }

  #properties(node: DtNode): BoardProperty[] {
    const labels = this.#allLabels();
    return node.properties.slice(0, MOST_PROPERTIES).map((property) => {
      const text = prettyValue(this.#bench.tree, node, property, labels).replace(/^ = |^;/, '');
      const value = text.replace(/\n\t+/g, '\n').slice(0, MOST_TEXT);
      return { name: property.name, value, at: this.#at(property.origin) };
    });
  }

  #allLabels(): ReadonlyMap<DtNode, readonly string[]> {
    this.#labels ??= sourceLabels(this.#bench.tree);
    return this.#labels;
  }

  #at(origin: number): string {
    const found = origin < 0 ? undefined : this.#bench.tree.source?.locate(origin);
    return found === undefined ? '' : formatPosition({ ...found.at, column: 0 });
  }
}

/** The nearest node at or above that a report is about; empty where there is none. */
function reportedAbove(node: DtNode, byPath: ReadonlyMap<string, NodeReport>): string {
  for (let at: DtNode | undefined = node; at !== undefined; at = at.parent) if (byPath.has(at.path)) return at.path;
  return '';
}

/** Who waits for whom; a circle ends where it closes. */
function chainOf(report: NodeReport, byPath: ReadonlyMap<string, NodeReport>): BoardPeer[] {
  const chain = [peerOf(report)];
  const seen = new Set([report.path]);
  for (let next = report.waitsFor; next !== undefined; ) {
    chain.push(peerAt(next, byPath));
    if (seen.has(next)) break;
    seen.add(next);
    next = byPath.get(next)?.waitsFor;
  }
  return chain;
}

function peerAt(path: string, byPath: ReadonlyMap<string, NodeReport>): BoardPeer {
  const report = byPath.get(path);
  return report === undefined ? { path, state: 'no device', reason: '' } : peerOf(report);
}

function peerOf({ path, state, compatible, reason = '' }: NodeReport): BoardPeer {
  if (state === 'no driver' && reason === '') return { path, state, reason: `no driver here knows ${compatible}` };
  return { path, state, reason: reason.replace(`${path}: `, '') };
}
