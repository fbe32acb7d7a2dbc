// How long a command takes to start.
import { childMs, type Row } from './bench.js';

/** Bare Node: what every command pays before its first line. */
export const rows: readonly Row[] = [
  { name: 'node, nothing to do', unit: 'ms', rounds: 15, run: () => childMs(process.execPath, ['-e', '0']) },
];
