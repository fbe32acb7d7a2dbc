// An Io that keeps what is written, for tests of the command.
import type { Io } from '../src/cli/io.js';
import type { RealTime } from '../src/host/live.js';
import type { Output, TerminalSize } from '../src/host/output.js';
import { openRpmsgChar } from '../src/host/rpmsg-char.js';
import { rpmsgSystem } from '../src/host/rpmsg-system.js';

/** What the world looks like to the run; all of it has a default. */
export interface CaptureOptions {
  readonly cwd?: string;
  readonly stdin?: string | Uint8Array;
  readonly env?: Io['env'];
  readonly again?: Io['again'];
  /** Both streams are terminals. */
  readonly tty?: boolean;
  readonly stopOnSignals?: Io['stopOnSignals'];
  /** Real time; without it the clock stands still and waiting for it never ends. */
  readonly time?: RealTime;
  readonly isoTime?: Io['isoTime'];
  readonly openI2c?: Io['openI2c'];
  readonly openRpmsg?: Io['openRpmsg'];
  /** Of the terminal, and how it tells of a change. */
  readonly size?: () => TerminalSize;
  readonly onResize?: Output['onResize'];
}

/** The Io, and what was written to it so far. */
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
    get size() {
      return options.size?.();
    },
    ...(options.onResize === undefined ? {} : { onResize: options.onResize }),
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
    again: options.again ?? [],
    nowNs: () => options.time?.nowNs() ?? 0,
    after: (wait, fire) => options.time?.after(wait, fire) ?? { cancel: () => undefined },
    isoTime: options.isoTime ?? (() => '2026-01-01T00:00:00.000Z'),
    openI2c: options.openI2c ?? (async () => undefined),
    openRpmsg: options.openRpmsg ?? (async (path, how) => openRpmsgChar(rpmsgSystem(undefined), path, how)),
    stopOnSignals: options.stopOnSignals ?? (() => never),
  };
  const bytes = () => Buffer.concat(out);
  return { io, bytes, out: () => bytes().toString(), err: () => Buffer.concat(err).toString() };
}
