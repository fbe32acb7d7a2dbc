// The DSI transmitter: frames for a panel in video mode, and commands that go to nobody.
//
// Gaps
// 1. Where nothing public says it: decided.
// - Video begins with a rising DSI_START while DSI_EN is set and MODE is not 0, with the vertical sync. DSI_START 0 and
//   MODE 0 let the frame end; then VM_DONE comes, and the event `done`. DSI_RESET and DSI_EN 0 end it at once and say
//   nothing.
// - SOF (event `sof`) is the beginning of the vertical sync, EOF (`eof`, FRAME_DONE) the end of the last row: what is
//   written from then to the first row of the next frame is in the blanking. Row y goes out at once at its beginning.
// - What a line takes on the lanes is what Linux subtracts from the porches: 10 bytes for the sync (and as many for HSA
//   in sync pulse mode), 12 for the packets (18 in burst mode), and unless HFP_WC has HS_EN the D-PHY's way to low
//   power and back (LPX + HS_PREP + HS_ZERO + HS_EXIT + 3 byte clocks on each lane) with 2 for the end of transmission.
//   The sum is the mode's total, so the pixel clock of the mode gives its frame rate; nothing in these registers says
//   the clock: it is a knob, and at 0 a frame takes 1/60 s.
// - A command takes 800 ns a byte of its buffer (10 Mbit/s in low power mode), then CMD_DONE. BUSY is set for as long
//   as a command or a frame goes out.
// - The picture is asked for at the start and before the end of a frame; if it is missing, BUFFER_UNDERRUN and the
//   event `underrun` come once a frame, and a line in the log when the reason changes.
// 2. What the chip has and the model has not.
// - A panel: commands are thrown away, a read is never answered (LPRX_RD_RDY, RX_DATA 0). Tearing effect, video mode
//   commands, command mode frames, dual DSI, sleep out, low power states (bits are kept).
// - PS_SEL counts for bytes a pixel only: 16 and 18 bits are not rounded. Shadow registers (SHADOW_DEBUG is kept).
import { assert } from '../../base/assert.js';
import type { Timer } from '../../base/clock.js';
import { fieldMask } from '../../base/regs.js';
import type { EventPin } from '../../bus/event.js';
import type { ChipModel, Socket } from '../../bus/socket.js';
import type { VideoPort } from '../../bus/video.js';
import { RegisterFile, RegisterLayout } from '../register-file.js';
import { displayMap, IrqStatus, WordRam } from './block.js';
import { COMMANDS, R } from './dsi-regs.js';
import { PictureCheck } from './picture-check.js';
import { lineTime, PIXEL_CLOCK, Raster, type RasterTiming } from './raster.js';

/** The model. Signals: `sof`, `eof`, `done`, `underrun`. */
export function dsiChip(compatible: readonly string[]): ChipModel {
  return {
    name: 'mtk-dsi',
    compatible,
    plug: (socket) => {
      new Dsi(socket);
    },
  };
}

const LAYOUT = new RegisterLayout(R);
const SYNC_PULSE = 1;
const BURST = 3;
/** Packed 16 bits, packed 18 bits, 18 bits in three bytes, 24 bits; Linux counts three bytes for all but the first. */
const BYTES_A_PIXEL = [2, 3, 3, 3];
const COMMAND_BYTE_NS = 800;
const BITS = {
  frameDone: fieldMask(R.INTSTA.fields.FRAME_DONE),
  vmDone: fieldMask(R.INTSTA.fields.VM_DONE),
  commandDone: fieldMask(R.INTSTA.fields.CMD_DONE),
  underrun: fieldMask(R.INTSTA.fields.BUFFER_UNDERRUN),
};

class Dsi {
  readonly #clock: Socket['clock'];
  readonly #regs: RegisterFile;
  readonly #irq: IrqStatus;
  readonly #port: VideoPort;
  readonly #raster: Raster;
  readonly #picture: PictureCheck;
  readonly #commands: readonly WordRam[];
  readonly #sof: EventPin;
  readonly #eof: EventPin;
  readonly #done: EventPin;
  #pixelClockKhz: number;
  /** A command is on its way. */
  #command: Timer | undefined;

  constructor(socket: Socket) {
    this.#clock = socket.clock;
    this.#regs = new RegisterFile(LAYOUT, socket.name, socket.trace);
    this.#irq = new IrqStatus(this.#regs, R.INTSTA, R.INTEN, socket.irq('irq', 'wired'));
    this.#port = socket.video();
    this.#commands = COMMANDS.map((place) => new WordRam(...place));
    [this.#sof, this.#eof, this.#done] = [socket.event('sof'), socket.event('eof'), socket.event('done')];
    this.#pixelClockKhz = socket.wiring[PIXEL_CLOCK.name] ?? 0;
    const underrun = socket.event('underrun');
    this.#picture = new PictureCheck(socket, this.#port, () => {
      this.#irq.raise(BITS.underrun);
      underrun.fire();
    });
    this.#raster = new Raster(socket.clock, this.#port, {
      timing: () => this.#timing(),
      frameStarts: () => this.#frameStarts(),
      frameChecked: () => this.#picture.look(),
      frameEnds: () => this.#frameEnds(),
      stopped: () => this.#videoOver(),
    });
    socket.mmio({
      read32: (addr) => this.#read(addr),
      read8: (addr) => (this.#read(addr & ~3) >>> ((addr & 3) * 8)) & 0xff,
      write32: (addr, value) => this.#write(addr, value),
    });
    const set = (khz: number): void => {
      this.#pixelClockKhz = khz;
    };
    socket.knob({ ...PIXEL_CLOCK, get: () => this.#pixelClockKhz, set });
    socket.inspect({
      registers: () => this.#shown(),
      words: () => this.#words(),
      map: () => displayMap(R),
    });
  }

  #shown(): Readonly<Record<string, number>> {
    this.#showBusy();
    return this.#regs.snapshot();
  }

  #words(): Record<string, string> {
    const command = this.#command === undefined ? {} : { command: 'is on its way' };
    return { frames: this.#raster.words(), ...this.#picture.words(), ...command };
  }

  #showBusy(): void {
    this.#regs.poke(R.INTSTA, 'BUSY', this.#raster.on || this.#command !== undefined ? 1 : 0);
  }

  #read(addr: number): number {
    for (const ram of this.#commands) if (ram.has(addr)) return ram.read(addr);
    this.#showBusy();
    return this.#regs.busRead(addr);
  }

  #write(addr: number, value: number): void {
    for (const ram of this.#commands) if (ram.has(addr)) return ram.write(addr, value);
    const started = this.#regs.peek(R.START, 'DSI_START');
    this.#regs.busWrite(addr, value);
    this.#irq.written(addr, value);
    if (addr === R.CON_CTRL.addr) this.#control();
    else if (addr === R.START.addr) this.#starts(started === 1);
    else if (addr === R.MODE_CTRL.addr && this.#regs.peek(R.MODE_CTRL, 'MODE') === 0) this.#raster.stop();
  }

  #control(): void {
    if (this.#regs.peek(R.CON_CTRL, 'DSI_RESET') === 0 && this.#regs.peek(R.CON_CTRL, 'DSI_EN') === 1) return;
    this.#raster.abort();
    this.#command?.cancel();
    this.#command = undefined;
  }

  #starts(before: boolean): void {
    const now = this.#regs.peek(R.START, 'DSI_START') === 1;
    if (!now) return this.#raster.stop();
    if (before || this.#regs.peek(R.CON_CTRL, 'DSI_EN') === 0) return;
    if (this.#regs.peek(R.MODE_CTRL, 'MODE') !== 0) this.#raster.start();
    else if (!this.#raster.on) this.#send();
  }

  #send(): void {
    this.#command?.cancel();
    const bytes = this.#regs.peek(R.CMDQ_SIZE, 'CMDQ_SIZE') * 4;
    this.#command = this.#clock.after(bytes * COMMAND_BYTE_NS, () => {
      this.#command = undefined;
      this.#irq.raise(BITS.commandDone);
      this.#done.fire();
    });
  }

  #frameStarts(): void {
    this.#picture.renew();
    this.#sof.fire();
    this.#picture.look();
  }

  #frameEnds(): void {
    this.#irq.raise(BITS.frameDone);
    this.#eof.fire();
  }

  #videoOver(): void {
    this.#irq.raise(BITS.vmDone);
    this.#done.fire();
  }

  /** Undefined while the registers give no picture or no lane: frames then begin when video is started anew. */
  #timing(): RasterTiming | undefined {
    const regs = this.#regs;
    const bytesAPixel = BYTES_A_PIXEL[regs.peek(R.PSCTRL, 'PS_SEL')] as number;
    const width = Math.floor(regs.peek(R.PSCTRL, 'PS_WC') / bytesAPixel);
    const height = regs.peek(R.VACT_NL, 'NL');
    if (width === 0 || height === 0 || regs.peek(R.TXRX_CTRL, 'LANE_NUM') === 0) return undefined;
    const linesBefore = regs.peek(R.VSA_NL, 'NL') + regs.peek(R.VBP_NL, 'NL');
    const linesBehind = regs.peek(R.VFP_NL, 'NL');
    const lines = linesBefore + height + linesBehind;
    const lineNs = lineTime(this.#lineBytes() / bytesAPixel, lines, this.#pixelClockKhz);
    assert(lineNs > 0, 'a line takes time');
    this.#picture.expect(width, height);
    return { width, height, linesBefore, linesBehind, lineNs };
  }

  #lineBytes(): number {
    const regs = this.#regs;
    const mode = regs.peek(R.MODE_CTRL, 'MODE');
    const sync = 10 + (mode === SYNC_PULSE ? 10 + regs.peek(R.HSA_WC, 'WC') : 0);
    const packets = mode === BURST ? 18 : 12;
    const porches = regs.peek(R.HBP_WC, 'WC') + regs.peek(R.HFP_WC, 'WC');
    return sync + packets + porches + regs.peek(R.PSCTRL, 'PS_WC') + this.#phyBytes();
  }

  #phyBytes(): number {
    const regs = this.#regs;
    if (regs.peek(R.HFP_WC, 'HS_EN') === 1) return 0;
    const lanes = [1, 2, 4, 8].filter((lane) => (regs.peek(R.TXRX_CTRL, 'LANE_NUM') & lane) !== 0).length;
    const enter = regs.peek(R.PHY_TIMECON0, 'LPX') + regs.peek(R.PHY_TIMECON0, 'HS_PREP');
    const cycles = enter + regs.peek(R.PHY_TIMECON0, 'HS_ZERO') + regs.peek(R.PHY_TIMECON1, 'HS_EXIT') + 3;
    return cycles * lanes + (regs.peek(R.TXRX_CTRL, 'DIS_EOT') === 1 ? 0 : 2);
  }
}
