// A trace as files, part by part: a million events at once would stop the board and fill the way to the page.
import { base64 } from '../base/base64.js';
import { type TraceEvent, Trace } from '../base/trace.js';
import { EdgeCapture } from '../abi/edge-capture.js';
import { PerfettoWriter } from '../abi/perfetto.js';
import { traceJson, traceLine } from '../abi/trace-text.js';
import type { TraceRing } from './trace-ring.js';

/** What a trace is written as. The texts are those of `--trace FILE`, the capture that of `--capture FILE`. */
export const EXPORT_FORMS = ['text', 'json', 'perfetto', 'packets'] as const;
/** One of them. */
export type ExportForm = (typeof EXPORT_FORMS)[number];

/** A part of a file. */
export interface ExportPart {
  /** Text, or bytes in base64. */
  readonly text: string;
  readonly coded: boolean;
  /** Events so far, of how many. */
  readonly events: number;
  readonly of: number;
  readonly done: boolean;
}

/** Turns events into a file. */
interface Maker {
  add(event: TraceEvent): void;
  end?(): void;
  /** What came since the last time. */
  take(): string;
  readonly coded: boolean;
}

const PART_EVENTS = 20_000;

/** Table of makers. */
const MAKERS: Readonly<Record<ExportForm, () => Maker>> = {
  text: () => lines(traceLine),
  json: () => lines(traceJson),
  perfetto: () => {
    const parts: Uint8Array[] = [];
    const writer = new PerfettoWriter((bytes) => void parts.push(bytes));
    return { add: (event) => writer.add(event), end: () => writer.end(), take: () => coded(parts), coded: true };
  },
  packets,
};

function lines(line: (event: TraceEvent) => string): Maker {
  let parts: string[] = [];
  const take = (): string => {
    const text = parts.join('');
    parts = [];
    return text;
  };
  return { add: (event) => void parts.push(`${line(event)}\n`), take, coded: false };
}

/** The capture listens to a trace: the same events go through another one. */
function packets(): Maker {
  let now = 0;
  const parts: Uint8Array[] = [];
  const again = new Trace(() => now);
  const capture = new EdgeCapture(again, (bytes) => void parts.push(bytes));
  const add = (event: TraceEvent): void => {
    now = event.t;
    again.emit(event.where, event);
  };
  return { add, end: () => capture.end(), take: () => coded(parts), coded: true };
}

function coded(parts: Uint8Array[]): string {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts.splice(0)) {
    whole.set(part, at);
    at += part.length;
  }
  return base64(whole);
}

/** One file at a time. */
export class TraceExport {
  readonly #ring: TraceRing;
  #maker: Maker | undefined;
  #from = 0;
  #next = 0;
  #end = 0;

  constructor(ring: TraceRing) {
    this.#ring = ring;
  }

  /** Begins a file of what is kept now. */
  begin(form: ExportForm): void {
    const { first, end } = this.#ring;
    this.#maker = MAKERS[form]();
    this.#from = first;
    this.#next = first;
    this.#end = end;
  }

  /** The next part; undefined when nothing was begun. */
  next(): ExportPart | undefined {
    const maker = this.#maker;
    if (maker === undefined) return undefined;
    const to = Math.min(this.#next + PART_EVENTS, this.#end);
    for (const event of this.#ring.range(this.#next, to)) maker.add(event);
    this.#next = to;
    const done = to === this.#end;
    if (done) {
      maker.end?.();
      this.#maker = undefined;
    }
    const [events, of] = [to - this.#from, this.#end - this.#from];
    return { text: maker.take(), coded: maker.coded, events, of, done };
  }
}
