// Ethernet headers (Linux: linux/etherdevice.h, linux/if_ether.h).
import type { SkBuff } from './skbuff.js';

/** Bytes of an Ethernet header. */
export const ETH_HLEN = 14;
/** The shortest frame, without its check sequence. */
export const ETH_ZLEN = 60;
/** EtherTypes. */
export const ETH_P_IP = 0x0800;
/** IPv6. */
export const ETH_P_IPV6 = 0x86dd;
/** A VLAN tag, and the outer one of two. */
export const ETH_P_8021Q = 0x8100;
/** The outer VLAN tag of 802.1ad. */
export const ETH_P_8021AD = 0x88a8;
/** An 802.3 frame with a length for a type. */
export const ETH_P_802_2 = 0x0004;
const ETH_P_802_3_MIN = 0x0600;

/** Takes the header off a received packet and notes its type in `protocol` (Linux: eth_type_trans). */
export function ethTypeTrans(skb: SkBuff): void {
  const type = skb.page.view.getUint16(skb.data + 12);
  skb.macHeader = skb.data;
  skb.pull(ETH_HLEN);
  skb.protocol = type >= ETH_P_802_3_MIN ? type : ETH_P_802_2;
  skb.networkHeader = skb.data;
}
