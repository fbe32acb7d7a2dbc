// The zone that all drivers and stacks of a machine take their pages from (Linux: the zones of node 0).
import type { DeviceCore } from './device.js';
import { Zone } from './page.js';

/** Its place among the machine's subsystems. */
class MachineZone {
  readonly zone: Zone;

  constructor({ wires }: DeviceCore) {
    this.zone = new Zone(wires.memory);
  }
}

/** The machine's zone. Who goes lets it drain, so that nothing is kept when all have gone. */
export function zoneOf(core: DeviceCore): Zone {
  return core.subsystem(MachineZone).zone;
}
