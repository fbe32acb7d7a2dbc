// Clocks, as those who need them see them (Linux: linux/clk.h). No driver here gives clocks yet: what a node's `clocks`
// names is stood in for, and the log says so once for each controller. It counts who needs it, and each change is
// traced. A controller without driver holds nobody up (core/fwnode), so that consumers do probe.
//
// Gaps: no rates, no parents; preparing and enabling are one.
import { assert } from '../base/assert.js';
import type { SysError } from '../base/errno.js';
import type { Trace } from '../base/trace.js';
import { phandleArgs } from '../dt/references.js';
import type { DtNode } from '../dt/tree.js';
import type { Device, DeviceCore } from './device.js';

/** A clock: one output of a clock controller, the same for all who asked for it. */
export class Clk {
  /** The controller's path and the cells behind its phandle: `/soc/clock@10001000:5`. */
  readonly name: string;
  readonly #trace: Trace;
  #count = 0;

  constructor(name: string, trace: Trace) {
    this.name = name;
    this.#trace = trace;
  }

  /** How many need it now; it runs while that is not 0. */
  get enableCount(): number {
    return this.#count;
  }

  /** Needs it (Linux: clk_prepare_enable). */
  enable(): void {
    this.#count++;
    this.#trace.emit(this.name, { kind: 'clk_enable', count: this.#count });
  }

  /** Needs it no more (Linux: clk_disable_unprepare). One disable too many is a Bug. */
  disable(): void {
    assert(this.#count > 0, `${this.name}: already disabled`);
    this.#count--;
    this.#trace.emit(this.name, { kind: 'clk_disable', count: this.#count });
  }
}

/** The clocks of one machine. */
class Clks {
  readonly #trace: Trace;
  readonly #clks = new Map<string, Clk>();
  readonly #stoodIn = new Set<DtNode>();

  constructor(core: DeviceCore) {
    this.#trace = core.trace;
  }

  clk(controller: DtNode, cells: readonly number[]): Clk {
    const name = cells.length === 0 ? controller.path : `${controller.path}:${cells.join('.')}`;
    const known = this.#clks.get(name);
    if (known !== undefined) return known;
    this.#say(controller);
    const clk = new Clk(name, this.#trace);
    this.#clks.set(name, clk);
    return clk;
  }

  #say(controller: DtNode): void {
    if (this.#stoodIn.has(controller)) return;
    this.#stoodIn.add(controller);
    const text = `clk: no driver for ${controller.path} here: its clocks are stood in for`;
    this.#trace.emit(controller.path, { kind: 'printk', level: 'info', text });
  }
}

/** Clock `which` of the device: an index, or a name of `clock-names` (Linux: devm_clk_get). ENOENT: there is none. */
export function clkGet(dev: Device, which: number | string): Clk {
  const { ofNode } = dev;
  const index = typeof which === 'number' ? which : (ofNode?.strings('clock-names').indexOf(which) ?? -1);
  const clk = ofNode === undefined || index < 0 ? undefined : ofClkGet(dev.core, ofNode, index);
  if (clk === undefined) throw noClock(dev, which);
  return clk;
}

/** Clock `index` of any node (Linux: of_clk_get); undefined when the node names none there. */
export function ofClkGet(core: DeviceCore, node: DtNode, index: number): Clk | undefined {
  const entry = phandleArgs(core.tree, node, 'clocks', '#clock-cells').entries[index];
  return entry?.node === undefined ? undefined : core.subsystem(Clks).clk(entry.node, entry.args);
}

function noClock(dev: Device, which: number | string): SysError {
  return dev.error('ENOENT', `no clock ${typeof which === 'number' ? which : `'${which}'`}`, 'clk');
}
