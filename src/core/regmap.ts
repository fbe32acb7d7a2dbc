// Registers of a chip behind a bus (Linux: linux/regmap.h, behaviour of 6.12): formats, access rules, cache, locking.
//
// Differences from Linux:
// regmap-R1  A write that fails makes the cache forget that register. Linux forgets the next one too (inclusive bound).
// regmap-R2  The same on SMBus-only adapters. Linux keeps the value there that the chip never got.
// regmap-R3  A value wider than the register ends with EINVAL before anything is touched. Linux cuts it silently on
//            I2C, and on SMBus refuses it after the cache took it.
// regmap-R4  Sync covers every cached register. Linux stops at maxRegister, which is 0 when nobody set it.
// regmap-R5  Sync writes one register per transfer. Linux joins neighbours into bursts, which many chips do not take.
// regmap-R6  The flat cache knows which registers it holds and reads the others from the chip. Linux's answers 0 there.
// regmap-R7  An address wider than regBits ends with EINVAL. Linux cuts it on I2C and reaches another register.
import { assert } from '../base/assert.js';
import { hexNumber } from '../base/bytes.js';
import { type Errno, SysError } from '../base/errno.js';
import { type FieldName, fieldMask, getField, type Reg, setField } from '../base/regs.js';
import type { Device } from './device.js';
import { Mutex } from './mutex.js';
import { RegCache } from './regcache.js';
import type { Endian, WireNumber } from './regmap-format.js';

/** Addresses from the first to the last, both included (Linux: regmap_reg_range). */
export type RegRange = readonly [first: number, last: number];

/** What a map knows of its chip (Linux: struct regmap_config). */
export interface RegmapConfig {
  readonly regBits: 8 | 16;
  readonly valBits: 8 | 16 | 32;
  /** Byte order of addresses; big when not given. */
  readonly regFormatEndian?: Endian;
  /** Byte order of values; when not given, what the devicetree node says, else big. */
  readonly valFormatEndian?: Endian;
  /** Addresses count in steps of this; others end with EINVAL. */
  readonly regStride?: number;
  /** Registers above it can be neither read nor written (EIO). */
  readonly maxRegister?: number;
  /** Registers that can be read; all when not given. Others end with EIO. */
  readonly readable?: readonly RegRange[];
  /** Registers that can be written; all when not given. Others end with EIO. */
  readonly writeable?: readonly RegRange[];
  /** Registers that change by themselves and are never cached; none when not given. */
  readonly volatile?: readonly RegRange[];
  /** `none` (default), or `flat`: remember what was read and written. */
  readonly cache?: 'none' | 'flat';
  /** Values after reset, which fill the cache; only registers whose value no read or strap can change belong here. */
  readonly regDefaults?: readonly (readonly [reg: Reg, value: number])[];
}

/** The way to one register, made once per register so that a read allocates nothing but promises. */
export interface RegmapPort {
  /** Answers the bytes of the value; they may be overwritten by the next transfer. */
  read(): Promise<Uint8Array>;
  write(value: number): Promise<unknown>;
}

/** How a map reaches its chip (Linux: struct regmap_bus). */
export interface RegmapBus {
  readonly regFormat: WireNumber;
  readonly valFormat: WireNumber;
  port(addr: number): RegmapPort;
}

/** What the map knows of one register. */
interface Slot {
  readonly name: string;
  readonly addr: number;
  readonly invalid: boolean;
  readonly readable: boolean;
  readonly writeable: boolean;
  readonly cacheable: boolean;
  readonly port: RegmapPort;
  /** Takes the bytes of a read; with `unlock` the lock is given back first. */
  readonly take: (bytes: Uint8Array) => number;
  readonly takeAndUnlock: (bytes: Uint8Array) => number;
  readonly failRead: (cause: unknown) => never;
  readonly failReadAndUnlock: (cause: unknown) => never;
}

/**
 * A register map. Every call takes its turn, so a change of some bits is never torn by another user of the map.
 * Errors are SysErrors `DEVICE: regmap: write CONFIG failed (CODE)` with the bus's code, and the bus's error as cause.
 * Trace events stand for what went over the bus, not for what the cache answered.
 */
export class Regmap {
  readonly #dev: Device;
  readonly #bus: RegmapBus;
  readonly #config: RegmapConfig;
  readonly #cache: RegCache | undefined;
  readonly #slots = new Map<number, Slot>();
  readonly #lock = new Mutex();
  #cacheOnly = false;
  #cacheBypass = false;

  /** Drivers call `regmapInitI2c`. */
  constructor(dev: Device, bus: RegmapBus, config: RegmapConfig) {
    this.#dev = dev;
    this.#bus = bus;
    this.#config = config;
    const defaults = config.regDefaults ?? [];
    for (const [reg] of defaults) this.#slot(reg); // a sync names them in its errors
    this.#cache =
      config.cache === 'flat' ? new RegCache(new Map(defaults.map(([reg, value]) => [reg.addr, value]))) : undefined;
  }

  /** The value of a register: from the cache when it is held there, else from the chip. */
  read(reg: Reg): Promise<number> {
    const slot = this.#slot(reg);
    if (!this.#lock.tryLock()) return this.#lock.run(() => this.#fetch(slot));
    const early = this.#early(slot);
    if (early === undefined) return slot.port.read().then(slot.takeAndUnlock, slot.failReadAndUnlock);
    this.#lock.unlock();
    return early;
  }

  /** Writes a whole register. In cache-only mode a value for a volatile register is lost, as in Linux. */
  write(reg: Reg, value: number): Promise<void> {
    const slot = this.#slot(reg);
    return this.#lock.run(() => this.#store(slot, value));
  }

  /** The number in one field (Linux: regmap_field_read). */
  async readField<R extends Reg>(reg: R, name: FieldName<R>): Promise<number> {
    return getField(await this.read(reg), fieldOf(reg, name));
  }

  /** Changes fields and leaves the others; writes only if something changes, and answers whether it did. */
  async update<R extends Reg>(reg: R, fields: Partial<Readonly<Record<FieldName<R>, number>>>): Promise<boolean> {
    let mask = 0;
    let value = 0;
    for (const [name, number] of Object.entries(fields)) {
      const field = fieldOf(reg, name);
      mask |= fieldMask(field);
      value = setField(value, field, number as number);
    }
    return this.updateBits(reg, mask >>> 0, value);
  }

  /** Replaces the bits of `mask` by those of `value`; writes only if something changes, and answers whether it did. */
  updateBits(reg: Reg, mask: number, value: number): Promise<boolean> {
    const slot = this.#slot(reg);
    return this.#lock.run(async () => {
      const old = await this.#fetch(slot);
      const next = ((old & ~mask) | (value & mask)) >>> 0;
      if (next === old) return false;
      await this.#store(slot, next);
      return true;
    });
  }

  /** Keeps everything off the bus: writes go to the cache, reads of what it does not hold end with EBUSY. */
  cacheOnly(on: boolean): void {
    assert(!(on && this.#cacheBypass), `${this.#dev.path}: cache-only and cache bypass at once`);
    this.#cacheOnly = on;
  }

  /** Goes straight to the chip and leaves the cache as it is. */
  cacheBypass(on: boolean): void {
    assert(!(on && this.#cacheOnly), `${this.#dev.path}: cache-only and cache bypass at once`);
    this.#cacheBypass = on;
  }

  /** What the cache holds now, by address; empty without a cache. */
  get cached(): ReadonlyMap<number, number> {
    return this.#cache?.values ?? NOTHING;
  }

  /** Says that the chip was reset or lost its power, so that the next `sync` writes it again. */
  markDirty(): void {
    this.#cache?.markDirty();
  }

  /** Forgets the cached values from `first` to `last`, both included. */
  dropRegion(first: Reg, last: Reg): void {
    this.#cache?.drop(first.addr, last.addr);
  }

  /** Writes what the cache holds and the chip may lack, lowest address first. After an error the rest stays dirty. */
  sync(): Promise<void> {
    const cache = this.#cache;
    assert(cache !== undefined, `${this.#dev.path}: sync of a map without cache`);
    return this.#lock.run(async () => {
      const { path, trace } = this.#dev;
      trace.emit(path, { kind: 'regcache_sync', status: 'start' });
      try {
        if (cache.dirty) await this.#writeBack(cache);
      } finally {
        trace.emit(path, { kind: 'regcache_sync', status: 'stop' });
      }
    });
  }

  async #writeBack(cache: RegCache): Promise<void> {
    let complete = false;
    try {
      for (const [addr, value] of cache.unsent()) {
        const slot = this.#slots.get(addr) as Slot; // every cached register has been named once
        if (slot.cacheable && slot.writeable) await this.#restore(slot, value);
      }
      complete = true;
    } finally {
      cache.synced(complete);
    }
  }

  async #restore(slot: Slot, value: number): Promise<void> {
    try {
      await this.#send(slot, value);
    } catch (e) {
      if (e instanceof SysError) this.#dev.err(`Unable to sync register ${linuxHex(slot.addr)}. ${e.errno}`);
      throw e;
    }
  }

  /** The answer to a read that needs no transfer: a cached value, or why it cannot be. */
  #early(slot: Slot): Promise<number> | undefined {
    const cached = this.#cacheBypass || !slot.cacheable ? undefined : this.#cache?.get(slot.addr);
    if (cached !== undefined) return Promise.resolve(cached);
    if (slot.invalid) return Promise.reject(this.#refusal('EINVAL', slot, 'read', 'no such address'));
    if (this.#cacheOnly) return Promise.reject(this.#refusal('EBUSY', slot, 'read', 'not cached, and the bus is off'));
    if (!slot.readable) return Promise.reject(this.#refusal('EIO', slot, 'read', 'not readable'));
    return undefined;
  }

  /** A read with the lock held. */
  #fetch(slot: Slot): Promise<number> {
    return this.#early(slot) ?? slot.port.read().then(slot.take, slot.failRead);
  }

  /** A write with the lock held. */
  async #store(slot: Slot, value: number): Promise<void> {
    if (slot.invalid) throw this.#refusal('EINVAL', slot, 'write', 'no such address');
    if (!slot.writeable) throw this.#refusal('EIO', slot, 'write', 'not writeable');
    if (!this.#bus.valFormat.fits(value)) {
      throw this.#refusal('EINVAL', slot, 'write', `${value} does not fit into ${this.#config.valBits} bits`);
    }
    const cache = slot.cacheable && !this.#cacheBypass ? this.#cache : undefined;
    if (this.#cacheOnly) {
      cache?.putUnsent(slot.addr, value);
      return;
    }
    cache?.drop(slot.addr, slot.addr); // a write that fails leaves no value here (regmap-R1, regmap-R2)
    await this.#send(slot, value);
    cache?.put(slot.addr, value);
  }

  async #send(slot: Slot, value: number): Promise<void> {
    try {
      await slot.port.write(value);
    } catch (cause) {
      throw this.#failure(slot, 'write', cause);
    }
    const { trace, path } = this.#dev;
    if (trace.on) trace.emit(path, { kind: 'regmap_reg_write', reg: slot.addr, name: slot.name, val: value });
  }

  /** What a successful transfer brought. */
  #received(slot: Slot, bytes: Uint8Array): number {
    const { valFormat } = this.#bus;
    if (bytes.length !== valFormat.bytes) throw this.#refusal('EIO', slot, 'read', `${bytes.length} bytes came back`);
    const value = valFormat.get(bytes);
    const { trace } = this.#dev;
    if (trace.on) trace.emit(this.#dev.path, { kind: 'regmap_reg_read', reg: slot.addr, name: slot.name, val: value });
    if (slot.cacheable && !this.#cacheBypass) this.#cache?.put(slot.addr, value);
    return value;
  }

  #slot(reg: Reg): Slot {
    return this.#slots.get(reg.addr) ?? this.#newSlot(reg);
  }

  #newSlot(reg: Reg): Slot {
    const { name, addr } = reg;
    const { readable, writeable, volatile = [], maxRegister = this.#bus.regFormat.max, regStride = 1 } = this.#config;
    const inside = addr <= maxRegister;
    const canRead = inside && isIn(addr, readable);
    const invalid = !this.#bus.regFormat.fits(addr) || addr % regStride !== 0;
    const slot: Slot = {
      name,
      addr,
      invalid,
      readable: canRead,
      writeable: inside && isIn(addr, writeable),
      cacheable: !invalid && !(canRead && isIn(addr, volatile)), // what cannot be read is not volatile, as in Linux
      port: this.#bus.port(invalid ? 0 : addr),
      take: (bytes) => this.#received(slot, bytes),
      takeAndUnlock: (bytes) => {
        this.#lock.unlock();
        return this.#received(slot, bytes);
      },
      failRead: (cause) => {
        throw this.#failure(slot, 'read', cause);
      },
      failReadAndUnlock: (cause) => {
        this.#lock.unlock();
        throw this.#failure(slot, 'read', cause);
      },
    };
    this.#slots.set(addr, slot);
    return slot;
  }

  #refusal(code: Errno, slot: Slot, op: 'read' | 'write', why: string): SysError {
    return this.#dev.error(code, `${op} ${slot.name}: ${why}`, 'regmap');
  }

  /** The bus's error with the register's name; what is not a SysError is our own mistake and goes up as it is. */
  #failure(slot: Slot, op: 'read' | 'write', cause: unknown): unknown {
    if (!(cause instanceof SysError)) return cause;
    return this.#dev.error(cause.code, `${op} ${slot.name} failed`, 'regmap', cause);
  }
}

const NOTHING: ReadonlyMap<number, number> = new Map();

function fieldOf(reg: Reg, name: string): Reg['fields'][string] {
  const field = reg.fields[name];
  assert(field !== undefined, `${reg.name} has no field ${name}`);
  return field;
}

function isIn(addr: number, ranges: readonly RegRange[] | undefined): boolean {
  return ranges === undefined || ranges.some(([first, last]) => addr >= first && addr <= last);
}

/** As C's `%#x` prints it: no prefix for 0. */
function linuxHex(value: number): string {
  return value === 0 ? '0' : hexNumber(value);
}
