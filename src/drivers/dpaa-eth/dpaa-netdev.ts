// An interface of the DPAA: what it is made of, open and stop, NAPI, congestion, numbers (patch: dpaa_eth_priv_probe).
import { ms } from '../../base/clock.js';
import { passSysError } from '../../base/errno.js';
import type { Device } from '../../core/device.js';
import { pageDma } from '../../core/dma-page.js';
import { dmaSetMask } from '../../core/dma-mapping.js';
import { devmRegisterNetdev, type NetDevice } from '../../core/netdevice.js';
import { NETIF_F, type NetdevStats } from '../../core/netdev-types.js';
import { Napi } from '../../core/napi.js';
import { zoneOf } from '../../core/machine-zone.js';
import { PageFragCache } from '../../core/page.js';
import type { MacDevice, MacLink } from '../fman/fman.js';
import { devmBmanNewPool, devmQmanCreateCgr, devmQmanPoolChannel } from '../qbman/qbman.js';
import { QM_PIRQ_DQRI, type QmanDqrrResult, type QmanFd, qbmanGet, type QmanPortal } from '../qbman/qbman.js';
import { AddressMap } from './address-map.js';
import { Complaints } from './complaints.js';
import { DpaCongestion } from './congestion.js';
import { DpaBp, type DpaCount, type RxBuffer } from './dpa-bp.js';
import { DpaPriv, type DpaStats } from './dpa-priv.js';
import { dpaTotal, ethtoolStrings, ethtoolValues } from './ethtool-stats.js';
import type { FdFields } from './fd.js';
import { type DpaFq, type DpaFqHandlers, devmDpaFqs, fqidsText, initDpaFqs } from './queues.js';
import { Refill } from './refill.js';
import { dpaFdRelease } from './release.js';
import { RxHash } from './rx-hash.js';
import { maxFrameOf, type RxLayout, rxLayout } from './rx-layout.js';
import { dpaRxDefault, dpaRxError } from './rx.js';
import { dpaTx, dpaTxAbandon, dpaTxConfirm, dpaTxError, dpaTxRejected } from './tx.js';

/** Bytes of a frame that are not payload: header, VLAN tag, check sequence. */
const FRAME_OVERHEAD = 22;
/** Queues that received frames are spread over (Linux: DPAA_ETH_PCD_RXQ_NUM). */
export const HASH_QUEUES = 128;
const MTU = 1500;
const MIN_MTU = 68;
const ADDRESS_BITS = 40;
/** Egress groups by speed, and the ingress group; bytes (facts N1, N3). */
const EGRESS_1G = 0x0600_0000;
const EGRESS_10G = 0x1000_0000;
const INGRESS = 0x1000_0000;
const DRAIN = ms(200);
/** Linux: the parameter tx_timeout. */
const TX_TIMEOUT_MS = 1000;
const OFFLOADS = NETIF_F.SG | NETIF_F.IP_CSUM | NETIF_F.IPV6_CSUM | NETIF_F.RXCSUM | NETIF_F.RXHASH;
const FEATURES = OFFLOADS | NETIF_F.HIGHDMA | NETIF_F.LLTX;

/** The parameters that an interface has of its driver. */
export interface DpaaNetdevParams {
  readonly maxFrame: number;
  readonly hashQueues: number;
  readonly bufferBytes: number | undefined;
}

/** A bound interface. `start` makes it. */
export class DpaaNetdev {
  readonly #dev: Device;
  readonly #mac: MacDevice;
  readonly #maxFrame: number;
  readonly #layout: RxLayout;
  readonly #hash: RxHash;
  readonly #portals: readonly QmanPortal[];
  readonly #napis: readonly Napi[];
  readonly #shares: readonly DpaCount[];
  readonly #bp: DpaBp;
  readonly #refill: Refill;
  readonly #fqs: readonly DpaFq[];
  readonly #priv: DpaPriv;
  /** By CPU: how often a queue of this interface interrupted it. */
  readonly #interrupts: number[];
  readonly #erns = new Array<number>(8).fill(0);
  readonly #congestion = new DpaCongestion();
  readonly #complaints: Complaints;
  #netdev: NetDevice | undefined;
  #open = false;
  #link: MacLink | undefined;
  #discarded = 0;

  constructor(dev: Device, mac: MacDevice, { maxFrame, hashQueues, bufferBytes }: DpaaNetdevParams) {
    this.#dev = dev;
    this.#mac = mac;
    this.#maxFrame = maxFrameOf(dev, maxFrame);
    const { erratumA050385: erratum } = mac.fman;
    this.#layout = rxLayout(dev, { erratumA050385: erratum, maxFrame: this.#maxFrame, bufferBytes });
    this.#complaints = new Complaints(dev);
    const { qmanPortals } = qbmanGet(dev);
    this.#portals = [...qmanPortals];
    for (const portal of this.#portals) dev.core.deviceLinkAdd(dev, portal.dev);
    this.#napis = this.#portals.map((portal) => new Napi(dev.clock, (budget) => this.#poll(portal, budget)));
    this.#interrupts = this.#portals.map(() => 0);
    this.#shares = this.#portals.map(() => ({ count: 0 }));
    dmaSetMask(dev, ADDRESS_BITS);
    const zone = zoneOf(dev.core);
    const frags = new PageFragCache(zone);
    dev.scope.defer(() => {
      frags.drain();
      zone.drain();
    });
    const buffers = new AddressMap<RxBuffer>();
    const dma = pageDma(dev);
    const log = (kind: string, text: string): void => this.#complaints.err(kind, text);
    const { size, align, headroom, hash } = this.#layout;
    const salt = dev.clock.now();
    const bp = new DpaBp({ pool: devmBmanNewPool(dev), dma, frags, buffers, log, headroom, salt, size, align });
    this.#bp = bp;
    this.#refill = new Refill(dev.clock, bp, this.#shares);
    dev.scope.defer(() => void bp.drain());
    // Below the queues: when they are gone nothing can be confirmed any more.
    let priv: DpaPriv | undefined;
    dev.scope.defer(() => {
      if (priv !== undefined) dpaTxAbandon(priv);
    });
    this.#fqs = devmDpaFqs(dev, { tx: this.#portals.length, hash: hashQueues }, this.#handlers());
    priv = new DpaPriv({
      ...{ dma, frags, bp, buffers, log, erratumA050385: erratum, rxHeadroom: headroom },
      cpus: this.#portals.length,
      rxHashOffset: hash,
      bpid2pool: (bpid) => (bpid === bp.bpid ? bp : undefined),
      egress: this.#of('tx').map(({ fq }) => fq),
      confFqids: this.#of('tx-confirm-mq').map(({ fq }) => fq.fqid),
      receive: (skb) => (this.#netdev as NetDevice).receive(skb),
    });
    this.#priv = priv;
    this.#hash = new RxHash(dev, mac, priv, hashQueues);
  }

  /** From the seeding of the pool to the registered interface (patch: dpaa_eth_priv_probe). */
  start(name: string): void {
    const dev = this.#dev;
    const { rxPort, txPort, speed, txChannel } = this.#mac;
    for (const share of this.#shares) this.#bp.seed(share);
    if (this.#shares.every(({ count }) => count === 0)) throw dev.error('ENOMEM', 'no buffer for its pool', 'seed');
    const poolChannel = devmQmanPoolChannel(dev);
    const bytes = speed === 10_000 ? EGRESS_10G : EGRESS_1G;
    const changed = (congested: boolean): void => this.#congested(congested);
    const egressCgid = devmQmanCreateCgr(dev, { bytes, tailDrop: true, changed });
    const ingressCgid = devmQmanCreateCgr(dev, { bytes: INGRESS, tailDrop: true });
    const portalChannels = this.#portals.map(({ channel }) => channel);
    initDpaFqs(this.#fqs, { poolChannel, portalChannels, txChannel, egressCgid, ingressCgid });
    txPort.initTx({ confirmFqid: this.#fqid('tx-confirm'), errorFqid: this.#fqid('tx-error') }, txChannel);
    rxPort.initRx({
      defaultFqid: this.#fqid('rx-default'),
      errorFqid: this.#fqid('rx-error'),
      pools: [{ bpid: this.#bp.bpid, size: this.#layout.size }],
      parseResults: this.#layout.parseResults,
      headroom: this.#layout.headroom,
    });
    if (this.#of('rx-pcd').length > 0) this.#hash.start(this.#fqid('rx-pcd'));
    this.#mac.setMaxFrame(this.#maxFrame);
    for (const portal of this.#portals) portal.irqSourceAdd(QM_PIRQ_DQRI);
    this.#register(name);
  }

  #register(name: string): void {
    const dev = this.#dev;
    const mac = this.#mac;
    const maxMtu = this.#maxFrame - FRAME_OVERHEAD;
    const netdev = devmRegisterNetdev(dev, {
      name,
      address: mac.address,
      txQueues: this.#portals.length,
      hwFeatures: FEATURES,
      features: FEATURES | NETIF_F.GSO,
      ...{ mtu: Math.min(MTU, maxMtu), minMtu: MIN_MTU, maxMtu, watchdogMs: TX_TIMEOUT_MS },
      ops: {
        open: () => this.#up(),
        stop: () => this.#down(),
        startXmit: (skb) => {
          this.#priv.onCpu(skb.queueMapping);
          dpaTx(this.#priv, skb);
        },
        getStats: () => this.#stats(this.#missed()),
        peekStats: () => this.#stats(this.#discarded),
        changeMtu: (mtu) => {
          this.#priv.mtu = mtu;
        },
        setMacAddress: (address) => mac.setAddress(address),
        setRxMode: () => mac.setPromisc(netdev.promisc),
        setFeatures: (features) => {
          this.#priv.rxChecksum = (features & NETIF_F.RXCSUM) !== 0;
          this.#hash.setFeatures(features);
        },
        txTimeout: (queue) => {
          const since = dev.clock.now() - (netdev.queues[queue]?.transStart ?? 0);
          dev.err(`Transmit timeout latency: ${Math.floor(since / ms(1))} ms`);
          this.#priv.stats.txErrors++;
        },
      },
      ethtool: {
        getDrvinfo: () => ({ driver: 'fsl_dpa', busInfo: mac.dev.name }),
        getLinkKsettings: () =>
          this.#link && { speed: this.#link.speed, duplex: this.#link.fullDuplex ? 'full' : 'half' },
        getMacStats: () => mac.stats,
        getRxHash: () => this.#hash.on,
        setRxHash: (on) => {
          this.#hash.on = on;
        },
        getStrings: () => ethtoolStrings(this.#portals.length),
        getEthtoolStats: () => this.#ethtool(this.#congestion.take()),
        peekEthtoolStats: () => this.#ethtool(this.#congestion.peek()),
      },
    });
    this.#netdev = netdev;
    dev.drvdata = netdev;
    dev.scope.defer(() => netdev.stop());
    this.#files(netdev);
  }

  /** `device_addr`, `fqids`, `bpids` below the interface (facts 4.10). */
  #files({ name }: NetDevice): void {
    const { sysfs } = this.#dev.core.classDevices('net').find((member) => member.sysfs.name === name) ?? {};
    sysfs?.addGroup([
      { name: 'device_addr', mode: 0o444, show: () => this.#mac.base.toString(16) },
      { name: 'fqids', mode: 0o444, show: () => fqidsText(this.#fqs) },
      { name: 'bpids', mode: 0o444, show: () => `${this.#bp.bpid}\n` },
    ]);
  }

  async #up(): Promise<void> {
    const { rxPort, txPort } = this.#mac;
    for (const napi of this.#napis) napi.enable();
    this.#open = true;
    try {
      rxPort.enable();
      txPort.enable();
      this.#mac.startLink((link) => this.#linked(link));
    } catch (error) {
      await this.#stopped();
      throw error;
    }
    this.#refill.start();
    this.#netdev?.wakeAllQueues();
  }

  #linked(link: MacLink | undefined): void {
    this.#link = link;
    const speed = link === undefined ? '' : link.speed < 1000 ? `${link.speed}Mbps` : `${link.speed / 1000}Gbps`;
    const now = link === undefined ? 'Down' : `Up - ${speed}/${link.fullDuplex ? 'Full' : 'Half'} - flow control off`;
    this.#dev.info(`${this.#netdev?.name ?? ''}: Link is ${now}`);
    this.#netdev?.setCarrier(link !== undefined);
  }

  /** Lets what is on its way come to its end, then halts everything (facts N5). */
  async #down(): Promise<void> {
    this.#mac.stopLink();
    await this.#dev.core.clock.sleep(DRAIN);
    await this.#stopped();
  }

  async #stopped(): Promise<void> {
    this.#mac.stopLink();
    this.#link = undefined;
    this.#netdev?.setCarrier(false);
    await this.#halt();
  }

  /** Each step is tried, whatever became of the others; the first error goes up. */
  async #halt(): Promise<void> {
    const { rxPort, txPort } = this.#mac;
    const failed: unknown[] = [];
    const steps = [() => this.#mac.disable(), () => rxPort.disable(), () => txPort.disable()];
    for (const step of steps) {
      try {
        await step();
      } catch (error) {
        passSysError(error);
        failed.push(error);
      }
    }
    this.#open = false;
    this.#refill.stop();
    for (const napi of this.#napis) napi.disable();
    // A poll that was to come does not: its interrupt must tell again.
    for (const portal of this.#portals) portal.irqSourceAdd(QM_PIRQ_DQRI);
    if (failed.length > 0) throw failed[0];
  }

  /** Linux: dpaa_eth_poll. */
  #poll(portal: QmanPortal, budget: number): number {
    let done = 0;
    try {
      done = portal.poll(budget);
      this.#refill.look(this.#shares[portal.cpu] as DpaCount);
      if (done === budget) return done;
      // A register that fails here means another poll.
      portal.irqSourceAdd(QM_PIRQ_DQRI);
      this.#napis[portal.cpu]?.completeDone();
    } catch (error) {
      passSysError(error);
      this.#complaints.err('poll', `poll: ${String(error)}`);
    }
    return done;
  }

  #handlers(): DpaFqHandlers {
    const rx = (take: (priv: DpaPriv, fd: FdFields, share: DpaCount) => void) => ({
      dqrr: (fd: QmanFd, cpu: number, inInterrupt: boolean): QmanDqrrResult => {
        if (inInterrupt && this.#open) return this.#pollLater(cpu);
        const priv = this.#priv;
        priv.onCpu(cpu);
        if (this.#open) take(priv, fd, this.#shares[cpu] as DpaCount);
        else dpaFdRelease(priv, fd, this.#shares[cpu] as DpaCount);
        return 'consume';
      },
    });
    const tx = (take: (priv: DpaPriv, fd: FdFields) => void) => ({
      dqrr: (fd: QmanFd, cpu: number, inInterrupt: boolean): QmanDqrrResult => {
        if (inInterrupt && this.#open) return this.#pollLater(cpu);
        this.#priv.onCpu(cpu);
        take(this.#priv, fd);
        return 'consume';
      },
    });
    return {
      'rx-error': rx(dpaRxError),
      'rx-default': rx(dpaRxDefault),
      'rx-pcd': rx(dpaRxDefault),
      'tx-confirm-mq': tx(dpaTxConfirm),
      'tx-confirm': tx(dpaTxConfirm),
      'tx-error': tx(dpaTxError),
      // Only while it is emptied at the end does anything come from there.
      tx: { ...tx(dpaTxError), ern: (fd, rc) => this.#rejected(fd, rc) },
    };
  }

  /** The entry stays for a poll (Linux: dpaa_eth_napi_schedule). */
  #pollLater(cpu: number): 'stop' {
    this.#napis[cpu]?.schedule();
    this.#portals[cpu]?.irqSourceRemove(QM_PIRQ_DQRI);
    this.#interrupts[cpu] = (this.#interrupts[cpu] ?? 0) + 1;
    return 'stop';
  }

  #rejected(fd: QmanFd, rc: number): void {
    const kind = (rc >>> 4) & 7;
    this.#erns[kind] = (this.#erns[kind] ?? 0) + 1;
    this.#priv.onCpu(0);
    dpaTxRejected(this.#priv, fd);
  }

  /** Facts N2. */
  #congested(congested: boolean): void {
    this.#congestion.changed(congested, this.#dev.clock.now());
    if (congested) this.#netdev?.stopAllQueues();
    else if (this.#open) this.#netdev?.wakeAllQueues();
  }

  #stats(missed: number): NetdevStats {
    const of = (name: keyof NetdevStats & keyof DpaStats): number => dpaTotal(this.#priv.percpu, name);
    const [rx, tx] = [this.#netdev?.stats.rxDropped ?? 0, this.#netdev?.stats.txDropped ?? 0];
    return {
      ...{ rxPackets: of('rxPackets'), rxBytes: of('rxBytes'), rxErrors: of('rxErrors') },
      ...{ txPackets: of('txPackets'), txBytes: of('txBytes'), txErrors: of('txErrors') },
      ...{ rxDropped: of('rxDropped') + rx, txDropped: of('txDropped') + tx, txFifoErrors: of('txFifoErrors') },
      rxMissedErrors: missed,
    };
  }

  /** A register that fails says nothing new. */
  #missed(): number {
    try {
      this.#discarded = this.#mac.rxPort.discarded;
    } catch (error) {
      passSysError(error);
    }
    return this.#discarded;
  }

  #ethtool(congestion: readonly number[]): readonly number[] {
    return ethtoolValues({
      percpu: this.#priv.percpu,
      shares: this.#shares,
      interrupts: this.#interrupts,
      erns: this.#erns,
      congestion,
    });
  }

  #of(type: DpaFq['type']): readonly DpaFq[] {
    return this.#fqs.filter((one) => one.type === type);
  }

  #fqid(type: DpaFq['type']): number {
    return (this.#of(type)[0] as DpaFq).fq.fqid;
  }
}
