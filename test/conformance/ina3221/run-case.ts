// Does with the driver what a recorded case did with the original, and tells what came of it.
import { type Duration, s, SimClock, us } from '../../../src/base/clock.js';
import { SysError } from '../../../src/base/errno.js';
import { Trace } from '../../../src/base/trace.js';
import type { Device } from '../../../src/core/device.js';
import { DriverCore } from '../../../src/core/driver-core.js';
import { I2C_BUS, I2cClient } from '../../../src/core/i2c.js';
import { PLATFORM_BUS } from '../../../src/core/platform-device.js';
import { SysfsDir } from '../../../src/core/sysfs.js';
import { ina3221Driver } from '../../../src/drivers/ina3221/ina3221.js';
import type { Ina3221Data } from '../../../src/drivers/ina3221/ina3221-data.js';
import { settle } from '../../../src/host/settle.js';
import { treeOf } from '../../lab.js';
import type { Case, InputSpec, Operation, Outcome, Registers } from './case.js';
import { RecordingBus, RecordingChip } from './recording-chip.js';

/** State before the operation, and its outcome. */
export interface Result {
  readonly chipBefore: Registers;
  readonly cacheBefore: Registers;
  readonly outcome: Outcome;
  /** Answers of the operations before it. */
  readonly before: readonly number[];
}

/** The longest that one operation may take. */
const LIMIT: Duration = s(10);
/** The faces that the two families of recordings are about. */
const FACES = { seed: { channels: 'patch', hwmon: false }, hwmon: { channels: 'none', hwmon: true } } as const;

/** Runs a case. */
export async function runCase(one: Case): Promise<Result> {
  const machine = new Machine(one);
  await machine.start();
  const { operation } = one;
  const before: number[] = [];
  if (operation.op !== 'probe') {
    await machine.perform({ op: 'probe' });
    for (const step of one.beforeOps) {
      if ('force' in step) machine.chip.force(step.force);
      else before.push((await machine.perform(step)).ret);
    }
  }
  machine.chip.force(one.force);
  const state = { chipBefore: machine.chip.registers, cacheBefore: machine.cache };
  if (one.fault !== undefined) machine.bus.fault = { ...one.fault };
  return { ...state, before, outcome: await machine.perform(operation) };
}

/** One chip, one driver, and the files that a case reads and writes. */
class Machine {
  readonly #case: Case;
  readonly #clock = new SimClock(settle);
  readonly #core: DriverCore;
  readonly chip: RecordingChip;
  readonly bus: RecordingBus;
  #dev: Device | undefined;

  constructor(one: Case) {
    this.#case = one;
    const tree = treeOf(sourceOf(one));
    this.#core = new DriverCore({ clock: this.#clock, trace: new Trace(() => this.#clock.now()), tree });
    this.chip = new RecordingChip(this.#clock, one.beforeProbe);
    this.bus = new RecordingBus([one.adapter], this.chip);
  }

  /** What the register map remembers. */
  get cache(): Registers {
    return new Map(this.#data?.map.cached);
  }

  get #data(): Ina3221Data | undefined {
    return this.#dev?.drvdata as Ina3221Data | undefined;
  }

  async start(): Promise<void> {
    await this.#core.registerDriver(ina3221Driver(FACES[this.#case.family]));
  }

  /** Does one thing and tells everything about it. */
  async perform(operation: Operation): Promise<Outcome> {
    this.bus.transfers = [];
    const began = this.#clock.now();
    let text: string | undefined;
    const ret = await this.#timed(async () => {
      const answer = await this.#do(operation);
      if (typeof answer === 'string') text = answer;
      return typeof answer === 'string' ? answer.length : answer;
    });
    return {
      ...{ ret, text, bus: this.bus.transfers, chip: this.chip.registers, cache: this.cache },
      sleptUs: (this.#clock.now() - began) / us(1),
      summationShunt: this.#data?.summationShunt,
    };
  }

  /** A negative errno for what ended with an error. Time passes for who sleeps. */
  async #timed(body: () => Promise<number>): Promise<number> {
    const ended: { ret?: number; bug?: unknown } = {};
    void body().then(
      (ret) => Object.assign(ended, { ret }),
      (e: unknown) => Object.assign(ended, e instanceof SysError ? { ret: e.errno } : { bug: e }),
    );
    await this.#clock.runUntil(() => 'ret' in ended || 'bug' in ended, LIMIT);
    if ('bug' in ended) throw ended.bug;
    if (ended.ret === undefined) throw new Error('it did not end');
    return ended.ret;
  }

  async #do({ op, attr = '', value = '' }: Operation): Promise<number | string> {
    switch (op) {
      case 'probe':
        return this.#probe();
      case 'suspend':
      case 'resume':
        await this.#dev?.pm?.[op]();
        return 0;
      case 'read':
        return this.#files().read(attr);
      case 'write':
        await this.#files().write(attr, value);
        return value.length;
    }
  }

  async #probe(): Promise<number> {
    const node = this.#core.tree.byPath('/i2c@0/power@40');
    const parent = await this.#core.addDevice({ name: '0.i2c', bus: PLATFORM_BUS });
    const adapter = { nr: 1, parent, bus: this.bus, sysfs: new SysfsDir('i2c-1') };
    const outer = (dev: Device) => new I2cClient(dev, adapter, 0x40);
    this.#dev = await this.#core.addDevice({ name: '1-0040', bus: I2C_BUS, parent, ofNode: node, outer });
    const { state } = this.#dev;
    if (state.kind === 'failed') throw state.error;
    if (state.kind !== 'bound') throw new Error(`the device is ${state.kind}`);
    return 0;
  }

  #files(): SysfsDir {
    const [member] = this.#core.classDevices(this.#case.family === 'seed' ? 'iio' : 'hwmon');
    if (member === undefined) throw new Error('the driver registered no files');
    return member.sysfs;
  }
}

/** The devicetree of a case. Without inputs the node says nothing but what it is. */
function sourceOf({ singleShot, inputs = [] }: Case): string {
  const flag = singleShot ? 'ti,single-shot;' : '';
  const children = inputs.map(inputSource).join(' ');
  return `/ { i2c@0 { compatible = "x,i2c"; #address-cells = <1>; #size-cells = <0>; power@40 {
    compatible = "ti,ina3221"; reg = <0x40>; ${flag} #address-cells = <1>; #size-cells = <0>; ${children} }; }; };`;
}

function inputSource(input: InputSpec, index: number): string {
  const properties = [
    ...(input.reg === undefined ? [] : [`reg = <${input.reg}>;`]),
    ...(input.label === undefined ? [] : [`label = "${input.label}";`]),
    ...(input.shunt_micro_ohms === undefined ? [] : [`shunt-resistor-micro-ohms = <${input.shunt_micro_ohms}>;`]),
    ...(input.summation_disable === true ? ['ti,summation-disable;'] : []),
    ...(input.disabled === true ? ['status = "disabled";'] : []),
  ];
  return `input@${index} { ${properties.join(' ')} };`;
}
