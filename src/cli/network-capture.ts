// `--capture`: the frames of all Ethernet ports of a machine, with their descriptors, into a file for Wireshark.
import { Option } from '@commander-js/extra-typings';
import { DpaaCapture, macNames } from '../abi/dpaa-capture.js';
import type { Bench } from '../bench/bench.js';
import { type ByteFile, openByteFile } from '../host/output.js';
import type { Io } from './io.js';
import { cannotWrite } from './refusal.js';
import { counted } from './text-table.js';

/** `--capture`. */
export function framesOption(): Option<'--capture <FILE>'> {
  const about = 'write the frames of the Ethernet ports, with their descriptors, as a capture for Wireshark (pcapng)';
  return new Option('--capture <FILE>', about);
}

/** A capture that goes on. */
export interface FramesFile {
  readonly path: string;
  readonly capture: DpaaCapture;
  readonly file: ByteFile;
}

/** Begins one. Refuses a file that cannot be written before anything has run. */
export function framesInto(bench: Bench, io: Io, path: string): FramesFile {
  const file = openByteFile(io.cwd, path);
  if (typeof file === 'string') throw cannotWrite(path, file);
  const capture = new DpaaCapture(bench, (bytes) => file.write(bytes), macNames(bench.tree));
  return { path, capture, file };
}

/** Ends it and says what is left out. */
export function closeFrames(io: Io, { path, capture, file }: FramesFile): void {
  capture.end();
  const fault = file.close();
  if (fault !== undefined) throw cannotWrite(path, fault);
  if (capture.leftOut > 0) {
    const kept = counted(capture.frames, 'frame');
    io.stderr.write(`bringup: ${path}: ${kept}; ${capture.leftOut} more were left out\n`);
  }
}
