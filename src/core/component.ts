// Devices that only work together (Linux: linux/component.h, drivers/base/component.c): an aggregate has a master and
// a list of components, and is bound when the last of them has come.
import { assert } from '../base/assert.js';
import { SysError } from '../base/errno.js';
import type { Awaited, Device } from './device.js';
import { Mutex } from './mutex.js';

/** What a component does when its aggregate comes up and goes down. `unbind` undoes what `bind` acquired. */
export interface ComponentOps {
  bind(dev: Device, master: Device): void | Promise<void>;
  unbind?(dev: Device, master: Device): void | Promise<void>;
}

/** The same for the master: its `bind` calls componentBindAll, its `unbind` componentUnbindAll. */
export interface MasterOps {
  bind(master: Device): void | Promise<void>;
  unbind(master: Device): void | Promise<void>;
}

/** One entry of a match list. */
export interface ComponentMatch {
  /** Devicetree path, or device path, of who is awaited: for reports. */
  readonly what: string;
  readonly matches: (dev: Device) => boolean;
}

/** A master with its match list. */
export interface Aggregate {
  readonly master: Device;
  readonly bound: boolean;
  /** `what` of the entries for which no component has come, in the order of the list. */
  readonly missing: readonly string[];
}

/**
 * Announces a device as a component and brings up the aggregate that it completes. What the master's `bind` throws,
 * this throws, and the component is gone again. The answer takes it away; its aggregate is unbound first. As in Linux
 * one lock is held meanwhile: a `bind` that makes another component come or go, and waits for it, is a Bug.
 */
export function componentAdd(dev: Device, ops: ComponentOps): Promise<() => Promise<void>> {
  return dev.core.subsystem(Components).add(dev, ops);
}

/**
 * Announces an aggregate and brings it up if its components are there. It throws what `bind` threw, and the aggregate
 * is gone again. The answer unbinds it if it is bound and forgets it.
 */
export function componentMasterAddWithMatch(
  master: Device,
  ops: MasterOps,
  matches: readonly ComponentMatch[],
): Promise<() => Promise<void>> {
  return master.core.subsystem(Components).addMaster(master, ops, matches);
}

/**
 * Binds the components of a master in the order of its match list. When one fails, those before it are unbound in
 * reverse, and this throws what it threw. EINVAL: no such master, or not all of its components are there.
 */
export function componentBindAll(master: Device): Promise<void> {
  return master.core.subsystem(Components).bindAll(master);
}

/** Unbinds the components of a master in reverse. A failure on the way is told and does not stop the rest. */
export function componentUnbindAll(master: Device): Promise<void> {
  return master.core.subsystem(Components).unbindAll(master);
}

/**
 * What a bound master waits for as long as components are missing: the path of the first, and a sentence with all.
 * Undefined for a device that is no master or has them.
 */
export function aggregateAwaits(dev: Device): Awaited | undefined {
  const missing = dev.core.subsystem(Components).aggregates.find(({ master }) => master === dev)?.missing ?? [];
  const [path, ...others] = missing;
  if (path === undefined) return undefined;
  return { path, reason: `waits for component${others.length > 0 ? 's' : ''} ${missing.join(', ')}` };
}

interface Component {
  readonly dev: Device;
  readonly ops: ComponentOps;
  /** The one aggregate that it belongs to, bound or not. */
  owner: Bundle | undefined;
  bound: boolean;
}

/** A match list with what has come for each entry. */
interface Bundle {
  readonly master: Device;
  readonly ops: MasterOps;
  readonly slots: { readonly match: ComponentMatch; component: Component | undefined }[];
  bound: boolean;
}

/** All components and aggregates of a machine, in the order of their coming. */
export class Components {
  readonly #components: Component[] = [];
  readonly #bundles: Bundle[] = [];
  readonly #lock = new Mutex();

  get aggregates(): readonly Aggregate[] {
    return this.#bundles.map((bundle) => ({
      master: bundle.master,
      bound: bundle.bound,
      missing: bundle.slots.flatMap((slot) =>
        slot.component === undefined && this.#find(bundle, slot.match) === undefined ? [slot.match.what] : [],
      ),
    }));
  }

  /** See componentAdd. */
  async add(dev: Device, ops: ComponentOps): Promise<() => Promise<void>> {
    const component: Component = { dev, ops, owner: undefined, bound: false };
    await this.#locked(dev, async () => {
      this.#components.push(component);
      try {
        await this.#bringUpOne(component);
      } catch (e) {
        this.#forget(component);
        throw e;
      }
    });
    return () => this.#locked(dev, () => this.#remove(component));
  }

  /** See componentMasterAddWithMatch. */
  async addMaster(master: Device, ops: MasterOps, matches: readonly ComponentMatch[]): Promise<() => Promise<void>> {
    const slots = matches.map((match) => ({ match, component: undefined }));
    const bundle: Bundle = { master, ops, slots, bound: false };
    await this.#locked(master, async () => {
      this.#bundles.push(bundle);
      try {
        await this.#bringUp(bundle);
      } catch (e) {
        this.#disband(bundle);
        throw e;
      }
    });
    return () =>
      this.#locked(master, async () => {
        await this.#takeDown(bundle);
        this.#disband(bundle);
      });
  }

  /** See componentBindAll. The caller is the `bind` of a master: the lock is held. */
  async bindAll(master: Device): Promise<void> {
    const done: Component[] = [];
    for (const component of this.#partsOf(master)) {
      assert(!component.bound, `${component.dev.path}: bound twice by ${master.path}`);
      try {
        await component.ops.bind(component.dev, master);
      } catch (e) {
        for (const earlier of done.reverse()) await unbind(earlier, master);
        tellFailure(e, (errno) => master.err(`failed to bind ${component.dev.name}: ${errno}`));
        throw e;
      }
      component.bound = true;
      done.push(component);
      master.info(`bound ${component.dev.name}`);
    }
  }

  /** See componentUnbindAll. The caller is a master: the lock is held. */
  async unbindAll(master: Device): Promise<void> {
    for (const component of this.#partsOf(master).reverse()) await unbind(component, master);
  }

  /** Linux waits for ever where a `bind` or `unbind` waits for what itself holds up. */
  #locked<T>({ clock, path }: Device, body: () => Promise<T>): Promise<T> {
    const who = `${path}: component: a bind or unbind waits for a component or master that comes or goes`;
    return this.#lock.run(body, { clock, who });
  }

  /** The components of a master, each once: a later entry with the same component is a duplicate. */
  #partsOf(master: Device): Component[] {
    const bundle = this.#bundles.find((one) => one.master === master);
    if (bundle === undefined) throw master.error('EINVAL', 'is no master', 'component');
    const parts = bundle.slots.map(({ match, component }) => {
      if (component === undefined) throw master.error('EINVAL', `${match.what} is missing`, 'component');
      return component;
    });
    return [...new Set(parts)];
  }

  /** Newest aggregate first, as in Linux; one component completes at most one. */
  async #bringUpOne(component: Component): Promise<void> {
    for (const bundle of [...this.#bundles].reverse()) {
      if (!bundle.bound && (await this.#bringUp(bundle, component))) return;
    }
  }

  /** Answers whether the aggregate was bound now. */
  async #bringUp(bundle: Bundle, added?: Component): Promise<boolean> {
    if (!this.#gather(bundle) || (added !== undefined && added.owner !== bundle)) return false;
    try {
      await bundle.ops.bind(bundle.master);
    } catch (e) {
      const left = bundle.slots.find(({ component }) => component?.bound === true);
      assert(left === undefined, `${bundle.master.path}: bind failed and left ${left?.match.what} bound`);
      tellFailure(e, (errno) => bundle.master.info(`adev bind failed: ${errno}`));
      throw e;
    }
    bundle.bound = true;
    return true;
  }

  /** Gives each entry its component, up to the first that has none; what has come is kept, as in Linux. */
  #gather(bundle: Bundle): boolean {
    for (const slot of bundle.slots) {
      slot.component ??= this.#find(bundle, slot.match);
      if (slot.component === undefined) return false;
      slot.component.owner = bundle;
    }
    return true;
  }

  /** The first component that an entry fits and that no other aggregate has. */
  #find(bundle: Bundle, match: ComponentMatch): Component | undefined {
    return this.#components.find(({ dev, owner }) => (owner === undefined || owner === bundle) && match.matches(dev));
  }

  async #takeDown(bundle: Bundle): Promise<void> {
    if (!bundle.bound) return;
    bundle.bound = false;
    await settled(bundle.master, () => bundle.ops.unbind(bundle.master));
  }

  async #remove(component: Component): Promise<void> {
    if (component.owner !== undefined) await this.#takeDown(component.owner);
    assert(!component.bound, `${component.dev.path}: still bound after the unbind of its aggregate`);
    this.#forget(component);
  }

  #forget(component: Component): void {
    for (const slot of component.owner?.slots ?? []) if (slot.component === component) slot.component = undefined;
    this.#components.splice(this.#components.indexOf(component), 1);
  }

  #disband(bundle: Bundle): void {
    for (const { component } of bundle.slots) if (component !== undefined) component.owner = undefined;
    this.#bundles.splice(this.#bundles.indexOf(bundle), 1);
  }
}

async function unbind(component: Component, master: Device): Promise<void> {
  const { dev, ops } = component;
  assert(component.bound, `${dev.path}: unbound by ${master.path} without being bound`);
  component.bound = false;
  await settled(dev, () => ops.unbind?.(dev, master));
}

/** Runs something that must not stop what comes behind it: a device's error is told, our own mistake goes up. */
async function settled(dev: Device, body: () => void | Promise<void>): Promise<void> {
  try {
    await body();
  } catch (e) {
    if (!(e instanceof SysError)) throw e;
    dev.err(`cleanup: ${e.message}`);
  }
}

/** A deferral is no failure. */
function tellFailure(e: unknown, tell: (errno: number) => void): void {
  if (e instanceof SysError && e.code !== 'EPROBE_DEFER') tell(e.errno);
}
