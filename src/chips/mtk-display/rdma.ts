// RDMA: the FIFO before the blocks that cannot wait. It passes the picture of the block before (direct link), or reads
// one from memory.
//
// Gaps
// 1. Where nothing public says it: decided.
// - Registers take effect at once, from the next row on; the FIFO has no depth.
// - An underflow is found out when the next block asks: at the start of a frame and before its end, so up to a frame
//   after it came about. FIFO_UNDERFLOW and the event `underrun` come once a frame, and only with UNDERFLOW_EN: without
//   it the chain would stand still and wait.
// - A picture that is smaller than SIZE_CON is an underflow, a larger one is EOF_ABNORMAL at the end of the frame.
// - FRAME_END comes at the end of the output's frame, if the block behind has asked for the picture until then; with an
//   underflow, too. SOFT_RESET ends the frame.
// 2. What the chip has and the model has not.
// - YUV formats, colour matrix, tiles, REG_UPDATE, TARGET_LINE, FIFO level, priorities on the bus.
import { hexNumber } from '../../base/bytes.js';
import { bit, bits, type Field, fieldMask, registers } from '../../base/regs.js';
import type { EventPin } from '../../bus/event.js';
import type { ChipModel, Socket } from '../../bus/socket.js';
import { NO_MEMORY, NO_SIGNAL, type VideoPort, type VideoSource } from '../../bus/video.js';
import { RegisterFile, RegisterLayout } from '../register-file.js';
import { displayMap, FRAME_END, FRAME_START, FrameGate, IrqStatus } from './block.js';
import { PictureMemory } from './picture-memory.js';
import { type PixelFormat, plainFormat } from './pixel-format.js';

/** Status and enable have the same bits. */
const interrupts = (access: 'rw' | 'ro') => ({
  TARGET_LINE: bit(5, access),
  FIFO_UNDERFLOW: bit(4, access),
  EOF_ABNORMAL: bit(3, access),
  FRAME_END: bit(2, access),
  FRAME_START: bit(1, access),
  REG_UPDATE: bit(0, access),
});
const word = (): { V: Field } => ({ V: bits(31, 0) });

/** Linux's mtk_disp_rdma.c; SOFT_RESET, GMC_1 and 2, SLOW_CON and FIFO_LOG from the phone kernels' ddp_reg.h. */
const R = registers({
  INT_ENABLE: { addr: 0x00, fields: interrupts('rw') },
  INT_STATUS: { addr: 0x04, fields: interrupts('ro') },
  GLOBAL_CON: { addr: 0x10, fields: { SOFT_RESET: bit(4), MODE_SEL: bit(1), ENGINE_EN: bit(0) } },
  SIZE_CON_0: {
    addr: 0x14,
    fields: { MATRIX_INT_MTX_SEL: bits(23, 20), MATRIX_ENABLE: bit(17, 'todo'), WIDTH: bits(12, 0) },
  },
  SIZE_CON_1: { addr: 0x18, fields: { HEIGHT: bits(19, 0) } },
  TARGET_LINE: { addr: 0x1c, fields: { LINE: bits(19, 0) } },
  MEM_CON: { addr: 0x24, fields: { SWAP: bit(8), FORMAT: bits(7, 4), TILE: bits(1, 0, 'todo') } },
  MEM_SRC_PITCH: { addr: 0x2c, fields: { PITCH: bits(15, 0) } },
  MEM_GMC_SETTING_0: { addr: 0x30, fields: word() },
  MEM_GMC_SETTING_1: { addr: 0x34, fields: word() },
  MEM_SLOW_CON: { addr: 0x38, fields: word() },
  MEM_GMC_SETTING_2: { addr: 0x3c, fields: word() },
  FIFO_CON: { addr: 0x40, fields: { UNDERFLOW_EN: bit(31), PSEUDO_SIZE: bits(27, 16), THRESHOLD: bits(11, 0) } },
  FIFO_LOG: { addr: 0x44, fields: { LOG: bits(11, 0, 'ro') } },
  MEM_START_ADDR: { addr: 0xf00, fields: word() },
});

/** The model. Signals: `sof`, `eof`, `underrun`. */
export function rdmaChip(compatible: readonly string[]): ChipModel {
  return {
    name: 'mtk-disp-rdma',
    compatible,
    plug: (socket) => {
      new Rdma(socket);
    },
  };
}

const LAYOUT = new RegisterLayout(R);
const BITS = {
  start: fieldMask(R.INT_STATUS.fields.FRAME_START),
  end: fieldMask(R.INT_STATUS.fields.FRAME_END),
  abnormal: fieldMask(R.INT_STATUS.fields.EOF_ABNORMAL),
  underflow: fieldMask(R.INT_STATUS.fields.FIFO_UNDERFLOW),
};

class Rdma implements VideoSource {
  readonly #name: string;
  readonly #regs: RegisterFile;
  readonly #irq: IrqStatus;
  readonly #port: VideoPort;
  readonly #memory: PictureMemory;
  readonly #gate = new FrameGate();
  readonly #sof: EventPin;
  readonly #eof: EventPin;
  readonly #underrun: EventPin;
  /** It has been told in this frame. */
  #starved = false;

  constructor(socket: Socket) {
    this.#name = socket.name;
    this.#regs = new RegisterFile(LAYOUT, socket.name, socket.trace);
    this.#irq = new IrqStatus(this.#regs, R.INT_STATUS, R.INT_ENABLE, socket.irq('irq', 'wired'));
    this.#port = socket.video();
    this.#memory = new PictureMemory(socket.dma());
    [this.#sof, this.#eof, this.#underrun] = [socket.event('sof'), socket.event('eof'), socket.event('underrun')];
    socket.mmio({ read32: (addr) => this.#regs.busRead(addr), write32: (addr, value) => this.#write(addr, value) });
    socket.events({ event: (id) => this.#event(id) });
    socket.inspect({
      registers: () => this.#regs.snapshot(),
      words: () => this.#words(),
      map: () => displayMap(R),
    });
    this.#port.offer(this);
  }

  get width(): number {
    return this.#regs.peek(R.SIZE_CON_0, 'WIDTH');
  }

  get height(): number {
    return this.#regs.peek(R.SIZE_CON_1, 'HEIGHT');
  }

  demand(): string | undefined {
    if (!this.#gate.running) return `${this.#name}: ${this.#standsBecause()}`;
    this.#gate.ask();
    if (this.#fromMemory) return undefined;
    const missing = this.#askInput();
    if (missing !== undefined) this.#starve();
    return missing;
  }

  row(y: number, into: Uint32Array): void {
    if (!this.#gate.running || y >= this.height) into.fill(NO_SIGNAL);
    else if (this.#fromMemory) this.#memoryRow(y, into);
    else if (this.#port.input === undefined) into.fill(NO_SIGNAL);
    else this.#port.input.row(y, into);
  }

  #words(): Record<string, string> {
    const state = this.#gate.running ? 'in a frame' : `stands: ${this.#standsBecause()}`;
    const regs = this.#regs;
    const [start, pitch] = [regs.peek(R.MEM_START_ADDR), regs.peek(R.MEM_SRC_PITCH, 'PITCH')];
    const from = this.#fromMemory
      ? `${this.#format()?.name ?? 'a format that is not modelled'} from ${hexNumber(start)}, ${pitch} bytes a row`
      : 'from the block before';
    return { picture: `${this.width}x${this.height} ${from}, ${state}` };
  }

  #format(): PixelFormat | undefined {
    return plainFormat(this.#regs.peek(R.MEM_CON, 'FORMAT'), this.#regs.peek(R.MEM_CON, 'SWAP'));
  }

  get #fromMemory(): boolean {
    return this.#regs.peek(R.GLOBAL_CON, 'MODE_SEL') === 1;
  }

  get #enabled(): boolean {
    return this.#regs.peek(R.GLOBAL_CON, 'ENGINE_EN') === 1 && this.#regs.peek(R.GLOBAL_CON, 'SOFT_RESET') === 0;
  }

  #standsBecause(): string {
    return this.#enabled
      ? 'no frame was started: not in the mutex, or later enabled'
      : 'ENGINE_EN is 0, or SOFT_RESET 1';
  }

  /** What keeps the picture before from coming. */
  #askInput(): string | undefined {
    const { input } = this.#port;
    if (input === undefined) return `${this.#name}: nothing is led to it`;
    const missing = input.demand();
    if (missing !== undefined || (input.width >= this.width && input.height >= this.height)) return missing;
    return `${this.#name}: ${this.width}x${this.height} is set, ${input.width}x${input.height} comes in`;
  }

  #starve(): void {
    if (this.#starved || this.#regs.peek(R.FIFO_CON, 'UNDERFLOW_EN') === 0) return;
    this.#starved = true;
    this.#irq.raise(BITS.underflow);
    this.#underrun.fire();
  }

  #memoryRow(y: number, into: Uint32Array): void {
    const format = this.#format();
    const width = Math.min(this.width, into.length);
    into.fill(NO_SIGNAL);
    if (format === undefined) return;
    const bytes = this.#memory.row(this.#rowAt(y), width * format.bytes);
    if (bytes === undefined) into.fill(NO_MEMORY, 0, width);
    else format.read(bytes, 0, width, into, 0);
  }

  #rowAt(y: number): number {
    return this.#regs.peek(R.MEM_START_ADDR) + y * this.#regs.peek(R.MEM_SRC_PITCH, 'PITCH');
  }

  #write(addr: number, value: number): void {
    if (addr < R.GLOBAL_CON.addr) {
      this.#regs.busWrite(addr, value);
      this.#irq.written(addr, value);
      return;
    }
    this.#regs.busWrite(addr, value);
    this.#memory.renew();
    if (!this.#enabled) this.#gate.stop();
  }

  #event(id: number): void {
    if (id === FRAME_START) this.#frameStarts();
    else if (id === FRAME_END) this.#frameEnds();
  }

  #frameStarts(): void {
    this.#memory.renew();
    this.#starved = false;
    if (!this.#gate.start(this.#enabled)) return;
    this.#irq.raise(BITS.start);
    this.#sof.fire();
  }

  #frameEnds(): void {
    if (this.#gate.running && this.#fromMemory) this.#probe();
    const { input } = this.#port;
    const tooLarge = input !== undefined && (input.width > this.width || input.height > this.height);
    if (!this.#gate.end()) return;
    this.#irq.raise(BITS.end | (tooLarge && !this.#fromMemory ? BITS.abnormal : 0));
    this.#eof.fire();
  }

  /** Touches the first row and the last: what it may not read is found out although nobody looks. */
  #probe(): void {
    const format = this.#format();
    if (format === undefined || this.width === 0 || this.height === 0) return;
    const length = this.width * format.bytes;
    this.#memory.probe(this.#rowAt(0), length);
    this.#memory.probe(this.#rowAt(this.height - 1), length);
  }
}
