// A vector of sending or confirming, through the driver.
import { ERRNO, SysError } from '../../../src/base/errno.js';
import { hex } from '../../../src/base/bytes.js';
import type { FragSource } from '../../../src/core/page.js';
import { CHECKSUM_PARTIAL, SkBuff } from '../../../src/core/skbuff.js';
import { AddressMap } from '../../../src/drivers/dpaa-eth/address-map.js';
import { DpaBp, type RxBuffer } from '../../../src/drivers/dpaa-eth/dpa-bp.js';
import { DpaPriv, type Personality } from '../../../src/drivers/dpaa-eth/dpa-priv.js';
import {
  QmFd,
  sgtAddr,
  sgtBpid,
  sgtExtension,
  sgtFinal,
  sgtLength,
  sgtOffset,
} from '../../../src/drivers/dpaa-eth/fd.js';
import { dpaCleanupTxFd, dpaTx } from '../../../src/drivers/dpaa-eth/tx.js';
import { type DpaaCase, type Event, hexAddr, type Out, type TxIn } from './case.js';
import { Machine, watched } from './machine.js';

const TCP = 6;

/** What the driver did with the vector, by the names of the recording. */
export function replayTx({ kind, in: given }: DpaaCase, personality: Personality): Out {
  const run = new Run(given, personality);
  watched(
    run.machine.events,
    () => 1,
    () => dpaTx(run.priv, run.skb),
  );
  const out = run.out();
  if (kind !== 'cleanup') return out;
  const from = run.machine.events.length;
  watched(
    run.machine.events,
    () => 1,
    () => void dpaCleanupTxFd(run.priv, run.last),
  );
  const cleanup = run.machine.events.slice(from);
  return { ...out, cleanup, stillMapped: run.machine.stillMapped, pageRefs: run.held() };
}

/** One packet and one interface. */
class Run {
  readonly machine: Machine;
  readonly priv: DpaPriv;
  readonly skb: SkBuff;
  readonly last = new QmFd();
  readonly #given: TxIn;
  readonly #logs: string[] = [];
  readonly #wire = new DataView(new ArrayBuffer(16));
  readonly #table: FragSource;
  #clone: SkBuff | undefined;
  #calls = 0;
  #enqueued = false;

  constructor(given: TxIn, personality: Personality) {
    const { inject = {}, skb } = given;
    this.#given = given;
    const machine = new Machine({ dmaMapFailAt: inject.dmaMapFailAt, dmaMapReturns: inject.dmaMapReturns });
    this.machine = machine;
    const moves = (): void => {
      if (inject.cowHeadFails === true || inject.linearizeFails === true) throw new SysError('ENOMEM', 'injected');
    };
    const heads = machine.source(Number(given.newHeadPhys), moves, given.fillByte);
    this.#table = machine.source(Number(given.sgtAllocPhys), (len) => this.#allocTable(len), given.fillByte);
    this.skb = packet(machine, given, heads);
    if (skb.headerCloned) this.#clone = this.skb.clone();
    const egress = Array.from({ length: 8 }, () => ({
      fqid: Number(given.egressFqid),
      enqueue: (fd: QmFd) => this.#enqueue(fd),
    }));
    const pool = { bpid: 1, release: () => 0, acquire: () => -ERRNO.ENOMEM };
    const buffers = new AddressMap<RxBuffer>();
    const frags = this.#table;
    const log = (prefix: string, text: string): void => this.#log(`${prefix}:${text}`);
    this.priv = new DpaPriv({
      personality,
      txHeadroom: given.txHeadroom,
      dma: machine,
      frags,
      buffers,
      bp: new DpaBp({ pool, dma: machine, frags, buffers, log }),
      bpid2pool: () => undefined,
      egress,
      confFqids: Array.from({ length: 8 }, () => Number(given.confFqid)),
      receive: () => true,
      log,
    });
    if (skb.queue > 7) throw new Error('a queue beyond the eighth');
  }

  /** What was recorded of the packet is without its clone. */
  out(): Out {
    this.#clone?.kfree();
    const { events, stillMapped } = this.machine;
    const { stats } = this.priv;
    const lists = { maps: events.filter(({ op }) => op.startsWith('map_')), unwound: events.filter(isUnmap) };
    const fd = this.#calls === 0 ? null : this.#descriptor();
    return {
      path: events.some(({ op }) => op === 'alloc_frag') ? 'sg' : 'contig',
      enqueued: this.#enqueued,
      skbFreed: events.some(({ op }) => op === 'kfree_skb'),
      fd,
      ...this.#buffer(),
      enqueueCalls: this.#calls,
      maps: lists.maps.map(withoutDir),
      unwound: lists.unwound.map(withoutDir),
      stillMapped,
      pageRefs: this.held(),
      stats: {
        tx_packets: stats.txPackets,
        tx_bytes: stats.txBytes,
        tx_errors: stats.txErrors,
        tx_fifo_errors: stats.txFifoErrors,
      },
      logs: this.#logs,
      panic: null,
      events: [...events],
    };
  }

  /** References to pages. The recording calls the packet's head by its first address, wherever it was moved. */
  held(): Record<string, number> {
    const moved = hexAddr(Number(this.#given.newHeadPhys));
    const { [moved]: head, ...rest } = this.machine.refs();
    return head === undefined ? rest : { [this.#given.skb.headPhys]: head, ...rest };
  }

  #allocTable(len: number): void {
    const fails = this.#given.inject?.sgtAllocFails === true;
    this.machine.events.push({ op: 'alloc_frag', len, result: fails ? null : this.#given.sgtAllocPhys });
    if (fails) throw new SysError('ENOMEM', 'injected');
  }

  #log(msg: string): void {
    this.#logs.push(msg);
    this.machine.events.push({ op: 'log', msg });
  }

  #enqueue(fd: QmFd): number {
    const { enqueueBusyTimes = 0, enqueueError } = this.#given.inject ?? {};
    fd.encode(this.#wire, 0);
    this.last.decode(this.#wire, 0);
    this.#calls++;
    if (enqueueError !== undefined) return enqueueError;
    if (this.#calls <= enqueueBusyTimes) return -ERRNO.EBUSY;
    this.#enqueued = true;
    this.machine.events.push({ op: 'enqueue', fqid: Number(this.#given.egressFqid) });
    return 0;
  }

  #descriptor(): Record<string, unknown> {
    const { bpid, addr, format, offset, length, cmd } = this.last;
    const text = hex(new Uint8Array(this.#wire.buffer), '');
    return { hex: text, bpid, addr: hexAddr(addr), format, offset, length20: length, cmd: hexAddr(cmd >>> 0) };
  }

  /** What FMan would find: the table up to its final entry, the parse results, the driver's mark. */
  #buffer(): Record<string, unknown> {
    const { addr, offset, format } = this.last;
    const page = this.#calls === 0 ? undefined : this.machine.pages.get(addr - (addr % 0x8000));
    if (page === undefined) return { sgt: null, parseResults: null, backpointerAtBufferStart: null };
    const start = addr - page.phys;
    const text = (from: number, size: number): string => hex(page.bytes.subarray(from, from + size), '');
    const sgt: string[] = [];
    const sgtFields: object[] = [];
    for (let at = start + offset; format === 4; at += 16) {
      sgt.push(text(at, 16));
      sgtFields.push(fieldsOf(page.view, at));
      if (((page.bytes[at + 8] as number) & 0x40) !== 0) break;
    }
    return {
      ...(format === 4 ? { sgt, sgtFields } : { sgt: null }),
      parseResults: text(start + 16, 32),
      backpointerAtBufferStart: text(start, 8) === addr.toString(16).padStart(16, '0'),
    };
  }
}

/** An entry as the driver reads it. */
function fieldsOf(view: DataView, at: number): object {
  return {
    addr: hexAddr(sgtAddr(view, at)),
    ext: sgtExtension(view, at),
    final: sgtFinal(view, at),
    length: sgtLength(view, at),
    bpid: sgtBpid(view, at),
    offset: sgtOffset(view, at),
  };
}

/** The packet, each of its pages with one reference. Headers say what the checksum request wants to know. */
function packet(machine: Machine, { skb: given, csum, fillByte }: TxIn, heads: FragSource): SkBuff {
  const { headroom, headlen, tailroom, frags } = given;
  const phys = Number(given.headPhys);
  const size = headroom + headlen + tailroom;
  const page = machine.page(phys, (phys % 0x8000) + size);
  const skb = new SkBuff(page, phys - page.phys, size, heads);
  skb.reserve(headroom);
  skb.put(headlen);
  page.bytes.fill(fillByte, skb.head, skb.data);
  skb.queueMapping = given.queue;
  for (const { pagePhys, offset, size: length } of frags) {
    const piece = machine.page(Number(pagePhys), offset + length);
    skb.addRxFrag(piece, Number(pagePhys) + offset - piece.phys, length, length);
  }
  if (csum === undefined) return skb;
  skb.ipSummed = CHECKSUM_PARTIAL;
  skb.protocol = Number(csum.protocol);
  skb.networkHeader = skb.data + csum.networkOffset;
  skb.transportHeader = skb.data + csum.transportOffset;
  skb.csumStart = skb.transportHeader;
  skb.csumOffset = csum.l4Proto === TCP ? 16 : 6;
  page.view.setUint16(skb.data + 16, Number(csum.innerEthertype));
  const type = skb.protocol === 0x8100 ? Number(csum.innerEthertype) : skb.protocol;
  page.view.setUint8(skb.networkHeader + (type === 0x86dd ? 6 : 9), csum.l4Proto);
  return skb;
}

const isUnmap = ({ op }: Event): boolean => op.startsWith('unmap_');
const withoutDir = ({ dir: _dir, ...rest }: Event): Record<string, unknown> => rest;
