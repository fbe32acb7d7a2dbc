// Mounting a tree of the room abi where programs of this computer can look at it, and taking it away again.
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, stat } from 'node:fs';
import { FuseServer, REQUEST_BYTES } from '../abi/fuse.js';
import type { VDir } from '../abi/vfs.js';
import { codeOf } from './files.js';
import { type FuseDevice, FUSE_PATH, fuseDevice, openFuse } from './fuse-device.js';
import { fusermount } from './fusermount.js';
import { type Hindrance, isHindrance } from './hindrance.js';
import { STOP_SIGNALS } from './live.js';
import type { Native } from './native.js';
import { PASSED_FD, startProgram } from './program.js';

/** A tree that is mounted and served. */
export interface Mount {
  readonly dir: string;
  /** Resolves when it is unmounted, by whomever; rejects when we have made a mistake. */
  readonly ended: Promise<void>;
  /** Takes it away, also from programs that still look at it. Once. */
  unmount(): Promise<void>;
}

/** Whether something is known to stand in the way of mounting. */
export function cannotMount(native: Native | undefined): Hindrance | undefined {
  if (!isRoot() && native === undefined) return NO_KOFFI;
  const fd = openOrSay(native);
  if (typeof fd !== 'number') return fd;
  closeSync(fd);
  return undefined;
}

const NO_KOFFI: Hindrance = {
  what: 'mounting needs root, or the package koffi',
  todo: 'npm install koffi, or run this as root',
};

/** What stands in front of the directory in /proc/mounts. */
const SOURCE = 'bringup';
/** The longest that taking a mount away may take when the program ends in the middle of something. */
const LAST_MOMENT_MS = 3000;

/** A file system that the kernel has and nobody serves yet. */
interface Mounted {
  readonly fd: number;
  /** Takes it away unless somebody looks at it; answers whether it is gone. */
  readonly unmount: () => Promise<boolean>;
  /** Takes it out of sight for all who do not look at it yet. */
  readonly detach: () => Promise<unknown>;
  /** The same at once, when the program ends without having been asked to. */
  readonly abandon: () => void;
}

/**
 * Mounts a tree on a directory and serves it from this program, as long as its event loop turns: to wait here for
 * anything that looks at the tree would be to wait for ever. Root needs /dev/fuse and mount(8), others fusermount3 and
 * koffi. With koffi it is faster. Whatever ends the program takes the mount away, but for SIGKILL.
 */
export async function mountTree(tree: VDir, dir: string, native: Native | undefined): Promise<Mount | Hindrance> {
  const hindrance = cannotMount(native);
  if (hindrance !== undefined) return hindrance;
  const asUser = (): Promise<Mounted | Hindrance> | Hindrance =>
    native === undefined ? NO_KOFFI : mountAsUser(dir, native);
  const mounted = await (isRoot() ? mountAsRoot(dir, native) : asUser());
  if (isHindrance(mounted)) return mounted;
  const device = fuseDevice(mounted.fd, native, REQUEST_BYTES);
  let fail = (_: unknown): void => undefined;
  const mistake = new Promise<never>((_, reject) => {
    fail = reject;
  });
  process.on('exit', mounted.abandon);
  const served = serve(tree, device, fail);
  const ended = Promise.race([served, mistake]);
  const forget = (): unknown => process.off('exit', mounted.abandon);
  ended.then(forget, () => undefined); // whoever asks for it is told of a mistake; the mount is still there
  return { dir, ended, unmount: () => unmount(mounted, dir, device, served).finally(forget) };
}

async function serve(tree: VDir, device: FuseDevice, bug: (mistake: unknown) => void): Promise<void> {
  const server = new FuseServer(tree, owner(), { send: (reply) => device.send(reply), bug });
  try {
    await device.serve((request) => server.handle(request));
  } finally {
    server.close();
  }
}

/**
 * As long as it lasts a second wish to stop ends the program, and so the mount. Where a program still has something
 * open, our end is closed: that program is told ENOTCONN from then on.
 */
async function unmount(mounted: Mounted, dir: string, device: FuseDevice, served: Promise<void>): Promise<void> {
  const stop = (_: string, number: number): void => process.exit(128 + number);
  for (const name of STOP_SIGNALS) process.once(name, stop);
  const isGone = await mounted.unmount();
  device.close();
  if (!isGone) stat(dir, () => undefined); // a request that wakes the one who waits for requests
  await served.catch(() => undefined);
  if (!isGone) await mounted.detach();
  for (const name of STOP_SIGNALS) process.off(name, stop);
}

function owner() {
  return {
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
    since: Math.floor((performance.timeOrigin + performance.now()) / 1000),
  };
}

/** No native code: mount(8) gets the open /dev/fuse as its descriptor. */
async function mountAsRoot(dir: string, native: Native | undefined): Promise<Mounted | Hindrance> {
  const fd = openOrSay(native);
  if (typeof fd !== 'number') return fd;
  const [uid, gid] = [process.getuid?.(), process.getgid?.()];
  const options = `fd=${PASSED_FD},rootmode=40000,user_id=${uid},group_id=${gid},allow_other,nosuid,nodev`;
  const args = ['-i', '-n', '-t', `fuse.${SOURCE}`, '-o', options, SOURCE, dir];
  const { status, complaint } = await startProgram('mount', args, [fd]).ended;
  if (status !== 0) {
    closeSync(fd);
    const what = complaint.replace(/^mount: /, '').replace(/\.$/, '') || `mount ended with ${status}`;
    return { what, todo: 'run this where root may mount (CAP_SYS_ADMIN)' };
  }
  return {
    fd,
    unmount: async () => (await startProgram('umount', ['-n', dir]).ended).status === 0,
    detach: () => startProgram('umount', ['-n', '-l', dir]).ended,
    abandon: () => abandon(dir),
  };
}

/**
 * By force, which asks us nothing: we shall not answer any more. A root that is none outside of its namespace may not
 * use force; there the mount goes with the namespace, and a last request lets the thread end that waits for one.
 */
function abandon(dir: string): void {
  if (atOnce('umount', ['-n', '-f', '-l', dir]) !== 0) spawn('stat', [dir], { stdio: 'ignore' }).unref();
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function openOrSay(native: Native | undefined): number | Hindrance {
  try {
    return openFuse(native);
  } catch (e) {
    if (codeOf(e) === 'EACCES' || codeOf(e) === 'EPERM')
      return { what: `${FUSE_PATH} may not be opened`, todo: `chmod 0666 ${FUSE_PATH} as root, as udev does` };
    return { what: `there is no ${FUSE_PATH}`, todo: 'modprobe fuse' };
  }
}

async function mountAsUser(dir: string, native: Native): Promise<Mounted | Hindrance> {
  const fd = await fusermount(dir, SOURCE, native);
  if (typeof fd !== 'number') return fd;
  const program = (...options: readonly string[]) => startProgram('fusermount3', [...options, '--', dir]).ended;
  return {
    fd,
    unmount: async () => (await program('-u')).status === 0,
    detach: () => program('-u', '-z'),
    abandon: () => void atOnce('fusermount3', ['-u', '-z', '--', dir]),
  };
}

/** Runs a program while nothing else of this one goes on: it must not ask us for anything. */
function atOnce(command: string, args: readonly string[]): number | null {
  return spawnSync(command, args, { stdio: 'ignore', timeout: LAST_MOMENT_MS }).status;
}
