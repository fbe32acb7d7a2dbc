// Who sits where on a modelled I2C bus, by name: for chips whose pins say at which address they answer.
import { hexNumber } from '../base/bytes.js';
import { SysError } from '../base/errno.js';
import type { I2cTarget } from '../bus/i2c.js';
import { SimI2cBus } from '../bus/i2c-sim.js';
import type { I2cSeat } from '../bus/socket.js';

const HIGHEST = 0x7f;

/** A modelled bus and the sockets on it. */
export class I2cSeats {
  readonly bus: SimI2cBus;
  /** Addresses at which the tree has a node. */
  readonly #expected = new Set<number>();
  /** Names of sockets by the address at which their chip answers. */
  readonly #names = new Map<number, string>();

  constructor(name: string) {
    this.bus = new SimI2cBus(name);
  }

  /** Keeps an address for a node. As in Linux the first one has it: false for those after it, and for no 7-bit one. */
  expect(addr: number): boolean {
    if (addr > HIGHEST || this.#expected.has(addr)) return false;
    this.#expected.add(addr);
    return true;
  }

  /** Lets the chip of the socket `name` answer at an address. EINVAL, EBUSY as `I2cSeat.move` has them. */
  sit(name: string, target: I2cTarget, addr: number): I2cSeat {
    let leave = this.#take(name, target, addr);
    let at = addr;
    const move = (to: number): void => {
      if (to === at) return;
      const next = this.#take(name, target, to);
      leave();
      leave = next;
      at = to;
    };
    return { move };
  }

  #take(name: string, target: I2cTarget, addr: number): () => void {
    const where = { dev: name, op: 'i2c' };
    if (!(addr > 0 && addr <= HIGHEST && Number.isInteger(addr)))
      throw new SysError('EINVAL', `no chip can answer at address ${addr}`, where);
    const other = this.#names.get(addr);
    if (other !== undefined)
      throw new SysError('EBUSY', `cannot answer at ${hexNumber(addr, 2)}, ${other} does`, where);
    const detach = this.bus.attach(addr, target);
    this.#names.set(addr, name);
    return () => {
      detach();
      this.#names.delete(addr);
    };
  }
}
