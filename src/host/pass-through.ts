// A program in our place: it has our streams, gets our signals, and its end is ours.
import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { isatty } from 'node:tty';

/** An exit code as a shell counts it: of the program, or 128 and the number of the signal that ended it. */
export type PassedCode = number;

const NOT_FOUND = 127;
/** Runs a program to its end. Until then signals that would end us are the program's. */
export function passThrough(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<PassedCode> {
  // On a terminal Ctrl-C reaches the program by itself.
  const signals: readonly NodeJS.Signals[] = isatty(0) ? ['SIGTERM', 'SIGHUP'] : ['SIGTERM', 'SIGHUP', 'SIGINT'];
  let child: ChildProcess | undefined;
  const handOn = (signal: NodeJS.Signals): void => void child?.kill(signal);
  const stay = (): void => undefined;
  // Before the program runs: it may have said that it is ready before the next line here is reached.
  for (const signal of signals) process.on(signal, handOn);
  process.on('SIGINT', stay);
  return new Promise((resolve) => {
    const end = (code: PassedCode): void => {
      for (const signal of signals) process.off(signal, handOn);
      process.off('SIGINT', stay);
      resolve(code);
    };
    child = spawn(command, args, { stdio: 'inherit', env })
      .on('error', () => end(NOT_FOUND))
      .on('exit', (code, signal) => end(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}
