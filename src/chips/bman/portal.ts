// A software portal of BMan: the release ring, management commands, and the registers beside them.
import type { DpaaPort } from '../../bus/dpaa.js';
import type { RegisterMap } from '../../bus/socket.js';
import {
  BigEndianRegisters,
  COMMAND_AT,
  CommandLines,
  InterruptUnit,
  placeMap,
  PortalWindow,
  VALID,
} from '../portal-window.js';
import type { BmanEngine, PortalEnd } from './engine.js';
import { MOST_BUFFERS } from './pools.js';
import type { BmanSoc } from './soc.js';

/** Places in the cache-enabled window. */
const CE = { CR: 0x000, RR0: 0x100, RR1: 0x140, RCR: 0x1000, RCR_END: 0x1200, RCR_PI: 0x3000, RCR_CI: 0x3100 } as const;

/** Registers of the cache-inhibited window. */
type RegName = 'PI' | 'CI' | 'ITR' | 'CFG' | 'SCN0' | 'SCN1' | 'ISR' | 'IER' | 'ISDR' | 'IIR';

const PLACES: Readonly<Record<BmanSoc['layout'], Readonly<Record<RegName, number>>>> = {
  arm: {
    ...{ PI: 0x3000, CI: 0x3100, ITR: 0x3200, CFG: 0x3300, SCN0: 0x3400, SCN1: 0x3440 },
    ...{ ISR: 0x3e00, IER: 0x3e40, ISDR: 0x3e80, IIR: 0x3ec0 },
  },
  ppc: {
    ...{ PI: 0x0, CI: 0x4, ITR: 0x8, CFG: 0x100, SCN0: 0x200, SCN1: 0x204 },
    ...{ ISR: 0xe00, IER: 0xe04, ISDR: 0xe08, IIR: 0xe0c },
  },
};

const RING = 8;
const CMD = 0x70;
const COUNT = 0x0f;
const VERB = { ACQUIRE: 0x10, RELEASE_ONE_POOL: 0x20, RELEASE_OWN_POOLS: 0x30, QUERY: 0x40, INVALID: 0x60 } as const;
/** CFG: how software tells of new entries. */
const BY_VALID_BIT = 2;
/** Bits of the interrupt registers. */
const IRQ = { RING_BELOW: 2, POOL_STATE: 1 } as const;

/** What a portal tells, and what happens to it. */
export interface PortalHooks {
  readonly strikes: DpaaPort['strikes'];
  /** Software has taken or given buffers. */
  readonly moved: (kind: 'bman_acquire' | 'bman_release', bpid: number, count: number, addrs: Float64Array) => void;
}

/** One portal. */
export class BmanPortal implements PortalEnd {
  readonly index: number;
  readonly ce: PortalWindow;
  readonly ci: BigEndianRegisters;
  readonly irq: InterruptUnit;
  readonly #engine: BmanEngine;
  readonly #hooks: PortalHooks;
  readonly #names: ReadonlyMap<number, RegName>;
  /** Index of producer with the valid bit as bit 3, as the register has it. */
  #pi = RING;
  #ci = 0;
  #itr = 0;
  #cfg = 0;
  readonly #scn = new Uint32Array(2);
  #stalled = false;
  readonly #words: Int32Array;
  readonly #lines: CommandLines;
  readonly #addrs = new Float64Array(MOST_BUFFERS);
  readonly #one = new Float64Array(1);

  constructor(index: number, engine: BmanEngine, hooks: PortalHooks, pin: (high: boolean) => void) {
    this.index = index;
    this.#engine = engine;
    this.#hooks = hooks;
    this.irq = new InterruptUnit(pin);
    this.#names = new Map(
      (Object.entries(PLACES[engine.soc.layout]) as [RegName, number][]).map(([name, at]) => [at, name]),
    );
    this.ce = new PortalWindow((line) => this.#committed(line));
    this.#words = this.ce.words;
    this.#lines = new CommandLines(this.#words, CE);
    this.ci = new BigEndianRegisters(
      (offset) => this.#read(offset),
      (offset, value) => this.#write(offset, value),
    );
    this.#showIndexes();
  }

  /** While it is, nothing leaves the release ring: it fills. */
  set stalled(on: boolean) {
    this.#stalled = on;
    this.#consume();
  }

  get stalled(): boolean {
    return this.#stalled;
  }

  /** Releases that wait in the ring. */
  get waiting(): number {
    return (this.#pi - this.#ci) & (RING - 1);
  }

  /** A pool's state for software has changed. */
  poolChanged(bpid: number): void {
    if (((this.#scn[bpid >>> 5] as number) & (0x8000_0000 >>> (bpid & 31))) !== 0) this.irq.raise(IRQ.POOL_STATE);
  }

  /** Where the registers beside the ring are. */
  get map(): RegisterMap {
    return placeMap(PLACES[this.#engine.soc.layout], { CI: 'ro', ISR: 'w1c' }, 1);
  }

  /** For a person. */
  registers(): Record<string, number> {
    const regs: Record<string, number> = {};
    for (const [offset, name] of this.#names) regs[name] = this.#read(offset);
    return regs;
  }

  #committed(line: number): void {
    if (line === CE.CR) this.#command();
    else if (line >= CE.RCR && line < CE.RCR_END) this.#produced();
    else if (line === CE.RCR_PI && (this.#cfg & 3) === 1) this.#setPi(this.#words[line >> 2] as number);
  }

  /** Entries whose valid bit is right are the producer's, in order. */
  #produced(): void {
    if ((this.#cfg & 3) !== BY_VALID_BIT) return;
    while (this.waiting < RING - 1) {
      const verb = (this.#words[(CE.RCR + (this.#pi & (RING - 1)) * 64) >> 2] as number) >>> 24;
      const valid = (this.#pi & RING) === 0 ? 0 : VALID;
      if ((verb & VALID) !== valid || (verb & ~VALID) === 0) break;
      this.#pi = (this.#pi + 1) & (2 * RING - 1);
      this.#consume();
    }
    this.#showIndexes();
  }

  /** Bits 2 to 0 are the index; the valid bit turns where it wraps. */
  #setPi(value: number): void {
    const steps = (value - this.#pi) & (RING - 1);
    for (let i = 0; i < steps; i++) this.#pi = (this.#pi + 1) & (2 * RING - 1);
    this.#consume();
    this.#showIndexes();
  }

  #consume(): void {
    while (!this.#stalled && this.waiting > 0) {
      const entry = CE.RCR + this.#ci * 64;
      this.#ci = (this.#ci + 1) & (RING - 1);
      this.#release(entry);
    }
    this.irq.level(IRQ.RING_BELOW, this.waiting < this.#itr);
    this.#showIndexes();
  }

  #release(entry: number): void {
    const verb = (this.#words[entry >> 2] as number) >>> 24;
    const count = verb & COUNT;
    const cmd = verb & CMD;
    const known = cmd === VERB.RELEASE_ONE_POOL || cmd === VERB.RELEASE_OWN_POOLS;
    if (!known || count < 1 || count > MOST_BUFFERS) {
      this.#engine.invalidVerb(this.index, verb);
      return;
    }
    for (let i = 0; i < count; i++) this.#addrs[i] = this.#addr(entry + i * 8);
    const bpid = this.#bpid(entry);
    if (cmd === VERB.RELEASE_ONE_POOL) this.#give(bpid, this.#addrs, count);
    else for (let i = 0; i < count; i++) this.#releaseOne(this.#bpid(entry + i * 8), i);
  }

  #releaseOne(bpid: number, index: number): void {
    this.#one[0] = this.#addrs[index] as number;
    this.#give(bpid, this.#one, 1);
  }

  #give(bpid: number, from: Float64Array, count: number): void {
    this.#hooks.moved('bman_release', bpid, count, from);
    if (this.#hooks.strikes('bman.release', bpid) !== undefined) return;
    if (this.#engine.pools.release(bpid, from, count, 'software')) return;
    this.#engine.find(`portal ${this.index} releases ${count} buffers to pool ${bpid}, which does not exist`);
  }

  #addr(at: number): number {
    const upper = (this.#words[at >> 2] as number) & 0xffff;
    return upper * 0x1_0000_0000 + ((this.#words[(at >> 2) + 1] as number) >>> 0);
  }

  #bpid(at: number): number {
    return ((this.#words[at >> 2] as number) >>> 16) & 0xff;
  }

  #command(): void {
    this.#lines.run((verb) => {
      const cmd = verb & CMD;
      if (cmd === VERB.ACQUIRE) this.#acquire(COMMAND_AT.answer, verb, this.#bpid(CE.CR));
      else if (cmd === VERB.QUERY) this.#query(COMMAND_AT.answer, verb);
      else this.#invalid(COMMAND_AT.answer, verb);
    });
  }

  #acquire(rr: number, verb: number, bpid: number): void {
    const count = verb & COUNT;
    if (count < 1 || count > MOST_BUFFERS || !this.#engine.hasPool(bpid)) {
      this.#invalid(rr, verb);
      return;
    }
    const struck = this.#hooks.strikes('bman.acquire', bpid) !== undefined;
    const got = !struck && this.#engine.pools.acquire(bpid, count, this.#addrs, 'software') ? count : 0;
    this.#hooks.moved('bman_acquire', bpid, got, this.#addrs);
    const { view } = this.#lines;
    for (let i = 0; i < got; i++) {
      const addr = this.#addrs[i] as number;
      view.setUint32(rr + i * 8, (bpid << 16) | (addr / 0x1_0000_0000));
      view.setUint32(rr + i * 8 + 4, addr % 0x1_0000_0000);
    }
    view.setUint8(rr + 1, bpid);
    view.setUint8(rr, (verb & VALID) | VERB.ACQUIRE | got);
  }

  /** Availability from byte 40 (1: empty), depletion from byte 56, pool 0 first. */
  #query(rr: number, verb: number): void {
    const { view } = this.#lines;
    for (const { bpid, count, depletedForSoftware } of this.#engine.pools.pools) {
      const word = (bpid >>> 5) * 4;
      const bit = 0x8000_0000 >>> (bpid & 31);
      if (count === 0) view.setUint32(rr + 40 + word, view.getUint32(rr + 40 + word) | bit);
      if (depletedForSoftware) view.setUint32(rr + 56 + word, view.getUint32(rr + 56 + word) | bit);
    }
    view.setUint8(rr, (verb & VALID) | VERB.QUERY);
  }

  #invalid(rr: number, verb: number): void {
    this.#engine.invalidVerb(this.index, verb);
    this.#lines.view.setUint8(rr, (verb & VALID) | VERB.INVALID);
  }

  #showIndexes(): void {
    this.#words[CE.RCR_PI >> 2] = this.#pi;
    this.#words[CE.RCR_CI >> 2] = this.#ci;
  }

  #read(offset: number): number {
    switch (this.#names.get(offset)) {
      case 'PI':
        return this.#pi;
      case 'CI':
        return this.#ci;
      case 'ITR':
        return this.#itr;
      case 'CFG':
        return this.#cfg;
      case 'SCN0':
        return this.#scn[0] as number;
      case 'SCN1':
        return this.#scn[1] as number;
      case 'ISR':
        return this.irq.status;
      case 'IER':
        return this.irq.enable;
      case 'ISDR':
        return this.irq.disable;
      case 'IIR':
        return this.irq.inhibit;
      case undefined:
        return this.#engine.unknownRegister(offset, 'read');
    }
  }

  #write(offset: number, value: number): void {
    const name = this.#names.get(offset);
    if (name === undefined) this.#engine.unknownRegister(offset, 'write');
    else if (name === 'PI') this.#pi = this.#writePi(value);
    else if (name === 'ITR') this.#itr = value & 7;
    else if (name === 'CFG') this.#cfg = value;
    else if (name === 'SCN0') this.#scn[0] = value;
    else if (name === 'SCN1') this.#scn[1] = value;
    else if (name === 'ISR') this.irq.clear(value);
    else if (name === 'IER') this.irq.enable = value;
    else if (name === 'ISDR') this.irq.disable = value;
    else if (name === 'IIR') this.irq.inhibit = value & 1;
    if (name === 'ITR') this.irq.level(IRQ.RING_BELOW, this.waiting < this.#itr);
    this.irq.update();
  }

  #writePi(value: number): number {
    if ((this.#cfg & 3) === 0) this.#setPi(value);
    return this.#pi;
  }
}
