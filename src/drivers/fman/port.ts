// FMan's ports: what a received frame lands in, where a sent one comes from (Linux: fman_port.c).
import { type Duration, us } from '../../base/clock.js';
import type { Device, Driver } from '../../core/device.js';
import { devmIoremap, ioread32be, iowrite32be, type MmioSpace, platformGetResource } from '../../core/io.js';
import { platformDriver } from '../../core/platform-device.js';
import { BIT, PORT, RX, TX, VALUE } from './regs.js';

/** Ids of sending ports in the order of their channels (facts 7.1). */
const CHANNELS_V3: readonly number[] = [0x30, 0x31, 0x28, 0x29, 0x2a, 0x2b, 0x2c, 0x2d, 2, 3, 4, 5, 7];
const CHANNELS_V2: readonly number[] = [0x30, 0x28, 0x29, 0x2a, 0x2b, 0x2c, 1, 2, 3, 4, 5, 6, 7];
const QMI_WAITS = 100;
const BMI_WAITS = 500;
const WAIT: Duration = us(10);
/** Ports whose id says, on version 2, that they have 10 Gbit/s. */
const ID_10G: readonly number[] = [0x10, 0x11, 0x30, 0x31];
/** Units of what is copied in front of a frame, in bytes. */
const IC_UNIT = 16;

/** A pool that a receiving port takes buffers of. */
export interface FmanPool {
  readonly bpid: number;
  readonly size: number;
}

/** How a receiving port is set up. Offsets are those of a buffer. */
export interface FmanRxParams {
  readonly defaultFqid: number;
  readonly errorFqid: number;
  readonly pools: readonly FmanPool[];
  readonly parseResults: number;
  readonly headroom: number;
  /** FMan leaves the check sequence on: erratum A006320. */
  readonly keepFcs?: boolean;
}

/** How a sending port is set up. */
export interface FmanTxParams {
  readonly confirmFqid: number;
  readonly errorFqid: number;
}

/** The driver of ports; its devices' `drvdata` is an FmanPort. */
export const fmanPort: Driver = platformDriver({
  name: 'fsl-fman-port',
  compatible: ['v2', 'v3'].flatMap((version) => ['rx', 'tx'].map((kind) => `fsl,fman-${version}-port-${kind}`)),
  probe: (dev) => {
    dev.drvdata = new FmanPort(dev);
  },
});

/** A port. */
export class FmanPort {
  readonly dev: Device;
  readonly kind: 'rx' | 'tx';
  readonly id: number;
  readonly v3: boolean;
  readonly is10g: boolean;
  readonly #regs: MmioSpace;

  constructor(dev: Device) {
    const { ofNode, matched = '' } = dev;
    const id = ofNode?.u32('cell-index');
    const resource = platformGetResource(dev, 0);
    if (id === undefined) throw dev.error('EINVAL', 'it has no cell-index, which is its hardware port id', 'probe');
    if (resource === undefined) throw dev.error('EINVAL', 'it has no registers', 'ioremap');
    this.dev = dev;
    this.kind = matched.endsWith('rx') ? 'rx' : 'tx';
    this.id = id;
    this.v3 = matched.includes('-v3-');
    this.is10g = this.v3 ? ofNode?.property('fsl,fman-10g-port') !== undefined : ID_10G.includes(id);
    this.#regs = devmIoremap(dev, resource.start, resource.size);
  }

  /** Where a sending port's channel is in FMan's range. EINVAL: no such port. */
  channelIndex(): number {
    const index = (this.v3 ? CHANNELS_V3 : CHANNELS_V2).indexOf(this.id);
    if (index >= 0) return index;
    throw this.dev.error(
      'EINVAL',
      `its cell-index 0x${this.id.toString(16)} is no sending port's: no channel belongs to it`,
      'channel',
    );
  }

  /** Sets a receiving port up; it stays disabled. Pools go in by ascending size. */
  initRx(params: FmanRxParams): void {
    const { parseResults, headroom, pools } = params;
    const copied = 48 / IC_UNIT;
    this.#out(RX.ICP, ((parseResults / IC_UNIT) << 16) | ((32 / IC_UNIT) << 8) | copied);
    this.#out(RX.EBM, headroom << 16);
    this.#out(RX.FED, params.keepFcs === true ? 0 : VALUE.RX_FED);
    this.#out(RX.FCA, VALUE.RX_FCA);
    this.#out(RX.FNE, VALUE.RX_FNE);
    this.#out(RX.FPNE, VALUE.RX_FPNE);
    this.#out(RX.FENE, VALUE.RX_FENE);
    this.#out(RX.FSDM, VALUE.RX_FSDM);
    this.#out(RX.FSEM, VALUE.RX_FSEM);
    this.#out(RX.FQID, params.defaultFqid);
    this.#out(RX.EFQID, params.errorFqid);
    const sorted = [...pools].sort((a, b) => a.size - b.size);
    for (let i = 0; i < 8; i++) {
      const pool = sorted[i];
      this.#out(RX.EBMPI + 4 * i, pool === undefined ? 0 : BIT.POOL | (pool.bpid << 16) | pool.size);
    }
    this.#out(RX.STC, BIT.EN);
  }

  /** The key generator says which queue a received frame goes to, or the default one is it (fman_port_use_kg_hash). */
  useKeygen(on: boolean): void {
    this.#out(RX.FPNE, on ? VALUE.RX_FPNE_KEYGEN : VALUE.RX_FPNE);
  }

  /** Frames that a receiving port had no buffers or no queue for. */
  get discarded(): number {
    return this.#in(RX.FDC);
  }

  /** Sets a sending port up; it stays disabled. `channel` is the QMan channel that it serves. */
  initTx({ confirmFqid, errorFqid }: FmanTxParams, channel: number): void {
    this.#out(TX.ICP, 0x0001_0203);
    this.#out(TX.FDNE, VALUE.TX_FDNE);
    this.#out(TX.FCA, VALUE.TX_FCA);
    this.#out(TX.FENE, VALUE.TX_FENE);
    this.#out(TX.CFQID, confirmFqid);
    this.#out(TX.EFQID, errorFqid);
    this.#out(PORT.QMI_PNEN, VALUE.TX_PNEN);
    this.#out(PORT.QMI_PNDN, VALUE.TX_PNDN);
    const bytes = this.is10g ? VALUE.TX_BYTES_10G : VALUE.TX_BYTES_1G;
    this.#out(PORT.QMI_PNDC, VALUE.TX_PNDC | ((channel & 0x1f) << 20) | bytes);
    this.#out(TX.STC, BIT.EN);
  }

  /** Linux: fman_port_enable. */
  enable(): void {
    if (this.kind === 'tx') this.#out(PORT.QMI_PNC, this.#in(PORT.QMI_PNC) | BIT.EN);
    this.#out(PORT.CFG, this.#in(PORT.CFG) | BIT.EN);
  }

  /** Finishes what is on its way (Linux: fman_port_disable). ETIMEDOUT: it is busy still. */
  async disable(): Promise<void> {
    if (this.kind === 'tx') {
      this.#out(PORT.QMI_PNC, this.#in(PORT.QMI_PNC) & ~BIT.EN);
      await this.#idle(PORT.QMI_PNS, BIT.QMI_BUSY, QMI_WAITS, 'QMI');
    }
    this.#out(PORT.CFG, this.#in(PORT.CFG) & ~BIT.EN);
    await this.#idle(PORT.STATUS, BIT.BMI_BUSY, BMI_WAITS, 'BMI');
  }

  async #idle(register: number, busy: number, waits: number, what: string): Promise<void> {
    for (let i = 0; i < waits; i++) {
      if ((this.#in(register) & busy) === 0) return;
      await this.dev.core.clock.sleep(WAIT);
    }
    throw this.dev.error('ETIMEDOUT', `${what} is busy after ${waits * 10} us`, 'disable');
  }

  #in(register: number): number {
    return ioread32be(this.#regs, register);
  }

  #out(register: number, value: number): void {
    iowrite32be(this.#regs, register, value >>> 0);
  }
}
