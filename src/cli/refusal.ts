// Why a verb ends early: the one line that the user reads, the exit code, and the document of `--json`.
import type { Diagnostic } from '../base/diagnostic.js';
import type { FileFault } from '../base/files.js';
import type { WriteFault } from '../host/output.js';

/** 0 fine, 1 the job found a fault, 2 wrong usage, 3 something is missing on this computer. */
export type ExitCode = 0 | 1 | 2 | 3;

/** The same of a run that ends as a command of the user has ended: any code. */
export type RunCode = number;

/** Thrown inside this room only, and caught by `run`: not our mistake, and nothing more to be done. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly exitCode: ExitCode;
  /** The file, verb or option that it is about. */
  readonly where: string;
  /** What was found in the input, for `--json`; stderr has had it. */
  readonly diagnostics: readonly Diagnostic[];

  /** The line is `where: what; todo`. An empty place, a file name that was left empty say, is shown in quotes. */
  constructor(exitCode: ExitCode, where: string, what: string, todo: string, diagnostics: readonly Diagnostic[] = []) {
    super(`${where === '' ? "''" : where}: ${what}; ${todo}`);
    this.exitCode = exitCode;
    this.where = where;
    this.diagnostics = diagnostics;
  }
}

/** What `--json` prints in place of a result, when a run ends early. */
export function errorDocument(exitCode: ExitCode, message: string, diagnostics: readonly Diagnostic[] = []): object {
  return { error: { exitCode, message, diagnostics } };
}

const READ: Readonly<Record<FileFault, readonly [what: string, todo: string]>> = {
  missing: ['there is no such file', 'check the path'],
  directory: ['this is a directory', 'name a file in it'],
  denied: ['permission denied', 'check its permissions (ls -l)'],
  large: ['it has more than 256 MiB', 'name another file'],
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
  if (path === '') return new Refusal(2, path, 'this is no file name', 'name a file, or - for the standard input');
  if (fault === 'missing' && path.includes('\ufffd')) {
    return new Refusal(2, path, 'a name that is not UTF-8 cannot be looked up', 'rename the file, or use - < FILE');
  }
  return new Refusal(2, path, ...READ[fault]);
}

/** A file that was to be written. */
export function cannotWrite(path: string, fault: WriteFault): Refusal {
  if (path === '') return new Refusal(2, path, 'this is no file name', 'name a file');
  return new Refusal(fault === 'full' || fault === 'unwritable' ? 1 : 2, path, ...WRITE[fault]);
}
