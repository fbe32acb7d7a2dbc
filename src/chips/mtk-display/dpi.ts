// DPI, the parallel output to an HDMI or other bridge, and DP_INTF, the same one before a DisplayPort transmitter.
//
// Gaps
// 1. Where nothing public says it: decided.
// - Frames go out while EN is 1, RST 0 and SIZE is not 0; they begin with the vertical sync when that comes to hold,
//   and end in their middle when it does not any more. Other registers count from the next frame.
// - VSYNC comes with the start of a frame (event `sof`), VDE with the end of the last row (`eof`), UNDERFLOW and the
//   event `underrun` once a frame when the picture is missing, and a line in the log when the reason changes.
// - The pixel clock comes from outside: a knob; at 0 a frame takes 1/60 s.
// - DP_INTF counts horizontal sync and porches in steps of four pixels (Linux divides them by `pixels_per_iter`), the
//   picture in pixels.
// 2. What the chip has and the model has not.
// - Interlace, 3D, the background window, channel swap, bit swap, YUV, embedded sync, checksums, bit depths: bits that
//   Linux writes are kept. Registers that Linux does not write read 0 and are traced.
import { fieldMask } from '../../base/regs.js';
import type { EventPin } from '../../bus/event.js';
import type { ChipModel, Socket } from '../../bus/socket.js';
import type { VideoPort } from '../../bus/video.js';
import { RegisterFile, RegisterLayout } from '../register-file.js';
import { displayMap, IrqStatus } from './block.js';
import { DP_INTF, DPI } from './dpi-regs.js';
import { PictureCheck } from './picture-check.js';
import { lineTime, PIXEL_CLOCK, Raster, type RasterTiming } from './raster.js';

/** The model of DPI. Signals: `sof`, `eof`, `underrun`. */
export function dpiChip(compatible: readonly string[]): ChipModel {
  return chipOf({ name: 'mtk-dpi', regs: DPI, layout: new RegisterLayout(DPI), step: 1 }, compatible);
}

/** The model of DP_INTF, with the same signals. */
export function dpIntfChip(compatible: readonly string[]): ChipModel {
  return chipOf({ name: 'mtk-dp-intf', regs: DP_INTF, layout: new RegisterLayout(DP_INTF), step: 4 }, compatible);
}

/** What differs between the two. */
interface Variant {
  readonly name: string;
  readonly regs: typeof DPI;
  readonly layout: RegisterLayout;
  /** Pixels that the horizontal sync and porches count as one. */
  readonly step: number;
}

function chipOf(variant: Variant, compatible: readonly string[]): ChipModel {
  return {
    name: variant.name,
    compatible,
    plug: (socket) => {
      new Dpi(socket, variant);
    },
  };
}

const { INTSTA } = DPI;
const BITS = {
  vsync: fieldMask(INTSTA.fields.VSYNC),
  vde: fieldMask(INTSTA.fields.VDE),
  underflow: fieldMask(INTSTA.fields.UNDERFLOW),
};

class Dpi {
  readonly #map: typeof DPI;
  readonly #step: number;
  readonly #regs: RegisterFile;
  readonly #irq: IrqStatus;
  readonly #port: VideoPort;
  readonly #raster: Raster;
  readonly #picture: PictureCheck;
  readonly #sof: EventPin;
  readonly #eof: EventPin;
  #pixelClockKhz: number;

  constructor(socket: Socket, { regs, layout, step }: Variant) {
    this.#map = regs;
    this.#step = step;
    this.#regs = new RegisterFile(layout, socket.name, socket.trace);
    this.#irq = new IrqStatus(this.#regs, regs.INTSTA, regs.INTEN, socket.irq('irq', 'wired'));
    this.#port = socket.video();
    [this.#sof, this.#eof] = [socket.event('sof'), socket.event('eof')];
    this.#pixelClockKhz = socket.wiring[PIXEL_CLOCK.name] ?? 0;
    const underrun = socket.event('underrun');
    this.#picture = new PictureCheck(socket, this.#port, () => {
      this.#irq.raise(BITS.underflow);
      underrun.fire();
    });
    this.#raster = new Raster(socket.clock, this.#port, {
      timing: () => this.#timing(),
      frameStarts: () => this.#frameStarts(),
      frameChecked: () => this.#picture.look(),
      frameEnds: () => this.#frameEnds(),
      stopped: () => undefined,
    });
    socket.mmio({ read32: (addr) => this.#read(addr), write32: (addr, value) => this.#write(addr, value) });
    const set = (khz: number): void => {
      this.#pixelClockKhz = khz;
    };
    socket.knob({ ...PIXEL_CLOCK, get: () => this.#pixelClockKhz, set });
    socket.inspect({
      registers: () => {
        this.#showState();
        return this.#regs.snapshot();
      },
      map: () => displayMap(this.#map),
      words: () => ({ frames: this.#raster.words(), ...this.#picture.words() }),
    });
  }

  #showState(): void {
    this.#regs.poke(this.#map.STATUS, 'BUSY', this.#raster.on ? 1 : 0);
    this.#regs.poke(this.#map.STATUS, 'OUTEN', this.#raster.on ? 1 : 0);
  }

  #read(addr: number): number {
    this.#showState();
    return this.#regs.busRead(addr);
  }

  #write(addr: number, value: number): void {
    this.#regs.busWrite(addr, value);
    this.#irq.written(addr, value);
    if (!this.#wanted) this.#raster.abort();
    else if (!this.#raster.on) this.#raster.start();
  }

  get #wanted(): boolean {
    const regs = this.#regs;
    const { EN, RET, SIZE } = this.#map;
    const on = regs.peek(EN, 'EN') === 1 && regs.peek(RET, 'RST') === 0;
    return on && regs.peek(SIZE, 'HSIZE') !== 0 && regs.peek(SIZE, 'VSIZE') !== 0;
  }

  #frameStarts(): void {
    this.#picture.renew();
    this.#irq.raise(BITS.vsync);
    this.#sof.fire();
    this.#picture.look();
  }

  #frameEnds(): void {
    this.#irq.raise(BITS.vde);
    this.#eof.fire();
  }

  #timing(): RasterTiming {
    const regs = this.#regs;
    const { SIZE, TGEN_HWIDTH, TGEN_HPORCH, TGEN_VWIDTH, TGEN_VPORCH } = this.#map;
    const [wide, high] = [regs.peek(SIZE, 'HSIZE'), regs.peek(SIZE, 'VSIZE')];
    const porches = regs.peek(TGEN_HPORCH, 'BACK') + regs.peek(TGEN_HPORCH, 'FRONT');
    const linesBefore = regs.peek(TGEN_VWIDTH, 'WIDTH') + regs.peek(TGEN_VPORCH, 'BACK');
    const linesBehind = regs.peek(TGEN_VPORCH, 'FRONT');
    const pixels = (regs.peek(TGEN_HWIDTH, 'WIDTH') + porches) * this.#step + wide;
    const lineNs = lineTime(pixels, linesBefore + high + linesBehind, this.#pixelClockKhz);
    this.#picture.expect(wide, high);
    return { width: wide, height: high, linesBefore, linesBehind, lineNs };
  }
}
