// Faults: what can go wrong on each wire of the board, what is planned, what has struck, and what came of it.
import type { FaultStanding } from '../../bus/fault-plan.js';
import { formatFault } from '../../bus/fault-text.js';
import { RailsRunning } from '../../stock/activity-rails.js';
import { type FaultStrike, FaultStrikes } from '../fault-strikes.js';
import { type FaultWireName, faultWires } from '../fault-wires.js';
import { Throttle } from '../throttle.js';
import type { View, ViewKind, ViewParts } from '../view.js';

/** A planned fault and what has become of it. */
export interface PlannedFault {
  readonly text: string;
  /** Which operation it waits for; 0 for every one. */
  readonly nth: number;
  /** Operations of its kind so far, and how many it struck. */
  readonly seen: number;
  readonly struck: number;
  /** `waits` for its operation, `done` with it, `on` for every one, `cleared` before it came. */
  readonly state: 'waits' | 'done' | 'on' | 'cleared';
}

/** What the view shows. */
export interface FaultsState {
  /** All that was planned, as `--fault` takes it. */
  readonly text: string;
  readonly plan: readonly PlannedFault[];
  /** The newest first. */
  readonly strikes: readonly (FaultStrike & {
    /** What a program that reads the rails got meanwhile: `VDD_CPU: mV ENXIO`. */
    readonly read: readonly string[];
  })[];
  /** Older strikes that are not listed. */
  readonly dropped: number;
  readonly wires: readonly FaultWireName[];
}

/** The view. */
export const faults: ViewKind = { watch: (parts) => new FaultsView(parts) };

class FaultsView implements View {
  readonly #parts: ViewParts;
  readonly #throttle = new Throttle();
  readonly #strikes: FaultStrikes;
  /** Events of the trace that were looked at. */
  #seen = 0;
  #told = '';

  constructor(parts: ViewParts) {
    this.#parts = parts;
    const { bench } = parts;
    this.#strikes = new FaultStrikes(bench.tree, (line) => {
      const names = bench.wires.lines.find(({ name }) => name === line)?.listeners ?? [];
      return bench.core.devices.filter(({ name }) => names.includes(name)).map(({ path }) => path);
    });
  }

  state(): FaultsState | undefined {
    const { bench, player } = this.#parts;
    this.#look();
    const standing = bench.faults.standing.map(({ point, seen, struck, live }) =>
      [live, struck, live && point.nth > 1 ? seen : 0].join(),
    );
    const key = [this.#strikes.changes, player.changes, bench.core.devices.length, ...standing].join(' ');
    const changed = key !== this.#told;
    this.#told = key;
    if (!this.#throttle.due(bench.clock.now(), changed)) return undefined;
    return {
      text: bench.faults.text,
      plan: bench.faults.standing.map(planned),
      strikes: this.#strikes.strikes.map((strike) => ({ ...strike, read: this.#readDuring(strike) })).reverse(),
      dropped: this.#strikes.dropped,
      wires: faultWires(bench),
    };
  }

  /** What the trace says since the last time. */
  #look(): void {
    const { events } = this.#parts;
    for (const event of events.since(this.#seen)) this.#strikes.feed(event);
    this.#seen = events.ring.end;
  }

  /** Where the rails are being read, the reader is who gets the error. */
  #readDuring({ at, until, where }: FaultStrike): string[] {
    const running = this.#parts.player.running.get('rails');
    if (!(running instanceof RailsRunning)) return [];
    const { gaps, keys, known, everyNs } = running;
    const of = gaps.filter(({ rail, from, to }) => {
      return keys[rail]?.startsWith(`${where}/`) === true && to >= at - everyNs && from <= until + everyNs;
    });
    const texts = of.map(({ rail, words }) => `${known[rail]?.label ?? keys[rail]}: ${words}`);
    return [...new Set(texts)];
  }
}

function planned({ point, seen, struck, live }: FaultStanding): PlannedFault {
  const { nth } = point;
  const ended = nth !== 0 && seen >= nth ? 'done' : 'cleared';
  return { text: formatFault(point), nth, seen, struck, state: live ? (nth === 0 ? 'on' : 'waits') : ended };
}
