// Devices and drivers on the channels to remote processors (Linux: linux/rpmsg.h, drivers/rpmsg/rpmsg_core.c).
//
// Differences from Linux:
// rpmsg-L1  A driver is told at once that its channel is gone (`down`), before it is unbound. Linux unbinds it, and
//           what it waits for meanwhile ends by time-out.
import { assert } from '../base/assert.js';
import { passSysError, SysError } from '../base/errno.js';
import type { RpmsgEdge, RpmsgEnd, RpmsgReceive } from '../bus/rpmsg.js';
import type { DtNode } from '../dt/tree.js';
import type { BusType, Device, Driver } from './device.js';
import type { Attribute } from './sysfs.js';

export type { RpmsgEdge } from '../bus/rpmsg.js';

const EPIPE = -32;

/** The bus type of channels. */
export const RPMSG_BUS: BusType = { name: 'rpmsg' };

/** A channel to a remote processor (Linux: struct rpmsg_device). */
export class RpmsgDevice {
  readonly dev: Device;
  /** `apr_audio_svc`. */
  readonly channel: string;
  readonly edge: RpmsgEdge;
  #end: RpmsgEnd | undefined;
  #tellDown: (() => void) | undefined;
  #down = false;

  constructor(dev: Device, channel: string, edge: RpmsgEdge) {
    this.dev = dev;
    this.channel = channel;
    this.edge = edge;
  }

  /** True when the other side has closed the channel, or is dead. */
  get isDown(): boolean {
    return this.#down;
  }

  /** Sends now or not at all: 0, or a negative errno (Linux: rpmsg_trysend); EPIPE where no driver has it. */
  trysend(bytes: Uint8Array): number {
    return this.#end?.trysend(bytes) ?? EPIPE;
  }

  /** Sends, and waits for room as long as the transport does (Linux: rpmsg_send). */
  send(bytes: Uint8Array): Promise<number> {
    return this.#end?.send(bytes) ?? Promise.resolve(EPIPE);
  }

  /** For the bus: opens the channel until unbind. */
  open(receive: RpmsgReceive, down: (() => void) | undefined): void {
    const intents = intentsOf(this.dev.ofNode);
    this.#end = this.edge.open(this.channel, receive, intents === undefined ? {} : { intents });
    this.#tellDown = down;
    this.dev.scope.defer(() => {
      this.#end?.close();
      this.#end = undefined;
      this.#tellDown = undefined;
    });
  }

  /** For the edge: the channel is gone. */
  goDown(): void {
    this.#down = true;
    this.#tellDown?.();
  }
}

/** What an rpmsg driver is: as Driver, but probed with its channel. */
export interface RpmsgDriverSpec {
  readonly name: string;
  readonly compatible: readonly string[];
  /** Channels that it takes by their name (Linux: id_table). */
  readonly channels?: readonly string[];
  /** Called when the channel is open; messages may come before it has ended. */
  readonly probe: (rpdev: RpmsgDevice) => void | Promise<void>;
  /** Takes one message, as RpmsgReceive. */
  readonly callback: (rpdev: RpmsgDevice, bytes: Uint8Array) => number;
  /** The channel is gone; the unbind follows. At once, and in the call that says so: it must not wait. */
  readonly down?: (rpdev: RpmsgDevice) => void;
}

/** Makes a driver for channels (Linux: register_rpmsg_driver). */
export function rpmsgDriver(spec: RpmsgDriverSpec): Driver {
  return {
    name: spec.name,
    bus: RPMSG_BUS,
    compatible: spec.compatible,
    matches: ({ outer }) => outer instanceof RpmsgDevice && spec.channels?.includes(outer.channel) === true,
    async probe(dev) {
      const rpdev = dev.outer;
      assert(rpdev instanceof RpmsgDevice, `${dev.path}: no rpmsg device`);
      openFor(rpdev, spec);
      await spec.probe(rpdev);
    },
  };
}

/** As in Linux whatever hinders the endpoint is ENOMEM for the probe. */
function openFor(rpdev: RpmsgDevice, spec: RpmsgDriverSpec): void {
  const { dev } = rpdev;
  try {
    rpdev.open((bytes) => spec.callback(rpdev, bytes), spec.down === undefined ? undefined : () => spec.down?.(rpdev));
  } catch (e) {
    passSysError(e);
    dev.err('failed to create endpoint');
    throw dev.error('ENOMEM', `cannot open channel ${rpdev.channel}`, 'rpmsg', e);
  }
}

/** The buffers that the tree wants announced on a channel: pairs of size and count. */
function intentsOf(node: DtNode | undefined): (readonly [size: number, count: number])[] | undefined {
  const cells = node?.property('qcom,intents')?.cells();
  if (cells === undefined) return undefined;
  return Array.from({ length: cells.length >> 1 }, (_, pair) => {
    return [cells[2 * pair] as number, cells[2 * pair + 1] as number] as const;
  });
}

/** Where an edge stands in the tree: the device of the remote processor, and the edge's node below it. */
export interface RpmsgEdgePlace {
  readonly dev: Device;
  readonly node: DtNode;
}

/** The channels of an edge as devices. */
export interface RpmsgEdgeDevices {
  /** Resolves when what the remote processor has done so far has been followed. */
  settled(): Promise<void>;
}

/**
 * Makes a device of each channel that the remote processor opens, and removes it when it closes; until the remote
 * processor's device is unbound.
 */
export function rpmsgRegisterEdge(place: RpmsgEdgePlace, edge: RpmsgEdge): RpmsgEdgeDevices {
  const devices = new EdgeDevices(place, edge);
  const stop = edge.watch(devices);
  place.dev.scope.defer(() => {
    stop();
    return devices.end();
  });
  return devices;
}

/** The devices of one edge. What the remote processor does is followed in order, one channel after the other. */
class EdgeDevices implements RpmsgEdgeDevices {
  readonly #place: RpmsgEdgePlace;
  readonly #edge: RpmsgEdge;
  readonly #devices = new Map<string, RpmsgDevice>();
  #work: Promise<void> = Promise.resolve();

  constructor(place: RpmsgEdgePlace, edge: RpmsgEdge) {
    this.#place = place;
    this.#edge = edge;
  }

  up(channel: string): void {
    this.#work = this.#work.then(() => this.#add(channel));
  }

  down(channel: string): void {
    this.#devices.get(channel)?.goDown();
    this.#work = this.#work.then(() => this.#remove(channel));
  }

  settled(): Promise<void> {
    return this.#work;
  }

  async end(): Promise<void> {
    for (const channel of this.#devices.keys()) this.down(channel);
    await this.#work;
  }

  async #add(channel: string): Promise<void> {
    const { dev: parent, node } = this.#place;
    const name = `${parent.name}:${node.baseName}.${channel}.-1.-1`;
    const ofNode = node.children.find((child) => child.available && channelOf(child) === channel);
    const outer = (dev: Device): RpmsgDevice => {
      const rpdev = new RpmsgDevice(dev, channel, this.#edge);
      this.#devices.set(channel, rpdev);
      return rpdev;
    };
    try {
      const { sysfs } = await parent.core.addDevice({ name, bus: RPMSG_BUS, parent, ofNode, outer });
      sysfs.addGroup(attributes(channel));
    } catch (e) {
      if (!(e instanceof SysError)) throw e;
      parent.err(`failed to add channel ${channel}: ${e.message}`);
    }
  }

  async #remove(channel: string): Promise<void> {
    const dev = this.#devices.get(channel)?.dev;
    this.#devices.delete(channel);
    if (dev !== undefined && dev.state.kind !== 'removed') await dev.core.removeDevice(dev);
  }
}

/** Addresses are any: SMD and GLINK have channels instead. */
const ANY = '0xffffffff\n';

function attributes(channel: string): readonly Attribute[] {
  const file = (name: string, text: string): Attribute => ({ name, mode: 0o444, show: () => text });
  return [file('name', `${channel}\n`), file('src', ANY), file('dst', ANY), file('announce', 'false\n')];
}

/** The channel that a node below an edge stands for. */
export function channelOf(node: DtNode): string | undefined {
  return node.string('qcom,smd-channels') ?? node.string('qcom,glink-channels');
}
