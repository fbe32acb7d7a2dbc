// `--capture`: what goes over the channels of a machine's remote processors, into a file for Wireshark.
import { Option } from '@commander-js/extra-typings';
import { EdgeCapture } from '../abi/edge-capture.js';
import type { Trace } from '../base/trace.js';
import { writeFileWhole } from '../host/output.js';
import type { Io } from './io.js';
import { cannotWrite } from './refusal.js';

/** `--capture`. */
export function captureOption(): Option<'--capture <FILE>'> {
  const about = 'write the packets between the processors as a capture for Wireshark (pcapng)';
  return new Option('--capture <FILE>', about);
}

/** A capture that goes on. */
export interface CaptureFile {
  readonly path: string;
  readonly capture: EdgeCapture;
  /** The pieces of the file so far. */
  readonly parts: readonly Uint8Array[];
}

/** Begins one; nothing where no path was given. Refuses a file that cannot be written before anything has run. */
export function captureInto(trace: Trace, io: Io, path: string | undefined): CaptureFile | undefined {
  if (path === undefined) return undefined;
  const parts: Uint8Array[] = [];
  const capture = new EdgeCapture(trace, (bytes) => void parts.push(bytes));
  const fault = writeFileWhole(io.cwd, path, joinedBytes(parts));
  if (fault !== undefined) throw cannotWrite(path, fault);
  return { path, capture, parts };
}

/** Ends it and writes the file: how many packets it has. */
export function closeCapture(io: Io, file: CaptureFile | undefined): number {
  if (file === undefined) return 0;
  file.capture.end();
  const fault = writeFileWhole(io.cwd, file.path, joinedBytes(file.parts));
  if (fault !== undefined) throw cannotWrite(file.path, fault);
  return file.capture.packets;
}

/** Pieces as one. */
export function joinedBytes(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
