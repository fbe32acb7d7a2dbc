// `--sysfs` and `--sysfs-run`: the machine's /sys on a directory of this computer, or where one command looks for it.
import { devTree } from '../abi/dev-tree.js';
import { sysfsTree } from '../abi/sysfs-tree.js';
import { type Hindrance, isHindrance } from '../host/hindrance.js';
import { cannotMount, type Mount, mountTree } from '../host/mount.js';
import { mountPoint } from '../host/mount-point.js';
import { loadNative } from '../host/native.js';
import { type PassedCode, passThrough } from '../host/pass-through.js';
import { envForCommand, furnishPlace, isInside, startInside } from '../host/private-place.js';
import type { Io } from './io.js';
import { Refusal } from './refusal.js';
import type { Service, ServiceStart } from './services.js';

/** Mounts a machine's sysfs on a directory. */
export function sysfsOn(io: Io, path: string): ServiceStart {
  const dir = mountPoint(io.cwd, path);
  if (typeof dir !== 'string') throw new Refusal(2, `--sysfs ${path === '' ? "''" : path}`, dir.what, dir.todo);
  const native = loadNative();
  const hindrance = cannotMount(native);
  if (hindrance !== undefined) throw cannot('--sysfs', hindrance);
  return async ({ core }) => {
    const mount = await mountTree(sysfsTree(core), dir, native);
    if (isHindrance(mount)) throw cannot('--sysfs', mount);
    return serviceOf(mount, `sysfs at ${dir}`);
  };
}

/**
 * Starts this run again in a private place and answers its exit code; undefined when it is there already: then it goes
 * on.
 */
export async function elsewhere(io: Io): Promise<PassedCode | undefined> {
  if (isInside(io.env)) return undefined;
  const code = await startInside(io.again, io.env);
  if (typeof code !== 'number') throw cannot('--sysfs-run', code);
  return code;
}

/** Shows a machine at /sys and in /dev of the private place. */
export const sysfsHere: ServiceStart = async ({ core }) => {
  const mount = await furnishPlace({ sys: sysfsTree(core), dev: devTree(core) }, loadNative());
  if (isHindrance(mount)) throw cannot('--sysfs-run', mount);
  return serviceOf(mount, 'sysfs at /sys');
};

/** Runs the command with our streams. */
export function runCommand(io: Io, command: string): Promise<PassedCode> {
  return passThrough('/bin/sh', ['-c', command], envForCommand(io.env));
}

function cannot(option: string, { what, todo }: Hindrance): Refusal {
  return new Refusal(3, option, what, todo);
}

function serviceOf(mount: Mount, about: string): Service {
  return { about, ended: mount.ended, close: () => mount.unmount() };
}
