// Files of sysfs as programs see them (facts ina3221 §5.4): the text once per open, a store per write, poll.
import { SysError } from '../base/errno.js';
import { encodeUtf8 } from '../base/text.js';
import type { Attribute, SysfsDir } from '../core/sysfs.js';
import { dirOf, type Entries, entriesOf } from './vfs-dir.js';
import { ALWAYS_READY, POLL, type VDir, type VFile, type VOpen, type VOpenFlags } from './vfs.js';

/** What stat says of every file, and the most that one file holds and one write takes. */
const PAGE_BYTES = 4096;
const ANY_READ = 0o444;
const ANY_WRITE = 0o222;

/** The attributes of a directory of the core. */
export function attributesOf(dir: SysfsDir): Entries {
  return entriesOf(
    () => dir.attributes,
    (attribute) => attributeFile(dir, attribute),
  );
}

/** The directories of a directory of the core, each with all that is in it. */
export function dirsOf(dir: SysfsDir): Entries {
  return entriesOf(() => dir.dirs, sysfsDir);
}

/** A directory of the core with all that is in it. */
export function sysfsDir(dir: SysfsDir): VDir {
  return dirOf(attributesOf(dir), dirsOf(dir));
}

/** A file with bytes that never change: a property of the devicetree. */
export function bytesFile(bytes: Uint8Array): VFile {
  const file: VOpen = {
    read: (offset, length) => bytes.subarray(offset, offset + length),
    write: () => {
      throw new SysError('EACCES', 'the file cannot be written');
    },
    close: () => undefined,
  };
  return {
    kind: 'file',
    mode: ANY_READ,
    size: bytes.length,
    open(flags) {
      refuseBeyondMode(ANY_READ, flags, '');
      return file;
    },
  };
}

function attributeFile(dir: SysfsDir, attribute: Attribute): VFile {
  const { mode, name } = attribute;
  return {
    kind: 'file',
    mode,
    size: PAGE_BYTES,
    open(flags) {
      refuseBeyondMode(mode, flags, name);
      return new OpenAttribute(dir, attribute);
    },
  };
}

/** sysfs looks at the bits even for root: what nobody may do is not done (KERNFS_ROOT_EXTRA_OPEN_PERM_CHECK). */
function refuseBeyondMode(mode: number, { read, write }: VOpenFlags, name: string): void {
  if ((read && (mode & ANY_READ) === 0) || (write && (mode & ANY_WRITE) === 0))
    throw new SysError('EACCES', `mode ${mode.toString(8)} does not allow it`, { op: name });
}

class OpenAttribute implements VOpen {
  readonly #dir: SysfsDir;
  readonly #attribute: Attribute;
  #text: Uint8Array | undefined;
  /** The count of changes when it was last read. A file that nobody has read is new. */
  #seen: number | undefined;
  #wake: (() => void) | undefined;
  #unwatch: (() => void) | undefined;

  constructor(dir: SysfsDir, attribute: Attribute) {
    this.#dir = dir;
    this.#attribute = attribute;
  }

  /** At the start of the file the text is made, further on the same text is continued. */
  async read(offset: number, length: number): Promise<Uint8Array> {
    if (offset === 0 || this.#text === undefined) {
      this.#refuseGone();
      this.#seen = this.#dir.changesOf(this.#attribute.name);
      const text = await this.#dir.read(this.#attribute.name);
      this.#text = encodeUtf8(text).subarray(0, PAGE_BYTES);
    }
    return this.#text.subarray(offset, offset + length);
  }

  /** The offset does not count, and what does not fit is not taken: the program then writes the rest as a text. */
  async write(bytes: Uint8Array): Promise<number> {
    this.#refuseGone();
    const taken = bytes.subarray(0, PAGE_BYTES);
    await this.#dir.write(this.#attribute.name, latin1(taken));
    return taken.length;
  }

  poll(wake: () => void): number {
    const { name } = this.#attribute;
    this.#wake = wake;
    this.#unwatch ??= this.#dir.watch(name, () => this.#wake?.());
    const isNew = this.#isGone() || this.#dir.changesOf(name) !== this.#seen;
    return isNew ? ALWAYS_READY | POLL.PRI | POLL.ERR : ALWAYS_READY;
  }

  close(): void {
    this.#unwatch?.();
  }

  #isGone(): boolean {
    return this.#dir.attributes.get(this.#attribute.name) !== this.#attribute;
  }

  /** A file that was removed while it is open has no device behind it any more. */
  #refuseGone(): void {
    if (this.#isGone()) throw new SysError('ENODEV', 'the file is gone', { op: this.#attribute.name });
  }
}

/** Each byte one code unit: nothing is lost, and numbers and words come out as they are. */
function latin1(bytes: Uint8Array): string {
  return String.fromCharCode.apply(null, bytes as unknown as number[]);
}
