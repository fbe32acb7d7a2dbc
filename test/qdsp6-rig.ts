// What tests of the audio DSP stand on: the chip in a socket made by hand, the software side of an edge that can fail,
// memory behind a ledger, and packets built word by word.
import { SimClock } from '../src/base/clock.js';
import { Random } from '../src/base/random.js';
import { Trace, type TraceEvent } from '../src/base/trace.js';
import type { DmaBuffer, DmaDirection } from '../src/bus/dma.js';
import { SimMemory } from '../src/bus/dma-sim.js';
import type { RpmsgReceive, RpmsgRemote } from '../src/bus/rpmsg.js';
import type { Inspection, Knob, Socket } from '../src/bus/socket.js';
import {
  type AudioBlock,
  type DomainChange,
  type DspFinding,
  type DspOptions,
  qdsp6Chip,
} from '../src/chips/qdsp6/qdsp6.js';
import { settle } from '../src/host/settle.js';

/** Numbers of services. */
export const SVC = { core: 3, afe: 4, asm: 7, adm: 8 } as const;
/** Where memory is: below 4 GiB. */
const MEMORY = 0x9000_0000;
const NAME = '/soc@0/remoteproc@9300000';

/** A packet that the DSP has sent. */
export interface Answer {
  readonly at: number;
  readonly svc: number;
  readonly type: number;
  readonly srcPort: number;
  readonly destPort: number;
  readonly token: number;
  readonly opcode: number;
  readonly words: readonly number[];
  readonly bytes: Uint8Array;
}

/** Ports and token of a packet. */
export interface Ends {
  readonly src?: number;
  readonly dest?: number;
  readonly token?: number;
}

/** A command of APR. */
export function aprPacket(svc: number, opcode: number, payload: Uint8Array, ends: Ends = {}): Uint8Array {
  const bytes = new Uint8Array(20 + payload.length);
  const data = new DataView(bytes.buffer);
  data.setUint16(0, 0x0250, true);
  data.setUint16(2, bytes.length, true);
  bytes.set([svc, 5], 4);
  data.setUint16(6, ends.src ?? 0, true);
  bytes.set([svc, 4], 8);
  data.setUint16(10, ends.dest ?? 0, true);
  data.setUint32(12, ends.token ?? 0, true);
  data.setUint32(16, opcode, true);
  bytes.set(payload, 20);
  return bytes;
}

/** Numbers as bytes: `h` 16 bits, `w` 32 bits, `b` 8 bits: `pack('hhw', 1, 2, 3)`. */
export function pack(shape: string, ...values: readonly number[]): Uint8Array {
  const sizes: Readonly<Record<string, number>> = { b: 1, h: 2, w: 4 };
  return Uint8Array.from(
    [...shape].flatMap((one, index) => {
      const value = values[index] ?? 0;
      return Array.from({ length: sizes[one] ?? 0 }, (_, byte) => Math.floor(value / 2 ** (8 * byte)) & 0xff);
    }),
  );
}

/** Bytes from hex. */
export const fromHex = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));

/** The chip in its socket. */
export class DspRig {
  readonly clock = new SimClock(settle);
  readonly trace = new Trace(() => this.clock.now());
  readonly events: TraceEvent[] = [];
  readonly memory: SimMemory;
  readonly answers: Answer[] = [];
  readonly findings: DspFinding[] = [];
  readonly domains: DomainChange[] = [];
  /** What was heard, by port: bytes in order. */
  readonly heard = new Map<number, number[]>();
  readonly blocks: Omit<AudioBlock, 'bytes' | 'format'>[] = [];
  readonly knobs = new Map<string, Knob>();
  inspection!: Inspection;
  /** Channels that are open, by name. */
  readonly channels = new Map<string, RpmsgReceive>();
  /** Opened and fallen, in order. */
  readonly edge: string[] = [];
  /** What the edge answers to the DSP's sends; 0 when left out. */
  answerSend: (nth: number) => number = () => 0;
  sends = 0;
  /** Called behind each WRITE_DONE of a session, with how many there were; such events are then not kept. */
  readonly onEvent = new Map<number, (nth: number) => void>();
  readonly #written = new Map<number, number>();
  /** Software's wish that the DSP starts again. */
  boots: () => void = () => undefined;

  constructor(options: DspOptions = {}, compatible = 'qcom,msm8996-adsp-pil', wiring: Record<string, number> = {}) {
    const { clock, trace } = this;
    this.memory = new SimMemory({ clock, trace, base: MEMORY });
    const socket: Partial<Socket> & Pick<Socket, 'name'> = {
      ...{ name: NAME, compatible, clock, trace, random: new Random('dsp'), wiring },
      dma: () => this.memory.port(NAME),
      rpmsg: () => this.#remote,
      knob: (knob) => void this.knobs.set(knob.name, knob),
      inspect: (inspection) => {
        this.inspection = inspection;
      },
    };
    const chip = qdsp6Chip({
      answerUs: 0,
      onAudio: (block) => this.#hear(block),
      onFinding: (finding) => this.findings.push(finding),
      onDomain: (change) => this.domains.push(change),
      ...options,
    });
    chip.plug(socket as Socket);
  }

  readonly #remote: RpmsgRemote = {
    transport: 'smd',
    open: (name, receive) => {
      this.channels.set(name, receive);
      this.edge.push(`open ${name}`);
      return {
        name,
        trysend: (bytes) => this.#take(bytes),
        send: async (bytes) => this.#take(bytes),
        close: () => void this.channels.delete(name),
      };
    },
    down: () => {
      this.channels.clear();
      this.edge.push('down');
    },
    domain: (path, up) => void this.edge.push(`${path} ${up ? 'up' : 'down'}`),
    onBoot: (boot) => {
      this.boots = boot;
    },
  };

  #take(bytes: Uint8Array): number {
    const ret = this.answerSend(++this.sends);
    if (ret < 0) return ret;
    if (this.onEvent.size > 0 && this.#isWritten(bytes)) return 0;
    const copy = bytes.slice();
    const data = new DataView(copy.buffer);
    this.answers.push({
      at: this.clock.now(),
      ...{ svc: copy[4] ?? 0, type: (copy[1] ?? 0) & 3, srcPort: data.getUint16(6, true) },
      ...{ destPort: data.getUint16(10, true), token: data.getUint32(12, true), opcode: data.getUint32(16, true) },
      words: Array.from({ length: (copy.length - 20) >> 2 }, (_, index) => data.getUint32(20 + 4 * index, true)),
      bytes: copy,
    });
    return 0;
  }

  /** An event WRITE_DONE for which somebody waits: they hear of it in this moment, but not within the call. */
  #isWritten(bytes: Uint8Array): boolean {
    const session = bytes[11] ?? 0;
    const next = bytes[16] === 0x99 && bytes[17] === 0x0d ? this.onEvent.get(session) : undefined;
    if (next === undefined) return false;
    const nth = (this.#written.get(session) ?? 1) + 1;
    this.#written.set(session, nth);
    this.clock.after(0, () => next(nth));
    return true;
  }

  #hear({ bytes, format: _, ...block }: AudioBlock): void {
    this.blocks.push({ ...block });
    const all = this.heard.get(block.port.id) ?? [];
    for (const byte of bytes) all.push(byte);
    this.heard.set(block.port.id, all);
  }

  /** Lets the DSP start. */
  async boot(): Promise<this> {
    await this.clock.run(0);
    return this;
  }

  /** Bytes to the DSP, as they are. Answers what its receiver answers. */
  raw(bytes: Uint8Array, channel = 'apr_audio_svc'): number | undefined {
    return this.channels.get(channel)?.(bytes);
  }

  /** A command; the answer is the response that the DSP sends within this moment. */
  async ask(svc: number, opcode: number, payload: Uint8Array, ends: Ends = {}): Promise<Answer | undefined> {
    const before = this.answers.length;
    this.raw(aprPacket(svc, opcode, payload, ends));
    await this.clock.run(0);
    return this.answers.slice(before).find(({ type }) => type === 1);
  }

  /** A command that is answered by a basic response: its status; -1 for silence, -2 for another answer. */
  async status(svc: number, opcode: number, payload: Uint8Array, ends: Ends = {}): Promise<number> {
    const before = this.answers.length;
    await this.ask(svc, opcode, payload, ends);
    const answers = this.answers.slice(before);
    const basic = answers.find((one) => one.opcode === 0x110e8 && one.words[0] === opcode);
    return basic?.words[1] ?? (answers.length === 0 ? -1 : -2);
  }

  turn(knob: string, value: number): void {
    this.knobs.get(knob)?.set(value);
  }

  words(): Readonly<Record<string, string>> {
    return this.inspection.words?.() ?? {};
  }

  /** Memory that is mapped for the DSP, and where the DSP has it. */
  buffer(size: number, dir: DmaDirection = 'bidirectional'): { buffer: DmaBuffer; iova: number } {
    const buffer = this.memory.alloc(size, 4096);
    return { buffer, iova: this.memory.map(NAME, buffer, dir) };
  }

  unmap(iova: number, size: number, dir: DmaDirection = 'bidirectional'): void {
    this.memory.unmap(NAME, iova, size, dir);
  }
}
