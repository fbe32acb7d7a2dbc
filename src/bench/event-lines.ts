// The event lines of a board: which signal of which block leads to which input of which other.
import type { Trace } from '../base/trace.js';
import type { EventPin, EventTarget } from '../bus/event.js';
import type { FaultPlan } from '../bus/fault-plan.js';
import type { DtNode } from '../dt/tree.js';
import type { SignalName } from './wire-names.js';

/** Where a signal leads: an input of the block at another node. */
export interface EventRoute {
  readonly to: DtNode;
  readonly id: number;
}

/** Where a block's signal leads. That is how the SoC is built; whoever makes the machine knows it. */
export type EventWiring = (node: DtNode, signal: string) => readonly EventRoute[];

/** All lines of one machine. A pulse to a node whose socket has taken no lines is lost. */
export class EventLines {
  readonly #wiring: EventWiring;
  readonly #trace: Trace;
  readonly #faults: FaultPlan;
  /** The signals that lead somewhere. */
  readonly signals: SignalName[] = [];
  readonly #targets = new Map<DtNode, EventTarget>();

  constructor(wiring: EventWiring, trace: Trace, faults: FaultPlan) {
    this.#wiring = wiring;
    this.#trace = trace;
    this.#faults = faults;
  }

  /** Takes the lines that lead to a node. */
  take(node: DtNode, target: EventTarget): void {
    this.#targets.set(node, target);
  }

  /** A block's end of the line of one signal. */
  pin(node: DtNode, signal: string): EventPin {
    const routes = this.#wiring(node, signal);
    const to = routes.map((route) => `${route.to.path}:${route.id}`).join(' ');
    if (to !== '') this.signals.push({ block: node.path, signal, to });
    return {
      fire: () => {
        if (this.#trace.on) this.#trace.emit(node.path, { kind: 'event_fire', signal, to });
        if (routes.length === 0 || this.#isLost(node, signal)) return;
        for (const { to: target, id } of routes) this.#targets.get(target)?.event(id);
      },
    };
  }

  #isLost(node: DtNode, signal: string): boolean {
    return !this.#faults.idle && this.#faults.hit('event.fire', signal, node.path) !== undefined;
  }
}
