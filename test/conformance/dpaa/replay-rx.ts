// A vector of receiving or giving back, through the driver.
import { ERRNO } from '../../../src/base/errno.js';
import { Bug } from '../../../src/base/assert.js';
import type { FragSource, Page } from '../../../src/core/page.js';
import type { SkBuff } from '../../../src/core/skbuff.js';
import { AddressMap } from '../../../src/drivers/dpaa-eth/address-map.js';
import { DpaBp, type RxBuffer } from '../../../src/drivers/dpaa-eth/dpa-bp.js';
import { DpaPriv, type Personality } from '../../../src/drivers/dpaa-eth/dpa-priv.js';
import { QmFd } from '../../../src/drivers/dpaa-eth/fd.js';
import { dpaFdRelease, dpaReleaseSgt } from '../../../src/drivers/dpaa-eth/release.js';
import { dpaRx } from '../../../src/drivers/dpaa-eth/rx.js';
import { type DpaaCase, type Event, hexAddr, type Out, type RxIn } from './case.js';
import { frameOf, Machine, watched } from './machine.js';

const SGT_AT = 0x1234_7000_00;
/** What the compiled patch would say when it crashes, by what we say. */
const PANICS: readonly (readonly [RegExp, string])[] = [
  [/skb_over_panic/, 'skb_over_panic'],
  [/into fragments/, 'BUG skb_pull into frags'],
];

/** What the driver did with the vector, by the names of the recording. */
export function replayRx(one: DpaaCase, personality: Personality): Out {
  const run = new Run(one, personality);
  watched(
    run.machine.events,
    (skb) => run.idOf(skb),
    () => run.go(),
  );
  return one.kind === 'rx' ? run.rxOut() : run.releaseOut();
}

/** One frame, one interface, and pools that note what they get. */
class Run {
  readonly machine: Machine;
  readonly #given: RxIn;
  readonly #out: Out;
  readonly #priv: DpaPriv;
  readonly #fd = new QmFd();
  readonly #buffers = new AddressMap<RxBuffer>();
  readonly #pools = new Map<number, DpaBp>();
  readonly #ids = new Map<number, number>();
  readonly #logs: string[] = [];
  readonly #share: { count: number };
  readonly #refsBefore: Record<string, number>;
  #panic: string | null = null;

  constructor({ in: given, out }: DpaaCase, personality: Personality) {
    this.#given = given;
    this.#out = out;
    const machine = new Machine({ dmaMapFailAt: given.inject?.dmaMapFailAt });
    this.machine = machine;
    this.#share = { count: given.percpuCount ?? 128 };
    const frags: FragSource = { page: machine.page(SGT_AT), alloc: () => 0 };
    for (const bpid of new Set([...given.poolsMapped, given.pool ?? 1])) {
      this.#pools.set(bpid, this.#pool(bpid, personality, frags));
    }
    this.#place();
    this.#priv = new DpaPriv({
      personality,
      dma: machine,
      frags,
      buffers: this.#buffers,
      bp: this.#pools.get(given.pool ?? 1) as DpaBp,
      bpid2pool: (bpid) => this.#pools.get(bpid),
      egress: [],
      confFqids: [],
      receive: (skb) => this.#receive(skb),
      log: (prefix, text) => this.#log(`${prefix}:${text}`),
    });
    this.#priv.mtu = given.mtu ?? 1500;
    this.#refsBefore = this.#refs();
  }

  /** A packet is called by the buffer that its head is. */
  idOf(skb: SkBuff): number {
    return this.#ids.get(skb.page.phys + skb.head) ?? 0;
  }

  go(): void {
    try {
      if (this.#given.via === 'dpa_release_sgt') {
        dpaReleaseSgt(this.#priv, this.machine.page(SGT_AT).view, 0, this.#share);
      } else if (this.#given.via === 'dpa_fd_release') dpaFdRelease(this.#priv, this.#fd, this.#share);
      else dpaRx(this.#priv, this.#fd, this.#share);
    } catch (error) {
      if (!(error instanceof Bug)) throw error;
      this.#panic = PANICS.find(([words]) => words.test(error.message))?.[1] ?? error.message;
    }
  }

  releaseOut(): Out {
    const { events, stillMapped } = this.machine;
    return {
      fdHex: this.#out['fdHex'],
      sgtHex: this.#out['sgtHex'],
      releases: events.filter(({ op }) => op === 'bman_release').map(({ op: _op, ...rest }) => rest),
      maps: events.filter(({ op }) => op.startsWith('map_')).map(withoutDir),
      unmaps: events.filter(({ op }) => op.startsWith('unmap_')).map(withoutDir),
      stillMapped,
      pageRefsBefore: this.#refsBefore,
      pageRefsAfter: this.#refs(),
      logs: this.#logs,
      panic: this.#panic,
      events,
    };
  }

  rxOut(): Out {
    const { events } = this.machine;
    const { stats } = this.#priv;
    const delivered = events.find(({ op }) => op === 'deliver');
    return {
      ...this.releaseOut(),
      frame: frameKeys(events.find(({ op }) => op === 'rx_frame')),
      delivered: delivered !== undefined,
      protocol: delivered?.['protocol'] ?? null,
      countDelta: this.#share.count - (this.#given.percpuCount ?? 128),
      stats: {
        rx_packets: stats.rxPackets,
        rx_bytes: stats.rxBytes,
        rx_errors: stats.rxErrors,
        rx_dropped: stats.rxDropped,
      },
    };
  }

  #refs(): Record<string, number> {
    const { [hexAddr(SGT_AT)]: _table, ...rest } = this.machine.refs();
    return rest;
  }

  /** A pool whose ring is full as often as wanted before each command. */
  #pool(bpid: number, personality: Personality, frags: FragSource): DpaBp {
    const busy = this.#given.inject?.bmanReleaseBusyTimes ?? 0;
    let attempts = 0;
    const pool = {
      bpid,
      acquire: () => -ERRNO.ENOMEM,
      release: (buffers: Float64Array, n: number) => {
        if (++attempts <= busy) return -ERRNO.EBUSY;
        const bufs = [...buffers.subarray(0, n)].map(hexAddr);
        this.machine.events.push({ op: 'bman_release', bpid, n, bufs, attempts });
        attempts = 0;
        return 0;
      },
    };
    const log = (prefix: string, text: string): void => this.#log(`${prefix}:${text}`);
    const { poolBufferSize: size } = this.#given;
    const shells = personality === 'seed';
    return new DpaBp({ pool, size, dma: this.machine, frags, buffers: this.#buffers, shells, log });
  }

  /** Buffers with one reference each, the descriptor's first; and the table's bytes as they were recorded. */
  #place(): void {
    const { fd, sgt, via, inject } = this.#given;
    const sgtHex = this.#out['sgtHex'] as readonly string[];
    let table: { page: Page; at: number } = { page: this.machine.page(SGT_AT), at: 0 };
    if (fd !== undefined) {
      this.#fd.decode(new DataView(bytesOf(this.#out['fdHex'] as string).buffer), 0);
      const { page, offset } = this.#buffer(Number(fd.addr), fd.bpid, inject?.dmaMapFailAt !== 0, true);
      table = { page, at: offset + fd.offset };
    }
    for (const { addr, bpid } of sgt) this.#buffer(Number(addr), bpid, via === undefined, via === undefined);
    sgtHex.forEach((text, i) => table.page.bytes.set(bytesOf(text), table.at + 16 * i));
    const first = this.#fd.format === 0 ? fd?.addr : sgt[0]?.addr;
    if (first === undefined || via !== undefined) return;
    const { page, offset } = this.#buffers.get(Number(first)) as RxBuffer;
    page.view.setUint16(offset + this.#fd.offset + 12, Number(this.#given.etherType));
  }

  /**
   * The recording's own mapping of the descriptor's buffer fails with the first that is to fail. Where frames are only
   * given back it does not look at the memory of the others.
   */
  #buffer(addr: number, bpid: number, mapped: boolean, counted: boolean): RxBuffer {
    const page = counted ? this.machine.page(addr) : new Machine().page(addr);
    if (this.#held.has(page)) page.get();
    this.#held.add(page);
    const bp = this.#pools.get(bpid) ?? (this.#pools.values().next().value as DpaBp);
    const buffer = bp.adopt(page, addr - page.phys, addr);
    this.#ids.set(addr, this.#buffers.size);
    if (mapped) this.machine.premap(addr, this.#given.poolBufferSize, 'bidirectional');
    return buffer;
  }

  readonly #held = new Set<Page>();

  #receive(skb: SkBuff): boolean {
    this.machine.events.push({ op: 'deliver', ...frameOf(this.idOf(skb), skb) });
    if (this.#given.inject?.stackDrops !== true) return true;
    skb.kfree();
    return false;
  }

  #log(msg: string): void {
    this.#logs.push(msg);
    this.machine.events.push({ op: 'log', msg });
  }
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text.match(/../g) ?? [], (two) => Number.parseInt(two, 16));
}

function frameKeys(event: Event | undefined): unknown {
  if (event === undefined) return null;
  const { op: _op, id: _id, protocol: _protocol, ...rest } = event;
  return rest;
}

const withoutDir = ({ dir: _dir, ...rest }: Event): Record<string, unknown> => rest;
