// An MDIO controller: the bus that PHYs answer on. A transaction is over as soon as it is asked for.
import type { Trace } from '../../base/trace.js';
import { RegisterFile, RegisterLayout } from '../register-file.js';
import type { MdioTarget } from './phy.js';
import { MDIO } from './regs.js';

const LAYOUT = new RegisterLayout(MDIO);
const NOTHING = 0xffff;

/** One controller. */
export class MdioController {
  readonly #file: RegisterFile;
  readonly #targets = new Map<number, MdioTarget>();

  constructor(name: string, trace: Trace) {
    this.#file = new RegisterFile(LAYOUT, name, trace);
  }

  /** Puts a PHY at an address. */
  attach(addr: number, target: MdioTarget): void {
    this.#targets.set(addr, target);
  }

  read(offset: number): number {
    return this.#file.busRead(offset);
  }

  write(offset: number, value: number): void {
    this.#file.busWrite(offset, value);
    if (offset === MDIO.CTL.addr && this.#file.peek(MDIO.CTL, 'READ') === 1) this.#read();
    else if (offset === MDIO.DATA.addr) this.#target?.write(this.#device, this.#reg, value & 0xffff);
  }

  registers(): Record<string, number> {
    return this.#file.snapshot();
  }

  #read(): void {
    const target = this.#target;
    this.#file.poke(MDIO.CTL, 'READ', 0);
    this.#file.poke(MDIO.STAT, 'RD_ER', target === undefined ? 1 : 0);
    this.#file.poke(MDIO.DATA, 'DATA', target?.read(this.#device, this.#reg) ?? NOTHING);
  }

  get #target(): MdioTarget | undefined {
    return this.#targets.get(this.#file.peek(MDIO.CTL, 'PORT'));
  }

  get #clause45(): boolean {
    return this.#file.peek(MDIO.STAT, 'ENC') === 1;
  }

  get #device(): number {
    return this.#clause45 ? this.#file.peek(MDIO.CTL, 'DEV') : -1;
  }

  get #reg(): number {
    return this.#clause45 ? this.#file.peek(MDIO.ADDR, 'ADDR') : this.#file.peek(MDIO.CTL, 'DEV');
  }
}
