// Names of a GCE's events: from our tables, or from a header of the bindings that the user has.

/** Ids that exist. */
const EVENT_IDS = 1024;
/** `#define CMDQ_EVENT_DISP_OVL0_SOF 11`, with a comment behind it or without. */
const DEFINE =
  /^[ \t]*#[ \t]*define[ \t]+(\w{1,128})[ \t]+\(?(0[xX][\da-fA-F]{1,8}|\d{1,10})[uUlL]{0,3}\)?[ \t]*(?:\/[/*].*)?$/;
/** Numbers of the headers that are no events: limits, priorities, times, subsystems. */
const NO_EVENT = /^(?:SUBSYS_|CMDQ_(?:THR_PRIO|NO_TIMEOUT|TIMEOUT|MAX_|SUBSYS)|GCE_)/;
const EVENT = /^CMDQ_(?:EVENT|SYNC|TOKEN)_/;
const HEADER_LINES = 100_000;

/** Event names both ways. Names are kept as they are shown: without CMDQ_EVENT_, of tokens without CMDQ_. */
export class EventNames {
  readonly #names: ReadonlyMap<number, string>;
  readonly #ids: ReadonlyMap<string, number>;

  /** `rows` may have several names for an id; the first is shown. */
  constructor(rows: Iterable<readonly [id: number, name: string]>) {
    const names = new Map<number, string>();
    const ids = new Map<string, number>();
    for (const [id, name] of rows) {
      // A name stands for one id, or what is shown could not be read back.
      if (ids.has(name)) continue;
      ids.set(name, id);
      if (!names.has(id)) names.set(id, name);
    }
    this.#names = names;
    this.#ids = ids;
  }

  /** From a table: a number says which id the next name has, names without one follow on. */
  static ofTable(table: string): EventNames {
    const rows: [number, string][] = [];
    let id = 0;
    for (const word of table.split(/\s+/)) {
      if (/^\d+$/.test(word)) id = Number(word);
      else if (word !== '') rows.push([id++, word]);
    }
    return new EventNames(rows);
  }

  /** From the text of a C header with `#define CMDQ_EVENT_…` lines; everything else in it is passed over. */
  static ofHeader(text: string): EventNames {
    const rows: [number, string][] = [];
    for (const line of text.split(/\r\n|\n|\r/, HEADER_LINES)) {
      const [, name = '', number = ''] = DEFINE.exec(line.slice(0, 512)) ?? [];
      const id = Number(number);
      if (EVENT.test(name) && !NO_EVENT.test(name) && id < EVENT_IDS) rows.push([id, shortName(name)]);
    }
    return new EventNames(rows);
  }

  /** How many ids have a name. */
  get count(): number {
    return this.#names.size;
  }

  /** The name of an id. */
  name(id: number): string | undefined {
    return this.#names.get(id);
  }

  /** The id of a name, with its prefix or without. */
  id(name: string): number | undefined {
    return this.#ids.get(name) ?? this.#ids.get(shortName(name));
  }

  /** Id and name of all, in the order of the table. */
  all(): IterableIterator<[id: number, name: string]> {
    return this.#names.entries();
  }
}

/** What begins with a digit would be taken for a number, and keeps its prefix. */
function shortName(name: string): string {
  return name.replace(/^CMDQ_(?:EVENT_)?(?=[A-Za-z_])/, '');
}
