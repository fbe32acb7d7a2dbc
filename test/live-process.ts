// The command `bringup` as a process that stays, for system tests: started, waited for, asked to stop.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { accessSync, chownSync, constants, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { asUser, NOBODY, type User } from './mounting.js';
import { ROOT } from './sources.js';

/** The command line of `bringup`. */
export const BRINGUP: readonly string[] = [process.execPath, join(ROOT, 'bin/bringup.cjs')];

/** What a program said. */
export interface Said {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a program to its end. It must not look at a tree that this program serves. */
export function say(user: User, command: readonly string[], input?: string): Said {
  const { status, stdout, stderr } = spawnSync(...asUser(user, command), {
    encoding: 'utf8',
    cwd: ROOT,
    ...(input === undefined ? {} : { input }),
  });
  return { status, out: stdout, err: stderr };
}

/** A `bringup` with its sysfs mounted. */
export interface LiveProcess {
  readonly dir: string;
  readonly child: ChildProcess;
  /** What it printed so far. */
  readonly out: () => string;
  readonly err: () => string;
  /** Resolves with its exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | string>;
}

const started: LiveProcess[] = [];
afterEach(async () => {
  for (const { child, ended, dir } of started.splice(0)) {
    child.kill('SIGTERM');
    await ended;
    if (isMounted(dir)) say('root', ['umount', '-l', dir]);
    rmSync(dir, { recursive: true });
  }
});

/** Starts `bringup boot … --sysfs` on a fresh directory and waits until it is mounted. The test's end stops it. */
export async function bootWithSysfs(user: User, ...args: readonly string[]): Promise<LiveProcess> {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'bringup-live-')));
  if (user === 'nobody') chownSync(dir, NOBODY, NOBODY);
  const child = spawn(...asUser(user, [...BRINGUP, 'boot', ...args, '--sysfs', dir]), { cwd: ROOT });
  let out = '';
  let err = '';
  child.stderr.on('data', (text: Buffer) => (err += text.toString()));
  const ended = new Promise<number | string>((resolve) => {
    child.on('close', (code, signal) => resolve(code ?? signal ?? ''));
  });
  const live: LiveProcess = { dir, child, out: () => out, err: () => err, ended };
  started.push(live);
  await new Promise<void>((resolve, reject) => {
    const look = (): void => {
      if (`${out}${err}`.includes(`sysfs at ${dir}\n`)) resolve();
    };
    child.stdout.on('data', (text: Buffer) => {
      out += text.toString();
      look();
    });
    child.stderr.on('data', look);
    void ended.then((code) => reject(new Error(`bringup ended with ${code}: ${err}`)));
  });
  return live;
}

/** Whether something is mounted on a directory; the directory itself is not looked at. */
export function isMounted(dir: string): boolean {
  return readFileSync('/proc/mounts', 'utf8').includes(` ${dir} `);
}

/** Whether koffi is installed for this system. */
export function hasKoffi(): boolean {
  try {
    accessSync(join(ROOT, 'node_modules/koffi/package.json'), constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
