// The socket that a chip is plugged into: it keeps what the chip gave it, so that the bench can turn, inspect and
// count.
import { assert } from '../base/assert.js';
import { type Clock, OwnedClock } from '../base/clock.js';
import { SysError } from '../base/errno.js';
import type { Random } from '../base/random.js';
import type { Trace } from '../base/trace.js';
import type { DmaPort } from '../bus/dma.js';
import type { DpaaPort } from '../bus/dpaa.js';
import type { EventPin, EventTarget } from '../bus/event.js';
import type { I2cTarget } from '../bus/i2c.js';
import type { IrqIdle, IrqPin } from '../bus/irq.js';
import { SimIrqLine } from '../bus/irq-sim.js';
import type { MmioMaster, MmioTarget } from '../bus/mmio.js';
import type { EthernetPort } from '../bus/ethernet.js';
import type { RpmsgRemote } from '../bus/rpmsg.js';
import type { VideoPort } from '../bus/video.js';
import type { ChipModel, I2cSeat, Inspection, Knob, Socket } from '../bus/socket.js';

/** The I2C bus at a socket: the address at which the board expects the chip, and how one takes its place there. */
export interface I2cWires {
  readonly addr: number;
  readonly sit: (target: I2cTarget, addr: number) => I2cSeat;
}

/** What the board leads to a socket. A wire that is missing there is refused when the chip asks for it. */
export interface SocketWires {
  readonly i2c?: I2cWires;
  readonly mmio?: (target: MmioTarget, index: number) => void;
  readonly dma?: () => DmaPort;
  readonly master?: () => MmioMaster;
  readonly event?: (signal: string) => EventPin;
  readonly events?: (target: EventTarget) => void;
  readonly dpaa?: () => DpaaPort;
  readonly ethernet?: () => EthernetPort;
  readonly rpmsg?: () => RpmsgRemote;
  readonly video?: () => VideoPort;
  /** The line that a pin leads to; `nth` counts the pins asked for before it. Without it each pin has its own. */
  readonly irq?: (pin: string, nth: number, idle: IrqIdle) => SimIrqLine;
}

/** What a socket needs of its bench. */
export interface SocketParts {
  readonly clock: Clock;
  readonly trace: Trace;
  readonly random: Random;
}

/** A socket with its chip. */
export class BoardSocket implements Socket {
  readonly name: string;
  readonly compatible: string;
  readonly clock: OwnedClock;
  readonly trace: Trace;
  readonly random: Random;
  readonly knobs: Map<string, Knob> = new Map();
  readonly #pins = new Set<string>();
  readonly model: ChipModel;
  inspection: Inspection | undefined;
  readonly wiring: Readonly<Record<string, number>>;
  readonly #wires: SocketWires;

  constructor(
    name: string,
    model: ChipModel,
    parts: SocketParts,
    wires: SocketWires,
    wiring: Readonly<Record<string, number>> = {},
    compatible: string = model.compatible[0] ?? '',
  ) {
    this.name = name;
    this.compatible = compatible;
    this.model = model;
    this.clock = new OwnedClock(parts.clock, name);
    this.trace = parts.trace;
    this.random = parts.random.stream(name);
    this.wiring = wiring;
    this.#wires = wires;
  }

  get i2cAddr(): number | undefined {
    return this.#wires.i2c?.addr;
  }

  i2c(target: I2cTarget, addr?: number): I2cSeat {
    const wires = this.#wire('i2c');
    return wires.sit(target, addr ?? wires.addr);
  }

  mmio(target: MmioTarget, index = 0): void {
    this.#wire('mmio')(target, index);
  }

  dma(): DmaPort {
    return this.#wire('dma')();
  }

  master(): MmioMaster {
    return this.#wire('master')();
  }

  event(signal: string): EventPin {
    return this.#wire('event')(signal);
  }

  events(target: EventTarget): void {
    this.#wire('events')(target);
  }

  dpaa(): DpaaPort {
    return this.#wire('dpaa')();
  }

  ethernet(): EthernetPort {
    return this.#wire('ethernet')();
  }

  rpmsg(): RpmsgRemote {
    return this.#wire('rpmsg')();
  }

  video(): VideoPort {
    return this.#wire('video')();
  }

  irq(pin: string, idle: IrqIdle = false): IrqPin {
    assert(!this.#pins.has(pin), `${this.name}: pin ${pin} asked for twice`);
    const own = () => new SimIrqLine(`${this.name}:${pin}`, this.clock, this.trace, idle === true);
    const line = this.#wires.irq?.(pin, this.#pins.size, idle) ?? own();
    this.#pins.add(pin);
    return line.pin(idle === true);
  }

  knob(knob: Knob): void {
    assert(!this.knobs.has(knob.name), `${this.name}: knob ${knob.name} twice`);
    this.knobs.set(knob.name, knob);
  }

  inspect(inspection: Inspection): void {
    this.inspection = inspection;
  }

  /**
   * Builds the chip in. EINVAL for wiring that its knobs do not have, and for a knob that stands beyond its limits.
   */
  plug(): void {
    this.model.plug(this);
    for (const [name, value] of Object.entries(this.wiring)) this.#knob(name, value);
    for (const knob of this.knobs.values()) this.#knob(knob.name, knob.get());
  }

  /**
   * Turns a knob. EINVAL names the knob's limits, or the knobs there are. What the knob itself refuses stands in the
   * trace all the same: somebody turned it.
   */
  turn(name: string, value: number): void {
    const knob = this.#knob(name, value);
    this.trace.emit(this.name, { kind: 'knob', name, value });
    knob.set(value);
  }

  /** The knob, if it takes the value. */
  #knob(name: string, value: number): Knob {
    const knob = this.knobs.get(name);
    if (knob === undefined) {
      const there = [...this.knobs.keys()].join(', ') || 'none';
      throw new SysError('EINVAL', `no knob ${name}; there are ${there}`, { dev: this.name });
    }
    if (value >= knob.min && value <= knob.max) return knob;
    throw new SysError('EINVAL', `${name} = ${value}: from ${knob.min} to ${knob.max} ${knob.unit}`, {
      dev: this.name,
    });
  }

  #wire<K extends 'i2c' | 'mmio' | 'dma' | 'master' | 'event' | 'dpaa' | 'ethernet' | 'events' | 'rpmsg' | 'video'>(
    kind: K,
  ): NonNullable<SocketWires[K]> {
    const wire = this.#wires[kind];
    if (wire === undefined)
      throw new SysError('ENODEV', `chip model ${this.model.name} wants ${kind}, the board leads none there`, {
        dev: this.name,
      });
    return wire as NonNullable<SocketWires[K]>;
  }
}
