// I2C adapters, clients and drivers (Linux: linux/i2c.h, i2c-core-of.c).
import { assert } from '../base/assert.js';
import type { I2cBus } from '../bus/i2c.js';
import type { DtNode } from '../dt/tree.js';
import type { BusType, ClassDevice, Device, Driver } from './device.js';
import { ofAliasGetHighestId, ofAliasGetId } from './of.js';
import { SysfsDir } from './sysfs.js';

/** The bus type of I2C clients. */
export const I2C_BUS: BusType = { name: 'i2c' };

/** A device at an address on an adapter (Linux: struct i2c_client). */
export class I2cClient {
  readonly dev: Device;
  readonly adapter: I2cAdapter;
  /** 7-bit address. */
  readonly addr: number;

  constructor(dev: Device, adapter: I2cAdapter, addr: number) {
    this.dev = dev;
    this.adapter = adapter;
    this.addr = addr;
  }

  /** The wires of the adapter. */
  get bus(): I2cBus {
    return this.adapter.bus;
  }
}

/** What an I2C driver is: as Driver, but probed with its client. */
export interface I2cDriverSpec {
  readonly name: string;
  readonly compatible: readonly string[];
  readonly probe: (client: I2cClient) => void | Promise<void>;
}

/** Makes a driver for I2C clients (Linux: module_i2c_driver). */
export function i2cDriver(spec: I2cDriverSpec): Driver {
  return {
    name: spec.name,
    bus: I2C_BUS,
    compatible: spec.compatible,
    probe(dev) {
      assert(dev.outer instanceof I2cClient, `${dev.path}: no I2C client`);
      return spec.probe(dev.outer);
    },
  };
}

/** A registered adapter: the number in its name (`i2c-1`), the controller's device and its wires. */
export interface I2cAdapter extends ClassDevice {
  readonly bus: I2cBus;
}

/**
 * Registers an adapter for a controller's device and creates a client for every available child node with a sound `reg`
 * (Linux: i2c_add_adapter). Its number is that of the alias `i2cN`, otherwise the first free one above all aliases.
 * The scope of `dev` removes the clients and the adapter again.
 */
export async function i2cAddAdapter(dev: Device, bus: I2cBus): Promise<I2cAdapter> {
  const nr = adapterNumber(dev);
  const adapter: I2cAdapter = { nr, parent: dev, bus, sysfs: new SysfsDir(`i2c-${nr}`) };
  dev.core.joinClass('i2c-adapter', adapter);
  const parent = dev.ofNode?.child('i2c-bus') ?? dev.ofNode;
  for (const node of parent?.children ?? []) if (node.available) await addClient(adapter, node);
  return adapter;
}

function adapterNumber(dev: Device): number {
  const { core, ofNode } = dev;
  const alias = ofNode === undefined ? undefined : ofAliasGetId(core.tree, ofNode, 'i2c');
  return alias ?? core.freeNumber('i2c-adapter', (ofAliasGetHighestId(core.tree, 'i2c') ?? -1) + 1);
}

async function addClient(adapter: I2cAdapter, node: DtNode): Promise<void> {
  const { parent } = adapter;
  if (node.compatible.length === 0) return;
  const addr = node.u32('reg');
  if (addr === undefined || addr > 0x7f) {
    parent.err(
      addr === undefined
        ? `of_i2c: invalid reg on ${node.path}`
        : `of_i2c: invalid addr=${addr.toString(16)} on ${node.path}`,
    );
    return;
  }
  const name = `${adapter.nr}-${addr.toString(16).padStart(4, '0')}`;
  const outer = (dev: Device) => new I2cClient(dev, adapter, addr);
  const client = await parent.core.addDevice({ name, bus: I2C_BUS, parent, ofNode: node, outer });
  parent.scope.defer(() => (client.state.kind === 'removed' ? undefined : parent.core.removeDevice(client)));
}
