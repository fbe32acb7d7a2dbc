// FMan itself: its number, its range of QMan channels, and devices for what lies in it (Linux: fman.c).
import type { Device, Driver } from '../../core/device.js';
import { devmIoremap, platformGetResource } from '../../core/io.js';
import { devmOfPlatformPopulate } from '../../core/of-platform.js';
import { platformDriver } from '../../core/platform-device.js';
import type { DtNode } from '../../dt/tree.js';
import { Keygen } from './keygen.js';
import { KG } from './regs.js';

/** The driver of FMans; their `drvdata` is an Fman. */
export const fman: Driver = platformDriver({ name: 'fsl-fman', compatible: ['fsl,fman'], probe });

async function probe(dev: Device): Promise<void> {
  const node = dev.ofNode as DtNode;
  dev.drvdata = new Fman(dev, node);
  await devmOfPlatformPopulate(dev);
}

/** A bound FMan. */
export class Fman {
  /** Number, from 0; people count from 1. */
  readonly index: number;
  /** It stalls on transfers that are not as erratum A050385 wants them. */
  readonly erratumA050385: boolean;
  readonly keygen: Keygen;
  readonly #first: number;
  readonly #count: number;

  constructor(dev: Device, node: DtNode) {
    const index = node.u32('cell-index');
    const range = node.property('fsl,qman-channel-range')?.cells() ?? [];
    if (index === undefined) throw dev.error('EINVAL', 'it has no cell-index, which is its number', 'probe');
    if (range.length !== 2) {
      throw dev.error('EINVAL', 'it has no fsl,qman-channel-range of a first channel and a count', 'probe');
    }
    const resource = platformGetResource(dev, 0);
    if (resource === undefined) throw dev.error('EINVAL', 'it has no registers', 'ioremap');
    this.keygen = new Keygen(devmIoremap(dev, resource.start + KG.BASE, KG.BYTES, `${dev.path}[keygen]`));
    this.index = index;
    this.erratumA050385 = node.property('fsl,erratum-a050385') !== undefined;
    [this.#first = 0, this.#count = 0] = range;
  }

  /** A channel of its range. EINVAL beyond it. */
  channel(dev: Device, index: number): number {
    if (index < this.#count) return this.#first + index;
    const what = `its sending port needs channel ${index} of its FMan`;
    throw dev.error('EINVAL', `${what}, whose fsl,qman-channel-range has ${this.#count}`, 'channel');
  }
}
