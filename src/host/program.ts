// Programs of this computer that do something for us and say nothing unless it fails.
import { spawn } from 'node:child_process';

/** How a program ended. */
export interface Ended {
  /** Its exit code; 127 when there is no such program. */
  readonly status: number;
  /** The first line of what it complained. */
  readonly complaint: string;
}

/** A program that runs. */
export interface Running {
  readonly ended: Promise<Ended>;
}

const NOT_FOUND = 127;
const FIRST_FREE_FD = 3;

/**
 * Starts a program. `fds` become its descriptors 3, 4, …. Its working directory is ours: entering another one would
 * wait for whoever serves the files there, and that may be us.
 */
export function startProgram(
  command: string,
  args: readonly string[],
  fds: readonly number[] = [],
  env: NodeJS.ProcessEnv = process.env,
): Running {
  const child = spawn(command, args, { env, stdio: ['ignore', 'ignore', 'pipe', ...fds] });
  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  const ended = new Promise<Ended>((resolve) => {
    const end = (status: number): void => resolve({ status, complaint: complaint.trim().split('\n', 1)[0] as string });
    child.on('error', () => end(NOT_FOUND));
    child.on('close', (status) => end(status ?? 1));
  });
  return { ended };
}

/** The descriptor that a program finds the first of `fds` under. */
export const PASSED_FD: number = FIRST_FREE_FD;
