// How somebody finds out that a limit was passed: by the chip's Critical and Warning pins where the board leads them to
// interrupts, else by looking now and then (ina3221-D7).
import { type Duration, type Instant, ms, type Timer } from '../../base/clock.js';
import { SysError } from '../../base/errno.js';
import { devmRequestIrq, type Irq, platformGetIrq } from '../../core/interrupt.js';
import type { Ina3221Data } from './ina3221-data.js';
import { flagMask } from './mask-enable.js';
import { type AlarmFlag, CHANNELS } from './regs.js';

/** The pins as `interrupt-names` has them. */
export type AlertPin = 'critical' | 'warning';

const PINS: readonly AlertPin[] = ['critical', 'warning'];
const FLAGS: readonly AlarmFlag[] = [...CHANNELS.flatMap(({ critFlag, warnFlag }) => [critFlag, warnFlag]), 'SF'];
/** Flags stay in the chip until they are read, so nothing is lost between two looks. */
const LOOK_AGAIN: Duration = ms(100);

/**
 * Tells of each flag that was not set a conversion before. While a flag stays, nothing is told again; the pins are let
 * be (they would interrupt all the time) and the chip is looked at until all is well. So it is while another chip holds
 * a line that they share, open drain as they are: this one would pull it without an edge.
 */
export class AlertMonitor {
  readonly #data: Ina3221Data;
  readonly #listeners: ((flag: AlarmFlag, at: Instant) => void)[] = [];
  readonly #wired = new Set<AlertPin>();
  readonly #masked = new Set<Irq>();
  /** Flags of limits that are passed, as far as is known. */
  #passed = 0;
  #lookedAt: Instant = 0;
  #polls = false;
  #failing = false;
  #timer: Timer | undefined;
  #round: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(data: Ina3221Data) {
    this.#data = data;
    data.mask.listen((flags) => this.#note(flags));
    for (const pin of PINS) this.#request(pin);
    data.dev.scope.defer(() => this.#stop());
  }

  /** Tells somebody of every limit that is passed from now on, until unbind. */
  listen(listener: (flag: AlarmFlag, at: Instant) => void): void {
    this.#listeners.push(listener);
  }

  /** True when the board leads the pin to an interrupt. */
  isWired(pin: AlertPin): boolean {
    return this.#wired.has(pin);
  }

  /** Looks now and then, for limits whose pin leads nowhere. */
  poll(on: boolean): void {
    this.#polls = on;
    if (on) this.#schedule(LOOK_AGAIN);
  }

  #request(pin: AlertPin): void {
    const { dev } = this.#data;
    if (dev.ofNode?.strings('interrupt-names').includes(pin) !== true) return;
    const irq = platformGetIrq(dev, pin);
    this.#wired.add(pin);
    const handler = () => {
      irq.line.disable();
      this.#masked.add(irq);
      this.#schedule(0);
      return 'handled' as const;
    };
    devmRequestIrq(dev, irq, handler, irq.trigger ?? 'falling');
  }

  #schedule(wait: Duration): void {
    const { clock } = this.#data.dev;
    if (this.#stopped || (this.#timer !== undefined && this.#timer.at <= clock.now() + wait)) return;
    this.#timer?.cancel();
    this.#timer = clock.after(wait, () => {
      this.#timer = undefined;
      this.#round = this.#round.then(() => this.#look());
    });
  }

  /** A conversion after the last look every comparison has been made again: what is not set then is over. */
  async #look(): Promise<void> {
    const { dev, longestCycle, mask } = this.#data;
    const fresh = dev.clock.now() - this.#lookedAt >= longestCycle;
    try {
      const word = this.#data.converts ? await mask.look() : 0;
      if (fresh) this.#passed &= word;
      this.#failing = false;
    } catch (e) {
      if (!(e instanceof SysError)) throw e;
      if (!this.#failing) dev.warn(`Failed to read alerts: error ${e.errno}`);
      this.#failing = true;
    }
    const goesOn = this.#polls || this.#passed !== 0 || this.#failing || [...this.#masked].some(isAsserted);
    if (goesOn) this.#schedule(Math.max(LOOK_AGAIN, longestCycle));
    else this.#unmask();
  }

  /** For every reading of the flags, whoever asked for it. */
  #note(flags: number): void {
    const now = this.#data.dev.clock.now();
    const news = flags & ~this.#passed;
    this.#passed |= flags;
    this.#lookedAt = now;
    if (news === 0) return;
    this.#schedule(LOOK_AGAIN);
    for (const flag of FLAGS)
      if ((news & flagMask(flag)) !== 0) for (const listener of this.#listeners) listener(flag, now);
  }

  #unmask(): void {
    for (const { line } of this.#masked) line.enable();
    this.#masked.clear();
  }

  async #stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#data.mask.listen(undefined);
    await this.#round;
    this.#unmask();
  }
}

/** True while some chip drives the line away from its idle level. */
function isAsserted({ line, trigger }: Irq): boolean {
  return line.level === (trigger === 'rising' || trigger === 'high');
}

/** The pin that a flag pulls. */
export function pinOf(flag: AlarmFlag): AlertPin {
  return flag.startsWith('W') ? 'warning' : 'critical';
}
