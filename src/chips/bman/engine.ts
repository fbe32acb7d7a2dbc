// What the register block and the portals of one BMan have in common: the pools, the errors, the wire to other blocks.
import { hexNumber } from '../../base/bytes.js';
import type { DpaaPools } from '../../bus/dpaa.js';
import { BmanPools } from './pools.js';
import type { BmanSoc } from './soc.js';

/** Bits of the error interrupt. */
export const ERR = { INVALID_VERB: 0x10, LOW_WATERMARK: 0x08, POOL_STATE: 0x01 } as const;

/** Findings kept; later ones are only traced. */
const MOST_FINDINGS = 1000;

/** What an engine is told to do besides. */
export interface EngineHooks {
  /** Hears every finding. */
  readonly finding: (text: string) => void;
  /** The trace of an access to a register that is not there. */
  readonly unknown: (offset: number, access: 'read' | 'write') => void;
}

/** What the engine has of a portal. */
export interface PortalEnd {
  readonly index: number;
  /** Releases that wait in the ring. */
  readonly waiting: number;
  /** Nothing leaves the ring. */
  stalled: boolean;
  /** A pool's state for software has changed. */
  poolChanged(bpid: number): void;
}

/** One BMan. */
export class BmanEngine implements DpaaPools {
  readonly soc: BmanSoc;
  readonly pools: BmanPools;
  readonly portals = new Map<number, PortalEnd>();
  /** Raises bits of the error interrupt; the register block puts itself here. */
  error: (bit: number, captured: number) => void = () => undefined;
  readonly findings: string[] = [];
  readonly #hooks: EngineHooks;

  constructor(soc: BmanSoc, strict: boolean, hooks: EngineHooks) {
    this.soc = soc;
    this.#hooks = hooks;
    this.pools = new BmanPools(soc.pools, strict, {
      finding: (text) => this.find(text),
      softwareState: (bpid) => this.#softwareState(bpid),
    });
  }

  hasPool(bpid: number): boolean {
    return bpid < this.pools.pools.length;
  }

  acquire(bpid: number, count: number, into: Float64Array): boolean {
    return this.pools.acquire(bpid, count, into, 'block');
  }

  release(bpid: number, from: Float64Array, count: number): boolean {
    if (this.pools.release(bpid, from, count, 'block')) return true;
    this.find(`a block releases ${count} buffers to pool ${bpid}, which takes none of them`);
    return false;
  }

  available(bpid: number): number {
    return this.pools.pools[bpid]?.count ?? 0;
  }

  depleted(bpid: number): boolean {
    return this.pools.pools[bpid]?.depletedForBlocks ?? false;
  }

  onDepletion(bpid: number, changed: (depleted: boolean) => void): () => void {
    const pool = this.pools.pools[bpid];
    if (pool === undefined) return () => undefined;
    const listener = (depleted: boolean): void => changed(depleted);
    pool.listeners.add(listener);
    return () => void pool.listeners.delete(listener);
  }

  /** A command that BMan does not know. */
  invalidVerb(portal: number, verb: number): void {
    this.find(`portal ${portal} has an invalid command ${hexNumber(verb, 2)}`);
    this.error(ERR.INVALID_VERB, (portal << 24) | verb);
  }

  /** A register that is not there reads 0. */
  unknownRegister(offset: number, access: 'read' | 'write'): number {
    this.#hooks.unknown(offset, access);
    return 0;
  }

  /** Notes a finding. */
  find(text: string): void {
    if (this.findings.length < MOST_FINDINGS) this.findings.push(text);
    this.#hooks.finding(text);
  }

  /** For a person: every pool that has or had something. */
  words(): Record<string, string> {
    const words: Record<string, string> = {};
    for (const pool of this.pools.pools) {
      if (pool.count === 0 && pool.softwareDepletions === 0 && pool.blockDepletions === 0) continue;
      const low = pool.depletedForSoftware ? ', depleted for software' : '';
      const dry = pool.depletedForBlocks ? ', depleted for blocks' : '';
      words[`pool ${pool.bpid}`] = `has ${pool.count} buffers${low}${dry}`;
    }
    for (const { index, waiting, stalled } of this.portals.values())
      if (waiting > 0 || stalled) words[`portal ${index}`] = `${waiting} releases wait in the ring`;
    return words;
  }

  #softwareState(bpid: number): void {
    for (const portal of this.portals.values()) portal.poolChanged(bpid);
    this.error(ERR.POOL_STATE, bpid);
  }
}
