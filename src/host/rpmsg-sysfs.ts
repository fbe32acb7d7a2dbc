// What sysfs tells of channels to remote processors: names of endpoints, the edge that they are on, and which driver of
// the kernel has a channel.
import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';

/** An endpoint as `/sys/class/rpmsg/rpmsgN` has it. */
export interface RpmsgEndpointInfo {
  /** `rpmsg0`: the name of its file in /dev. */
  readonly node: string;
  /** The channel's name. */
  readonly channel: string;
  /** Addresses, -1 for any; undefined where sysfs does not tell. */
  readonly src: number | undefined;
  readonly dst: number | undefined;
}

/** Who has a channel: `/sys/bus/rpmsg/devices/…` and the driver that is bound there. */
export interface RpmsgHolder {
  /** `remoteproc-adsp:glink-edge.apr_audio_svc.-1.-1`. */
  readonly device: string;
  readonly driver: string | undefined;
}

/** Looks into one sysfs; tests give a folder of their own. */
export class RpmsgSysfs {
  readonly #sys: string;

  constructor(sys = '/sys') {
    this.#sys = sys;
  }

  /** The endpoint behind a file of /dev; undefined for any other file. */
  endpoint(node: string): RpmsgEndpointInfo | undefined {
    if (!/^rpmsg\d+$/.test(node)) return undefined;
    const folder = this.#class(node);
    const channel = text(join(folder, 'name'));
    return channel === undefined
      ? undefined
      : { node, channel, src: address(folder, 'src'), dst: address(folder, 'dst') };
  }

  /** Whether a file of /dev is the control device of an edge. */
  isControl(node: string): boolean {
    return /^rpmsg_ctrl\d+$/.test(node) && real(this.#class(node)) !== undefined;
  }

  /** The endpoints of a channel that were made at a control device, by number. */
  endpointsOf(control: string, channel: string): readonly RpmsgEndpointInfo[] {
    const above = `${real(this.#class(control)) ?? control}/`;
    const nodes = namesIn(join(this.#sys, 'class/rpmsg')).filter((node) => real(this.#class(node))?.startsWith(above));
    const found = nodes.flatMap((node) => this.endpoint(node) ?? []).filter((one) => one.channel === channel);
    return found.sort((a, b) => numberOf(a.node) - numberOf(b.node));
  }

  /** What carries the edge of an endpoint or a control device, as the names on the way to it say; GLINK otherwise. */
  transport(node: string): 'smd' | 'glink' {
    return /smd/i.test(real(this.#class(node)) ?? '') ? 'smd' : 'glink';
  }

  /** The device of a channel, and who has it. */
  holder(channel: string): RpmsgHolder | undefined {
    const devices = join(this.#sys, 'bus/rpmsg/devices');
    const device = namesIn(devices).find((name) => text(join(devices, name, 'name')) === channel);
    return device === undefined ? undefined : { device, driver: driverOf(join(devices, device)) };
  }

  #class(node: string): string {
    return join(this.#sys, 'class/rpmsg', node);
  }
}

function numberOf(node: string): number {
  return Number(/\d+$/.exec(node)?.[0]);
}

function address(folder: string, name: string): number | undefined {
  const word = text(join(folder, name));
  return word === undefined ? undefined : Number(word) | 0;
}

function text(path: string): string | undefined {
  return orUndefined(() => readFileSync(path, 'utf8').trim());
}

function real(path: string): string | undefined {
  return orUndefined(() => realpathSync(path));
}

function driverOf(folder: string): string | undefined {
  return orUndefined(() => basename(readlinkSync(join(folder, 'driver'))));
}

function namesIn(folder: string): string[] {
  return orUndefined(() => readdirSync(folder).sort()) ?? [];
}

function orUndefined<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
