// COLOR, CCORR, AAL, GAMMA, DITHER, OD, POSTMASK, UFOE, DSC, MERGE: blocks that the picture passes on its way.
//
// Gaps
// 1. Where nothing public says it: decided.
// - A block that is not enabled lets nothing through, and neither does one that the mutex does not start: the chain is
//   a handshake from block to block. Linux starts each of them for that reason.
// - A size register that is not that of the picture coming in is named as what is missing, which is an underflow where
//   a RDMA waits for it; the picture passes all the same, so that one sees it.
// 2. What the chips have and the models have not.
// - Anything that changes a colour: bypass and relay bits are kept and make no difference. UFOE and DSC
//   compress nothing, MERGE has one input and puts no halves together, and its MUTE does not mute.
// - Interrupts, status, histograms, every register that Linux does not write (it reads 0 and is traced).
import type { EventPin } from '../../bus/event.js';
import type { ChipModel, Socket } from '../../bus/socket.js';
import { NO_SIGNAL, type VideoPort, type VideoSource } from '../../bus/video.js';
import { RegisterFile, RegisterLayout } from '../register-file.js';
import { displayMap, FRAME_END, FRAME_START, FrameGate, WordRam } from './block.js';
import { RELAYS, type RelayKind } from './relay-regs.js';

/** The models. Signals of each: `sof`, `eof`. */
export const relayChips: readonly ChipModel[] = RELAYS.map((kind) => {
  const layout = new RegisterLayout(kind.regs);
  return {
    name: kind.name,
    compatible: kind.compatible,
    plug: (socket) => {
      new Relay(socket, kind, layout);
    },
  };
});

class Relay implements VideoSource {
  readonly #name: string;
  readonly #kind: RelayKind;
  readonly #regs: RegisterFile;
  readonly #ram: WordRam | undefined;
  readonly #port: VideoPort;
  readonly #gate = new FrameGate();
  readonly #sof: EventPin;
  readonly #eof: EventPin;

  constructor(socket: Socket, kind: RelayKind, layout: RegisterLayout) {
    this.#name = socket.name;
    this.#kind = kind;
    this.#regs = new RegisterFile(layout, socket.name, socket.trace);
    this.#ram = kind.ram && new WordRam(...kind.ram);
    this.#port = socket.video();
    [this.#sof, this.#eof] = [socket.event('sof'), socket.event('eof')];
    socket.mmio({ read32: (addr) => this.#read(addr), write32: (addr, value) => this.#write(addr, value) });
    socket.events({ event: (id) => this.#event(id) });
    socket.inspect({
      registers: () => this.#regs.snapshot(),
      words: () => this.#words(),
      map: () => displayMap(kind.regs),
    });
    this.#port.offer(this);
  }

  get width(): number {
    const { width } = this.#kind;
    return width === undefined ? (this.#port.input?.width ?? 0) : this.#regs.peek(width.reg, width.field);
  }

  get height(): number {
    const { height } = this.#kind;
    return height === undefined ? (this.#port.input?.height ?? 0) : this.#regs.peek(height.reg, height.field);
  }

  demand(): string | undefined {
    if (!this.#gate.running) return `${this.#name}: ${this.#standsBecause()}`;
    this.#gate.ask();
    const { input } = this.#port;
    if (input === undefined) return `${this.#name}: nothing is led to it`;
    const missing = input.demand();
    if (missing !== undefined || (input.width === this.width && input.height === this.height)) return missing;
    return `${this.#name}: ${this.width}x${this.height} is set, ${input.width}x${input.height} comes in`;
  }

  row(y: number, into: Uint32Array): void {
    const input = this.#gate.running ? this.#port.input : undefined;
    if (input === undefined) into.fill(NO_SIGNAL);
    else input.row(y, into);
  }

  #words(): Record<string, string> {
    const state = this.#gate.running ? 'in a frame' : `stands: ${this.#standsBecause()}`;
    return { picture: `${this.width}x${this.height}, ${state}` };
  }

  get #enabled(): boolean {
    const { reg, mask } = this.#kind.enable;
    return (this.#regs.peek(reg) & mask) !== 0;
  }

  #standsBecause(): string {
    if (this.#enabled) return 'no frame was started: not in the mutex, or later enabled';
    return `${this.#kind.enable.reg.name} is 0`;
  }

  #read(addr: number): number {
    return this.#ram?.has(addr) === true ? this.#ram.read(addr) : this.#regs.busRead(addr);
  }

  #write(addr: number, value: number): void {
    if (this.#ram?.has(addr) === true) return this.#ram.write(addr, value);
    this.#regs.busWrite(addr, value);
    if (!this.#enabled) this.#gate.stop();
  }

  #event(id: number): void {
    if (id === FRAME_START && this.#gate.start(this.#enabled)) this.#sof.fire();
    else if (id === FRAME_END && this.#gate.end()) this.#eof.fire();
  }
}
