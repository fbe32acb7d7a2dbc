// What goes over the channels of remote processors, as a capture: an interface for each channel, a comment where a
// message was refused or a fault struck.
import { errnoName } from '../base/errno.js';
import type { Trace, TraceEvent } from '../base/trace.js';
import { type PcapngSink, PcapngWriter } from './pcapng.js';

/** More is not written; the rest is counted. */
const MOST_PACKETS = 1_000_000;

/** The comment on a message that the channel did not take; the error stands behind it. */
export const UNSENT = 'not sent: ';

/** Writes the messages of a machine while it runs. */
export class EdgeCapture {
  readonly #writer: PcapngWriter;
  readonly #interfaces = new Map<string, number>();
  readonly #detach: () => void;
  #fault: (TraceEvent & { readonly kind: 'fault' }) | undefined;
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
    if (event.kind === 'fault') {
      this.#fault = event;
      return;
    }
    if (event.kind !== 'rpmsg_send' && event.kind !== 'rpmsg_deliver') return;
    if (!keep(event.where)) return;
    if (this.#packets >= MOST_PACKETS) {
      this.#left++;
      return;
    }
    this.#packets++;
    const way = event.kind === 'rpmsg_send' ? 'out' : 'in';
    const comment = this.#commentOf(event);
    const packet = {
      iface: this.#interfaceOf(event.where),
      timeNs: event.t,
      bytes: bytesOf(event.bytes),
      way,
    } as const;
    this.#writer.add(comment === undefined ? packet : { ...packet, comment });
  }

  #interfaceOf(where: string): number {
    const known = this.#interfaces.get(where);
    if (known !== undefined) return known;
    const number = this.#writer.addInterface({ name: where, description: 'Linux and a remote processor, by rpmsg' });
    this.#interfaces.set(where, number);
    return number;
  }

  /** A fault strikes a message in the moment in which it goes. */
  #commentOf(event: TraceEvent & { readonly kind: 'rpmsg_send' | 'rpmsg_deliver' }): string | undefined {
    const struck = this.#fault;
    this.#fault = undefined;
    const place = event.kind === 'rpmsg_send' ? 'rpmsg.send' : 'rpmsg.deliver';
    const isMine = struck?.t === event.t && struck.point.startsWith(place) && event.where.startsWith(struck.where);
    const fault = isMine ? [`fault: ${struck.fault} (${struck.point})`] : [];
    const refused = event.kind === 'rpmsg_send' && event.ret < 0 ? [`${UNSENT}${refusal(event.ret)}`] : [];
    const said = [...fault, ...refused];
    return said.length === 0 ? undefined : said.join('; ');
  }
}

function refusal(ret: number): string {
  const name = errnoName(-ret);
  return name === undefined ? String(ret) : `${name} (${ret})`;
}

/** The trace has bytes as text, `50 02 14`. */
function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array((text.length + 1) / 3);
  for (let at = 0; at < bytes.length; at++) {
    bytes[at] = (digit(text.charCodeAt(3 * at)) << 4) | digit(text.charCodeAt(3 * at + 1));
  }
  return bytes;
}

function digit(code: number): number {
  return code < 0x3a ? code - 0x30 : code - 0x57;
}
