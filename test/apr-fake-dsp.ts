// A DSP for tests of the services' drivers, written from the wire format alone: it answers every command, keeps just
// enough state to refuse what real firmware refuses, and a test says what it does otherwise.
import { hex } from '../src/base/bytes.js';
import type { Timer } from '../src/base/clock.js';
import type { DmaPort } from '../src/bus/dma.js';
import type { RpmsgEnd, RpmsgRemote } from '../src/bus/rpmsg.js';
import type { ChipModel, Socket } from '../src/bus/socket.js';

/** A packet that the DSP got. */
export interface Got {
  readonly svc: number;
  readonly opcode: number;
  readonly token: number;
  readonly srcPort: number;
  readonly destPort: number;
  readonly payload: DataView;
  readonly hex: string;
}

/** What the DSP does with a command: nothing, a status, or packets of its own. */
export type Rule = 'silent' | number | ((got: Got, dsp: FakeDsp) => readonly Uint8Array[]);

const BASIC = 0x110e8;
const RESPONSE = 0x0150;
const EVENT = 0x0050;

interface Session {
  running: boolean;
  bytesPerSecond: number;
  readonly queue: { readonly got: Got; readonly bytes: number; readonly iova: number; readonly write: boolean }[];
  eos: Got | undefined;
  timer: Timer | undefined;
}

/** The DSP. */
export class FakeDsp {
  readonly model: ChipModel;
  readonly got: Got[] = [];
  /** By opcode; each is used up after `times`, at once when left out never. */
  readonly rules = new Map<number, { readonly rule: Rule; times: number }>();
  /** What was played, in order. */
  readonly heard: number[] = [];
  readonly started = new Set<number>();
  readonly copps = new Set<number>();
  readonly handles = new Set<number>();
  readonly sessions = new Map<number, Session>();
  /** It has died since a test last said that it has not. */
  died = false;
  /** It dies instead of answering that many packets from now. */
  crashAfter = 0;
  /** What it answers to GET_STATE. */
  state = 1;
  #next = 1;
  #recorded = 0;
  #socket: Socket | undefined;
  #remote: RpmsgRemote | undefined;
  #end: RpmsgEnd | undefined;

  constructor(compatible = 'x,adsp') {
    this.model = {
      name: 'fake-dsp',
      compatible: [compatible],
      plug: (socket) => {
        this.#socket = socket;
        this.#remote = socket.rpmsg();
        this.#remote.onBoot(() => this.#boot());
        this.#boot();
      },
    };
  }

  /** Names of what it got since the last call, as hex opcodes. */
  opcodes(): string[] {
    return this.got.splice(0).map(({ opcode }) => opcode.toString(16));
  }

  /** From now on a command is treated so; `times` often. */
  on(opcode: number, rule: Rule, times = Number.POSITIVE_INFINITY): void {
    this.rules.set(opcode, { rule, times });
  }

  /** Sends a packet to software. */
  send(bytes: Uint8Array): number {
    return this.#end?.trysend(bytes) ?? -32;
  }

  /** Dies with everything it knew. The machine boots it again. */
  crash(): void {
    this.died = true;
    this.#forget();
    this.#remote?.down();
  }

  /** A part of it dies, or comes back. */
  domain(path: string, up: boolean): void {
    if (!up) this.#forget();
    this.#remote?.domain(path, up);
  }

  /** It is switched off. */
  off(): void {
    this.#forget();
  }

  #forget(): void {
    for (const session of this.sessions.values()) session.timer?.cancel();
    for (const set of [this.started, this.copps, this.handles, this.sessions]) set.clear();
  }

  #boot(): void {
    this.#end = this.#remote?.open('apr_audio_svc', (bytes) => {
      const sound = bytes.length >= 20 && ((bytes[2] as number) | ((bytes[3] as number) << 8)) === bytes.length;
      if (sound) this.#take(gotOf(bytes));
      return 0;
    });
  }

  #take(got: Got): void {
    this.got.push(got);
    if (--this.crashAfter === 0) {
      this.crash();
      return;
    }
    const special = this.rules.get(got.opcode);
    if (special === undefined) return this.#answer(got);
    if (--special.times <= 0) this.rules.delete(got.opcode);
    const { rule } = special;
    if (rule === 'silent') return;
    if (typeof rule === 'number') this.send(basic(got, rule));
    else for (const bytes of rule(got, this)) this.send(bytes);
  }

  #answer(got: Got): void {
    const special = this.#core(got) ?? this.#ports(got) ?? this.#memory(got) ?? this.#stream(got);
    if (special === undefined) this.send(basic(got, 0));
    else if (typeof special === 'number') this.send(basic(got, special));
    else for (const bytes of special) this.send(bytes);
  }

  #core({ opcode, ...got }: Got): readonly Uint8Array[] | undefined {
    const services = [4, 7, 8].flatMap((svc) => [svc, 0x2_0000 + svc, 0]);
    if (opcode === 0x1290c) return [own({ opcode, ...got }, 0x1290d, [this.state])];
    if (opcode === 0x1292c) return [own({ opcode, ...got }, 0x1292d, [2, 0, 0, 0, 3, ...services])];
    if (opcode === 0x12905) return [own({ opcode, ...got }, 0x12906, [0x1234, 1, 7, 0x1_0002])];
    return undefined;
  }

  #ports(got: Got): readonly Uint8Array[] | number | undefined {
    const { opcode, payload } = got;
    const port = payload.byteLength >= 2 ? payload.getUint16(0, true) : 0;
    if (opcode === 0x100e5) return this.started.has(port) ? 9 : void this.started.add(port);
    if (opcode === 0x100e6) return this.started.delete(port) ? 0 : 1;
    if (opcode === 0x100f4) return [own(got, 0x100f5, [this.#next++])];
    if (opcode === 0x10326) {
      this.copps.add(this.#next);
      return [own(got, 0x10329, [0, this.#next++])];
    }
    if (opcode === 0x10327) return this.copps.delete(got.destPort) ? 0 : 2;
    if (opcode === 0x10325) return this.copps.has(payload.getUint16(12, true)) ? 0 : 2;
    return undefined;
  }

  #memory(got: Got): readonly Uint8Array[] | number | undefined {
    if (got.opcode === 0x10d92) {
      this.handles.add(0x1000 + this.#next);
      return [own(got, 0x10d93, [0x1000 + this.#next++])];
    }
    if (got.opcode === 0x10d94) return this.handles.delete(got.payload.getUint32(0, true)) ? 0 : 8;
    return undefined;
  }

  #stream(got: Got): readonly Uint8Array[] | number | undefined {
    const { opcode, payload } = got;
    if (got.svc !== 7) return undefined;
    const id = got.destPort >> 8;
    const session = this.sessions.get(id);
    if (opcode === 0x10db3 || opcode === 0x10db4) {
      if (session !== undefined) return 9;
      this.sessions.set(id, { running: false, bytesPerSecond: 1, queue: [], eos: undefined, timer: undefined });
      return 0;
    }
    if (session === undefined) return 1;
    if (opcode === 0x10d98 || opcode === 0x10c10) {
      const at = opcode === 0x10d98 ? 4 : 16;
      const bytes = payload.getUint16(at, true) * (payload.getUint16(at + 2, true) === 16 ? 2 : 4);
      session.bytesPerSecond = bytes * payload.getUint32(at + 4, true);
    }
    if (opcode === 0x10daa) session.running = true;
    if (opcode === 0x10bd3) session.running = false;
    if (opcode === 0x10bce || opcode === 0x10c09) session.queue.length = 0;
    if (!session.running || opcode === 0x10bcd) session.timer?.cancel();
    if (!session.running) session.timer = undefined;
    if (opcode === 0x10bcd) return void this.sessions.delete(id);
    const quiet = this.#data(got, session);
    this.#go(session);
    return quiet ? [] : 0;
  }

  #data(got: Got, session: Session): boolean {
    const { opcode, payload } = got;
    if (opcode === 0x10dab || opcode === 0x10dac) {
      const [iova, bytes] = [payload.getUint32(0, true), payload.getUint32(12, true)];
      session.queue.push({ got, bytes, iova, write: opcode === 0x10dab });
      return true;
    }
    if (opcode === 0x10bdb) session.eos = got;
    return opcode === 0x10bdb;
  }

  #go(session: Session): void {
    const { clock } = this.#socket as Socket;
    if (!session.running || session.timer !== undefined) return;
    const [first] = session.queue;
    if (first === undefined) {
      const { eos } = session;
      session.eos = undefined;
      if (eos !== undefined) this.send(event(eos, 0x10c1c, [0]));
      return;
    }
    session.timer = clock.after((first.bytes * 1e9) / session.bytesPerSecond, () => {
      session.timer = undefined;
      session.queue.shift();
      this.#through(first);
      this.#go(session);
    });
  }

  #through({ got, bytes, iova, write }: Session['queue'][number]): void {
    const dma = (this.#socket as Socket).dma() as DmaPort;
    const word = (at: number): number => got.payload.getUint32(at, true);
    if (write) {
      this.heard.push(...dma.read(iova, bytes));
      this.send(event(got, 0x10d99, [word(0), word(4), word(8), 0]));
      return;
    }
    dma.write(
      iova,
      Uint8Array.from({ length: bytes }, () => this.#recorded++ & 0xff),
    );
    this.send(event(got, 0x10d9a, [0, word(0), word(4), word(8), bytes, 0, 0, 0, 0, 0, got.token]));
  }
}

/** A packet as the DSP sees it. */
function gotOf(bytes: Uint8Array): Got {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  return {
    svc: view.getUint8(8),
    opcode: view.getUint32(16, true),
    token: view.getUint32(12, true),
    srcPort: view.getUint16(6, true),
    destPort: view.getUint16(10, true),
    payload: new DataView(copy.buffer, 20),
    hex: hex(copy, ''),
  };
}

/** The answer that all commands may have. */
export function basic(got: Got, status: number): Uint8Array {
  return packet(got, RESPONSE, BASIC, [got.opcode, status]);
}

/** An answer of its own. */
export function own(got: Got, opcode: number, words: readonly number[]): Uint8Array {
  return packet(got, RESPONSE, opcode, words);
}

/** What the DSP tells of itself; ports and token are those of the command that led to it. */
export function event(got: Got, opcode: number, words: readonly number[]): Uint8Array {
  return packet(got, EVENT, opcode, words);
}

function packet(got: Got, field: number, opcode: number, words: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(20 + 4 * words.length));
  view.setUint16(0, field, true);
  view.setUint16(2, view.byteLength, true);
  view.setUint8(4, got.svc);
  view.setUint8(5, 4);
  view.setUint16(6, got.destPort, true);
  view.setUint8(8, got.svc);
  view.setUint8(9, 5);
  view.setUint16(10, got.srcPort, true);
  view.setUint32(12, got.token, true);
  view.setUint32(16, opcode, true);
  for (const [nth, word] of words.entries()) view.setUint32(20 + 4 * nth, word, true);
  return new Uint8Array(view.buffer);
}
