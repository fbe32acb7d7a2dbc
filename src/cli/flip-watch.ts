// What is seen of a display while pictures are flipped: frames with parts of several pictures, and one update in steps.
import type { Duration, Instant } from '../base/clock.js';
import type { TraceEvent } from '../base/trace.js';
import type { Bench } from '../bench/bench.js';
import type { VideoFrame } from '../bus/video.js';
import { type CpuRange, cpuRange } from '../dt/address.js';
import type { DtNode } from '../dt/tree.js';
import { type FlipPart, flipParts } from '../stock/flip-picture.js';

/** A frame of which not all rows come from one picture. */
export interface TornFrame {
  /** Counts the frames that the panel got while pictures were shown, from 0. */
  readonly frame: number;
  readonly parts: readonly FlipPart[];
}

/** Something that happened on the wires during one update. */
export interface FlipStep {
  /** Nanoseconds behind the end of the frame in which the picture was asked for; before it negative. */
  readonly at: Duration;
  /** `signal`: a block tells others; `irq`: the processor comes to an interrupt; `write`: a register is written. */
  readonly kind: 'signal' | 'irq' | 'write';
  /** Who does it: a device path; `cpu` for the processor. */
  readonly who: string;
  /** The signal, whose interrupt it is, or the register: device path and offset. */
  readonly what: string;
  readonly value?: number;
}

/** More steps than this tell nobody anything. */
const MOST_STEPS = 100;
const MOST_LINES = 100;

/** Looks at a machine from its making on. */
export class FlipWatch {
  readonly torn: TornFrame[] = [];
  /** Pictures that a frame showed from top to bottom. */
  readonly seen = new Set<number>();
  frames = 0;
  /** The frame with the tear nearest to its middle; without tears the last one. */
  best: VideoFrame | undefined;
  /** Warnings and errors of the kernel log, each text once. */
  readonly log: string[] = [];
  readonly #blocks: readonly Block[];
  readonly #bench: Bench;
  readonly #stop: () => void;
  readonly #events: { readonly t: Instant; readonly step: Omit<FlipStep, 'at'> }[] = [];
  #bestDistance = Number.POSITIVE_INFINITY;
  #number = 0;
  #inUpdate = false;
  /** Path of the output, from its first frame on. */
  #output = '';

  constructor(bench: Bench) {
    this.#bench = bench;
    this.#blocks = blocksOf(bench);
    this.#stop = bench.trace.attach((event) => this.#see(event));
  }

  /** Looks at frames from now on; the answer ends all looking. */
  begin(): () => void {
    const end = this.#bench.onFrame((frame) => this.#frame(frame));
    return () => {
      end();
      this.#stop();
    };
  }

  /** A picture is asked for; `closely`: its update is to be seen in steps. */
  picture(number: number, closely: boolean): void {
    this.#number = number;
    this.#inUpdate = closely;
  }

  /** The update that was looked at closely. */
  get steps(): readonly FlipStep[] {
    const end = this.#events.find(({ step: { kind, what } }) => kind === 'signal' && what === 'eof')?.t;
    if (end === undefined) return [];
    return this.#events.slice(0, MOST_STEPS).map(({ t, step }) => ({ at: t - end, ...step }));
  }

  /** The picture is on the screen, or will not be. */
  updated(): void {
    this.#inUpdate = false;
  }

  #frame(frame: VideoFrame): void {
    const numbers = [this.#number, this.#number - 1, this.#number - 2].filter((number) => number >= 0);
    const parts = flipParts(frame, numbers);
    this.#output = frame.from;
    const isTorn = parts.length > 1;
    const distance = isTorn ? Math.abs((parts[1] as FlipPart).firstRow - frame.height / 2) : frame.height;
    if (distance <= this.#bestDistance) {
      this.#bestDistance = distance;
      this.best = frame;
    }
    const [{ picture } = {}] = parts;
    if (!isTorn && picture !== undefined) this.seen.add(picture);
    if (isTorn) this.torn.push({ frame: this.frames, parts });
    this.frames++;
  }

  #see(event: TraceEvent): void {
    const block = this.#blocks.find(({ path }) => path === event.where);
    const byGce = event.kind === 'mmio_write' && block?.isGce === true && event.offset >= block.range.size;
    if (event.kind === 'printk' && (event.level === 'err' || event.level === 'warn')) this.#hear(event);
    if (!this.#inUpdate) return;
    const step = this.#stepOf(event, block, byGce);
    if (step !== undefined) this.#events.push({ t: event.t, step });
  }

  #hear({ level, text }: TraceEvent & { readonly kind: 'printk' }): void {
    const line = `${level} ${text}`;
    if (!this.log.includes(line) && this.log.length < MOST_LINES) this.log.push(line);
  }

  #stepOf(event: TraceEvent, block: Block | undefined, byGce: boolean): Omit<FlipStep, 'at'> | undefined {
    const { kind, where } = event;
    if (kind === 'event_fire' && (where === this.#output ? OF_OUTPUT : OF_MUTEX).test(event.signal))
      return { kind: 'signal', who: where, what: event.signal };
    if (kind === 'irq_handler_entry') return { kind: 'irq', who: 'cpu', what: event.action };
    if (kind !== 'mmio_write' || block === undefined) return undefined;
    if (!byGce) return { kind: 'write', who: 'cpu', what: at(where, event.offset), value: event.val };
    const to = this.#blocks.find(({ range }) => event.offset >= range.start && event.offset < range.start + range.size);
    const what = to === undefined ? at('', event.offset) : at(to.path, event.offset - to.range.start);
    return { kind: 'write', who: where, what, value: event.val };
  }
}

/** Signals that tell of whole frames. */
const OF_OUTPUT = /^[se]of$/;
const OF_MUTEX = /^stream_eof\d+$/;

function at(path: string, offset: number): string {
  return `${path}+0x${offset.toString(16)}`;
}

/** A chip with a register window. */
interface Block {
  readonly path: string;
  readonly range: CpuRange;
  readonly isGce: boolean;
}

function blocksOf({ sockets, tree }: Bench): Block[] {
  return [...sockets.keys()].flatMap((path) => {
    const node = tree.byPath(path) as DtNode;
    const range = cpuRange(node, 0);
    return range === undefined ? [] : [{ path, range, isGce: node.compatible.some((name) => /-gce$/.test(name)) }];
  });
}
