// The Ethernet wires of a board: one at each MAC, with the network, a file or another MAC at its far end.
import { assert } from '../base/assert.js';
import { SysError } from '../base/errno.js';
import type { Trace } from '../base/trace.js';
import type {
  EthernetDamage,
  EthernetLink,
  EthernetPeer,
  EthernetPort,
  EthernetReceive,
  EthernetSpeed,
  PhySeat,
} from '../bus/ethernet.js';
import type { FaultPlan } from '../bus/fault-plan.js';
import type { DtNode, DtTree } from '../dt/tree.js';

/** `out` leaves the MAC, `in` comes to it. */
export type EthernetDirection = 'out' | 'in';

/** Sees every frame of every wire that arrives, as it arrives. The bytes are valid during the call only. */
export type EthernetWatcher = (
  mac: string,
  direction: EthernetDirection,
  frame: Uint8Array,
  damage: EthernetDamage | undefined,
) => void;

/** A wire as it is now. */
export interface EthernetWire {
  /** Device path of the MAC. */
  readonly mac: string;
  readonly link: EthernetLink | undefined;
  /** Device path of the MAC that it is plugged into; undefined where something else is at the far end, or nothing. */
  readonly other: string | undefined;
}

const SPEEDS: readonly EthernetSpeed[] = [10, 100, 1000, 2500, 10_000];
const GIGABIT: EthernetLink = { speed: 1000, fullDuplex: true };
/** No frame on a wire is shorter, FCS not counted. */
const LEAST_BYTES = 60;
const BAD_FCS: EthernetDamage = { fcs: true };

/** All wires of one machine. A frame takes no time on its wire. */
export class EthernetLines {
  readonly #tree: DtTree;
  readonly #trace: Trace;
  readonly #faults: FaultPlan;
  readonly #wires = new Map<string, Wire>();
  readonly #watchers = new Set<EthernetWatcher>();

  constructor(tree: DtTree, trace: Trace, faults: FaultPlan) {
    this.#tree = tree;
    this.#trace = trace;
    this.#faults = faults;
  }

  /** Paths of the MACs. */
  get names(): readonly string[] {
    return [...this.#wires.keys()];
  }

  /** The end of a MAC. A `fixed-link` in the tree is plugged in from the start. */
  port(node: DtNode): EthernetPort {
    return this.#wire(node).port;
  }

  /** The far end of a MAC's wire. EINVAL names the MACs there are. */
  peer(path: string): EthernetPeer {
    return this.#known(path).peer;
  }

  /**
   * Plugs two MACs into each other. Pulling out either end, or plugging it in again, does so for both. The answer takes
   * the cable away.
   */
  connect(one: string, other: string, link: EthernetLink = GIGABIT): () => void {
    const [a, b] = [this.#known(one), this.#known(other)];
    assert(a !== b, `${one}: a cable from a port to itself`);
    return joined(a, b, link);
  }

  /** All wires as they are now, in the order of the tree. */
  get wires(): readonly EthernetWire[] {
    return [...this.#wires.values()].map(({ name, link, other }) => ({ mac: name, link, other: other?.name }));
  }

  /** Watches all wires; answers how to stop. */
  watch(watcher: EthernetWatcher): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  #known(path: string): Wire {
    const wire = this.#wires.get(path);
    if (wire !== undefined) return wire;
    const there = [...this.#wires.keys()].join(', ') || 'none';
    throw new SysError('EINVAL', `no Ethernet at ${path}; there is ${there}`, { op: 'ethernet' });
  }

  #wire(node: DtNode): Wire {
    const known = this.#wires.get(node.path);
    if (known !== undefined) return known;
    const [trace, faults, watchers] = [this.#trace, this.#faults, this.#watchers];
    const wire = new Wire({
      name: node.path,
      phy: phySeat(this.#tree, node),
      link: fixedLink(node),
      trace,
      faults,
      watchers,
    });
    this.#wires.set(node.path, wire);
    return wire;
  }
}

/** What the tree says of a MAC without PHY. */
function fixedLink(node: DtNode): EthernetLink | undefined {
  const fixed = node.child('fixed-link');
  const speed = SPEEDS.find((known) => known === fixed?.u32('speed'));
  if (fixed === undefined || speed === undefined) return undefined;
  return { speed, fullDuplex: fixed.property('full-duplex') !== undefined };
}

/** Where the tree has the MAC's PHY. */
function phySeat(tree: DtTree, node: DtNode): PhySeat | undefined {
  const handle = node.u32('phy-handle');
  const phy = handle === undefined ? undefined : tree.byPhandle(handle);
  const addr = phy?.u32('reg');
  return phy?.parent === undefined || addr === undefined ? undefined : { bus: phy.parent.path, addr };
}

function joined(a: Wire, b: Wire, link: EthernetLink): () => void {
  assert(a.other === undefined && b.other === undefined, `${a.name}, ${b.name}: a cable is there already`);
  a.other = b;
  b.other = a;
  a.plug(link);
  let there = true;
  return () => {
    if (!there) return;
    there = false;
    a.plug(undefined);
    a.other = undefined;
    b.other = undefined;
  };
}

interface WireParts {
  readonly name: string;
  readonly phy: PhySeat | undefined;
  readonly link: EthernetLink | undefined;
  readonly trace: Trace;
  readonly faults: FaultPlan;
  readonly watchers: ReadonlySet<EthernetWatcher>;
}

class Wire {
  readonly name: string;
  readonly port: EthernetPort;
  readonly peer: EthernetPeer;
  link: EthernetLink | undefined;
  /** The MAC at the other end of the cable. */
  other: Wire | undefined;
  readonly #trace: Trace;
  readonly #faults: FaultPlan;
  readonly #watchers: ReadonlySet<EthernetWatcher>;
  readonly #listeners: EthernetReceive[] = [];
  readonly #changed: ((link: EthernetLink | undefined) => void)[] = [];
  #receive: EthernetReceive | undefined;

  constructor(parts: WireParts) {
    this.name = parts.name;
    this.link = parts.link;
    this.#trace = parts.trace;
    this.#faults = parts.faults;
    this.#watchers = parts.watchers;
    this.port = new MacEnd(this, parts.phy);
    this.peer = new FarEnd(this);
  }

  receive(receive: EthernetReceive): void {
    this.#receive = receive;
  }

  onLink(changed: (link: EthernetLink | undefined) => void): void {
    this.#changed.push(changed);
  }

  listen(receive: EthernetReceive): () => void {
    this.#listeners.push(receive);
    return () => {
      const at = this.#listeners.indexOf(receive);
      if (at >= 0) this.#listeners.splice(at, 1);
    };
  }

  plug(link: EthernetLink | undefined): void {
    this.#setLink(link);
    if (this.other !== undefined) this.other.#setLink(link);
  }

  /** A frame begins its way. What the plan does to it is done here, once, also when two MACs share the cable. */
  carry(direction: EthernetDirection, frame: Uint8Array, damage: EthernetDamage | undefined): void {
    if (this.link === undefined) return this.#tell(direction, frame, 'no link');
    const fault = this.#faults.idle ? undefined : this.#faults.hit('ethernet.frame', direction, this.name);
    if (fault === 'lost') return this.#tell(direction, frame, fault);
    const state = fault === 'damaged' ? BAD_FCS : damage;
    this.#arrive(direction, frame, state);
    if (fault === 'doubled') this.#arrive(direction, frame, state);
  }

  #arrive(direction: EthernetDirection, frame: Uint8Array, damage: EthernetDamage | undefined): void {
    if (this.#trace.on) this.#tell(direction, frame, damage === undefined ? '' : 'damaged');
    if (this.#watchers.size > 0) for (const watcher of this.#watchers) watcher(this.name, direction, frame, damage);
    if (direction === 'in') return this.#receive?.(frame, damage);
    const listeners = this.#listeners;
    for (let i = 0; i < listeners.length; i++) (listeners[i] as EthernetReceive)(frame, damage);
    const { other } = this;
    if (other !== undefined) other.#arrive('in', frame, damage);
  }

  #setLink(link: EthernetLink | undefined): void {
    if (link?.speed === this.link?.speed && link?.fullDuplex === this.link?.fullDuplex) return;
    this.link = link;
    const { speed = 0, fullDuplex = false } = link ?? {};
    if (this.#trace.on) this.#trace.emit(this.name, { kind: 'ethernet_link', speed, fullDuplex });
    for (const changed of this.#changed) changed(link);
  }

  #tell(direction: EthernetDirection, frame: Uint8Array, state: string): void {
    if (this.#trace.on) this.#trace.emit(this.name, { kind: 'ethernet_frame', direction, length: frame.length, state });
  }
}

function padded(frame: Uint8Array): Uint8Array {
  const whole = new Uint8Array(LEAST_BYTES);
  whole.set(frame);
  return whole;
}

class MacEnd implements EthernetPort {
  readonly phy: PhySeat | undefined;
  readonly #wire: Wire;

  constructor(wire: Wire, phy: PhySeat | undefined) {
    this.#wire = wire;
    this.phy = phy;
  }

  send(frame: Uint8Array): void {
    this.#wire.carry('out', frame, undefined);
  }

  receive(receive: EthernetReceive): void {
    this.#wire.receive(receive);
  }

  get link(): EthernetLink | undefined {
    return this.#wire.link;
  }

  onLink(changed: (link: EthernetLink | undefined) => void): void {
    this.#wire.onLink(changed);
  }
}

class FarEnd implements EthernetPeer {
  readonly #wire: Wire;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  get name(): string {
    return this.#wire.name;
  }

  send(frame: Uint8Array, damage?: EthernetDamage): void {
    this.#wire.carry('in', damage === undefined && frame.length < LEAST_BYTES ? padded(frame) : frame, damage);
  }

  listen(receive: EthernetReceive): () => void {
    return this.#wire.listen(receive);
  }

  plug(link: EthernetLink | undefined): void {
    this.#wire.plug(link);
  }
}
