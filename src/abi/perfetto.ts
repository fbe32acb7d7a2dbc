// The trace for ui.perfetto.dev: its protobuf (protos/perfetto/trace), made by hand. A track for each place, named as
// its device; slices for what lasts (a probe, a transfer on I2C, an interrupt handler, a state of a GCE thread),
// moments for everything else, with the event's own text beside.
import type { Instant } from '../base/clock.js';
import type { TraceEvent } from '../base/trace.js';
import { ProtoWriter } from './proto-writer.js';
import { traceText } from './trace-text.js';

/** Takes the bytes of a file piece by piece, in order. */
export type PerfettoSink = (bytes: Uint8Array) => void;

/** Numbers of fields, by message. */
const PACKET = { packet: 1, timestamp: 8, sequence: 10, event: 11, flags: 13, descriptor: 60 } as const;
const EVENT = { annotation: 4, type: 9, track: 11, category: 22, name: 23 } as const;
const ANNOTATION = { name: 10, text: 6 } as const;
const DESCRIPTOR = { uuid: 1, name: 2, parent: 5 } as const;
const TYPE = { begin: 1, end: 2, instant: 3 } as const;
/** The only writer of the file, which begins with no memory of others. */
const SEQUENCE = 1;
const CLEARED = 1;
const ROOT = 1;
/** So many bytes are kept back at most. */
const PIECE_BYTES = 64 * 1024;

/** What lasts: an event that begins or ends it on a track below that of its place. */
interface Lasting {
  readonly kinds: readonly TraceEvent['kind'][];
  /** Which of the slices of a place: the name of the track below it. */
  track(event: TraceEvent): string;
  /** What begins with the event; undefined when nothing does. What ran before on that track ends. */
  begins(event: TraceEvent): string | undefined;
}

/** Table of what lasts. */
const LASTING: readonly Lasting[] = [
  {
    kinds: ['i2c_write', 'i2c_read', 'i2c_result'],
    track: (e) => ('addr' in e && typeof e.addr === 'number' ? `a=${e.addr.toString(16).padStart(3, '0')}` : ''),
    begins: (e) => (e.kind === 'i2c_result' ? undefined : 'transfer'),
  },
  {
    kinds: ['irq_handler_entry', 'irq_handler_exit'],
    track: (e) => ('action' in e ? e.action : ''),
    begins: (e) => (e.kind === 'irq_handler_entry' ? e.action : undefined),
  },
  {
    kinds: ['gce_thread'],
    track: (e) => ('thread' in e ? `thread ${e.thread}` : ''),
    begins: (e) =>
      e.kind !== 'gce_thread' || e.state === 'disabled' || e.state.startsWith('idle') ? undefined : e.state,
  },
  {
    kinds: ['device_add', 'deferred', 'failed', 'bound', 'unbound', 'device_del'],
    track: () => 'driver',
    begins: (e) => DRIVER_STATES[e.kind]?.(e),
  },
];

/** What a device is from then on. A probe takes from the device, or from its deferral, to what came of it. */
const DRIVER_STATES: Readonly<Partial<Record<TraceEvent['kind'], (e: TraceEvent) => string | undefined>>> = {
  device_add: () => 'probe',
  deferred: (e) => (e.kind === 'deferred' ? `probe: ${e.reason}` : undefined),
  failed: (e) => (e.kind === 'failed' ? `failed: ${e.reason}` : undefined),
  bound: (e) => (e.kind === 'bound' ? `bound: ${e.driver}` : undefined),
};

const BY_KIND = new Map(LASTING.flatMap((one) => one.kinds.map((kind) => [kind, one] as const)));

/** Writes one trace. Whatever still lasts at the end is closed by `end`. */
export class PerfettoWriter {
  readonly #sink: PerfettoSink;
  readonly #out = new ProtoWriter();
  readonly #tracks = new Map<string, number>();
  /** Tracks on which something lasts. */
  readonly #open = new Set<number>();
  #last: Instant = 0;

  constructor(sink: PerfettoSink) {
    this.#sink = sink;
    this.#describe(ROOT, 'bringup', 0);
  }

  /** Adds an event; they come in order. */
  add(event: TraceEvent): void {
    this.#last = event.t;
    const place = this.#track(event.where, event.where, ROOT);
    const lasting = BY_KIND.get(event.kind);
    if (lasting === undefined) this.#event(TYPE.instant, place, event.t, event.kind, event);
    else {
      const name = lasting.track(event);
      const track = this.#track(`${event.where}\n${name}`, name, place);
      this.#turn(track, lasting.begins(event), event);
    }
    if (this.#out.length >= PIECE_BYTES) this.#flush();
  }

  /** Closes what lasts, and writes the rest. */
  end(): void {
    for (const track of this.#open) this.#event(TYPE.end, track, this.#last);
    this.#open.clear();
    this.#flush();
  }

  /** The parts of a transfer are one slice, with each part in it as a moment. */
  #turn(track: number, begins: string | undefined, event: TraceEvent): void {
    const isPart = begins === 'transfer' && this.#open.has(track);
    if (isPart) return this.#event(TYPE.instant, track, event.t, event.kind, event);
    if (event.kind === 'i2c_result') this.#event(TYPE.instant, track, event.t, event.kind, event);
    if (this.#open.delete(track)) this.#event(TYPE.end, track, event.t);
    if (begins === undefined) return;
    this.#open.add(track);
    this.#event(TYPE.begin, track, event.t, begins, event);
    if (begins === 'transfer') this.#event(TYPE.instant, track, event.t, event.kind, event);
  }

  #track(key: string, name: string, parent: number): number {
    const known = this.#tracks.get(key);
    if (known !== undefined) return known;
    const uuid = ROOT + 1 + this.#tracks.size;
    this.#tracks.set(key, uuid);
    this.#describe(uuid, name, parent);
    return uuid;
  }

  #describe(uuid: number, name: string, parent: number): void {
    const out = this.#out;
    const packet = out.open(PACKET.packet);
    out.uint(PACKET.sequence, SEQUENCE);
    if (parent === 0) out.uint(PACKET.flags, CLEARED);
    const descriptor = out.open(PACKET.descriptor);
    out.uint(DESCRIPTOR.uuid, uuid);
    out.text(DESCRIPTOR.name, name);
    if (parent !== 0) out.uint(DESCRIPTOR.parent, parent);
    out.close(descriptor);
    out.close(packet);
  }

  #event(type: number, track: number, t: Instant, name?: string, event?: TraceEvent): void {
    const out = this.#out;
    const packet = out.open(PACKET.packet);
    out.uint(PACKET.timestamp, t);
    out.uint(PACKET.sequence, SEQUENCE);
    const body = out.open(PACKET.event);
    out.uint(EVENT.type, type);
    out.uint(EVENT.track, track);
    if (name !== undefined) out.text(EVENT.name, name);
    if (event !== undefined) this.#about(event);
    out.close(body);
    out.close(packet);
  }

  #about(event: TraceEvent): void {
    const out = this.#out;
    out.text(EVENT.category, event.kind);
    const text = traceText(event);
    if (text === '') return;
    const annotation = out.open(EVENT.annotation);
    out.text(ANNOTATION.name, 'text');
    out.text(ANNOTATION.text, text);
    out.close(annotation);
  }

  #flush(): void {
    if (this.#out.length > 0) this.#sink(this.#out.take());
  }
}
