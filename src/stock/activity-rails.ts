// The activity `rails`: a program of the board reads all its rails again and again, as `bringup power watch` does.
import { readGuardedRails } from '../abi/rails.js';
import { type Duration, type Instant, ms, s, type Timer } from '../base/clock.js';
import { SysError } from '../base/errno.js';
import { History } from '../base/history.js';
import type { Bench } from '../bench/bench.js';
import type { Activity, Running } from './activity.js';
import { POWER_MONITORS } from './catalogue.js';
import { parseDuration } from './duration.js';
import { InputError } from './input-error.js';
import { errorsOf, type PowerRail, type PowerSample, powerSample } from './power-sample.js';

/** What is kept of each rail, in the order of the history's columns; NaN where it could not be read. */
const RAIL_COLUMNS = ['millivolts', 'milliamperes', 'milliwatts'] as const;

/** A time in which a rail could not be read. */
export interface RailGap {
  /** Its place in `keys`. */
  readonly rail: number;
  readonly from: Instant;
  /** The last reading that failed. */
  readonly to: Instant;
  /** What failed, with the kernel's word: `mV ENXIO`. */
  readonly words: string;
}

/** Gaps that are kept; older ones are forgotten. */
const MOST_GAPS = 200;
const LEAST_EVERY = ms(1);
const MOST_EVERY = s(60);

/** The kind. */
export const railsActivity: Activity = {
  name: 'rails',
  about: 'read all power rails through their drivers; every=100ms',
  hindrance({ bench }) {
    if (bench.core.classDevices('hwmon').length > 0) return undefined;
    return `no power monitor is bound (kinds known here: ${POWER_MONITORS.join(', ')})`;
  },
  start({ bench }, args) {
    return new RailsRunning(bench, everyOf(args));
  },
};

function everyOf(args: ReadonlyMap<string, string>): Duration {
  const unknown = [...args.keys()].find((name) => name !== 'every');
  if (unknown !== undefined) throw new InputError('start rails', `it has no ${unknown}`, 'write every=100ms, say');
  const text = args.get('every') ?? '100ms';
  const every = parseDuration(text);
  if (typeof every === 'string') throw new InputError(`every=${text}`, every, 'write every=100ms, say');
  if (every >= LEAST_EVERY && every <= MOST_EVERY) return every;
  throw new InputError(`every=${text}`, 'it is from 1 ms to 60 s', 'write every=100ms, say');
}

/** Reads. Who looks at it changes nothing: readings come whether somebody listens or not. */
export class RailsRunning implements Running {
  readonly everyNs: Duration;
  /** The newest reading; its `seconds` are since power-on. Undefined before the first. */
  latest: PowerSample | undefined;
  /** Path and channel of each rail that was ever read: three columns of the history each, see RAIL_COLUMNS. */
  readonly keys: string[] = [];
  /** The last that was read of each of them. */
  readonly known: PowerRail[] = [];
  readonly history: History = new History({ columns: 0 });
  /** Times that were left out, since the reading before had not ended. */
  missed = 0;
  readonly #bench: Bench;
  readonly #gaps: RailGap[] = [];
  readonly #listeners = new Set<(t: Instant, row: Float64Array) => void>();
  #timer: Timer | undefined;
  #busy = false;
  #broken: Error | undefined;
  #stopped = false;

  constructor(bench: Bench, everyNs: Duration) {
    this.#bench = bench;
    this.everyNs = everyNs;
    this.#timer = bench.clock.after(0, () => this.#fire());
  }

  get state(): Readonly<Record<string, unknown>> {
    const { everyNs, missed, history } = this;
    return { everyNs, reads: history.rows, missed };
  }

  /** When which rail could not be read, the oldest first. */
  get gaps(): readonly RailGap[] {
    return this.#gaps;
  }

  /** Calls with each reading that ends, a row of the history; valid during the call only. Answers how to stop. */
  onRow(listener: (t: Instant, row: Float64Array) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #fire(): void {
    // Nobody waits for a reading; what it found of our mistakes is thrown where time passes.
    if (this.#broken !== undefined) throw this.#broken;
    this.#timer = this.#bench.clock.after(this.everyNs, () => this.#fire());
    if (this.#busy) {
      this.missed++;
      return;
    }
    this.#busy = true;
    this.#read().then(
      () => (this.#busy = false),
      (error: unknown) => (this.#broken = error instanceof Error ? error : new Error(String(error))),
    );
  }

  async #read(): Promise<void> {
    const { clock, core } = this.#bench;
    const t = clock.now();
    try {
      const sample = powerSample({ seconds: t / s(1) }, await readGuardedRails(core));
      if (!this.#stopped) this.#take(t, sample);
    } catch (e) {
      // A monitor that goes away while it is read has no rails in the next reading.
      if (!(e instanceof SysError)) throw e;
      this.missed++;
    }
  }

  #take(t: Instant, sample: PowerSample): void {
    this.latest = sample;
    const rows = sample.rails.map((rail) => [this.#indexOf(rail), rail] as const);
    const row = new Float64Array(this.history.columns).fill(Number.NaN);
    for (const [index, rail] of rows) {
      this.known[index] = rail;
      RAIL_COLUMNS.forEach((name, column) => {
        const value = rail[name];
        if (typeof value === 'number') row[index * RAIL_COLUMNS.length + column] = value;
      });
      this.#note(t, index, errorsOf(rail).join(', '));
    }
    this.keys.forEach((_, index) => {
      if (!rows.some(([known]) => known === index)) this.#note(t, index, 'its monitor is gone');
    });
    this.history.push(t, row);
    for (const listener of this.#listeners) listener(t, row);
  }

  #indexOf({ path, channel }: PowerRail): number {
    const key = `${path} ${channel}`;
    const known = this.keys.indexOf(key);
    if (known >= 0) return known;
    this.keys.push(key);
    this.history.widen(this.keys.length * RAIL_COLUMNS.length);
    return this.keys.length - 1;
  }

  /** A gap goes on while the words stay the same and no reading in between was well. */
  #note(t: Instant, rail: number, words: string): void {
    if (words === '') return;
    const at = this.#gaps.findLastIndex((gap) => gap.rail === rail);
    const last = this.#gaps[at];
    const before = this.history.span?.to;
    if (last !== undefined && last.words === words && last.to === before) this.#gaps[at] = { ...last, to: t };
    else this.#gaps.push({ rail, from: t, to: t, words });
    if (this.#gaps.length > MOST_GAPS) this.#gaps.shift();
  }
}
