// What the trace has said about each device, the last lines of it, and how often a device has changed.
import type { Instant } from '../base/clock.js';
import type { Trace, TraceEvent } from '../base/trace.js';

/** One line about a device: the kernel's log, or a word of the driver core. */
export interface LogLine {
  readonly t: Instant;
  /** The level of the log; `core` for who binds and who waits. */
  readonly level: 'err' | 'warn' | 'info' | 'dbg' | 'core';
  readonly text: string;
}

/** So many lines of each device are kept. */
const MOST_LINES = 200;

interface Lines {
  /** Those that were dropped included. */
  count: number;
  readonly last: LogLine[];
}

/** Listens to a trace until it is closed. */
export class DeviceLog {
  readonly #byPath = new Map<string, Lines>();
  readonly #stop: () => void;
  /** Devices that came, went, bound, failed or wait: counted. */
  changes = 0;

  /** `before` is what was said already. */
  constructor(trace: Trace, before: Iterable<TraceEvent>) {
    for (const event of before) this.#take(event);
    this.#stop = trace.attach((event) => this.#take(event));
  }

  /** How many lines there were about a device. */
  linesOf(path: string): number {
    return this.#byPath.get(path)?.count ?? 0;
  }

  /** The last of them. */
  last(path: string): readonly LogLine[] {
    return this.#byPath.get(path)?.last ?? [];
  }

  close(): void {
    this.#stop();
  }

  #take(event: TraceEvent): void {
    const { t, where } = event;
    if (event.kind === 'printk') return this.#add(where, { t, level: event.level, text: event.text });
    const text = changeOf(event);
    if (text === undefined) return;
    this.changes++;
    if (text !== '') this.#add(where, { t, level: 'core', text });
  }

  #add(path: string, line: LogLine): void {
    const lines = this.#byPath.get(path) ?? { count: 0, last: [] };
    this.#byPath.set(path, lines);
    lines.count++;
    lines.last.push(line);
    if (lines.last.length > MOST_LINES) lines.last.shift();
  }
}

/** What has become of a device, in words; empty where that is no news, undefined where nothing has. */
function changeOf(event: TraceEvent): string | undefined {
  const { kind } = event;
  if (kind === 'bound') return `bound to ${event.driver}`;
  if (kind === 'unbound') return `unbound from ${event.driver}`;
  if (kind === 'deferred' || kind === 'failed') return `${kind}: ${event.reason}`;
  return kind === 'device_add' || kind === 'device_del' ? '' : undefined;
}
