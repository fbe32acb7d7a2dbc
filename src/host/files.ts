// Reading whole files of this computer, as base/files asks for them.
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { resolve } from 'node:path';
import type { FileFault, FileReader } from '../base/files.js';

/** Where paths begin, and what `-` stands for: the bytes of the standard input, read before. */
export interface HostFilesOptions {
  readonly cwd: string;
  readonly stdin?: Uint8Array | undefined;
}

/** What is longer is no input of ours: /dev/zero never ends, and the largest blob of a board has half a megabyte. */
const LIMIT_BYTES = 256 * 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;

const FAULTS: Readonly<Record<string, FileFault>> = {
  ENOENT: 'missing',
  ENOTDIR: 'missing',
  EISDIR: 'directory',
  EACCES: 'denied',
  EPERM: 'denied',
};

/** The files of this computer; a path that is not absolute begins at the working directory. */
export function hostFiles(options: HostFilesOptions): FileReader {
  return {
    read(path) {
      if (path === '-' && options.stdin !== undefined) return options.stdin;
      try {
        return readWhole(resolve(options.cwd, path));
      } catch (e) {
        return FAULTS[codeOf(e)] ?? 'unreadable';
      }
    },
  };
}

/** All bytes of a stream, the standard input say, or why it ended early. */
export async function readToEnd(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array | FileFault> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  try {
    for await (const chunk of stream) {
      total += chunk.length;
      if (total > LIMIT_BYTES) return 'large';
      chunks.push(chunk);
    }
  } catch (e) {
    return FAULTS[codeOf(e)] ?? 'unreadable';
  }
  return plain(Buffer.concat(chunks));
}

/** Without Node's Buffer around it, whose `slice` does not copy as that of other arrays does. */
function plain(bytes: Buffer): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** The system's word for what went wrong (`ENOENT`), or nothing for an error that is not of the system. */
export function codeOf(e: unknown): string {
  return e instanceof Error && 'code' in e && typeof e.code === 'string' ? e.code : '';
}

function readWhole(path: string): Uint8Array | FileFault {
  const fd = openSync(path, 'r');
  try {
    const stat = fstatSync(fd);
    if (stat.isDirectory()) return 'directory';
    if (!stat.isFile()) return readStream(fd);
    return stat.size > LIMIT_BYTES ? 'large' : plain(readFileSync(fd));
  } finally {
    closeSync(fd);
  }
}

/** A pipe, a terminal or a device: read to its end, if it has one. */
function readStream(fd: number): Uint8Array | FileFault {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for (;;) {
    const chunk = new Uint8Array(CHUNK_BYTES);
    const count = readSync(fd, chunk);
    if (count === 0) return plain(Buffer.concat(chunks));
    total += count;
    if (total > LIMIT_BYTES) return 'large';
    chunks.push(chunk.subarray(0, count));
  }
}
