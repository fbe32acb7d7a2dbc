// MMSYS: the selectors between display blocks, whose registers say which block feeds which.
//
// Gaps
// 1. Where nothing public says it: decided.
// - Registers are 0 at power-on. What selects by 0 is then open, what has an enable bit is not. No boot loader has been
//   here.
// - A change of a way counts from the next row on.
// 2. What the chip has and the model has not.
// - Ways that Linux does not use, so neither the boot loader's nor those of the phone kernels.
// - Clock gates (CG_CON, with set and clear registers) and resets (SW_RST_B) are kept and stop nothing. Relay, async
//   and size registers of MT8195, the format of the DPI's output and everything that does not select are not there:
//   they read 0 and are traced.
import { bits, type Field, type Reg, registers, type RegSpec } from '../../base/regs.js';
import { wayName } from '../../bus/soc-plan.js';
import type { ChipModel, Socket } from '../../bus/socket.js';
import type { VideoSwitches } from '../../bus/video.js';
import { RegisterFile, RegisterLayout } from '../register-file.js';
import { displayMap } from './block.js';
import type { MmsysVariant } from './routes.js';

/** A gate register and the two that set and clear its bits: offsets of CG_CON0 and CG_CON1. */
const GATES = [0x100, 0x110] as const;
const SET = 4;
const CLEAR = 8;

/** The model. */
export function mmsysChip(variant: MmsysVariant): ChipModel {
  const map = registersOf(variant);
  const layout = new RegisterLayout(map);
  return {
    name: 'mtk-mmsys',
    compatible: variant.compatible,
    plug: (socket) => {
      new Mmsys(socket, variant, layout);
    },
  };
}

function registersOf({ routes, resetAddr }: MmsysVariant): Readonly<Record<string, Reg>> {
  const fields = (): { V: Field } => ({ V: bits(31, 0) });
  const specs: Record<string, RegSpec> = {
    CG_CON0: { addr: GATES[0], fields: fields() },
    CG_CON1: { addr: GATES[1], fields: fields() },
  };
  if (resetAddr !== undefined) {
    specs['SW0_RST_B'] = { addr: resetAddr, reset: 0xffff_ffff, fields: fields() };
    specs['SW1_RST_B'] = { addr: resetAddr + 4, reset: 0xffff_ffff, fields: fields() };
  }
  for (const { reg, addr } of routes.flatMap(({ when }) => when)) specs[reg] = { addr, fields: fields() };
  return registers(specs);
}

class Mmsys implements VideoSwitches {
  readonly #regs: RegisterFile;
  /** By name: what has to be where. */
  readonly #ways: ReadonlyMap<string, readonly { addr: number; mask: number; is: number }[]>;

  constructor(socket: Socket, { routes }: MmsysVariant, layout: RegisterLayout) {
    this.#regs = new RegisterFile(layout, socket.name, socket.trace);
    this.#ways = new Map(routes.map(({ from, to, when }) => [wayName(from, to), when]));
    const port = socket.video();
    socket.mmio({
      read32: (addr) => this.#regs.busRead(addr),
      write32: (addr, value) => {
        this.#write(addr, value);
        port.switched();
      },
    });
    socket.inspect({
      registers: () => this.#regs.snapshot(),
      map: () => displayMap(layout.map),
      words: () => ({ open: [...this.#ways.keys()].filter((way) => this.isOpen(way)).join(', ') }),
    });
    port.switches(this);
  }

  isOpen(way: string): boolean {
    const settings = this.#ways.get(way);
    if (settings === undefined) return false;
    for (let i = 0; i < settings.length; i++) {
      const { addr, mask, is } = settings[i] as (typeof settings)[number];
      if ((this.#regs.busRead(addr) & mask) >>> 0 !== is) return false;
    }
    return true;
  }

  #write(addr: number, value: number): void {
    for (const gate of GATES) {
      if (addr === gate + SET) return this.#regs.busWrite(gate, this.#regs.busRead(gate) | value);
      if (addr === gate + CLEAR) return this.#regs.busWrite(gate, this.#regs.busRead(gate) & ~value);
    }
    this.#regs.busWrite(addr, value);
  }
}
