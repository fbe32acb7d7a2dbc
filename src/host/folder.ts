// Folders of this computer: what they are, and the files below them.
import { type Dirent, readdirSync, type Stats, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Deeper folders are left out, as is what comes after so many files and entries: some people have `/`. */
const DEPTH_LIMIT = 32;
const FILE_LIMIT = 20_000;
const ENTRY_LIMIT = 1_000_000;

/** Whether the path is that of a folder. */
export function isFolder(cwd: string, path: string): boolean {
  return statOf(cwd, path)?.isDirectory() === true;
}

/** Whether the path is that of a file with content, or leads to one: no pipe and no device. */
export function isFile(cwd: string, path: string): boolean {
  return statOf(cwd, path)?.isFile() === true;
}

function statOf(cwd: string, path: string): Stats | undefined {
  try {
    return path === '' ? undefined : statSync(resolve(cwd, path));
  } catch {
    return undefined;
  }
}

/** What is below a folder: paths that begin with the folder as given, sorted; `complete` is false beyond the limits. */
export interface FilesBelow {
  readonly paths: readonly string[];
  readonly complete: boolean;
}

/**
 * The files below a folder whose names are wanted. Links to folders are not followed: they may lead in a circle. Pipes
 * and devices are no files: they may never end.
 */
export function filesBelow(cwd: string, folder: string, wanted: (name: string) => boolean): FilesBelow {
  const paths: string[] = [];
  let entries = 0;
  let tooDeep = false;
  const isFull = (): boolean => paths.length >= FILE_LIMIT || entries >= ENTRY_LIMIT;
  const enter = (at: string, depth: number): void => {
    if (depth > DEPTH_LIMIT) {
      tooDeep = true;
      return;
    }
    for (const entry of entriesOf(resolve(cwd, at))) {
      if (isFull()) return;
      entries++;
      const path = join(at, entry.name);
      if (entry.isDirectory()) enter(path, depth + 1);
      else if (wanted(entry.name) && (entry.isFile() || isFile(cwd, path))) paths.push(path);
    }
  };
  enter(folder, 0);
  return { paths: paths.sort(), complete: !tooDeep && !isFull() };
}

/** A folder that cannot be read has nothing in it for us. */
function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
