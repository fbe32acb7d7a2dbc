// Wraps of an edge: what went over its channels, and what goes wrong there.
import { hex } from '../base/bytes.js';
import { type Clock, type Duration, ms } from '../base/clock.js';
import type { Trace } from '../base/trace.js';
import type { FaultPlan } from './fault-plan.js';
import type { RpmsgEdge, RpmsgEnd, RpmsgOpenOptions, RpmsgReceive, RpmsgWatcher } from './rpmsg.js';

/** Puts every message into the trace: `rpmsg_send` with its result, `rpmsg_deliver` before software takes it. */
export function withRpmsgTrace(edge: RpmsgEdge, name: string, trace: Trace): RpmsgEdge {
  return new WrappedEdge(edge, (channel) => new TracedChannel(`${name}.${channel}`, trace));
}

/** Lets the faults of the plan strike: places `rpmsg.send`, `rpmsg.deliver`. */
export function withRpmsgFaults(edge: RpmsgEdge, name: string, plan: FaultPlan, clock: Clock): RpmsgEdge {
  const refusal = edge.transport === 'smd' ? EAGAIN : EBUSY;
  return new WrappedEdge(edge, (channel) => new FaultyChannel({ channel, edge: name, plan, clock, refusal }));
}

const EAGAIN = -11;
const EBUSY = -16;
/** How late a delayed message comes: others overtake it. */
const DELAY: Duration = ms(200);

/** What a wrap does with the messages of one channel while it is open. */
interface ChannelWrap {
  receive(bytes: Uint8Array, to: RpmsgReceive): number;
  trysend(bytes: Uint8Array, end: RpmsgEnd): number;
  send(bytes: Uint8Array, end: RpmsgEnd): Promise<number>;
  close?(): void;
}

class WrappedEdge implements RpmsgEdge {
  readonly #edge: RpmsgEdge;
  readonly #wrap: (channel: string) => ChannelWrap;

  constructor(edge: RpmsgEdge, wrap: (channel: string) => ChannelWrap) {
    this.#edge = edge;
    this.#wrap = wrap;
  }

  get transport(): 'smd' | 'glink' {
    return this.#edge.transport;
  }

  watch(watcher: RpmsgWatcher): () => void {
    return this.#edge.watch(watcher);
  }

  isDomainUp(path: string): boolean {
    return this.#edge.isDomainUp?.(path) ?? true;
  }

  boot(): void {
    this.#edge.boot?.();
  }

  open(name: string, receive: RpmsgReceive, options?: RpmsgOpenOptions): RpmsgEnd {
    const wrap = this.#wrap(name);
    const end = this.#edge.open(name, (bytes) => wrap.receive(bytes, receive), options);
    return {
      name: end.name,
      trysend: (bytes) => wrap.trysend(bytes, end),
      send: (bytes) => wrap.send(bytes, end),
      close: () => {
        wrap.close?.();
        end.close();
      },
    };
  }
}

class TracedChannel implements ChannelWrap {
  readonly #where: string;
  readonly #trace: Trace;

  constructor(where: string, trace: Trace) {
    this.#where = where;
    this.#trace = trace;
  }

  receive(bytes: Uint8Array, to: RpmsgReceive): number {
    if (this.#trace.on) this.#trace.emit(this.#where, { kind: 'rpmsg_deliver', bytes: hex(bytes) });
    return to(bytes);
  }

  trysend(bytes: Uint8Array, end: RpmsgEnd): number {
    return this.#sent(bytes, end.trysend(bytes));
  }

  async send(bytes: Uint8Array, end: RpmsgEnd): Promise<number> {
    return this.#sent(bytes, await end.send(bytes));
  }

  #sent(bytes: Uint8Array, ret: number): number {
    if (this.#trace.on) this.#trace.emit(this.#where, { kind: 'rpmsg_send', bytes: hex(bytes), ret });
    return ret;
  }
}

/** What a faulty channel stands on. */
interface FaultyParts {
  readonly channel: string;
  readonly edge: string;
  readonly plan: FaultPlan;
  readonly clock: Clock;
  readonly refusal: number;
}

class FaultyChannel implements ChannelWrap {
  readonly #parts: FaultyParts;
  #open = true;

  constructor(parts: FaultyParts) {
    this.#parts = parts;
  }

  receive(bytes: Uint8Array, to: RpmsgReceive): number {
    const word = this.#hit('rpmsg.deliver');
    if (word === undefined) return to(bytes);
    if (word === 'truncate') return to(half(bytes));
    if (word === 'delay') this.#later(bytes, to);
    if (word === 'duplicate') {
      to(bytes.slice());
      return to(bytes);
    }
    return 0;
  }

  trysend(bytes: Uint8Array, end: RpmsgEnd): number {
    const word = this.#hit('rpmsg.send');
    if (word === undefined) return end.trysend(bytes);
    if (word === 'refuse') return this.#parts.refusal;
    if (word === 'truncate') return end.trysend(half(bytes));
    if (word === 'delay') this.#later(bytes, (late) => end.trysend(late));
    if (word === 'duplicate') {
      end.trysend(bytes);
      return end.trysend(bytes);
    }
    return 0;
  }

  async send(bytes: Uint8Array, end: RpmsgEnd): Promise<number> {
    return this.#parts.plan.idle ? end.send(bytes) : this.trysend(bytes, end);
  }

  close(): void {
    this.#open = false;
  }

  #hit(where: string): string | undefined {
    const { plan, channel, edge } = this.#parts;
    return plan.idle ? undefined : plan.hit(where, channel, edge);
  }

  #later(bytes: Uint8Array, then: (bytes: Uint8Array) => number): void {
    const late = bytes.slice();
    this.#parts.clock.after(DELAY, () => {
      if (this.#open) then(late);
    });
  }
}

/** The first half, in whole words. */
function half(bytes: Uint8Array): Uint8Array {
  return bytes.slice(0, (bytes.length >> 3) << 2);
}
