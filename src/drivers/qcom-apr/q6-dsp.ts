// The services of the DSPs of a machine, as far as their drivers are bound: who plays finds them here.
import type { Duration } from '../../base/clock.js';
import type { Device, DeviceCore } from '../../core/device.js';
import { WaitQueue } from '../../core/wait.js';
import { type AprChannel, AprDevice } from './apr-device.js';
import { Q6Routing } from './q6-routing.js';
import type { Q6Adm } from './q6adm.js';
import type { Q6Afe } from './q6afe.js';
import type { Q6Asm } from './q6asm.js';
import type { Q6Core } from './q6core.js';

/** The services of one DSP. Those that are not bound are undefined. */
export class Q6Dsp {
  core: Q6Core | undefined;
  afe: Q6Afe | undefined;
  adm: Q6Adm | undefined;
  asm: Q6Asm | undefined;
  /** Which ports run, and for how many. */
  readonly routing: Q6Routing = new Q6Routing();
}

/** What playing and recording need of a DSP. */
export interface Q6Services {
  readonly core: Q6Core | undefined;
  readonly afe: Q6Afe;
  readonly adm: Q6Adm;
  readonly asm: Q6Asm;
  readonly routing: Q6Routing;
}

/** The DSPs of one machine, by the channel that leads to them. */
export class Q6Dsps {
  readonly #byChannel = new Map<AprChannel, Q6Dsp>();
  /** Those who wait for services. */
  readonly arrivals: WaitQueue = new WaitQueue();

  /** The DSP behind a channel. */
  of(channel: AprChannel): Q6Dsp {
    const dsp = this.#byChannel.get(channel) ?? new Q6Dsp();
    this.#byChannel.set(channel, dsp);
    return dsp;
  }

  /** Those that have a service, in the order of their coming. */
  get all(): readonly Q6Dsp[] {
    return [...this.#byChannel.values()];
  }

  /** Forgets DSPs that have no service any more. */
  tidy(): void {
    for (const [channel, { core, afe, adm, asm }] of this.#byChannel)
      if ((core ?? afe ?? adm ?? asm) === undefined) this.#byChannel.delete(channel);
  }
}

/** The first DSP of a machine with all of AFE, ADM and ASM. */
export function q6Services(core: DeviceCore): Q6Services | undefined {
  for (const { core: q6core, afe, adm, asm, routing } of core.subsystem(Q6Dsps).all)
    if (afe !== undefined && adm !== undefined && asm !== undefined) return { core: q6core, afe, adm, asm, routing };
  return undefined;
}

/** The same, when they come within that time; undefined when they do not. */
export async function q6ServicesWithin(core: DeviceCore, limit: Duration): Promise<Q6Services | undefined> {
  const { clock } = core;
  const found = await core.subsystem(Q6Dsps).arrivals.wait(() => q6Services(core), { clock, limit });
  return found === 'timeout' ? undefined : found;
}

/** The DSP of a device that stands below one of its services. */
export function q6DspAbove({ parent, core }: Device): Q6Dsp | undefined {
  const adev = parent?.outer;
  return adev instanceof AprDevice ? core.subsystem(Q6Dsps).of(adev.channel) : undefined;
}
