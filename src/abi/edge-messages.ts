// Messages over the channels of remote processors, out of a trace: which way, the bytes, and what befell them.
import { errnoName } from '../base/errno.js';
import type { TraceEvent } from '../base/trace.js';

/** The comment on a message that the channel did not take; the error stands behind it. */
export const UNSENT = 'not sent: ';

/** A message over a channel. */
export interface EdgeMessage {
  /** `/soc/remoteproc/smd-edge.apr_audio_svc`. */
  readonly channel: string;
  readonly way: 'out' | 'in';
  readonly bytes: Uint8Array;
  /** The channel did not take it. */
  readonly unsent: boolean;
  /** That, with its error, or the fault that struck it. */
  readonly comment: string | undefined;
}

/** Reads the events of a trace in their order. */
export class EdgeMessages {
  #fault: (TraceEvent & { readonly kind: 'fault' }) | undefined;

  /** The message of an event; undefined for other events. `keep` chooses channels by name. */
  take(event: TraceEvent, keep: (channel: string) => boolean = () => true): EdgeMessage | undefined {
    if (event.kind === 'fault') {
      this.#fault = event;
      return undefined;
    }
    if (event.kind !== 'rpmsg_send' && event.kind !== 'rpmsg_deliver') return undefined;
    if (!keep(event.where)) return undefined;
    return {
      ...{ channel: event.where, way: event.kind === 'rpmsg_send' ? 'out' : 'in', bytes: bytesOf(event.bytes) },
      unsent: event.kind === 'rpmsg_send' && event.ret < 0,
      comment: this.#commentOf(event),
    };
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
