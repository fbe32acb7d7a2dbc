// A DPAA whose register windows are scripted by the facts: rings and commands of one portal each, ports and MAC that
// keep what is written. Nothing moves by itself: a test says which frames come, and sees which went.
import { swab32 } from '../src/bus/mmio.js';
import type { MmioTarget } from '../src/bus/mmio.js';
import type { IrqPin } from '../src/bus/irq.js';
import type { ChipModel } from '../src/bus/socket.js';

/** Big-endian words that keep what is written; `wrote` sees each write after it was kept. */
class Words implements MmioTarget {
  readonly at = new Map<number, number>();
  wrote: (offset: number, value: number) => void = () => undefined;

  get(offset: number): number {
    return this.at.get(offset) ?? 0;
  }

  set(offset: number, value: number): void {
    this.at.set(offset, value >>> 0);
  }

  read32(offset: number): number {
    return swab32(this.get(offset));
  }

  write32(offset: number, value: number): void {
    const word = swab32(value);
    this.set(offset, word);
    this.wrote(offset, word);
  }

  /** `count` words from there, as hex. */
  hex(offset: number, count: number): string {
    return Array.from({ length: count }, (_, i) =>
      this.get(offset + 4 * i)
        .toString(16)
        .padStart(8, '0'),
    ).join(' ');
  }
}

/** What an init of a queue said. */
export interface FakeFq {
  readonly words: string;
  readonly contextB: number;
}

/** All of it. */
export class FakeDpaa {
  readonly qman = new Words();
  readonly bman = new Words();
  readonly qce = new Words();
  readonly qci = new Words();
  readonly bce = new Words();
  readonly bci = new Words();
  readonly fman = new Words();
  /** Buffers of all pools, and queues that are alive. */
  readonly pool: number[] = [];
  readonly fqs = new Map<number, FakeFq>();
  /** Words 2 to 7 of what was enqueued: queue, tag, descriptor. */
  readonly enqueued: string[] = [];
  /** Commands that QMan got: first word. */
  readonly commands: string[] = [];
  /** Results of commands by verb, in place of 0xf0. */
  readonly results = new Map<number, number>();
  /** Schemes and entries of ports in the key generator: words. */
  readonly keygen = new Map<string, string>();
  /** The rings do not move on: they get full. */
  stuck = false;
  #pin: IrqPin | undefined;
  #dqrrPi = 0;
  #mrPi = 0;

  constructor({ revision = 0x0a01_0301 } = {}) {
    this.qman.set(0xbf8, revision);
    this.bman.set(0xbf8, 0x0a02_0201);
    this.qman.wrote = (offset) => {
      if (offset === 0xb00) this.qman.set(0xb00, 0xf000_0000);
    };
    this.fman.wrote = (offset, word) => {
      if (offset === 0xc11fc) this.#keygen(word);
    };
    this.bce.wrote = (offset, word) => this.#bmanWrote(offset, word);
    this.qce.wrote = (offset, word) => this.#qmanWrote(offset, word);
    this.qci.wrote = (offset, word) => this.#qmanRegister(offset, word);
  }

  /** The models, for the sockets of `dpaaTree`. */
  get chips(): readonly ChipModel[] {
    const plain = (name: string, compatible: string, words: Words): ChipModel => ({
      name,
      compatible: [compatible],
      plug: (socket) => socket.mmio(words),
    });
    return [
      plain('qman', 'fsl,qman', this.qman),
      plain('bman', 'fsl,bman', this.bman),
      plain('fman', 'fsl,fman', this.fman),
      {
        name: 'bman-portal',
        compatible: ['fsl,bman-portal'],
        plug: (socket) => {
          socket.mmio(this.bce, 0);
          socket.mmio(this.bci, 1);
        },
      },
      {
        name: 'qman-portal',
        compatible: ['fsl,qman-portal'],
        plug: (socket) => {
          socket.mmio(this.qce, 0);
          socket.mmio(this.qci, 1);
          this.#pin = socket.irq('irq');
        },
      },
    ];
  }

  /** A frame for a queue that software consumes: descriptor as four words. */
  dequeue(fqid: number, fd: readonly number[], stat = 0x10): void {
    const at = 0x1000 + 64 * (this.#dqrrPi & 15);
    const words = [0x6000_0000 | (stat << 16), 0, fqid, this.fqs.get(fqid)?.contextB ?? fqid, ...fd];
    words.forEach((word, i) => this.qce.set(at + 4 * i, word));
    this.qci.set(0x3100, ++this.#dqrrPi & 31);
    this.#raise(0x0002_0000);
  }

  /** A message: verb, second byte, code, queue, tag, descriptor. */
  message(verb: number, byte1: number, rc: number, fqid: number, fd: readonly number[] = []): void {
    const at = 0x2000 + 64 * (this.#mrPi & 7);
    const words = [((verb << 24) | (byte1 << 16)) >>> 0, (rc << 24) >>> 0, fqid, fqid, ...fd];
    words.forEach((word, i) => this.qce.set(at + 4 * i, word));
    this.qci.set(0x3300, ++this.#mrPi & 15);
    this.#raise(0x0001_0000);
  }

  /** Groups are congested, or not: the first word of the answer to a query. */
  congest(word: number): void {
    this.#congestion = word;
    this.#raise(0x0010_0000);
  }

  #congestion = 0;

  #raise(bits: number): void {
    this.qci.set(0x3600, this.qci.get(0x3600) | bits);
    this.#line();
  }

  #line(): void {
    this.#pin?.set((this.qci.get(0x3600) & this.qci.get(0x3640)) !== 0);
  }

  #qmanRegister(offset: number, word: number): void {
    if (offset === 0x3600) {
      // Written ones are cleared; that the ring is not empty is told again.
      const left = ((this.#dqrrPi - this.qci.get(0x3140)) & 15) > 0 ? 0x0002_0000 : 0;
      this.qci.set(0x3600, (this.#status & ~word) | left);
    }
    if (offset === 0x31c0) this.#consumed(word);
    if (offset === 0x3240 && word !== 0) this.dequeue(word & 0xff_ffff, [], 0x81);
    this.#status = this.qci.get(0x3600);
    this.#line();
  }

  /** One entry by its index, or with bit 8 a mask of entries in the upper half: those at the ring's front go. */
  #consumed(word: number): void {
    let ci = this.qci.get(0x3140) ?? 0;
    if ((word & 0x100) === 0) ci = (word + 1) & 15;
    else for (let mask = word >>> 16; (mask & (1 << ci)) !== 0; ci = (ci + 1) & 15) mask &= ~(1 << ci);
    this.qci.set(0x3140, ci);
  }

  get #status(): number {
    return this.#isr;
  }

  set #status(value: number) {
    this.#isr = value;
  }

  #isr = 0;

  #qmanWrote(offset: number, word: number): void {
    if (offset === 0x3800) return this.#command(word);
    if (offset >= 0x1000 || offset % 64 !== 0) return;
    this.enqueued.push(this.qce.hex(offset + 8, 6));
    if (!this.stuck) this.qci.set(0x3040, (offset / 64 + 1) & 7);
  }

  #command(word: number): void {
    const verb = (word >>> 24) & 0x7f;
    const fqid = this.qce.get(0x3804);
    this.commands.push(`${word.toString(16).padStart(8, '0')} ${fqid.toString(16)}`);
    const rr = word >>> 31 === 0 ? 0x3900 : 0x3940;
    this.qce.set(word >>> 31 === 0 ? 0x3940 : 0x3900, 0);
    for (let i = 0; i < 64; i += 4) this.qce.set(rr + i, 0);
    if (verb === 0x41) {
      this.fqs.set(fqid, { words: this.qce.hex(0x3808, 6), contextB: this.qce.get(0x3814) });
    }
    if (verb === 0x4b) this.fqs.delete(fqid);
    if (verb === 0x59) this.qce.set(rr + 32, this.#congestion);
    this.qce.set(rr, ((verb << 24) | ((this.results.get(verb) ?? 0xf0) << 16)) >>> 0);
  }

  /** The action register of the key generator: what the window has goes to a scheme or a port's entry, or comes. */
  #keygen(word: number): void {
    const isPort = (word & 0x0200_0000) !== 0;
    const what = isPort ? `port ${word & 0xff} ${word & 0x8000 ? 'sp' : 'cpp'}` : `scheme ${(word >>> 16) & 0xff}`;
    const at = isPort && (word & 0x8000) === 0 ? 0xc1104 : 0xc1100;
    const count = isPort ? 1 : 23;
    if ((word & 0x4000_0000) !== 0) this.fman.set(at, Number.parseInt(this.keygen.get(what) ?? '0', 16));
    else this.keygen.set(what, this.fman.hex(at, count));
    if (!this.stuck) this.fman.set(0xc11fc, word & 0x7fff_ffff);
  }

  #bmanWrote(offset: number, word: number): void {
    const verb = word >>> 24;
    const count = verb & 0xf;
    if (offset >= 0x1000 && offset % 64 === 0) {
      for (let i = 0; i < count; i++) {
        const high = this.bce.get(offset + 8 * i) & 0xffff;
        this.pool.push(high * 0x1_0000_0000 + this.bce.get(offset + 8 * i + 4));
      }
      if (!this.stuck) this.bci.set(0x3100, ((offset - 0x1000) / 64 + 1) & 7);
    }
    if (offset !== 0) return;
    const rr = word >>> 31 === 0 ? 0x100 : 0x140;
    const given = this.pool.length >= count ? this.pool.splice(-count) : [];
    given.forEach((buffer, i) => {
      this.bce.set(rr + 8 * i, Math.floor(buffer / 0x1_0000_0000));
      this.bce.set(rr + 8 * i + 4, buffer % 0x1_0000_0000);
    });
    this.bce.set(rr, ((0x10 | given.length) << 24) | (this.bce.get(rr) & 0xffff));
    this.bce.set(word >>> 31 === 0 ? 0x140 : 0x100, 0);
  }
}

/** A machine with one CPU, one portal each, and one MAC with a fixed link. `patch` changes the source. */
export function dpaaSource(patch: (source: string) => string = (source) => source): string {
  return patch(`/ { #address-cells = <2>; #size-cells = <2>; interrupt-parent = <&gic>;
  gic: gic { interrupt-controller; #interrupt-cells = <3>; };
  cpus { #address-cells = <1>; #size-cells = <0>; cpu@0 { device_type = "cpu"; reg = <0>; }; };
  memory@80000000 { device_type = "memory"; reg = <0x8 0x80000000 0 0x40000000>; };
  reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges;
    fbpr: bman-fbpr { compatible = "shared-dma-pool"; size = <0 0x1000>; alignment = <0 0x1000>; no-map; };
    fqd: qman-fqd { compatible = "shared-dma-pool"; size = <0 0x8000>; alignment = <0 0x8000>; no-map; };
    pfdr: qman-pfdr { compatible = "shared-dma-pool"; size = <0 0x10000>; alignment = <0 0x10000>; no-map; }; };
  soc { compatible = "simple-bus"; #address-cells = <2>; #size-cells = <2>; ranges;
    qman: qman@1880000 { compatible = "fsl,qman"; reg = <0 0x1880000 0 0x10000>; memory-region = <&fqd &pfdr>; };
    bman: bman@1890000 { compatible = "fsl,bman"; reg = <0 0x1890000 0 0x10000>; memory-region = <&fbpr>; };
    fman0: fman@1a00000 { compatible = "fsl,fman"; cell-index = <0>; reg = <0 0x1a00000 0 0xfe000>;
      #address-cells = <1>; #size-cells = <1>; ranges = <0 0 0x1a00000 0xfe000>;
      fsl,qman-channel-range = <0x800 0x10>;
      rx: port@88000 { compatible = "fsl,fman-v3-port-rx"; cell-index = <0x8>; reg = <0x88000 0x1000>; };
      tx: port@a8000 { compatible = "fsl,fman-v3-port-tx"; cell-index = <0x28>; reg = <0xa8000 0x1000>; };
      ethernet@e0000 { compatible = "fsl,fman-memac"; cell-index = <0>; reg = <0xe0000 0x1000>;
        fsl,fman-ports = <&rx &tx>; phy-connection-type = "sgmii"; local-mac-address = [00 04 9f 01 02 03];
        fixed-link { speed = <1000>; full-duplex; }; }; };
    qportals: qman-portals-bus@500000000 { compatible = "simple-bus"; #address-cells = <1>; #size-cells = <1>;
      ranges = <0 0x5 0 0x8000000>;
      qman-portal@0 { compatible = "fsl,qman-portal"; reg = <0 0x4000>, <0x4000000 0x4000>;
        interrupts = <0 172 4>; cell-index = <0>; }; };
    bportals: bman-portals-bus@508000000 { compatible = "simple-bus"; #address-cells = <1>; #size-cells = <1>;
      ranges = <0 0x5 0x08000000 0x8000000>;
      bman-portal@0 { compatible = "fsl,bman-portal"; reg = <0 0x4000>, <0x4000000 0x4000>;
        interrupts = <0 173 4>; }; }; }; };`);
}
