// An INA3221 in a socket made by hand: bytes in and out, pins that move, knobs, and a clock of its own.
import { type Instant, SimClock } from '../src/base/clock.js';
import { Random } from '../src/base/random.js';
import { Trace, type TraceEvent } from '../src/base/trace.js';
import type { I2cTarget } from '../src/bus/i2c.js';
import type { Inspection, Knob, Socket } from '../src/bus/socket.js';
import { type Ina3221Options, ina3221Chip } from '../src/chips/ina3221/ina3221.js';
import { settle } from '../src/host/settle.js';

/** Where a rig's board expects the chip. */
const EXPECTED = 0x40;

/** The chip, with what a test needs to see of it. */
export class Rig {
  readonly clock = new SimClock(settle);
  readonly trace = new Trace(() => this.clock.now());
  readonly events: TraceEvent[] = [];
  /** Each move of a pin: microseconds, pin, level. */
  readonly moves: [number, string, boolean][] = [];
  readonly levels: Record<string, boolean> = {};
  readonly knobs = new Map<string, Knob>();
  inspection!: Inspection;
  chip!: I2cTarget;
  /** Where the chip answers. */
  addr = 0;

  constructor(
    options: Partial<Ina3221Options> = {},
    wiring: Readonly<Record<string, number>> = {},
    i2cAddr: number = EXPECTED,
  ) {
    this.trace.attach((event) => this.events.push(event));
    ina3221Chip(options).plug(this.#socket(wiring, i2cAddr));
  }

  #socket(wiring: Readonly<Record<string, number>>, i2cAddr: number): Socket {
    const unused = (): never => {
      throw new Error('not a wire of this chip');
    };
    return {
      name: '/i2c@0/power@40',
      compatible: 'ti,ina3221',
      clock: this.clock,
      trace: this.trace,
      random: new Random('ina3221'),
      wiring,
      i2cAddr,
      i2c: (target, addr = i2cAddr) => {
        this.chip = target;
        const move = (to: number): void => {
          this.addr = to;
        };
        move(addr);
        return { move };
      },
      irq: (pin, idle = false) => {
        this.levels[pin] = idle === true;
        return { set: (high) => this.#move(pin, high) };
      },
      knob: (knob) => this.knobs.set(knob.name, knob),
      inspect: (inspection) => {
        this.inspection = inspection;
      },
      mmio: unused,
      dma: unused,
      master: unused,
      event: unused,
      events: unused,
      dpaa: unused,
      ethernet: unused,
      rpmsg: unused,
      video: unused,
    };
  }

  #move(pin: string, high: boolean): void {
    if (this.levels[pin] === high) return;
    this.levels[pin] = high;
    this.moves.push([this.clock.now() / 1000, pin, high]);
  }

  /** The moves of one pin: microseconds and level. */
  movesOf(pin: string): [number, boolean][] {
    return this.moves.flatMap(([us, name, high]) => (name === pin ? [[us, high]] : []));
  }

  turn(name: string, value: number): void {
    (this.knobs.get(name) as Knob).set(value);
  }

  /** Bytes of one write, pointer first; answers how many were acknowledged. */
  send(...bytes: readonly number[]): number {
    const acknowledged = this.chip.write(Uint8Array.from(bytes));
    this.chip.stop();
    return acknowledged;
  }

  write(reg: number, value: number): void {
    if (this.send(reg, value >> 8, value & 0xff) !== 3) throw new Error(`a write to register ${reg} was refused`);
  }

  /** Bytes of one read, from where the pointer stands. */
  receive(length: number): number[] {
    const bytes = [...this.chip.read(length)];
    this.chip.stop();
    return bytes;
  }

  read(reg: number): number {
    this.chip.write(Uint8Array.of(reg));
    const [high, low] = this.receive(2) as [number, number];
    return (high << 8) | low;
  }

  all(regs: readonly number[]): number[] {
    return regs.map((reg) => this.read(reg));
  }

  /** Lets time pass until a moment. */
  async at(moment: Instant): Promise<void> {
    await this.clock.run(moment - this.clock.now());
  }
}
