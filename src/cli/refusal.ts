// Why a verb ends early: the one line that the user reads, and the exit code.
import type { FileFault } from '../base/files.js';
import type { WriteFault } from '../host/output.js';

/** 0 fine, 1 the job found a fault, 2 wrong usage, 3 something is missing on this computer. */
export type ExitCode = 0 | 1 | 2 | 3;

/** Thrown inside this room only, and caught by `run`: not our mistake, and nothing more to be done. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly exitCode: ExitCode;

  /** The line is `where: what; todo`. */
  constructor(exitCode: ExitCode, where: string, what: string, todo: string) {
    super(`${where}: ${what}; ${todo}`);
    this.exitCode = exitCode;
  }
}

const READ: Readonly<Record<FileFault, readonly [what: string, todo: string]>> = {
  missing: ['there is no such file', 'check the path'],
  directory: ['this is a directory', 'name a file in it'],
  denied: ['permission denied', 'check its permissions (ls -l)'],
  unreadable: ['it cannot be read', 'name another file'],
};

const WRITE: Readonly<Record<WriteFault, readonly [what: string, todo: string]>> = {
  missing: ['it cannot be created there', 'check that its folder exists'],
  directory: ['this is a directory', 'name a file in it'],
  denied: ['writing is not permitted', 'name a file that you may write'],
  full: ['no space is left', 'free some, or name a file on another disk'],
  unwritable: ['it cannot be written', 'name another file'],
};

/** A file that was to be read. */
export function cannotRead(path: string, fault: FileFault): Refusal {
  return new Refusal(2, path, ...READ[fault]);
}

/** A file that was to be written. */
export function cannotWrite(path: string, fault: WriteFault): Refusal {
  return new Refusal(fault === 'full' || fault === 'unwritable' ? 1 : 2, path, ...WRITE[fault]);
}
