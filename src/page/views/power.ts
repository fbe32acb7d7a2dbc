// Power rails: what the activity `rails` has read, when a rail could not be read, and the knobs around the monitors.
import type { Duration, Instant } from '../../base/clock.js';
import type { NodeReport, NodeState } from '../../bench/report.js';
import type { Knob } from '../../bus/socket.js';
import { ofMatchIndex } from '../../core/device.js';
import type { DtNode } from '../../dt/tree.js';
import { type RailGap, RailsRunning } from '../../stock/activity-rails.js';
import { POWER_MONITORS } from '../../stock/catalogue.js';
import type { RefusedWrite } from '../../stock/file-write.js';
import type { PowerRail, PowerTotal } from '../../stock/power-sample.js';
import { rowsFrame } from '../frames.js';
import { Throttle } from '../throttle.js';
import type { View, ViewKind, ViewParts } from '../view.js';
import { HISTORY_FRAME, ROWS_FRAME } from './power-frames.js';

/** A knob of a chip, where it stands. */
export type PowerKnob = Pick<Knob, 'name' | 'unit' | 'min' | 'max' | 'about'> & { readonly value: number };

/** A node that measures power rails. */
export interface PowerMonitor {
  readonly path: string;
  /** Linux's device name; empty where there is no device. */
  readonly device: string;
  readonly state: NodeState;
  /** Why it is not bound. */
  readonly reason?: string;
  /** Path of the I2C controller, and the address of the chip there. */
  readonly bus: string;
  readonly addr: number;
  /** Empty where no model is plugged. */
  readonly knobs: readonly PowerKnob[];
}

/** How rails are being read. */
export interface PowerReading {
  readonly everyNs: Duration;
  readonly reads: number;
  readonly missed: number;
}

/** What the view shows. */
export interface PowerState {
  /** Absent while nobody reads; the rails are then those of the last reading. */
  readonly reading?: PowerReading;
  /** When the newest reading was, ns; absent before the first. */
  readonly at?: Instant;
  readonly rails: readonly PowerRail[];
  readonly total?: PowerTotal;
  /** Path and channel of each rail of the history: three columns each. */
  readonly keys: readonly string[];
  /** When rails could not be read, the newest last. */
  readonly gaps: readonly RailGap[];
  readonly monitors: readonly PowerMonitor[];
  /** The last limit that a device did not take. */
  readonly refused?: RefusedWrite;
  /** Why the rails cannot be read now. */
  readonly hindrance?: string;
}

/** Gaps in a state. */
const MOST_GAPS = 60;
/** Rows that wait to be sent; beyond that the whole history is sent again. */
const MOST_ROWS = 2_000;

/** The view. */
export const power: ViewKind = { watch: (parts) => new PowerView(parts) };

class PowerView implements View {
  readonly #parts: ViewParts;
  readonly #throttle = new Throttle();
  /** The nodes that measure: the tree stays as it is. */
  readonly #nodes: readonly DtNode[];
  #told = '';
  #reports: readonly NodeReport[] = [];
  #bound = -1;
  #source: RailsRunning | undefined;
  #ignore: (() => void) | undefined;
  #rows: Float64Array[] = [];
  /** Columns that the page knows of; -1 for a page that knows nothing. */
  #columns = -1;
  /** Columns that the last state told of. */
  #stated = -1;

  constructor(parts: ViewParts) {
    this.#parts = parts;
    this.#nodes = [...parts.bench.tree.root.walk()].filter((node) => ofMatchIndex(node, POWER_MONITORS) !== undefined);
  }

  state(): PowerState | undefined {
    const { bench, player } = this.#parts;
    this.#listen();
    const bound = bench.core.classDevices('hwmon').length;
    const key = [this.#running?.missed, this.#source?.history.rows, player.changes, bound].join(' ');
    const changed = key !== this.#told;
    this.#told = key;
    if (!this.#throttle.due(bench.clock.now(), changed)) return undefined;
    if (bound !== this.#bound) this.#reports = bench.report();
    this.#bound = bound;
    return this.#state();
  }

  #state(): PowerState {
    const source = this.#source;
    const running = this.#running;
    const { hindrance } = this.#parts.player.offers.find(({ name }) => name === 'rails') ?? {};
    const { latest, keys = [], gaps = [], history } = source ?? {};
    this.#stated = history?.columns ?? -1;
    const refused = this.#parts.player.refused.at(-1);
    return {
      ...(running === undefined ? {} : { reading: readingOf(running) }),
      ...(history?.span === undefined ? {} : { at: history.span.to }),
      rails: source === undefined ? [] : railsOf(source),
      ...(latest?.total === undefined ? {} : { total: latest.total }),
      keys,
      gaps: gaps.slice(-MOST_GAPS),
      monitors: this.#nodes.map((node) => this.#monitor(node)),
      ...(refused === undefined ? {} : { refused }),
      ...(hindrance === undefined ? {} : { hindrance }),
    };
  }

  #monitor(node: DtNode): PowerMonitor {
    const { path } = node;
    const { device = '', state = 'no device', reason } = this.#reports.find((one) => one.path === path) ?? {};
    const knobs = [...(this.#parts.bench.sockets.get(path)?.knobs.values() ?? [])];
    return {
      ...{ path, device, state, bus: node.parent?.path ?? '', addr: node.u32('reg') ?? 0 },
      ...(reason === undefined ? {} : { reason }),
      knobs: knobs.map((knob) => {
        const { name, unit, min, max, about } = knob;
        return { name, unit, min, max, about, value: knob.get() };
      }),
    };
  }

  frames(send: (frame: Uint8Array) => void): void {
    const history = this.#source?.history;
    // The page must know first which column is what.
    if (history === undefined || history.columns !== this.#stated) return;
    const rows = this.#rows;
    this.#rows = [];
    if (this.#columns !== history.columns) {
      this.#columns = history.columns;
      send(rowsFrame('power', HISTORY_FRAME, bytesOf(history.save())));
    } else if (rows.length > 0) {
      const together = new Float64Array(rows.length * (this.#columns + 1));
      rows.forEach((row, index) => together.set(row, index * (this.#columns + 1)));
      send(rowsFrame('power', ROWS_FRAME, bytesOf(together)));
    }
  }

  get #running(): RailsRunning | undefined {
    const running = this.#parts.player.running.get('rails');
    return running instanceof RailsRunning ? running : undefined;
  }

  /** One that was stopped is looked at until another has read something. */
  #listen(): void {
    const running = this.#running;
    if (running === undefined || running === this.#source || running.latest === undefined) return;
    this.#ignore?.();
    this.#source = running;
    this.#columns = -1;
    this.#stated = -1;
    this.#rows = [];
    this.#ignore = running.onRow((t, row) => {
      this.#rows.push(Float64Array.of(t, ...row));
      if (this.#rows.length <= MOST_ROWS) return;
      this.#rows = [];
      this.#columns = -1;
    });
  }

  close(): void {
    this.#ignore?.();
  }
}

/** A rail whose monitor is gone stays in its place: its files would end with ENODEV. */
function railsOf({ keys, known, latest }: RailsRunning): PowerRail[] {
  return known.map((rail, index) => {
    const now = latest?.rails.find(({ path, channel }) => `${path} ${channel}` === keys[index]);
    const { path, device, channel, label } = rail;
    return now ?? { path, device, channel, label, millivolts: 'ENODEV', milliamperes: 'ENODEV' };
  });
}

function readingOf({ everyNs, history, missed }: RailsRunning): PowerReading {
  return { everyNs, reads: history.rows, missed };
}

function bytesOf(numbers: Float64Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}
