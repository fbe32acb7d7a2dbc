// `--trace`: what happens on the wires of a machine, into a file.
import { Option } from '@commander-js/extra-typings';
import { PerfettoWriter } from '../abi/perfetto.js';
import { traceJson, traceLine } from '../abi/trace-text.js';
import type { TraceEvent } from '../base/trace.js';
import type { Bench } from '../bench/bench.js';
import { openByteFile, openLineFile, type WriteFault } from '../host/output.js';
import type { Io } from './io.js';
import { cannotWrite } from './refusal.js';

/** `--trace`. */
export function traceOption(): Option<'--trace <FILE>'> {
  const about =
    'write what happens on the wires, as text; as JSON lines for FILE.jsonl, for ui.perfetto.dev for FILE.pftrace';
  return new Option('--trace <FILE>', about);
}

/** What takes the events of a machine. */
interface TraceWriter {
  add(event: TraceEvent): void;
  /** Writes what is left and answers the first thing that went wrong. */
  close(): WriteFault | undefined;
}

/** A file with the events of a machine. */
export interface TraceFile {
  readonly path: string;
  readonly file: TraceWriter;
}

/** Begins to write; nothing where no path was given. Refuses a file that cannot be opened. */
export function traceInto(bench: Bench, io: Io, path: string | undefined): TraceFile | undefined {
  if (path === undefined) return undefined;
  const file = path.endsWith('.pftrace') ? timeLine(io.cwd, path) : lines(io.cwd, path);
  if (typeof file === 'string') throw cannotWrite(path, file);
  bench.trace.attach((event) => file.add(event));
  return { path, file };
}

function lines(cwd: string, path: string): TraceWriter | WriteFault {
  const file = openLineFile(cwd, path);
  if (typeof file === 'string') return file;
  const text = path.endsWith('.jsonl') ? traceJson : traceLine;
  return { add: (event) => file.write(text(event)), close: () => file.close() };
}

function timeLine(cwd: string, path: string): TraceWriter | WriteFault {
  const file = openByteFile(cwd, path);
  if (typeof file === 'string') return file;
  const writer = new PerfettoWriter((bytes) => file.write(bytes));
  return {
    add: (event) => writer.add(event),
    close: () => {
      writer.end();
      return file.close();
    },
  };
}

/** Ends it. Refuses a file that did not take all. */
export function closeTrace(trace: TraceFile | undefined): void {
  const fault = trace?.file.close();
  if (trace !== undefined && fault !== undefined) throw cannotWrite(trace.path, fault);
}
