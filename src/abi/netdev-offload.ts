// Large frames above a network device: what the stack above has not cut is cut here, what it need not get in pieces is
// put together (Linux: GSO and GRO), and checksums are left to the device.
import { passSysError } from '../base/errno.js';
import { ns, type Timer } from '../base/clock.js';
import { FlowDissector, IPPROTO_TCP, IPPROTO_UDP } from '../core/flow-dissector.js';
import { zoneOf } from '../core/machine-zone.js';
import { PageFragCache, PAGE_SIZE } from '../core/page.js';
import { CHECKSUM_PARTIAL, CHECKSUM_UNNECESSARY, SkBuff } from '../core/skbuff.js';
import { type GroFrame, TcpGro } from '../core/tcp-gro.js';
import { TCP_CHECK, TcpGso } from '../core/tcp-gso.js';
import { HEADROOM, type NetdevFrames, usualCut } from './netdev-frames.js';
import { VirtioNetHdr, VNET_HDR_BYTES, VNET_HDR_F, VNET_HDR_GSO } from './virtio-net.js';

/** What was cut, what was put together, and what could not be. */
export interface OffloadCounts {
  /** Large frames that were cut, and the frames they became. */
  readonly cut: number;
  readonly segments: number;
  /** Large frames that were put together, and the frames they were. */
  readonly glued: number;
  readonly gluedSegments: number;
  /** Not sent: what its header asks for cannot be done with the frame. */
  readonly bad: number;
}

/** Takes a struct virtio_net_hdr with a received frame behind it; false when it has no use for it. */
export type OffloadTake = (bytes: Uint8Array) => boolean;

/** Where TCP and UDP have their checksums. */
const CHECK_AT: Readonly<Record<number, number>> = { [IPPROTO_TCP]: TCP_CHECK, [IPPROTO_UDP]: 6 };
/** How large frames are cut, by the IP that they have. */
const VERSION_OF: Readonly<Record<number, 4 | 6>> = { [VNET_HDR_GSO.TCPV4]: 4, [VNET_HDR_GSO.TCPV6]: 6 };
const GSO_OF = { 4: VNET_HDR_GSO.TCPV4, 6: VNET_HDR_GSO.TCPV6 } as const;
/**
 * When time goes on, all frames of this moment are there: polls of one moment come one after the other, and a frame
 * takes no time on a modelled cable (Linux: napi_gro_flush at the end of a poll, or after gro_flush_timeout).
 */
const END_OF_MOMENT = ns(1);
const ETHERTYPE = 12;
const ETH_HLEN = 14;

/** The same as `NetdevFrames`, which it takes over, for frames with a header that says what is left to be done. */
export class NetdevOffload {
  readonly frames: NetdevFrames;
  readonly counts = { cut: 0, segments: 0, glued: 0, gluedSegments: 0, bad: 0 };
  readonly #frags: PageFragCache;
  readonly #gso = new TcpGso();
  readonly #gro: TcpGro;
  readonly #flow = new FlowDissector();
  readonly #header = new VirtioNetHdr();
  /** The segments of one frame until they are all there. */
  readonly #cut: SkBuff[] = [];
  #whole = new Uint8Array(VNET_HDR_BYTES + PAGE_SIZE);
  #take: OffloadTake = () => false;
  #endOfMoment: Timer | undefined;

  constructor(frames: NetdevFrames) {
    this.frames = frames;
    this.#frags = new PageFragCache(zoneOf(frames.netdev.dev.core));
    this.#gro = new TcpGro((frame) => this.#handOn(frame), { room: VNET_HDR_BYTES });
  }

  /** Who gets what the device receives; the last one counts. */
  listen(take: OffloadTake): void {
    this.#take = take;
    this.frames.listenPackets((skb) => this.#receive(skb));
  }

  /** Sends a frame, after doing what its header asks for. False: it was not taken, and is counted here or there. */
  send(frame: Uint8Array, header: VirtioNetHdr): boolean {
    const gso = header.gsoType & ~VNET_HDR_GSO.ECN;
    if (gso !== VNET_HDR_GSO.NONE) return this.#sendLarge(frame, header, VERSION_OF[gso]);
    if ((header.flags & VNET_HDR_F.NEEDS_CSUM) === 0) return this.frames.send(frame);
    return this.#sendPartial(frame, header);
  }

  /** Lets go of everything of its own. To be called before that of `frames`. */
  close(): void {
    this.#endOfMoment?.cancel();
    this.#gro.clear();
    this.#frags.drain();
  }

  #bad(): false {
    this.counts.bad++;
    return false;
  }

  /** All segments, or none. */
  #sendLarge(frame: Uint8Array, header: VirtioNetHdr, version: 4 | 6 | undefined): boolean {
    const gso = this.#gso;
    if (version === undefined || !gso.begin(frame, version, header.gsoSize)) return this.#bad();
    const asked = (header.flags & VNET_HDR_F.NEEDS_CSUM) !== 0;
    if (asked && (header.csumStart !== gso.flow.transport || header.csumOffset !== TCP_CHECK)) return this.#bad();
    if (!this.frames.takes(gso.headerBytes + gso.payloadBytes(0)) || !this.#segments(frame)) return false;
    const cut = this.#cut;
    for (let i = 0; i < cut.length; i++) this.frames.sendPacket(cut[i] as SkBuff);
    this.counts.cut++;
    this.counts.segments += cut.length;
    cut.length = 0;
    return true;
  }

  /** False without memory: then nothing is left of them. */
  #segments(frame: Uint8Array): boolean {
    const cut = this.#cut;
    try {
      for (let i = 0; i < this.#gso.segments; i++) this.#segment(frame, i);
      return true;
    } catch (error) {
      passSysError(error);
      this.frames.counts.noMemory++;
      for (const skb of cut.splice(0)) skb.kfree();
      return false;
    }
  }

  /** Headers linear, payload in a piece of a page. */
  #segment(frame: Uint8Array, index: number): void {
    const gso = this.#gso;
    const frags = this.#frags;
    const { headerBytes, flow } = gso;
    const skb = SkBuff.alloc(HEADROOM + headerBytes, frags);
    this.#cut.push(skb);
    skb.reserve(HEADROOM);
    gso.header(index, skb.page.bytes, skb.put(headerBytes));
    const size = gso.payloadBytes(index);
    if (size > 0) {
      const from = gso.payloadAt(index);
      const offset = frags.alloc(size);
      frags.page.bytes.set(frame.subarray(from, from + size), offset);
      skb.addRxFrag(frags.page, offset, size, size);
    }
    mark(skb, frame, flow.network, flow.transport);
    askForSum(skb, flow.transport, TCP_CHECK);
  }

  /** A frame of usual size whose checksum is left to be done. */
  #sendPartial(frame: Uint8Array, { csumStart, csumOffset }: VirtioNetHdr): boolean {
    const end = csumStart + csumOffset + 2;
    if (csumStart < ETH_HLEN || end > frame.length) return this.#bad();
    if (!this.frames.takes(frame.length)) return false;
    const { linear, piece } = usualCut(frame.length);
    const skb = this.frames.packet(frame, { linear: Math.max(linear, end), piece });
    if (skb === undefined) return false;
    const flow = this.#flow;
    const isIp = flow.dissect(frame, 0, frame.length);
    mark(skb, frame, isIp ? flow.network : ETH_HLEN, csumStart);
    askForSum(skb, csumStart, csumOffset);
    // Devices know where TCP and UDP have their checksums; no other place can be told to them (NETIF_F_IP_CSUM).
    const isUsual = isIp && flow.transport === csumStart && CHECK_AT[flow.protocol] === csumOffset;
    if (!isUsual && !this.#sum(skb)) return false;
    this.frames.sendPacket(skb);
    return true;
  }

  #sum(skb: SkBuff): boolean {
    try {
      skb.checksumHelp();
      return true;
    } catch (error) {
      passSysError(error);
      this.frames.counts.noMemory++;
      skb.kfree();
      return false;
    }
  }

  #receive(skb: SkBuff): boolean {
    const isChecked = skb.ipSummed === CHECKSUM_UNNECESSARY;
    if (!this.#gro.receive(skb, isChecked)) return this.#handOnPacket(skb, isChecked);
    this.#endOfMoment ??= this.frames.netdev.dev.clock.after(END_OF_MOMENT, this.#flush);
    return true;
  }

  readonly #flush = (): void => {
    this.#endOfMoment = undefined;
    this.#gro.flush();
  };

  /** A linear packet where it lies, with the header in the room before it; another one put together. */
  #handOnPacket(skb: SkBuff, isChecked: boolean): boolean {
    const { data, len, page } = skb;
    const header = this.#header;
    header.clear();
    if (isChecked) header.flags = VNET_HDR_F.DATA_VALID;
    const size = VNET_HDR_BYTES + len;
    if (!skb.nonlinear && !skb.cloned && skb.headroom >= VNET_HDR_BYTES) {
      header.write(page.bytes, data - VNET_HDR_BYTES);
      return this.#take(page.bytes.subarray(data - VNET_HDR_BYTES, data + len));
    }
    if (this.#whole.length < size) this.#whole = new Uint8Array(2 * size);
    header.write(this.#whole, 0);
    skb.copyBits(0, this.#whole, VNET_HDR_BYTES, len);
    return this.#take(this.#whole.subarray(0, size));
  }

  #handOn({ bytes, length, segments, gsoSize, version, transport, headerBytes, ecn }: GroFrame): void {
    const header = this.#header;
    header.clear();
    header.flags = VNET_HDR_F.DATA_VALID;
    if (segments > 1) {
      header.flags = VNET_HDR_F.NEEDS_CSUM;
      header.gsoType = GSO_OF[version] | (ecn ? VNET_HDR_GSO.ECN : 0);
      header.hdrLen = headerBytes;
      header.gsoSize = gsoSize;
      header.csumStart = transport;
      header.csumOffset = TCP_CHECK;
      this.counts.glued++;
      this.counts.gluedSegments += segments;
    }
    header.write(bytes, 0);
    this.#take(bytes.subarray(0, VNET_HDR_BYTES + length));
  }
}

/** Where the headers of a packet are that begins as the frame does. */
function mark(skb: SkBuff, frame: Uint8Array, network: number, transport: number): void {
  skb.macHeader = skb.data;
  skb.networkHeader = skb.data + network;
  skb.transportHeader = skb.data + transport;
  skb.protocol = ((frame[ETHERTYPE] as number) << 8) | (frame[ETHERTYPE + 1] as number);
}

/** The device, or whoever sends for it, adds the sum from `start` on (Linux: skb_partial_csum_set). */
function askForSum(skb: SkBuff, start: number, offset: number): void {
  skb.ipSummed = CHECKSUM_PARTIAL;
  skb.csumStart = skb.data + start;
  skb.csumOffset = offset;
}
