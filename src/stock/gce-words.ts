// What the GCEs of a board say of their threads, with the names that the SoC gives events; and the blocks beside them,
// whose signals threads wait for, of themselves.
import type { Bench } from '../bench/bench.js';
import { CmdqNames, ModuleNames } from '../drivers/mtk-cmdq/disassemble-names.js';
import { type CmdqSoc, cmdqSoc } from '../drivers/mtk-cmdq/soc-tables.js';
import type { DtTree } from '../dt/tree.js';

/** One thread in words: `waits for event 130 (MUTEX_STREAM_DONE0) to be 1`. Or another part of a SoC that has a GCE. */
export interface GceWords {
  /** Device path of its GCE, or block. */
  readonly path: string;
  /** `thread 0`. */
  readonly part: string;
  readonly words: string;
}

/** All threads that somebody has used, and what the SoC's other blocks say. */
export function gceWords({ sockets, tree }: Bench): GceWords[] {
  return [...sockets].flatMap(([path, { inspection }]) => {
    const [soc] = tree.byPath(path)?.compatible.flatMap((name) => cmdqSoc(name) ?? []) ?? [];
    if (soc === undefined) return [];
    const names = new CmdqNames(soc);
    return Object.entries(inspection?.words?.() ?? {}).map(([part, words]) => {
      return { path, part, words: withEventName(words, names) };
    });
  });
}

/** The SoC of the GCE at a device path; undefined where no GCE is. */
export function gceSoc(tree: DtTree, path: string): CmdqSoc | undefined {
  return tree.byPath(path)?.compatible.flatMap((name) => (name.endsWith('-gce') ? (cmdqSoc(name) ?? []) : []))[0];
}

/** The names in programs of a GCE: those of its SoC, and the modules of the tree. */
export function gceNames(tree: DtTree, soc: CmdqSoc): CmdqNames {
  return new CmdqNames(soc, new ModuleNames(tree));
}

/** The words with the event's name behind its number. */
function withEventName(words: string, names: CmdqNames): string {
  return words.replace(/\bevent (\d+)\b/, (event, id: string) => {
    const name = names.eventName(Number(id));
    return name === undefined ? event : `${event} (${name})`;
  });
}
