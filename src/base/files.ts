// Reading files without knowing a file system: the host gives the real ones, tests give texts.
import { encodeUtf8 } from './text.js';

/** Why a file could not be read, in a word for the message. */
export type FileFault = 'missing' | 'directory' | 'denied' | 'large' | 'unreadable';

/** Reads whole files. Synchronous, since compilers read many small ones; never throws. */
export interface FileReader {
  read(path: string): Uint8Array | FileFault;
}

/** Files held in memory: path to text or bytes. */
export function memoryFiles(files: Readonly<Record<string, string | Uint8Array>>): FileReader {
  return {
    read(path) {
      const content = Object.hasOwn(files, path) ? files[path] : undefined;
      if (content === undefined) return 'missing';
      return typeof content === 'string' ? encodeUtf8(content) : content;
    },
  };
}
