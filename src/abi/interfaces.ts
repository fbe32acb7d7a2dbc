// The network interfaces of a machine, as `ip -s link` shows those of a computer.
import { hex } from '../base/bytes.js';
import type { DriverCore } from '../core/driver-core.js';
import { NetDevice } from '../core/netdevice.js';
import type { NetdevStats } from '../core/netdev-types.js';

/** An interface. */
export interface Interface {
  readonly name: string;
  /** Device path of what the interface is of: the parent of its device, a MAC. */
  readonly path: string;
  readonly address: string;
  readonly mtu: number;
  /** `up`, `no carrier`, or `down`. */
  readonly state: 'up' | 'no carrier' | 'down';
  readonly stats: NetdevStats;
}

/** All of them, in the order of the device tree's probing. */
export function readInterfaces(core: DriverCore): Interface[] {
  return core.devices.flatMap(({ drvdata, parent, path }) => {
    if (!(drvdata instanceof NetDevice)) return [];
    const { name, address, mtu, up, carrier } = drvdata;
    return {
      name,
      path: parent?.path ?? path,
      address: hex(address, ':'),
      mtu,
      state: up ? (carrier ? 'up' : 'no carrier') : 'down',
      stats: { ...drvdata.getStats() },
    };
  });
}
