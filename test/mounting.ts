// Who may mount what, for tests and figures that need mounts of their own.
import { spawnSync } from 'node:child_process';

const IS_ROOT: boolean = process.getuid?.() === 0;
/** An ordinary user. */
export const NOBODY = 65534;
const AS_NOBODY = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'] as const;

const UNSHARE = 'unshare';

/** Who runs a program. */
export type User = 'root' | 'nobody';

/** Why tests of mounting cannot run as this user; undefined when they can. */
export function cannotMountAs(user: User): string | undefined {
  if (!IS_ROOT) return 'they need root';
  const works = (...command: readonly string[]): boolean => spawnSync(...asUser(user, command)).status === 0;
  if (!works('sh', '-c', 'exec 3<>/dev/fuse')) return `/dev/fuse is not for ${user}`;
  return works(UNSHARE, user === 'root' ? '-m' : '-Urm', 'true') ? undefined : `${user} may not make mounts of its own`;
}

/** A command and its arguments as a user. */
export function asUser(user: User, command: readonly string[]): [command: string, args: string[]] {
  const [program = '', ...args] = user === 'root' ? command : [...AS_NOBODY, ...command];
  return [program, args];
}
