// Why somebody cannot have QMan, BMan or a portal now.
import type { SysError } from '../../base/errno.js';
import type { Device } from '../../core/device.js';
import { ofWholePathAvailable } from '../../core/of.js';
import type { DtNode } from '../../dt/tree.js';

/** All nodes of a compatible, and those of them that are not disabled. */
export function nodesOf(dev: Device, compatible: string): { readonly all: readonly DtNode[]; readonly on: DtNode[] } {
  const all = [...dev.core.tree.root.walk()].filter((node) => node.compatible.includes(compatible));
  return { all, on: all.filter(ofWholePathAvailable) };
}

/** ENODEV says that the tree has none, or only disabled ones; EPROBE_DEFER names those that are not bound. */
export function notBound(dev: Device, what: string, compatible: string): SysError {
  const { all, on } = nodesOf(dev, compatible);
  const [first] = all;
  if (first === undefined) return dev.error('ENODEV', `the tree has no ${what} (${compatible})`, 'probe');
  if (on.length === 0) return dev.error('ENODEV', `${what} is disabled: ${first.path}${more(all.length)}`, 'probe');
  const waits = on.filter((node) => dev.core.deviceOf(node)?.state.kind !== 'bound');
  const waitsFor = (waits[0] ?? first).path;
  return dev.deferral(`${what} is not bound: ${waitsFor}${more(waits.length)}`, waitsFor);
}

const more = (count: number): string => (count > 1 ? ` and ${count - 1} more` : '');
