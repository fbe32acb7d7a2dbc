// A power monitor out in the world, for tests of real buses: its adapter's transfers take real time.
import { us } from '../src/base/clock.js';
import { Random } from '../src/base/random.js';
import { Trace } from '../src/base/trace.js';
import { BoardSocket } from '../src/bench/board-socket.js';
import type { I2cBus, I2cTarget } from '../src/bus/i2c.js';
import { SimI2cBus } from '../src/bus/i2c-sim.js';
import type { I2cSeat } from '../src/bus/socket.js';
import { ina3221Chip } from '../src/chips/ina3221/ina3221.js';
import type { Ticks } from './ticks.js';

const TRANSFER_NS = us(500);

/** An INA3221 at 0x40 of a bus of the world. */
export class World {
  /** The adapter as a program opens it. */
  readonly bus: I2cBus;
  readonly #sim: SimI2cBus;
  readonly #socket: BoardSocket;
  #target: I2cTarget | undefined;
  #detach: (() => void) | undefined;

  constructor(time: Ticks, path = '/dev/i2c-1') {
    this.#sim = new SimI2cBus(path);
    const parts = { clock: time.aside, trace: new Trace(() => time.nowNs()), random: new Random('1') };
    const sit = (target: I2cTarget): I2cSeat => {
      this.#target = target;
      return { move: () => undefined };
    };
    this.#socket = new BoardSocket('/world/power', ina3221Chip(), parts, { i2c: { addr: 0x40, sit } });
    this.#socket.plug();
    this.insert();
    this.bus = {
      functionality: this.#sim.functionality,
      transfer: async (addr, msgs) => {
        await new Promise<void>((resolve) => time.after(TRANSFER_NS, resolve));
        return this.#sim.transfer(addr, msgs);
      },
    };
  }

  /** Turns a knob around the chip. */
  turn(knob: string, value: number): void {
    this.#socket.turn(knob, value);
  }

  /** Pulls the chip out of its socket: nobody acknowledges its address. */
  pull(): void {
    this.#detach?.();
    this.#detach = undefined;
  }

  /** Puts it back. */
  insert(): void {
    this.#detach ??= this.#sim.attach(0x40, this.#target as I2cTarget);
  }
}
