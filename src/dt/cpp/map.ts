// From the text that the preprocessor wrote back to the text that was read.
import type { Position, Via } from '../../base/diagnostic.js';
import { lastAtOrBefore, upperBound } from '../sorted.js';
import type { SourceMap } from '../tree.js';
import type { Inclusion } from './source.js';
import type { Token } from './tokens.js';

/** A macro call and the calls around it: `token` is the name in the body of `parent`'s macro, or in the file. */
export interface CallChain {
  readonly name: string;
  readonly token: Token;
  readonly parent: CallChain | undefined;
}

/** Where the text of an expansion comes from, from `offset` in it on. */
export interface ExpansionMark {
  readonly offset: number;
  /** The calls that made it; undefined when the text stands for itself. */
  readonly chain: CallChain | undefined;
  /** Of an argument that stands in the file of the call: where, as offset in the file. -1 for all else. */
  readonly at: number;
}

/**
 * Collects one segment per run of copied text and per macro call.
 * Four numbers each, no objects: a big board has some ten thousand.
 */
export class MapBuilder {
  readonly #starts: number[] = [];
  readonly #offsets: number[] = [];
  readonly #inclusions: number[] = [];
  readonly #expansions: number[] = [];
  readonly #files: Inclusion[] = [];
  readonly #marks: (readonly ExpansionMark[])[] = [[]];
  #file = -1;

  /** What follows comes from this file, until the next call. */
  enter(file: Inclusion): void {
    if (this.#files[this.#file] === file) return;
    this.#file = this.#files.push(file) - 1;
  }

  /** Output from `start` on was copied from `offset` of the file, or comes from a macro call that stands there. */
  add(start: number, offset: number, marks?: readonly ExpansionMark[]): void {
    this.#starts.push(start);
    this.#offsets.push(offset);
    this.#inclusions.push(this.#file);
    this.#expansions.push(marks === undefined ? 0 : this.#marks.push(marks) - 1);
  }

  /** The finished map of a text of that length. */
  finish(length: number): SourceMap {
    const starts = Int32Array.from(this.#starts);
    const offsets = Int32Array.from(this.#offsets);
    const inclusions = Int32Array.from(this.#inclusions);
    const expansions = Int32Array.from(this.#expansions);
    return {
      locate: (offset) => {
        const index = upperBound(starts, offset) - 1;
        if (index < 0 || offset > length) return undefined;
        const file = this.#files[inclusions[index] as number] as Inclusion;
        const inside = offset - (starts[index] as number);
        const origin = offsets[index] as number;
        if (expansions[index] === 0) return { at: file.position(origin + inside), via: file.via() };
        return locateInside(file, origin, this.#marks[expansions[index] as number] as readonly ExpansionMark[], inside);
      },
    };
  }
}

/** A place in the text of the macro call at `callAt`: an argument stands where it was written, all else at the call. */
function locateInside(
  file: Inclusion,
  callAt: number,
  marks: readonly ExpansionMark[],
  inside: number,
): { readonly at: Position; readonly via: Via[] } {
  const mark = lastAtOrBefore(marks, inside) ?? marks[0];
  const at = mark === undefined || mark.at < 0 ? callAt : mark.at + inside - mark.offset;
  const calls = mark?.chain === undefined ? [] : chainVia(mark.chain, file, callAt);
  return { at: file.position(at), via: [...calls, ...file.via()] };
}

/** The calls of a chain, innermost first; the outermost stands at `callAt` of `file`. */
export function chainVia(chain: CallChain, file: Inclusion, callAt: number): Via[] {
  const via: Via[] = [];
  for (let c: CallChain | undefined = chain; c !== undefined; c = c.parent) {
    const { origin, at } = c.token;
    // A cached expansion was made by an earlier call: where the outermost call stands, only the caller knows.
    const place = c.parent === undefined || origin === undefined ? file.position(callAt) : origin.position(at);
    via.push({ kind: 'macro', name: c.name, at: place });
  }
  return via;
}
