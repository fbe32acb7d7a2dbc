// The text being compiled: the main file and what /include/ adds, laid end to end so that one number names a place.
import type { Position, Via } from '../../base/diagnostic.js';
import { lastAtOrBefore, lineStarts, upperBound } from '../sorted.js';
import type { SourceMap } from '../tree.js';

/** One file's text. */
export interface Segment {
  readonly file: string;
  /** One character per byte. */
  readonly text: string;
  /** Offset of its first character among all texts. */
  readonly base: number;
  /** Offset of the /include/ that brought it; -1 for the main text. */
  readonly includedAt: number;
  /** Positions of the text where somebody else (the preprocessor) knows them. */
  readonly map: SourceMap | undefined;
}

/** A stretch of text whose lines count from `line` in `file`: a whole file, or what follows a line marker. */
interface Run {
  readonly offset: number;
  readonly file: string;
  readonly line: number;
}

const LINE_MARKER = /^#(?:line)?[ \t]+(\d+)[ \t]+"((?:[^\\"]|\\.)*)".*\n?/gm;

/** All texts of one compilation, and where each character of them was written. */
export class SourceInput implements SourceMap {
  readonly segments: Segment[] = [];
  readonly #runs = new Map<Segment, readonly Run[]>();
  readonly #lines = new Map<Segment, Int32Array>();

  /** Adds a text behind the last one. */
  add(file: string, text: string, includedAt = -1, map?: SourceMap): Segment {
    const last = this.segments.at(-1);
    const base = last === undefined ? 0 : last.base + last.text.length + 1;
    const segment = { file, text, base, includedAt, map };
    this.segments.push(segment);
    return segment;
  }

  /** The segment an offset falls into. */
  #segment(offset: number): Segment | undefined {
    return this.segments.findLast((segment) => segment.base <= offset);
  }

  locate(offset: number): { readonly at: Position; readonly via: readonly Via[] } | undefined {
    const segment = offset < 0 ? undefined : this.#segment(offset);
    if (segment === undefined) return undefined;
    const inner = offset - segment.base;
    const found = segment.map?.locate(inner) ?? { at: this.#position(segment, inner), via: [] };
    if (segment.includedAt < 0) return found;
    const from = this.locate(segment.includedAt);
    if (from === undefined) return found;
    const via: Via = { kind: 'include', name: segment.file, at: from.at };
    return { at: found.at, via: [...found.via, via, ...from.via] };
  }

  #position(segment: Segment, offset: number): Position {
    let runs = this.#runs.get(segment);
    if (runs === undefined) {
      runs = findRuns(segment);
      this.#runs.set(segment, runs);
    }
    const run = lastAtOrBefore(runs, offset) as Run;
    const starts = this.#lineStarts(segment);
    const index = upperBound(starts, offset);
    const line = run.line + index - upperBound(starts, run.offset);
    return { file: run.file, line, column: offset - (starts[index - 1] as number) + 1 };
  }

  #lineStarts(segment: Segment): Int32Array {
    let starts = this.#lines.get(segment);
    if (starts === undefined) {
      starts = lineStarts(segment.text);
      this.#lines.set(segment, starts);
    }
    return starts;
  }
}

function findRuns(segment: Segment): Run[] {
  const runs: Run[] = [{ offset: 0, file: segment.file, line: 1 }];
  for (const marker of segment.text.matchAll(LINE_MARKER)) {
    // An empty name names no place.
    const file = (marker[2] as string).replace(/\\(.)/g, '$1') || (runs.at(-1) as Run).file;
    runs.push({ offset: marker.index + marker[0].length, file, line: Number(marker[1]) });
  }
  return runs;
}
