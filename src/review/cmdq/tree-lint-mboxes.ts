// `mboxes` of a node that has a GCE in it: thread and priority for each channel, taken apart as Linux does.
import type { DtNode } from '../../dt/tree.js';
import { gceAt } from './tree-lint-client-reg.js';
import { type Gce, socText, type TreeLintContext } from './tree-lint-context.js';

const MBOXES = 'mboxes';
const LAST_PRIORITY = 7;

/** Says what is wrong with the property of a node. `threads` has who names a thread: `/soc/mailbox@10238000 20`. */
export function mboxes(c: TreeLintContext, node: DtNode, threads: Map<string, DtNode>): void {
  const cells = node.property(MBOXES)?.cells() ?? [];
  if (!cells.some((cell) => isGce(c, cell))) return unresolved(c, node, cells);
  let last: Gce | undefined;
  let isTold = false;
  for (let at = 0, entry = 0; at < cells.length; entry++) {
    const phandle = cells[at] as number;
    const named = phandle === 0 ? undefined : c.tree.byPhandle(phandle);
    const gce = named === undefined ? undefined : c.gces.get(named);
    if (gce !== undefined) {
      if (!client(c, node, gce, entry, cells.slice(at, at + 1 + gce.cells), threads)) return;
      last = gce;
      at += 1 + gce.cells;
      continue;
    }
    const others = named?.u32('#mbox-cells');
    if (last !== undefined && others === undefined && !isTold) stray(c, node, last, entry, phandle);
    isTold ||= others === undefined;
    // Linux passes over an empty entry, and ends where a phandle means nothing.
    if (phandle !== 0 && others === undefined) {
      if (last === undefined) gceAt(c, node, MBOXES, `entry ${entry}`, phandle);
      return;
    }
    at += 1 + (others ?? 0);
  }
}

function isGce({ tree, gces }: TreeLintContext, phandle: number): boolean {
  const node = phandle === 0 ? undefined : tree.byPhandle(phandle);
  return node !== undefined && gces.has(node);
}

/** No mailbox of it is a GCE: the clients of the GCE are known by their other properties. */
function unresolved(c: TreeLintContext, node: DtNode, [first = 0]: readonly number[]): void {
  const isClient = node.properties.some(({ name }) => name.startsWith('mediatek,gce-'));
  if (isClient && c.tree.byPhandle(first) === undefined) gceAt(c, node, MBOXES, 'entry 0', first);
}

/** What stands where an entry should begin. */
function stray(c: TreeLintContext, node: DtNode, gce: Gce, entry: number, phandle: number): void {
  const what = phandle === 0 ? 'an empty phandle' : `a cell <${phandle}> that is the phandle of no mailbox`;
  const fails =
    phandle === 0
      ? 'fails (-ENOENT) and those behind it have a higher number than is meant'
      : 'and all behind it fail (-EINVAL)';
  const values = { gce: gce.node.path, cells: gce.cells, entry: entry - 1, next: entry, what, fails };
  c.find('mbox-cells', node, MBOXES, values);
}

/** An entry that begins with the phandle of a GCE; false where the property ends within. */
function client(
  c: TreeLintContext,
  node: DtNode,
  gce: Gce,
  entry: number,
  [phandle = 0, ...args]: readonly number[],
  threads: Map<string, DtNode>,
): boolean {
  gceAt(c, node, MBOXES, `entry ${entry}`, phandle);
  if (args.length === gce.cells) {
    channel(c, node, gce, entry, args, threads);
    return true;
  }
  c.find('mbox-cells short', node, MBOXES, { entry, found: args.length, gce: gce.node.path, cells: gce.cells });
  return false;
}

function channel(
  c: TreeLintContext,
  node: DtNode,
  gce: Gce,
  entry: number,
  [thread, priority]: readonly number[],
  threads: Map<string, DtNode>,
): void {
  const { soc } = gce;
  if (soc !== undefined && thread !== undefined && thread >= soc.threads) {
    const values = { entry, thread, soc: socText(gce), threads: soc.threads, last: soc.threads - 1 };
    return c.find('mbox-thread', node, MBOXES, values);
  }
  if (priority !== undefined && priority > LAST_PRIORITY) c.find('mbox-priority', node, MBOXES, { entry, priority });
  if (thread === undefined || !node.available) return;
  const key = `${gce.node.path} ${thread}`;
  const other = threads.get(key);
  if (other !== undefined) c.find('mbox-thread-taken', node, MBOXES, { entry, thread, other: other.path });
  else threads.set(key, node);
}
