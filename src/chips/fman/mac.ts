// A MAC (mEMAC): lets frames of the wire through to its receive port, and sends those of its transmit port.
import type { Trace } from '../../base/trace.js';
import type { EthernetDamage, EthernetPort } from '../../bus/ethernet.js';
import { RegisterFile, RegisterLayout } from '../register-file.js';
import { MAC_COUNTERS as C, type MacCounter, MacCounters } from './mac-counters.js';
import { MAC } from './regs.js';
import { STATUS } from './status.js';

const LAYOUT = new RegisterLayout(MAC);
const FCS_BYTES = 4;
const LEAST_BYTES = 64;
const HASHES = 64;
const SPEED_BITS: Readonly<Record<number, number>> = { 10: 1, 100: 0, 1000: 2 };
const PADDRS = 7;
const ADDR_BYTES = 6;
const DEFAULT_SPEED = 1000;

/** Takes frames that the MAC lets through, with their status. */
export type MacReceive = (frame: Uint8Array, status: number) => void;

/** One MAC. */
export class Mac {
  readonly counters = new MacCounters();
  readonly #file: RegisterFile;
  readonly #hashes = new Uint8Array(HASHES);
  /** Its own addresses, the first first. */
  readonly #addrs = new Uint8Array((PADDRS + 1) * ADDR_BYTES);
  #addrCount = 1;
  #port: EthernetPort | undefined;
  #receive: MacReceive = () => undefined;
  #transmitChanged: () => void = () => undefined;
  #rx = false;
  #promiscuous = false;
  #maxFrame = 0;
  #pauseForwarded = false;
  #loopback = false;
  /** The transmit side is switched on. */
  transmits = false;

  constructor(name: string, trace: Trace) {
    this.#file = new RegisterFile(LAYOUT, name, trace);
    this.#configure();
  }

  /** Plugs the wire in. */
  wire(port: EthernetPort): void {
    this.#port = port;
    port.receive((frame, damage) => this.#heard(frame, damage));
  }

  get port(): EthernetPort | undefined {
    return this.#port;
  }

  /** Mbit/s of the link, or what it would be. */
  get speed(): number {
    return this.#port?.link?.speed ?? DEFAULT_SPEED;
  }

  onReceive(receive: MacReceive): void {
    this.#receive = receive;
  }

  /** Told when the transmit side is switched. */
  onTransmitEnable(changed: () => void): void {
    this.#transmitChanged = changed;
  }

  read(offset: number): number {
    const counter = this.counters.read(offset);
    if (counter !== undefined) return counter;
    if (offset === MAC.IF_STATUS.addr) return this.#linkBits();
    return this.#file.busRead(offset);
  }

  write(offset: number, value: number): void {
    if (this.counters.read(offset) !== undefined) return;
    this.#file.busWrite(offset, value);
    if (this.#file.peek(MAC.COMMAND_CONFIG, 'SW_RESET') === 1) this.#reset();
    if (this.#file.peek(MAC.STATN_CONFIG, 'CLEAR') === 1) {
      this.#file.poke(MAC.STATN_CONFIG, 'CLEAR', 0);
      this.counters.clear();
    }
    if (offset === MAC.HASHTABLE_CTRL.addr) this.#hashes[value & (HASHES - 1)] = (value >>> 8) & 1;
    this.#configure();
  }

  registers(): Record<string, number> {
    const names = Object.keys(C) as MacCounter[];
    const counters = Object.fromEntries(names.map((name) => [name, this.counters.get(name)]));
    return { ...this.#file.snapshot(), IF_STATUS: this.#linkBits(), ...counters };
  }

  /** Sends a frame, at least 60 bytes. */
  send(frame: Uint8Array): void {
    const length = frame.length + FCS_BYTES;
    const { counters } = this;
    counters.add(C.teoct, length);
    counters.add(C.toct, length);
    counters.add(C.tfrm);
    counters.add(C.tpkt);
    counters.add(castOf(frame, C.tuca, C.tmca, C.tbca));
    if (isTagged(frame)) counters.add(C.tvlan);
    counters.size(C.t64, length);
    if (this.#loopback) this.#heard(frame, undefined);
    else this.#port?.send(frame);
  }

  /** A frame comes from the wire. */
  #heard(frame: Uint8Array, damage: EthernetDamage | undefined): void {
    if (!this.#rx) return;
    const { counters } = this;
    const length = frame.length + FCS_BYTES;
    counters.add(C.rpkt);
    counters.add(C.reoct, length);
    const bad = damage?.fcs === true || damage?.code === true;
    if (length < LEAST_BYTES) return counters.add(bad ? C.rfrg : C.rund);
    counters.size(C.r64, length);
    if (!this.#promiscuous && !this.#isForUs(frame)) return;
    if (!bad && !this.#pauseForwarded && isPause(frame)) return counters.add(C.rxpf);
    const long = length > this.#maxFrame;
    if (damage?.fcs === true) counters.add(C.rfcs);
    if (bad || long) counters.add(C.rerr);
    else this.#counted(frame, length);
    if (long) counters.add(bad ? C.rjbr : C.rovr);
    this.#receive(frame, (bad ? STATUS.physical : 0) | (long ? STATUS.size : 0));
  }

  #counted(frame: Uint8Array, length: number): void {
    const { counters } = this;
    counters.add(C.rfrm);
    counters.add(C.roct, length);
    counters.add(castOf(frame, C.ruca, C.rmca, C.rbca));
    if (isTagged(frame)) counters.add(C.rvlan);
  }

  #isForUs(frame: Uint8Array): boolean {
    if (((frame[0] as number) & 1) === 0) {
      for (let i = 0; i < this.#addrCount; i++) if (startsWith(frame, this.#addrs, i * ADDR_BYTES)) return true;
      return false;
    }
    return isBroadcast(frame) || isPauseAddr(frame) || this.#hashes[hashOf(frame)] === 1;
  }

  #reset(): void {
    this.#file.reset();
    this.#hashes.fill(0);
    this.counters.clear();
  }

  #linkBits(): number {
    const link = this.#port?.link;
    if (link === undefined) return 0;
    return 0x8000 | ((SPEED_BITS[link.speed] ?? 2) << 13) | (link.fullDuplex ? 0x1000 : 0);
  }

  #configure(): void {
    const file = this.#file;
    const before = this.transmits;
    this.transmits = file.peek(MAC.COMMAND_CONFIG, 'TX_EN') === 1;
    this.#rx = file.peek(MAC.COMMAND_CONFIG, 'RX_EN') === 1;
    this.#promiscuous = file.peek(MAC.COMMAND_CONFIG, 'PROMIS_EN') === 1;
    this.#pauseForwarded = file.peek(MAC.COMMAND_CONFIG, 'PAUSE_FWD') === 1;
    this.#loopback = file.peek(MAC.COMMAND_CONFIG, 'LOOPBACK_EN') === 1;
    this.#maxFrame = file.peek(MAC.MAXFRM, 'LENGTH');
    this.#addrCount = 0;
    this.#addAddr(file.peek(MAC.MAC_ADDR_0_L), file.peek(MAC.MAC_ADDR_0_U), true);
    for (let i = 0; i < PADDRS; i++) this.#addAddr(file.busRead(0x80 + 8 * i), file.busRead(0x84 + 8 * i), false);
    if (before !== this.transmits) this.#transmitChanged();
  }

  /** An address as its registers have it: the first byte is the lowest of the lower word. */
  #addAddr(lower: number, upper: number, always: boolean): void {
    if (!always && lower === 0 && (upper & 0xffff) === 0) return;
    const at = this.#addrCount++ * ADDR_BYTES;
    for (let i = 0; i < 4; i++) this.#addrs[at + i] = lower >>> (8 * i);
    this.#addrs[at + 4] = upper;
    this.#addrs[at + 5] = upper >>> 8;
  }
}

/** Index of a multicast address in the hash table: bit n is the parity of byte n. */
function hashOf(addr: Uint8Array): number {
  let hash = 0;
  for (let i = 0; i < ADDR_BYTES; i++) {
    let byte = addr[i] as number;
    byte ^= byte >> 4;
    byte ^= byte >> 2;
    byte ^= byte >> 1;
    hash |= (byte & 1) << i;
  }
  return hash;
}

function startsWith(frame: Uint8Array, addrs: Uint8Array, at: number): boolean {
  for (let i = 0; i < ADDR_BYTES; i++) if (frame[i] !== addrs[at + i]) return false;
  return true;
}

function isBroadcast(frame: Uint8Array): boolean {
  for (let i = 0; i < ADDR_BYTES; i++) if (frame[i] !== 0xff) return false;
  return true;
}

const PAUSE = Uint8Array.of(0x01, 0x80, 0xc2, 0x00, 0x00, 0x01);

function isPauseAddr(frame: Uint8Array): boolean {
  return startsWith(frame, PAUSE, 0);
}

function isPause(frame: Uint8Array): boolean {
  return frame[12] === 0x88 && frame[13] === 0x08 && isPauseAddr(frame);
}

function isTagged(frame: Uint8Array): boolean {
  return frame[12] === 0x81 && frame[13] === 0x00;
}

function castOf(frame: Uint8Array, one: number, many: number, all: number): number {
  if (((frame[0] as number) & 1) === 0) return one;
  return isBroadcast(frame) ? all : many;
}
