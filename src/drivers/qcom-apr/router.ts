// The way of a packet from the channel to a callback: checked, looked up, queued, delivered later and in order. It
// knows no device; apr-device.ts has those.
import { assert, Bug } from '../../base/assert.js';
import { SysError } from '../../base/errno.js';
import { AprMessage, type RouterKind } from './message.js';
import {
  APR_REFUSALS,
  type AprReason,
  type AprRefusal,
  checkApr,
  checkGpr,
  GPR_REFUSALS,
  gprDestPort,
  NO_DRIVER,
  NO_SERVICE,
  PASSED,
  QUEUE_FULL,
} from './receive.js';

/** Takes one message. What it answers is ignored; it must not wait. */
export type AprCallback = (message: AprMessage) => unknown;

/** Messages of one service that may wait: what a DSP sends beyond that before it is read is dropped, and counted. */
const MOST_WAITING = 1024;

/** Told of what the router does not do itself. */
export interface RouterHooks {
  /** A packet was refused; the bytes are the channel's. */
  refused(refusal: AprRefusal, packet: Uint8Array): void;
  /** A callback ended with an error. */
  failed(error: SysError): void;
}

/** A service's place: what is queued for it finds its driver here. */
export class AprMailbox {
  readonly #drop: (mailbox: AprMailbox) => void;
  /** For the router: what listens, if anything does. */
  callback: AprCallback | undefined;
  /** For the router: messages that wait. */
  waiting = 0;

  constructor(drop: (mailbox: AprMailbox) => void) {
    this.#drop = drop;
  }

  /** True while a driver listens. */
  get attached(): boolean {
    return this.callback !== undefined;
  }

  /** A driver listens from now on. */
  attach(callback: AprCallback): void {
    assert(this.callback === undefined, 'a service has one driver');
    this.callback = callback;
  }

  /** Nobody listens any more: what waits is dropped. */
  detach(): void {
    this.callback = undefined;
    if (this.waiting > 0) this.#drop(this);
  }
}

const SOON = Promise.resolve();

/** Keys of APR: six processors with 256 numbers each. */
const APR_KEYS = 0x600;

/**
 * The services of one channel, and the way to them. What is received waits in the order of its coming, of each service
 * up to a limit, and is delivered behind the call that received it. As callbacks do not wait, one queue serves all.
 */
export class AprRouter {
  readonly kind: RouterKind;
  readonly #hooks: RouterHooks;
  /** APR: by key, with holes. GPR has ports of 32 bits. */
  readonly #byKey: (AprMailbox | undefined)[] = Array.from({ length: APR_KEYS });
  readonly #byPort = new Map<number, AprMailbox>();
  readonly #refusals: readonly AprRefusal[];
  readonly #counts: number[];
  #delivered = 0;
  readonly #message: AprMessage;
  /** What has come since the last delivery began, and what is being delivered. They change places. */
  #coming = new Batch();
  #going = new Batch();

  constructor(kind: RouterKind, hooks: RouterHooks) {
    this.kind = kind;
    this.#hooks = hooks;
    this.#refusals = kind === 'apr' ? APR_REFUSALS : GPR_REFUSALS;
    this.#counts = this.#refusals.map(() => 0);
    this.#message = new AprMessage(kind);
  }

  /** Packets so far, by what became of them; `delivered` those that were queued at a service. */
  get counts(): Readonly<Partial<Record<AprReason | 'delivered', number>>> {
    const counted = this.#refusals.map(({ reason }, index) => [reason, this.#counts[index] ?? 0] as const);
    return Object.fromEntries([['delivered', this.#delivered], ...counted]);
  }

  /** Packets that wait now. */
  get waiting(): number {
    return this.#coming.count + this.#going.count - this.#going.done;
  }

  /** A place for messages under a key: for APR `serviceKey`, for GPR the port. Undefined: it is taken. */
  open(key: number): AprMailbox | undefined {
    if (this.find(key) !== undefined) return undefined;
    const mailbox = new AprMailbox((gone) => this.#drop(gone));
    if (this.kind === 'apr') this.#byKey[key] = mailbox;
    else this.#byPort.set(key, mailbox);
    return mailbox;
  }

  /** The place under a key. */
  find(key: number): AprMailbox | undefined {
    return this.kind === 'apr' ? this.#byKey[key] : this.#byPort.get(key);
  }

  /** Nothing comes to that key any more. */
  close(key: number): void {
    this.find(key)?.detach();
    if (this.kind === 'apr') this.#byKey[key] = undefined;
    else this.#byPort.delete(key);
  }

  /** Takes one packet off the channel, which gives it away: PASSED, or the number of the refusal. */
  receive(bytes: Uint8Array): number {
    const refused = this.kind === 'apr' ? this.#routeApr(bytes) : this.#routeGpr(bytes);
    if (refused === PASSED) {
      this.#delivered++;
      return PASSED;
    }
    this.#counts[refused] = (this.#counts[refused] as number) + 1;
    this.#hooks.refused(this.#refusals[refused] as AprRefusal, bytes);
    return refused;
  }

  #routeApr(bytes: Uint8Array): number {
    const refused = checkApr(bytes, bytes.length);
    if (refused !== PASSED) return refused;
    return this.#queue(this.#byKey[((bytes[5] as number) << 8) | (bytes[8] as number)], bytes);
  }

  #routeGpr(bytes: Uint8Array): number {
    const refused = checkGpr(bytes, bytes.length);
    if (refused !== PASSED) return refused;
    return this.#queue(this.#byPort.get(gprDestPort(bytes)), bytes);
  }

  #queue(mailbox: AprMailbox | undefined, bytes: Uint8Array): number {
    if (mailbox === undefined) return NO_SERVICE;
    if (mailbox.callback === undefined) return NO_DRIVER;
    if (mailbox.waiting >= MOST_WAITING) return QUEUE_FULL;
    mailbox.waiting++;
    const coming = this.#coming;
    const at = coming.count++;
    coming.packets[at] = bytes;
    coming.targets[at] = mailbox;
    if (at === 0 && this.#going.count === 0) void SOON.then(this.#deliver);
    return PASSED;
  }

  /** Not within the call that received: a callback may send, and be answered at once. */
  readonly #deliver = (): void => {
    let mistake: Error | undefined;
    while (this.#coming.count > 0) {
      const batch = this.#coming;
      this.#coming = this.#going;
      this.#going = batch;
      while (batch.done < batch.count) {
        try {
          this.#drain(batch);
        } catch (e) {
          mistake = this.#failed(e) ?? mistake;
        }
      }
      batch.count = 0;
      batch.done = 0;
    }
    if (mistake !== undefined) throw mistake;
  };

  #drain(batch: Batch): void {
    const { packets, targets, count } = batch;
    const message = this.#message;
    for (let at = batch.done; at < count; at++) {
      const mailbox = targets[at];
      batch.done = at + 1;
      if (mailbox === undefined) continue;
      mailbox.waiting--;
      mailbox.callback?.(message.at(packets[at] as Uint8Array));
    }
  }

  /** A device that said no is told. Our own mistake goes up when the rest is delivered. */
  #failed(e: unknown): Error | undefined {
    if (!(e instanceof SysError)) return e instanceof Error ? e : new Bug(String(e));
    this.#hooks.failed(e);
    return undefined;
  }

  #drop(mailbox: AprMailbox): void {
    for (const { targets, count } of [this.#coming, this.#going])
      for (let at = 0; at < count; at++) if (targets[at] === mailbox) targets[at] = undefined;
    mailbox.waiting = 0;
  }
}

/** Packets in the order of their coming. What a batch had stays until it is used again. */
class Batch {
  readonly packets: Uint8Array[] = [];
  /** To whom they go; undefined for one that is not delivered after all. */
  readonly targets: (AprMailbox | undefined)[] = [];
  count = 0;
  /** How many of them have been delivered. */
  done = 0;
}
