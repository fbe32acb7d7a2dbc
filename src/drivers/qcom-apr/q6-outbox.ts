// Packets of one service on their way into the channel. Where that has no room now they wait, in order, and are tried
// again: GLINK has as many buffers as the other side announced, SMD a ring.
import { type Clock, type Duration, type Instant, ms, type Timer } from '../../base/clock.js';
import { errnoName } from '../../base/errno.js';
import { type AprDevice, aprSendPkt } from './apr-device.js';

/** A packet that waits for room. */
interface Parcel {
  readonly bytes: Uint8Array;
  /** Whose it is. */
  readonly owner: unknown;
  readonly until: Instant;
  readonly lost: (code: SendError) => void;
}

/** Why a packet was not sent. */
export type SendError = NonNullable<ReturnType<typeof errnoName>>;

/** From the first to the last: the channel logs each try. */
const [FIRST_RETRY, LAST_RETRY]: readonly [Duration, Duration] = [ms(1), ms(32)];
/** Packets that may wait. */
const MOST = 64;

/** The outbox of one bound service. */
export class Q6Outbox {
  readonly #adev: AprDevice;
  readonly #clock: Clock;
  readonly #parcels: Parcel[] = [];
  #timer: Timer | undefined;
  #wait: Duration = FIRST_RETRY;

  constructor(adev: AprDevice) {
    this.#adev = adev;
    this.#clock = adev.dev.clock;
  }

  /**
   * Sends a packet, or keeps it for up to `limit` while there is no room; `lost` is called when there was none.
   * Answers why it is refused at once.
   */
  send(bytes: Uint8Array, owner: unknown, limit: Duration, lost: (code: SendError) => void): SendError | undefined {
    if (this.#parcels.length === 0) {
      const code = this.#try(bytes);
      if (code === undefined || !isFull(code)) return code;
    } else if (this.#parcels.length >= MOST) return 'EAGAIN';
    this.#parcels.push({ bytes, owner, until: this.#clock.now() + limit, lost });
    this.#arm();
    return undefined;
  }

  /** Takes out what waits of somebody; answers whether there was something. */
  takeBack(owner: unknown): boolean {
    const kept = this.#parcels.filter((parcel) => parcel.owner !== owner);
    const found = kept.length < this.#parcels.length;
    this.#parcels.splice(0, this.#parcels.length, ...kept);
    if (kept.length === 0) this.#stop();
    return found;
  }

  /** Nothing is sent any more. */
  clear(): void {
    this.#parcels.length = 0;
    this.#stop();
  }

  #arm(): void {
    this.#timer ??= this.#clock.after(this.#wait, () => {
      this.#timer = undefined;
      this.#retry();
    });
  }

  #stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#wait = FIRST_RETRY;
  }

  #retry(): void {
    for (let parcel = this.#parcels[0]; parcel !== undefined; parcel = this.#parcels[0]) {
      const code = this.#try(parcel.bytes);
      if (code !== undefined && isFull(code) && this.#clock.now() < parcel.until) {
        this.#wait = Math.min(this.#wait * 2, LAST_RETRY, parcel.until - this.#clock.now());
        return this.#arm();
      }
      this.#parcels.shift();
      if (code !== undefined) parcel.lost(code);
    }
    this.#wait = FIRST_RETRY;
  }

  #try(bytes: Uint8Array): SendError | undefined {
    const ret = aprSendPkt(this.#adev, bytes);
    return ret < 0 ? (errnoName(ret) ?? 'EIO') : undefined;
  }
}

/** What SMD and GLINK answer while there is no room. */
function isFull(code: SendError): boolean {
  return code === 'EAGAIN' || code === 'EBUSY';
}
