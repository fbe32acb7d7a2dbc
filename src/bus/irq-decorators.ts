// A wrap of an interrupt line: deliveries that are lost, come twice, or come late.
import { type Clock, type Duration, ms, type Timer } from '../base/clock.js';
import type { FaultPlan } from './fault-plan.js';
import type { IrqLine, IrqReturn, IrqTrigger } from './irq.js';

/** How late a `late` delivery comes. */
const LATE: Duration = ms(1);

/**
 * Lets the faults of the plan strike at place `irq.deliver`, once per delivery and handler. `lost`: the handler is not
 * called. `late`: it is called a millisecond later, the line masked until then. `spurious`: it is called once more,
 * with no cause. To the line each counts as handled.
 */
export function withIrqFaults(line: IrqLine, plan: FaultPlan, clock: Clock): IrqLine {
  return {
    name: line.name,
    request: (trigger, action, handler) => {
      const listener = new FaultyListener(line, plan, clock, trigger, handler);
      const free = line.request(trigger, action, () => listener.deliver());
      return () => {
        listener.close();
        free();
      };
    },
    disable: () => line.disable(),
    enable: () => line.enable(),
    get level() {
      return line.level;
    },
  };
}

class FaultyListener {
  readonly #line: IrqLine;
  readonly #plan: FaultPlan;
  readonly #clock: Clock;
  readonly #isLevel: boolean;
  readonly #handler: () => IrqReturn;
  #spurious: Timer | undefined;
  #late: Timer | undefined;

  constructor(line: IrqLine, plan: FaultPlan, clock: Clock, trigger: IrqTrigger, handler: () => IrqReturn) {
    this.#line = line;
    this.#plan = plan;
    this.#clock = clock;
    this.#isLevel = trigger === 'high' || trigger === 'low';
    this.#handler = handler;
  }

  deliver(): IrqReturn {
    if (this.#plan.idle) return this.#handler();
    const fault = this.#plan.hit('irq.deliver', this.#line.name);
    if (fault === 'lost') return 'handled';
    if (fault === 'late') return this.#postpone();
    if (fault === 'spurious') {
      this.#spurious?.cancel();
      this.#spurious = this.#clock.after(0, this.#handler);
    }
    return this.#handler();
  }

  /** Takes back what is still to come. */
  close(): void {
    this.#spurious?.cancel();
    if (this.#late === undefined) return;
    this.#late.cancel();
    this.#late = undefined;
    this.#line.enable();
  }

  /** Masks the line for a while. A level then comes by itself; an edge is spent, so its handler is called here. */
  #postpone(): IrqReturn {
    this.#line.disable();
    this.#late = this.#clock.after(LATE, () => {
      this.#late = undefined;
      if (!this.#isLevel) this.#handler();
      this.#line.enable();
    });
    return 'handled';
  }
}
