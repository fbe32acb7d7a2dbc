// The request to FMan to compute checksums (patch: dpa_enable_tx_csum).
import { ERRNO } from '../../base/errno.js';
import { ETH_P_8021AD, ETH_P_8021Q, ETH_P_IP, ETH_P_IPV6 } from '../../core/etherdevice.js';
import { CHECKSUM_PARTIAL, type SkBuff } from '../../core/skbuff.js';
import type { DpaPriv } from './dpa-priv.js';
import { FD_CMD, type QmFd } from './fd.js';

/** Where parse results lie in a sent buffer, and the fields of them that FMan asks for. */
export const PARSE_RESULTS = 16;
const L3R = 4;
const L4R = 6;
const IP_OFF = 27;
const L4_OFF = 30;
const L3R_IPV4 = 0x8000;
const L3R_IPV6 = 0x4000;
const TCP = 6;
const UDP = 17;
const L4R_OF: Readonly<Record<number, number>> = { [TCP]: 0x20, [UDP]: 0x40 };
const VLAN_HLEN = 4;
const IPV4_PROTOCOL = 9;
const IPV6_NEXT_HEADER = 6;
const IPV6_HLEN = 40;
/** Extension headers of IPv6 that have their length in their second byte: hop-by-hop, routing, destination. */
const IPV6_EXTENSIONS: ReadonlySet<number> = new Set([0, 43, 60]);
const MAX_EXTENSIONS = 8;

/**
 * Writes the request into the parse results at `at` and the command into the descriptor. 0; or -EIO when FMan cannot do
 * it: the patch then drops the packet, `dpaChecksum` sees to it before (dpaa-8.3.6).
 */
export function dpaEnableTxCsum(priv: DpaPriv, skb: SkBuff, fd: QmFd, view: DataView, at: number): number {
  if (skb.ipSummed !== CHECKSUM_PARTIAL) return 0;
  const type = priv.right ? innerType(skb) : patchType(skb);
  const l3 = type === ETH_P_IP ? L3R_IPV4 : type === ETH_P_IPV6 ? L3R_IPV6 : 0;
  if (l3 === 0) {
    priv.spec.log('netif_alert', `Can't compute HW csum for L3 proto 0x${skb.protocol.toString(16)}`);
    return -ERRNO.EIO;
  }
  view.setUint16(at + L3R, l3);
  const l4 = l4Of(skb, l3, priv.right);
  const code = L4R_OF[l4];
  if (code === undefined) {
    priv.spec.log('netif_alert', `Can't compute HW csum for L4 proto 0x${l4.toString(16)}`);
    return -ERRNO.EIO;
  }
  view.setUint8(at + L4R, code);
  view.setUint8(at + IP_OFF, skb.networkHeader - skb.data);
  view.setUint8(at + L4_OFF, skb.transportHeader - skb.data);
  fd.cmd |= FD_CMD.RPD | FD_CMD.DTC;
  return 0;
}

/** Computes the checksum here when FMan could not. ENOMEM when a header has to be copied and there is no memory. */
export function dpaChecksum(priv: DpaPriv, skb: SkBuff): void {
  if (skb.ipSummed !== CHECKSUM_PARTIAL || canCompute(skb)) return;
  skb.checksumHelp();
  priv.stats.txSoftwareChecksum++;
}

function canCompute(skb: SkBuff): boolean {
  const type = innerType(skb);
  if (type !== ETH_P_IP && type !== ETH_P_IPV6) return false;
  const network = skb.networkHeader - skb.data;
  const transport = skb.transportHeader - skb.data;
  if (network < 0 || network > 0xff || transport < network || transport > 0xff || transport > skb.headlen) return false;
  return L4R_OF[l4Of(skb, type === ETH_P_IP ? L3R_IPV4 : L3R_IPV6, true)] !== undefined;
}

/** The patch looks through one tag. */
function patchType(skb: SkBuff): number {
  return skb.protocol === ETH_P_8021Q ? skb.page.view.getUint16(skb.data + 16) : skb.protocol;
}

/** Looks through all tags that are in the linear part (dpaa-8.3.9). */
function innerType(skb: SkBuff): number {
  let type = skb.protocol;
  for (let at = 16; (type === ETH_P_8021Q || type === ETH_P_8021AD) && at + 2 <= skb.headlen; at += VLAN_HLEN) {
    type = skb.page.view.getUint16(skb.data + at);
  }
  return type;
}

/** The patch takes the first next header of IPv6 for that of layer 4; `deep` follows extensions (dpaa-8.3.9). */
function l4Of(skb: SkBuff, l3: number, deep: boolean): number {
  const { page, networkHeader: ip } = skb;
  if (l3 === L3R_IPV4) return page.view.getUint8(ip + IPV4_PROTOCOL);
  let next = page.view.getUint8(ip + IPV6_NEXT_HEADER);
  let at = ip + IPV6_HLEN;
  for (let i = 0; deep && i < MAX_EXTENSIONS && IPV6_EXTENSIONS.has(next) && at + 8 <= skb.tail; i++) {
    next = page.view.getUint8(at);
    at += 8 * (page.view.getUint8(at + 1) + 1);
  }
  return next;
}
