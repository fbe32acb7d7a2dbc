// Memory and registers without a board: what a simulator or a test gives the engine.
import { hexNumber } from '../../base/bytes.js';
import { SysError } from '../../base/errno.js';
import type { DmaPort } from '../../bus/dma.js';
import type { MmioMaster } from '../../bus/mmio.js';

const PAGE = 4096;

/**
 * Memory in pages that come into being when something is put there. Elsewhere it reads zeros and takes writes, or with
 * `outside: 'fault'` answers EFAULT, as unmapped memory does.
 */
export class PlainMemory implements DmaPort {
  readonly #pages = new Map<number, Uint8Array>();
  readonly #outside: 'zeros' | 'fault';
  epoch = 0;

  constructor(outside: 'zeros' | 'fault' = 'zeros') {
    this.#outside = outside;
  }

  /** Puts bytes at an address. */
  put(addr: number, bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) {
      const page = this.#make(addr + done);
      const from = (addr + done) % PAGE;
      const part = bytes.subarray(done, done + PAGE - from);
      page.set(part, from);
      done += part.length;
    }
  }

  /** Puts instructions at an address, each as its upper word, with the opcode, and its lower. */
  putInstructions(addr: number, instructions: readonly (readonly [high: number, low: number])[]): void {
    const bytes = new DataView(new ArrayBuffer(instructions.length * 8));
    instructions.forEach(([high, low], at) => {
      bytes.setUint32(at * 8, low, true);
      bytes.setUint32(at * 8 + 4, high, true);
    });
    this.put(addr, new Uint8Array(bytes.buffer));
  }

  /** Takes the pages that have bytes of a range away. */
  remove(addr: number, size: number): void {
    for (let page = Math.floor(addr / PAGE); page * PAGE < addr + size; page++) this.#pages.delete(page);
    this.epoch++;
  }

  writeBoth(iova: number, bytes: Uint8Array, iova2: number, bytes2: Uint8Array): void {
    this.write(iova, bytes);
    this.write(iova2, bytes2);
  }

  span(iova: number, most: number): Uint8Array {
    const from = iova % PAGE;
    return this.#at(iova).subarray(from, from + most);
  }

  read(iova: number, length: number): Uint8Array {
    const first = this.span(iova, length);
    if (first.length === length) return first;
    const bytes = new Uint8Array(length);
    bytes.set(first);
    bytes.set(this.read(iova + first.length, length - first.length), first.length);
    return bytes;
  }

  look(iova: number, length: number): Uint8Array | undefined {
    try {
      return this.read(iova, length);
    } catch (e) {
      if (e instanceof SysError) return undefined;
      throw e;
    }
  }

  write(iova: number, bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) {
      const from = (iova + done) % PAGE;
      const part = bytes.subarray(done, done + PAGE - from);
      this.#at(iova + done).set(part, from);
      done += part.length;
    }
  }

  #at(addr: number): Uint8Array {
    const page = this.#pages.get(Math.floor(addr / PAGE));
    if (page !== undefined) return page;
    if (this.#outside === 'zeros') return this.#make(addr);
    throw new SysError('EFAULT', `there is no memory at ${hexNumber(addr)}`, { op: 'dma' });
  }

  #make(addr: number): Uint8Array {
    const number = Math.floor(addr / PAGE);
    const known = this.#pages.get(number);
    if (known !== undefined) return known;
    const page = new Uint8Array(PAGE);
    this.#pages.set(number, page);
    this.epoch++;
    return page;
  }
}

/** A range of addresses that somebody else answers. */
interface Lead {
  readonly base: number;
  readonly size: number;
  readonly to: MmioMaster;
}

/** Registers that keep what is written; the others read 0. A window can be given to somebody else. */
export class PlainRegisters implements MmioMaster {
  readonly #values = new Map<number, number>();
  readonly #windows: Lead[] = [];

  /** Leads accesses of `[base, base + size)` elsewhere, with offsets from `base`. */
  lead(base: number, size: number, to: MmioMaster): void {
    this.#windows.push({ base, size, to });
  }

  read32(phys: number): number {
    const window = this.#window(phys);
    return window === undefined ? (this.#values.get(phys) ?? 0) : window.to.read32(phys - window.base);
  }

  write32(phys: number, value: number): void {
    const window = this.#window(phys);
    if (window === undefined) this.#values.set(phys, value >>> 0);
    else window.to.write32(phys - window.base, value);
  }

  #window(phys: number): Lead | undefined {
    return this.#windows.find(({ base, size }) => phys >= base && phys < base + size);
  }
}
