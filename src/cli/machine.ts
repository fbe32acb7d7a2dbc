// The machine of a verb: that of the stock, with promises that settle as they do in Node.
import type { Bench } from '../bench/bench.js';
import type { DtTree } from '../dt/tree.js';
import { settle } from '../host/settle.js';
import { buildMachine as build, type MachineOptions, type MachineParts } from '../stock/machine.js';

export { type MachineOptions, parseSeed, powerOn } from '../stock/machine.js';

/** Builds it; nothing has power yet. InputError for faults and knobs that are not of their text form. */
export function buildMachine(tree: DtTree, options: MachineOptions, parts: Omit<MachineParts, 'settle'> = {}): Bench {
  return build(tree, options, { settle, ...parts });
}
