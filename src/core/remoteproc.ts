// Remote processors: up, crashed, up again (Linux: linux/remoteproc.h, drivers/remoteproc/remoteproc_core.c).
// Gaps: firmware, its memory, stopping and starting by hand.
import { type Duration, ms, type Timer } from '../base/clock.js';
import type { LogLevel } from '../base/trace.js';
import type { DtNode } from '../dt/tree.js';
import type { ClassDevice, Device } from './device.js';
import { type RpmsgEdge, type RpmsgEdgeDevices, rpmsgRegisterEdge } from './rpmsg.js';
import { SysfsDir } from './sysfs.js';

/** Where a remote processor stands. */
export type RprocState = 'offline' | 'running' | 'crashed';

/** From the crash to the start of the firmware, after everything that used the processor is unbound. */
const RECOVERY: Duration = ms(100);

/** A registered remote processor (Linux: struct rproc): `remoteproc0`. */
export class Rproc implements ClassDevice {
  readonly nr: number;
  readonly parent: Device;
  readonly sysfs: SysfsDir;
  /** `adsp`. */
  readonly name: string;
  readonly #channels: () => RpmsgEdgeDevices;
  #state: RprocState = 'offline';
  #crashes = 0;

  constructor(nr: number, parent: Device, name: string, channels: () => RpmsgEdgeDevices) {
    this.#channels = channels;
    this.nr = nr;
    this.parent = parent;
    this.name = name;
    this.sysfs = new SysfsDir(`remoteproc${nr}`);
    this.sysfs.addGroup([
      { name: 'name', mode: 0o444, show: () => `${name}\n` },
      { name: 'state', mode: 0o444, show: () => `${this.#state}\n` },
    ]);
  }

  get state(): RprocState {
    return this.#state;
  }

  /** How often it has crashed. */
  get crashes(): number {
    return this.#crashes;
  }

  /** Resolves when the drivers on its channels have followed what it has done so far. */
  settled(): Promise<void> {
    return this.#channels().settled();
  }

  /** For the framework: it has died. */
  crashed(): void {
    this.#state = 'crashed';
    this.#crashes++;
    this.log('err', `crash detected in ${this.name}: type fatal error`);
    this.log('err', `handling crash #${this.#crashes} in ${this.name}`);
    this.log('err', `recovering ${this.name}`);
  }

  /** For the framework: it has opened a channel, so it runs. */
  up(): void {
    if (this.#state === 'running') return;
    this.#state = 'running';
    this.log('info', `remote processor ${this.name} is now up`);
  }

  log(level: LogLevel, what: string): void {
    const text = `remoteproc remoteproc${this.nr}: ${what}`;
    this.parent.trace.emit(this.parent.path, { kind: 'printk', level, text });
  }
}

/** How a remote processor is made. */
export interface RprocSpec {
  readonly name: string;
  /** The node of the edge below the processor's. */
  readonly node: DtNode;
  readonly edge: RpmsgEdge;
}

/**
 * Registers a remote processor with the channels of its edge, until unbind (Linux: devm_rproc_add). When it
 * dies, everything on its channels is unbound, and it is started again.
 */
export async function devmRprocAdd(dev: Device, { name, node, edge }: RprocSpec): Promise<Rproc> {
  const rproc = new Rproc(dev.core.freeNumber('remoteproc'), dev, name, () => channels);
  dev.core.joinClass('remoteproc', rproc);
  let timer: Timer | undefined;
  let ended = false;
  dev.scope.defer(() => {
    ended = true;
    timer?.cancel();
  });
  const recover = async (): Promise<void> => {
    await channels.settled();
    timer?.cancel();
    if (ended) return;
    timer = dev.clock.after(RECOVERY, () => {
      if (rproc.state === 'crashed') edge.boot?.(); // it may have come back by itself
    });
  };
  const crashed = (): void => {
    rproc.crashed();
    void Promise.resolve().then(recover); // behind the channels, which go now
  };
  dev.scope.defer(edge.watch({ up: () => rproc.up(), down: () => undefined, crashed }));
  const channels = rpmsgRegisterEdge({ dev, node }, edge);
  await channels.settled();
  return rproc;
}
