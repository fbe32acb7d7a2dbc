// NXP's Frame Manager (FMan v3): the engine of DPAA between Ethernet and QMan, in one register window, and its MACs.
//
// No hardware was at hand and the reference manual is not public. What the model does follows from what drivers write,
// read and rely on; every rule with its certainty stands in docs/devices/fman.md.
//
// Gaps
// 1. Decided here, because no public source says it.
// - Registers are 0 after a reset, but for MAXFRM (0x600). The revision is 6.4 on every SoC.
// - Rx: a frame that the discard mask takes counts in RFFC; one without buffers in RODC and RFDC; one that QMan
//   rejects in RFDC, its buffers in RBDC; one that needs more than 16 entries in RLFC and RFDC. Frames with an error
//   count in RFBC (physical), RLFC (size), RPEC (header). A frame that is longer than MAXFRM is delivered whole, with
//   its status.
// - Rx: a buffer that cannot be written sets the DMA error in the status; a table or context that cannot be written
//   discards a scattered frame (RFLDEC, RFDC). Any size of context that RICP says is copied.
// - Tx: a length of 0 or above 10240 is a length error, and so is a sum of entries other than the frame's length, and a
//   table without final entry. A piece of length 0 is none. Extension is an unsupported format.
// - Tx: the queue for a confirmation is that of the command, else context B where context A says so (bit 0x04000000 of
//   the upper word), else buffers are freed where context A says that (EBD), else TCFQID. A frame that no queue takes
//   counts in TFDC and gives its pool buffers back.
// - Erratum A-050385: reads are cut into transfers of 256 bytes from where they begin, so that one from a multiple of
//   256 crosses no border of 4 KiB.
// - Short frames are always filled up to 60 bytes, whatever TX_PAD_EN says, with up to three bytes from behind the
//   data.
// - A port that is switched off is idle at once, or after the knob `stopBusyUs`. Frames take no time on the wire unless
//   the knob `paced` is 1; then they leave one after the other at the speed of the link.
// - The parser walks VLAN, IPv4, IPv6 with options, routing, destination and fragment headers, TCP, UDP, and names SCTP
//   and IPsec. A checksum that does not hold is a header error. It stops at 256 bytes.
// - The hash is the CRC-64 of ECMA-182 over source, destination, protocol and ports as EKFC asks; a field that a frame
//   has not counts as the scheme's default value, four bytes at most.
// 2. What the chip has and the model has not.
// - FMan's own interrupts, DMA, FPM and queue settings: those registers keep what is written. MURAM is memory. There is
//   no reset of all (RSTC), no microcode, no policer, no coarse classification, no offline ports, no time stamps on
//   transmit, no PTP timer.
// - Pause frames are swallowed and not sent; pool depletion has no effect. Rate limits of Tx.
// - MACs of FMan v2 (dTSEC, 10GEC); half duplex; the PCS and its negotiation: it shows the state of the link.
// - PHYs have the registers that IEEE 802.3 has for all, and ids of common ones. Negotiation is over at once.
import { hexNumber } from '../../base/bytes.js';
import { swab32 } from '../../bus/mmio.js';
import type { MmioTarget } from '../../bus/mmio.js';
import type { ChipModel, RegisterMap, Socket } from '../../bus/socket.js';
import type { DpaaSoc } from '../../bus/dpaa.js';
import { SysError } from '../../base/errno.js';
import { FmanBlocks } from './blocks.js';
import { KeyGen } from './keygen.js';
import { Mac } from './mac.js';
import { MdioController } from './mdio.js';
import { Phy } from './phy.js';
import { mapped } from '../register-file.js';
import { MAC, RX, TX } from './regs.js';
import { RxPort } from './rx-port.js';
import { TxPort } from './tx-port.js';
import { FMAN_VARIANTS, type FmanSoc, type FmanVariant, macPorts, variantOf } from './variants.js';

export { FMAN_VARIANTS, type FmanSoc, type FmanVariant, macPorts, txChannel } from './variants.js';

/** What can be chosen for a model. */
export interface FmanOptions {
  /** The SoC; what the tree says where it is left out. */
  readonly soc: FmanSoc;
}

/**
 * The models of FMan and of its MACs, for one machine or several. FMan has the register window of all; a MAC's socket
 * gives it its wire. PHYs are found where the wire says that they are.
 */
export function fmanChips(options: Partial<FmanOptions> = {}): readonly ChipModel[] {
  const fmans = new WeakMap<DpaaSoc, Map<string, Fman>>();
  const known = (socket: Socket): Map<string, Fman> => {
    const { soc } = socket.dpaa();
    const there = fmans.get(soc) ?? new Map<string, Fman>();
    fmans.set(soc, there);
    return there;
  };
  return [
    {
      name: 'fman',
      compatible: ['fsl,fman'],
      plug: (socket) => void known(socket).set(socket.name, new Fman(socket, options)),
    },
    {
      name: 'fman-memac',
      compatible: ['fsl,fman-memac'],
      plug: (socket) => {
        const fman = known(socket).get(socket.name.slice(0, socket.name.lastIndexOf('/')));
        if (fman === undefined) throw new SysError('ENODEV', 'a MAC without its FMan', { dev: socket.name });
        fman.plugMac(socket);
      },
    },
  ];
}

const PORTS = 0x80000;
const PORTS_END = 0xc0000;
const PORT_BYTES = 0x1000;
const KEYGEN = 0xc1000;
const KEYGEN_END = 0xc2000;
const MAC_MAP: RegisterMap = { width: 32, order: 'big', window: 0, registers: mapped(MAC) };
const REVISION = 0xc30c4;
/** BMI's start of initialisation and FPM's reset: bit 31 is a request that is over at once. */
const INIT = 0x80000;
const RESET = 0xc30cc;
const MDIO = [0xfc000, 0xfd000];
const PCS_ADDR = 0;

/** A block with registers. */
interface Block {
  read(offset: number): number;
  write(offset: number, value: number): void;
  registers(): Record<string, number>;
}

class Fman implements MmioTarget {
  readonly #blocks: FmanBlocks;
  readonly #variant: FmanVariant;
  readonly #keygen = new KeyGen();
  readonly #ports = new Map<number, RxPort | TxPort>();
  readonly #macs = new Map<number, Mac>();
  /** Blocks of 4 KiB, by where they begin. */
  readonly #pages = new Map<number, Block>();
  readonly #muram: DataView;
  /** What software wrote where no block is modelled. */
  readonly #plain = new Map<number, number>();
  readonly #knobs = { stopBusyUs: 0, paced: 0 };

  constructor(socket: Socket, options: Partial<FmanOptions>) {
    const wire = socket.dpaa();
    const { name, clock, trace } = socket;
    this.#variant = options.soc === undefined ? variantOf(wire.soc.compatible) : FMAN_VARIANTS[options.soc];
    this.#blocks = new FmanBlocks({ name, clock, trace, wire, dma: socket.dma(), variant: this.#variant });
    this.#muram = new DataView(new ArrayBuffer(this.#variant.muramBytes));
    Object.assign(this.#knobs, socket.wiring);
    for (const offset of this.#variant.macs) this.#addMac(offset);
    for (const offset of MDIO) this.#pages.set(offset, new MdioController(name, trace));
    socket.mmio(this);
    socket.inspect({ registers: () => this.#registers(), map: () => this.#map() });
    this.#addKnob(socket, 'stopBusyUs', 'us', 1e7, 'how long a port stays busy after it was switched off');
    this.#addKnob(socket, 'paced', '', 1, '1: frames leave at the speed of the link');
  }

  /** A MAC's socket: its wire, and the PHY at its end. */
  plugMac(socket: Socket): void {
    const offset = unitAddress(socket.name);
    const mac = this.#macs.get(offset);
    if (mac === undefined) {
      const text = `${this.#variant.name} has no MAC at ${hexNumber(offset)}`;
      throw new SysError('ENODEV', text, { dev: socket.name });
    }
    const port = socket.ethernet();
    mac.wire(port);
    socket.inspect({ registers: () => mac.registers(), map: () => MAC_MAP });
    this.#mdio(offset + PORT_BYTES)?.attach(PCS_ADDR, new Phy(port));
    if (port.phy !== undefined) this.#mdio(unitAddress(port.phy.bus))?.attach(port.phy.addr, new Phy(port));
  }

  read32(offset: number): number {
    return swab32(this.#read(offset));
  }

  write32(offset: number, value: number): void {
    this.#write(offset, swab32(value));
  }

  #read(offset: number): number {
    const page = this.#pages.get(offset - (offset % PORT_BYTES));
    if (page !== undefined) return page.read(offset % PORT_BYTES);
    if (offset < this.#muram.byteLength) return this.#muram.getUint32(offset);
    if (offset >= KEYGEN && offset < KEYGEN_END) return this.#keygen.read(offset - KEYGEN);
    if (offset === REVISION) return this.#variant.revision;
    return this.#plain.get(offset) ?? 0;
  }

  #write(offset: number, value: number): void {
    const page = this.#pages.get(offset - (offset % PORT_BYTES));
    if (page !== undefined) page.write(offset % PORT_BYTES, value);
    else if (offset < this.#muram.byteLength) this.#muram.setUint32(offset, value);
    else if (offset >= KEYGEN && offset < KEYGEN_END) this.#keygen.write(offset - KEYGEN, value);
    else if (offset === INIT || offset === RESET) this.#plain.set(offset, value & 0x7fff_ffff);
    else if (offset !== REVISION) this.#plain.set(offset, value);
  }

  #addMac(offset: number): void {
    const { name, trace } = this.#blocks;
    const mac = new Mac(`${name}:${hexNumber(offset)}`, trace);
    const { rx, tx } = macPorts(offset);
    const busyNs = (): number => this.#knobs.stopBusyUs * 1000;
    const receive = new RxPort(this.#blocks, rx, this.#keygen, busyNs);
    const transmit = new TxPort(this.#blocks, tx, mac, { busyNs, paced: () => this.#knobs.paced === 1 });
    mac.onReceive((frame, status) => receive.take(frame, status));
    this.#macs.set(offset, mac);
    this.#pages.set(offset, mac);
    this.#pages.set(offset + PORT_BYTES, new MdioController(name, trace));
    this.#addPort(receive);
    this.#addPort(transmit);
  }

  #addPort(port: RxPort | TxPort): void {
    this.#ports.set(port.id, port);
    const at = PORTS + port.id * PORT_BYTES;
    if (at < PORTS_END) this.#pages.set(at, port);
  }

  #mdio(offset: number): MdioController | undefined {
    const page = this.#pages.get(offset);
    return page instanceof MdioController ? page : undefined;
  }

  #registers(): Record<string, number> {
    const entries = [...this.#ports].flatMap(([id, port]) =>
      Object.entries(port.registers()).map(([name, value]) => [`port${hexNumber(id, 2)}.${name}`, value] as const),
    );
    return Object.fromEntries(entries);
  }

  /** The ports; other blocks have no names here. */
  #map(): RegisterMap {
    const ports = [...this.#ports].flatMap(([id, port]) => {
      return mapped(port instanceof RxPort ? RX : TX, `port${hexNumber(id, 2)}.`, PORTS + id * PORT_BYTES);
    });
    return { width: 32, order: 'big', window: 0, registers: ports };
  }

  #addKnob(socket: Socket, name: 'stopBusyUs' | 'paced', unit: string, max: number, about: string): void {
    const knobs = this.#knobs;
    const set = (value: number): void => {
      knobs[name] = value;
    };
    socket.knob({ name, unit, min: 0, max, about, get: () => knobs[name], set });
  }
}

/** Where a socket is in its FMan's window: what stands behind the `@`. */
function unitAddress(path: string): number {
  return Number.parseInt(path.slice(path.lastIndexOf('@') + 1), 16);
}
