// One chip as the driver knows it (Linux: struct ina3221_data): its map, its own copy of CONFIG, its power. Both faces,
// hwmon and IIO, stand on it.
import { type Duration, us } from '../../base/clock.js';
import { SysError } from '../../base/errno.js';
import { fieldMask, getField, setField } from '../../base/regs.js';
import type { Device } from '../../core/device.js';
import { Mutex } from '../../core/mutex.js';
import type { Regmap } from '../../core/regmap.js';
import type { Input } from './inputs.js';
import { MaskEnable } from './mask-enable.js';
import { CHANNELS, type ChannelRegs, R, type VoltageReg } from './regs.js';
import { channelCount, cycleUs, MODE_CONTINUOUS, MODE_POWER_DOWN, MODE_SINGLE_SHOT } from './settings.js';
import { codeOf } from './units.js';

const { fields } = R.CONFIG;

/** An input with its registers. */
export interface Channel extends ChannelRegs, Input {
  /** Resistance that currents are computed with; a user may correct it. */
  shuntMicroOhms: number;
}

/** How a chip is used. */
export interface Ina3221Use {
  /** Convert when somebody reads, and rest between (ti,single-shot). */
  readonly singleShot: boolean;
  /** Let the chip add up the shunt voltages, for the sum channel of hwmon. */
  readonly sums: boolean;
}

/**
 * A chip. Public functions take its lock, so that no user of one face tears what another does in several transfers.
 * CONFIG is written and never read: the copy is the truth, and RST is never in it (ina3221-D1, ina3221-D2).
 */
export class Ina3221Data {
  readonly dev: Device;
  readonly map: Regmap;
  readonly channels: readonly Channel[];
  readonly mask: MaskEnable;
  readonly #use: Ina3221Use;
  readonly #lock = new Mutex();
  /** Linux: reg_config. */
  #config: number;
  /** True from a start that went well to the next power-down (Linux: the device is runtime-active). */
  #active = false;
  /** True while the chip may be running, be it after a start that failed half-way. */
  #running = false;
  /** True from a reset to the first conversion: the chip's averages are 0. */
  #fresh = true;
  #summationShunt = 0;

  constructor(dev: Device, map: Regmap, inputs: readonly Input[], use: Ina3221Use) {
    this.dev = dev;
    this.map = map;
    this.mask = new MaskEnable(map);
    this.channels = CHANNELS.map((regs, index) => ({ ...regs, ...(inputs[index] as Input) }));
    this.#use = use;
    this.#config = this.channels.reduce(
      (config, { enable, connected }) => setField(config, fields[enable], Number(connected)),
      setField(R.CONFIG.reset, fields.MODE, use.singleShot ? MODE_SINGLE_SHOT : MODE_CONTINUOUS),
    );
    this.#summationShunt = this.#commonShunt();
  }

  /** The driver's copy of CONFIG. */
  get config(): number {
    return this.#config;
  }

  /** True when each reading makes its own conversion. */
  get singleShot(): boolean {
    return this.#use.singleShot;
  }

  /** How long one conversion of every enabled channel takes at most: 10 % more than typically. */
  get longestCycle(): Duration {
    return us(Math.ceil((cycleUs(this.#config) * 11) / 10));
  }

  /** The resistor that all summed channels have in common, in µΩ; 0 when they differ, and a sum has no meaning. */
  get summationShunt(): number {
    return this.#summationShunt;
  }

  /** True while the channel is converted. */
  isEnabled(channel: Channel): boolean {
    return this.#active && isOn(this.#config, channel);
  }

  /** True while the chip is powered and at least one channel is on. */
  get converts(): boolean {
    return this.#active && channelCount(this.#config) > 0;
  }

  /** Resets the chip and starts it, or powers it down where no input is connected (ina3221-L4). For probe. */
  start(): Promise<void> {
    return this.#lock.run(() => (channelCount(this.#config) > 0 ? this.#resume() : this.#suspend()));
  }

  /** Powers the chip down for good, in whatever state it is. For unbind (ina3221-D10). */
  release(): Promise<void> {
    return this.#lock.run(async () => {
      if (!this.#running) return;
      this.map.cacheOnly(false);
      await this.#suspend();
    });
  }

  /** Powers the chip down and keeps everything off the bus. */
  suspend(): Promise<void> {
    return this.#lock.run(async () => {
      if (this.#active) await this.#suspend();
    });
  }

  /** Resets and starts the chip again, with all that was set before and meanwhile. */
  resume(): Promise<void> {
    return this.#lock.run(async () => {
      if (!this.#active && channelCount(this.#config) > 0) await this.#resume();
    });
  }

  /** The code of a channel's measurement. In single-shot mode it is made now. ENODATA: the channel is off. */
  measure(channel: Channel, reg: VoltageReg): Promise<number> {
    return this.#lock.run(async () => {
      if (!this.isEnabled(channel)) throw this.dev.error('ENODATA', `channel ${channel.number} is disabled`, 'measure');
      if (this.#use.singleShot) await this.#convertOnce();
      return codeOf(reg, await this.map.read(reg));
    });
  }

  /** The code of the sum. ENODATA: the summed channels have no resistor in common. */
  measureSum(): Promise<number> {
    return this.#lock.run(async () => {
      if (this.#summationShunt === 0)
        throw this.dev.error('ENODATA', 'the shunts of the summed channels differ', 'measure');
      if (this.#use.singleShot) await this.#convertOnce();
      return codeOf(R.SHUNT_SUM, await this.map.read(R.SHUNT_SUM));
    });
  }

  /** The words of several measurements, of one conversion in single-shot mode, into `into`. */
  measureAll(regs: readonly VoltageReg[], into: Uint16Array): Promise<void> {
    return this.#lock.run(async () => {
      if (this.#use.singleShot) await this.#convertOnce();
      for (let at = 0; at < regs.length; at++) into[at] = await this.map.read(regs[at] as VoltageReg);
    });
  }

  /** Writes CONFIG and remembers it; while the chip is powered down it waits for the next start. */
  setConfig(change: (config: number) => number): Promise<void> {
    return this.#lock.run(() => this.#write(change(this.#config)));
  }

  /** Switches a channel on or off; the first one on starts the chip, the last one off powers it down. */
  setEnabled(channel: Channel, on: boolean): Promise<void> {
    return this.#lock.run(async () => {
      if (isOn(this.#config, channel) === on) return;
      if (on) await this.#switchOn(channel);
      else await this.#switchOff(channel);
    });
  }

  /** Corrects the resistor of a channel, and lets the chip add up where that now makes sense (ina3221-L12). */
  setShunt(channel: Channel, microOhms: number): Promise<void> {
    return this.#lock.run(async () => {
      const before = this.#summationShunt;
      channel.shuntMicroOhms = microOhms;
      this.#summationShunt = this.#commonShunt();
      if (this.#active && before === 0) await this.#sumUp();
    });
  }

  async #resume(): Promise<void> {
    this.map.cacheOnly(false);
    this.#running = true;
    this.#fresh = true;
    try {
      await this.#reset();
      await this.map.sync();
      await this.#writeFirst(this.#config);
      await this.#sumUp();
    } catch (e) {
      this.map.cacheOnly(true);
      throw e;
    }
    this.#active = true;
    await this.#firstConversion();
  }

  /** What else is written with RST is lost (ina3221-L2). */
  async #reset(): Promise<void> {
    this.map.markDirty();
    try {
      await this.map.write(R.CONFIG, setField(R.CONFIG.reset, fields.RST, 1));
    } catch (e) {
      this.dev.err('Unable to reset device');
      throw e;
    }
  }

  /** The copy keeps the mode: it is what the next start writes (ina3221-L14). */
  async #suspend(): Promise<void> {
    await this.map.write(R.CONFIG, setField(this.#config, fields.MODE, MODE_POWER_DOWN));
    this.#active = false;
    this.#running = false;
    this.map.cacheOnly(true);
  }

  async #write(config: number): Promise<void> {
    await this.map.write(R.CONFIG, config);
    this.#config = config;
    this.mask.restarted();
  }

  async #switchOn(channel: Channel): Promise<void> {
    if (!this.#active) await this.#resume();
    try {
      await this.#writeFirst(setField(this.#config, fields[channel.enable], 1));
      await this.#firstConversion();
    } catch (e) {
      if (!(e instanceof SysError)) throw e;
      this.dev.err(`Failed to enable channel ${channel.number - 1}: error ${e.errno}`);
      await this.#unlessItFails('switch it off again', () => this.#switchOff(channel));
      throw e;
    }
  }

  async #switchOff(channel: Channel): Promise<void> {
    if (isOn(this.#config, channel)) await this.#write(setField(this.#config, fields[channel.enable], 0));
    if (this.#active && channelCount(this.#config) === 0)
      await this.#unlessItFails('power down', () => this.#suspend());
  }

  /** For what is not worth failing for: nothing is converted any more, or an error is on its way already. */
  async #unlessItFails(what: string, body: () => Promise<void>): Promise<void> {
    try {
      await body();
    } catch (e) {
      if (!(e instanceof SysError)) throw e;
      this.dev.warn(`Failed to ${what}: error ${e.errno}`);
    }
  }

  /**
   * Writes CONFIG for a conversion that is waited for. The first one after a reset, and the first with a further
   * channel, is not averaged: averages begin at 0, and would be long on their way (ina3221-L15).
   */
  async #writeFirst(config: number): Promise<void> {
    await this.map.write(R.CONFIG, setField(config, fields.AVG, 0));
    this.#config = config;
    this.mask.restarted();
  }

  /** Waits until registers hold something: looks after one cycle and after two. Then averaging begins. */
  async #firstConversion(): Promise<void> {
    if (this.#use.singleShot || channelCount(this.#config) === 0) return;
    await this.#wait(2, this.longestCycle, 'start');
    if (getField(this.#config, fields.AVG) !== 0) await this.#write(this.#config);
  }

  /** One conversion of all enabled channels; looked for at once and after each cycle, as Linux does. */
  async #convertOnce(): Promise<void> {
    await (this.#fresh ? this.#writeFirst(this.#config) : this.#write(this.#config));
    if (!(await this.mask.takeReady())) await this.#wait(3, us(cycleUs(this.#config)), 'single-shot');
    this.#fresh = false;
  }

  /** Looks whether a conversion is complete, so many times, each after a cycle. */
  async #wait(looks: number, cycle: Duration, op: string): Promise<void> {
    for (let look = 0; look < looks; look++) {
      await this.dev.clock.sleep(cycle);
      if (await this.mask.takeReady()) return;
    }
    throw this.dev.error('ETIMEDOUT', `no conversion within ${(looks * cycle) / us(1)} us`, op);
  }

  async #sumUp(): Promise<void> {
    if (!this.#use.sums || this.#summationShunt === 0) return;
    const mask = this.channels.reduce(
      (bits, { scc, summationDisable }) => (summationDisable ? bits : bits | fieldMask(R.MASK_ENABLE.fields[scc])),
      0,
    );
    await this.mask.setSummed(mask);
  }

  #commonShunt(): number {
    const summed = this.channels.filter(({ connected, summationDisable }) => connected && !summationDisable);
    const [first, ...others] = summed.map(({ shuntMicroOhms }) => shuntMicroOhms);
    return first !== undefined && others.every((other) => other === first) ? first : 0;
  }
}

function isOn(config: number, { enable }: ChannelRegs): boolean {
  return (config & fieldMask(fields[enable])) !== 0;
}
