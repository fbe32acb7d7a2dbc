// The modelled address space of registers: chips attach windows, drivers map ranges of it.
import { assert } from '../base/assert.js';
import { hexNumber } from '../base/bytes.js';
import { SysError } from '../base/errno.js';
import { type MmioMaster, type MmioSpace, type MmioTarget, swab32 } from './mmio.js';

type Width = 1 | 2 | 4;

/** A chip's registers at their physical address. Its target goes away when the chip is detached. */
interface Window {
  readonly base: number;
  readonly size: number;
  target: MmioTarget | undefined;
}

/** The window that has `[addr, addr + width)`. */
type FindWindow = (addr: number, width: number) => Window | undefined;

const MAX: Readonly<Record<Width, number>> = { 1: 0xff, 2: 0xffff, 4: 0xffff_ffff };

const NO_MEMORY = new Int32Array(0);
const NOBODY = (): void => undefined;

/** The interconnect between the processor and register windows. Addresses up to 2^53. */
export class MmioBus {
  readonly name: string;
  /** Attached windows by base address. */
  readonly #windows: Window[] = [];

  constructor(name = 'mmio') {
    this.name = name;
  }

  /** Puts a target at `[base, base + size)` and answers how to take it away. Overlapping windows are a Bug. */
  attach(base: number, size: number, target: MmioTarget): () => void {
    assert(base >= 0 && size > 0 && base % 4 === 0, `${this.name}: no window of ${size} bytes at ${hexNumber(base)}`);
    const at = this.#windows.findIndex((other) => other.base > base);
    const index = at < 0 ? this.#windows.length : at;
    const before = this.#windows[index - 1];
    const after = this.#windows[index];
    assert(before === undefined || before.base + before.size <= base, this.#overlap(base, size, before));
    assert(after === undefined || base + size <= after.base, this.#overlap(base, size, after));
    const window: Window = { base, size, target };
    this.#windows.splice(index, 0, window);
    return () => {
      assert(window.target === target, `${this.name}: window at ${hexNumber(base)} detached twice`);
      window.target = undefined;
      this.#windows.splice(this.#windows.indexOf(window), 1);
    };
  }

  /** True when no window has a byte of `[base, base + size)`. */
  isFree(base: number, size: number): boolean {
    return this.#windows.every((window) => window.base + window.size <= base || base + size <= window.base);
  }

  /**
   * Maps a range for a driver (Linux: ioremap). It never fails: as on a real bus, a hole shows when it is touched.
   * `dev` names the driver's device in errors.
   */
  ioremap(base: number, size: number, dev: string = this.name): MmioSpace {
    assert(base >= 0 && size > 0, `${dev}: no range of ${size} bytes at ${hexNumber(base)}`);
    return new SimMmioSpace((addr, width) => this.#find(addr, width), base, size, dev);
  }

  /** A chip's way to all windows; `dev` names the chip in errors. */
  master(dev: string): MmioMaster {
    return new SimMmioMaster((addr, width) => this.#find(addr, width), dev);
  }

  #find(addr: number, width: number): Window | undefined {
    return this.#windows.find((window) => window.base <= addr && addr + width <= window.base + window.size);
  }

  #overlap(base: number, size: number, other: Window | undefined): string {
    if (other === undefined) return '';
    const mine = `[${hexNumber(base)}, ${hexNumber(base + size)})`;
    return `${this.name}: window ${mine} overlaps [${hexNumber(other.base)}, ${hexNumber(other.base + other.size)})`;
  }
}

/** Keeps the window that it reached last: who writes a register of a block writes others of it. */
class SimMmioMaster implements MmioMaster {
  readonly #find: FindWindow;
  readonly #dev: string;
  #window: Window | undefined;
  #base = 0;
  /** First address behind those of its words. */
  #end = 0;

  constructor(find: FindWindow, dev: string) {
    this.#find = find;
    this.#dev = dev;
  }

  read32(phys: number): number {
    const target = this.#window?.target;
    if (target === undefined || phys < this.#base || phys >= this.#end || (phys & 3) !== 0)
      return this.#look(phys).read32(phys - this.#base) >>> 0;
    return target.read32(phys - this.#base) >>> 0;
  }

  write32(phys: number, value: number): void {
    const target = this.#window?.target;
    if (target === undefined || phys < this.#base || phys >= this.#end || (phys & 3) !== 0)
      this.#look(phys).write32(phys - this.#base, value >>> 0);
    else target.write32(phys - this.#base, value >>> 0);
  }

  /** Another window than the last. */
  #look(phys: number): MmioTarget {
    const where = { dev: this.#dev, op: 'mmio' };
    if (phys % 4 !== 0) throw new SysError('EINVAL', `32-bit access at ${hexNumber(phys)} is not aligned`, where);
    const found = this.#find(phys, 4);
    if (found?.target === undefined)
      throw new SysError('EIO', `bus error: nobody answers at ${hexNumber(phys)}`, where);
    this.#window = found;
    this.#base = found.base;
    this.#end = found.base + found.size - 3;
    return found.target;
  }
}

/** Resolves its window once; a read is then a few comparisons and a call. What does not fit takes the slow way. */
class SimMmioSpace implements MmioSpace {
  readonly size: number;
  readonly #find: FindWindow;
  readonly #base: number;
  readonly #dev: string;
  #window: Window | undefined;
  /** What is added to an offset to get the target's own. */
  #shift = 0;
  /** Offsets below are inside both this space and the window. */
  #end = 0;
  /** Where the target is memory: its words, and which writes it hears of. No word of others is below `#memoryEnd`. */
  #memory: Int32Array = NO_MEMORY;
  #memoryEnd = 0;
  #quiet = 0;
  #written: (offset: number) => void = NOBODY;

  constructor(find: FindWindow, base: number, size: number, dev: string) {
    this.#find = find;
    this.#base = base;
    this.size = size;
    this.#dev = dev;
    this.#resolve();
  }

  read32(offset: number): number {
    if (offset < this.#memoryEnd && isAt(offset, 3) && this.#window?.target !== undefined)
      return swab32(this.#memory[offset >> 2] as number);
    const target = this.#window?.target;
    if (target === undefined || !isAt(offset, 3) || offset + 4 > this.#end) return this.#slowRead(offset, 4);
    return target.read32(offset + this.#shift) >>> 0;
  }

  read16(offset: number): number {
    const target = this.#window?.target;
    if (target?.read16 === undefined || !isAt(offset, 1) || offset + 2 > this.#end) return this.#slowRead(offset, 2);
    return target.read16(offset + this.#shift) & 0xffff;
  }

  read8(offset: number): number {
    const target = this.#window?.target;
    if (target?.read8 === undefined || !isAt(offset, 0) || offset + 1 > this.#end) return this.#slowRead(offset, 1);
    return target.read8(offset + this.#shift) & 0xff;
  }

  write32(offset: number, value: number): void {
    const target = this.#window?.target;
    const fits = value >>> 0 === value && isAt(offset, 3) && offset + 4 <= this.#end;
    if (target === undefined || !fits) this.#slowWrite(offset, value, 4);
    else target.write32(offset + this.#shift, value);
  }

  readLine(offset: number, into: Int32Array, count: number): void {
    if (isAt(offset, 3) && offset + 4 * count < this.#memoryEnd + 4 && this.#window?.target !== undefined) {
      const memory = this.#memory;
      for (let i = 0, at = offset >> 2; i < count; i++) into[i] = memory[at + i] as number;
    } else for (let i = 0; i < count; i++) into[i] = swab32(this.read32(offset + 4 * i));
  }

  writeLine(offset: number, from: Int32Array, count: number): void {
    if (isAt(offset, 3) && offset + 4 * count < this.#memoryEnd + 4 && this.#window?.target !== undefined) {
      const memory = this.#memory;
      for (let i = count - 1; i >= 0; i--) {
        const at = offset + 4 * i;
        memory[at >> 2] = from[i] as number;
        if ((at & this.#quiet) === 0) this.#written(at);
      }
    } else for (let i = count - 1; i >= 0; i--) this.write32(offset + 4 * i, swab32(from[i] as number));
  }

  write16(offset: number, value: number): void {
    const target = this.#window?.target;
    const fits = (value & 0xffff) === value && isAt(offset, 1) && offset + 2 <= this.#end;
    if (target?.write16 === undefined || !fits) this.#slowWrite(offset, value, 2);
    else target.write16(offset + this.#shift, value);
  }

  write8(offset: number, value: number): void {
    const target = this.#window?.target;
    const fits = (value & 0xff) === value && isAt(offset, 0) && offset + 1 <= this.#end;
    if (target?.write8 === undefined || !fits) this.#slowWrite(offset, value, 1);
    else target.write8(offset + this.#shift, value);
  }

  /** Takes the window at the start of the space for the fast way. A window attached later is found on first use. */
  #resolve(): void {
    this.#window = this.#find(this.#base, 1);
    if (this.#window === undefined) return;
    this.#shift = this.#base - this.#window.base;
    this.#end = Math.min(this.size, this.#window.size - this.#shift);
    const memory = this.#window.target?.memory;
    this.#memoryEnd = 0;
    if (memory === undefined || this.#shift !== 0) return;
    this.#memory = memory.words;
    this.#memoryEnd = Math.min(this.#end, memory.words.byteLength) - 3;
    this.#quiet = memory.quiet;
    this.#written = (at) => memory.written(at);
  }

  #slowRead(offset: number, width: Width): number {
    const { target, at } = this.#target(offset, width);
    if (width === 4) return target.read32(at) >>> 0;
    const value = width === 2 ? target.read16?.(at) : target.read8?.(at);
    return value === undefined ? this.#lacks(offset, width) : value & MAX[width];
  }

  #slowWrite(offset: number, value: number, width: Width): void {
    const fits = Number.isInteger(value) && value >= 0 && value <= MAX[width];
    assert(fits, `${this.#dev}: ${value} does not fit into ${width * 8} bits at offset ${offset}`);
    const { target, at } = this.#target(offset, width);
    if (width === 4) target.write32(at, value);
    else if (width === 2) target.write16 === undefined ? this.#lacks(offset, width) : target.write16(at, value);
    else target.write8 === undefined ? this.#lacks(offset, width) : target.write8(at, value);
  }

  /** Whoever answers at this offset; throws the bus's error where nobody does. */
  #target(offset: number, width: Width): { target: MmioTarget; at: number } {
    const where = { dev: this.#dev, op: 'mmio' };
    const place = `${width * 8}-bit access at offset ${offset < 0 ? offset : hexNumber(offset)}`;
    if (!(offset >= 0 && offset + width <= this.size)) {
      throw new SysError('EFAULT', `${place} is outside the window of ${hexNumber(this.size)} bytes`, where);
    }
    if (offset % width !== 0) throw new SysError('EINVAL', `${place} is not aligned`, where);
    const addr = this.#base + offset;
    const window = this.#find(addr, width);
    if (window?.target === undefined)
      throw new SysError('EIO', `bus error: nobody answers at ${hexNumber(addr)}`, where);
    if (this.#window?.target === undefined) this.#resolve();
    return { target: window.target, at: addr - window.base };
  }

  #lacks(offset: number, width: Width): never {
    const text = `bus error: no ${width * 8}-bit access at ${hexNumber(this.#base + offset)}`;
    throw new SysError('EIO', text, { dev: this.#dev, op: 'mmio' });
  }
}

/** True for a whole, aligned offset from 0. */
function isAt(offset: number, mask: number): boolean {
  return offset >>> 0 === offset && (offset & mask) === 0;
}
