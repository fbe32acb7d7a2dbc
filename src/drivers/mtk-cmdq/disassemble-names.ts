// Names for the text of programs: modules and their registers from a devicetree, subsystems and events of a SoC.
import { cpuRange } from '../../dt/address.js';
import type { DtNode, DtTree } from '../../dt/tree.js';
import type { InstructionNames } from './disassemble-text.js';
import { SOP_MAX } from './instruction.js';
import { type CmdqSoc, WINDOW_BYTES } from './soc-tables.js';

/** A block of registers with its name. */
export interface Module {
  readonly name: string;
  readonly start: number;
  readonly size: number;
  readonly node: DtNode;
}

/** What stands in a program's text: no spaces, no commas, nothing that is an operator there. */
const NAME = /^[A-Za-z_][\w@.-]{0,47}$/;
/** So far back an enclosing module is looked for. */
const NEAR = 8;

/** The modules of a tree by address and name. Those without a register below 4 GiB or a usable name are left out. */
export class ModuleNames {
  readonly #sorted: readonly Module[];
  readonly #byName: ReadonlyMap<string, Module>;
  readonly #windows: ReadonlyMap<number, number>;

  constructor(tree: DtTree) {
    const names = namesOf(tree);
    const byName = new Map<string, Module>();
    for (const node of tree.root.walk()) {
      const range = node.property('reg') === undefined ? undefined : cpuRange(node);
      const name = [...(names.get(node) ?? []), node.name].find((name) => NAME.test(name) && !byName.has(name));
      if (range === undefined || name === undefined || range.size <= 0) continue;
      if (range.start + range.size <= 0x1_0000_0000) byName.set(name, { name, ...range, node });
    }
    this.#byName = byName;
    this.#windows = windowsOf(tree);
    this.#sorted = [...byName.values()].toSorted((a, b) => a.start - b.start || b.size - a.size);
  }

  /** Modules in the order of their addresses. */
  get all(): readonly Module[] {
    return this.#sorted;
  }

  /** First address of a subsystem's window, as the tree's mediatek,gce-client-reg have it. */
  windowOf(subsys: number): number | undefined {
    return this.#windows.get(subsys);
  }

  /** The subsystem of such a window. */
  subsysOf(addr: number): number | undefined {
    return [...this.#windows].find(([, window]) => addr >= window && addr < window + WINDOW_BYTES)?.[0];
  }

  /** How many subsystems the tree tells of. */
  get windows(): number {
    return this.#windows.size;
  }

  /** The module with this register; of several the one that begins last. */
  at(addr: number): Module | undefined {
    let from = 0;
    let to = this.#sorted.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((this.#sorted[middle] as Module).start <= addr) from = middle + 1;
      else to = middle;
    }
    for (let i = from - 1; i >= Math.max(0, from - NEAR); i--) {
      const module = this.#sorted[i] as Module;
      if (addr < module.start + module.size) return module;
    }
    return undefined;
  }

  /** The module of a name. */
  named(name: string): Module | undefined {
    return this.#byName.get(name);
  }
}

/**
 * Of each node the subsystem that its mediatek,gce-client-reg names, and the window that its reg is in: what most of
 * them say, for some trees contradict themselves (facts cmdq §9.2).
 */
function windowsOf(tree: DtTree): Map<number, number> {
  const votes = new Map<number, Map<number, number>>();
  for (const node of tree.root.walk()) {
    const [, subsys, offset = -1] = node.property('mediatek,gce-client-reg')?.cells() ?? [];
    const start = subsys === undefined ? undefined : cpuRange(node)?.start;
    // Above: 99, which stands for none.
    if (subsys === undefined || subsys > SOP_MAX || start === undefined || start % WINDOW_BYTES !== offset) continue;
    const window = start - offset;
    const counts = votes.get(subsys) ?? new Map<number, number>();
    votes.set(subsys, counts.set(window, (counts.get(window) ?? 0) + 1));
  }
  const most = (counts: ReadonlyMap<number, number>): number =>
    [...counts].reduce((best, one) => (one[1] > best[1] ? one : best), [0, 0])[0];
  return new Map([...votes].map(([subsys, counts]) => [subsys, most(counts)]));
}

/** Aliases first, then labels, in the order of the tree. */
function namesOf(tree: DtTree): Map<DtNode, string[]> {
  const names = new Map<DtNode, string[]>();
  const add = (name: string, node: DtNode | undefined): void => {
    if (node === undefined) return;
    const known = names.get(node);
    if (known === undefined) names.set(node, [name]);
    else known.push(name);
  };
  for (const list of ['aliases', '__symbols__']) {
    for (const property of tree.root.child(list)?.properties ?? []) {
      const path = property.string();
      if (path?.startsWith('/') === true) add(property.name, tree.byPath(path));
    }
  }
  for (const node of tree.root.walk()) for (const label of node.labels) add(label, node);
  return names;
}

/** The names of a SoC, and of a tree where there is one. */
export class CmdqNames implements InstructionNames {
  readonly soc: CmdqSoc | undefined;
  readonly modules: ModuleNames | undefined;
  readonly shift: number;

  constructor(soc: CmdqSoc | undefined, modules?: ModuleNames) {
    this.soc = soc;
    this.modules = modules;
    this.shift = soc?.shift ?? 0;
  }

  /** The same modules with the subsystems and events of another SoC. */
  withSoc(soc: CmdqSoc): CmdqNames {
    return new CmdqNames(soc, this.modules);
  }

  /** First address of a subsystem's window. */
  windowOf(subsys: number): number | undefined {
    const own = this.soc?.windowOf(subsys);
    if (own !== undefined || this.modules === undefined) return own;
    // An address must stand for one subsystem, or the text would be read back as another.
    const told = this.modules.windowOf(subsys);
    return told !== undefined && this.subsysOf(told) === subsys ? told : undefined;
  }

  /** The subsystem whose window has this address. */
  subsysOf(addr: number): number | undefined {
    return this.soc?.subsysOf(addr) ?? this.modules?.subsysOf(addr);
  }

  /** An event's name without CMDQ_EVENT_. */
  eventName(id: number): string | undefined {
    return this.soc?.eventName(id);
  }

  /** The id of an event's name. */
  eventId(name: string): number | undefined {
    return this.soc?.eventId(name);
  }

  /** `ovl0+0x20`. */
  registerName(addr: number): string | undefined {
    const module = this.modules?.at(addr);
    return module === undefined ? undefined : `${module.name}+0x${(addr - module.start).toString(16)}`;
  }

  /** The address of `ovl0+0x20`, or of the module alone. */
  registerAddress(name: string): number | undefined {
    const [, module = '', offset = '0'] = /^([^+]+)(?:\+(0[xX][\da-fA-F]{1,8}|\d{1,10}))?$/.exec(name) ?? [];
    const found = this.modules?.named(module);
    return found === undefined ? undefined : found.start + Number(offset);
  }
}
