// OVL and OVL_2L: the blender. Layers from memory, layer 0 lowest, over a colour or over the picture of the block
// before.
//
// Gaps
// 1. Where nothing public says it: decided.
// - Registers take effect at once, from the next row on: MT8173 and MT8183 have no shadow registers here (Linux writes
//   them inside the frame interrupt or through the GCE for that reason). A row is read when it goes out; the layer
//   FIFOs, which read some rows ahead, are not there.
// - A frame starts when the mutex says so, if EN is set by then; EN 0 and RST 1 end it in its middle. FME_CPL comes at
//   the end of the output's frame, if the block behind has asked for the picture until then.
// - Blending is (source * alpha + below * (255 - alpha)) / 255, each product rounded to the nearest; alpha is that of
//   the pixel times that of the layer, or of the layer alone with CONST_BLD and for formats without alpha. Without AEN
//   a layer covers what is below it. The background counts as opaque.
// - An enabled layer whose RDMA is off or whose format is not modelled is blue where it lies. Pixels beyond the ROI are
//   not there; the ROI beyond the layers is background.
// - RST raises FME_SWRST_DONE and the event at once. STA follows EN and the frame.
// 2. What the chip has and the model has not.
// - YUV formats, 10 bits, AFBC, colour keys, constant-colour layers, other blending equations, colour matrices.
// - FME_UND, underflow and abnormal-end interrupts of the layers: memory always answers in time.
// - Register commit (REG_CMT), priorities on the bus (GMC), the extended layers of OVLs after MT8183.
import type { EventPin } from '../../bus/event.js';
import type { ChipModel, Socket } from '../../bus/socket.js';
import { NO_SIGNAL, type VideoPort, type VideoSource } from '../../bus/video.js';
import { fieldMask } from '../../base/regs.js';
import { RegisterFile, RegisterLayout } from '../register-file.js';
import { displayMap, FRAME_END, FRAME_START, FrameGate, IrqStatus } from './block.js';
import { Layer } from './ovl-layer.js';
import { R } from './ovl-regs.js';
import { PictureMemory } from './picture-memory.js';

/** What differs between OVLs. */
export interface OvlVariant {
  readonly name: string;
  readonly compatible: readonly string[];
  readonly layers: 2 | 4;
  /** CLRFMT_MAN, and with it formats whose colours are multiplied with alpha in memory. */
  readonly hasMan: boolean;
}

/** The model. Signals: `sof`, `eof`, `rst_done`. */
export function ovlChip(variant: OvlVariant): ChipModel {
  return {
    name: variant.name,
    compatible: variant.compatible,
    plug: (socket) => {
      new Ovl(socket, variant);
    },
  };
}

const LAYOUT = new RegisterLayout(R);
const { FME_CPL, FME_SWRST_DONE } = R.INTSTA.fields;

class Ovl implements VideoSource {
  readonly #name: string;
  readonly #regs: RegisterFile;
  readonly #irq: IrqStatus;
  readonly #port: VideoPort;
  readonly #gate = new FrameGate();
  readonly #layers: readonly Layer[];
  readonly #sof: EventPin;
  readonly #eof: EventPin;
  readonly #rstDone: EventPin;

  constructor(socket: Socket, { layers, hasMan }: OvlVariant) {
    this.#name = socket.name;
    this.#regs = new RegisterFile(LAYOUT, socket.name, socket.trace);
    this.#irq = new IrqStatus(this.#regs, R.INTSTA, R.INTEN, socket.irq('irq', 'wired'));
    this.#port = socket.video();
    const dma = socket.dma();
    const all = [0, 1, 2, 3] as const;
    this.#layers = all.slice(0, layers).map((n) => new Layer(n, this.#regs, new PictureMemory(dma), hasMan));
    [this.#sof, this.#eof, this.#rstDone] = [socket.event('sof'), socket.event('eof'), socket.event('rst_done')];
    socket.mmio({ read32: (addr) => this.#read(addr), write32: (addr, value) => this.#write(addr, value) });
    socket.events({ event: (id) => this.#event(id) });
    socket.inspect({
      registers: () => {
        this.#showState();
        return this.#regs.snapshot();
      },
      words: () => this.#words(),
      map: () => displayMap(R),
    });
    this.#port.offer(this);
  }

  get width(): number {
    return this.#regs.peek(R.ROI_SIZE, 'W');
  }

  get height(): number {
    return this.#regs.peek(R.ROI_SIZE, 'H');
  }

  demand(): string | undefined {
    if (!this.#gate.running) return `${this.#name}: ${this.#standsBecause()}`;
    this.#gate.ask();
    if (!this.#overInput) return undefined;
    const { input } = this.#port;
    return input === undefined ? `${this.#name}: nothing comes in to put the layers on` : input.demand();
  }

  row(y: number, into: Uint32Array): void {
    const width = Math.min(this.width, into.length);
    if (!this.#gate.running || y >= this.height) {
      into.fill(NO_SIGNAL);
      return;
    }
    if (this.#overInput && this.#port.input !== undefined) this.#port.input.row(y, into);
    else {
      into.fill(NO_SIGNAL);
      if (!this.#overInput) into.fill(this.#regs.peek(R.ROI_BGCLR), 0, width);
    }
    for (let i = 0; i < this.#layers.length; i++) {
      const layer = this.#layers[i] as Layer;
      if (layer.enabled) layer.draw(y, width, into);
    }
  }

  #words(): Record<string, string> {
    const below = this.#overInput ? ', on the picture of the block before' : '';
    const state = this.#gate.running ? `in a frame${below}` : `stands: ${this.#standsBecause()}`;
    const layers = this.#layers.filter((layer) => layer.enabled);
    const shown = layers.map((layer) => [layer.name, layer.words()]);
    return { picture: `${this.width}x${this.height}, ${state}`, ...Object.fromEntries(shown) };
  }

  get #overInput(): boolean {
    return this.#regs.peek(R.DATAPATH_CON, 'BGCLR_IN_SEL') === 1;
  }

  #standsBecause(): string {
    if (this.#regs.peek(R.EN, 'EN') === 0) return 'EN is 0';
    return this.#regs.peek(R.RST, 'RST') === 1
      ? 'RST is 1'
      : 'no frame was started: not in the mutex, or later enabled';
  }

  #showState(): void {
    this.#regs.poke(R.STA, 'RUN', this.#gate.running ? 1 : 0);
    this.#regs.poke(R.STA, 'RDMA_IDLE', this.#gate.running ? 0 : 0xf);
  }

  #read(addr: number): number {
    this.#showState();
    return this.#regs.busRead(addr);
  }

  #write(addr: number, value: number): void {
    // Below EN are the interrupts, which no picture shows.
    if (addr < R.EN.addr) {
      this.#regs.busWrite(addr, value);
      this.#irq.written(addr, value);
      return;
    }
    this.#regs.busWrite(addr, value);
    for (const layer of this.#layers) layer.changed();
    if (addr === R.RST.addr) this.#reset();
    else if (addr === R.EN.addr && this.#regs.peek(R.EN, 'EN') === 0) this.#gate.stop();
  }

  #reset(): void {
    if (this.#regs.peek(R.RST, 'RST') === 0) return;
    this.#gate.stop();
    this.#irq.raise(fieldMask(FME_SWRST_DONE));
    this.#rstDone.fire();
  }

  #event(id: number): void {
    if (id === FRAME_START) this.#frameStarts();
    else if (id === FRAME_END) this.#frameEnds();
  }

  #frameStarts(): void {
    for (const layer of this.#layers) layer.renew();
    const enabled = this.#regs.peek(R.EN, 'EN') === 1 && this.#regs.peek(R.RST, 'RST') === 0;
    if (this.#gate.start(enabled)) this.#sof.fire();
  }

  #frameEnds(): void {
    if (this.#gate.running) for (const layer of this.#layers) if (layer.enabled) layer.probe();
    if (!this.#gate.end()) return;
    this.#irq.raise(fieldMask(FME_CPL));
    this.#eof.fire();
  }
}
