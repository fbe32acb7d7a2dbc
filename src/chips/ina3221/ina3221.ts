// The INA3221 triple shunt and bus voltage monitor (TI SBOS576C): pins outside, registers inside, time from the socket.
//
// Gaps
// 1. Where the datasheet is silent or says two things. What can be chosen is an option of options.ts, named here.
// - The register pointer is 0 at power-on. A register write is taken with its second data byte; one alone is dropped
//   (`loneByte`), further ones are acknowledged and ignored (`extraBytes`). Reading on repeats the two bytes
//   (`readOn`). A read of at least one byte of MASK_ENABLE clears its flags.
// - Unlisted registers read 0 and ignore writes (`unlisted`); writes to read-only registers are ignored (`readOnly`).
// - Single-shot leaves MODE as it was. Without an enabled channel nothing is converted and CVRF does not come.
// - The average starts from 0 (`firstSample`), keeps fractions of a code, goes on from where it is after a CONFIG
//   write, and comes to rest when it is within 2^-20 of a code. Codes are rounded to the nearest, halves go up.
// - A flag stays until MASK_ENABLE is read (`flags`). A comparison stands until it is made again: a pin that
//   does not latch is low while any of its comparisons stands, also that of a channel which is no longer converted.
//   A latched pin is released by reading MASK_ENABLE and falls again with the next comparison that says so.
// - The sum takes any number of selected channels, of each the last single conversion, and is left alone in cycles
//   that measure no shunt. With nothing selected it keeps its value.
// - Power valid looks at the enabled channels (`powerValidChannels`), at their averages; strictly above the upper
//   limit, strictly below the lower (`powerValidLimits`). After RST the PV pin is held until the first evaluation,
//   which goes on from the held state.
// - Bit 15 of MASK_ENABLE, reserved, reads 0 and cannot be written.
// - The alert response counts Critical and Warning, each while it latches (`alertPins`), sends 0 in bit 0, and changes
//   nothing: only a read of MASK_ENABLE lets the pin go (`alertAnswered`).
// - Errors are those of the whole input: gain times the voltage, then the offset, then the nearest code.
// 2. What the chip has and the model has not.
// - Noise; conversions that take longer than the typical time.
// - High-speed mode beyond its code, which is not acknowledged, and the reset by 28 ms of low SCL: transfers on the
//   modelled bus take no time.
// - The supply: no undervoltage reset, no 40 us of recovery from power-down; VPU is always there.
import type { Clock, Timer } from '../../base/clock.js';
import { fieldMask, signed, unsigned } from '../../base/regs.js';
import type { IrqPin } from '../../bus/irq.js';
import type { ChipModel, I2cSeat, RegisterMap, Socket } from '../../bus/socket.js';
import { mapped, RegisterFile, RegisterLayout } from '../register-file.js';
import { addressOf, strapFor } from './address-pin.js';
import { ALERT_PINS, type AlertPin, type Limits } from './alerts.js';
import { convert, DEFAULT_PINS, type Ina3221Pin, type Ina3221Pins, knobs, SIGNALS } from './analog.js';
import { Engine, isPowerDown } from './engine.js';
import { DEFAULT_READINGS, type Ina3221Options, type Ina3221Readings } from './options.js';
import { R } from './regs.js';
import { type Behind, TwoWire } from './two-wire.js';

export type { Ina3221Options } from './options.js';

/**
 * The model. Pins given neither here nor by the socket: 5 V, 1 A, 10 mOhm on each channel, no errors, and A0 tied so
 * that the chip answers where the board expects it; where the board expects none of its addresses, to GND. The alert
 * pins are the lines `critical`, `warning`, `pv`, `tc`, high when released.
 */
export function ina3221Chip(options: Partial<Ina3221Options> = {}): ChipModel {
  const readings = { ...DEFAULT_READINGS, ...options };
  return {
    name: 'ina3221',
    compatible: ['ti,ina3221'],
    plug(socket) {
      const a0 = strapFor(socket.i2cAddr);
      new Ina3221(socket, { ...DEFAULT_PINS, a0, ...options, ...socket.wiring }, readings);
    },
  };
}

const LAYOUT = new RegisterLayout(R);
const MAP: RegisterMap = { width: 16, order: 'big', window: 0, registers: mapped(R) };
const MEASURED = [R.SHUNT1, R.BUS1, R.SHUNT2, R.BUS2, R.SHUNT3, R.BUS3] as const;
const FLAGS = 0x03ff;

class Ina3221 implements Behind {
  readonly #name: string;
  readonly #clock: Clock;
  readonly #regs: RegisterFile;
  readonly #pins: Ina3221Pins;
  readonly #readings: Ina3221Readings;
  readonly #codes = new Int32Array(SIGNALS);
  readonly #limits: Limits;
  readonly #engine: Engine;
  readonly #seat: I2cSeat;
  readonly #lines: ReadonlyMap<AlertPin, IrqPin>;
  /** False while the engine knows what the registers do not show yet. */
  #shown = false;
  /** Set while a pin is due to move, or while that is yet to be found out. */
  #pinMove: Timer | undefined;

  constructor(socket: Socket, pins: Ina3221Pins, readings: Ina3221Readings) {
    this.#name = socket.name;
    this.#clock = socket.clock;
    this.#regs = new RegisterFile(LAYOUT, socket.name, socket.trace);
    this.#pins = pins;
    this.#readings = readings;
    this.#limits = limitsOf(this.#regs, readings);
    this.#engine = new Engine(this.#codes, this.#limits, readings);
    this.#seat = socket.i2c(new TwoWire(this, readings), this.#address());
    this.#lines = new Map(ALERT_PINS.map((pin) => [pin, socket.irq(pin, true)]));
    for (const knob of knobs(pins, (pin, value) => this.#turn(pin, value))) socket.knob(knob);
    socket.inspect({ registers: () => this.#registers(), map: () => MAP });
    convert(pins, this.#codes);
    this.#engine.start(R.CONFIG.reset, this.#clock.now());
    this.#follow();
  }

  readWord(pointer: number): number {
    this.#catchUp();
    const value = this.#regs.busRead(pointer);
    if (pointer === R.MASK_ENABLE.addr) this.#acknowledge();
    return value;
  }

  writeWord(pointer: number, word: number, lanes: number): void {
    this.#catchUp();
    this.#regs.busWrite(pointer, word, lanes);
    if (pointer === R.CONFIG.addr) this.#configure();
    Object.assign(this.#limits, limitsOf(this.#regs, this.#readings));
    this.#engine.alerts.limited();
    this.#follow();
  }

  /** Its address in bits 7 to 1; the timing figure of the datasheet shows bit 0 low. */
  pending(): number | undefined {
    this.#catchUp();
    return this.#engine.alerts.pending ? this.#address() << 1 : undefined;
  }

  answered(): void {
    if (this.#readings.alertAnswered === 'kept') return;
    this.#engine.alerts.release();
    this.#follow();
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
    if (pin === 'a0') this.#seat.move(this.#address(value));
    this.#catchUp();
    this.#pins[pin] = value;
    convert(this.#pins, this.#codes);
    this.#follow();
  }

  #address(a0: number = this.#pins.a0): number {
    return addressOf(a0, this.#name);
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

/** The limits as the comparisons take them: strictly above, strictly below. */
function limitsOf(regs: RegisterFile, { powerValidLimits }: Ina3221Readings): Limits {
  const word = (reg: (typeof R)[keyof typeof R]): number => signed(regs.peek(reg), 16);
  const mask = regs.peek(R.MASK_ENABLE);
  const { SCC1, SCC2, SCC3, CEN, WEN } = R.MASK_ENABLE.fields;
  const reached = powerValidLimits === 'inclusive' ? 1 : 0;
  return {
    critical: [R.CRITICAL1, R.CRITICAL2, R.CRITICAL3].map((reg) => word(reg) >> 3),
    warning: [R.WARNING1, R.WARNING2, R.WARNING3].map((reg) => word(reg) >> 3),
    summed: [SCC1, SCC2, SCC3].flatMap((field, channel) => ((mask & fieldMask(field)) !== 0 ? [channel] : [])),
    sum: word(R.SHUNT_SUM_LIMIT) >> 1,
    validAbove: (word(R.POWER_VALID_UPPER) >> 3) - reached,
    invalidBelow: (word(R.POWER_VALID_LOWER) >> 3) + reached,
    criticalLatches: (mask & fieldMask(CEN)) !== 0,
    warningLatches: (mask & fieldMask(WEN)) !== 0,
  };
}
