// Counters of the mEMAC, by the names that ethtool prints for them (IEEE 802.3 clause 30, RFC 2819).
import { ioread32be, type MmioSpace } from '../../core/io.js';

const UPPER = 0x1_0000_0000;

/** Where each counter's lower word is; the upper one is behind it. `ethtool -S --groups eth-mac rmon`. */
const COUNTERS: readonly (readonly [string, number])[] = [
  ['eth-mac-FramesTransmittedOK', 0x220],
  ['eth-mac-FramesReceivedOK', 0x120],
  ['eth-mac-FrameCheckSequenceErrors', 0x128],
  ['eth-mac-OctetsTransmittedOK', 0x208],
  ['eth-mac-OctetsReceivedOK', 0x108],
  ['eth-mac-AlignmentErrors', 0x110],
  ['eth-mac-MulticastFramesXmittedOK', 0x248],
  ['eth-mac-BroadcastFramesXmittedOK', 0x250],
  ['eth-mac-MulticastFramesReceivedOK', 0x148],
  ['eth-mac-BroadcastFramesReceivedOK', 0x150],
  ['eth-mac-FramesLostDueToIntMACXmitError', 0x238],
  ['eth-mac-FramesLostDueToIntMACRcvError', 0x1c8],
  ['rmon-etherStatsUndersizePkts', 0x168],
  ['rmon-etherStatsOversizePkts', 0x1a8],
  ['rmon-etherStatsFragments', 0x1b8],
  ['rmon-etherStatsJabbers', 0x1b0],
  ['rx-rmon-etherStatsPkts64Octets', 0x170],
  ['rx-rmon-etherStatsPkts65to127Octets', 0x178],
  ['rx-rmon-etherStatsPkts128to255Octets', 0x180],
  ['rx-rmon-etherStatsPkts256to511Octets', 0x188],
  ['rx-rmon-etherStatsPkts512to1023Octets', 0x190],
  ['rx-rmon-etherStatsPkts1024to1518Octets', 0x198],
  ['rx-rmon-etherStatsPkts1519toMaxOctets', 0x1a0],
  ['tx-rmon-etherStatsPkts64Octets', 0x270],
  ['tx-rmon-etherStatsPkts65to127Octets', 0x278],
  ['tx-rmon-etherStatsPkts128to255Octets', 0x280],
  ['tx-rmon-etherStatsPkts256to511Octets', 0x288],
  ['tx-rmon-etherStatsPkts512to1023Octets', 0x290],
  ['tx-rmon-etherStatsPkts1024to1518Octets', 0x298],
  ['tx-rmon-etherStatsPkts1519toMaxOctets', 0x2a0],
];

/** Reads them all. */
export function macStats(regs: MmioSpace): Readonly<Record<string, number>> {
  const read = (at: number): number => ioread32be(regs, at) + ioread32be(regs, at + 4) * UPPER;
  return Object.fromEntries(COUNTERS.map(([name, at]) => [name, read(at)]));
}
