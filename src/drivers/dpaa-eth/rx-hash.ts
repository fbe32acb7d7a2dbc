// Spreading of received frames over queues by FMan's hash, and the hash in packets (Linux: keygen_in_use,
// NETIF_F_RXHASH).
import type { Device } from '../../core/device.js';
import { NETIF_F, type NetdevFeatures } from '../../core/netdev-types.js';
import type { MacDevice } from '../fman/fman.js';
import type { DpaPriv } from './dpa-priv.js';

/** That of one interface. */
export class RxHash {
  readonly #dev: Device;
  readonly #mac: MacDevice;
  readonly #priv: DpaPriv;
  readonly #queues: number;
  #spreads = false;
  #wanted = true;

  constructor(dev: Device, mac: MacDevice, priv: DpaPriv, queues: number) {
    this.#dev = dev;
    this.#mac = mac;
    this.#priv = priv;
    this.#queues = queues;
  }

  /** Frames go to the queues from this one on, until unbind. */
  start(baseFqid: number): void {
    const { fman, rxPort } = this.#mac;
    fman.keygen.devmSpread(this.#dev, { port: rxPort.id, baseFqid, count: this.#queues });
    // Before the scheme goes, nothing may be led there.
    this.#dev.scope.defer(() => rxPort.useKeygen(false));
    this.on = true;
  }

  get on(): boolean {
    return this.#spreads;
  }

  /** EOPNOTSUPP: there are no queues for that. */
  set on(on: boolean) {
    if (this.#queues === 0) throw this.#dev.error('EOPNOTSUPP', 'there are no queues for hashed frames', 'ethtool');
    this.#mac.rxPort.useKeygen(on);
    this.#spreads = on;
    this.#apply();
  }

  /** Features were switched. */
  setFeatures(features: NetdevFeatures): void {
    this.#wanted = (features & NETIF_F.RXHASH) !== 0;
    this.#apply();
  }

  /** Packets have a hash while there is one, and it is wanted. */
  #apply(): void {
    this.#priv.rxHash = this.#spreads && this.#wanted;
  }
}
