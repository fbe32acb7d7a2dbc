// MDIO, the way to PHYs (Linux: drivers/net/ethernet/freescale/xgmac_mdio.c), and what of a PHY is needed: its link.
import type { Device, Driver } from '../../core/device.js';
import { devmIoremap, ioread32be, iowrite32be, type MmioSpace, platformGetResource } from '../../core/io.js';
import { platformDriver } from '../../core/platform-device.js';
import { MDIO } from './regs.js';

const TRIES = 1000;
/** Clause 22: basic status; clause 45: the same of the PMA. */
const BMSR = 1;
const BMSR_LINK = 0x4;
const MMD_PMA = 1;

/** The driver of MDIO buses; its devices' `drvdata` is an MdioBus. */
export const memacMdio: Driver = platformDriver({
  name: 'fsl-xgmac-mdio',
  compatible: ['fsl,fman-memac-mdio', 'fsl,fman-xmdio'],
  probe: (dev) => {
    const resource = platformGetResource(dev, 0);
    if (resource === undefined) throw dev.error('EINVAL', 'it has no registers', 'ioremap');
    dev.drvdata = new MdioBus(dev, devmIoremap(dev, resource.start, resource.size));
  },
});

/** A bus of PHYs. */
export class MdioBus {
  readonly #dev: Device;
  readonly #regs: MmioSpace;

  constructor(dev: Device, regs: MmioSpace) {
    this.#dev = dev;
    this.#regs = regs;
  }

  /** Reads a register of a PHY, by clause 45 where `mmd` is given. EIO: nobody answers; ETIMEDOUT. */
  read(phy: number, register: number, mmd?: number): number {
    const regs = this.#regs;
    const cfg = ioread32be(regs, MDIO.CFG);
    iowrite32be(regs, MDIO.CFG, (mmd === undefined ? cfg & ~MDIO.CFG_CLAUSE45 : cfg | MDIO.CFG_CLAUSE45) >>> 0);
    this.#until(MDIO.CFG, MDIO.CFG_BUSY);
    const ctl = ((phy & 0x1f) << 5) | ((mmd ?? register) & 0x1f);
    if (mmd !== undefined) {
      iowrite32be(regs, MDIO.CTL, ctl);
      iowrite32be(regs, MDIO.ADDR, register & 0xffff);
      this.#until(MDIO.CFG, MDIO.CFG_BUSY);
    }
    iowrite32be(regs, MDIO.CTL, ctl | MDIO.CTL_READ);
    this.#until(MDIO.DATA, MDIO.DATA_BUSY);
    if ((ioread32be(regs, MDIO.CFG) & MDIO.CFG_READ_ERROR) !== 0) {
      throw this.#dev.error('EIO', `nobody answers at ${phy}`, 'mdio');
    }
    return ioread32be(regs, MDIO.DATA) & 0xffff;
  }

  /** Whether a PHY has a link now. The bit stays low until it was read: it is read twice. */
  hasLink(phy: number, clause45: boolean): boolean {
    const mmd = clause45 ? MMD_PMA : undefined;
    this.read(phy, BMSR, mmd);
    return (this.read(phy, BMSR, mmd) & BMSR_LINK) !== 0;
  }

  #until(register: number, busy: number): void {
    for (let tries = 0; tries < TRIES; tries++) if ((ioread32be(this.#regs, register) & busy) === 0) return;
    throw this.#dev.error('ETIMEDOUT', `busy after ${TRIES} looks`, 'mdio');
  }
}
