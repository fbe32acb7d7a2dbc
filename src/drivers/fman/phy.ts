// The PHY of a MAC, as far as its link is concerned (Linux: phylink_fwnode_phy_connect, genphy_read_status).
import type { SysError } from '../../base/errno.js';
import type { Device } from '../../core/device.js';
import { ofWholePathAvailable } from '../../core/of.js';
import { phandleArgs } from '../../dt/references.js';
import type { DtNode } from '../../dt/tree.js';
import { MdioBus } from './mdio.js';

/** A link that is up: Mbit/s. */
export interface MacLink {
  readonly speed: number;
  readonly fullDuplex: boolean;
}

/** Where a MAC hears of its link: from a PHY; nowhere, for it is fixed or comes along with the data; or from nobody. */
export type LinkSource =
  | { readonly kind: 'phy'; readonly node: DtNode; readonly bus: DtNode }
  | { readonly kind: 'fixed'; readonly link: MacLink }
  | { readonly kind: 'none' };

/** Registers of clause 22. */
const MII = { BMCR: 0, ADVERTISE: 4, LPA: 5, CTRL1000: 9, STAT1000: 10 } as const;
const BMCR = { SPEED1000: 0x40, FULL: 0x100, ANEG: 0x1000, SPEED100: 0x2000 } as const;
const CLAUSE45 = 'ethernet-phy-ieee802.3-c45';
/** What both ends can: the best comes first. */
const GIGABIT: readonly (readonly [number, MacLink])[] = [
  [0x800, { speed: 1000, fullDuplex: true }],
  [0x400, { speed: 1000, fullDuplex: false }],
];
const SLOWER: readonly (readonly [number, MacLink])[] = [
  [0x100, { speed: 100, fullDuplex: true }],
  [0x080, { speed: 100, fullDuplex: false }],
  [0x040, { speed: 10, fullDuplex: true }],
  [0x020, { speed: 10, fullDuplex: false }],
];
const SLOWEST: MacLink = { speed: 10, fullDuplex: false };

/** What the tree says. EINVAL, ENODEV: it names a PHY that cannot be reached. `best` is the most that the MAC can. */
export function linkSource(dev: Device, node: DtNode, best: MacLink): LinkSource {
  const fixed = fixedLink(node, best);
  if (fixed !== undefined) return { kind: 'fixed', link: fixed };
  if (node.string('managed') === 'in-band-status') return { kind: 'fixed', link: best };
  const { entries, fault } = phandleArgs(dev.core.tree, node, 'phy-handle', 0);
  if (fault !== undefined) throw dev.error('EINVAL', fault, 'probe');
  const phy = entries[0]?.node;
  const bus = phy?.parent;
  if (phy === undefined || bus === undefined) return { kind: 'none' };
  const off = [bus, phy].find((one) => !ofWholePathAvailable(one));
  if (off === undefined) return { kind: 'phy', node: phy, bus };
  const what = off === phy ? 'is disabled' : `is on an MDIO bus that is disabled: ${bus.path}`;
  throw dev.error('ENODEV', `its PHY ${phy.path} ${what}`, 'probe');
}

/** A node, or cells as of old: PHY, duplex, speed. */
function fixedLink(node: DtNode, best: MacLink): MacLink | undefined {
  const child = node.child('fixed-link');
  if (child !== undefined) {
    return { speed: child.u32('speed') ?? best.speed, fullDuplex: child.property('full-duplex') !== undefined };
  }
  const [, duplex, speed] = node.property('fixed-link')?.cells() ?? [];
  return speed === undefined ? undefined : { speed, fullDuplex: duplex !== 0 };
}

/** The link of a PHY now; undefined while it has none. ENODEV: its bus is not bound; EIO: nobody answers. */
export function phyLink(
  dev: Device,
  { node, bus: at }: LinkSource & { kind: 'phy' },
  best: MacLink,
): MacLink | undefined {
  const bus = dev.core.deviceOf(at)?.drvdata;
  if (!(bus instanceof MdioBus)) throw noBus(dev, node, at);
  const addr = node.u32('reg') ?? 0;
  const clause45 = node.compatible.includes(CLAUSE45);
  if (!bus.hasLink(addr, clause45)) return undefined;
  return clause45 ? best : negotiated(bus, addr);
}

function noBus(dev: Device, phy: DtNode, bus: DtNode): SysError {
  return dev.error('ENODEV', `its PHY ${phy.path} is on an MDIO bus that is not bound: ${bus.path}`, 'phy');
}

function negotiated(bus: MdioBus, addr: number): MacLink {
  const control = bus.read(addr, MII.BMCR);
  if ((control & BMCR.ANEG) === 0) {
    const slow = (control & BMCR.SPEED100) === 0 ? 10 : 100;
    return { speed: (control & BMCR.SPEED1000) === 0 ? slow : 1000, fullDuplex: (control & BMCR.FULL) !== 0 };
  }
  const gigabit = bus.read(addr, MII.STAT1000) & (bus.read(addr, MII.CTRL1000) << 2);
  const slower = bus.read(addr, MII.ADVERTISE) & bus.read(addr, MII.LPA);
  return best(GIGABIT, gigabit) ?? best(SLOWER, slower) ?? SLOWEST;
}

const best = (table: typeof GIGABIT, both: number): MacLink | undefined =>
  table.find(([bit]) => (both & bit) !== 0)?.[1];
