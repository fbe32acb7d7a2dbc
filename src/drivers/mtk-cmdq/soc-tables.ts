// What differs between SoCs with a GCE, a table (facts cmdq §9.3, §9.4): windows of the subsystem ids, threads, address
// shift, places of the engines, events by name. Event ids are numbers of one SoC: 53 is another event elsewhere.
import type { DtNode, DtTree } from '../../dt/tree.js';
import { EventNames } from './event-names.js';
import { MT8173_EVENTS, MT8183_EVENTS, MT8186_EVENTS, MT8192_EVENTS } from './soc-events-chromebook.js';
import { MT8188_EVENTS } from './soc-events-mt8188.js';
import { MT8195_EVENTS } from './soc-events-mt8195.js';
import { MT6779_EVENTS, MT6795_EVENTS } from './soc-events-phone.js';

/** Bytes of a subsystem's window. */
export const WINDOW_BYTES = 0x1_0000;

interface SocRow {
  readonly name: string;
  /** Physical addresses of the engines; empty where no tree at hand has them. */
  readonly bases: readonly number[];
  /** Bytes of an engine's registers. */
  readonly sizeBytes: number;
  readonly threads: number;
  /** Code addresses stand shifted right by this in registers and jumps. */
  readonly shift: number;
  /** GCTL_VALUE: software controls the engine; and its DDR request. */
  readonly controlBySw: boolean;
  readonly ddrBySw: boolean;
  /** The highest priority that the bindings name. */
  readonly maxPriority: number;
  /** Upper 16 address bits in the order of the subsystem ids; `-` where the bindings name none. */
  readonly subsys: string;
  readonly events: string;
  /** Ids from 512 are software tokens; not where hardware has ids up to 1019. */
  readonly hasHighEvents: boolean;
}

const OLD = { shift: 0, controlBySw: false, ddrBySw: false, hasHighEvents: false, sizeBytes: 0x4000 };
const NEW = { shift: 3, controlBySw: true, ddrBySw: false, hasHighEvents: false, sizeBytes: 0x4000, maxPriority: 7 };
const SUBSYS_2018 =
  '1300 1400 1401 1402 1502 1880 1881 1882 1883 1884 1000 1001 1002 1003 1004 1005 1020 1028 1700 1701 1702 1703 ' +
  '1800 1801 1802 1804 1805 1808 180a 180b';
const SUBSYS_2021 =
  '1400 1401 1402 1c00 1c01 1c02 1c10 1c11 1c12 14f0 14f1 14f2 1800 1801 1802 1803 1032 1033 1600 1601 14e0 1c20 ' +
  '1c30 1c40 1c50 1c60';
const SUBSYS_MT6795 =
  '1300 1400 1401 1402 1500 1600 1700 1800 1000 1001 1002 1003 1004 1005 1020 1021 1120 1121 1122 1123 1124 1125 1126';
const SUBSYS_MT8186 =
  '1300 1400 1401 1402 1502 1582 1b00 1c00 1c10 1000 1001 1020 1021 1022 1023 1060 1602 1608 1700 1701 1702 1703 ' +
  '1706 1a00 1a01 1a02 1a03 1a04 1a05 1a06';
const TWO = [0x1032_0000, 0x1033_0000];

const ROWS: readonly SocRow[] = [
  {
    ...{ ...OLD, name: 'mt8173', bases: [0x1021_2000], sizeBytes: 0x1000, threads: 16, maxPriority: 1 },
    ...{ subsys: '- 1400 1401 1402', events: MT8173_EVENTS },
  },
  {
    ...{ ...OLD, name: 'mt6795', bases: [0x1021_2000], sizeBytes: 0x1000, threads: 16, maxPriority: 7 },
    ...{ subsys: SUBSYS_MT6795, events: MT6795_EVENTS },
  },
  {
    ...{ ...NEW, name: 'mt6779', bases: [], threads: 24, controlBySw: false },
    ...{ subsys: SUBSYS_2018, events: MT6779_EVENTS },
  },
  {
    ...{ ...OLD, name: 'mt8183', bases: [0x1023_8000], threads: 24, maxPriority: 1 },
    ...{ subsys: SUBSYS_2018, events: MT8183_EVENTS },
  },
  {
    ...{ ...NEW, name: 'mt8186', bases: [0x1022_c000], threads: 24, ddrBySw: true },
    ...{ subsys: SUBSYS_MT8186, events: MT8186_EVENTS },
  },
  {
    ...{ ...NEW, name: 'mt8188', bases: TWO, threads: 32, hasHighEvents: true },
    ...{ subsys: SUBSYS_2021, events: MT8188_EVENTS },
  },
  {
    ...{ ...NEW, name: 'mt8192', bases: [0x1022_8000], threads: 24 },
    ...{ subsys: SUBSYS_2018, events: MT8192_EVENTS },
  },
  {
    ...{ ...NEW, name: 'mt8195', bases: TWO, threads: 24, hasHighEvents: true },
    ...{ subsys: SUBSYS_2021, events: MT8195_EVENTS },
  },
  // No kernel tree has its engine. Threads and shift are those of mt8168, its name in MediaTek's own kernels; windows
  // and events are published nowhere that we know of.
  { ...OLD, name: 'mt8365', bases: [], sizeBytes: 0x1000, threads: 16, maxPriority: 1, subsys: '', events: '' },
];

/** Names of all SoCs of the table. */
export const CMDQ_SOCS: readonly string[] = ROWS.map(({ name }) => name);

/** One SoC with a GCE: what software must know of it. */
export class CmdqSoc {
  /** `mt8173`. */
  readonly name: string;
  readonly bases: readonly number[];
  readonly sizeBytes: number;
  readonly threads: number;
  readonly shift: number;
  readonly controlBySw: boolean;
  readonly ddrBySw: boolean;
  readonly maxPriority: number;
  readonly hasHighEvents: boolean;
  /** Upper 16 address bits by subsystem id; -1 for an id without a window. */
  readonly windows: readonly number[];
  readonly events: EventNames;
  readonly #subsys: ReadonlyMap<number, number>;

  constructor(row: SocRow, events: EventNames = EventNames.ofTable(row.events)) {
    this.name = row.name;
    this.bases = row.bases;
    this.sizeBytes = row.sizeBytes;
    this.threads = row.threads;
    this.shift = row.shift;
    this.controlBySw = row.controlBySw;
    this.ddrBySw = row.ddrBySw;
    this.maxPriority = row.maxPriority;
    this.hasHighEvents = row.hasHighEvents;
    const words = row.subsys === '' ? [] : row.subsys.split(' ');
    this.windows = words.map((word) => (word === '-' ? -1 : Number.parseInt(word, 16)));
    this.#subsys = new Map(this.windows.flatMap((upper, id) => (upper < 0 ? [] : [[upper, id]])));
    this.events = events;
  }

  /** The `compatible` of its GCE. */
  get compatible(): string {
    return `mediatek,${this.name}-gce`;
  }

  /** Engines in the SoC: 2, or 1 where the table knows of none. */
  get gces(): number {
    return Math.max(1, this.bases.length);
  }

  /** The subsystem whose window has this physical address; undefined when none has. */
  subsysOf(addr: number): number | undefined {
    return this.#subsys.get(Math.floor(addr / WINDOW_BYTES));
  }

  /** First address of a subsystem's window; undefined for an id without one. */
  windowOf(subsys: number): number | undefined {
    const upper = this.windows[subsys] ?? -1;
    return upper < 0 ? undefined : upper * WINDOW_BYTES;
  }

  /** The event's name, without CMDQ_EVENT_. */
  eventName(id: number): string | undefined {
    return this.events.name(id);
  }

  /** The event's id; the name with CMDQ_EVENT_ or without. */
  eventId(name: string): number | undefined {
    return this.events.id(name);
  }

  /** Whether software alone sets and clears it: no block raises it. */
  isToken(id: number): boolean {
    const name = this.eventName(id) ?? '';
    return /^(SYNC_|TOKEN_(?!GPR_TIMER))/.test(name) || (id >= 512 && !this.hasHighEvents && name === '');
  }
}

/** The SoC of this name (`mt8173`), or of a `compatible` that names it (`mediatek,mt8173-gce`). */
export function cmdqSoc(name: string, events?: EventNames): CmdqSoc | undefined {
  const row = ROWS.find((row) => row.name === name.toLowerCase().replace(/^mediatek,(mt\d+)(?:-.*)?$/, '$1'));
  return row === undefined ? undefined : new CmdqSoc(row, events);
}

/** Nodes of the engines in a tree, whatever their status. */
export function gceNodes(tree: DtTree): DtNode[] {
  const isGce = (name: string): boolean => /^mediatek,mt\d+-gce$/.test(name);
  return [...tree.root.walk()].filter(({ compatible }) => compatible.some(isGce));
}

/** The SoC of a tree: by its engines, else by the root's `compatible`; undefined when the table knows none of them. */
export function cmdqSocOfTree(tree: DtTree, events?: EventNames): CmdqSoc | undefined {
  const names = [...gceNodes(tree).flatMap(({ compatible }) => compatible), ...tree.root.compatible];
  for (const name of names) {
    const soc = name.startsWith('mediatek,') ? cmdqSoc(name, events) : undefined;
    if (soc !== undefined) return soc;
  }
  return undefined;
}
