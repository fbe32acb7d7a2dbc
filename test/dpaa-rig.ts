// A port without chips: pool and queues are arrays, and a small FMan by the facts reads and writes through the ledger.
import { SimClock } from '../src/base/clock.js';
import { ERRNO, SysError } from '../src/base/errno.js';
import { Trace } from '../src/base/trace.js';
import type { DmaPort } from '../src/bus/dma.js';
import { SimMemory } from '../src/bus/dma-sim.js';
import { MemoryPageDma, type PageDma } from '../src/core/dma-page.js';
import { type FragSource, PageFragCache, Zone } from '../src/core/page.js';
import { SkBuff } from '../src/core/skbuff.js';
import { AddressMap } from '../src/drivers/dpaa-eth/address-map.js';
import { DpaBp, type RxBuffer } from '../src/drivers/dpaa-eth/dpa-bp.js';
import { DpaPriv } from '../src/drivers/dpaa-eth/dpa-priv.js';
import { QmFd } from '../src/drivers/dpaa-eth/fd.js';
import { dpaRxDefault } from '../src/drivers/dpaa-eth/rx.js';
import { dpaTx, dpaTxAbandon, dpaTxConfirm } from '../src/drivers/dpaa-eth/tx.js';
import { settle } from '../src/host/settle.js';

const DEV = '/fman/port';
const BUFFER = 1664;
const MARGIN = 128;
const BPID = 1;

/** Something that fails when it is its turn: every operation that may fail asks. */
class Turns {
  /** Which operation fails, from 0; -1: none. */
  failing = -1;
  /** How many in a row. */
  count = 1;
  asked = 0;

  fails(): boolean {
    const n = this.asked++;
    return this.failing >= 0 && n >= this.failing && n < this.failing + this.count;
  }
}

/** One interface and its little FMan. */
export class DpaaRig {
  readonly memory: SimMemory;
  readonly zone: Zone;
  readonly frags: PageFragCache;
  readonly turns = new Turns();
  readonly priv: DpaPriv;
  readonly bp: DpaBp;
  readonly share = { count: 0 };
  readonly pool: number[] = [];
  /** Descriptors on their way to the port, 16 bytes each. */
  readonly wire: Uint8Array[] = [];
  readonly received: Uint8Array[] = [];
  readonly buffers = new AddressMap<RxBuffer>();
  /** How often the release ring is full before the next command. */
  busy = 0;
  readonly #port: DmaPort;

  constructor(options: { readonly erratumA050385?: boolean; readonly iovaBase?: number } = {}) {
    const clock = new SimClock(settle);
    const trace = new Trace(() => clock.now());
    const { iovaBase, ...rest } = options;
    const iommu = iovaBase === undefined ? {} : { iovaBase };
    this.memory = new SimMemory({ clock, trace, poison: true, ...iommu });
    this.memory.setMask(DEV, 40);
    this.#port = this.memory.port('/fman');
    this.zone = new Zone(this.memory);
    this.frags = new PageFragCache(this.zone);
    const { turns, buffers } = this;
    const frags = failingFrags(this.frags, turns);
    const dma = failingDma(new MemoryPageDma(DEV, this.memory), turns);
    const log = (): void => undefined;
    this.bp = new DpaBp({ pool: this.#bman(), dma, frags, buffers, log });
    this.priv = new DpaPriv({
      ...rest,
      dma,
      frags,
      buffers,
      bp: this.bp,
      bpid2pool: (bpid) => (bpid === BPID ? this.bp : undefined),
      egress: [{ fqid: 0x100, enqueue: (fd) => this.#enqueue(fd) }],
      confFqids: [0x200],
      receive: (skb) => this.#receive(skb),
      log,
    });
  }

  /** A packet of these bytes: `linear` of them before the fragments, whose lengths follow. */
  packet(bytes: Uint8Array, linear: number, frags: readonly number[]): SkBuff {
    const skb = SkBuff.alloc(MARGIN + linear, this.frags);
    skb.reserve(MARGIN);
    skb.page.bytes.set(bytes.subarray(0, linear), skb.put(linear));
    let at = linear;
    for (const size of frags) {
      const offset = this.frags.alloc(size);
      this.frags.page.bytes.set(bytes.subarray(at, at + size), offset);
      skb.addRxFrag(this.frags.page, offset, size, size);
      at += size;
    }
    return skb;
  }

  send(skb: SkBuff): void {
    dpaTx(this.priv, skb);
  }

  /** Sends what is queued, and confirms it; answers the bytes on the wire. */
  transmit(): Uint8Array[] {
    return this.wire.splice(0).map((bytes) => {
      const view = new DataView(bytes.buffer);
      const frame = this.#gather(view);
      const fd = new QmFd();
      fd.decode(view, 0);
      fd.cmd = 0;
      dpaTxConfirm(this.priv, fd);
      return frame;
    });
  }

  /** A frame comes in. False when FMan has no buffers for it. */
  arrive(frame: Uint8Array, status = 0): boolean {
    const fd = this.deposit(frame);
    if (fd === undefined) return false;
    fd.cmd = status;
    this.arriveFd(fd);
    return true;
  }

  /** The driver gets this descriptor. */
  arriveFd(fd: QmFd): void {
    dpaRxDefault(this.priv, fd, this.share);
  }

  /** The driver gets this descriptor as confirmed. */
  confirm(bytes: Uint8Array): void {
    const fd = new QmFd();
    fd.decode(new DataView(bytes.buffer), 0);
    fd.cmd = 0;
    dpaTxConfirm(this.priv, fd);
  }

  /** Puts a frame into buffers, as FMan does; undefined without buffers. */
  deposit(frame: Uint8Array): QmFd | undefined {
    const contig = frame.length <= BUFFER - MARGIN;
    const later = contig ? 0 : Math.ceil((frame.length - (BUFFER - MARGIN)) / BUFFER);
    const need = contig ? 1 : 2 + later;
    if (this.pool.length < need || need > 17) return undefined;
    const fd = new QmFd();
    fd.addr = this.pool.pop() as number;
    fd.bpid = BPID;
    fd.offset = MARGIN;
    fd.length = frame.length;
    if (contig) {
      this.#port.write(fd.addr + MARGIN, frame);
      return fd;
    }
    fd.format = 4;
    const table = new DataView(new ArrayBuffer(16 * (1 + later)));
    for (let i = 0, at = 0; i <= later; i++) {
      const addr = this.pool.pop() as number;
      const from = i === 0 ? MARGIN : 0;
      const length = Math.min(BUFFER - from, frame.length - at);
      this.#port.write(addr + from, frame.subarray(at, at + length));
      at += length;
      table.setUint8(16 * i + 3, Math.floor(addr / 2 ** 32));
      table.setUint32(16 * i + 4, addr % 2 ** 32);
      table.setUint32(16 * i + 8, length + (i === later ? 0x4000_0000 : 0));
      table.setUint8(16 * i + 13, BPID);
      table.setUint16(16 * i + 14, from);
    }
    this.#port.write(fd.addr + MARGIN, new Uint8Array(table.buffer));
    return fd;
  }

  /** Ends everything and answers what is left: pages, mappings, findings; and how many buffers were not in the pool. */
  close(): { readonly pages: number; readonly mapped: number; readonly findings: number; readonly lost: number } {
    dpaTxAbandon(this.priv);
    const lost = this.bp.drain();
    this.frags.drain();
    this.zone.drain();
    const { ledger } = this.memory;
    return {
      pages: this.zone.allocated + this.memory.allocated,
      mapped: ledger.mapped,
      findings: ledger.findings.length,
      lost,
    };
  }

  /** The bytes that a descriptor names, read as FMan does: always 256 bytes of a table. */
  #gather(fd: DataView): Uint8Array {
    const addr = fd.getUint8(3) * 2 ** 32 + fd.getUint32(4);
    const word = fd.getUint32(8);
    const offset = (word >>> 20) & 0x1ff;
    const length = word & 0xf_ffff;
    if (word >>> 29 === 0) return this.#port.read(addr + offset, length).slice();
    const table = this.#port.read(addr + offset, 256).slice();
    const view = new DataView(table.buffer);
    const frame = new Uint8Array(length);
    let at = 0;
    for (let entry = 0; entry < 256; entry += 16) {
      const from =
        view.getUint8(entry + 3) * 2 ** 32 + view.getUint32(entry + 4) + (view.getUint16(entry + 14) & 0x1fff);
      const size = view.getUint32(entry + 8) & 0x3fff_ffff;
      frame.set(this.#port.read(from, size), at);
      at += size;
      if ((view.getUint32(entry + 8) & 0x4000_0000) !== 0) break;
    }
    if (at !== length) throw new Error(`a table of ${at} bytes for ${length}`);
    return frame;
  }

  #bman(): ConstructorParameters<typeof DpaBp>[0]['pool'] {
    return {
      bpid: BPID,
      release: (buffers, count) => {
        if (this.busy > 0) {
          this.busy--;
          return -ERRNO.EBUSY;
        }
        if (this.turns.fails()) return -ERRNO.ETIMEDOUT;
        for (const addr of buffers.subarray(0, count)) {
          if (this.pool.includes(addr)) throw new Error('a buffer is released twice');
          this.pool.push(addr);
        }
        return 0;
      },
      acquire: (buffers, count) => {
        if (this.pool.length < count) return -ERRNO.ENOMEM;
        for (let i = 0; i < count; i++) buffers[i] = this.pool.pop() as number;
        return count;
      },
    };
  }

  #enqueue(fd: QmFd): number {
    if (this.turns.fails()) return -ERRNO.EIO;
    const bytes = new Uint8Array(16);
    fd.encode(new DataView(bytes.buffer), 0);
    this.wire.push(bytes);
    return 0;
  }

  #receive(skb: SkBuff): boolean {
    const header = 14;
    skb.push(header);
    this.received.push(skb.bytes());
    skb.kfree();
    return true;
  }
}

function failingFrags(frags: FragSource, turns: Turns): FragSource {
  return {
    get page() {
      return frags.page;
    },
    alloc: (size, align) => {
      if (turns.fails()) throw new SysError('ENOMEM', 'injected');
      return frags.alloc(size, align);
    },
  };
}

function failingDma(dma: PageDma, turns: Turns): PageDma {
  const ask = (): void => {
    if (turns.fails()) throw new SysError('ENOMEM', 'injected');
  };
  return {
    mapSingle: (page, offset, size, dir) => {
      ask();
      return dma.mapSingle(page, offset, size, dir);
    },
    mapPage: (page, offset, size, dir) => {
      ask();
      return dma.mapPage(page, offset, size, dir);
    },
    unmapSingle: (iova, size, dir) => dma.unmapSingle(iova, size, dir),
    unmapPage: (iova, size, dir) => dma.unmapPage(iova, size, dir),
    syncSingle: (iova, size, dir, to) => dma.syncSingle(iova, size, dir, to),
  };
}
