// What one machine has of BMan and QMan: the blocks once they are bound, and their portals (Linux: static variables of
// drivers/soc/fsl/qbman).
import type { Device, DeviceCore } from '../../core/device.js';
import type { BmanPortal } from './bman-portal.js';
import type { IdPool } from './ids.js';
import type { QmanPortal, QmanPortalShared } from './qman-portal.js';

/** Somebody who is told of a congestion group. */
export interface CongestionWatch {
  was: boolean;
  readonly changed: (congested: boolean) => void;
}

/** A bound BMan. */
export interface BmanBlock {
  readonly dev: Device;
  readonly bpids: IdPool;
}

/** A bound QMan. */
export interface QmanBlock {
  readonly dev: Device;
  readonly major: number;
  readonly fqids: IdPool;
  /** Pool channels: `firstChannel` is pool 1. */
  readonly channels: IdPool;
  readonly firstChannel: number;
  readonly cgrids: IdPool;
}

/** The subsystem. */
export class Qbman {
  bman: BmanBlock | undefined;
  qman: QmanBlock | undefined;
  /** By CPU: portals are given to CPUs in the order of their probes. */
  readonly bmanPortals: BmanPortal[] = [];
  readonly qmanPortals: QmanPortal[] = [];
  /** Who has which frame queue. */
  readonly fqs: QmanPortalShared = { sinks: [] };
  /** Who is told of congestion, by group. */
  readonly congestion = new Map<number, CongestionWatch>();
  /** How many CPUs can have portals; at least one. */
  readonly cpus: number;

  constructor(core: DeviceCore) {
    const nodes = core.tree.root.child('cpus')?.children ?? [];
    this.cpus = Math.max(1, nodes.filter((node) => node.string('device_type') === 'cpu').length);
  }
}

/** The machine's. */
export function qbmanOf(dev: Device): Qbman {
  return dev.core.subsystem(Qbman);
}

/** The first CPU that has no portal yet; undefined when every CPU has one (rule R3). */
export function freeCpu(portals: readonly unknown[], cpus: number): number | undefined {
  let cpu = 0;
  while (portals[cpu] !== undefined) cpu++;
  return cpu < cpus ? cpu : undefined;
}
