// Where a chip is plugged in: what the board gives it and where it shows itself.
import type { Clock } from '../base/clock.js';
import type { Random } from '../base/random.js';
import type { Fields } from '../base/regs.js';
import type { Trace } from '../base/trace.js';
import type { DmaPort } from './dma.js';
import type { DpaaPort } from './dpaa.js';
import type { EthernetPort } from './ethernet.js';
import type { EventPin, EventTarget } from './event.js';
import type { I2cTarget } from './i2c.js';
import type { IrqIdle, IrqPin } from './irq.js';
import type { MmioMaster, MmioTarget } from './mmio.js';
import type { RpmsgRemote } from './rpmsg.js';
import type { VideoPort } from './video.js';

/** Something outside the chip that a person can turn: a voltage on a pin, a load, a resistor. Physical units. */
export interface Knob {
  /** Name with its unit last: `bus1Mv`. */
  readonly name: string;
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  /** What it is, for a person. */
  readonly about: string;
  get(): number;
  /**
   * Takes effect at once; the bench has checked the limits. A setting that cannot be for another reason throws a
   * SysError and leaves everything as it was.
   */
  set(value: number): void;
}

/** A register as its bus meets it. */
export interface MappedRegister {
  /** As `registers()` of the inspection calls it. */
  readonly name: string;
  /** On I2C the pointer's value, in memory the offset in bytes from the begin of the window. */
  readonly addr: number;
  readonly fields: Fields;
}

/** The registers of a chip, and how its bus carries them. */
export interface RegisterMap {
  /** Bits of a register. */
  readonly width: 16 | 32;
  /** Order of a register's bytes on the bus. */
  readonly order: 'big' | 'little';
  /** Which row of `reg` the window is, for registers in memory. */
  readonly window: number;
  readonly registers: readonly MappedRegister[];
}

/**
 * What a chip shows of its inside: registers by name, for snapshots and register views. Reading has no side effects.
 */
export interface Inspection {
  registers(): Readonly<Record<string, number>>;
  /** What its parts do at the moment, in words for a person: `thread 0`: `waits for event 53 to be 1`. */
  words?(): Readonly<Record<string, string>>;
  /** Where its registers are and what is in them, as far as the model has tables. Registers may be missing here. */
  map?(): RegisterMap;
}

/** A chip's place on an I2C bus. */
export interface I2cSeat {
  /**
   * Answers at another address from the next transfer on: the chip's address pins were tied to something else. EINVAL,
   * EBUSY: no chip can be there, or another one is; this one then stays where it was.
   */
  move(addr: number): void;
}

/** The socket. A chip takes from it what it needs while it is plugged, and nothing later. */
export interface Socket {
  /** Unique on the board: the device path. */
  readonly name: string;
  /** Which of the model's compatibles the board expects here: the member of the family that is soldered in. */
  readonly compatible: string;
  readonly clock: Clock;
  readonly trace: Trace;
  readonly random: Random;
  /**
   * What the board's builder soldered around the chip, by knob name: it is there before power comes, and takes the
   * place of the chip's defaults. Whoever gives it checks it against the limits of the knobs.
   */
  readonly wiring: Readonly<Record<string, number>>;
  /** The address at which the board expects the chip; undefined where no I2C bus leads to the socket. */
  readonly i2cAddr: number | undefined;
  /**
   * Answers on the I2C bus that the socket sits on: at `addr` where the chip's own pins say so, else where the board
   * expects it. EBUSY: another chip is there.
   */
  i2c(target: I2cTarget, addr?: number): I2cSeat;
  /** Answers in the socket's register window `index` (default 0). */
  mmio(target: MmioTarget, index?: number): void;
  /**
   * The chip's end of a line: an interrupt, an alert, a pin. The name is the datasheet's. `idle` is the level while the
   * chip does not drive it: true (high) for open-drain pins with a pull-up; low when not given. `wired` is for a block
   * inside a SoC: it drives high, and what lies between it and the interrupt controller makes of that what the board
   * says of the line.
   */
  irq(pin: string, idle?: IrqIdle): IrqPin;
  /** The chip's way to memory. */
  dma(): DmaPort;
  /** The chip's way to the registers of all chips. What it reads and writes is traced under the socket's name. */
  master(): MmioMaster;
  /**
   * The chip's end of an event line; the name is the datasheet's. Where the board leads it nowhere, its pulses are only
   * traced.
   */
  event(signal: string): EventPin;
  /** Takes the event lines that the board leads here. */
  events(target: EventTarget): void;
  /** The block's end of the wire between the blocks of NXP's DPAA. */
  dpaa(): DpaaPort;
  /** The MAC's end of its wire, PHY included. */
  ethernet(): EthernetPort;
  /** The remote processor's side of the edge that the board has below it. */
  rpmsg(): RpmsgRemote;
  /** The chip's place on the way of a picture from memory to a panel. */
  video(): VideoPort;
  knob(knob: Knob): void;
  inspect(inspection: Inspection): void;
}

/** The counterpart of a driver: a driver probes a device, a chip is plugged into a socket. */
export interface ChipModel {
  readonly name: string;
  /** Devicetree compatibles of the nodes whose socket this chip fits. */
  readonly compatible: readonly string[];
  /** Builds the chip into the socket, in its power-on state. */
  plug(socket: Socket): void;
}
