// The order of sorted trees: dtc -s.
import type { Reservation } from './tree.js';

type Named = { readonly name: string };

function order<V extends bigint | string>(a: V, b: V): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Nodes and properties: by their names' characters. */
export function byName(a: Named, b: Named): number {
  return order(a.name, b.name);
}

/** Reservations: by address, then by size. */
export function byAddress(a: Reservation, b: Reservation): number {
  return order(a.address, b.address) || order(a.size, b.size);
}
