// The machine: a tree, a list of drivers, a list of chips, and the wires between them.
import { assert } from '../base/assert.js';
import { type Duration, OwnedClock, type Settle, SimClock, s } from '../base/clock.js';
import { SysError } from '../base/errno.js';
import { Random } from '../base/random.js';
import { Trace } from '../base/trace.js';
import { FaultPlan } from '../bus/fault-plan.js';
import type { I2cBus } from '../bus/i2c.js';
import { withI2cFaults, withI2cTrace } from '../bus/i2c-decorators.js';
import { SimI2cBus } from '../bus/i2c-sim.js';
import type { ChipModel } from '../bus/socket.js';
import { type Driver, ofMatchIndex } from '../core/device.js';
import { DriverCore } from '../core/driver-core.js';
import { ofPlatformDefaultPopulate } from '../core/of-platform.js';
import type { DtNode, DtTree } from '../dt/tree.js';
import { BoardSocket } from './board-socket.js';
import { isI2cController, simI2cDriver } from './i2c-stand-in.js';
import { type NodeReport, reportNodes } from './report.js';
import { type Snapshot, takeSnapshot } from './snapshot.js';

/** Knob settings of one socket by name: what is soldered around a chip, as the board's builder knows it. */
export type Wiring = (node: DtNode, model: ChipModel) => Readonly<Record<string, number>>;

/** What a machine is made of. */
export interface BenchParts {
  readonly tree: DtTree;
  readonly drivers: readonly Driver[];
  readonly chips: readonly ChipModel[];
  /** Settles promises between two moments; the host gives it. */
  readonly settle: Settle;
  /** Same seed, tree and scenario: same trace. */
  readonly seed?: string;
  /** What goes wrong; the plan gets the bench's trace. Without it, nothing does until `bench.faults.add`. */
  readonly faults?: (trace: Trace) => FaultPlan;
  readonly wiring?: Wiring;
  /** A real adapter in place of the simulated one, by controller node. */
  readonly realI2c?: (node: DtNode) => I2cBus | undefined;
}

/** The longest that probing may take in virtual time before the bench calls it hung. */
const PROBE_LIMIT: Duration = s(60);

/** The operation named by the error of something that did not end in time. */
export const BENCH_LIMIT = 'bench';

/** A machine on the bench: power it on, let time pass, turn knobs, look, power it off. */
export class Bench {
  readonly clock: SimClock;
  readonly trace: Trace;
  readonly random: Random;
  readonly core: DriverCore;
  readonly faults: FaultPlan;
  readonly tree: DtTree;
  readonly #parts: BenchParts;
  readonly #driverClock: OwnedClock;
  readonly #sockets = new Map<string, BoardSocket>();
  readonly #i2c = new Map<DtNode, I2cBus>();
  readonly #simI2c = new Map<DtNode, SimI2cBus>();
  #on = false;

  constructor(parts: BenchParts) {
    this.#parts = parts;
    this.tree = parts.tree;
    this.clock = new SimClock(parts.settle);
    this.trace = new Trace(() => this.clock.now());
    this.random = new Random(parts.seed ?? '1');
    this.#driverClock = new OwnedClock(this.clock, 'drivers');
    this.core = new DriverCore({ clock: this.#driverClock, trace: this.trace, tree: parts.tree });
    this.faults = parts.faults?.(this.trace) ?? new FaultPlan([], this.trace);
  }

  /** The sockets that hold a chip, by device path. */
  get sockets(): ReadonlyMap<string, BoardSocket> {
    return this.#sockets;
  }

  /**
   * Plugs the chips, populates the devices of the tree, registers the drivers, and lets time pass until all have
   * probed.
   */
  async powerOn(): Promise<void> {
    assert(!this.#on, 'powered on twice');
    this.#on = true;
    this.#plugChips();
    await this.drive('probing', PROBE_LIMIT, async () => {
      await ofPlatformDefaultPopulate(this.core);
      for (const driver of this.#parts.drivers) await this.core.registerDriver(driver);
      await this.core.registerDriver(simI2cDriver((node) => this.#busOf(node)));
      await this.core.driversDone();
    });
  }

  /** Lets virtual time pass. */
  run(wait: Duration): Promise<void> {
    return this.clock.run(wait);
  }

  /**
   * Lets time pass until what `body` does has ended, and answers its result. ETIMEDOUT after `limit` of virtual time.
   */
  async drive<T>(what: string, limit: Duration, body: () => Promise<T>): Promise<T> {
    let ended = false;
    const work = body().finally(() => {
      ended = true;
    });
    work.catch(() => undefined);
    await this.clock.runUntil(() => ended, limit);
    if (!ended) {
      throw new SysError('ETIMEDOUT', `${what} did not end within ${limit / s(1)} s of virtual time`, {
        op: BENCH_LIMIT,
      });
    }
    return work;
  }

  /** Turns a knob of the chip at a device path. EINVAL says which chips or knobs there are. */
  setKnob(path: string, name: string, value: number): void {
    const socket = this.#sockets.get(path);
    if (socket === undefined)
      throw new SysError('EINVAL', `no chip at ${path}; there are ${[...this.#sockets.keys()].join(', ') || 'none'}`);
    socket.turn(name, value);
  }

  /** Every node with a `compatible`, in tree order, with what became of it. */
  report(): NodeReport[] {
    return reportNodes(this.core, this.#sockets);
  }

  /** State of devices, chips and knobs now, as plain data. */
  snapshot(): Snapshot {
    return takeSnapshot(this);
  }

  /** Unbinds everything, youngest first, and answers what was left behind: nothing, when drivers are clean. */
  async powerOff(): Promise<readonly string[]> {
    await this.drive('unbinding', PROBE_LIMIT, () => this.core.shutdown());
    return this.leaks();
  }

  /** What drivers hold although none is bound: timers, interrupt handlers. */
  leaks(): readonly string[] {
    const timers = this.#driverClock.pending;
    const handlers = [...this.#sockets.values()]
      .flatMap((socket) => [...socket.lines.values()])
      .filter((line) => line.handlers > 0);
    return [
      ...(timers > 0 ? [`${timers} timer(s) of drivers`] : []),
      ...handlers.map((line) => `${line.handlers} handler(s) on ${line.name}`),
    ];
  }

  #plugChips(): void {
    for (const node of this.tree.root.walk()) {
      const model = node.available ? this.#modelFor(node) : undefined;
      if (model !== undefined) this.#plug(node, model);
    }
  }

  #modelFor(node: DtNode): ChipModel | undefined {
    return this.#parts.chips.find((model) => ofMatchIndex(node, model.compatible) !== undefined);
  }

  #plug(node: DtNode, model: ChipModel): void {
    const wires = this.#wiresOf(node);
    if (wires === undefined) return;
    const socket = new BoardSocket(node.path, model, this, wires, this.#parts.wiring?.(node, model));
    socket.plug();
    this.#sockets.set(socket.name, socket);
  }

  /** The wires that lead to a node's socket; undefined where the board has no modelled bus there. */
  #wiresOf(node: DtNode): ConstructorParameters<typeof BoardSocket>[3] | undefined {
    const controller = node.parent?.name === 'i2c-bus' ? node.parent.parent : node.parent;
    const addr = node.u32('reg');
    if (controller === undefined || addr === undefined || !isI2cController(controller)) return undefined;
    const bus = this.#simBusOf(controller);
    return bus === undefined ? undefined : { i2c: (target) => bus.attach(addr, target) };
  }

  #simBusOf(controller: DtNode): SimI2cBus | undefined {
    if (this.#parts.realI2c?.(controller) !== undefined) return undefined;
    const bus = this.#simI2c.get(controller) ?? new SimI2cBus(controller.path);
    this.#simI2c.set(controller, bus);
    return bus;
  }

  /**
   * The wires of a controller as drivers see them: real or simulated, with trace, and with faults where a plan is
   * given.
   */
  #busOf(controller: DtNode): I2cBus {
    const known = this.#i2c.get(controller);
    if (known !== undefined) return known;
    const raw = this.#parts.realI2c?.(controller) ?? (this.#simBusOf(controller) as I2cBus);
    const bus = withI2cTrace(withI2cFaults(raw, controller.path, this.faults), controller.path, this.trace);
    this.#i2c.set(controller, bus);
    return bus;
  }
}
