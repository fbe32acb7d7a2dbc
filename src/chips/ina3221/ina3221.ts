// The INA3221 triple shunt and bus voltage monitor (TI SBOS576C): pins outside, registers inside, time from the socket.
//
// Decisions where the datasheet is silent
// - The register pointer is 0 at power-on. A register write is taken with its second data byte; one data byte alone is
//   dropped, further ones are acknowledged and ignored. Reading on repeats the two bytes. A read of at least one byte
//   of MASK_ENABLE clears its flags. Unlisted registers read 0; writes to them and to read-only registers are ignored.
// - Single-shot leaves MODE as it was. Without an enabled channel nothing is converted and CVRF does not come.
// - The average starts from 0, keeps fractions of a code, goes on from where it is after a CONFIG write, and comes to
//   rest when it is within 2^-20 of a code. Codes are rounded to the nearest, halves go up.
// - A flag stays until MASK_ENABLE is read (option `flags`). A comparison stands until it is made again: a pin that
//   does not latch is low while any of its comparisons stands, also that of a channel which is no longer converted.
//   A latched pin is released by reading MASK_ENABLE and falls again with the next comparison that says so.
// - The sum takes any number of selected channels, of each the last single conversion, and is left alone in cycles
//   that measure no shunt. With nothing selected it keeps its value.
// - Power valid looks at the enabled channels; strictly above the upper limit, strictly below the lower. After RST the
//   PV pin is held until the first evaluation, which goes on from the held state.
// - Bit 15 of MASK_ENABLE, reserved, reads 0 and cannot be written.
//
// Gaps
// - Offset, gain error and noise: conversions are ideal, and take exactly the typical time.
// - The SMBus alert response at 0x0c, high-speed mode, and the reset by 28 ms of low SCL: the bus does not carry them.
// - The supply: no undervoltage reset, no 40 us of recovery from power-down; VPU is always there.
import type { Clock, Timer } from '../../base/clock.js';
import { fieldMask, signed, unsigned } from '../../base/regs.js';
import type { I2cTarget } from '../../bus/i2c.js';
import type { IrqPin } from '../../bus/irq.js';
import type { ChipModel, Socket } from '../../bus/socket.js';
import { RegisterFile } from '../register-file.js';
import { ALERT_PINS, type AlertPin, type FlagReading, type Limits } from './alerts.js';
import { convert, defaultPins, type Ina3221Pin, type Ina3221Pins, knobs, SIGNALS } from './analog.js';
import { Engine, isPowerDown } from './engine.js';
import { R } from './regs.js';

/** What is around the chip at power-on, and how to read the datasheet where it is silent. */
export interface Ina3221Options extends Ina3221Pins {
  /** What becomes of a flag whose cause has gone while its pin does not latch. Default `sticky`. */
  readonly flags: FlagReading;
}

/**
 * The model. Pins given neither here nor by the socket: 5 V, 1 A, 10 mOhm on each channel. The alert pins are the lines
 * `critical`, `warning`, `pv`, `tc`, high when released.
 */
export function ina3221Chip(options: Partial<Ina3221Options> = {}): ChipModel {
  const { flags = 'sticky', ...pins } = options;
  return {
    name: 'ina3221',
    compatible: ['ti,ina3221'],
    plug(socket) {
      const chip = new Ina3221(socket, { ...defaultPins(), ...pins, ...socket.wiring }, flags);
      socket.i2c(chip);
    },
  };
}

const MEASURED = [R.SHUNT1, R.BUS1, R.SHUNT2, R.BUS2, R.SHUNT3, R.BUS3] as const;
const FLAGS = 0x03ff;

class Ina3221 implements I2cTarget {
  readonly #clock: Clock;
  readonly #regs: RegisterFile;
  readonly #pins: Ina3221Pins;
  readonly #codes = new Int32Array(SIGNALS);
  readonly #limits: Limits;
  readonly #engine: Engine;
  readonly #lines: ReadonlyMap<AlertPin, IrqPin>;
  readonly #word = new Uint8Array(2);
  #pointer = 0;
  /** False while the engine knows what the registers do not show yet. */
  #shown = false;
  /** Set while a pin is due to move, or while that is yet to be found out. */
  #pinMove: Timer | undefined;

  constructor(socket: Socket, pins: Ina3221Pins, flags: FlagReading) {
    this.#clock = socket.clock;
    this.#regs = new RegisterFile(R, socket.name, socket.trace);
    this.#pins = pins;
    this.#limits = limitsOf(this.#regs);
    this.#engine = new Engine(this.#codes, this.#limits, flags);
    this.#lines = new Map(ALERT_PINS.map((pin) => [pin, socket.irq(pin, true)]));
    for (const knob of knobs(pins, (pin, value) => this.#turn(pin, value))) socket.knob(knob);
    socket.inspect({ registers: () => this.#registers() });
    convert(pins, this.#codes);
    this.#engine.start(R.CONFIG.reset, this.#clock.now());
    this.#follow();
  }

  write(bytes: Uint8Array): number {
    if (bytes.length > 0) this.#pointer = bytes[0] as number;
    if (bytes.length >= 3) this.#writeRegister(((bytes[1] as number) << 8) | (bytes[2] as number));
    return bytes.length;
  }

  read(length: number): Uint8Array {
    if (length === 0) return this.#word.subarray(0, 0);
    const value = this.#readRegister();
    this.#word[0] = value >> 8;
    this.#word[1] = value;
    return length === 2 ? this.#word : Uint8Array.from({ length }, (_, at) => this.#word[at & 1] as number);
  }

  /** Nothing: a register takes its value with the last bit of the second byte. */
  stop(): void {}

  #readRegister(): number {
    this.#catchUp();
    const value = this.#regs.busRead(this.#pointer);
    if (this.#pointer === R.MASK_ENABLE.addr) this.#acknowledge();
    return value;
  }

  /** Only a latched pin that is let go changes what the pins do next; a program that polls CVRF costs nothing here. */
  #acknowledge(): void {
    const { alerts } = this.#engine;
    const before = alerts.levels;
    alerts.acknowledge();
    this.#shown = false;
    if (alerts.levels === before) this.#engine.disturb();
    else this.#follow();
  }

  #writeRegister(value: number): void {
    this.#catchUp();
    this.#regs.busWrite(this.#pointer, value);
    if (this.#pointer === R.CONFIG.addr) this.#configure();
    Object.assign(this.#limits, limitsOf(this.#regs));
    this.#engine.alerts.limited();
    this.#follow();
  }

  #configure(): void {
    if (this.#regs.peek(R.CONFIG, 'RST') === 1) {
      this.#regs.reset();
      this.#engine.reset();
    } else {
      this.#engine.alerts.configured(isPowerDown(this.#regs.peek(R.CONFIG)));
    }
    this.#engine.start(this.#regs.peek(R.CONFIG), this.#clock.now());
  }

  #turn(pin: Ina3221Pin, value: number): void {
    this.#catchUp();
    this.#pins[pin] = value;
    convert(this.#pins, this.#codes);
    this.#follow();
  }

  #registers(): Readonly<Record<string, number>> {
    this.#catchUp();
    return this.#regs.snapshot();
  }

  /** Does what was due until now, and shows it in the registers. */
  #catchUp(): void {
    if (!this.#engine.advance(this.#clock.now()) && this.#shown) return;
    this.#shown = true;
    MEASURED.forEach((reg, signal) => this.#regs.poke(reg, unsigned(this.#engine.code(signal), 13) << 3));
    this.#regs.poke(R.SHUNT_SUM, 'SV', unsigned(this.#engine.sum, 15));
    this.#regs.poke(R.MASK_ENABLE, (this.#regs.peek(R.MASK_ENABLE) & ~FLAGS) | this.#engine.alerts.flags);
  }

  /**
   * After any change from outside: sets the pins, and has the next move planned when this moment's changes are over.
   */
  #follow(): void {
    this.#engine.disturb();
    this.#shown = false;
    for (const [pin, line] of this.#lines) line.set(this.#engine.alerts.high(pin));
    this.#pinMove?.cancel();
    this.#pinMove = this.#engine.runs ? this.#clock.after(0, () => this.#plan()) : undefined;
  }

  /** Sets a timer for the moment when the next pin moves by itself. */
  #plan(): void {
    const at = this.#engine.nextPinMove();
    // A real clock has moved on meanwhile.
    const wait = Math.max(0, at - this.#clock.now());
    this.#pinMove = Number.isFinite(at) ? this.#clock.after(wait, () => this.#movePins()) : undefined;
  }

  #movePins(): void {
    this.#catchUp();
    this.#follow();
  }
}

function limitsOf(regs: RegisterFile): Limits {
  const word = (reg: (typeof R)[keyof typeof R]): number => signed(regs.peek(reg), 16);
  const mask = regs.peek(R.MASK_ENABLE);
  const { SCC1, SCC2, SCC3, CEN, WEN } = R.MASK_ENABLE.fields;
  return {
    critical: [R.CRITICAL1, R.CRITICAL2, R.CRITICAL3].map((reg) => word(reg) >> 3),
    warning: [R.WARNING1, R.WARNING2, R.WARNING3].map((reg) => word(reg) >> 3),
    summed: [SCC1, SCC2, SCC3].flatMap((field, channel) => ((mask & fieldMask(field)) !== 0 ? [channel] : [])),
    sum: word(R.SHUNT_SUM_LIMIT) >> 1,
    validAbove: word(R.POWER_VALID_UPPER) >> 3,
    invalidBelow: word(R.POWER_VALID_LOWER) >> 3,
    criticalLatches: (mask & fieldMask(CEN)) !== 0,
    warningLatches: (mask & fieldMask(WEN)) !== 0,
  };
}
