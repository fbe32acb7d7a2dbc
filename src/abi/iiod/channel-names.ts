// How libiio 0.24 reads file names: which file belongs to which channel, and under which name the channel shows it.
// Learned by running it on trees of plain files (channel-names.system.test.ts compares with it on random ones).

/** An attribute of a channel: its name there and the file that has it. */
export interface ChannelFile {
  readonly name: string;
  readonly file: string;
}

/** The files of one channel. */
export interface ChannelFiles {
  /** `voltage1-voltage0`, `accel_x`: not unique, an input and an output may share it. */
  readonly id: string;
  readonly output: boolean;
  /** The beginning that all its attributes had in common (an extend_name, mostly) and that their names have lost. */
  readonly name: string | undefined;
  readonly attrs: readonly ChannelFile[];
  /** The files of `scan_elements`: `en`, `index`, `type`. */
  readonly scan: readonly ChannelFile[];
}

/** A channel in the making. */
interface Draft {
  readonly id: string;
  readonly output: boolean;
  name: string | undefined;
  attrs: ChannelFile[];
  scan: ChannelFile[];
}

/** Table of what may follow a channel's type as part of its id (struct iio_chan_spec.modified), in libiio's order. */
const MODIFIERS: readonly string[] = [
  ...['x', 'y', 'z', 'x&y', 'x&z', 'y&z', 'x&y&z', 'x|y', 'x|z', 'y|z', 'x|y|z', 'sqrt(x^2+y^2)', 'x^2+y^2+z^2'],
  ...['both', 'ir', 'clear', 'red', 'green', 'blue', 'uv', 'quaternion', 'ambient', 'object'],
  ...['from_north_magnetic', 'from_north_true', 'from_north_magnetic_tilt_comp', 'from_north_true_tilt_comp'],
  ...['running', 'jogging', 'walking', 'still', 'sqrt(x^2+y^2+z^2)', 'i', 'q', 'co2', 'voc', 'duv'],
  ...['pm1', 'pm2p5', 'pm4', 'pm10', 'ethanol', 'h2', 'o2'],
];

/** Files of a device that are nobody's attributes: two have places of their own, two are the driver core's. */
const NO_ATTRIBUTES: ReadonlySet<string> = new Set(['name', 'label', 'dev', 'uevent']);
const DIGIT = /[0-9]/;

/** Sorts the files of a device, and those of its `scan_elements`, into channels and attributes of the device. */
export function sortFiles(
  files: readonly string[],
  scanFiles: readonly string[],
): { readonly channels: readonly ChannelFiles[]; readonly attrs: readonly string[] } {
  const channels: Draft[] = [];
  let attrs: string[] = [];
  for (const file of files) {
    if (isOfOneChannel(file)) addFile(channels, file, 'attrs');
    else if (!NO_ATTRIBUTES.has(file)) attrs.push(file);
  }
  for (const file of scanFiles) if (secondBar(file) >= 0) addFile(channels, file, 'scan');
  for (const channel of channels) takeCommonName(channel);
  attrs = attrs.filter((file) => !share(channels, file));
  attrs = attrs.filter((file) => !isChannelWithoutIndex(channels, file));
  for (const channel of channels) channel.attrs.sort((a, b) => compare(a.name, b.name));
  return { channels, attrs: attrs.sort(compare) };
}

/** Order of bytes. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** Where the `_` behind `in_voltage0` or `out_voltage0` is; -1 where the name has no such form. */
function secondBar(file: string): number {
  const start = file.startsWith('in_') ? 3 : file.startsWith('out_') ? 4 : -1;
  return start < 0 ? -1 : file.indexOf('_', start);
}

/** Whether the name says which channel: by a number before the second `_`, or by a modifier behind it. */
function isOfOneChannel(file: string): boolean {
  if (file.startsWith('in_timestamp_')) return true;
  const bar = secondBar(file);
  return bar >= 0 && (DIGIT.test(file[bar - 1] ?? '') || modifierAt(file, bar + 1) !== undefined);
}

/** The modifier that stands at this place, up to a `_` or the end. */
function modifierAt(text: string, at: number): string | undefined {
  return MODIFIERS.find((word) => {
    const end = at + word.length;
    return text.startsWith(word, at) && (end === text.length || text[end] === '_');
  });
}

/** Where the channel's id ends in the name of a file. */
function idEnd(file: string): number {
  const bar = secondBar(file);
  const modifier = modifierAt(file, bar + 1);
  return modifier === undefined ? bar : bar + 1 + modifier.length;
}

function addFile(channels: Draft[], file: string, where: 'attrs' | 'scan'): void {
  const output = file.startsWith('out_');
  const id = file.slice(output ? 4 : 3, idEnd(file));
  let channel = channels.find((one) => one.id === id && one.output === output);
  if (channel === undefined) {
    channel = { id, output, name: undefined, attrs: [], scan: [] };
    channels.push(channel);
  }
  channel[where].push({ name: shortName(channel, file), file });
}

/** What is left of a file's name behind the channel's id and name. */
function shortName({ name }: Draft, file: string): string {
  const rest = file.slice(idEnd(file) + 1);
  return name !== undefined && rest.startsWith(`${name}_`) ? rest.slice(name.length + 1) : rest;
}

/** What all names of a channel begin with, up to the last `_` of it, becomes the channel's name. */
function takeCommonName(channel: Draft): void {
  const names = [...channel.attrs, ...channel.scan].map(({ name }) => name);
  const [first, ...others] = names;
  if (first === undefined || others.length === 0) return;
  let length = 0;
  for (let bar = first.indexOf('_'); bar >= 0; bar = first.indexOf('_', bar + 1)) {
    const start = first.slice(0, bar + 1);
    if (!others.every((name) => name.startsWith(start))) break;
    length = start.length;
  }
  if (length === 0) return;
  const cut = ({ name, file }: ChannelFile): ChannelFile => ({ name: name.slice(length), file });
  channel.name = first.slice(0, length - 1);
  channel.attrs = channel.attrs.map(cut);
  channel.scan = channel.scan.map(cut);
}

/** Gives a file without number to every channel it is for; those with the name that it carries come before all. */
function share(channels: readonly Draft[], file: string): boolean {
  const fits = channels.map((channel) => fitOf(channel, file));
  const best = fits.includes('named') ? 'named' : 'shared';
  for (const [at, channel] of channels.entries())
    if (fits[at] === best) channel.attrs.push({ name: shortName(channel, file), file });
  return fits.includes(best);
}

function fitOf({ id, output, name }: Draft, file: string): 'named' | 'shared' | undefined {
  const bar = secondBar(file);
  if (bar < 0 || file.startsWith('out_') !== output) return undefined;
  const type = file.slice(output ? 4 : 3, bar);
  if (isBothTypes(id, type)) return 'shared';
  if (!id.startsWith(type)) return undefined;
  const next = id[type.length] ?? '';
  if (DIGIT.test(next)) return name !== undefined && file.startsWith(`${name}_`, bar + 1) ? 'named' : 'shared';
  return next === '_' && modifierAt(id, type.length + 1) !== undefined ? 'shared' : undefined;
}

/** Whether a type like `voltage-voltage` is that of a differential channel like `voltage1-voltage0`. */
function isBothTypes(id: string, type: string): boolean {
  const [first = '', second] = type.split(/-(.*)/s);
  const [idFirst = '', idSecond] = id.split(/-(.*)/s);
  if (first === '' || second === undefined || idSecond === undefined) return false;
  const numbered = (part: string, stem: string): boolean =>
    part.startsWith(stem) && DIGIT.test(part[stem.length] ?? '');
  return numbered(idFirst, first) && numbered(idSecond, second);
}

/** A file that names a type of which no channel has a number makes a channel of that type, or joins it. */
function isChannelWithoutIndex(channels: Draft[], file: string): boolean {
  if (secondBar(file) < 0) return false;
  addFile(channels, file, 'attrs');
  return true;
}
