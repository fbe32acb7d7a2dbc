// Finds and reads the files of one run: each path is read once, missing ones included.
import type { FileFault, FileReader } from '../../base/files.js';
import { decodeLatin1 } from '../latin1.js';
import { FAULTS, folderOf, inFolder } from '../source-paths.js';
import { SourceFile } from './source.js';

/** A file that is there but no source; `why` completes "looks like a binary". */
interface Binary {
  readonly kind: 'binary';
  readonly path: string;
  readonly why: string;
}

/** A file of source, and the offset of its first NUL byte (-1: none; NULs read as blanks). */
interface Source {
  readonly kind: 'source';
  readonly file: SourceFile;
  readonly nulAt: number;
}

/** What a path holds. */
type Loaded = Source | Binary | { readonly kind: 'fault'; readonly fault: FileFault };

/** A file found by an include directive; `directory` is the index of its include directory, -1 beside the includer. */
export interface Found {
  readonly loaded: Source | Binary;
  readonly directory: number;
}

const MAGICS: readonly (readonly [bytes: string, what: string])[] = [
  ['\xd0\x0d\xfe\xed', 'it begins with the magic of a devicetree blob'],
  ['\x7fELF', 'it is an ELF file'],
  ['\x1f\x8b', 'it is compressed with gzip'],
  ['\xff\xfe', 'it is UTF-16 text: save it as UTF-8'],
  ['\xfe\xff', 'it is UTF-16 text: save it as UTF-8'],
];
/** A NUL byte this near to the start means that the file is no text. */
const NUL_WINDOW = 1024;

/** Reads files through the host's reader. */
export class FileStore {
  /** Paths of all files read, in order of the first reading. */
  readonly paths: string[] = [];
  readonly #reader: FileReader;
  readonly #directories: readonly string[];
  readonly #loaded = new Map<string, Loaded>();

  constructor(reader: FileReader, directories: readonly string[]) {
    this.#reader = reader;
    this.#directories = directories;
  }

  load(path: string): Loaded {
    let loaded = this.#loaded.get(path);
    if (loaded === undefined) {
      loaded = this.#read(path);
      this.#loaded.set(path, loaded);
    }
    return loaded;
  }

  /** Looks beside the including file when `beside` is given, then in the include directories from index `first`. */
  find(name: string, beside: string | undefined, first: number): Found | undefined {
    for (const { path, directory } of this.#candidates(name, beside, first)) {
      const loaded = this.load(path);
      if (loaded.kind !== 'fault') return { loaded, directory };
    }
    return undefined;
  }

  /** Where `find` looks, in words for a message. */
  places(name: string, beside: string | undefined, first: number): string {
    const places = this.#candidates(name, beside, first).map(({ path }) => {
      const loaded = this.load(path);
      const fault = loaded.kind === 'fault' && loaded.fault !== 'missing' ? ` (${FAULTS[loaded.fault]})` : '';
      return path.slice(0, path.length - name.length).replace(/(.)\/$/, '$1') + fault || '.';
    });
    return places.length === 0 ? 'no directory, for none is given' : places.join(', ');
  }

  #candidates(name: string, beside: string | undefined, first: number): { path: string; directory: number }[] {
    if (name.startsWith('/')) return [{ path: name, directory: -1 }];
    const found = beside === undefined ? [] : [{ path: inFolder(folderOf(beside), name), directory: -1 }];
    for (let i = first; i < this.#directories.length; i++) {
      found.push({ path: inFolder(this.#directories[i] as string, name), directory: i });
    }
    return found;
  }

  #read(path: string): Loaded {
    const bytes = this.#reader.read(path);
    if (typeof bytes === 'string') return { kind: 'fault', fault: bytes };
    this.paths.push(path);
    const text = decodeLatin1(bytes);
    const magic = MAGICS.find(([start]) => text.startsWith(start));
    if (magic !== undefined) return { kind: 'binary', path, why: magic[1] };
    const nulAt = text.indexOf('\0');
    if (nulAt >= 0 && nulAt < NUL_WINDOW) return { kind: 'binary', path, why: `byte ${nulAt} is NUL` };
    const clean = nulAt < 0 ? text : text.replaceAll('\0', ' ');
    return { kind: 'source', file: new SourceFile(path, clean), nulAt };
  }
}
