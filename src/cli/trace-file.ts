// `--trace`: what happens on the wires of a machine, into a file.
import { Option } from '@commander-js/extra-typings';
import { traceJson, traceLine } from '../abi/trace-text.js';
import type { Bench } from '../bench/bench.js';
import { type LineFile, openLineFile } from '../host/output.js';
import type { Io } from './io.js';
import { cannotWrite } from './refusal.js';

/** `--trace`. */
export function traceOption(): Option<'--trace <FILE>'> {
  const about = 'write what happens on the wires, as text; as JSON lines if FILE ends in .jsonl';
  return new Option('--trace <FILE>', about);
}

/** A file with the events of a machine. */
export interface TraceFile {
  readonly path: string;
  readonly file: LineFile;
}

/** Begins to write; nothing where no path was given. Refuses a file that cannot be opened. */
export function traceInto(bench: Bench, io: Io, path: string | undefined): TraceFile | undefined {
  if (path === undefined) return undefined;
  const file = openLineFile(io.cwd, path);
  if (typeof file === 'string') throw cannotWrite(path, file);
  const write = path.endsWith('.jsonl') ? traceJson : traceLine;
  bench.trace.attach((event) => file.write(write(event)));
  return { path, file };
}

/** Ends it. Refuses a file that did not take all. */
export function closeTrace(trace: TraceFile | undefined): void {
  const fault = trace?.file.close();
  if (trace !== undefined && fault !== undefined) throw cannotWrite(trace.path, fault);
}
