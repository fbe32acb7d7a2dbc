// Features and counters of network devices (Linux: linux/netdev_features.h, struct rtnl_link_stats64).

/** A set of features, as bits. */
export type NetdevFeatures = number;

/** The features that are known here. The numbers are this project's: nobody outside sees them. */
export const NETIF_F = {
  /** Packets may have fragments. */
  SG: 0x01,
  /** Fragments may lie anywhere in memory. */
  HIGHDMA: 0x02,
  /** Checksums of IPv4, and of IPv6, are computed by the hardware. */
  IP_CSUM: 0x04,
  IPV6_CSUM: 0x08,
  /** Received checksums are checked by the hardware. */
  RXCSUM: 0x10,
  /** The driver needs no lock around sending. */
  LLTX: 0x20,
  /** Large packets are cut into pieces in software. */
  GSO: 0x40,
  /** Received packets have a hash. */
  RXHASH: 0x80,
} as const;

/** Counters, by Linux's names. */
export interface NetdevStats {
  rxPackets: number;
  txPackets: number;
  rxBytes: number;
  txBytes: number;
  rxErrors: number;
  txErrors: number;
  rxDropped: number;
  txDropped: number;
  txFifoErrors: number;
  /** What the hardware had no room for. */
  rxMissedErrors: number;
}

/** A link that is up (Linux: struct ethtool_link_ksettings). */
export interface NetdevLink {
  /** Mbit/s. */
  readonly speed: number;
  readonly duplex: 'full' | 'half';
}

/** All at zero. */
export function netdevStats(): NetdevStats {
  const packets = { rxPackets: 0, txPackets: 0, rxBytes: 0, txBytes: 0 };
  return { ...packets, rxErrors: 0, txErrors: 0, rxDropped: 0, txDropped: 0, txFifoErrors: 0, rxMissedErrors: 0 };
}
