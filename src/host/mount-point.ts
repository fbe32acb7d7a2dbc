// The directory that a file system is to be mounted on: whether it will do.
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { codeOf } from './files.js';
import type { Hindrance } from './hindrance.js';

const FAULTS: Readonly<Record<string, Hindrance>> = {
  ENOENT: { what: 'there is no such directory', todo: 'make it (mkdir) or name another' },
  ENOTDIR: { what: 'this is no directory', todo: 'name an empty directory' },
  EACCES: { what: 'permission denied', todo: 'name a directory of your own' },
  EPERM: { what: 'permission denied', todo: 'name a directory of your own' },
};

/** A directory that exists, is empty, and has nothing mounted on it: its full path; otherwise why not. */
export function mountPoint(cwd: string, path: string): string | Hindrance {
  if (path === '') return { what: 'this is no directory', todo: 'name an empty directory' };
  const wanted = resolve(cwd, path);
  try {
    // A mount that nobody serves any more answers nothing, and nothing else does: this look comes first.
    if (!statSync(wanted).isDirectory()) return FAULTS['ENOTDIR'] as Hindrance;
    const real = realpathSync(wanted);
    if (isMountPoint(real)) return { what: 'something is mounted there', todo: 'name another directory' };
    if (readdirSync(real).length > 0) return { what: 'the directory is not empty', todo: 'name an empty one' };
    return real;
  } catch (e) {
    if (codeOf(e) === 'ENOTCONN') return stale(path);
    return FAULTS[codeOf(e)] ?? { what: `it cannot be used (${codeOf(e)})`, todo: 'name another directory' };
  }
}

/** What a program leaves that was killed while others looked at its files. */
function stale(path: string): Hindrance {
  const command = process.getuid?.() === 0 ? 'umount' : 'fusermount3 -u';
  return { what: 'a file system of a program that has ended is still there', todo: `take it away: ${command} ${path}` };
}

/** Whether a path, without links in it, has something mounted on it. */
export function isMountPoint(path: string): boolean {
  return mounts().some((line) => unescaped(line.split(' ')[4] ?? '') === path);
}

/** The mounts of this computer, a line each; none where it does not tell. */
function mounts(): string[] {
  try {
    return readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  } catch {
    return [];
  }
}

/** Blanks and the like stand there as \040. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
