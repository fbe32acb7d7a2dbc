// What goes over the channels of remote processors, as a capture: an interface for each channel, a comment where a
// message was refused or a fault struck.
import type { Trace, TraceEvent } from '../base/trace.js';
import { EdgeMessages } from './edge-messages.js';
import { type PcapngSink, PcapngWriter } from './pcapng.js';

/** More is not written; the rest is counted. */
const MOST_PACKETS = 1_000_000;

/** Writes the messages of a machine while it runs. */
export class EdgeCapture {
  readonly #writer: PcapngWriter;
  readonly #interfaces = new Map<string, number>();
  readonly #messages = new EdgeMessages();
  readonly #detach: () => void;
  #packets = 0;
  #left = 0;

  /** Begins at once. `keep` chooses channels by name (`/soc/remoteproc/smd-edge.apr_audio_svc`); all if left out. */
  constructor(trace: Trace, sink: PcapngSink, keep: (channel: string) => boolean = () => true) {
    this.#writer = new PcapngWriter(sink);
    this.#detach = trace.attach((event) => this.#take(event, keep));
  }

  /** Packets so far. */
  get packets(): number {
    return this.#packets;
  }

  /** Packets that were left out since there were too many. */
  get leftOut(): number {
    return this.#left;
  }

  /** Ends it. */
  end(): void {
    this.#detach();
  }

  #take(event: TraceEvent, keep: (channel: string) => boolean): void {
    const message = this.#messages.take(event, keep);
    if (message === undefined) return;
    if (this.#packets >= MOST_PACKETS) {
      this.#left++;
      return;
    }
    this.#packets++;
    const { channel, way, bytes, comment } = message;
    const packet = { iface: this.#interfaceOf(channel), timeNs: event.t, bytes, way } as const;
    this.#writer.add(comment === undefined ? packet : { ...packet, comment });
  }

  #interfaceOf(where: string): number {
    const known = this.#interfaces.get(where);
    if (known !== undefined) return known;
    const number = this.#writer.addInterface({ name: where, description: 'Linux and a remote processor, by rpmsg' });
    this.#interfaces.set(where, number);
    return number;
  }
}
