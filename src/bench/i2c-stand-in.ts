// The simulated I2C controller: it stands in for an SoC's own until that has a driver and a model.
import type { I2cBus } from '../bus/i2c.js';
import type { Device, Driver } from '../core/device.js';
import { i2cAddAdapter } from '../core/i2c.js';
import { platformDriver } from '../core/platform-device.js';
import type { DtNode } from '../dt/tree.js';

/** The driver's name, as lists show it. */
export const SIM_I2C = 'sim-i2c';

/**
 * True for a node that is an I2C controller by its shape: generic name `i2c`, one address cell, no size cell (dt-schema
 * i2c-controller.yaml).
 */
export function isI2cController(node: DtNode): boolean {
  if (node.baseName !== 'i2c' || node.compatible.length === 0) return false;
  const bus = node.child('i2c-bus') ?? node;
  return bus.u32('#address-cells') === 1 && bus.u32('#size-cells') === 0;
}

/**
 * A platform driver for every controller that no other driver knows; register it last. `busOf` gives the wires of a
 * controller.
 */
export function simI2cDriver(busOf: (node: DtNode) => I2cBus): Driver {
  return platformDriver({
    name: SIM_I2C,
    compatible: ['bringup,sim-i2c'],
    matches: (dev) => dev.ofNode !== undefined && isI2cController(dev.ofNode),
    async probe(dev: Device) {
      if (dev.ofNode === undefined) throw dev.error('ENODEV', 'no devicetree node');
      await i2cAddAdapter(dev, busOf(dev.ofNode));
    },
  });
}
