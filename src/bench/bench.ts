// The machine: a tree, a list of drivers, a list of chips, and the wires between them.
import { assert } from '../base/assert.js';
import { hexNumber } from '../base/bytes.js';
import { type Duration, type Pace, type Settle, SimClock, s } from '../base/clock.js';
import { isErrno, SysError } from '../base/errno.js';
import { Random } from '../base/random.js';
import { Trace } from '../base/trace.js';
import type { DmaFinding, DmaMapping } from '../bus/dma-ledger.js';
import type { EthernetLink, EthernetPeer } from '../bus/ethernet.js';
import { type DpaaWatcher, SimDpaa } from '../bus/dpaa-sim.js';
import { FaultPlan } from '../bus/fault-plan.js';
import type { I2cBus } from '../bus/i2c.js';
import { withI2cFaults, withI2cTrace } from '../bus/i2c-decorators.js';
import type { RpmsgEdge } from '../bus/rpmsg.js';
import { withRpmsgFaults, withRpmsgTrace } from '../bus/rpmsg-decorators.js';
import type { GlinkOptions } from '../bus/rpmsg-glink.js';
import { SimRpmsgEdge } from '../bus/rpmsg-sim.js';
import type { SmdOptions } from '../bus/rpmsg-smd.js';
import type { ChipModel } from '../bus/socket.js';
import { type Driver, ofMatchIndex } from '../core/device.js';
import { DriverCore } from '../core/driver-core.js';
import { i2cAddress } from '../core/i2c.js';
import { ofPlatformDefaultPopulate } from '../core/of-platform.js';
import { dpmResume, dpmSuspend } from '../core/pm.js';
import { Rproc } from '../core/remoteproc.js';
import { cpuRange } from '../dt/address.js';
import type { DtNode, DtTree } from '../dt/tree.js';
import { Board, type MemoryOptions } from './board.js';
import { BoardSocket, type SocketWires } from './board-socket.js';
import { EthernetLines, type EthernetWatcher, type EthernetWire } from './ethernet-lines.js';
import { EventLines, type EventWiring } from './event-lines.js';
import { I2cSeats } from './i2c-seats.js';
import { isI2cController, simI2cDriver } from './i2c-stand-in.js';
import { edgeOf, simRemoteprocDriver, transportOf } from './remoteproc-stand-in.js';
import { type NodeReport, reportNodes } from './report.js';
import { type Snapshot, takeSnapshot } from './snapshot.js';
import { type FrameListener, VideoLines, type VideoWiring } from './video-lines.js';
import type { WireNames } from './wire-names.js';

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
  /** Where the signals of blocks lead; nowhere when left out. */
  readonly events?: EventWiring;
  /** Who may feed a block with pictures; nobody when left out. */
  readonly video?: VideoWiring;
  /** How the shared memory lies and behaves; see SimMemory. */
  readonly memory?: MemoryOptions;
  /** A real adapter in place of the simulated one, by controller node. */
  readonly realI2c?: (node: DtNode) => I2cBus | undefined;
  /** A real edge in place of the modelled one, by the node of its remote processor; no chip is plugged there then. */
  readonly realRpmsg?: (node: DtNode) => RpmsgEdge | undefined;
  /** How modelled edges to remote processors behave; see the options of the transports. */
  readonly rpmsg?: SmdOptions & GlinkOptions;
  /** How long the processor takes to come to an interrupt, drawn for each; it comes at once when left out. */
  readonly irqLatency?: (random: Random) => Duration;
  /** How time passes while something is driven; as fast as it can when left out. With a real end: `LiveTime.pace`. */
  readonly pace?: Pace;
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
  readonly #board: Board;
  readonly #sockets = new Map<string, BoardSocket>();
  readonly #events: EventLines;
  readonly #ethernet: EthernetLines;
  readonly #video: VideoLines;
  readonly #dpaa: SimDpaa;
  readonly #i2c = new Map<DtNode, I2cBus>();
  readonly #seats = new Map<DtNode, I2cSeats>();
  /** Modelled edges by the node of their remote processor. */
  readonly #edges = new Map<DtNode, SimRpmsgEdge>();
  readonly #edgeNames = new Set<string>();
  #on = false;

  constructor(parts: BenchParts) {
    this.#parts = parts;
    this.tree = parts.tree;
    this.clock = new SimClock(parts.settle);
    this.trace = new Trace(() => this.clock.now());
    this.random = new Random(parts.seed ?? '1');
    this.faults = parts.faults?.(this.trace) ?? new FaultPlan([], this.trace);
    const { clock, trace, tree, faults } = this;
    const late = this.random.stream('irq latency');
    const irqLatency = (): Duration => parts.irqLatency?.(late) ?? 0;
    this.#board = new Board({ clock, trace, tree, faults, memory: parts.memory ?? {}, irqLatency });
    this.#events = new EventLines(parts.events ?? (() => []), trace, faults);
    this.#ethernet = new EthernetLines(tree, trace, faults);
    this.#dpaa = new SimDpaa(tree.root.strings('compatible'), trace, faults);
    this.#video = new VideoLines(parts.video ?? (() => []), clock);
    this.core = new DriverCore({ clock, trace, tree, wires: this.#board });
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
      if (this.#hasEdge) await this.core.registerDriver(simRemoteprocDriver((node) => this.#edgeWires(node)));
      await this.core.driversDone();
      await this.#remotesUp();
    });
  }

  /** Lets virtual time pass. */
  run(wait: Duration): Promise<void> {
    return this.clock.run(wait);
  }

  /**
   * Lets time pass until what `body` does has ended, and answers its result. ETIMEDOUT after `limit` of virtual time,
   * or when nothing is left that time could bring about.
   */
  async drive<T>(what: string, limit: Duration, body: () => Promise<T>): Promise<T> {
    let ended = false;
    const work = body().finally(() => {
      ended = true;
    });
    work.catch(() => undefined);
    const done = (): boolean => ended;
    await (this.#parts.pace?.(this.clock, done, limit) ?? this.clock.runUntil(done, limit));
    if (!ended) {
      throw new SysError('ETIMEDOUT', `${what} did not end within ${limit / s(1)} s of virtual time`, {
        op: BENCH_LIMIT,
      });
    }
    return work;
  }

  /** Sends the machine to sleep, as `echo mem > /sys/power/state` does; the error of a driver that refuses goes up. */
  suspend(): Promise<void> {
    return this.drive('suspending', PROBE_LIMIT, () => dpmSuspend(this.core));
  }

  /** Wakes it. */
  resume(): Promise<void> {
    return this.drive('resuming', PROBE_LIMIT, () => dpmResume(this.core));
  }

  /** Turns a knob of the chip at a device path. EINVAL says which chips or knobs there are. */
  setKnob(path: string, name: string, value: number): void {
    const socket = this.#sockets.get(path);
    if (socket === undefined)
      throw new SysError('EINVAL', `no chip at ${path}; there are ${[...this.#sockets.keys()].join(', ') || 'none'}`);
    socket.turn(name, value);
  }

  /** Listens to the frames of all outputs, as a panel gets them; answers how to stop. It costs time meanwhile. */
  onFrame(listener: FrameListener): () => void {
    return this.#video.onFrame(listener);
  }

  /** The far end of the wire of the MAC at a device path. EINVAL says which MACs there are. */
  ethernet(path: string): EthernetPeer {
    return this.#ethernet.peer(path);
  }

  /** Plugs two MACs into each other, at 1000 Mbit/s unless said; answers how to take the cable away. */
  connectEthernet(one: string, other: string, link?: EthernetLink): () => void {
    return this.#ethernet.connect(one, other, link);
  }

  /** The wires of all MACs: their links, and which lead to another MAC. */
  get ethernetWires(): readonly EthernetWire[] {
    return this.#ethernet.wires;
  }

  /** Watches the frames of all wires; answers how to stop. */
  onEthernet(watcher: EthernetWatcher): () => void {
    return this.#ethernet.watch(watcher);
  }

  /** Watches the frames that DPAA's blocks put into queues and take out of them; answers how to stop. */
  onDpaa(watcher: DpaaWatcher): () => void {
    return this.#dpaa.watch(watcher);
  }

  /**
   * Bytes at a bus address as devices have them, at most `length`, for who only looks on; undefined where nothing is
   * mapped. A view: valid until something happens.
   */
  peekDma(iova: number, length: number): Uint8Array | undefined {
    return this.#board.sim.ledger.peek(iova, length);
  }

  /** The wires that drivers and chips have asked for, by the names that faults and traces give them. */
  get wires(): WireNames {
    const { windows, lines } = this.#board;
    return {
      i2c: [...this.#i2c.keys()].map(({ path }) => path),
      windows: [...windows],
      lines: lines.filter(({ handlers }) => handlers > 0).map(({ name, listeners }) => ({ name, listeners })),
      signals: this.#events.signals,
      edges: [...this.#edgeNames],
      macs: this.#ethernet.names,
      dpaa: this.#dpaa.blocks,
    };
  }

  /** Every node with a `compatible`, in tree order, with what became of it. */
  report(): NodeReport[] {
    return reportNodes(this.core, this.#sockets);
  }

  /** State of devices, chips and knobs now, as plain data. */
  snapshot(): Snapshot {
    const { clock, random, core, sockets } = this;
    return takeSnapshot({ clock, random, core, sockets, lines: this.#board.lines, memory: this.#board.sim });
  }

  /**
   * Unbinds everything, youngest first, and answers what was left behind: nothing, when drivers are clean. An unbinding
   * that does not end in time is said there too.
   */
  async powerOff(): Promise<readonly string[]> {
    try {
      await this.drive('unbinding', PROBE_LIMIT, () => this.core.shutdown());
      return this.leaks();
    } catch (e) {
      if (!(e instanceof SysError) || e.op !== BENCH_LIMIT) throw e;
      return [e.message, ...this.leaks()];
    }
  }

  /** What devices hold that are not bound: scopes, timers, interrupt handlers, mappings, memory, register windows. */
  leaks(): readonly string[] {
    const unbound = this.core.devices.filter((dev) => dev.state.kind !== 'bound' && dev.held > 0);
    const clocks = this.core.leftClocks;
    const { ledger, allocated } = this.#board.sim;
    return [
      ...unbound.map((dev) => `${dev.path} is ${dev.state.kind} and holds ${dev.held}`),
      ...clocks.map(({ owner, pending }) => `${pending} timer(s) of ${owner}`),
      ...this.#board.lines.flatMap(({ name, handlers }) => (handlers > 0 ? [`${handlers} handler(s) on ${name}`] : [])),
      ...ledger.leaks().map(({ dev, iova, size }) => `${dev}: ${size} bytes mapped at ${hexNumber(iova)}`),
      ...(allocated > 0 ? [`${allocated} buffer(s) of shared memory`] : []),
    ];
  }

  /** What drivers and devices did wrong with shared memory so far, in the words of Linux's DMA-API debugging. */
  get dmaFindings(): readonly DmaFinding[] {
    return this.#board.sim.ledger.findings;
  }

  /** Mappings of shared memory that are open now, in the order in which they were made. */
  get dmaMappings(): readonly DmaMapping[] {
    return this.#board.sim.ledger.leaks();
  }

  #plugChips(): void {
    const { chips } = this.#parts;
    const words = new Set(chips.flatMap(({ compatible }) => compatible.map((word) => word.toLowerCase())));
    for (const node of this.tree.root.walk()) {
      // Most nodes fit none: that is found out without asking each model.
      if (!node.available || !node.compatible.some((word) => words.has(word.toLowerCase()))) continue;
      const model = chips.find(({ compatible }) => ofMatchIndex(node, compatible) !== undefined);
      if (model !== undefined) this.#plug(node, model);
    }
  }

  #plug(node: DtNode, model: ChipModel): void {
    const wires = this.#wiresOf(node);
    if (wires === undefined) return;
    const part = ofMatchIndex(node, model.compatible)?.entry;
    const socket = new BoardSocket(node.path, model, this, wires, this.#parts.wiring?.(node, model), part);
    try {
      socket.plug();
      this.#sockets.set(socket.name, socket);
    } catch (e) {
      // The tree leads other wires there than the chip has: the socket stays empty.
      if (!isErrno(e, 'ENODEV') && !isErrno(e, 'EBUSY')) throw e;
      this.trace.emit(node.path, {
        kind: 'printk',
        level: 'warn',
        text: `bench: ${model.name} does not fit: ${e.message}`,
      });
    }
  }

  /** The wires that lead to a node's socket; undefined where the board has no modelled bus there. */
  #wiresOf(node: DtNode): SocketWires | undefined {
    const board = this.#board;
    const irq: NonNullable<SocketWires['irq']> = (pin, nth, idle) =>
      board.lineOfPin(node, pin, nth, idle) ?? board.looseLine(`${node.path}:${pin}`, idle === true);
    const controller = node.parent?.name === 'i2c-bus' ? node.parent.parent : node.parent;
    if (controller !== undefined && isI2cController(controller)) return this.#i2cWires(node, controller, irq);
    if (edgeOf(node) !== undefined && this.#parts.realRpmsg?.(node) !== undefined) return undefined;
    const edge = edgeOf(node) === undefined ? undefined : this.#edgeOf(node);
    if (!board.hasWindow(node) && edge === undefined) return undefined;
    return {
      irq,
      ...(edge === undefined ? {} : { rpmsg: () => edge.remote }),
      mmio: (target, index) => board.attach(node, index, target),
      dma: () => board.sim.port(node.path),
      master: () => board.master(node.path),
      event: (signal) => this.#events.pin(node, signal),
      events: (target) => this.#events.take(node, target),
      ethernet: () => this.#ethernet.port(node),
      dpaa: () => this.#dpaa.port(node.path, cpuRange(node, 0)?.start ?? 0),
      video: () => this.#video.port(node),
    };
  }

  /** What remote processors open at once is probed before the machine is on. */
  async #remotesUp(): Promise<void> {
    if (!this.#hasEdge) return;
    await this.clock.sleep(0);
    for (const rproc of this.core.classDevices('remoteproc')) if (rproc instanceof Rproc) await rproc.settled();
  }

  get #hasEdge(): boolean {
    for (const node of this.tree.root.walk()) if (edgeOf(node) !== undefined) return true;
    return false;
  }

  /** The modelled edge of a remote processor. */
  #edgeOf(node: DtNode): SimRpmsgEdge {
    const known = this.#edges.get(node);
    if (known !== undefined) return known;
    const place = edgeOf(node);
    assert(place !== undefined, `${node.path}: no edge`);
    const edge = new SimRpmsgEdge(place.path, this.clock, { transport: transportOf(place), ...this.#parts.rpmsg });
    this.#edges.set(node, edge);
    return edge;
  }

  /** The same as software has it, with trace and faults. */
  #edgeWires(node: DtNode): RpmsgEdge {
    const name = edgeOf(node)?.path ?? node.path;
    const edge = this.#parts.realRpmsg?.(node) ?? this.#edgeOf(node);
    this.#edgeNames.add(name);
    return withRpmsgTrace(withRpmsgFaults(edge, name, this.faults, this.clock), name, this.trace);
  }

  /** As in Linux the first node with an address has it; one that is no 7-bit address has no socket. */
  #i2cWires(node: DtNode, controller: DtNode, irq: NonNullable<SocketWires['irq']>): SocketWires | undefined {
    const addr = i2cAddress(node.u32('reg') ?? 0);
    const seats = this.#seatsOf(controller);
    if (seats === undefined || typeof addr === 'string' || !seats.expect(addr)) return undefined;
    return { irq, i2c: { addr, sit: (target, at) => seats.sit(node.path, target, at) } };
  }

  #seatsOf(controller: DtNode): I2cSeats | undefined {
    if (this.#parts.realI2c?.(controller) !== undefined) return undefined;
    const seats = this.#seats.get(controller) ?? new I2cSeats(controller.path);
    this.#seats.set(controller, seats);
    return seats;
  }

  /**
   * The wires of a controller as drivers see them: real or simulated, with trace, and with faults where a plan is
   * given.
   */
  #busOf(controller: DtNode): I2cBus {
    const known = this.#i2c.get(controller);
    if (known !== undefined) return known;
    const raw = this.#parts.realI2c?.(controller) ?? (this.#seatsOf(controller) as I2cSeats).bus;
    const bus = withI2cTrace(withI2cFaults(raw, controller.path, this.faults), controller.path, this.trace);
    this.#i2c.set(controller, bus);
    return bus;
  }
}
