// READ and WRITE: attributes of devices, channels, buffers and debugfs, one or all of a place packed into one.
import { passSysError, SysError } from '../../base/errno.js';
import type { SysfsDir } from '../../core/sysfs.js';
import { type DeviceModel, findChannel } from './model.js';
import type { AttrPlace } from './request.js';
import { after, type Soon } from './soon.js';
import { utf8Bytes } from './utf8.js';

/** The longest value that a file takes (sysfs: one page). */
export const VALUE_BYTES = 4096;
/** The longest payload with all attributes of a place. */
export const PACKED_BYTES = 65_536;

/** A directory, and the attributes that a packed command means: their names, and the files that have them. */
interface Attrs {
  readonly dir: SysfsDir | undefined;
  readonly all: readonly { readonly name: string; readonly file: string }[];
}

/** Reads one attribute, or all where none is named. The answer is the value's bytes, one per character. */
export function readAttr(model: DeviceModel, place: AttrPlace, attr: string | undefined): Soon<string> {
  const attrs = attrsOf(model, place);
  return attr === undefined ? readAll(attrs) : readValue(attrs.dir, fileOf(attrs, attr));
}

async function readAll({ dir, all }: Attrs): Promise<string> {
  let packed = '';
  for (const { file } of all) packed += await packedValue(dir, file);
  return packed;
}

/** Writes one attribute, or all where none is named: then what a file refuses is its own affair, as in the original. */
export async function writeAttr(
  model: DeviceModel,
  place: AttrPlace,
  attr: string | undefined,
  text: string,
): Promise<void> {
  const attrs = attrsOf(model, place);
  if (attr !== undefined) return writeValue(attrs.dir, fileOf(attrs, attr), text);
  const values = unpack(text, attrs.all.length);
  for (const [at, { file }] of attrs.all.entries()) {
    const value = values[at] ?? '';
    if (value !== '') await writeValue(attrs.dir, file, value).catch(passSysError);
  }
}

function attrsOf(model: DeviceModel, place: AttrPlace): Attrs {
  const { device, attrs, bufferAttrs, debugAttrs } = model;
  if (place.kind === 'channel') {
    const channel = findChannel(model, place.channel, place.output);
    if (channel === undefined) throw new SysError('ENXIO', `no channel ${place.channel}`, { dev: device.id });
    return { dir: device.dir, all: channel.attrs };
  }
  const [dir, names] = {
    device: [device.dir, attrs] as const,
    buffer: [device.dir.dirs.get('buffer'), bufferAttrs] as const,
    debug: [device.debug, debugAttrs] as const,
  }[place.kind];
  return { dir, all: names.map((name) => ({ name, file: name })) };
}

/** A word that names no attribute of the place may still be a file there, one that clients are not shown. */
function fileOf({ all }: Attrs, attr: string): string {
  return all.find(({ name }) => name === attr)?.file ?? attr;
}

function readValue(dir: SysfsDir | undefined, file: string): Soon<string> {
  return after(existing(dir, file).readSoon(file), valueOf);
}

/** A value as libiio hands it on: a NUL in place of the newline. An empty file is an error to it. */
function valueOf(text: string): string {
  if (text === '') throw new SysError('EIO', 'the file is empty');
  return utf8Bytes(text.endsWith('\n') || text.endsWith('\0') ? `${text.slice(0, -1)}\0` : `${text}\0`);
}

async function writeValue(dir: SysfsDir | undefined, file: string, text: string): Promise<void> {
  const target = existing(dir, file);
  if (text.length > VALUE_BYTES) throw new SysError('E2BIG', `a value of ${text.length} bytes`, { op: file });
  if (text === '') throw new SysError('EIO', 'nothing to write', { op: file });
  await target.write(file, text);
}

function existing(dir: SysfsDir | undefined, file: string): SysfsDir {
  if (dir?.dirs.has(file) === true) throw new SysError('EISDIR', 'this is a directory', { op: file });
  if (dir === undefined) throw new SysError('ENOENT', 'no such attribute', { op: file });
  return dir;
}

async function packedValue(dir: SysfsDir | undefined, file: string): Promise<string> {
  try {
    const value = await readValue(dir, file);
    return bigEndian(value.length) + value + '\0'.repeat(-value.length & 3);
  } catch (e) {
    if (e instanceof SysError) return bigEndian(e.errno);
    throw e;
  }
}

function bigEndian(value: number): string {
  return String.fromCharCode((value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);
}

/** Takes packed values apart; a length that is not above 0 leaves its attribute alone. EINVAL for any other form. */
function unpack(text: string, count: number): readonly string[] {
  const values: string[] = [];
  let at = 0;
  for (let n = 0; n < count; n++) {
    const start = at + 4;
    const length = start <= text.length ? Math.max(lengthAt(text, at), 0) : Number.POSITIVE_INFINITY;
    at = start + 4 * Math.ceil(length / 4);
    if (at > text.length) throw new SysError('EINVAL', 'the packed attributes are cut off');
    values.push(text.slice(start, start + length));
  }
  if (at !== text.length) throw new SysError('EINVAL', 'there are more packed attributes than attributes');
  return values;
}

function lengthAt(text: string, at: number): number {
  return (
    (text.charCodeAt(at) << 24) |
    (text.charCodeAt(at + 1) << 16) |
    (text.charCodeAt(at + 2) << 8) |
    text.charCodeAt(at + 3)
  );
}
