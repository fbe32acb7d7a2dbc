// What a flood of bad frames makes the driver say: a line of each kind in five seconds (Linux: net_ratelimit).
import type { Device } from '../../core/device.js';
import { Ratelimit } from '../../core/ratelimit.js';

/** The lines of one interface. */
export class Complaints {
  readonly #dev: Device;
  readonly #limits = new Map<string, Ratelimit>();

  constructor(dev: Device) {
    this.#dev = dev;
  }

  /** Prints it unless one of its kind was printed just now; how many were not stands behind the next that is. */
  err(kind: string, text: string): void {
    let limit = this.#limits.get(kind);
    if (limit === undefined) {
      limit = new Ratelimit(this.#dev.clock);
      this.#limits.set(kind, limit);
    }
    const suppressed = limit.pass();
    if (suppressed === undefined) return;
    this.#dev.err(suppressed > 0 ? `${text}, and ${suppressed} such before it` : text);
  }
}
