// A GCE that is a register file and executes nothing, as the recordings of the driver had it (test/golden/cmdq.md,
// family "driver").
import type { MmioTarget } from '../../../src/bus/mmio.js';
import type { ChipModel } from '../../../src/bus/socket.js';

const THREADS = 0x100;
const BLOCK = 0x80;
const CURR_IRQ_STATUS = 0x10;

/** Told of each access. */
export type Access = (kind: 'read' | 'write', offset: number, value: number) => void;

/** The file. */
export class RegisterFile implements MmioTarget {
  /** CURR_STATUS stays 0. */
  suspendFails = false;
  readonly #regs = new Map<number, number>();
  readonly #note: Access;
  #pin: (isActive: boolean) => void = () => undefined;

  constructor(note: Access) {
    this.#note = note;
  }

  /** A chip of it for the node; its interrupt is active at `level`. */
  chip(compatible: string, level: 'low' | 'high'): ChipModel {
    return {
      name: 'register-file',
      compatible: [compatible],
      plug: (socket) => {
        if (!socket.name.endsWith('gce0')) return;
        socket.mmio(this);
        const pin = socket.irq('gce', level === 'low');
        this.#pin = (isActive) => pin.set(isActive === (level === 'high'));
      },
    };
  }

  /** Lets the driver's handler run once. */
  interrupt(): void {
    this.#pin(true);
  }

  peek(offset: number): number {
    return this.#regs.get(offset) ?? 0;
  }

  poke(offset: number, value: number): void {
    this.#regs.set(offset, value);
  }

  read32(offset: number): number {
    if (offset === CURR_IRQ_STATUS) this.#pin(false);
    const value = this.peek(offset);
    this.#note('read', offset, value);
    return value;
  }

  write32(offset: number, value: number): void {
    this.#note('write', offset, value);
    const reg = offset < THREADS ? -1 : (offset - THREADS) % BLOCK;
    if (reg === 0x00) for (let other = 0; other < BLOCK; other += 4) this.#regs.delete(offset + other);
    else if (reg === 0x10) this.poke(offset, this.peek(offset) & value);
    else if (offset !== 0x68) this.poke(offset, value);
    if (reg === 0x08) this.poke(offset + 4, value === 1 && this.peek(offset - 4) === 1 && !this.suspendFails ? 2 : 0);
  }
}
