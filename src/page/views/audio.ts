// The audio DSP: packets between the processors as a sequence, services with their states, how loud its ports are, and
// what a person can do to it.
import type { TraceEvent } from '../../base/trace.js';
import { encodeUtf8 } from '../../base/text.js';
import type { Bench } from '../../bench/bench.js';
import { Rproc, type RprocState } from '../../core/remoteproc.js';
import { q6Ports } from '../../drivers/qcom-apr/q6-ports.js';
import { type AprService, aprNodes } from '../../review/apr/services.js';
import { MESSAGES } from '../../review/apr/messages.js';
import { tone as toneActivity, type ToneState } from '../../stock/activity-tone.js';
import { dspPaths, whyNoServices } from '../../stock/dsp-services.js';
import { InputError } from '../../stock/input-error.js';
import { rowsFrame } from '../frames.js';
import type { Args } from '../protocol.js';
import type { View, ViewKind, ViewParts } from '../view.js';
import { AudioLevels, type LevelPort } from './audio-levels.js';
import { AudioSequence, type PacketDetail, type SequenceRow } from './audio-sequence.js';
import { knobsOf, type ViewKnob } from './knobs.js';

/** A service of a DSP. */
export interface DspService {
  /** `ASM`. */
  readonly name: string;
  readonly path: string;
  /** Of its device on the bus; `no device` while there is none. */
  readonly device: string;
  /** What the DSP says of it; empty while it says nothing. */
  readonly dsp: string;
}

/** A DSP. */
export interface Dsp {
  readonly path: string;
  /** `is up`, `has crashed`, in the words of the model. */
  readonly is: string;
  readonly remoteproc: { readonly name: string; readonly state: RprocState; readonly crashes: number } | undefined;
  readonly services: readonly DspService[];
  /** Sessions, COPPs, ports and memory, in words. */
  readonly parts: readonly (readonly [name: string, words: string])[];
  /** Packets that it took and sent. */
  readonly counts: Readonly<Record<string, number>>;
  readonly knobs: readonly ViewKnob[];
}

/** What the view shows. */
export interface AudioState {
  /** Why there is nothing to see; undefined where a DSP is. */
  readonly hindrance: string | undefined;
  readonly dsps: readonly Dsp[];
  readonly lanes: readonly string[];
  /** Packets that wait for their answer, by the number of their event. */
  readonly waiting: readonly number[];
  /** Ports that have been heard. */
  readonly levels: readonly LevelPort[];
  /** Ports that can play, with the names of their links. */
  readonly playback: readonly { readonly name: string; readonly link: string | undefined }[];
  readonly tone: ToneState | undefined;
  /** Why there can be no tone now. */
  readonly toneHindrance: string | undefined;
  /** Commands and events that a firmware can do otherwise. */
  readonly opcodes: readonly { readonly opcode: number; readonly name: string }[];
}

/** The view. Rows of the sequence come as frames of rows, in JSON; levels as samples. */
export const audio: ViewKind = { watch: (parts) => new AudioView(parts), ask };

/** A page draws sixty times a second: so often there may be a state, rows and levels. */
const STATE_TICKS = 8;
const ROW_TICKS = 4;
const LEVEL_TICKS = 3;
/** Rows of the past that are told when somebody begins to look, and rows that are told at once. */
const MOST_ROWS = 500;
const MOST_WAITING = 64;

const SEEN: ReadonlySet<TraceEvent['kind']> = new Set([
  ...(['rpmsg_send', 'rpmsg_deliver', 'fault', 'dsp_state', 'dsp_finding', 'knob', 'printk'] as const),
  ...(['bound', 'unbound', 'failed', 'device_add', 'device_del'] as const),
]);

class AudioView implements View {
  readonly #parts: ViewParts;
  readonly #paths: readonly string[];
  readonly #nodes: ReadonlyMap<string, readonly AprService[]>;
  readonly #playback: AudioState['playback'];
  readonly #sequence: AudioSequence;
  readonly #levels = new AudioLevels();
  readonly #ends: readonly (() => void)[];
  #rows: SequenceRow[] = [];
  #changed = true;
  #changes = -1;
  #ticks = 0;
  #told = '';

  constructor(parts: ViewParts) {
    const { bench, events } = parts;
    this.#parts = parts;
    this.#paths = dspPaths(bench);
    this.#nodes = servicesBelow(bench, this.#paths);
    this.#playback = playbackOf(bench);
    this.#sequence = new AudioSequence(bench.tree, this.#paths);
    for (const event of events.events) this.#take(event);
    this.#ends = [
      bench.trace.attach((event) => this.#take(event)),
      parts.audio.join((block) => this.#levels.hear(block)),
    ];
  }

  state(): AudioState | undefined {
    const { player } = this.#parts;
    if (this.#ticks++ % STATE_TICKS !== 0) return undefined;
    if (!this.#changed && player.changes === this.#changes) return undefined;
    this.#changed = false;
    this.#changes = player.changes;
    const state = this.#state();
    const text = JSON.stringify(state);
    if (text === this.#told) return undefined;
    this.#told = text;
    return state;
  }

  frames(send: (frame: Uint8Array) => void): void {
    if (this.#rows.length > 0 && this.#ticks % ROW_TICKS === 0) {
      send(rowsFrame('audio', 0, encodeUtf8(JSON.stringify(this.#rows))));
      this.#rows = [];
    }
    if (this.#ticks % LEVEL_TICKS === 0) this.#levels.send(this.#parts.bench.clock.now(), send);
  }

  close(): void {
    for (const end of this.#ends) end();
  }

  #take(event: TraceEvent): void {
    if (!SEEN.has(event.kind)) return;
    this.#changed = true;
    const row = this.#sequence.take(event);
    if (row === undefined) return;
    this.#rows.push(row);
    if (this.#rows.length >= 2 * MOST_ROWS) this.#rows = this.#rows.slice(-MOST_ROWS);
  }

  #state(): AudioState {
    const { bench, player, audio: hub } = this.#parts;
    const tone = player.running.get('tone')?.state as ToneState | undefined;
    return {
      hindrance: this.#paths.length === 0 ? whyNoServices(bench) : undefined,
      dsps: this.#paths.map((path) => this.#dsp(path)),
      lanes: this.#sequence.lanes,
      waiting: this.#sequence.waiting.slice(-MOST_WAITING),
      levels: this.#levels.ports,
      playback: this.#playback,
      tone,
      toneHindrance: toneActivity.hindrance({ bench, audio: hub }),
      opcodes: OPCODES,
    };
  }

  #dsp(path: string): Dsp {
    const { bench } = this.#parts;
    const socket = bench.sockets.get(path);
    const { dsp = '', ...words } = socket?.inspection?.words?.() ?? {};
    const rproc = bench.core.classDevices('remoteproc').find(({ parent }) => parent.path === path);
    const remoteproc = rproc instanceof Rproc ? rproc : undefined;
    return {
      ...{ path, is: dsp, counts: socket?.inspection?.registers() ?? {}, knobs: knobsOf(socket?.knobs) },
      remoteproc: remoteproc && {
        name: `remoteproc${remoteproc.nr} (${remoteproc.name})`,
        state: remoteproc.state,
        crashes: remoteproc.crashes,
      },
      services: (this.#nodes.get(path) ?? []).map((service) => ({
        name: service.service,
        path: service.path,
        device: deviceState(bench, service.path),
        dsp: words[`service ${service.service}`] ?? '',
      })),
      parts: Object.entries(words).filter(([name]) => !name.startsWith('service ')),
    };
  }
}

/** By DSP: the services that its tree has. */
function servicesBelow({ tree }: Bench, paths: readonly string[]): Map<string, readonly AprService[]> {
  const nodes = aprNodes(tree).filter(({ enabled }) => enabled);
  return new Map(
    paths.map((path) => [
      path,
      nodes
        .filter((node) => node.path.startsWith(`${path}/`))
        .flatMap(({ services }) => services.filter(({ enabled }) => enabled)),
    ]),
  );
}

function playbackOf({ core }: Bench): AudioState['playback'] {
  return q6Ports(core)
    .filter(({ direction }) => direction === 'playback')
    .map(({ name, link }) => ({ name, link }));
}

function deviceState({ core }: Bench, path: string): string {
  const device = core.devices.findLast(({ ofNode }) => ofNode?.path === path);
  if (device === undefined) return 'no device';
  const { state } = device;
  return state.kind === 'bound' ? `bound to ${state.driver.name}` : state.kind;
}

/** Opcodes of GPR begin here. */
const GPR_FIRST = 0x0100_0000;
/** Commands, and events that the DSP sends by itself. */
const OPCODES: AudioState['opcodes'] = [...MESSAGES]
  .filter(([opcode, { kind }]) => (kind === 'command' || kind === 'event') && opcode < GPR_FIRST)
  .map(([opcode, { name }]) => ({ opcode, name }));

/** `{ packet: N }`: all that is known of the packet of event N. */
function ask({ bench, events }: ViewParts, { packet }: Args): PacketDetail {
  const event = typeof packet === 'number' ? eventOf(events.events, packet) : undefined;
  const detail = event && new AudioSequence(bench.tree, dspPaths(bench)).detail(event);
  if (detail !== undefined) return detail;
  throw new InputError(`packet ${String(packet)}`, 'the trace has no such packet any more', 'take a later one');
}

/** Events have rising numbers, and lie in their order. */
function eventOf(events: readonly TraceEvent[], seq: number): TraceEvent | undefined {
  let [low, high] = [0, events.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((events[middle] as TraceEvent).seq < seq) low = middle + 1;
    else high = middle;
  }
  const event = events[low];
  return event?.seq === seq ? event : undefined;
}
