// Directories made of live parts: what they show is looked up when somebody asks, in the objects that it stands for.
import type { VDir, VLink, VNode } from './vfs.js';

/** Some of a directory's entries. */
export interface Entries {
  find(name: string): VNode | undefined;
  list(): Iterable<readonly [name: string, node: VNode]>;
}

/** A directory of these parts; where two have the same name, the first counts. */
export function dirOf(...parts: readonly Entries[]): VDir {
  /** Which part has shown a name: it is asked first the next time. */
  const shownBy = new Map<string, Entries>();
  return {
    kind: 'dir',
    mode: 0o755,
    lookup(name) {
      const known = shownBy.get(name)?.find(name);
      if (known !== undefined) return known;
      for (const part of parts) {
        const node = part.find(name);
        if (node === undefined) continue;
        shownBy.set(name, part);
        return node;
      }
      return undefined;
    },
    *entries() {
      const seen = new Set<string>();
      for (const part of parts) {
        for (const entry of part.list()) {
          if (seen.has(entry[0])) continue;
          seen.add(entry[0]);
          yield entry;
        }
      }
    },
  };
}

/** An entry for each object of a map, under its key; made once per object. */
export function entriesOf<T extends object>(
  map: () => ReadonlyMap<string, T>,
  make: (of: T, name: string) => VNode,
): Entries {
  const nodeOf = oncePer(make);
  return {
    find(name) {
      const of = map().get(name);
      return of === undefined ? undefined : nodeOf(of, name);
    },
    *list() {
      for (const [name, of] of map()) yield [name, nodeOf(of, name)];
    },
  };
}

/** One entry that is there as long as there is something that it stands for; made anew when that becomes another. */
export function entry<T extends object>(name: string, what: () => T | undefined, make: (of: T) => VNode): Entries {
  const nodeOf = oncePer(make);
  const find = (asked: string): VNode | undefined => {
    const of = asked === name ? what() : undefined;
    return of === undefined ? undefined : nodeOf(of, name);
  };
  return {
    find,
    *list() {
      const node = find(name);
      if (node !== undefined) yield [name, node];
    },
  };
}

function oncePer<T extends object>(make: (of: T, name: string) => VNode): (of: T, name: string) => VNode {
  const made = new WeakMap<T, VNode>();
  return (of, name) => {
    const node = made.get(of) ?? make(of, name);
    made.set(of, node);
    return node;
  };
}

/** The entries of another directory. */
export function entriesIn(dir: VDir): Entries {
  return { find: (name) => dir.lookup(name), list: () => dir.entries() };
}

/** Entries that never change. */
export function fixed(nodes: Readonly<Record<string, VNode>>): Entries {
  const map = new Map(Object.entries(nodes));
  return { find: (name) => map.get(name), list: () => map };
}

/**
 * A link from a directory to another place of the same file system, both without leading slash; as sysfs writes it: up
 * to the nearest directory that also holds the target, so that the last part is always the target's name.
 */
export function linkTo(from: string, to: string): VLink {
  const up = from.split('/');
  const down = to.split('/');
  let common = 0;
  while (common < Math.min(up.length, down.length - 1) && up[common] === down[common]) common++;
  return { kind: 'link', target: [...up.slice(common).map(() => '..'), ...down.slice(common)].join('/') };
}
