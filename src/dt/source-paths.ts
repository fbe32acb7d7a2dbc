// Paths of source files: always with `/`, relative ones as they were given.
import type { FileFault } from '../base/files.js';

/** Why a file could not be read, in words. */
export const FAULTS: Readonly<Record<FileFault, string>> = {
  missing: 'there is no such file',
  directory: 'it is a directory',
  denied: 'permission denied',
  large: 'it is too large',
  unreadable: 'it cannot be read',
};

/** The folder of a file; empty for one that is named without a folder. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash || 1);
}

/** A file in a folder. A name that begins with `/` needs none. */
export function inFolder(folder: string, name: string): string {
  if (folder === '' || name.startsWith('/')) return name;
  return folder.endsWith('/') ? folder + name : `${folder}/${name}`;
}
