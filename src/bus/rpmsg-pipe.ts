// One direction of one channel, whatever the transport.
import type { Duration } from '../base/clock.js';
import type { RpmsgOpenOptions, RpmsgReceive } from './rpmsg.js';

/** What the pipes of all transports have. */
export interface RpmsgPipeOptions {
  /** From a send to the receiver's callback; none when left out, but never within the call. */
  readonly latency?: Duration;
}

/** One direction of one channel. */
export interface RpmsgPipe {
  /** The receiving side is there. */
  open(receive: RpmsgReceive, options: RpmsgOpenOptions): void;
  /** It has gone; what is under way is lost. */
  close(): void;
  /** The other processor is dead. */
  kill(): void;
  trysend(bytes: Uint8Array): number;
  send(bytes: Uint8Array): Promise<number>;
}
