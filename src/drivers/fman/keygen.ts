// FMan's key generator: spreads received frames over queues by a hash of their addresses and ports (Linux:
// fman_keygen.c). Its schemes and the ports' bindings are reached through one action register.
import type { Device } from '../../core/device.js';
import { ioread32be, iowrite32be, type MmioSpace } from '../../core/io.js';
import { KG, KG_PORT, KG_SCHEME } from './regs.js';

const SCHEMES = 32;
const PORTS = 64;
const TRIES = 1000;
const MAX_FQID = 0xff_ffff;
/** Words of a scheme, behind each other. */
const SCHEME_WORDS = 23;

/** How frames of a port are spread. */
export interface FmanSpread {
  /** Hardware port id. */
  readonly port: number;
  /** The first queue, a multiple of the count. */
  readonly baseFqid: number;
  /** How many queues: a power of two. */
  readonly count: number;
}

/** The key generator of one FMan. */
export class Keygen {
  readonly #regs: MmioSpace;
  #running = false;
  readonly #used = new Array<boolean>(SCHEMES).fill(false);

  constructor(regs: MmioSpace) {
    this.#regs = regs;
  }

  /**
   * Spreads what a port receives, until unbind (Linux: keygen_port_hashing_init). EINVAL: such queues cannot be;
   * ENOSPC: all schemes are in use.
   */
  devmSpread(dev: Device, spread: FmanSpread): void {
    const { port, baseFqid, count } = spread;
    if (count < 1 || Math.log2(count) % 1 !== 0 || baseFqid % count !== 0 || baseFqid < 1 || baseFqid > MAX_FQID) {
      throw dev.error('EINVAL', `frames cannot be spread over ${count} queues from ${baseFqid} on`, 'keygen');
    }
    this.#init(dev);
    const scheme = this.#used.indexOf(false);
    if (scheme < 0) throw dev.error('ENOSPC', `all ${SCHEMES} schemes of the key generator are in use`, 'keygen');
    this.#used[scheme] = true;
    dev.scope.defer(() => {
      this.#used[scheme] = false;
    });
    this.#write(dev, scheme, spread);
    dev.scope.defer(() => this.#write(dev, scheme, undefined));
    this.#bind(dev, scheme, port, true);
    dev.scope.defer(() => this.#bind(dev, scheme, port, false));
  }

  /** No port is bound to anything, and it runs; once, before the first scheme (Linux: keygen_init). */
  #init(dev: Device): void {
    if (this.#running) return;
    this.#out(KG.GCR, KG.ENQUEUE);
    this.#out(KG.EER, KG.EVENTS);
    for (const register of [KG.FDOR, KG.GDV0R, KG.GDV1R]) this.#out(register, 0);
    for (let port = 0; port < PORTS; port++) {
      this.#out(KG_PORT.SP, 0);
      this.#act(dev, KG.AR_PORT | KG.AR_SP | port);
      this.#out(KG_PORT.CPP, 0);
      this.#act(dev, KG.AR_PORT | KG.AR_CPP | port);
    }
    this.#out(KG.SEER, 0xffff_ffff);
    this.#out(KG.SEEER, 0xffff_ffff);
    this.#out(KG.GCR, KG.ENQUEUE | KG.ENABLE);
    this.#running = true;
  }

  #write(dev: Device, scheme: number, spread: FmanSpread | undefined): void {
    const words = new Array<number>(SCHEME_WORDS).fill(0);
    words[KG_SCHEME.VSP] = KG_SCHEME.VSP_NONE;
    if (spread !== undefined) {
      words[KG_SCHEME.MODE] = KG.ENABLE | KG.ENQUEUE;
      words[KG_SCHEME.EKFC] = KG_SCHEME.KEY;
      words[KG_SCHEME.EKDV] = KG_SCHEME.DEFAULTS;
      words[KG_SCHEME.DV0] = KG_SCHEME.NO_ADDRESS;
      words[KG_SCHEME.DV1] = KG_SCHEME.NO_PORT;
      words[KG_SCHEME.HC] = spread.count - 1;
      words[KG_SCHEME.FQB] = spread.baseFqid;
    }
    words.forEach((word, index) => this.#out(KG.INDIRECT + 4 * index, word));
    this.#act(dev, (scheme << KG.AR_NUMBER) | KG.AR_COUNTER);
  }

  #bind(dev: Device, scheme: number, port: number, on: boolean): void {
    const bit = 0x8000_0000 >>> scheme;
    this.#act(dev, KG.AR_READ | KG.AR_PORT | KG.AR_SP | port);
    const now = ioread32be(this.#regs, KG_PORT.SP);
    this.#out(KG_PORT.SP, on ? now | bit : now & ~bit);
    this.#act(dev, KG.AR_PORT | KG.AR_SP | port);
  }

  #act(dev: Device, action: number): void {
    this.#out(KG.AR, KG.AR_GO | action);
    for (let tries = 0; tries < TRIES; tries++) {
      const now = ioread32be(this.#regs, KG.AR);
      if ((now & KG.AR_GO) !== 0) continue;
      if ((now & KG.AR_ERROR) === 0) return;
      throw dev.error('EINVAL', `the key generator refuses action 0x${action.toString(16)}`, 'keygen');
    }
    throw dev.error('ETIMEDOUT', `the key generator is busy after ${TRIES} looks`, 'keygen');
  }

  #out(register: number, value: number): void {
    iowrite32be(this.#regs, register, value >>> 0);
  }
}
