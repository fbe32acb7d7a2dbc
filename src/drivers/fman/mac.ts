// MACs of FMan (Linux: mac.c, fman_memac.c): registers, ports, link; and a device for the Ethernet driver on each.
import { passSysError } from '../../base/errno.js';
import { type Duration, s, type Timer } from '../../base/clock.js';
import { hex } from '../../base/bytes.js';
import type { Device, Driver } from '../../core/device.js';
import { devmIoremap, ioread32be, iowrite32be, type MmioSpace, platformGetResource } from '../../core/io.js';
import { PLATFORM_BUS, platformDriver } from '../../core/platform-device.js';
import type { DtNode } from '../../dt/tree.js';
import { Fman } from './fman-device.js';
import { macPorts } from './mac-ports.js';
import { macStats } from './mac-stats.js';
import { type LinkSource, linkSource, type MacLink, phyLink } from './phy.js';
import type { FmanPort } from './port.js';
import { MEMAC } from './regs.js';

/** How often a PHY is asked for its link (Linux: PHY_STATE_TIME). */
const LINK_POLL: Duration = s(1);
const MAX_INDEX = 10;
const ETH_ALEN = 6;
/** Names of interface modes, and the MAC's number for them. */
const MODES: Readonly<Record<string, number>> = {
  xgmii: MEMAC.IF_10G,
  '10gbase-r': MEMAC.IF_10G,
  mii: MEMAC.IF_MII,
  sgmii: MEMAC.IF_GMII,
  qsgmii: MEMAC.IF_GMII,
  '1000base-x': MEMAC.IF_GMII,
  rgmii: MEMAC.IF_GMII | MEMAC.IF_RGMII,
};
/** Speeds of RGMII, in Mbit/s. */
const SPEEDS: Readonly<Record<number, number>> = { 1000: MEMAC.IF_1000, 10: MEMAC.IF_10 };

/** The name of the devices that MACs make (Linux: dpaa-ethernet). */
export const DPAA_ETHERNET = 'dpaa-ethernet';

/** The driver of mEMACs. */
export const memac: Driver = platformDriver({ name: 'fsl_dpaa_mac', compatible: ['fsl,fman-memac'], probe });

async function probe(dev: Device): Promise<void> {
  const mac = new MacDevice(dev);
  mac.init();
  dev.drvdata = mac;
  const { core } = dev;
  let nr = 0;
  while (core.devices.some(({ name }) => name === `${DPAA_ETHERNET}.${nr}`)) nr++;
  const child = await core.addDevice({
    name: `${DPAA_ETHERNET}.${nr}`,
    bus: PLATFORM_BUS,
    parent: dev,
    outer: () => mac,
  });
  dev.scope.defer(async () => {
    if (child.state.kind !== 'removed') await core.removeDevice(child);
  });
}

/** A MAC with its ports. */
export class MacDevice {
  readonly dev: Device;
  readonly fman: Fman;
  /** Number in its FMan. */
  readonly index: number;
  readonly rxPort: FmanPort;
  readonly txPort: FmanPort;
  readonly phyMode: string;
  /** Where it hears of its link. */
  readonly source: LinkSource;
  /** Where its registers are. */
  readonly base: number;
  address: Uint8Array;
  readonly #regs: MmioSpace;
  #timer: Timer | undefined;

  constructor(dev: Device) {
    const node = dev.ofNode as DtNode;
    const resource = platformGetResource(dev, 0);
    const index = node.u32('cell-index');
    const fman = dev.parent?.drvdata;
    if (!(fman instanceof Fman)) throw dev.deferral('its FMan is not bound', node.parent?.path ?? '/');
    if (resource === undefined) throw dev.error('EINVAL', 'it has no registers', 'ioremap');
    if (index === undefined) throw dev.error('EINVAL', 'it has no cell-index, which is its number: 0 to 9', 'probe');
    if (index >= MAX_INDEX) throw dev.error('EINVAL', `its cell-index ${index} is no number of a MAC: 0 to 9`, 'probe');
    this.dev = dev;
    this.fman = fman;
    this.index = index;
    this.base = resource.start;
    const { rx, tx } = macPorts(dev, node);
    this.rxPort = rx;
    this.txPort = tx;
    this.phyMode = phyModeOf(dev, node);
    this.source = linkSource(dev, node, this.#best);
    if (this.source.kind === 'none') dev.warn('it has neither phy-handle nor fixed-link: no link can come up');
    this.address = addressOf(dev, node, fman.index * 16 + index);
    this.#regs = devmIoremap(dev, resource.start, resource.size);
  }

  /** The QMan channel of what is sent. */
  get txChannel(): number {
    return this.fman.channel(this.dev, this.txPort.channelIndex());
  }

  /** Bits per second of the interface, in Mbit. */
  get speed(): number {
    return this.txPort.is10g ? 10_000 : 1000;
  }

  /** Registers as after a reset by Linux; neither direction runs. */
  init(): void {
    this.#out(MEMAC.IMASK, 0);
    this.#out(MEMAC.IEVENT, 0xffff_ffff);
    this.#out(MEMAC.COMMAND, MEMAC.CMD_PAD | MEMAC.CMD_NO_LEN_CHECK);
    this.#out(MEMAC.IF_MODE, this.#mode);
    this.setAddress(this.address);
  }

  setAddress(address: Uint8Array): void {
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = address;
    this.#out(MEMAC.ADDR0, ((d << 24) | (c << 16) | (b << 8) | a) >>> 0);
    this.#out(MEMAC.ADDR1, (f << 8) | e);
    this.address = address;
  }

  /** Longest frame with its check sequence. */
  setMaxFrame(bytes: number): void {
    this.#out(MEMAC.MAXFRM, bytes);
  }

  setPromisc(on: boolean): void {
    this.#command(MEMAC.CMD_PROMISC, on);
  }

  /** Neither direction runs. */
  disable(): void {
    this.#command(MEMAC.CMD_RX_EN | MEMAC.CMD_TX_EN, false);
  }

  /** Its counters, by ethtool's names. */
  get stats(): Readonly<Record<string, number>> {
    return macStats(this.#regs);
  }

  /**
   * Tells of the link, now and whenever it has changed, until `stopLink`; the MAC runs while there is one (Linux:
   * phylink_start). ENODEV, EIO: there is nobody who knows of a link, or nobody answers. Later errors count as no link.
   */
  startLink(tell: (link: MacLink | undefined) => void): void {
    const { dev, source } = this;
    if (source.kind === 'none') {
      throw dev.error('ENODEV', 'no link can come up: it has neither phy-handle nor fixed-link', 'phy');
    }
    let known: MacLink | undefined;
    const changed = (link: MacLink | undefined): void => {
      if (link?.speed === known?.speed && link?.fullDuplex === known?.fullDuplex) return;
      if (link === undefined) this.disable();
      else this.#linkUp(link);
      known = link;
      tell(link);
    };
    if (source.kind === 'fixed') return changed(source.link);
    changed(phyLink(dev, source, this.#best));
    const look = (): void => {
      this.#timer = dev.clock.after(LINK_POLL, look);
      let link: MacLink | undefined;
      this.#quietly(() => {
        link = phyLink(dev, source, this.#best);
      });
      this.#quietly(() => changed(link));
    };
    this.#timer = dev.clock.after(LINK_POLL, look);
  }

  stopLink(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #quietly(body: () => void): void {
    try {
      body();
    } catch (error) {
      passSysError(error);
      this.dev.dbg(String(error));
    }
  }

  /** Linux: memac_link_up. Pause frames were not asked for. */
  #linkUp({ speed, fullDuplex }: MacLink): void {
    const mode = this.#mode | (SPEEDS[speed] ?? 0) | (fullDuplex ? 0 : MEMAC.IF_HALF_DUPLEX);
    this.#out(MEMAC.IF_MODE, mode);
    this.#out(MEMAC.TX_FIFO_SECTIONS, speed === 10_000 ? MEMAC.TX_FIFO_10G : MEMAC.TX_FIFO_1G);
    this.#command(MEMAC.CMD_PAUSE_IGNORE | MEMAC.CMD_RX_EN | MEMAC.CMD_TX_EN, true);
  }

  get #best(): MacLink {
    return { speed: this.speed, fullDuplex: true };
  }

  /** The interface's mode as the MAC has it. */
  get #mode(): number {
    return MODES[this.phyMode.replace(/-(id|rxid|txid)$/, '')] ?? MEMAC.IF_GMII;
  }

  #command(bits: number, on: boolean): void {
    const now = ioread32be(this.#regs, MEMAC.COMMAND);
    this.#out(MEMAC.COMMAND, on ? now | bits : now & ~bits);
  }

  #out(register: number, value: number): void {
    iowrite32be(this.#regs, register, value >>> 0);
  }
}

function phyModeOf(dev: Device, node: DtNode): string {
  const mode = node.string('phy-connection-type') ?? node.string('phy-mode');
  const known = mode !== undefined && mode.replace(/-(id|rxid|txid)$/, '') in MODES;
  if (mode === undefined) dev.warn('it has no phy-connection-type, SGMII is assumed');
  else if (!known) dev.warn(`its phy-connection-type "${mode}" is not known, SGMII is assumed`);
  return known ? mode : 'sgmii';
}

/** The boot loader's, else one that is made up here, the same at each boot: local, and by the MAC's number. */
function addressOf(dev: Device, node: DtNode, nr: number): Uint8Array {
  for (const name of ['mac-address', 'local-mac-address', 'address']) {
    const cells = node.property(name);
    const bytes = cells?.value;
    if (bytes?.length === ETH_ALEN && bytes.some((byte) => byte !== 0)) return bytes.slice();
  }
  const made = Uint8Array.of(0x02, 0x00, 0x00, 0xda, 0xaa, nr & 0xff);
  dev.info(`no MAC address in the tree: ${hex(made, ':')}`);
  return made;
}
