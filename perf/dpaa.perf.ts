// Frames of DPAA Ethernet, driver code alone: what the hardware would do is done by arrays. Memory, ledger and counts
// of pages are the real ones.
import { SimClock } from '../src/base/clock.js';
import { Trace } from '../src/base/trace.js';
import { SimMemory } from '../src/bus/dma-sim.js';
import { MemoryPageDma, type PageDma } from '../src/core/dma-page.js';
import { type Page, PageFragCache, Zone } from '../src/core/page.js';
import { SkBuff } from '../src/core/skbuff.js';
import { AddressMap } from '../src/drivers/dpaa-eth/address-map.js';
import { DpaBp, type RxBuffer } from '../src/drivers/dpaa-eth/dpa-bp.js';
import { DpaPriv } from '../src/drivers/dpaa-eth/dpa-priv.js';
import { QmFd } from '../src/drivers/dpaa-eth/fd.js';
import { dpaRx } from '../src/drivers/dpaa-eth/rx.js';
import { dpaTx, dpaTxConfirm } from '../src/drivers/dpaa-eth/tx.js';
import { settle } from '../src/host/settle.js';
import { HURRIES, type Row } from './bench.js';
import { YARDSTICK, YARDSTICK_NS } from './xorshift.js';

const DEV = '/fman/port';
const RX_HEADROOM = 128;

/** Bus addresses are physical ones, and nobody keeps a book: what Linux does without debugging. */
const PLAIN: PageDma = {
  mapSingle: (page, offset) => page.phys + offset,
  mapPage: (page, offset) => page.phys + offset,
  unmapSingle: () => undefined,
  unmapPage: () => undefined,
  syncSingle: () => undefined,
};

/** An interface whose queue keeps the last descriptor and whose pool is a stack of addresses. */
class Rig {
  readonly pool: number[] = [];
  readonly share = { count: 0 };
  readonly fd = new QmFd();
  readonly buffers = new AddressMap<RxBuffer>();
  readonly frags: PageFragCache;
  readonly priv: DpaPriv;
  readonly #wire = new DataView(new ArrayBuffer(16));
  readonly #refilled: boolean;

  /** `watched`: with the ledger of mappings, which is the bench's and not the driver's. */
  constructor(watched: boolean) {
    this.#refilled = watched;
    const clock = new SimClock(settle);
    const memory = new SimMemory({ clock, trace: new Trace(() => clock.now()) });
    memory.setMask(DEV, 40);
    const dma = watched ? new MemoryPageDma(DEV, memory) : PLAIN;
    this.frags = new PageFragCache(new Zone(memory));
    const { frags, buffers, pool } = this;
    const bman = {
      bpid: 1,
      release: (bufs: Float64Array, count: number) => {
        for (let i = 0; i < count; i++) pool.push(bufs[i] as number);
        return 0;
      },
      acquire: () => 0,
    };
    const log = (): void => undefined;
    const bp = new DpaBp({ pool: bman, dma, frags, buffers, log });
    const enqueue = (fd: QmFd): number => {
      fd.encode(this.#wire, 0);
      return 0;
    };
    const receive = (skb: SkBuff): boolean => {
      if (!watched) this.#rearm(skb);
      skb.kfree();
      return true;
    };
    const queues = { egress: [{ fqid: 0x100, enqueue }], confFqids: [0x200] };
    this.priv = new DpaPriv({ dma, frags, buffers, bp, bpid2pool: () => bp, receive, log, ...queues });
    bp.seed(this.share);
  }

  /** The packet's buffers go back to the pool at once: what refilling does, without its allocations. */
  #rearm(skb: SkBuff): void {
    this.#give(skb.page, skb.head);
    for (let i = 0; i < skb.nrFrags; i++) {
      const { page, offset } = skb.frag(i);
      this.#give(page, offset);
    }
  }

  #give(page: Page, offset: number): void {
    page.get();
    const iova = page.phys + offset;
    this.priv.bp.adopt(page, offset, iova);
    this.pool.push(iova);
    this.share.count++;
  }

  /** A packet that is sent and confirmed. */
  send(skb: SkBuff): void {
    dpaTx(this.priv, skb);
    this.fd.decode(this.#wire, 0);
    dpaTxConfirm(this.priv, this.fd);
  }

  /** What the driver has put into the pool holds what FMan would write over. */
  #write(addr: number, at: number): void {
    const { page, offset } = this.buffers.get(addr) as RxBuffer;
    page.view.setUint32(offset + at, 0x0200_0000);
  }

  /** A frame of three buffers and a table, as FMan builds it. */
  tableFrame(): void {
    const { pool, buffers, fd } = this;
    const table = buffers.get(pool.pop() as number) as RxBuffer;
    const { view } = table.page;
    for (let i = 0, at = table.offset + RX_HEADROOM; i < 3; i++, at += 16) {
      const addr = pool.pop() as number;
      if (this.#refilled) this.#write(addr, i === 0 ? RX_HEADROOM : 0);
      view.setUint32(at, Math.floor(addr / 0x1_0000_0000));
      view.setUint32(at + 4, addr >>> 0);
      view.setUint32(at + 8, i === 2 ? 0x4000_0000 + 800 : 1500);
      view.setUint32(at + 12, 0x10000);
    }
    fd.bpid = 1;
    fd.addr = table.iova;
    fd.format = 4;
    fd.offset = RX_HEADROOM;
    fd.length = 3800;
    fd.cmd = 0;
  }
}

/** Packets are clones of one: making them is the stack's part, and the clone's price is in the figure. */
function sending(watched: boolean): () => void {
  const rig = new Rig(watched);
  const packet = SkBuff.alloc(512, rig.frags);
  packet.reserve(128);
  packet.put(66);
  for (let i = 0; i < 3; i++) {
    const offset = rig.frags.alloc(1448);
    packet.addRxFrag(rig.frags.page, offset, 1448, 1448);
  }
  return () => rig.send(packet.clone());
}

/** With the array's part as FMan, freeing by the stack, and the re-arming or refilling of the pool. */
function receiving(watched: boolean): () => void {
  const rig = new Rig(watched);
  const { priv, share } = rig;
  return () => {
    if (share.count < 80) priv.bp.refill(share);
    rig.tableFrame();
    dpaRx(priv, rig.fd, share);
  };
}

const FRAMES = HURRIES ? 30_000 : 300_000;

/** A loop of many frames, after one that warms up: what allocates shows its garbage as well. */
function nsPerFrame(one: () => void): number {
  let ns = 0;
  for (let round = 0; round < 3; round++) {
    const began = performance.now();
    for (let i = 0; i < FRAMES; i++) one();
    ns = ((performance.now() - began) * 1e6) / FRAMES;
  }
  return ns;
}

/** The rows of the table. */
export const rows: readonly Row[] = [
  {
    name: 'dpaa: transmit S/G, 3 fragments, and confirm',
    unit: 'ns',
    rounds: 3,
    alone: true,
    run: () => nsPerFrame(sending(false)),
    against: YARDSTICK,
    wanted: { of: 'ratio', atMost: 400 / YARDSTICK_NS },
  },
  {
    name: 'dpaa: receive S/G, 3 entries, with re-arming',
    unit: 'ns',
    rounds: 3,
    alone: true,
    run: () => nsPerFrame(receiving(false)),
    against: YARDSTICK,
    wanted: { of: 'ratio', atMost: 300 / YARDSTICK_NS },
  },
  {
    name: 'dpaa: transmit S/G, with the ledger',
    unit: 'ns',
    rounds: 3,
    alone: true,
    run: () => nsPerFrame(sending(true)),
  },
  {
    name: 'dpaa: receive S/G, with ledger and refill',
    unit: 'ns',
    rounds: 3,
    alone: true,
    run: () => nsPerFrame(receiving(true)),
  },
];
