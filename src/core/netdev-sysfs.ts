// The files of a network device below /sys/class/net (Linux: net/core/net-sysfs.c), as far as they can be true here.
import type { Device } from './device.js';
import type { NetdevLink, NetdevStats } from './netdev-types.js';
import { type Attribute, SysfsDir } from './sysfs.js';

/** Linux's ARPHRD_ETHER, and the flags of every Ethernet interface, of one that is up, of a promiscuous one. */
const ARPHRD_ETHER = 1;
const FLAGS = 0x1002;
const FLAG_UP = 0x1;
const FLAG_PROMISC = 0x100;
const DECIMAL = /^\s*\d+\s*$/;

/** Files of `statistics`, in Linux's order, and what they count; without it 0, as with drivers that do not know. */
const STATISTICS: readonly (readonly [string, keyof NetdevStats | undefined])[] = [
  ['rx_packets', 'rxPackets'],
  ['tx_packets', 'txPackets'],
  ['rx_bytes', 'rxBytes'],
  ['tx_bytes', 'txBytes'],
  ['rx_errors', 'rxErrors'],
  ['tx_errors', 'txErrors'],
  ['rx_dropped', 'rxDropped'],
  ['tx_dropped', 'txDropped'],
  ['multicast', undefined],
  ['collisions', undefined],
  ['rx_length_errors', undefined],
  ['rx_over_errors', undefined],
  ['rx_crc_errors', undefined],
  ['rx_frame_errors', undefined],
  ['rx_fifo_errors', undefined],
  ['rx_missed_errors', 'rxMissedErrors'],
  ['tx_aborted_errors', undefined],
  ['tx_carrier_errors', undefined],
  ['tx_fifo_errors', 'txFifoErrors'],
  ['tx_heartbeat_errors', undefined],
  ['tx_window_errors', undefined],
  ['rx_compressed', undefined],
  ['tx_compressed', undefined],
  ['rx_nohandler', undefined],
];

/** What the files tell of a network device. */
export interface NetdevShown {
  readonly name: string;
  readonly dev: Device;
  readonly address: Uint8Array;
  readonly mtu: number;
  readonly up: boolean;
  readonly carrier: boolean;
  readonly carrierUps: number;
  readonly carrierDowns: number;
  readonly promisc: boolean;
  readonly ethtool: { getLinkKsettings?(): NetdevLink | undefined };
  setMtu(mtu: number): Promise<void>;
  getStats(): NetdevStats;
}

/** The directory of a network device. What only an interface that is up has is EINVAL otherwise, as in Linux. */
export function netdevSysfs(netdev: NetdevShown): SysfsDir {
  const dir = new SysfsDir(netdev.name);
  const file = (name: string, show: () => string | number): Attribute => ({
    name,
    mode: 0o444,
    show: () => `${show()}\n`,
  });
  const whileUp = (name: string, show: () => string | number): Attribute =>
    file(name, () => {
      if (!netdev.up) throw netdev.dev.error('EINVAL', 'the interface is down', name);
      return show();
    });
  const link = (): NetdevLink | undefined => netdev.ethtool.getLinkKsettings?.();
  dir.addGroup([
    file('type', () => ARPHRD_ETHER),
    file('addr_len', () => netdev.address.length),
    file('address', () => macText(netdev.address)),
    file('broadcast', () => 'ff:ff:ff:ff:ff:ff'),
    whileUp('speed', () => link()?.speed ?? -1),
    whileUp('duplex', () => link()?.duplex ?? 'unknown'),
    file('operstate', () => (netdev.up && netdev.carrier ? 'up' : 'down')),
    whileUp('carrier', () => Number(netdev.carrier)),
    file('carrier_changes', () => netdev.carrierUps + netdev.carrierDowns),
    file('carrier_up_count', () => netdev.carrierUps),
    file('carrier_down_count', () => netdev.carrierDowns),
    { ...file('mtu', () => netdev.mtu), mode: 0o644, store: (text) => netdev.setMtu(mtuOf(netdev, text)) },
    file('flags', () => `0x${(FLAGS | (netdev.up ? FLAG_UP : 0) | (netdev.promisc ? FLAG_PROMISC : 0)).toString(16)}`),
  ]);
  const statistics = new SysfsDir('statistics');
  statistics.addGroup(
    STATISTICS.map(([name, counted]) => file(name, () => (counted === undefined ? 0 : netdev.getStats()[counted]))),
  );
  dir.addDir(statistics);
  return dir;
}

function macText(address: Uint8Array): string {
  return [...address].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

function mtuOf(netdev: NetdevShown, text: string): number {
  if (DECIMAL.test(text)) return Number(text);
  throw netdev.dev.error('EINVAL', `${JSON.stringify(text)} is no number`, 'mtu');
}
