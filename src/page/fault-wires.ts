// Every wire of a board on which something can go wrong, with the name that a fault plan has for it.
import type { Bench } from '../bench/bench.js';
import type { DeviceState } from '../core/device.js';
import { i2cAddress } from '../core/i2c.js';
import { RpmsgDevice } from '../core/rpmsg.js';
import type { DtNode } from '../dt/tree.js';

/** The kinds of wires, in the order of the list. */
export type WireKind = 'i2c' | 'mmio' | 'irq' | 'event' | 'rpmsg' | 'ethernet' | 'dpaa' | 'dma' | 'any';

/** One wire, or all of a kind. */
export interface FaultWireName {
  readonly kind: WireKind;
  /** For a person. */
  readonly name: string;
  /** Who is at it. */
  readonly about: string;
  /** Path of the device whose driver uses it, where there is one: it can be probed again. */
  readonly device?: string;
  /** A place of the fault menu, or the beginning of several: `i2c.`. */
  readonly where: string;
  /** What `@` names there; absent for all. */
  readonly which?: string;
}

type States = ReadonlyMap<string, DeviceState['kind']>;

/** Those that drivers and chips have asked for. */
export function faultWires(bench: Bench): FaultWireName[] {
  const { windows, lines, signals, macs, dpaa } = bench.wires;
  const states: States = new Map(bench.core.devices.map(({ path, state }) => [path, state.kind]));
  const users = new Set(bench.dmaMappings.map(({ dev }) => dev));
  return [
    ...i2cWires(bench, states),
    ...windows.map((name): FaultWireName => {
      const device = deviceAt(states, name.replace(/\[[^\]]*\]$/, ''));
      return { kind: 'mmio', name, about: '', ...device, where: 'mmio.', which: name };
    }),
    ...lines.map(
      ({ name, listeners }): FaultWireName => ({
        ...{ kind: 'irq', name, about: listeners.join(', '), where: 'irq.deliver', which: name },
      }),
    ),
    ...signals.map(
      ({ block, signal, to }): FaultWireName => ({
        ...{ kind: 'event', name: `${block}:${signal}`, about: `to ${to}` },
        ...{ where: 'event.fire', which: `${block}:${signal}` },
      }),
    ),
    ...channelWires(bench),
    ...macs.flatMap(macWires),
    ...dpaa.flatMap(dpaaWires),
    ...(users.size > 0 ? [{ kind: 'dma', name: 'all devices', about: '', where: 'dma.' } as const] : []),
    ...[...users].map((name): FaultWireName => ({ kind: 'dma', name, about: '', where: 'dma.map', which: name })),
    { kind: 'any', name: 'any operation', about: 'of any bus', where: 'any' },
  ];
}

/** A bus as a whole, then each address that the tree tells of. */
function i2cWires({ wires, tree, core }: Bench, states: States): FaultWireName[] {
  return wires.i2c.flatMap((path) => {
    const node = tree.byPath(path);
    const children = (node?.child('i2c-bus') ?? node)?.children ?? [];
    const targets = children.flatMap((child) => {
      const addr = addressOf(child);
      if (addr === undefined) return [];
      const which = `${path}:0x${addr.toString(16)}`;
      const about = core.deviceOf(child)?.name ?? child.compatible[0] ?? '';
      return [{ kind: 'i2c', name: child.path, about, ...deviceAt(states, child.path), where: 'i2c.', which } as const];
    });
    return [{ kind: 'i2c', name: path, about: 'the whole bus', where: 'i2c.', which: path }, ...targets];
  });
}

/** A device that a driver has, or that some driver could not get. */
function deviceAt(states: States, path: string): Pick<FaultWireName, 'device'> {
  const kind = states.get(path);
  return kind === 'bound' || kind === 'failed' ? { device: path } : {};
}

/** The I2C address of a node, where it is one. */
export function addressOf(node: DtNode): number | undefined {
  const cell = node.available ? node.u32('reg') : undefined;
  const addr = cell === undefined ? undefined : i2cAddress(cell);
  return typeof addr === 'number' && addr <= 0x7f ? addr : undefined;
}

/** The channels of edges that are open. */
function channelWires({ wires, core }: Bench): FaultWireName[] {
  const channels = core.devices.flatMap(({ outer }) => (outer instanceof RpmsgDevice ? outer : []));
  return wires.edges.flatMap((edge) => {
    const above = edge.slice(0, edge.lastIndexOf('/'));
    const own = channels.filter(({ dev }) => dev.path.startsWith(`${above}/`));
    return own.map(
      ({ channel }): FaultWireName => ({
        ...{ kind: 'rpmsg', name: `${edge}: ${channel}`, about: '', where: 'rpmsg.', which: `${edge}:${channel}` },
      }),
    );
  });
}

function macWires(path: string): FaultWireName[] {
  const wire = (about: string, which: string): FaultWireName => ({
    ...{ kind: 'ethernet', name: path, about, where: 'ethernet.frame', which },
  });
  return [wire('frames out', `${path}:out`), wire('frames in', `${path}:in`)];
}

/** A portal passes what its manager has; FMan both. */
function dpaaWires(path: string): FaultWireName[] {
  const managers = ['qman', 'bman'].filter((name) => path.includes(name));
  return (managers.length > 0 ? managers : ['qman', 'bman']).map((name) => ({
    ...{ kind: 'dpaa', name: path, about: name === 'qman' ? 'frames' : 'buffers', where: `${name}.`, which: path },
  }));
}
