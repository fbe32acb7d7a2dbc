// A modelled interrupt line, both ends: chips drive its pins, software listens and masks.
import { assert } from '../base/assert.js';
import { type Clock, type Duration, ms, type Timer, us } from '../base/clock.js';
import { SysError } from '../base/errno.js';
import type { Trace } from '../base/trace.js';
import type { IrqLine, IrqPin, IrqReturn, IrqTrigger } from './irq.js';

/** How long after a handler a level that is still asserted, or an edge that came meanwhile, calls it again. */
const REENTRY: Duration = us(1);
/** Linux looks at 100,000 interrupts and gives up when more than 99,900 were unhandled; here at 1,000 and 999. */
const STORM_WINDOW = 1_000;
const STORM_UNHANDLED = 999;
/** An unhandled interrupt this long after the last one starts the count anew (kernel/irq/spurious.c: HZ/10). */
const STORM_MEMORY: Duration = ms(100);

const atOnce = (): Duration => 0;

interface Action {
  readonly name: string;
  readonly handler: () => IrqReturn;
  active: boolean;
}

/**
 * A line that several pins may drive: it leaves its idle level while at least one pin does (wired-or, open drain).
 * Edges that come before the handlers have run are one interrupt; edges while nobody listens are lost. A level is
 * delivered again one microsecond after its handlers while it lasts, until Linux's storm rule switches the line off;
 * the next `request` switches it on again.
 */
export class SimIrqLine implements IrqLine {
  readonly name: string;
  readonly #clock: Clock;
  readonly #trace: Trace;
  readonly #idle: boolean;
  readonly #latency: () => Duration;
  #pinsAway = 0;
  #level: boolean;
  #trigger: IrqTrigger | undefined;
  /** Replaced, never changed: a delivery walks the list of its moment. */
  #actions: readonly Action[] = [];
  #depth = 0;
  #latched = false;
  #timer: Timer | undefined;
  #stuck = false;
  #seen = 0;
  #unhandled = 0;
  #lastUnhandled = 0;

  /**
   * `idle` is the level of a line that no pin drives: true (high) for open-drain, active-low lines. `latency` says how
   * long the processor takes to come, asked once per interrupt; it comes at once when left out.
   */
  constructor(name: string, clock: Clock, trace: Trace, idle = false, latency: () => Duration = atOnce) {
    this.name = name;
    this.#clock = clock;
    this.#trace = trace;
    this.#idle = idle;
    this.#level = idle;
    this.#latency = latency;
  }

  get level(): boolean {
    return this.#level;
  }

  /** The names under which they listen. */
  get listeners(): readonly string[] {
    return this.#actions.map(({ name }) => name);
  }

  /** Handlers that listen now: what a clean unbind leaves at zero. */
  get handlers(): number {
    return this.#actions.length;
  }

  /**
   * A chip's end of the line, at its idle level at first. Each pin drives for itself. Where `idle` is not that of the
   * line, an inverter sits between them.
   */
  pin(idle: boolean = this.#idle): IrqPin {
    let high = idle;
    const set = (next: boolean): void => {
      if (next === high) return;
      high = next;
      this.#pinsAway += next === idle ? -1 : 1;
      this.#setLevel(this.#idle !== this.#pinsAway > 0);
    };
    return { set };
  }

  request(trigger: IrqTrigger, action: string, handler: () => IrqReturn): () => void {
    if (this.#trigger !== undefined && this.#trigger !== trigger) {
      const have = `${this.#trigger} (${this.#actions[0]?.name})`;
      const text = `Flags mismatch irq ${this.name}. ${trigger} (${action}) vs. ${have}`;
      throw new SysError('EBUSY', text, { dev: this.name, op: 'irq' });
    }
    const added: Action = { name: action, handler, active: true };
    this.#trigger = trigger;
    this.#actions = [...this.#actions, added];
    this.#stuck = false;
    this.#arm(0);
    return () => this.#free(added);
  }

  disable(): void {
    this.#depth++;
    this.#disarm();
  }

  enable(): void {
    if (this.#depth === 0) return this.#print(`Unbalanced enable for IRQ ${this.name}`);
    this.#depth--;
    this.#arm(0);
  }

  #free(action: Action): void {
    assert(action.active, `${this.name}: ${action.name} freed twice`);
    action.active = false;
    this.#actions = this.#actions.filter((other) => other !== action);
    if (this.#actions.length > 0) return;
    this.#disarm();
    this.#trigger = undefined;
    this.#latched = false;
    this.#depth = 0;
  }

  #setLevel(level: boolean): void {
    if (level === this.#level) return;
    this.#level = level;
    if (this.#trace.on) this.#trace.emit(this.name, { kind: level ? 'irq_raise' : 'irq_lower' });
    const trigger = this.#trigger;
    if (trigger === 'both' || trigger === (level ? 'rising' : 'falling')) this.#latched = true;
    if (this.#isDue()) this.#arm(this.#latency());
  }

  #isDue(): boolean {
    if (this.#trigger === 'high') return this.#level;
    if (this.#trigger === 'low') return !this.#level;
    return this.#latched;
  }

  #arm(wait: Duration): void {
    if (this.#timer !== undefined || this.#depth > 0 || this.#stuck || !this.#isDue()) return;
    this.#timer = this.#clock.after(wait, () => {
      this.#timer = undefined;
      if (this.#isDue()) this.#deliver();
    });
  }

  #disarm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #deliver(): void {
    this.#latched = false;
    let ret: IrqReturn = 'unhandled';
    for (const action of this.#actions) {
      if (action.active && this.#run(action) === 'handled') ret = 'handled';
    }
    this.#note(ret);
    this.#rearm();
  }

  /** A handler that pulled the trigger itself has armed the line for this very moment; the pause comes all the same. */
  #rearm(): void {
    this.#disarm();
    this.#arm(REENTRY);
  }

  #run(action: Action): IrqReturn {
    if (!this.#trace.on) return action.handler();
    this.#trace.emit(this.name, { kind: 'irq_handler_entry', action: action.name });
    const ret = action.handler();
    this.#trace.emit(this.name, { kind: 'irq_handler_exit', action: action.name, ret });
    return ret;
  }

  #note(ret: IrqReturn): void {
    if (ret === 'unhandled') {
      const now = this.#clock.now();
      this.#unhandled = now - this.#lastUnhandled > STORM_MEMORY ? 1 : this.#unhandled + 1;
      this.#lastUnhandled = now;
    }
    if (++this.#seen < STORM_WINDOW) return;
    if (this.#unhandled >= STORM_UNHANDLED) this.#giveUp();
    this.#seen = 0;
    this.#unhandled = 0;
  }

  #giveUp(): void {
    this.#stuck = true;
    this.#print(`irq ${this.name}: nobody cared (try booting with the "irqpoll" option)`);
    this.#print(`handlers: ${this.#actions.map((action) => action.name).join(', ')}`);
    this.#print(`Disabling IRQ #${this.name}`);
  }

  #print(text: string): void {
    this.#trace.emit(this.name, { kind: 'printk', level: 'err', text });
  }
}
