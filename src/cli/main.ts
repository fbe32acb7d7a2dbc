// The command `bringup` as a process: arguments and streams in, exit code out. Everything else is in run.ts.
import { stopOnSignals } from '../host/live.js';
import { openDescriptor } from '../host/output.js';
import { settle } from '../host/settle.js';
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
    nowNs: () => Number(process.hrtime.bigint()),
    stopOnSignals,
  });
  // A stream tells of a full disk one turn later.
  await settle();
  if (stdout.fault === undefined) return;
  stderr.write(`bringup: standard output: it cannot be written (${stdout.fault}); free space or write elsewhere\n`);
  process.exitCode = 1;
}
