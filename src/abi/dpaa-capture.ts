// A capture of all Ethernet ports of a machine with DPAA: each frame with the descriptor by which QMan knew it, and its
// scatter/gather table. A frame that leaves was dequeued before; one that comes is enqueued after, in the same moment.
import type { Bench } from '../bench/bench.js';
import type { EthernetWatcher } from '../bench/ethernet-lines.js';
import { DPAA_BYTES, FORMAT, frameDescriptor, TABLE_BYTES, tableEntry } from '../review/dpaa/formats.js';
import { type CaptureFrame, EthernetCapture, type FrameMetadata } from './ethernet-capture.js';
import type { Direction } from '../review/dpaa/verdict.js';
import type { PcapngSink } from './pcapng.js';

/** Frames are filled up to so many bytes before they leave. */
const LEAST_FRAME = 60;

/** What a block has of a frame that it is about to send. */
interface Known {
  readonly addr: number;
  readonly length: number;
  readonly metadata: FrameMetadata;
}

/** Captures until it is ended. */
export class DpaaCapture {
  readonly #bench: Bench;
  readonly #capture: EthernetCapture;
  readonly #nameOf: (mac: string) => string;
  readonly #ports = new Map<string, number>();
  /** What each block has dequeued last, and what has come in at each MAC and was not enqueued yet. */
  readonly #dequeued = new Map<string, Known>();
  readonly #arrived = new Map<string, CaptureFrame>();
  readonly #ends: readonly (() => void)[];

  /** Begins at once. `nameOf` says what a MAC is called in the capture, by its device path. */
  constructor(bench: Bench, sink: PcapngSink, nameOf: (mac: string) => string = (mac) => mac) {
    this.#bench = bench;
    this.#capture = new EthernetCapture(sink);
    this.#nameOf = nameOf;
    this.#ends = [
      bench.onEthernet((mac, way, frame, damage) => this.#passed(mac, way, frame, damage)),
      bench.onDpaa((block, kind, _fqid, descriptor) => this.#queued(block, kind, descriptor)),
    ];
  }

  /** Frames so far. */
  get frames(): number {
    return this.#capture.frames;
  }

  /** Frames that were left out since there were too many. */
  get leftOut(): number {
    return this.#capture.leftOut;
  }

  /** Ends it. */
  end(): void {
    for (const end of this.#ends) end();
    for (const frame of this.#arrived.values()) this.#capture.add(frame);
    this.#arrived.clear();
  }

  #passed(mac: string, way: 'in' | 'out', bytes: Uint8Array, damage: Parameters<EthernetWatcher>[3]): void {
    const comment = damage === undefined ? undefined : `damaged: ${Object.keys(damage).join(', ')}`;
    const frame = { port: this.#port(mac), way, timeNs: this.#bench.clock.now(), bytes, comment };
    const before = this.#arrived.get(mac);
    if (before !== undefined) {
      this.#arrived.delete(mac);
      this.#capture.add(before);
    }
    if (way === 'in') this.#arrived.set(mac, { ...frame, bytes: bytes.slice() });
    else this.#capture.add({ ...frame, metadata: this.#sent(mac, bytes.length) });
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
      this.#capture.add({ ...arrived, metadata: this.#metadata(descriptor, 'receive') });
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

  #port(mac: string): number {
    const known = this.#ports.get(mac);
    if (known !== undefined) return known;
    const port = this.#capture.addPort(this.#nameOf(mac), mac);
    this.#ports.set(mac, port);
    return port;
  }
}

/** The FMan of a MAC. */
function blockOf(mac: string): string {
  return mac.slice(0, mac.lastIndexOf('/'));
}
