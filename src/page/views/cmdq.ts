// Command queues: what the threads of a GCE do and wait for, their programs, the events that come in, and the screen
// whose registers they write.
import type { Duration, Instant } from '../../base/clock.js';
import type { TraceEvent } from '../../base/trace.js';
import type { ThreadState } from '../../chips/gce/look.js';
import type { CmdqNames } from '../../drivers/mtk-cmdq/disassemble-names.js';
import type { DtTree } from '../../dt/tree.js';
import { mtkCrtcWay } from '../../drivers/mtk-drm/mtk-drm.js';
import { phandleArgs } from '../../dt/references.js';
import { type EventSource, eventSource } from '../../review/cmdq/event-source.js';
import { eventUses } from '../../review/cmdq/event-uses.js';
import { type Bystander, type WhyStuck, whyStuck } from '../../review/cmdq/why-stuck.js';
import type { FlipsState } from '../../stock/activity-flips.js';
import { flipTargets, flipTimes } from '../../stock/flip-target.js';
import { gceNames, gceSoc, gceWords } from '../../stock/gce-words.js';
import { pictureFrame, rowsFrame } from '../frames.js';
import type { Args } from '../protocol.js';
import type { View, ViewKind, ViewParts } from '../view.js';
import { GceEars, type Raise, type Trouble } from './cmdq-marks.js';
import { listProgram, type ProgramBytes, ProgramFinder, type ProgramListing } from './cmdq-program.js';
import { Screen, type ScreenState } from './cmdq-screen.js';

/** A thread. */
export interface CmdqThread {
  readonly id: number;
  readonly state: ThreadState;
  /** What it does, and what it waits for. */
  readonly words: string;
  readonly pc: number;
  readonly end: number;
  readonly priority: number;
  /** Since when, if that has been seen. */
  readonly since?: Instant;
  /** Device path of whom the tree gives it to. */
  readonly owner?: string;
}

/** Why a thread waits. */
export interface CmdqWait extends WhyStuck {
  readonly event: number;
  readonly since?: Instant;
  /** Who raised the event last, if that has been seen. */
  readonly raised?: Raise;
}

/** An event by number, with the SoC's name of it. */
export interface CmdqEvent {
  readonly id: number;
  readonly name?: string;
  /** A thread has waited for it. */
  readonly waited: boolean;
}

/** What the view shows. */
export interface CmdqState {
  readonly gces: readonly { readonly path: string; readonly soc: string }[];
  /** The GCE that is looked at, and the thread; none where the board has none. */
  readonly gce?: string;
  readonly thread?: number;
  readonly threads: readonly CmdqThread[];
  readonly events: readonly CmdqEvent[];
  readonly wait?: CmdqWait;
  readonly program?: ProgramListing;
  readonly troubles: readonly Trouble[];
  /** Flips: whether they run, and how; why they cannot. */
  readonly flips: { readonly running: boolean; readonly hindrance?: string; readonly state?: FlipsState };
  /** Why the processor writes the registers of a frame and no GCE does; undefined where one does. */
  readonly whyCpu?: string;
  /** What pictures can be shown on: `DSI-1`. */
  readonly outputs: readonly string[];
  /** How long a frame of the display takes. */
  readonly frameNs?: Duration;
  readonly screen?: ScreenState;
}

/** The view. Arguments: `gce` is a path, `thread` a number, `screen` whether frames are wanted. */
export const cmdq: ViewKind = { watch: (parts, args) => new CmdqView(parts, args) };

/** Of the past so much is on the time line when somebody begins to look. */
const PAST: Duration = 1e9;
const MOST_PAST = 60_000;
const MOST_SEARCHED = 200_000;
/** Ticks come sixty times a second; while time passes a state is made with each of so many. */
const EVERY = 4;

class CmdqView implements View {
  readonly #parts: ViewParts;
  readonly #gces: readonly { readonly path: string; readonly soc: string }[];
  readonly #gce: Gce | undefined;
  readonly #screen: Screen | undefined;
  readonly #stop: () => void;
  #at: Instant = -1;
  /** The first state comes at once. */
  #ticks = EVERY - 1;
  #told = '';
  #asked = 0;
  #hindrance: string | undefined;

  constructor(parts: ViewParts, args: Args) {
    const { bench, events } = parts;
    this.#parts = parts;
    this.#gces = [...bench.sockets.keys()].flatMap((path) => {
      const soc = gceSoc(bench.tree, path);
      return soc === undefined ? [] : [{ path, soc: soc.name }];
    });
    const { path } = this.#gces.find((one) => one.path === args['gce']) ?? this.#gces[0] ?? {};
    const thread = args['thread'] === undefined || args['thread'] === '' ? undefined : Number(args['thread']);
    this.#gce = path === undefined ? undefined : new Gce(parts, path, thread);
    this.#screen = args['screen'] === true ? new Screen(bench, () => this.#flips) : undefined;
    if (path !== undefined)
      for (const event of past(events.events, path, bench.clock.now() - PAST)) this.#gce?.ears.hear(event);
    this.#stop = bench.trace.attach((event) => this.#gce?.ears.hear(event));
  }

  state(): CmdqState | undefined {
    const t = this.#parts.bench.clock.now();
    const moved = t !== this.#at;
    this.#at = t;
    this.#screen?.tick(moved);
    // The last tick before time stands still is followed by one at the same moment.
    if (moved && ++this.#ticks % EVERY !== 0) return undefined;
    const state = this.#now();
    const text = JSON.stringify(state);
    if (text === this.#told) return undefined;
    this.#told = text;
    return state;
  }

  frames(send: (frame: Uint8Array) => void): void {
    const rows = this.#gce?.ears.rows.take();
    if (rows !== undefined) send(rowsFrame('cmdq', 0, rows));
    const picture = this.#screen?.take();
    if (picture !== undefined) send(pictureFrame('cmdq', 0, picture.width, picture.height, picture.rgba));
  }

  close(): void {
    this.#stop();
    this.#screen?.close();
  }

  /** The whole board may have to be looked at for that: not with each state. */
  #whyNoFlips(): string | undefined {
    if (this.#asked++ % ASKED_EVERY === 0)
      this.#hindrance = this.#parts.player.offers.find(({ name }) => name === 'flips')?.hindrance;
    return this.#hindrance;
  }

  get #flips(): FlipsState | undefined {
    return this.#parts.player.running.get('flips')?.state as FlipsState | undefined;
  }

  #now(): CmdqState {
    const { bench } = this.#parts;
    const flips = this.#flips;
    const hindrance = flips === undefined ? this.#whyNoFlips() : undefined;
    const targets = flipTargets(bench);
    const [target] = targets;
    const screen = this.#screen?.state;
    const way = target === undefined ? undefined : mtkCrtcWay(bench.core, target.crtc);
    return {
      gces: this.#gces,
      ...(this.#gce?.now() ?? { threads: [], events: [], troubles: [] }),
      flips: {
        running: flips !== undefined,
        ...(hindrance === undefined ? {} : { hindrance }),
        ...(flips === undefined ? {} : { state: flips }),
      },
      ...(way?.by !== 'cpu' ? {} : { whyCpu: way.why ?? 'nobody says why' }),
      outputs: targets.map(({ connector }) => connector.name),
      ...(target === undefined ? {} : { frameNs: flipTimes(target.mode).frameNs }),
      ...(screen === undefined ? {} : { screen }),
    };
  }
}

/** How many states are made until it is asked again why something cannot be. */
const ASKED_EVERY = 8;

/** The trace from a moment on, and the last that was told before of each thread of a GCE: it may stand since long. */
function past(all: readonly TraceEvent[], path: string, from: Instant): readonly TraceEvent[] {
  let first = all.length;
  const most = Math.max(0, all.length - MOST_PAST);
  while (first > most && (all[first - 1] as TraceEvent).t >= from) first--;
  const threads = new Map<number, TraceEvent>();
  for (let at = first - 1; at >= Math.max(0, first - MOST_SEARCHED); at--) {
    const event = all[at] as TraceEvent;
    if (event.kind === 'gce_thread' && event.where === path && !threads.has(event.thread))
      threads.set(event.thread, event);
  }
  return [...[...threads.values()].sort((a, b) => a.seq - b.seq), ...all.slice(first)];
}

type GceState = Omit<CmdqState, 'gces' | 'flips' | 'whyCpu' | 'outputs' | 'frameNs' | 'screen'>;

/** One GCE. */
class Gce {
  readonly ears: GceEars;
  readonly #parts: ViewParts;
  readonly #path: string;
  readonly #chosen: number | undefined;
  readonly #names: CmdqNames | undefined;
  readonly #finder: ProgramFinder;
  readonly #owners: ReadonlyMap<number, string>;
  readonly #sources = new Map<number, EventSource>();
  /** The last program of each thread that has been seen. */
  readonly #programs = new Map<number, ProgramBytes>();

  constructor(parts: ViewParts, path: string, thread: number | undefined) {
    const { bench } = parts;
    const soc = gceSoc(bench.tree, path);
    this.ears = new GceEars(path);
    this.#parts = parts;
    this.#path = path;
    this.#chosen = thread;
    this.#names = soc === undefined ? undefined : gceNames(bench.tree, soc);
    this.#finder = new ProgramFinder(bench, path);
    this.#owners = ownersOf(bench.tree, path);
  }

  now(): GceState {
    const threads = this.#threads();
    const waiting = threads.find(({ state }) => state === 'waiting');
    const shown = threads.find(({ id }) => id === this.#chosen) ?? waiting ?? threads[0];
    const wait = shown === undefined ? undefined : this.#waitOf(shown, threads);
    const program = shown === undefined ? undefined : this.#listing(shown);
    return {
      gce: this.#path,
      ...(shown === undefined ? {} : { thread: shown.id }),
      ...{ threads, events: this.#events(), troubles: this.ears.troubles },
      ...(wait === undefined ? {} : { wait }),
      ...(program === undefined ? {} : { program }),
    };
  }

  /** Those that somebody uses, has used, or may use by the tree. */
  #threads(): CmdqThread[] {
    const { bench } = this.#parts;
    const registers = bench.sockets.get(this.#path)?.inspection?.registers() ?? {};
    const words = new Map(
      gceWords(bench).flatMap((one) => (one.path === this.#path ? [[one.part, one.words] as const] : [])),
    );
    const used = [...words.keys()].map((part) => Number(part.replace(/^thread /, '')));
    const ids = [...new Set([...used, ...this.ears.threads.keys(), ...this.#owners.keys()])].sort((a, b) => a - b);
    return ids.map((id): CmdqThread => {
      const unit = 2 ** (this.#names?.shift ?? 0);
      const register = (name: string): number => registers[`THR${id}.${name}`] ?? 0;
      const does = words.get(`thread ${id}`) ?? 'is not enabled';
      const since = this.ears.threads.get(id)?.t;
      const owner = this.#owners.get(id);
      const thread = {
        ...{ id, words: does, state: stateOf(does), priority: register('PRIORITY') },
        ...{ pc: register('CURR_ADDR') * unit, end: register('END_ADDR') * unit },
      };
      const program = thread.state === 'disabled' ? undefined : this.#finder.at(thread.pc, thread.end);
      if (program !== undefined) this.#programs.set(id, program);
      return { ...thread, ...(since === undefined ? {} : { since }), ...(owner === undefined ? {} : { owner }) };
    });
  }

  #events(): CmdqEvent[] {
    const { raises, waited } = this.ears;
    const ids = [...new Set([...raises.keys(), ...waited])].sort((a, b) => a - b);
    return ids.map((id) => {
      const name = this.#names?.eventName(id);
      return { id, waited: waited.has(id), ...(name === undefined ? {} : { name }) };
    });
  }

  #listing({ id, state, pc }: CmdqThread): ProgramListing | undefined {
    const program = this.#programs.get(id);
    if (program === undefined || this.#names === undefined) return undefined;
    const isIn = state !== 'disabled' && pc >= program.base && pc <= program.end;
    return listProgram(program, this.#names, isIn ? pc : undefined);
  }

  #waitOf({ id, state, words, pc, since }: CmdqThread, threads: readonly CmdqThread[]): CmdqWait | undefined {
    const [, number, value] = /\bevent (\d+)\b.* to be (\d)/.exec(words) ?? [];
    const names = this.#names;
    if (number === undefined || names === undefined || (state !== 'waiting' && state !== 'suspended')) return undefined;
    const event = Number(number);
    const others = threads.flatMap((other) => (other.id === id ? [] : (this.#bystander(other.id) ?? [])));
    const program = this.#bystander(id);
    const base = this.#programs.get(id)?.base;
    const offset = base === undefined ? undefined : pc - base;
    const source = this.#sourceOf(event, names);
    const waiting = { name: `thread ${id}`, program, offset, event, value: Number(value), source, others };
    const raised = this.ears.raises.get(event);
    return {
      ...whyStuck(waiting, names),
      event,
      ...(since === undefined ? {} : { since }),
      ...(raised === undefined ? {} : { raised }),
    };
  }

  #bystander(id: number): Bystander | undefined {
    const program = this.#programs.get(id);
    return program === undefined ? undefined : { name: `thread ${id}`, uses: eventUses(program.bytes) };
  }

  #sourceOf(event: number, { soc }: CmdqNames): EventSource {
    const known = this.#sources.get(event) ?? eventSource(event, soc, this.#parts.bench.tree);
    this.#sources.set(event, known);
    return known;
  }
}

/** States by the words that begin them. */
const BEGINNINGS: readonly (readonly [words: string, state: ThreadState])[] = [
  ['waits', 'waiting'],
  ['can execute', 'running'],
  ['polls', 'polling'],
  ['is suspended', 'suspended'],
  ['is at its end', 'idle-at-end'],
  ['has stopped', 'error'],
];

function stateOf(words: string): ThreadState {
  return BEGINNINGS.find(([start]) => words.startsWith(start))?.[1] ?? 'disabled';
}

/** Whose mailboxes the threads of a GCE are, by the tree. */
function ownersOf(tree: DtTree, path: string): Map<number, string> {
  const owners = new Map<number, string>();
  for (const node of tree.root.walk()) {
    if (!node.available || node.property('mboxes') === undefined) continue;
    for (const { node: provider, args } of phandleArgs(tree, node, 'mboxes', '#mbox-cells').entries)
      if (provider?.path === path && args[0] !== undefined) owners.set(args[0], node.path);
  }
  return owners;
}
