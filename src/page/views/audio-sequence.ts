// What goes between the processors, as rows of a sequence: packets of APR and GPR with their answers, and between them
// what happens to the DSP and to its services.
import { hex } from '../../base/bytes.js';
import type { Instant } from '../../base/clock.js';
import type { TraceEvent } from '../../base/trace.js';
import { type EdgeMessage, EdgeMessages } from '../../abi/edge-messages.js';
import type { DtTree } from '../../dt/tree.js';
import { type DecodedPacket, decodePacket, type Router } from '../../review/apr/decode.js';
import { Exchange } from '../../review/apr/exchange.js';
import { type FieldRow, fieldRows, packetLine, payloadWords, verdictWords } from '../../review/apr/packet-text.js';
import { type AprNode, aprNodes, listenersOf } from '../../review/apr/services.js';
import { judge, type Listener, PROFILES, type Verdict } from '../../review/apr/verdict.js';

/** Something is wrong with it, or odd. */
export interface RowMark {
  readonly level: 'wrong' | 'odd';
  readonly text: string;
}

/** A packet. `seq` is that of its event in the trace. */
export interface PacketRow {
  readonly kind: 'packet';
  readonly seq: number;
  readonly t: Instant;
  readonly from: string;
  readonly to: string;
  readonly name: string;
  readonly says: 'command' | 'answer' | 'event' | 'unknown';
  /** Ports and token in words, and what it carries. */
  readonly about: string;
  /** The command that it answers, and how much later it came. */
  readonly answers?: number;
  readonly afterNs?: number;
  readonly mark?: RowMark;
}

/** Something that happened to a processor or a service. */
export interface NoteRow {
  readonly kind: 'note';
  readonly seq: number;
  readonly t: Instant;
  readonly text: string;
  readonly level: 'good' | 'wrong' | 'plain';
}

/** A row of the sequence. */
export type SequenceRow = PacketRow | NoteRow;

/** Everything that is known of one packet. */
export interface PacketDetail {
  readonly seq: number;
  readonly t: Instant;
  readonly from: string;
  readonly to: string;
  readonly name: string;
  readonly about: string;
  readonly channel: string;
  readonly fields: readonly FieldRow[];
  readonly bytes: string;
  readonly comment?: string;
  /** What each of three buses does with it; only of what Linux receives. */
  readonly verdicts: readonly {
    readonly profile: string;
    readonly text: string;
    readonly level: 'good' | 'wrong' | 'odd';
  }[];
}

/** The one who runs Linux, and who is not known. */
const LINUX = 'Linux';
const UNKNOWN = '?';
/** Commands whose place is remembered. */
const MOST_OPEN = 4096;

/** Reads the events of a trace, in their order. */
export class AudioSequence {
  /** Who has a lane: Linux first, then the services in the order of the tree. Grows. */
  readonly lanes: string[] = [LINUX];
  readonly #channels: ReadonlyMap<string, Router>;
  readonly #listeners: Readonly<Record<Router, readonly Listener[]>>;
  readonly #below: readonly string[];
  readonly #dsps: ReadonlySet<string>;
  readonly #messages = new EdgeMessages();
  #exchange = new Exchange();
  /** Place in the exchange, and the packet that is there. */
  readonly #places = new Map<number, { readonly seq: number; readonly t: Instant }>();
  #next = 0;

  /** `dsps` are the device paths of the DSPs. */
  constructor(tree: DtTree, dsps: readonly string[]) {
    const nodes = aprNodes(tree).filter(({ enabled }) => enabled);
    this.#channels = channelsOf(nodes);
    this.#listeners = { apr: listenersOf(nodes, 'apr'), gpr: listenersOf(nodes, 'gpr') };
    this.#below = nodes.map(({ path }) => path);
    this.#dsps = new Set(dsps);
    for (const { services } of nodes) for (const { service, enabled } of services) if (enabled) this.#lane(service);
  }

  /** The row of an event; undefined for one that does not belong here. */
  take(event: TraceEvent): SequenceRow | undefined {
    const message = this.#messages.take(event, (channel) => this.#channels.has(channel));
    return message === undefined ? this.#note(event) : this.#packet(event, message);
  }

  /** Packets that wait for their answer, by their events. */
  get waiting(): readonly number[] {
    return this.#exchange.unanswered.flatMap((place) => this.#places.get(place)?.seq ?? []);
  }

  /** All about the packet of an event; undefined for another event. */
  detail(event: TraceEvent): PacketDetail | undefined {
    const message = new EdgeMessages().take(event, (channel) => this.#channels.has(channel));
    if (message === undefined) return undefined;
    const router = this.#channels.get(message.channel) as Router;
    const packet = decodePacket(message.bytes, router);
    const { from, to, name, about } = packetLine(packet);
    const { channel, comment, bytes, way } = message;
    return {
      ...{ seq: event.seq, t: event.t, from, to, name, about, channel, fields: fieldRows(packet), bytes: hex(bytes) },
      ...(comment === undefined ? {} : { comment }),
      verdicts:
        way === 'out'
          ? []
          : PROFILES.map((profile) => {
              const verdict = judge(bytes, router, profile, this.#listeners[router]);
              return { profile, text: verdictWords(verdict), level: levelOf(verdict) };
            }),
    };
  }

  #packet({ seq, t }: TraceEvent, message: EdgeMessage): PacketRow {
    const router = this.#channels.get(message.channel) as Router;
    const packet = decodePacket(message.bytes, router);
    const line = packetLine(packet);
    const [from, to] = message.way === 'out' ? [LINUX, known(line.to)] : [known(line.from), LINUX];
    this.#lane(from);
    this.#lane(to);
    const mark = this.#markOf(packet, message);
    const answered = this.#answered(packet, message, { seq, t });
    return {
      ...{ kind: 'packet', seq, t, from, to, name: line.name, says: packet.message?.kind ?? 'unknown' },
      about: [line.about, payloadWords(packet)].filter((words) => words !== '').join('; '),
      ...(answered === undefined ? {} : { answers: answered.seq, afterNs: t - answered.t }),
      ...(mark === undefined ? {} : { mark }),
    };
  }

  #answered(
    packet: DecodedPacket,
    { unsent }: EdgeMessage,
    here: { readonly seq: number; readonly t: Instant },
  ): { readonly seq: number; readonly t: Instant } | undefined {
    const place = this.#exchange.add(packet, !unsent);
    this.#places.set(this.#next++, here);
    this.#places.delete(this.#next - MOST_OPEN);
    return place === undefined ? undefined : this.#places.get(place);
  }

  #markOf(packet: DecodedPacket, { way, bytes, comment, unsent }: EdgeMessage): RowMark | undefined {
    if (comment !== undefined) return { level: unsent ? 'wrong' : 'odd', text: comment };
    if (packet.header !== undefined && packet.short) return { level: 'odd', text: 'the payload ends too early' };
    if (way === 'out') return undefined;
    const verdict = judge(bytes, packet.router, 'right', this.#listeners[packet.router]);
    const level = levelOf(verdict);
    return level === 'good' ? undefined : { level, text: verdictWords(verdict) };
  }

  #note(event: TraceEvent): NoteRow | undefined {
    const said = this.#saidOf(event);
    return said === undefined ? undefined : { kind: 'note', seq: event.seq, t: event.t, ...said };
  }

  #saidOf(event: TraceEvent): Pick<NoteRow, 'text' | 'level'> | undefined {
    const { where } = event;
    const name = where.slice(where.lastIndexOf('/') + 1);
    if (this.#below.some((path) => where === path || where.startsWith(`${path}/`))) {
      if (event.kind === 'bound') return { text: `${name}: ${event.driver} is bound`, level: 'good' };
      if (event.kind === 'unbound') return { text: `${name}: ${event.driver} is unbound`, level: 'wrong' };
      if (event.kind === 'failed') return { text: `${name}: ${event.reason}`, level: 'wrong' };
      return event.kind === 'printk' ? { text: event.text, level: printkLevel(event.level) } : undefined;
    }
    if (!this.#dsps.has(where)) return undefined;
    if (event.kind === 'printk') return { text: event.text, level: printkLevel(event.level) };
    if (event.kind === 'dsp_finding') return { text: `the DSP finds: ${event.text}`, level: 'wrong' };
    if (event.kind === 'knob') return { text: `somebody turns ${event.name} to ${event.value}`, level: 'plain' };
    return event.kind === 'dsp_state' ? this.#stateNote(event.state, event.why) : undefined;
  }

  /** With a DSP that has died goes what it had not answered. */
  #stateNote(state: string, why: string): Pick<NoteRow, 'text' | 'level'> {
    const text = `the DSP ${state}${why === '' ? '' : `: ${why}`}`;
    if (state === 'is up') return { text, level: 'good' };
    if (state === 'boots') return { text, level: 'plain' };
    const lost = this.#exchange.unanswered.length;
    this.#exchange = new Exchange();
    this.#places.clear();
    this.#next = 0;
    return { text: lost === 0 ? text : `${text}; ${lost} packets were not answered`, level: 'wrong' };
  }

  #lane(name: string): void {
    if (!this.lanes.includes(name)) this.lanes.push(name);
  }
}

/** By the channel's name in the trace. */
function channelsOf(nodes: readonly AprNode[]): Map<string, Router> {
  return new Map(
    nodes.flatMap(({ path, channel, router }) =>
      channel === undefined ? [] : [[`${path.slice(0, path.lastIndexOf('/'))}.${channel}`, router] as const],
    ),
  );
}

function known(end: string): string {
  return end === LINUX ? UNKNOWN : end;
}

function levelOf(verdict: Verdict): 'good' | 'wrong' | 'odd' {
  if (verdict.kind !== 'delivered') return 'wrong';
  return verdict.warning === undefined ? 'good' : 'odd';
}

function printkLevel(level: string): NoteRow['level'] {
  return level === 'err' || level === 'warn' ? 'wrong' : 'plain';
}
