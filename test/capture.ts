// An Io that keeps what is written, for tests of the command.
import type { Io } from '../src/cli/io.js';

/** What the world looks like to the run; all of it has a default. */
export interface CaptureOptions {
  readonly cwd?: string;
  readonly stdin?: string | Uint8Array;
  readonly env?: Io['env'];
  /** Both streams are terminals. */
  readonly tty?: boolean;
  readonly stopOnSignals?: Io['stopOnSignals'];
}

/** The Io, and what was written to it so far. Its clock stands still. */
export interface Capture {
  readonly io: Io;
  /** Bytes of the standard output. */
  readonly bytes: () => Uint8Array;
  readonly out: () => string;
  readonly err: () => string;
}

/** Makes one. */
export function captureIo(options: CaptureOptions = {}): Capture {
  const out: Uint8Array[] = [];
  const err: Uint8Array[] = [];
  const output = (kept: Uint8Array[]): Io['stdout'] => ({
    isTTY: options.tty === true,
    write: (data) => void kept.push(Buffer.from(data)),
    gone: new Promise(() => undefined),
    fault: undefined,
  });
  const never = { signal: new AbortController().signal, close: () => undefined };
  const io: Io = {
    stdout: output(out),
    stderr: output(err),
    stdin: async function* () {
      yield Buffer.from(options.stdin ?? '');
    },
    env: options.env ?? {},
    cwd: options.cwd ?? '/',
    nowNs: () => 0,
    stopOnSignals: options.stopOnSignals ?? (() => never),
  };
  const bytes = () => Buffer.concat(out);
  return { io, bytes, out: () => bytes().toString(), err: () => Buffer.concat(err).toString() };
}
