// Where `power` looks: a machine with power monitors on it, modelled or at the end of a real bus.
import { readGuardedRails } from '../abi/rails.js';
import { hexNumber } from '../base/bytes.js';
import { s } from '../base/clock.js';
import { type Errno, SysError } from '../base/errno.js';
import type { Bench } from '../bench/bench.js';
import type { NodeReport } from '../bench/report.js';
import { ofMatchIndex } from '../core/device.js';
import type { I2cDev } from '../host/i2c-dev.js';
import { type I2cHolder, i2cHolder } from '../host/i2c-holder.js';
import { LiveTime } from '../host/live.js';
import { onLiveTime } from '../host/live-i2c.js';
import { POWER_MONITORS } from '../stock/catalogue.js';
import { faultsThatStrike, tellIdleFaults } from './fault-watch.js';
import { type Io, oneLine } from './io.js';
import { buildMachine, type MachineOptions, powerOn } from './machine.js';
import { type PowerSample, powerSample } from '../stock/power-sample.js';
import { monitorTree, type RealMonitor } from './power-tree.js';
import { Refusal } from './refusal.js';
import { closeTrace, traceInto } from './trace-file.js';
import { loadTree, type TreeOptions } from './tree-file.js';

/** What the options of `power` say about where to look. */
export interface SourceOptions extends MachineOptions, TreeOptions {
  readonly bus?: { readonly path: string } | undefined;
  readonly address?: number | undefined;
  readonly shunt?: RealMonitor['shunts'] | undefined;
  readonly label?: RealMonitor['labels'] | undefined;
  readonly force?: true | undefined;
  readonly trace?: string | undefined;
}

/** A machine under power. Close it in any case: that takes the drivers off, and lets go of a real bus. */
export interface PowerSource {
  /** What is looked at, for a heading. */
  readonly title: string;
  /** Monitors of the tree that are not there, each with the reason. */
  readonly absent: readonly string[];
  sample(): Promise<PowerSample>;
  /** Lets real time pass, and the machine's with it, until a moment of it or until `stop` is aborted. */
  wait(untilNs: number, stop: AbortSignal): Promise<void>;
  /** Answers what drivers left behind. */
  close(): Promise<readonly string[]>;
}

/** The longest that reading all files may take: a stuck bus has a second for each transfer. */
const READ_LIMIT = s(60);

/** Where an INA3221 is on most boards: its pin A0 is tied to ground. */
export const USUAL_ADDRESS = 0x40;

/** Opens what TREE or `--bus` names. A `live` machine keeps step with real time; a real bus always does. */
export async function openPower(
  path: string | undefined,
  options: SourceOptions,
  io: Io,
  live: boolean,
): Promise<PowerSource> {
  if (options.bus !== undefined) return openReal(path, options.bus.path, options, io);
  if (path === undefined) {
    throw new Refusal(2, 'power', 'nothing is named to look at', 'name a TREE, or a real bus: --bus /dev/i2c-1');
  }
  refuseOfRealBus(options);
  const tree = await loadTree(io, path, options);
  const time = new LiveTime(io);
  const bench = buildMachine(tree, options, live ? { pace: time.pace } : {});
  const source = new Machine({ title: path, bench, time, options, io, live });
  return source.open(() => undefined);
}

/** A tree says itself where its chips are and what is soldered around them. */
function refuseOfRealBus({ address, shunt, label, force }: SourceOptions): void {
  const given = { '--address': address, '--shunt': shunt, '--label': label, '--force': force };
  const option = Object.entries(given).find(([, value]) => value !== undefined)?.[0];
  if (option !== undefined)
    throw new Refusal(2, option, 'it is about a real bus', 'name one with --bus, or leave it out');
}

async function openReal(tree: string | undefined, path: string, options: SourceOptions, io: Io): Promise<PowerSource> {
  const { address = USUAL_ADDRESS, shunt: shunts, label: labels = [] } = options;
  if (tree !== undefined) throw new Refusal(2, tree, 'a tree and --bus exclude each other', 'leave one of them out');
  if (shunts === undefined) {
    const why = 'the currents depend on the shunt resistors of the board';
    throw new Refusal(2, `--bus ${path}`, why, 'say what is soldered there, as in --shunt 10m');
  }
  const bus = await openBus(path, address, options.force === true, io);
  try {
    const time = new LiveTime(io);
    const wires = onLiveTime(bus, time);
    const real = { realI2c: () => wires, pace: time.pace };
    const bench = buildMachine(monitorTree({ path, address, shunts, labels }), options, real);
    const title = `${path} ${hexNumber(address, 2)}`;
    const source = new Machine({ title, bench, time, options, io, live: true, bus });
    return await source.open((absent) => {
      const todo = 'check the wiring and --address';
      return new Refusal(1, `--bus ${path}`, `no INA3221 at ${hexNumber(address, 2)}: ${reasonOf(absent)}`, todo);
    });
  } catch (e) {
    await bus.close();
    throw e;
  }
}

/** Without the path in front, which is of a tree that nobody wrote. */
function reasonOf(absent: string): string {
  return absent.replace(/^\/\S*: /, '');
}

/** Opens the adapter, and refuses an address that a driver of the kernel uses, unless told otherwise. */
async function openBus(path: string, address: number, force: boolean, io: Io): Promise<I2cDev> {
  const bus = await opened(path, force, io);
  if (force || !(await bus.isHeld(address))) return bus;
  await bus.close();
  throw heldRefusal(path, address, i2cHolder(path, address));
}

/** Why a chip is not ours, and where its measurements are. */
export function heldRefusal(path: string, address: number, { driver, client, hwmon }: I2cHolder): Refusal {
  const who = driver === undefined ? "the kernel's own driver" : `the kernel's driver ${driver}`;
  const read = hwmon.length > 0 ? `read ${hwmon.join(', ')} instead` : 'unbind it first';
  const what = `${hexNumber(address, 2)} is in use by ${who} (${client})`;
  return new Refusal(3, `--bus ${path}`, what, `${read}, or take the chip over with --force`);
}

/** What opening a bus may end with; all else is told in the system's words. */
const OPENING: Partial<Record<Errno, readonly [exitCode: 2 | 3, what: string, todo: string]>> = {
  ENOENT: [3, 'there is no such bus', 'modprobe i2c-dev, or see bringup doctor i2c-dev'],
  EACCES: [3, 'permission denied', 'join the group i2c, or see bringup doctor i2c-dev'],
  EPERM: [3, 'permission denied', 'join the group i2c, or see bringup doctor i2c-dev'],
  ENOTTY: [2, 'this is no I2C bus', 'name one of /dev/i2c-*'],
  EISDIR: [2, 'this is no I2C bus', 'name one of /dev/i2c-*'],
  EOPNOTSUPP: [3, 'this adapter has neither plain I2C nor SMBus words', 'name another one'],
};

async function opened(path: string, force: boolean, io: Io): Promise<I2cDev> {
  try {
    const bus = await io.openI2c(path, { force });
    if (bus !== undefined) return bus;
  } catch (e) {
    const [exitCode, what, todo] = (e instanceof SysError && OPENING[e.code]) || [undefined, '', ''];
    throw exitCode === undefined ? e : new Refusal(exitCode, `--bus ${path}`, what, todo);
  }
  const what = 'system calls need the package koffi, which is not installed';
  throw new Refusal(3, `--bus ${path}`, what, 'npm install koffi, or see bringup doctor koffi');
}

interface MachineParts {
  readonly title: string;
  readonly bench: Bench;
  readonly time: LiveTime;
  readonly options: SourceOptions;
  readonly io: Io;
  readonly live: boolean;
  readonly bus?: I2cDev;
}

class Machine implements PowerSource {
  readonly title: string;
  absent: readonly string[] = [];
  readonly #parts: MachineParts;
  readonly #struck: ReadonlySet<string>;
  readonly #trace: ReturnType<typeof traceInto>;
  #startNs: number | undefined;

  constructor(parts: MachineParts) {
    const { title, bench, options, io } = parts;
    this.title = title;
    this.#parts = parts;
    this.#struck = options.fault.length === 0 ? new Set() : faultsThatStrike(bench);
    this.#trace = traceInto(bench, io, options.trace);
  }

  /** Powers on. Where no monitor came up there is nothing to look at: `refuse` may say it in better words. */
  async open(refuse: (absent: string) => Refusal | undefined): Promise<PowerSource> {
    const { bench, options, title } = this.#parts;
    try {
      await powerOn(bench, options);
      const monitors = bench.report().filter((one) => isMonitor(bench, one));
      this.absent = monitors.filter(({ state }) => state !== 'bound' && state !== 'disabled').map(why);
      if (bench.core.classDevices('hwmon').length === 0) {
        const [first] = this.absent;
        if (first !== undefined) throw refuse(first) ?? new Refusal(1, title, first, 'nothing is left to look at');
        const known = `the kinds known here: ${POWER_MONITORS.join(', ')}`;
        throw new Refusal(1, title, 'no power monitor is in this tree', known);
      }
      return this;
    } catch (e) {
      await this.close();
      throw e;
    }
  }

  async sample(): Promise<PowerSample> {
    const { bench, bus, io } = this.#parts;
    await this.#catchUp();
    this.#startNs ??= bench.clock.now();
    const seconds = (bench.clock.now() - this.#startNs) / s(1);
    const when = bus === undefined ? { seconds } : { time: io.isoTime() };
    return powerSample(when, await bench.drive('reading the rails', READ_LIMIT, () => readGuardedRails(bench.core)));
  }

  wait(untilNs: number, stop: AbortSignal): Promise<void> {
    return this.#parts.time.run(this.#parts.bench, stop, untilNs);
  }

  async close(): Promise<readonly string[]> {
    const { bench, bus, options, io } = this.#parts;
    try {
      return await bench.powerOff();
    } finally {
      await bus?.close();
      closeTrace(this.#trace);
      tellIdleFaults(io, options.fault, this.#struck, 'check it with --trace FILE');
    }
  }

  /** What is read must not be of a moment that has passed. */
  async #catchUp(): Promise<void> {
    if (this.#parts.live) await this.wait(0, new AbortController().signal);
  }
}

function isMonitor(bench: Bench, { path }: NodeReport): boolean {
  const node = bench.tree.byPath(path);
  return node !== undefined && ofMatchIndex(node, POWER_MONITORS) !== undefined;
}

/** `/i2c@1/power@40: failed: regmap: read MANUFACTURER_ID failed (ENXIO)`. */
function why({ path, reason = 'it has no driver' }: NodeReport): string {
  return oneLine(reason.startsWith(path) ? reason : `${path}: ${reason}`);
}
