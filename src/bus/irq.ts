// Interrupt lines. A chip drives one end; software listens at the other, never within the call that raised it.

/** How a line tells (include/dt-bindings/interrupt-controller/irq.h). */
export type IrqTrigger = 'rising' | 'falling' | 'both' | 'high' | 'low';

/** What an interrupt handler answers (Linux: irqreturn_t). */
export type IrqReturn = 'handled' | 'unhandled';

/** The level of a pin that is not driven: true is high. `wired`: see `Socket.irq`. */
export type IrqIdle = boolean | 'wired';

/** A line, seen from software. */
export interface IrqLine {
  readonly name: string;
  /**
   * Listens; several handlers may share a line. Answers how to stop listening. `action` names the handler in traces.
   */
  request(trigger: IrqTrigger, action: string, handler: () => IrqReturn): () => void;
  /**
   * Masks the line; calls nest (Linux: disable_irq). An edge that comes while masked is kept and delivered on enable.
   */
  disable(): void;
  enable(): void;
  /** Level now: true is high. */
  readonly level: boolean;
}

/** The same line, seen from a chip. Setting the level it already has does nothing. */
export interface IrqPin {
  set(high: boolean): void;
}
