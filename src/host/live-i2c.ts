// A real I2C bus on a live bench.
import type { I2cBus } from '../bus/i2c.js';
import type { LiveTime } from './live.js';

/**
 * The same wires, whose answers reach the driver once the bench's clock has caught up with them: what it waits for then
 * begins at the moment of the answer, not at that of the last step before it.
 */
export function onLiveTime(bus: I2cBus, live: Pick<LiveTime, 'arrived'>): I2cBus {
  return {
    functionality: bus.functionality,
    async transfer(addr, msgs) {
      try {
        return await bus.transfer(addr, msgs);
      } finally {
        await live.arrived();
      }
    },
  };
}
