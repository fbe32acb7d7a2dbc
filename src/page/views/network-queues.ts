// The frame queues of all interfaces: what each is for, how many frames stand in it, how many have passed.
import type { Instant } from '../../base/clock.js';
import type { TraceEvent } from '../../base/trace.js';
import type { Bench } from '../../bench/bench.js';
import { RateWindow } from './rate-window.js';

/** A queue in which something stands, or through which something has passed. */
export interface BusyQueue {
  readonly fqid: number;
  readonly frames: number;
  readonly passed: number;
}

/** Queues of one kind of one interface. */
export interface QueueGroup {
  readonly port: string;
  /** `Rx PCD`. */
  readonly kind: string;
  readonly first: number;
  readonly count: number;
  /** Frames and bytes that stand in them. */
  readonly frames: number;
  readonly bytes: number;
  /** Frames that have passed since power-on, as far as the trace is kept, and how many a second now. */
  readonly passed: number;
  readonly rate: number;
  /** The busiest of them. */
  readonly busy: readonly BusyQueue[];
}

/** Busy queues of a group that are told. */
const MOST_BUSY = 8;
/** What QMan's model says of a queue. */
const STANDS = /, (\d+) frames of (\d+) bytes/;

interface Group {
  readonly port: string;
  readonly kind: string;
  readonly first: number;
  readonly count: number;
  readonly window: RateWindow;
}

/** Counts what passes. */
export class NetworkQueues {
  readonly #bench: Bench;
  readonly #passed = new Map<number, number>();
  #groups: readonly Group[] = [];

  constructor(bench: Bench) {
    this.#bench = bench;
    this.find();
  }

  /** An event of the trace, from the first that is kept on. */
  take(event: TraceEvent): void {
    if (event.kind === 'dpaa_enqueue') this.#passed.set(event.fqid, (this.#passed.get(event.fqid) ?? 0) + 1);
  }

  /** Interfaces have come or gone. */
  find(): void {
    const known = new Map(this.#groups.map((group) => [`${group.port} ${group.kind} ${group.first}`, group]));
    this.#groups = this.#bench.core.classDevices('net').flatMap(({ sysfs }) => {
      const text = sysfs.attributes.get('fqids')?.show?.();
      if (typeof text !== 'string') return [];
      return text.split('\n').flatMap((line) => {
        const [, kind = '', first = '', last = first] = /^(.*): (\d+)(?: - (\d+))?$/.exec(line) ?? [];
        if (kind === '') return [];
        const group = { port: sysfs.name, kind, first: Number(first), count: Number(last) - Number(first) + 1 };
        return known.get(`${group.port} ${kind} ${first}`) ?? { ...group, window: new RateWindow(1) };
      });
    });
  }

  /** All of them now. */
  groups(now: Instant): QueueGroup[] {
    const words = wordsOfQman(this.#bench);
    return this.#groups.map(({ window, ...group }) => {
      const busy: BusyQueue[] = [];
      let [frames, bytes, passed] = [0, 0, 0];
      for (let fqid = group.first; fqid < group.first + group.count; fqid++) {
        const [, standing = '0', size = '0'] = STANDS.exec(words[`fq ${fqid}`] ?? '') ?? [];
        const one = { fqid, frames: Number(standing), passed: this.#passed.get(fqid) ?? 0 };
        frames += one.frames;
        bytes += Number(size);
        passed += one.passed;
        if (one.frames > 0 || one.passed > 0) busy.push(one);
      }
      busy.sort((a, b) => b.frames - a.frames || b.passed - a.passed || a.fqid - b.fqid);
      const [rate = 0] = window.rates(now, [passed]);
      return { ...group, frames, bytes, passed, rate, busy: busy.slice(0, MOST_BUSY) };
    });
  }
}

function wordsOfQman({ sockets }: Bench): Readonly<Record<string, string>> {
  for (const { model, inspection } of sockets.values()) {
    const words = model.name === 'qman' ? inspection?.words?.() : undefined;
    if (words !== undefined) return words;
  }
  return {};
}
