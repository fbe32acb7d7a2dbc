// What the words of a status property mean (Linux: of_device_is_available; Devicetree Specification, 2.3.4).
import type { DtNode } from '../../dt/tree.js';

const KNOWN = /^(?:okay|ok|disabled|reserved|fail|fail-.*)$/s;

/** The status of a node that means nothing to anybody, so that the node counts as disabled; undefined for others. */
export function oddStatus(node: DtNode): string | undefined {
  const property = node.property('status');
  if (property === undefined) return undefined;
  const value = property.string() ?? '';
  return KNOWN.test(value) ? undefined : value;
}

/** Whether somebody may have meant to enable a node that counts as disabled. */
export function isOddStatus(node: DtNode): boolean {
  return oddStatus(node) !== undefined;
}
