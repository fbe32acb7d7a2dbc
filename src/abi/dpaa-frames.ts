// Frames of all Ethernet ports of a machine with DPAA, each with the descriptor by which QMan knew it, and its
// scatter/gather table. A frame that leaves was dequeued before; one that comes is enqueued after, in the same moment.
import type { Instant } from '../base/clock.js';
import type { Bench } from '../bench/bench.js';
import type { EthernetWatcher } from '../bench/ethernet-lines.js';
import { DPAA_BYTES, FORMAT, frameDescriptor, TABLE_BYTES, tableEntry } from '../review/dpaa/formats.js';
import type { Direction } from '../review/dpaa/verdict.js';

/** How DPAA knew a frame. */
export interface FrameMetadata {
  /** 16 bytes. */
  readonly descriptor: Uint8Array;
  /** The scatter/gather table, where there is one. */
  readonly table?: Uint8Array | undefined;
  /** The descriptor says it when left out. */
  readonly direction?: Direction | undefined;
}

/** A frame at a port. */
export interface DpaaFrameSeen {
  /** Device path of the MAC. */
  readonly mac: string;
  /** `in`: towards the MAC. */
  readonly way: 'in' | 'out';
  readonly timeNs: Instant;
  /** Of the sender, if it leaves: valid during the call only. */
  readonly bytes: Uint8Array;
  readonly metadata?: FrameMetadata | undefined;
  readonly comment?: string | undefined;
}

/** Frames are filled up to so many bytes before they leave. */
const LEAST_FRAME = 60;

/** What a block has of a frame that it is about to send. */
interface Known {
  readonly addr: number;
  readonly length: number;
  readonly metadata: FrameMetadata;
}

/** Looks on until it is ended. */
export class DpaaFrames {
  readonly #bench: Bench;
  readonly #seen: (frame: DpaaFrameSeen) => void;
  /** What each block has dequeued last, and what has come in at each MAC and was not enqueued yet. */
  readonly #dequeued = new Map<string, Known>();
  readonly #arrived = new Map<string, DpaaFrameSeen>();
  readonly #ends: readonly (() => void)[];

  /** Begins at once. `seen` is told of each frame when all is known of it. */
  constructor(bench: Bench, seen: (frame: DpaaFrameSeen) => void) {
    this.#bench = bench;
    this.#seen = seen;
    this.#ends = [
      bench.onEthernet((mac, way, frame, damage) => this.#passed(mac, way, frame, damage)),
      bench.onDpaa((block, kind, _fqid, descriptor) => this.#queued(block, kind, descriptor)),
    ];
  }

  /** Ends it. */
  end(): void {
    for (const end of this.#ends) end();
    for (const frame of this.#arrived.values()) this.#seen(frame);
    this.#arrived.clear();
  }

  #passed(mac: string, way: 'in' | 'out', bytes: Uint8Array, damage: Parameters<EthernetWatcher>[3]): void {
    const comment = damage === undefined ? undefined : `damaged: ${Object.keys(damage).join(', ')}`;
    const frame = { mac, way, timeNs: this.#bench.clock.now(), bytes, comment };
    const before = this.#arrived.get(mac);
    if (before !== undefined) {
      this.#arrived.delete(mac);
      this.#seen(before);
    }
    if (way === 'in') this.#arrived.set(mac, { ...frame, bytes: bytes.slice() });
    else this.#seen({ ...frame, metadata: this.#sent(mac, bytes.length) });
  }

  #sent(mac: string, length: number): FrameMetadata | undefined {
    const known = this.#dequeued.get(blockOf(mac));
    if (known === undefined || Math.max(known.length, LEAST_FRAME) !== length) return undefined;
    return known.metadata;
  }

  #queued(block: string, kind: 'enqueue' | 'dequeue', descriptor: Uint8Array): void {
    const { addr, length } = frameDescriptor(descriptor);
    if (kind === 'dequeue') {
      this.#dequeued.set(block, { addr, length, metadata: this.#metadata(descriptor, 'transmit') });
      return;
    }
    // The frame that was just sent, confirmed.
    if (this.#dequeued.get(block)?.addr === addr) return;
    for (const [mac, arrived] of this.#arrived) {
      if (blockOf(mac) !== block || arrived.bytes.length !== length) continue;
      this.#arrived.delete(mac);
      this.#seen({ ...arrived, metadata: this.#metadata(descriptor, 'receive') });
      return;
    }
  }

  #metadata(bytes: Uint8Array, direction: Direction): FrameMetadata {
    const { addr, format, offset } = frameDescriptor(bytes);
    const table = format === FORMAT.SG ? this.#table(addr + offset) : undefined;
    return { descriptor: bytes.slice(), table, direction };
  }

  /** To its final entry, or as far as it is mapped. */
  #table(addr: number): Uint8Array | undefined {
    const bytes = this.#bench.peekDma(addr, TABLE_BYTES);
    if (bytes === undefined) return undefined;
    let end = 0;
    while (end + DPAA_BYTES.entry <= bytes.length) {
      end += DPAA_BYTES.entry;
      if (tableEntry(bytes, end - DPAA_BYTES.entry).final) break;
    }
    return bytes.slice(0, end);
  }
}

/** The FMan of a MAC. */
function blockOf(mac: string): string {
  return mac.slice(0, mac.lastIndexOf('/'));
}
