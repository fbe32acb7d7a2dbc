// Devices and what became of them: what `bringup devices --json` prints; and of one of them all that is known: whom it
// waits for, its log, its node.
import type { NodeReport } from '../../bench/report.js';
import { type AbsentDisplay, absentDisplays, readDisplays } from '../../abi/displays.js';
import { totalsOf } from '../../stock/boot-report.js';
import { rootReason, totalsText } from '../../stock/board-words.js';
import { DISPLAY_DRIVERS } from '../../stock/catalogue.js';
import { DeviceLog } from '../device-log.js';
import type { Args } from '../protocol.js';
import type { View, ViewKind, ViewParts } from '../view.js';
import { type BoardDetail, DetailReader } from './board-detail.js';

/** What is wrong with the board: one line, however many devices it is about. */
export interface BoardTrouble {
  readonly kind: 'failed' | 'waits' | 'no display';
  readonly text: string;
  readonly count: number;
  /** Path of a device that it is about. */
  readonly path: string;
}

/** What the view shows. */
export interface BoardState {
  /** In tree order. */
  readonly devices: readonly NodeReport[];
  /** How many are in each state. */
  readonly totals: Readonly<Record<string, number>>;
  /** The same in words, as `boot` prints them. */
  readonly summary: string;
  /** From the worst. */
  readonly troubles: readonly BoardTrouble[];
  /** The device that was asked for, if there is one. */
  readonly chosen?: BoardDetail;
}

/** The view. `device` is the path of the one that more is told about. */
export const board: ViewKind = { watch: (parts, args) => new BoardView(parts, args) };

class BoardView implements View {
  readonly #parts: ViewParts;
  readonly #log: DeviceLog;
  readonly #device: string;
  #details: DetailReader | undefined;
  #told = '';

  constructor(parts: ViewParts, args: Args) {
    this.#parts = parts;
    this.#log = parts.deviceLog ?? new DeviceLog(parts.bench.trace, parts.events.events);
    this.#device = String(args['device'] ?? '');
  }

  state(): BoardState | undefined {
    // Counters, not contents: this is asked with every picture of the page.
    const now = `${this.#log.changes} ${this.#log.linesOf(this.#device)}`;
    if (now === this.#told) return undefined;
    this.#told = now;
    const { bench } = this.#parts;
    const devices = bench.report();
    const totals = totalsOf(devices);
    const state = {
      devices,
      totals,
      summary: totalsText(totals),
      troubles: troublesOf(devices, this.#absent(devices)),
    };
    if (this.#device === '') return state;
    this.#details ??= new DetailReader(bench, this.#log);
    const chosen = this.#details.read(this.#device, devices);
    return chosen === undefined ? state : { ...state, chosen };
  }

  close(): void {
    if (this.#log !== this.#parts.deviceLog) this.#log.close();
  }

  #absent(devices: readonly NodeReport[]): readonly AbsentDisplay[] {
    return readDisplays(this.#parts.bench.core).length > 0 ? [] : absentDisplays(devices, DISPLAY_DRIVERS);
  }
}

/** So many lines of each kind: what is left out is in the list. */
const MOST_TROUBLES = 6;

/** Failures one by one; what waits by the root of the matter, the most first; displays that are not there. */
function troublesOf(devices: readonly NodeReport[], absent: readonly AbsentDisplay[]): readonly BoardTrouble[] {
  const failed = devices
    .filter(({ state }) => state === 'failed')
    .map((one): BoardTrouble => ({ kind: 'failed', text: failure(one), count: 1, path: one.path }));
  const groups = new Map<string, NodeReport[]>();
  for (const one of devices) {
    if (one.state !== 'waits') continue;
    const reason = rootReason(one);
    groups.set(reason, [...(groups.get(reason) ?? []), one]);
  }
  const waiting = [...groups]
    .map(([text, all]): BoardTrouble => ({ kind: 'waits', text, count: all.length, path: all[0]?.path ?? '' }))
    .sort((a, b) => b.count - a.count);
  const displays = absent.map(
    ({ path, reason }): BoardTrouble => ({ kind: 'no display', text: reason, count: 1, path }),
  );
  return [failed, displays, waiting].flatMap((some) => some.slice(0, MOST_TROUBLES));
}

function failure({ path, reason = '' }: NodeReport): string {
  return `${path}: ${reason.replace(`${path}: `, '')}`;
}
