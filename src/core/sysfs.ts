// sysfs attributes as objects (Linux: linux/sysfs.h). What a file says and takes; how programs see it is the room
// abi's.
import { SysError } from '../base/errno.js';

/**
 * One attribute. `show` answers the whole text, newline included; `store` takes the text as written and throws a
 * SysError.
 */
export interface Attribute {
  readonly name: string;
  /** Permission bits: 0o444, 0o644, 0o200. */
  readonly mode: number;
  readonly show?: () => string | Promise<string>;
  readonly store?: (text: string) => void | Promise<void>;
}

/** A directory of attributes and directories (Linux: kobject). Both keep the order in which they came. */
export class SysfsDir {
  readonly name: string;
  readonly attributes: Map<string, Attribute> = new Map();
  readonly dirs: Map<string, SysfsDir> = new Map();
  /** Reads and writes in progress; a removal of their attribute waits for them. */
  readonly #active = new Map<Attribute, Visitors>();
  readonly #watchers = new Map<string, Set<() => void>>();
  readonly #changes = new Map<string, number>();

  constructor(name: string) {
    this.name = name;
  }

  /**
   * Adds attributes, all or none. A name that is taken ends with EEXIST. Answers how to take them away: at once, and
   * done when nobody is inside `show` or `store` any more (Linux: kernfs_drain).
   */
  addGroup(attributes: readonly Attribute[]): () => Promise<void> {
    const added = new Map<string, Attribute>();
    for (const attribute of attributes) {
      this.#refuseTaken(attribute.name, added);
      added.set(attribute.name, attribute);
    }
    for (const [name, attribute] of added) this.attributes.set(name, attribute);
    return async () => {
      for (const { name } of attributes) this.attributes.delete(name);
      await Promise.all(attributes.map((attribute) => this.#active.get(attribute)?.gone()));
    };
  }

  /** Adds a directory. A name that is taken ends with EEXIST. Answers how to take it away. */
  addDir(dir: SysfsDir): () => void {
    this.#refuseTaken(dir.name);
    this.dirs.set(dir.name, dir);
    return () => {
      this.dirs.delete(dir.name);
    };
  }

  /** Reads a file. ENOENT: no such file; EACCES: its mode does not allow it; otherwise what `show` throws. */
  async read(name: string): Promise<string> {
    return await this.readSoon(name);
  }

  /** The same at once where `show` answers at once, for who reads much; what it throws is then thrown at once, too. */
  readSoon(name: string): string | Promise<string> {
    const attribute = this.#find(name);
    const { show, mode } = attribute;
    if (show === undefined || (mode & 0o444) === 0)
      throw new SysError('EACCES', `mode ${mode.toString(8)} does not allow reading`, { op: name });
    const text = show();
    return typeof text === 'string' ? text : this.#inside(attribute, () => text);
  }

  /** Writes a file. ENOENT, EACCES as for reading; otherwise what `store` throws. Nothing written, nothing stored. */
  async write(name: string, text: string): Promise<void> {
    const attribute = this.#find(name);
    const { store, mode } = attribute;
    if (store === undefined || (mode & 0o222) === 0)
      throw new SysError('EACCES', `mode ${mode.toString(8)} does not allow writing`, { op: name });
    if (text.length > 0) await this.#inside(attribute, () => store(text));
  }

  /** Says that an attribute reads differently now (Linux: sysfs_notify): who polls the file is woken. */
  notify(name: string): void {
    this.#changes.set(name, this.changesOf(name) + 1);
    for (const wake of [...(this.#watchers.get(name) ?? [])]) wake();
  }

  /** How often changes of an attribute were told: who has read it compares. */
  changesOf(name: string): number {
    return this.#changes.get(name) ?? 0;
  }

  /** Asks to be told of changes of an attribute. Answers how to end that. */
  watch(name: string, wake: () => void): () => void {
    const all = this.#watchers.get(name) ?? new Set();
    this.#watchers.set(name, all.add(wake));
    return () => {
      all.delete(wake);
      if (all.size === 0) this.#watchers.delete(name);
    };
  }

  /** Runs a callback of an attribute so that its removal can wait for it and for those before it. */
  async #inside<T>(attribute: Attribute, body: () => T | Promise<T>): Promise<T> {
    const visitors = this.#active.get(attribute) ?? new Visitors();
    this.#active.set(attribute, visitors);
    visitors.count++;
    try {
      return await body();
    } finally {
      if (--visitors.count === 0) {
        this.#active.delete(attribute);
        visitors.leave();
      }
    }
  }

  #find(name: string): Attribute {
    const attribute = this.attributes.get(name);
    if (attribute === undefined) throw new SysError('ENOENT', 'no such attribute', { dev: this.name, op: name });
    return attribute;
  }

  #refuseTaken(name: string, beside?: ReadonlyMap<string, Attribute>): void {
    if (!this.attributes.has(name) && !this.dirs.has(name) && beside?.has(name) !== true) return;
    throw new SysError('EEXIST', 'cannot create duplicate filename', { dev: this.name, op: name });
  }
}

/** Who is inside the callbacks of one attribute. */
class Visitors {
  count = 0;
  readonly #waiting: (() => void)[] = [];

  /** Resolves when the last of them has left. */
  gone(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** For the last of them. */
  leave(): void {
    for (const tell of this.#waiting) tell();
  }
}
