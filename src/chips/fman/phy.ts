// A PHY as MDIO sees it: the registers that IEEE 802.3 has for all, with the state of its wire in them.
import type { EthernetLink, EthernetPort } from '../../bus/ethernet.js';

/** What can be asked. `device` is -1 for clause 22. */
export interface MdioTarget {
  read(device: number, reg: number): number;
  write(device: number, reg: number, value: number): void;
}

const NOTHING = 0xffff;
/** Realtek's, as RTL8211 has it; for ten gigabit Aquantia's AQR105. */
const ID_22 = [0x001c, 0xc915] as const;
const ID_45 = [0x03a1, 0xb4a2] as const;
const BMCR = { reset: 0x8000, loopback: 0x4000, negotiate: 0x1000, powerDown: 0x0800, restart: 0x0200 } as const;
const LINK = 0x0004;
/** PMA/PMD, PCS, PHY XS and AN are there. */
const DEVICES = 0x009a;
const DEVICE_IDS: ReadonlySet<number> = new Set([1, 3, 4, 7]);
const SPEED_10G = 10_000;

/** One PHY on one wire. */
export class Phy implements MdioTarget {
  readonly #link: () => EthernetLink | undefined;
  readonly #stored = new Map<number, number>();
  /** The link was down since somebody asked: status says so once. */
  #dropped = false;

  constructor(port: EthernetPort) {
    this.#link = () => port.link;
    this.#stored.set(0, BMCR.negotiate | 0x0140);
    this.#stored.set(4, 0x0de1);
    this.#stored.set(9, 0x0300);
    port.onLink((link) => {
      if (link === undefined) this.#dropped = true;
    });
  }

  read(device: number, reg: number): number {
    return device < 0 ? this.#read22(reg) : this.#read45(device, reg);
  }

  write(device: number, reg: number, value: number): void {
    if (device < 0 && reg === 0 && (value & BMCR.reset) !== 0) {
      this.#stored.set(0, BMCR.negotiate | 0x0140);
      return;
    }
    const kept = device < 0 && reg === 0 ? value & ~BMCR.restart : value;
    this.#stored.set(key(device, reg), kept);
  }

  /** The link, as long as the PHY is not powered down. */
  #up(): EthernetLink | undefined {
    return ((this.#stored.get(0) ?? 0) & BMCR.powerDown) === 0 ? this.#link() : undefined;
  }

  #status(): number {
    const up = this.#up() !== undefined && !this.#dropped;
    this.#dropped = false;
    return up ? LINK : 0;
  }

  #read22(reg: number): number {
    const link = this.#up();
    if (reg === 1) return 0x7949 | (link === undefined ? 0 : 0x0020) | this.#status();
    if (reg === 2 || reg === 3) return ID_22[reg - 2] as number;
    if (reg === 5) return partner(link);
    if (reg === 6) return link === undefined ? 0x0004 : 0x0005;
    if (reg === 10) return link !== undefined && link.speed >= 1000 ? (link.fullDuplex ? 0x3800 : 0x3400) : 0;
    if (reg === 15) return 0x3000;
    return this.#stored.get(reg) ?? 0;
  }

  #read45(device: number, reg: number): number {
    if (!DEVICE_IDS.has(device)) return NOTHING;
    const link = this.#up();
    if (reg === 1) return this.#status() | (device === 7 && link !== undefined ? 0x0020 : 0) | 0x0002;
    if (reg === 2 || reg === 3) return ID_45[reg - 2] as number;
    if (reg === 5) return DEVICES;
    if (reg === 6) return 0;
    if (device === 7 && reg === 33) return link !== undefined && link.speed >= SPEED_10G ? 0x0800 : 0;
    if (device === 7 && reg === 19) return partner(link);
    return this.#stored.get(key(device, reg)) ?? 0;
  }
}

/** What the other end says that it can, where the link is what it is. */
function partner(link: EthernetLink | undefined): number {
  if (link === undefined) return 0;
  const bit = link.speed >= 100 ? 0x0080 : 0x0020;
  return 0x4001 | (link.speed > 100 ? 0x01e0 : link.fullDuplex ? bit << 1 : bit);
}

function key(device: number, reg: number): number {
  return device < 0 ? reg : ((device + 1) << 16) | reg;
}
