// A private place: a command sees our tree at /sys and our devices in /dev, and nobody else does. Its mounts are in a
// mount namespace of its own, which a program cannot enter later: so the whole program is started again inside, where
// it makes the machine, mounts, and runs the command.
import { spawnSync } from 'node:child_process';
import { readdirSync, readlinkSync, symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { dirOf, entriesIn, fixed } from '../abi/vfs-dir.js';
import type { VDir } from '../abi/vfs.js';
import { type Hindrance, isHindrance } from './hindrance.js';
import { cannotMount, type Mount, mountTree } from './mount.js';
import type { Native } from './native.js';
import { type PassedCode, passThrough } from './pass-through.js';
import { startProgram } from './program.js';

/** Environment variable that tells the program that it has been started inside; its value is the place outside. */
const OUTSIDE = 'BRINGUP_OUTSIDE';
/** The program that makes a mount namespace, and where that needs it one of users. */
const UNSHARE = 'unshare';
/** Where our tree is mounted, in a /dev of our own. */
const HOME = '/dev/bringup';
/** A directory that is covered in the end anyway: the new /dev is made there and then moved. */
const STAGE = '/sys/bus';

/** The environment of a program. */
type Env = Readonly<Record<string, string | undefined>>;

/** True in the program that was started again. */
export function isInside(env: Env): boolean {
  return env[OUTSIDE] !== undefined && env[OUTSIDE] !== namespace();
}

/** The environment without the sign that we are inside: for the command, which may start us for itself. */
export function envForCommand(env: Env): Env {
  return { ...env, [OUTSIDE]: undefined };
}

/** Starts a command line again inside, with our streams, and answers its exit code. */
export async function startInside(again: readonly string[], env: Env): Promise<PassedCode | Hindrance> {
  const how = process.getuid?.() === 0 ? '-m' : '-Urm';
  const tried = spawnSync(UNSHARE, [how, 'true'], { encoding: 'utf8', env });
  if (tried.error !== undefined) return { what: 'the program unshare is missing', todo: 'apt-get install util-linux' };
  if (tried.status !== 0) return { what: tried.stderr.trim() || 'unshare failed', todo: 'run this as root' };
  return passThrough(UNSHARE, [how, '--', ...again], { ...env, [OUTSIDE]: namespace() });
}

function namespace(): string {
  return readlinkSync('/proc/self/ns/mnt');
}

/** What is to be seen inside. */
export interface PlaceTrees {
  readonly sys: VDir;
  /** What stands in /dev beside the usual. */
  readonly dev: VDir;
}

/** Makes the place, inside. Unmounting the answer ends it. */
export async function furnishPlace({ sys, dev }: PlaceTrees, native: Native | undefined): Promise<Mount | Hindrance> {
  const hindrance = cannotMount(native) ?? (await shell(MAKE_DEV));
  if (hindrance !== undefined) return hindrance;
  const firmware = foldersIn('/sys/firmware').filter((name) => name !== 'devicetree');
  const mount = await mountTree(dirOf(fixed({ sys: withRoom(sys, firmware), dev })), HOME, native);
  if (isHindrance(mount)) return mount;
  const covered = await shell(coverSys(firmware));
  if (covered !== undefined) {
    await mount.unmount();
    return covered;
  }
  const follow = (): void => linkDevices(dev);
  follow();
  const leave = dev.watch?.(follow);
  return {
    ...mount,
    unmount: () => {
      leave?.();
      return mount.unmount();
    },
  };
}

/** Our tree with empty directories for what remains of the computer's own: processors, which glibc counts there. */
function withRoom(sys: VDir, firmware: readonly string[]): VDir {
  const room = (name: string, names: readonly string[]): VDir => {
    const own = sys.lookup(name);
    const places = Object.fromEntries(names.map((one) => [one, dirOf()]));
    return dirOf(...(own?.kind === 'dir' ? [entriesIn(own)] : []), fixed(places));
  };
  return dirOf(fixed({ devices: room('devices', ['system']), firmware: room('firmware', firmware) }), entriesIn(sys));
}

/** Runs a script of /bin/sh and says what it complained of. */
async function shell(script: string): Promise<Hindrance | undefined> {
  const { status, complaint } = await startProgram('/bin/sh', ['-euc', script]).ended;
  if (status === 0) return undefined;
  const why = complaint || `/bin/sh ended with ${status}`;
  return { what: `the private place could not be made: ${why}`, todo: 'run this as root' };
}

/** A /dev with the usual in it, and nothing else but a directory for us. */
const MAKE_DEV = `
mount -n -t tmpfs -o mode=755 bringup ${STAGE}
cd ${STAGE}
for node in null zero full random urandom tty ptmx fuse; do
  [ -e /dev/$node ] || continue
  : > $node
  mount -n --bind /dev/$node $node
done
for dir in pts shm; do
  [ -d /dev/$dir ] || continue
  mkdir $dir
  mount -n --rbind /dev/$dir $dir
done
ln -s /proc/self/fd fd
ln -s fd/0 stdin
ln -s fd/1 stdout
ln -s fd/2 stderr
mkdir ${HOME.slice('/dev/'.length)}
cd /
mount -n --move ${STAGE} /dev
`;

/** Ours over the directories of /sys, which itself stays what it is: libsensors looks at its kind. */
function coverSys(firmware: readonly string[]): string {
  const home = `${HOME}/sys`;
  return `
mount -n --rbind /sys/devices/system ${home}/devices/system
${firmware.map((name) => `mount -n --rbind '/sys/firmware/${name}' '${home}/firmware/${name}'\n`).join('')}
for dir in devices class bus firmware kernel/debug; do
  [ -d /sys/$dir ] || continue
  mount -n --rbind ${home}/$dir /sys/$dir
done
[ ! -f /sys/power/state ] || mount -n --bind ${home}/power/state /sys/power/state
`;
}

function foldersIn(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true }).flatMap((one) => (one.isDirectory() ? [one.name] : []));
  } catch {
    return [];
  }
}

/** Puts links to our devices into /dev and takes those away that lead nowhere any more. */
function linkDevices(dev: VDir): void {
  const wanted = new Set([...dev.entries()].map(([name]) => name));
  for (const entry of readdirSync('/dev', { withFileTypes: true })) {
    const path = join('/dev', entry.name);
    if (!entry.isSymbolicLink() || readlinkSync(path) !== linkTarget(entry.name)) continue;
    if (!wanted.delete(entry.name)) unlinkSync(path);
  }
  for (const name of wanted) symlinkSync(linkTarget(name), join('/dev', name));
}

function linkTarget(name: string): string {
  return `${HOME.slice('/dev/'.length)}/dev/${name}`;
}
