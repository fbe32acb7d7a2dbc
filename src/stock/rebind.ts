// Takes the driver off a device and offers it again, as writes to a driver's `unbind` and `bind` do: a probe can be
// watched while something is broken.
import { SysError } from '../base/errno.js';
import type { Bench } from '../bench/bench.js';
import { InputError } from './input-error.js';
import { findNode } from './machine.js';

/** Begins as soon as time passes; what comes of it is the device's state. InputError where there is no such device. */
export function rebind(bench: Bench, words: string): void {
  const where = `rebind ${words}`;
  const { core, clock, tree } = bench;
  const dev = core.devices.find(({ path }) => path === words) ?? core.deviceOf(findNode(tree, words, where));
  if (dev === undefined) throw new InputError(where, 'the node has no device', 'choose one of the list of devices');
  const again = async (): Promise<void> => {
    await core.unbind(dev);
    await core.bind(dev);
  };
  clock.after(0, () => {
    again().catch((error: unknown) => {
      // Somebody else was faster, or the device is gone. A mistake of ours is thrown where time passes.
      if (!(error instanceof SysError))
        clock.after(0, () => {
          throw error;
        });
    });
  });
}
