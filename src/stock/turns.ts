// Activities of one kind come one after the other: who is started in the moment in which another was stopped waits
// until that has given back what it held.
import type { DeviceCore } from '../core/device.js';

/** The last one of each kind on a machine. */
class Turns {
  readonly last = new Map<string, Promise<void>>();
}

/** Does `body` when the one before it with that name has ended. */
export function inTurn(core: DeviceCore, name: string, body: () => Promise<void>): Promise<void> {
  const { last } = core.subsystem(Turns);
  const ended = (last.get(name) ?? Promise.resolve()).then(body);
  last.set(name, ended);
  return ended;
}
