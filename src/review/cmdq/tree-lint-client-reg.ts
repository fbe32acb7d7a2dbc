// `mediatek,gce-client-reg` of a node: GCE, subsystem, offset and size for each block of its registers.
import { cpuRange, regEntries } from '../../dt/address.js';
import type { DtNode } from '../../dt/tree.js';
import { WINDOW_BYTES } from '../../drivers/mtk-cmdq/soc-tables.js';
import { hex } from './lint-context.js';
import { type Gce, socText, type TreeLintContext } from './tree-lint-context.js';

/** The property. */
export const CLIENT_REG = 'mediatek,gce-client-reg';
const CELLS = 4;
/** The bindings' mark for a block without a subsystem. */
const NO_SUBSYS = 99;

interface Entry {
  readonly entry: number;
  readonly gce: Gce;
  readonly subsys: number;
  readonly offset: number;
  readonly size: number;
}

interface Range {
  readonly start: number;
  readonly size: number;
}

/** Says what is wrong with the property of a node. */
export function clientRegs(c: TreeLintContext, node: DtNode): void {
  const cells = node.property(CLIENT_REG)?.cells() ?? [];
  const rest = cells.length % CELLS;
  if (rest > 0 || cells.length === 0) c.find('client-reg-cells', node, CLIENT_REG, { count: cells.length, rest });
  const ranges = regEntries(node).flatMap((_, index) => cpuRange(node, index) ?? []);
  for (let at = 0; at + CELLS <= cells.length; at += CELLS) {
    const [phandle, subsys, offset, size] = cells.slice(at, at + CELLS) as [number, number, number, number];
    const entry = at / CELLS;
    const gce = gceAt(c, node, CLIENT_REG, `entry ${entry}`, phandle);
    if (gce !== undefined) checkEntry(c, node, { entry, gce, subsys, offset, size }, ranges);
  }
}

/** The GCE that a phandle means; says so where it means none, or one that is disabled. */
export function gceAt(
  c: TreeLintContext,
  node: DtNode,
  property: string,
  what: string,
  phandle: number,
): Gce | undefined {
  const named = c.tree.byPhandle(phandle);
  const gce = named === undefined ? undefined : c.gces.get(named);
  if (named === undefined) c.find('gce-missing', node, property, { what, property, phandle: hex(phandle) });
  else if (gce === undefined) c.find('gce-missing other', node, property, { what, property, other: named.path });
  else if (node.available && !named.available) c.find('gce-disabled', node, property, { gce: named.path, property });
  return gce;
}

function checkEntry(c: TreeLintContext, node: DtNode, one: Entry, ranges: readonly Range[]): void {
  const { entry, gce, subsys, offset, size } = one;
  if (gce.soc === undefined || gce.soc.windows.length === 0) return;
  if (subsys === NO_SUBSYS) return c.find('client-reg-subsystem none', node, CLIENT_REG, { entry });
  const window = gce.soc.windowOf(subsys);
  const right = rightOf(one, ranges);
  if (window === undefined) {
    return c.find('client-reg-subsystem', node, CLIENT_REG, { entry, subsys, soc: socText(gce), right });
  }
  const same = ranges.find(({ start }) => start === window + offset);
  const declared = `subsystem ${subsys} (${hex(window, 8)}) offset ${hex(offset)}, which is ${hex(window + offset, 8)}`;
  if (ranges.length === 0) return c.find('client-reg-mismatch none', node, CLIENT_REG, { entry, declared });
  if (same === undefined) {
    const reg = ranges.map(({ start }) => hex(start, 8)).join(', ');
    return c.find('client-reg-mismatch', node, CLIENT_REG, { entry, declared, reg, right });
  }
  const values = { entry, size: hex(size), offset: hex(offset) };
  if (offset + size > WINDOW_BYTES) {
    return c.find('client-reg-size', node, CLIENT_REG, { ...values, than: 'more than its window has' });
  }
  if (size > same.size) {
    const than = `more than the ${hex(same.size)} of reg`;
    return c.find('client-reg-size', node, CLIENT_REG, { ...values, than });
  }
  if (size >= WINDOW_BYTES) c.find('client-reg-size zero', node, CLIENT_REG, { ...values, kept: hex(size & 0xffff) });
}

/** What would agree with `reg`: the same entry of it, or its only one. */
function rightOf({ entry, gce }: Entry, ranges: readonly Range[]): string {
  const range = ranges[entry] ?? ranges[0];
  const subsys = range === undefined ? undefined : gce.soc?.subsysOf(range.start);
  if (range === undefined || subsys === undefined) return 'no entry: no subsystem has this block, the CPU writes to it';
  return `<&gce ${subsys} ${hex(range.start % WINDOW_BYTES)} ${hex(range.size)}>`;
}
