// The command `bringup` as a process: arguments and streams in, exit code out. Everything else is in run.ts.
import type { I2cDev, I2cDevOptions } from '../host/i2c-dev.js';
import { hostTime, stopOnSignals } from '../host/live.js';
import { openDescriptor } from '../host/output.js';
import type { RpmsgChar, RpmsgCharOptions } from '../host/rpmsg-char.js';
import { nextTurn } from '../host/settle.js';
import { run } from './run.js';

const stdout = openDescriptor(1, () => process.stdout);
const stderr = openDescriptor(2, () => process.stderr);

void main();

async function main(): Promise<void> {
  process.exitCode = await run(process.argv.slice(2), {
    stdout,
    stderr,
    stdin: () => process.stdin,
    env: process.env,
    cwd: process.cwd(),
    again: [process.execPath, ...process.execArgv, ...process.argv.slice(1)],
    ...hostTime,
    isoTime: () => new Date().toISOString(),
    stopOnSignals,
    openI2c,
    openRpmsg,
  });
  // A stream tells of a full disk one turn later.
  await nextTurn();
  if (stdout.fault === undefined) return;
  stderr.write(`bringup: standard output: it cannot be written (${stdout.fault}); free space or write elsewhere\n`);
  process.exitCode = 1;
}

/** Loaded when it is needed: koffi is large, and few runs touch a real bus. */
async function openI2c(path: string, options: I2cDevOptions): Promise<I2cDev | undefined> {
  const { loadNative } = await import('../host/native.js');
  const { openI2cDev } = await import('../host/i2c-dev.js');
  const native = loadNative();
  return native === undefined ? undefined : openI2cDev(native, path, options);
}

/** The same for a channel to a remote processor; one that has a file of its own needs no koffi. */
async function openRpmsg(path: string, options: RpmsgCharOptions): Promise<RpmsgChar> {
  const { loadNative } = await import('../host/native.js');
  const { openRpmsgChar } = await import('../host/rpmsg-char.js');
  const { rpmsgSystem } = await import('../host/rpmsg-system.js');
  return openRpmsgChar(rpmsgSystem(loadNative()), path, options);
}
