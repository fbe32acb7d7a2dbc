// The conversion engine of the INA3221: which signal is converted when, the running average, and what a cycle leaves.
import type { Duration, Instant } from '../../base/clock.js';
import { us } from '../../base/clock.js';
import { fieldMask, getField } from '../../base/regs.js';
import { Alerts, type Limits } from './alerts.js';
import { channelOf, isBus, SIGNALS } from './analog.js';
import type { Ina3221Readings } from './options.js';
import { R } from './regs.js';

/** VBUSCT and VSHCT, typical. */
const CONVERSION_TIME = [140, 204, 332, 588, 1100, 2116, 4156, 8244].map(us);
/** AVG. */
const SAMPLES = [1, 4, 16, 64, 128, 256, 512, 1024];
/** Below this many codes the average takes the new value, so that it comes to rest instead of halving for ever. */
const REST = 2 ** -20;
const NEVER: Instant = Number.POSITIVE_INFINITY;

/** All signals, one bit each. */
const EVERY_SIGNAL = (1 << SIGNALS) - 1;
/** The bus voltages of all channels. */
const ALL_RAILS: readonly number[] = Array.from({ length: SIGNALS }, (_, signal) => signal).filter(isBus);

/** What a CONFIG value asks for. */
interface Sequence {
  /** Signals of one cycle in order; none when the chip stands still. */
  readonly order: readonly number[];
  /** Bus voltages that power valid looks at. */
  readonly rails: readonly number[];
  readonly measuresShunt: boolean;
  readonly measuresBus: boolean;
  readonly shuntNs: Duration;
  readonly busNs: Duration;
  readonly cycleNs: Duration;
  readonly samples: number;
  readonly continuous: boolean;
}

/** Before the first `start`. */
const STANDSTILL: Sequence = {
  order: [],
  rails: [],
  measuresShunt: false,
  measuresBus: false,
  shuntNs: 0,
  busNs: 0,
  cycleNs: 0,
  samples: 1,
  continuous: false,
};

/**
 * Conversions happen when somebody looks: `advance` does those that are due, each with its own comparisons, and skips
 * whole cycles once a cycle has changed nothing, because then none will until something from outside does. Everything
 * is deterministic, so `nextPinMove` finds the one moment that needs a timer by running a copy ahead.
 */
export class Engine {
  readonly alerts: Alerts;
  readonly #inputs: Int32Array;
  readonly #limits: Limits;
  readonly #readings: Ina3221Readings;
  /** Averages in codes, with fractions. */
  readonly #averages = new Float64Array(SIGNALS);
  /** The last single shunt conversion of each channel, for the sum. */
  readonly #singles = new Int32Array(SIGNALS / 2);
  #sum = 0;
  /** Signals whose next conversion replaces the average, one bit each. */
  #unfiltered: number;
  #sequence: Sequence = STANDSTILL;
  #slot = 0;
  /** When the conversion in progress ends. */
  #next: Instant = NEVER;
  /** Conversions since something changed. */
  #quiet = 0;
  #ahead: Engine | undefined;

  /** `inputs` are the codes that conversions yield now, by signal; whoever changes them or `limits` says `disturb`. */
  constructor(inputs: Int32Array, limits: Limits, readings: Ina3221Readings) {
    this.#inputs = inputs;
    this.#limits = limits;
    this.#readings = readings;
    this.alerts = new Alerts(limits, readings);
    this.#unfiltered = unfilteredAtFirst(readings);
  }

  /** The published code of a signal. */
  code(signal: number): number {
    return Math.round(this.#averages[signal] as number) | 0;
  }

  /** The published sum of the shunt voltages. */
  get sum(): number {
    return this.#sum;
  }

  /** Power-on and RST: the averages and the sum go to 0. `start` follows. */
  reset(): void {
    this.#averages.fill(0);
    this.#singles.fill(0);
    this.#sum = 0;
    this.#unfiltered = unfilteredAtFirst(this.#readings);
    this.alerts.reset();
  }

  /** Drops the conversion in progress and begins the sequence that `config` asks for. */
  start(config: number, now: Instant): void {
    this.#sequence = sequenceOf(config, this.#readings);
    this.#slot = 0;
    this.#next = this.#sequence.order.length === 0 ? NEVER : now + this.#slotNs();
    this.#quiet = 0;
  }

  /** False while nothing is converted: power-down, no channel, a single shot that is over. */
  get runs(): boolean {
    return this.#next !== NEVER;
  }

  /** Something from outside has changed: inputs, limits, flags. Call `advance` before the change. */
  disturb(): void {
    this.#quiet = 0;
  }

  /** Does every conversion that has ended by now. Answers whether there was one. */
  advance(now: Instant): boolean {
    const due = this.#next <= now;
    while (this.#next <= now) {
      if (this.#quiet >= this.#sequence.order.length) {
        this.#next += Math.floor((now - this.#next) / this.#sequence.cycleNs) * this.#sequence.cycleNs;
      }
      this.#step();
    }
    return due;
  }

  /** When a pin moves if nobody touches the chip; Infinity for never. */
  nextPinMove(): Instant {
    this.#ahead ??= new Engine(this.#inputs, this.#limits, this.#readings);
    const ahead = this.#ahead;
    ahead.#copy(this);
    const levels = ahead.alerts.levels;
    for (let steps = 0; !ahead.#isSettled(steps); steps++) {
      const at = ahead.#next;
      ahead.#step();
      if (ahead.alerts.levels !== levels) return at;
    }
    return NEVER;
  }

  /**
   * True when `steps` without a pin's move say that there will be none. Two cycles have seen every comparison with the
   * present inputs, sums included; from then on only averages on their way to a limit can matter.
   */
  #isSettled(steps: number): boolean {
    if (this.#next === NEVER) return true;
    const { order } = this.#sequence;
    if (this.#slot !== 0 || steps < 2 * order.length || this.alerts.timing(this.#inputs[1] as number)) return false;
    return order.every((signal) =>
      this.alerts.sameBetween(isBus(signal), channelOf(signal), this.code(signal), this.#inputs[signal] as number),
    );
  }

  #copy(other: Engine): void {
    this.alerts.copy(other.alerts);
    this.#averages.set(other.#averages);
    this.#singles.set(other.#singles);
    this.#sum = other.#sum;
    this.#unfiltered = other.#unfiltered;
    this.#sequence = other.#sequence;
    this.#slot = other.#slot;
    this.#next = other.#next;
  }

  /** Ends the conversion in progress and begins the next. */
  #step(): void {
    const { order, continuous } = this.#sequence;
    const signal = order[this.#slot] as number;
    const single = this.#inputs[signal] as number;
    this.alerts.changed = false;
    this.#quiet++;
    this.#average(signal, single);
    if (isBus(signal)) this.alerts.bus(channelOf(signal), single);
    else this.#shunt(channelOf(signal), single, this.code(signal));
    this.#slot = (this.#slot + 1) % order.length;
    if (this.#slot === 0) this.#endCycle();
    if (this.alerts.changed) this.#quiet = 0;
    this.#next = this.#slot === 0 && !continuous ? NEVER : this.#next + this.#slotNs();
  }

  /** Moves the average by its share of the difference. */
  #average(signal: number, single: number): void {
    const before = this.#averages[signal] as number;
    const samples = (this.#unfiltered & (1 << signal)) === 0 ? this.#sequence.samples : 1;
    this.#unfiltered &= ~(1 << signal);
    if (before === single) return;
    const after = before + (single - before) / samples;
    this.#averages[signal] = Math.abs(single - after) < REST ? single : after;
    this.#quiet = 0;
  }

  #shunt(channel: number, single: number, averaged: number): void {
    if (this.#singles[channel] !== single) this.#quiet = 0;
    this.#singles[channel] = single;
    this.alerts.shunt(channel, single, averaged);
  }

  #endCycle(): void {
    const { measuresShunt, measuresBus } = this.#sequence;
    if (measuresShunt && this.#limits.summed.length > 0) this.#addUp();
    if (measuresBus) this.alerts.rails(this.#lowestRail());
    this.alerts.ready();
  }

  #addUp(): void {
    let sum = 0;
    for (const channel of this.#limits.summed) sum += this.#singles[channel] as number;
    this.#sum = sum;
    this.alerts.sum(sum);
  }

  /** The lowest published bus voltage of the channels that count. */
  #lowestRail(): number {
    let lowest = Number.POSITIVE_INFINITY;
    for (const signal of this.#sequence.rails) lowest = Math.min(lowest, this.code(signal));
    return lowest;
  }

  #slotNs(): Duration {
    const bus = isBus(this.#sequence.order[this.#slot] as number);
    return bus ? this.#sequence.busNs : this.#sequence.shuntNs;
  }
}

const { CH1en, CH2en, CH3en, AVG, VBUSCT, VSHCT, MODE } = R.CONFIG.fields;

/** MODE 0 and 4: nothing is measured. */
export function isPowerDown(config: number): boolean {
  return (getField(config, MODE) & 3) === 0;
}

/** Bit 0 of MODE measures shunts, bit 1 rails, bit 2 does it again and again. */
function sequenceOf(config: number, { powerValidChannels }: Ina3221Readings): Sequence {
  const mode = getField(config, MODE);
  const measuresShunt = (mode & 1) !== 0;
  const measuresBus = (mode & 2) !== 0;
  const channels = [0, 1, 2].filter((n) => (config & fieldMask([CH1en, CH2en, CH3en][n] as typeof CH1en)) !== 0);
  const kinds = [...(measuresShunt ? [0] : []), ...(measuresBus ? [1] : [])];
  const order = channels.flatMap((channel) => kinds.map((kind) => 2 * channel + kind));
  const rails = powerValidChannels === 'all' ? ALL_RAILS : order.filter(isBus);
  const shuntNs = CONVERSION_TIME[getField(config, VSHCT)] as Duration;
  const busNs = CONVERSION_TIME[getField(config, VBUSCT)] as Duration;
  const cycleNs = channels.length * ((measuresShunt ? shuntNs : 0) + (measuresBus ? busNs : 0));
  const samples = SAMPLES[getField(config, AVG)] as number;
  return { order, rails, measuresShunt, measuresBus, shuntNs, busNs, cycleNs, samples, continuous: (mode & 4) !== 0 };
}

function unfilteredAtFirst({ firstSample }: Ina3221Readings): number {
  return firstSample === 'loaded' ? EVERY_SIGNAL : 0;
}
