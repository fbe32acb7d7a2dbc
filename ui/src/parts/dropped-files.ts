// Files of a drop or of a file dialog, with their paths. What a tree needs of them is read when it is chosen.
import type { DroppedFile } from '../../../src/web/load.js';

/** A file that was not read yet. */
export interface FoundFile {
  /** Below what was dropped. */
  readonly path: string;
  readonly file: File;
}

const USEFUL = /\.(?:dtb|dtbo|dts|dtsi|dtso|h)$/i;
const SOURCE = /\.(?:dtsi?|dtso|h)$/i;
const MOST_FILES = 20_000;
const MOST_BYTES = 256 * 1024 * 1024;
const TOO_MANY = 'these are more than 20,000 files: drop the folders that the tree includes from';
const NONE = 'there is no devicetree among these files: drop a .dtb, or a .dts with its folders';

/** Of a drop; one line where there are too many or none. */
export async function filesOfDrop({ items, files }: DataTransfer): Promise<readonly FoundFile[] | string> {
  // Entries are there only while the event is: all of them first. What comes from no file system has none.
  const entries = [...items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (entries.length === 0) return filesOfInput(files);
  const found: FoundFile[] = [];
  try {
    for (const entry of entries) if (!(await collect(entry, found, entries.length === 1))) return TOO_MANY;
  } catch (error) {
    return `the files cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
  return found.length === 0 ? NONE : found;
}

/** Of a dialog. */
export function filesOfInput(list: FileList | null): readonly FoundFile[] | string {
  const found = [...(list ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
  const useful = found.length > 1 ? found.filter(({ path }) => USEFUL.test(path)) : found;
  if (useful.length > MOST_FILES) return TOO_MANY;
  return useful.length === 0 ? NONE : useful;
}

async function collect(entry: FileSystemEntry, to: FoundFile[], alone: boolean): Promise<boolean> {
  if (to.length > MOST_FILES) return false;
  const path = entry.fullPath.replace(/^\//, '');
  if (isFile(entry)) {
    if (!alone && !USEFUL.test(path)) return true;
    to.push({ path, file: await new Promise<File>((resolve, reject) => entry.file(resolve, reject)) });
    return true;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // A hundred at a time, until there are none.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return true;
    for (const one of some) if (!(await collect(one, to, false))) return false;
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

/** What a source includes, as it is written there. */
const INCLUDE = /(?:#\s*include\s*|\/include\/\s*|\/incbin\/\s*\(\s*)["<]([^">\n]+)[">]/g;
/** An include whose name a macro gives: anything may be meant. */
const BY_MACRO = /#\s*include\s*[A-Za-z_]/;

/**
 * Reads a tree, and of the others what it may include, by their names; one line where that is too much or
 * cannot be read.
 */
export async function readNeeded(found: readonly FoundFile[], main: string): Promise<readonly DroppedFile[] | string> {
  const byName = new Map<string, FoundFile[]>();
  for (const one of found) {
    const name = nameOf(one.path);
    byName.set(name, [...(byName.get(name) ?? []), one]);
  }
  const wanted = new Set(found.filter(({ path }) => path === main));
  const read: DroppedFile[] = [];
  let total = 0;
  for (const { path, file } of wanted) {
    total += file.size;
    if (total > MOST_BYTES) return `${path}: it has more than 256 MiB; name another file`;
    let bytes: Uint8Array;
    try {
      bytes = new Uint8Array(await file.arrayBuffer());
    } catch {
      return `${path}: it cannot be read; name another file`;
    }
    read.push({ path, bytes });
    if (!SOURCE.test(path)) continue;
    const text = new TextDecoder('latin1').decode(bytes);
    if (BY_MACRO.test(text)) for (const one of found) wanted.add(one);
    for (const [, name = ''] of text.matchAll(INCLUDE))
      for (const one of byName.get(nameOf(name)) ?? []) wanted.add(one);
  }
  return read;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
