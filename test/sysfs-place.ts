// A machine's files mounted for programs that look for them below /sys and in /dev: libiio's, and Debian's iiod.
import { spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { devTree } from '../src/abi/dev-tree.js';
import { sysfsTree } from '../src/abi/sysfs-tree.js';
import { dirOf, fixed } from '../src/abi/vfs-dir.js';
import type { DriverCore } from '../src/core/driver-core.js';
import { isHindrance } from '../src/host/hindrance.js';
import { mountTree } from '../src/host/mount.js';
import { loadNative } from '../src/host/native.js';

/** What a script printed. */
export interface Printed {
  readonly code: number;
  readonly out: Buffer;
  readonly err: string;
}

const UNSHARE = 'unshare';
/** Where the files go in the mount namespace of the script. */
const BINDS = ['sys/bus', 'sys/devices', 'sys/firmware', 'sys/kernel/debug', 'dev'];

/**
 * Runs a script of the shell that finds the machine's files at their places; nobody else sees them. For root. The
 * machine's time is the caller's business.
 */
export async function runInPlace(core: DriverCore, script: string, input = ''): Promise<Printed> {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'bringup-place-')));
  const mount = await mountTree(dirOf(fixed({ sys: sysfsTree(core), dev: devTree(core) })), home, loadNative());
  if (isHindrance(mount)) throw new Error(mount.what);
  const place = BINDS.map((path) => `mount --rbind ${home}/${path} /${path}\n`).join('');
  const child = spawn(UNSHARE, ['-m', 'sh', '-ec', place + script]);
  child.stdin.end(input);
  const out: Buffer[] = [];
  let err = '';
  child.stdout.on('data', (bytes: Buffer) => void out.push(bytes));
  child.stderr.on('data', (text: Buffer) => (err += text.toString()));
  const code = await new Promise<number>((resolve) => child.on('close', (status) => resolve(status ?? -1)));
  await mount.unmount();
  rmdirSync(home);
  return { code, out: Buffer.concat(out), err: err.replace(/^WARNING: High-speed mode .*\n/gm, '') };
}

/** The port of Debian's iiod below. */
export const IIOD_PORT = 30_431;

/** A script that runs another one beside Debian's iiod, in a network of its own; both end with it. */
export function besideDebiansIiod(script: string): string {
  const inside = `ip link set lo up; iiod -p ${IIOD_PORT} >/dev/null 2>&1 & ${script}`;
  // The machine's /dev has its devices only, and a shell wants /dev/null.
  return `umount -l /dev; exec unshare --net --pid --fork --kill-child sh -c '${inside}'`;
}
