// Says what is wrong with what a devicetree tells of the GCE (facts cmdq §9.1, §9.2): registers of clients, events,
// mailbox channels. A table of rules, and one look at each node.
import type { DtNode, DtTree } from '../../dt/tree.js';
import { TOKENS } from './lint-context.js';
import type { CmdqFinding } from './lint-finding.js';
import { clientRegs, CLIENT_REG } from './tree-lint-client-reg.js';
import { TreeLintContext, type TreeLintRule, socText } from './tree-lint-context.js';
import { mboxes } from './tree-lint-mboxes.js';

/** All rules about trees. */
export const TREE_LINT_RULES: readonly TreeLintRule[] = [
  { id: 'client-reg-mismatch', summary: 'a mediatek,gce-client-reg that contradicts reg' },
  { id: 'client-reg-size', summary: 'a register block that is longer than reg, or than its window' },
  { id: 'client-reg-subsystem', summary: 'a subsystem without a window on the SoC' },
  { id: 'client-reg-cells', summary: 'a mediatek,gce-client-reg that is no whole entries' },
  { id: 'gce-missing', summary: 'a reference to a GCE that leads to none' },
  { id: 'gce-disabled', summary: 'an enabled client of a disabled GCE' },
  { id: 'gce-cells', summary: 'a GCE whose #mbox-cells is not 2' },
  { id: 'gce-alias', summary: 'one of several GCEs that has clients and no alias' },
  { id: 'gce-event-range', summary: 'an event id that does not exist, or that no block raises' },
  { id: 'gce-event-count', summary: 'no events, or too many' },
  { id: 'mbox-cells', summary: 'stray or missing cells in mboxes' },
  { id: 'mbox-thread', summary: 'a thread that the GCE does not have' },
  { id: 'mbox-thread-taken', summary: 'a thread with two clients' },
  { id: 'mbox-priority', summary: 'a priority that the GCE does not have' },
];

/** The findings of all rules, in the order of the tree. */
export function lintCmdqTree(tree: DtTree): CmdqFinding[] {
  const c = new TreeLintContext(tree);
  const threads = new Map<string, DtNode>();
  for (const node of tree.root.walk()) {
    if (c.gces.has(node)) engine(c, node);
    if (node.property(CLIENT_REG) !== undefined) clientRegs(c, node);
    if (node.property(EVENTS) !== undefined) events(c, node);
    if (node.property('mboxes') !== undefined) mboxes(c, node, threads);
  }
  c.finish();
  return c.findings;
}

function engine(c: TreeLintContext, node: DtNode): void {
  const gce = c.gces.get(node);
  if (gce === undefined) return;
  if (gce.cells !== 2) c.find('gce-cells', node, '#mbox-cells', { cells: gce.cells });
  const count = [...c.gces.values()].filter(({ soc }) => soc !== undefined && soc.name === gce.soc?.name).length;
  if (gce.soc === undefined || gce.soc.gces < 2 || count < 2 || !c.used.has(node)) return;
  const aliases = c.tree.root.child('aliases');
  const named = ['gce0', 'gce1'].some((alias) => c.tree.byPath(aliases?.string(alias) ?? '') === node);
  if (!named) c.find('gce-alias', node, 'compatible', { count, soc: socText(gce) });
}

const EVENTS = 'mediatek,gce-events';
const EVENT_COUNT = 1024;
const MOST_EVENTS = 32;

function events(c: TreeLintContext, node: DtNode): void {
  const property = node.property(EVENTS);
  if (property === undefined) return;
  const [gce] = c.gces.values();
  if (gce === undefined) return c.find('gce-missing none', node, EVENTS);
  const ids = property.cells();
  if (ids.length === 0 || ids.length > MOST_EVENTS || property.length % 4 !== 0) {
    const count = property.length % 4 === 0 ? `${ids.length} ids` : `${property.length} bytes`;
    c.find('gce-event-count', node, EVENTS, { count });
  }
  const soc = socText(gce);
  for (const id of ids) {
    const isToken = gce.soc !== undefined && !gce.soc.hasHighEvents && id >= TOKENS && gce.soc.events.count > 0;
    if (id >= EVENT_COUNT) c.find('gce-event-range', node, EVENTS, { id, soc });
    else if (id === EVENT_COUNT - 1) c.find('gce-event-range last', node, EVENTS, { soc });
    else if (isToken && gce.soc?.eventName(id) === undefined)
      c.find('gce-event-range token', node, EVENTS, { id, soc });
  }
}
