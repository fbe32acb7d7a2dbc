// Frames above a network device: who stands where the board's network stack would be has plain bytes, the device has
// packets with a header and fragments of pages, as a stack makes them.
import { SysError } from '../base/errno.js';
import { type Timer, us } from '../base/clock.js';
import type { NetDevice } from '../core/netdevice.js';
import { zoneOf } from '../core/machine-zone.js';
import { PageFragCache, PAGE_SIZE } from '../core/page.js';
import { SkBuff } from '../core/skbuff.js';

/** What was sent, what came, and what did not. */
export interface FrameCounts {
  readonly sent: number;
  readonly received: number;
  /** Not sent: too short or too long for the device. */
  readonly refused: number;
  /** Not sent: the interface is down, or has no carrier. */
  readonly down: number;
  /** Not sent: the device takes no more, and so many wait already. */
  readonly full: number;
  /** Not sent: no memory for the packet. */
  readonly noMemory: number;
}

/** Takes a received frame, from the destination address on; false when it has no use for it. Good during the call. */
export type FrameTake = (frame: Uint8Array) => boolean;

/** The same for the packet of a frame, whose data begins with the destination address. It is freed after the call. */
export type PacketTake = (skb: SkBuff) => boolean;

/** How a packet lies in memory. */
export interface FrameCut {
  /** Bytes of its linear part. */
  readonly linear: number;
  /** Bytes of each piece of a page behind it, at most; the last one has what is left. */
  readonly piece: number;
}

/** Room in front of a packet for the driver (Linux: LL_RESERVED_SPACE, and what netdev_alloc_skb leaves). */
export const HEADROOM = 128;
/** What lies in the linear part when the rest is in pages: more than all headers have. */
const LINEAR_BYTES = 128;
/** Frames up to this are linear: smaller pieces are not worth a fragment. */
const COPY_BREAK = 256;
/** Packets that wait while the device's queue is stopped (Linux: DEFAULT_TX_QUEUE_LEN). */
const QUEUE_PACKETS = 1000;
/**
 * Buffers of a receiver that what goes at once may take; what is more has to wait. A frame takes no time on a modelled
 * cable: whoever receives it must get his turn, or his buffers run out as on no real link. A pool has 80 before a frame
 * and is not filled up for what this one takes, seven at most; as many may be missing for the last one that goes.
 */
const QUOTA = 66;
/** After what time as many go again: twice what may pass before a line that is still raised interrupts again. */
const QUOTA_TIME = us(2);
/** Bytes of a frame in a buffer, and in each further one, where buffers are as small as they get. */
const BUFFER_BYTES = { first: 1536, later: 1664 } as const;
const ETHERTYPE = 12;
const HEADER = 14;
/** Header, and two VLAN tags. */
const OVERHEAD = 22;

/** The stack's side of one device. */
export class NetdevFrames {
  readonly netdev: NetDevice;
  readonly counts = { sent: 0, received: 0, refused: 0, down: 0, full: 0, noMemory: 0 };
  readonly #frags: PageFragCache;
  readonly #waiting: SkBuff[] = [];
  readonly #ends: (() => void)[];
  #whole = new Uint8Array(PAGE_SIZE);
  #take: FrameTake | undefined;
  #quota = QUOTA;
  #nextQuota: Timer | undefined;

  constructor(netdev: NetDevice) {
    this.netdev = netdev;
    this.#frags = new PageFragCache(zoneOf(netdev.dev.core));
    this.#ends = netdev.queues.map((queue) => queue.onWake(() => this.#drain()));
    netdev.onReceive((skb) => this.#receive(skb));
  }

  /** Who gets what the device receives; the last one counts. */
  listen(take: FrameTake): void {
    this.#take = take;
  }

  /** Told whether there is a carrier, now and whenever that changes. */
  onCarrier(tell: (up: boolean) => void): void {
    const { netdev } = this;
    let last: boolean | undefined;
    const look = (): void => {
      const now = netdev.up && netdev.carrier;
      if (now !== last) tell(now);
      last = now;
    };
    netdev.changed.add(look);
    this.#ends.push(() => void netdev.changed.delete(look));
    look();
  }

  /** The same as packets, instead of `listen`: for who takes them apart himself. */
  listenPackets(take: PacketTake): void {
    this.netdev.onReceive((skb) => {
      skb.push(skb.data - skb.macHeader);
      const taken = take(skb);
      skb.kfree();
      if (taken) this.counts.received++;
      return taken;
    });
  }

  /** Sends a frame, at once or when its turn has come, cut as wanted. False: it was not taken, and is counted. */
  send(frame: Uint8Array, cut: FrameCut = usualCut(frame.length)): boolean {
    if (!this.takes(frame.length)) return false;
    const skb = this.packet(frame, cut);
    if (skb === undefined) return false;
    this.sendPacket(skb);
    return true;
  }

  /** Whether frames of this length can be sent now. What speaks against it is counted. */
  takes(length: number): boolean {
    const { netdev, counts } = this;
    if (!netdev.up || !netdev.carrier) counts.down++;
    else if (length < HEADER || length > netdev.maxMtu + OVERHEAD) counts.refused++;
    else if (this.#waiting.length >= QUEUE_PACKETS) counts.full++;
    else return true;
    return false;
  }

  /** Sends a packet after `takes`: it is the device's from here on. Its data begins with the destination address. */
  sendPacket(skb: SkBuff): void {
    this.#waiting.push(skb);
    this.#drain();
    this.counts.sent++;
  }

  /** The packet of a frame; undefined without memory, which is counted. */
  packet(frame: Uint8Array, { linear, piece }: FrameCut = usualCut(frame.length)): SkBuff | undefined {
    const frags = this.#frags;
    let skb: SkBuff | undefined;
    try {
      skb = SkBuff.alloc(HEADROOM + linear, frags);
      skb.reserve(HEADROOM);
      const at = skb.put(linear);
      skb.page.bytes.set(linear === frame.length ? frame : frame.subarray(0, linear), at);
      for (let from = linear; from < frame.length; from += piece) {
        const size = Math.min(piece, frame.length - from);
        const offset = frags.alloc(size);
        frags.page.bytes.set(frame.subarray(from, from + size), offset);
        skb.addRxFrag(frags.page, offset, size, size);
      }
    } catch (e) {
      if (!(e instanceof SysError)) throw e;
      this.counts.noMemory++;
      skb?.kfree();
      return undefined;
    }
    skb.macHeader = skb.data;
    skb.networkHeader = skb.data + HEADER;
    skb.protocol = ((frame[ETHERTYPE] as number) << 8) | (frame[ETHERTYPE + 1] as number);
    return skb;
  }

  /** Lets go of everything. To be called when the device is down: nothing of what was sent is on its way then. */
  close(): void {
    this.#nextQuota?.cancel();
    for (const end of this.#ends.splice(0)) end();
    this.netdev.onReceive(dropAll);
    for (const skb of this.#waiting.splice(0)) skb.kfree();
    this.#frags.drain();
    zoneOf(this.netdev.dev.core).drain();
  }

  /** Sends what waits, as far as the device and the quota go. */
  #drain(): void {
    const { netdev } = this;
    const waiting = this.#waiting;
    let done = 0;
    while (done < waiting.length && this.#quota > 0) {
      const skb = waiting[done] as SkBuff;
      const { len } = skb;
      if (!netdev.xmit(skb)) break;
      this.#quota -= buffersOf(len);
      done++;
    }
    if (done === waiting.length) waiting.length = 0;
    else if (done > 0) waiting.splice(0, done);
    if (this.#quota < QUOTA) this.#nextQuota ??= netdev.dev.clock.after(QUOTA_TIME, this.#refill);
  }

  readonly #refill = (): void => {
    this.#nextQuota = undefined;
    this.#quota = QUOTA;
    this.#drain();
  };

  #receive(skb: SkBuff): boolean {
    skb.push(skb.data - skb.macHeader);
    const taken = this.#take?.(this.#bytesOf(skb)) ?? false;
    skb.kfree();
    if (taken) this.counts.received++;
    return taken;
  }

  /** A linear packet where it lies; another one put together. */
  #bytesOf(skb: SkBuff): Uint8Array {
    const { data, len, nonlinear, page } = skb;
    if (!nonlinear) return page.bytes.subarray(data, data + len);
    if (this.#whole.length < len) this.#whole = new Uint8Array(2 * len);
    skb.copyBits(0, this.#whole, 0, len);
    return this.#whole.subarray(0, len);
  }
}

/** A frame that does not fit into one has one more, for its table. */
function buffersOf(length: number): number {
  const { first, later } = BUFFER_BYTES;
  return length <= first ? 1 : 2 + Math.ceil((length - first) / later);
}

/** As a stack makes it: headers linear, the rest in pages. */
export function usualCut(length: number): FrameCut {
  return { linear: length <= COPY_BREAK ? length : LINEAR_BYTES, piece: PAGE_SIZE };
}

function dropAll(skb: SkBuff): boolean {
  skb.kfree();
  return false;
}
