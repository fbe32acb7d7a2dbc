// What goes wrong in a run: counts the operations of every bus and says when one of them fails.
import { assert } from '../base/assert.js';
import type { Random } from '../base/random.js';
import type { Trace } from '../base/trace.js';
import type { FaultPoint } from './fault.js';
import { FAIL, FAULT_MENU, type FaultPlace, faultPlace } from './fault-menu.js';
import { faultMistake, formatFaults, formatPlace } from './fault-text.js';

/** A planned fault, and what has become of it. */
export interface FaultStanding {
  readonly point: FaultPoint;
  /** Operations of its kind so far. */
  readonly seen: number;
  /** How often it has struck. */
  readonly struck: number;
  /** Whether it can strike again: not when its operation has come, or the plan was cleared. */
  readonly live: boolean;
}

interface LivePoint {
  readonly point: FaultPoint;
  seen: number;
  struck: number;
  live: boolean;
}

/** Faults to come. The decorators ask it at each operation; while it is idle they ask nothing. */
export class FaultPlan {
  readonly #trace: Trace | undefined;
  readonly #all: LivePoint[] = [];
  #live: LivePoint[] = [];
  #counting = false;
  #idle = true;
  #operations = 0;
  #struck = 0;

  /** With `trace`, each fault that strikes leaves a `fault` event. Points must be valid: `parseFaults` checks. */
  constructor(points: readonly FaultPoint[] = [], trace?: Trace) {
    this.#trace = trace;
    this.add(points);
  }

  /**
   * A plan from a seed: `count` points (default 3), each at one of the first `within` (default 50) operations of a
   * place of the menu.
   */
  static random(
    random: Random,
    menu: readonly FaultPlace[] = FAULT_MENU,
    trace?: Trace,
    count = 3,
    within = 50,
  ): FaultPlan {
    const places = menu.filter((place) => place.where !== 'any');
    const points = Array.from({ length: count }, () => {
      const place = random.pick(places);
      return { where: place.where, which: undefined, nth: 1 + random.below(within), what: random.pick(place.whats) };
    });
    return new FaultPlan(points, trace);
  }

  /** A plan in which nothing fails and `operations` counts: how many times "fail the Nth operation" is worth trying. */
  static counting(): FaultPlan {
    const plan = new FaultPlan();
    plan.#counting = true;
    plan.#idle = false;
    return plan;
  }

  /** True when nothing can strike and nothing is counted: decorators then pass straight through. */
  get idle(): boolean {
    return this.#idle;
  }

  /** Operations since the start that `any` counts. An idle plan sees none. */
  get operations(): number {
    return this.#operations;
  }

  /** Operations that a fault has struck. */
  get struck(): number {
    return this.#struck;
  }

  /** All points that were planned, those that have struck included, in text form: what a replay needs. */
  get text(): string {
    return formatFaults(this.#all.map(({ point }) => point));
  }

  /** Each point that was planned, in that order. */
  get standing(): readonly FaultStanding[] {
    return this.#all;
  }

  /** More faults; their operations count from now. */
  add(points: readonly FaultPoint[]): void {
    for (const point of points) {
      const mistake = faultMistake(point);
      assert(mistake === undefined, mistake?.text ?? '');
      const live = { point, seen: 0, struck: 0, live: true };
      this.#all.push(live);
      this.#live.push(live);
    }
    this.#settle();
  }

  /** Nothing fails from now on. */
  clear(): void {
    for (const live of this.#live) live.live = false;
    this.#live = [];
    this.#settle();
  }

  /** Brings `idle` to where it belongs. */
  #settle(): void {
    this.#idle = this.#live.length === 0 && !this.#counting;
  }

  /**
   * One operation happens: answers the fault that strikes it, in the bus's words. `which` is the address or name,
   * `bus` the bus it is on; a point may name either, or both as `bus:which`. Where two points meet, the first wins
   * and both are spent.
   */
  hit(where: string, which: string, bus?: string): string | undefined {
    const place = faultPlace(where) as FaultPlace;
    if (place.counted) this.#operations++;
    let first: LivePoint | undefined;
    let spent = false;
    for (const live of this.#live) {
      if (!covers(live.point, place, which, bus)) continue;
      live.seen++;
      if (live.point.nth !== 0 && live.seen !== live.point.nth) continue;
      first ??= live;
      live.live = live.point.nth === 0;
      spent ||= !live.live;
    }
    if (first === undefined) return undefined;
    first.struck++;
    const struck = first.point;
    if (spent) {
      this.#live = this.#live.filter(({ live }) => live);
      this.#settle();
    }
    this.#struck++;
    const fault = struck.what === FAIL ? (place.whats[0] as string) : struck.what;
    if (this.#trace?.on) this.#trace.emit(bus ?? which, { kind: 'fault', point: formatPlace(struck), fault });
    return fault;
  }
}

function covers(point: FaultPoint, place: FaultPlace, which: string, bus: string | undefined): boolean {
  if (point.where !== place.where && !(point.where === 'any' && place.counted)) return false;
  const wanted = point.which;
  return wanted === undefined || wanted === which || wanted === bus || wanted === `${bus}:${which}`;
}
