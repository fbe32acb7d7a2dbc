// Events of IIO devices (Linux: linux/iio/events.h, industrialio-event.c).
import { putU64le } from '../../base/bytes.js';
import type { Duration } from '../../base/clock.js';
import type { Device } from '../device.js';
import {
  IIO_CHAN_TYPES,
  IIO_EVENT_DIRECTIONS,
  IIO_EVENT_TYPES,
  IIO_MODIFIERS,
  type IioChanSpec,
  type IioEventSpec,
} from './channel.js';
import { iioChanName, iioEventName } from './names.js';
import { WaitQueue } from '../wait.js';

/** Our mark in the modifier of an event that is critical. */
const CRITICAL = 0x80;

/**
 * The 64-bit code of a channel's event, as programs read it: from the top type (8 bits), difference (1), direction
 * (7), modifier (8), channel type (8), second channel (16), channel (16).
 */
export function iioEventCode(chan: IioChanSpec, event: Omit<IioEventSpec, 'separate'>): bigint {
  const { type, channel, channel2 = 0, modifier, differential = false } = chan;
  const part = (value: number, at: number, bits = 8): bigint => BigInt.asUintN(bits, BigInt(value)) << BigInt(at);
  const mark = event.severity === 'critical' ? CRITICAL : 0;
  return (
    part(IIO_EVENT_TYPES.indexOf(event.type), 56) |
    part(differential ? 1 : 0, 55) |
    part(IIO_EVENT_DIRECTIONS.indexOf(event.dir), 48) |
    part(IIO_MODIFIERS.indexOf(modifier ?? '') | mark, 40) |
    part(IIO_CHAN_TYPES.indexOf(type), 32) |
    part(differential ? channel2 : 0, 16, 16) |
    part(channel, 0, 16)
  );
}

/** Size of an event as programs read it: the code, and when it was, both 64 bits and little-endian. */
const RECORD_BYTES = 16;
/** Linux keeps that many for the reader. */
const FIFO_LENGTH = 16;

/** How a wait for events ended: there are some, the time was over, or the device or the reader is gone. */
export type IioEventWait = 'ready' | 'timeout' | 'disabled';

/** Who reads events (Linux: the file of IIO_GET_EVENT_FD). */
export interface IioEventReader {
  /**
   * Takes what there is, as whole records of 16 bytes, at once. EINVAL: not one fits; ENODEV: the device is gone;
   * EBADF: the reader is closed.
   */
  read(maxBytes?: number): Uint8Array;
  /** Waits for an event. */
  wait(limit?: Duration): Promise<IioEventWait>;
  /** Asks to be woken whenever there is an event or none will come. Answers how to end that. */
  watch(wake: () => void): () => void;
  /** Lets somebody else read. */
  close(): void;
}

/** The events of one device: told in the trace, and kept for a reader if there is one. */
export class IioEvents {
  readonly #dev: Device;
  /** Names for the trace, by code. */
  readonly #names = new Map<bigint, { readonly channel: string; readonly event: string }>();
  readonly #queue: Uint8Array[] = [];
  readonly #waiting = new WaitQueue();
  #reader: IioEventReader | undefined;
  #closed = false;
  #dropped = 0;

  constructor(dev: Device, channels: readonly IioChanSpec[]) {
    this.#dev = dev;
    for (const chan of channels)
      for (const event of chan.events ?? [])
        this.#names.set(iioEventCode(chan, event), { channel: iioChanName(chan), event: iioEventName(event) });
  }

  /** Whether somebody reads. */
  get enabled(): boolean {
    return this.#reader !== undefined;
  }

  /** Events that found the reader's queue full. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Tells of an event (Linux: iio_push_event). Nobody reads: only the trace has it. */
  push(code: bigint, timestampNs: number): void {
    const { trace } = this.#dev;
    if (trace.on) trace.emit(this.#dev.path, { kind: 'iio_event', ...this.#nameOf(code), timestamp: timestampNs });
    if (this.#reader === undefined || this.#closed) return;
    if (this.#queue.length === FIFO_LENGTH) this.#dropped++;
    else {
      this.#queue.push(recordOf(code, timestampNs));
      this.#waiting.wake();
    }
  }

  /** Becomes the reader; events from now on are kept. EBUSY: somebody else is; ENODEV: the device is gone. */
  open(): IioEventReader {
    if (this.#closed) throw this.#dev.error('ENODEV', 'the device is gone', 'events');
    if (this.#reader !== undefined) throw this.#dev.error('EBUSY', 'somebody reads the events already', 'events');
    this.#queue.length = 0;
    const reader: IioEventReader = {
      read: (maxBytes = FIFO_LENGTH * RECORD_BYTES) => this.#read(reader, maxBytes),
      wait: (limit) => this.#wait(reader, limit),
      watch: (wake) => this.#waiting.watch(wake),
      close: () => this.#close(reader),
    };
    this.#reader = reader;
    return reader;
  }

  /** The device is gone: wakes the reader. For the registration. */
  shutdown(): void {
    this.#closed = true;
    this.#waiting.wake();
  }

  #nameOf(code: bigint): { readonly channel: string; readonly event: string } {
    return this.#names.get(code) ?? { channel: '?', event: `0x${code.toString(16).padStart(16, '0')}` };
  }

  #read(reader: IioEventReader, maxBytes: number): Uint8Array {
    if (this.#closed) throw this.#dev.error('ENODEV', 'the device is gone', 'events');
    if (this.#reader !== reader) throw this.#dev.error('EBADF', 'the reader is closed', 'events');
    if (maxBytes < RECORD_BYTES) throw this.#dev.error('EINVAL', `${maxBytes} bytes hold no event`, 'events');
    const records = this.#queue.splice(0, Math.floor(maxBytes / RECORD_BYTES));
    const out = new Uint8Array(records.length * RECORD_BYTES);
    records.forEach((record, i) => out.set(record, i * RECORD_BYTES));
    return out;
  }

  #wait(reader: IioEventReader, limit: Duration | undefined): Promise<IioEventWait> {
    const look = (): 'ready' | 'disabled' | undefined => {
      if (this.#closed || this.#reader !== reader) return 'disabled';
      return this.#queue.length > 0 ? 'ready' : undefined;
    };
    return this.#waiting.wait(look, limit === undefined ? undefined : { clock: this.#dev.clock, limit });
  }

  #close(reader: IioEventReader): void {
    if (this.#reader !== reader) return;
    this.#reader = undefined;
    this.#waiting.wake();
  }
}

function recordOf(code: bigint, timestampNs: number): Uint8Array {
  const bytes = new Uint8Array(RECORD_BYTES);
  new DataView(bytes.buffer).setBigUint64(0, code, true);
  putU64le(bytes, 8, timestampNs);
  return bytes;
}
