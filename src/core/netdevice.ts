// Network devices (Linux: linux/netdevice.h): what a driver registers, and what whoever stands above it, a TAP or a
// test, has of it.
import { passSysError } from '../base/errno.js';
import type { ClassDevice, Device } from './device.js';
import { ETH_P_IPV6 } from './etherdevice.js';
import { Mutex } from './mutex.js';
import { NetdevQueue } from './netdev-queue.js';
import { netdevSysfs } from './netdev-sysfs.js';
import { NETIF_F, type NetdevFeatures, type NetdevLink, type NetdevStats, netdevStats } from './netdev-types.js';
import { NetdevWatchdog } from './netdev-watchdog.js';
import { CHECKSUM_PARTIAL, type SkBuff } from './skbuff.js';

/** What a driver of network devices does (Linux: struct net_device_ops). Where Linux may sleep it may be a promise. */
export interface NetdevOps {
  /** The interface comes up. An error leaves it down. */
  open?(): void | Promise<void>;
  /** It goes down; nothing is sent or received afterwards. */
  stop?(): void | Promise<void>;
  /** Sends a packet, which is the driver's from here on. Its queue runs, and the interface is up. */
  startXmit(skb: SkBuff): void;
  /** Which queue a packet goes to; by default its hash says. */
  selectQueue?(skb: SkBuff): number;
  /** The counters; by default those of the device. */
  getStats?(): NetdevStats;
  /** The same without asking the device: what it counts itself is as old as the last time. By default `getStats`. */
  peekStats?(): NetdevStats;
  /** Another MTU within the bounds. */
  changeMtu?(mtu: number): void | Promise<void>;
  setMacAddress?(address: Uint8Array): void;
  /** Promiscuous mode, or the addresses that are listened to, have changed. */
  setRxMode?(): void;
  /** Features that cannot go together are taken out of what is wished for. */
  fixFeatures?(wished: NetdevFeatures): NetdevFeatures;
  /** Features were switched. */
  setFeatures?(features: NetdevFeatures): void;
  /** A queue is stopped, and for longer than `watchdogMs` nothing went in. It comes again while that is so. */
  txTimeout?(queue: number): void;
}

/** Settings and numbers of the kind that ethtool shows (Linux: struct ethtool_ops). */
export interface EthtoolOps {
  /** Driver and bus, as `ethtool -i` has them. */
  getDrvinfo?(): { readonly driver: string; readonly busInfo: string };
  /** Speed and duplex while there is a link. */
  getLinkKsettings?(): NetdevLink | undefined;
  /** Counters of the MAC, as `ethtool -S --groups eth-mac rmon` names them. */
  getMacStats?(): Readonly<Record<string, number>>;
  /** Whether received flows are spread over queues by a hash, and switches it (ETHTOOL_GRXFH, ETHTOOL_SRXFH). */
  getRxHash?(): boolean;
  setRxHash?(on: boolean): void;
  /** Names and values of `ethtool -S`, of equal length and always in the same order. */
  getStrings?(): readonly string[];
  getEthtoolStats?(): readonly number[];
  /** The same for who only looks on: nothing is asked of the device, and nothing begins anew. */
  peekEthtoolStats?(): readonly number[];
}

/** What a driver registers. */
export interface NetdevSpec {
  /** `eth%d` counts; anything else is the name. */
  readonly name?: string;
  readonly address: Uint8Array;
  readonly txQueues?: number;
  readonly ops: NetdevOps;
  readonly ethtool?: EthtoolOps;
  /** What can be switched, and what is switched on. */
  readonly hwFeatures?: NetdevFeatures;
  readonly features?: NetdevFeatures;
  readonly mtu?: number;
  readonly minMtu?: number;
  readonly maxMtu?: number;
  /** After how long a stopped queue is told to the driver (Linux: watchdog_timeo); by default never. */
  readonly watchdogMs?: number;
}

/** Takes what the device received; false when it drops it, and then it has freed it (Linux: an rx_handler). */
export type NetdevReceive = (skb: SkBuff) => boolean;

const DEFAULT_MTU = 1500;
const MIN_MTU = 68;
const MAX_MTU = 65_535;

/** A network device. Down and without carrier at first. */
export class NetDevice {
  readonly name: string;
  readonly dev: Device;
  readonly queues: readonly NetdevQueue[];
  readonly stats: NetdevStats = netdevStats();
  readonly hwFeatures: NetdevFeatures;
  readonly minMtu: number;
  readonly maxMtu: number;
  readonly ethtool: EthtoolOps;
  /** Told when carrier, state or MTU have changed. */
  readonly changed = new Set<() => void>();
  address: Uint8Array;
  promisc = false;
  /** How often the carrier came and went. */
  carrierUps = 0;
  carrierDowns = 0;
  readonly #ops: NetdevOps;
  /** One change at a time, whoever asks. */
  readonly #rtnl = new Mutex();
  #features: NetdevFeatures;
  #mtu: number;
  #up = false;
  #carrier = false;
  #receive: NetdevReceive | undefined;
  readonly #watchdog: NetdevWatchdog;

  /** By `registerNetdev` only. */
  constructor(dev: Device, name: string, spec: NetdevSpec) {
    const { hwFeatures = 0, features = 0, mtu = DEFAULT_MTU, minMtu = MIN_MTU, maxMtu = MAX_MTU } = spec;
    this.dev = dev;
    this.name = name;
    this.address = spec.address;
    this.queues = Array.from({ length: spec.txQueues ?? 1 }, () => new NetdevQueue(dev.clock));
    this.hwFeatures = hwFeatures;
    this.#ops = spec.ops;
    this.#features = features;
    this.#mtu = mtu;
    this.minMtu = minMtu;
    this.maxMtu = maxMtu;
    this.ethtool = spec.ethtool ?? {};
    const bark = (queue: number, forMs: number): void => this.#timedOut(queue, forMs);
    this.#watchdog = new NetdevWatchdog(dev.clock, spec.watchdogMs ?? 0, this.queues, bark);
  }

  get mtu(): number {
    return this.#mtu;
  }

  get features(): NetdevFeatures {
    return this.#features;
  }

  /** Up, as `ip link` says (Linux: IFF_UP). */
  get up(): boolean {
    return this.#up;
  }

  /** The cable is plugged in and the link there (Linux: netif_carrier_ok). */
  get carrier(): boolean {
    return this.#carrier;
  }

  /** The counters, as the driver has them. */
  getStats(): NetdevStats {
    return this.#ops.getStats?.() ?? this.stats;
  }

  /** The counters for who only looks on: no register is read. */
  peekStats(): NetdevStats {
    return this.#ops.peekStats?.() ?? this.getStats();
  }

  /** Linux: netif_carrier_on, netif_carrier_off. */
  setCarrier(on: boolean): void {
    if (on === this.#carrier) return;
    this.#carrier = on;
    if (on) this.carrierUps++;
    else this.carrierDowns++;
    this.#watch();
    this.#tell();
  }

  /** Brings it up (Linux: dev_open). The driver's error goes up, and it stays down. */
  async open(): Promise<void> {
    await this.#rtnl.run(async () => {
      if (this.#up) return;
      await this.#ops.open?.();
      this.#up = true;
      this.#watch();
      this.#tell();
    });
  }

  /** Takes it down (Linux: dev_close). */
  async stop(): Promise<void> {
    await this.#rtnl.run(async () => {
      if (!this.#up) return;
      this.#up = false;
      this.#watch();
      this.stopAllQueues();
      await this.#ops.stop?.();
      this.#tell();
    });
  }

  /** EINVAL beyond the bounds (Linux: dev_set_mtu). */
  async setMtu(mtu: number): Promise<void> {
    if (!Number.isInteger(mtu) || mtu < this.minMtu || mtu > this.maxMtu) {
      const what = `mtu ${mtu} is not within ${this.minMtu} and ${this.maxMtu}`;
      throw this.dev.error('EINVAL', what, this.name);
    }
    await this.#rtnl.run(async () => {
      if (mtu === this.#mtu) return;
      await this.#ops.changeMtu?.(mtu);
      this.#mtu = mtu;
      this.#tell();
    });
  }

  /** Switches features on and off; answers what is on then (Linux: netdev_update_features). */
  setFeatures(wished: NetdevFeatures): NetdevFeatures {
    const fixed = (this.#features & ~this.hwFeatures) | (wished & this.hwFeatures);
    const features = this.#ops.fixFeatures?.(fixed) ?? fixed;
    if (features !== this.#features) {
      this.#features = features;
      this.#ops.setFeatures?.(features);
    }
    return features;
  }

  /** Listens to everything, or not (Linux: dev_set_promiscuity). */
  setPromisc(on: boolean): void {
    this.promisc = on;
    this.#ops.setRxMode?.();
  }

  /** Linux: dev_set_mac_address. */
  setMacAddress(address: Uint8Array): void {
    this.#ops.setMacAddress?.(address);
    this.address = address;
  }

  /** Who gets what is received; one at a time, the last counts. */
  onReceive(receive: NetdevReceive): void {
    this.#receive = receive;
  }

  /** Hands a received packet up (Linux: netif_receive_skb). False when nobody took it; then it is freed. */
  receive(skb: SkBuff): boolean {
    if (this.#receive !== undefined) return this.#receive(skb);
    skb.kfree();
    return false;
  }

  /**
   * Sends a packet (Linux: dev_queue_xmit). False when it cannot be now: down, no carrier, or its queue is stopped; it
   * stays the caller's, who may wait for the queue to wake. Without NETIF_F_SG it is linearized before.
   */
  xmit(skb: SkBuff): boolean {
    if (!this.#up || !this.#carrier) return false;
    const index = this.#ops.selectQueue?.(skb) ?? (skb.hash >>> 0) % this.queues.length;
    const queue = this.queues[index] as NetdevQueue;
    if (queue.stopped) return false;
    if (!this.#validate(skb)) return true;
    skb.queueMapping = index;
    queue.transStart = this.dev.clock.now();
    this.#ops.startXmit(skb);
    return true;
  }

  /** Does here what the device has no feature for (Linux: validate_xmit_skb); without memory the packet is dropped. */
  #validate(skb: SkBuff): boolean {
    const features = this.#features;
    const sums = skb.protocol === ETH_P_IPV6 ? NETIF_F.IPV6_CSUM : NETIF_F.IP_CSUM;
    const sum = skb.ipSummed === CHECKSUM_PARTIAL && (features & sums) === 0;
    const linear = skb.nonlinear && (features & NETIF_F.SG) === 0;
    if (!sum && !linear) return true;
    try {
      if (linear) skb.linearize();
      if (sum) skb.checksumHelp();
      return true;
    } catch (error) {
      passSysError(error);
      this.stats.txDropped++;
      skb.kfree();
      return false;
    }
  }

  /** Starts all queues (Linux: netif_tx_start_all_queues, netif_tx_wake_all_queues). */
  wakeAllQueues(): void {
    for (const queue of this.queues) queue.wake();
  }

  /** Linux: netif_tx_stop_all_queues. */
  stopAllQueues(): void {
    for (const queue of this.queues) queue.stop();
  }

  /** Runs while packets could be sent. */
  #watch(): void {
    if (this.#up && this.#carrier) this.#watchdog.start();
    else this.#watchdog.stop();
  }

  #timedOut(queue: number, forMs: number): void {
    this.dev.err(`${this.name}: NETDEV WATCHDOG: transmit queue ${queue} timed out ${forMs} ms`);
    this.#ops.txTimeout?.(queue);
  }

  #tell(): void {
    for (const told of this.changed) told();
  }
}

/** A registered network device. */
export interface NetClassDevice extends ClassDevice {
  readonly netdev: NetDevice;
}

/** Makes a network device of the driver's device, until unbind (Linux: devm_alloc_etherdev, devm_register_netdev). */
export function devmRegisterNetdev(dev: Device, spec: NetdevSpec): NetDevice {
  const nr = dev.core.freeNumber('net');
  const name = (spec.name ?? 'eth%d').replace('%d', String(nr));
  const netdev = new NetDevice(dev, name, spec);
  const member: NetClassDevice = { nr, parent: dev, sysfs: netdevSysfs(netdev), netdev };
  dev.scope.defer(dev.core.enterClass('net', member));
  return netdev;
}
