// What happens to a GCE as marks on a time line: threads change their state, events come in, something goes wrong. From
// board to page they travel as rows of 16 bytes, little-endian:
//
//   0  f64  when, ns since power-on
//   8  u8   what: its place in MARK_KINDS
//   9  u8   of a thread: its place in THREAD_STATES
//  10  u16  which thread, or which event
//  12  u32  of a thread that waits: the event and 1; else 0
import type { Instant } from '../../base/clock.js';
import type { TraceEvent } from '../../base/trace.js';
import type { ThreadState } from '../../chips/gce/look.js';

/** What a mark tells. */
export const MARK_KINDS = ['thread', 'event', 'trouble'] as const;
/** States of a thread, as the engine calls them. */
export const THREAD_STATES: readonly ThreadState[] = [
  ...(['disabled', 'running', 'waiting', 'polling', 'suspended', 'idle-at-end', 'error'] as const),
];

/** One mark. */
export interface Mark {
  readonly t: Instant;
  readonly kind: (typeof MARK_KINDS)[number];
  readonly state: ThreadState;
  /** Number of the thread or of the event. */
  readonly id: number;
  /** The event that a thread waits for. */
  readonly event: number | undefined;
}

const MARK_BYTES = 16;
/** Marks that wait for the page to take them; older ones are forgotten. */
const MOST_WAITING = 65_536;

/** Marks on their way to the page. */
export class MarkRows {
  #view = new DataView(new ArrayBuffer(MARK_BYTES * 256));
  #count = 0;

  /** Adds one. */
  push({ t, kind, state, id, event }: Mark): void {
    if (this.#count === MOST_WAITING) this.#forget();
    if ((this.#count + 1) * MARK_BYTES > this.#view.byteLength) this.#grow();
    const at = this.#count++ * MARK_BYTES;
    this.#view.setFloat64(at, t, true);
    this.#view.setUint8(at + 8, MARK_KINDS.indexOf(kind));
    this.#view.setUint8(at + 9, THREAD_STATES.indexOf(state));
    this.#view.setUint16(at + 10, id, true);
    this.#view.setUint32(at + 12, event === undefined ? 0 : event + 1, true);
  }

  /** Those since the last time; undefined where there are none. */
  take(): Uint8Array | undefined {
    if (this.#count === 0) return undefined;
    const bytes = new Uint8Array(this.#view.buffer, 0, this.#count * MARK_BYTES).slice();
    this.#count = 0;
    return bytes;
  }

  #grow(): void {
    const larger = new Uint8Array(this.#view.byteLength * 2);
    larger.set(new Uint8Array(this.#view.buffer));
    this.#view = new DataView(larger.buffer);
  }

  #forget(): void {
    const half = MOST_WAITING / 2;
    new Uint8Array(this.#view.buffer).copyWithin(0, half * MARK_BYTES);
    this.#count = half;
  }
}

/** The marks of rows; a rest that is none is left out. */
export function readMarks(bytes: Uint8Array): Mark[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: Math.floor(bytes.length / MARK_BYTES) }, (_, index): Mark => {
    const at = index * MARK_BYTES;
    const event = view.getUint32(at + 12, true);
    return {
      t: view.getFloat64(at, true),
      kind: MARK_KINDS[view.getUint8(at + 8)] ?? 'trouble',
      state: THREAD_STATES[view.getUint8(at + 9)] ?? 'error',
      id: view.getUint16(at + 10, true),
      event: event === 0 ? undefined : event - 1,
    };
  });
}

/** A line that brought an event to the GCE. */
export interface Raise {
  readonly t: Instant;
  /** Device path of the block, and its signal. */
  readonly where: string;
  readonly signal: string;
  /** A fault kept it from arriving. */
  readonly lost?: true;
}

/** Something that went wrong. */
export interface Trouble {
  readonly t: Instant;
  readonly where: string;
  readonly text: string;
  /** So many times in a row; `t` is the last. */
  readonly count: number;
}

const MOST_TROUBLES = 20;

/** Hears a trace, and keeps what concerns one GCE. */
export class GceEars {
  readonly rows = new MarkRows();
  /** Who brought each event last, by its number. */
  readonly raises = new Map<number, Raise>();
  readonly threads = new Map<number, Mark>();
  /** Events that a thread has waited for. */
  readonly waited = new Set<number>();
  troubles: readonly Trouble[] = [];
  readonly #path: string;
  /** What the last pulse brought. */
  #fresh: readonly number[] = [];
  /** Numbers of the events that lead to the GCE, by the targets of a signal. */
  readonly #ids = new Map<string, readonly number[]>();

  constructor(path: string) {
    this.#path = path;
  }

  /** One event of the trace, in order. */
  hear(event: TraceEvent): void {
    switch (event.kind) {
      case 'event_fire':
        return this.#fired(event.t, event.where, event.signal, event.to);
      case 'gce_thread':
        if (event.where === this.#path) this.#changed(event.t, event.thread, event.state as ThreadState, event.why);
        return;
      case 'gce_finding':
        if (event.where === this.#path)
          this.#wrong(event, `thread ${event.thread} at ${event.pc}: ${event.text}`, event.thread);
        return;
      case 'fault':
        this.#lost(event.t, event.where);
        return this.#wrong(event, `${event.point} ${event.fault}`, 0);
      default:
    }
  }

  /** A thread is in a state, as of that moment. */
  #changed(t: Instant, id: number, state: ThreadState, why: string): void {
    const waits = /\bevent (\d+)\b/.exec(why)?.[1];
    const event = waits === undefined ? undefined : Number(waits);
    const mark: Mark = { t, kind: 'thread', state, id, event };
    this.threads.set(id, mark);
    if (event !== undefined) this.waited.add(event);
    this.rows.push(mark);
    if (state === 'error') this.#wrong({ t, where: this.#path }, `thread ${id} ${why}`, id);
  }

  #fired(t: Instant, where: string, signal: string, to: string): void {
    let ids = this.#ids.get(to);
    if (ids === undefined) this.#ids.set(to, (ids = this.#idsOf(to)));
    this.#fresh = ids;
    for (const id of ids) {
      this.raises.set(id, { t, where, signal });
      this.rows.push({ t, kind: 'event', state: 'disabled', id, event: undefined });
    }
  }

  /** A fault strikes a signal right behind its pulse. */
  #lost(t: Instant, where: string): void {
    for (const id of this.#fresh) {
      const raise = this.raises.get(id);
      if (raise?.t === t && raise.where === where) this.raises.set(id, { ...raise, lost: true });
    }
  }

  #idsOf(to: string): number[] {
    const places = to.split(' ').filter((place) => place.startsWith(`${this.#path}:`));
    return places.map((place) => Number(place.slice(this.#path.length + 1)));
  }

  #wrong({ t, where }: { readonly t: Instant; readonly where: string }, text: string, id: number): void {
    const last = this.troubles.at(-1);
    const isAgain = last?.where === where && last.text === text;
    const trouble = { t, where, text, count: isAgain ? last.count + 1 : 1 };
    this.troubles = [...(isAgain ? this.troubles.slice(0, -1) : this.troubles), trouble].slice(-MOST_TROUBLES);
    this.rows.push({ t, kind: 'trouble', state: 'error', id, event: undefined });
  }
}
