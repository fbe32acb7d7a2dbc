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
  /**
   * 7-bit address. For a 10-bit one, or the controller's own as a target, Linux's number for it (0xa000 or 0x1000
   * higher), which the buses here do not carry: transfers end with EINVAL.
   */
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
  for (const node of parent?.children ?? []) if (node.available) await registerClient(adapter, node);
  return adapter;
}

function adapterNumber(dev: Device): number {
  const { core, ofNode } = dev;
  const alias = ofNode === undefined ? undefined : ofAliasGetId(core.tree, ofNode, 'i2c');
  return alias ?? core.freeNumber('i2c-adapter', (ofAliasGetHighestId(core.tree, 'i2c') ?? -1) + 1);
}

/** A number in `reg` with its flags (include/dt-bindings/i2c/i2c.h). */
const TEN_BIT = 0x8000_0000;
const OWN_TARGET = 0x4000_0000;
/** What Linux adds for them, so that kinds of addresses do not meet (i2c_encode_flags_to_addr). */
const TEN_BIT_OFFSET = 0xa000;
const OWN_TARGET_OFFSET = 0x1000;

/**
 * The client address that a cell of `reg` stands for, with Linux's offset for a 10-bit one and for the controller's
 * own; or why there is none, in Linux's words. Reserved addresses are allowed, as in Linux.
 */
export function i2cAddress(cell: number): number | string {
  const ten = (cell & TEN_BIT) !== 0;
  const own = (cell & OWN_TARGET) !== 0;
  const addr = cell & ~TEN_BIT & ~OWN_TARGET;
  if (ten ? addr > 0x3ff : addr === 0 || addr > 0x7f) {
    return `Invalid ${ten ? 10 : 7}-bit I2C address 0x${(addr & 0xffff).toString(16).padStart(2, '0')}`;
  }
  return addr + (ten ? TEN_BIT_OFFSET : 0) + (own ? OWN_TARGET_OFFSET : 0);
}

async function registerClient(adapter: I2cAdapter, node: DtNode): Promise<void> {
  const { core } = adapter.parent;
  if (core.deviceOf(node) !== undefined) return;
  const type = node.compatible[0];
  const cell = node.u32('reg');
  if (type === undefined) complain(adapter, `of_i2c: modalias failure on ${node.path}`);
  else if (cell === undefined) complain(adapter, `of_i2c: invalid reg on ${node.path}`);
  else {
    if (await newClient(adapter, node, type, cell)) return;
    complain(adapter, `of_i2c: Failure registering ${node.path}`);
  }
  complain(adapter, `Failed to create I2C device for ${node.path}`);
}

/** Answers whether there is a client now (Linux: i2c_new_client_device). */
async function newClient(adapter: I2cAdapter, node: DtNode, type: string, cell: number): Promise<boolean> {
  const { parent } = adapter;
  const addr = i2cAddress(cell);
  if (typeof addr === 'string') {
    complain(adapter, addr);
    return false;
  }
  if (parent.children.some(({ outer }) => outer instanceof I2cClient && isAt(outer, adapter, addr))) {
    const name = type.slice(type.indexOf(',') + 1);
    complain(adapter, `Failed to register i2c client ${name} at 0x${hex(addr, 2)} (-16)`);
    return false;
  }
  const outer = (dev: Device) => new I2cClient(dev, adapter, addr);
  const name = `${adapter.nr}-${hex(addr, 4)}`;
  const client = await parent.core.addDevice({ name, bus: I2C_BUS, parent, ofNode: node, outer });
  parent.scope.defer(() => (client.state.kind === 'removed' ? undefined : parent.core.removeDevice(client)));
  return true;
}

function isAt(client: I2cClient, adapter: I2cAdapter, addr: number): boolean {
  return client.adapter === adapter && client.addr === addr;
}

/** As dev_err of the adapter's device prints it, which has no driver. */
function complain(adapter: I2cAdapter, what: string): void {
  const text = `i2c i2c-${adapter.nr}: ${what}`;
  adapter.parent.trace.emit(adapter.parent.path, { kind: 'printk', level: 'err', text });
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
