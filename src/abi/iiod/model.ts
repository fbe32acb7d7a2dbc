// A device as libiio sees it: name, label, channels in their order, attributes; read from its files once.
import { passSysError } from '../../base/errno.js';
import type { SysfsDir } from '../../core/sysfs.js';
import { type ChannelFile, type ChannelFiles, compare, sortFiles } from './channel-names.js';
import type { IiodDevice } from './device.js';

/** How samples of a channel lie in a scan: `scan_elements/…_index` and `…_type`. */
export interface ScanElement {
  readonly index: number;
  readonly bigEndian: boolean;
  readonly signed: boolean;
  /** The value fills the stored bits, or says so by a capital letter: no shifting, no masking. */
  readonly fullyDefined: boolean;
  readonly bits: number;
  readonly storageBits: number;
  readonly repeat: number;
  readonly shift: number;
}

/** A channel. Its place in the list of the device is the number of its bit in masks. */
export interface ChannelModel {
  readonly id: string;
  readonly output: boolean;
  readonly name: string | undefined;
  readonly attrs: readonly ChannelFile[];
  /** Undefined for a channel that no buffer holds. */
  readonly scan: ScanElement | undefined;
}

/** A device or trigger with what its files tell. */
export interface DeviceModel {
  readonly device: IiodDevice;
  readonly name: string | undefined;
  readonly label: string | undefined;
  readonly channels: readonly ChannelModel[];
  readonly attrs: readonly string[];
  readonly bufferAttrs: readonly string[];
  readonly debugAttrs: readonly string[];
}

/** What clients set by opening a buffer and not by attributes. */
const BUFFER_RESERVED: ReadonlySet<string> = new Set(['length', 'enable', 'watermark']);

/** Reads what does not change while the device is there. A file that cannot be read leaves out what it would tell. */
export async function readModel(device: IiodDevice): Promise<DeviceModel> {
  const { dir, debug } = device;
  const scanDir = dir.dirs.get('scan_elements');
  const { channels, attrs } = sortFiles([...dir.attributes.keys()], [...(scanDir?.attributes.keys() ?? [])]);
  const models: ChannelModel[] = [];
  for (const { scan, ...channel } of channels)
    models.push({ ...channel, scan: scanDir && (await readScan(scanDir, scan)) });
  return {
    device,
    name: await readLine(dir, 'name'),
    label: await readLine(dir, 'label'),
    channels: models.sort(byScanIndex),
    attrs,
    bufferAttrs: bufferAttributes(dir.dirs.get('buffer')),
    debugAttrs: [...(debug?.attributes.keys() ?? [])],
  };
}

/** Whether a word of a command means this device. */
export function isCalled({ device, label, name }: DeviceModel, word: string): boolean {
  return device.id === word || label === word || name === word;
}

/** The channel that a word of a command means. */
export function findChannel(model: DeviceModel, word: string, output: boolean): ChannelModel | undefined {
  return model.channels.find((channel) => channel.output === output && (channel.id === word || channel.name === word));
}

/** libiio's rule for what may be a device's trigger: a name, no channels, and the id of one. */
export function isTrigger({ device, name, channels }: DeviceModel): boolean {
  return device.id.startsWith('trigger') && name !== undefined && channels.length === 0;
}

/** The text of a file without its newline; undefined where it cannot be read. What is not a SysError goes up. */
async function readLine(dir: SysfsDir, file: string): Promise<string | undefined> {
  if (!dir.attributes.has(file)) return undefined;
  return (await dir.read(file).catch(passSysError))?.replace(/\n$/, '');
}

function bufferAttributes(dir: SysfsDir | undefined): readonly string[] {
  return [...(dir?.attributes.keys() ?? [])].filter((file) => !BUFFER_RESERVED.has(file)).sort(compare);
}

/** Channels of the buffer first, by their indexes, and by the shift where two share one; the rest after. */
function byScanIndex(a: ChannelModel, b: ChannelModel): number {
  if (a.scan === undefined || b.scan === undefined) return Number(a.scan === undefined) - Number(b.scan === undefined);
  return a.scan.index - b.scan.index || a.scan.shift - b.scan.shift;
}

const TYPE = /^([bl])e:([suSU])(\d+)\/(\d+)(?:X(\d+))?(?:>>(\d+))?$/;

async function readScan(dir: SysfsDir, files: ChannelFiles['scan']): Promise<ScanElement | undefined> {
  const read = async (name: string): Promise<string | undefined> => {
    const file = files.find((one) => one.name === name)?.file;
    return file === undefined ? undefined : readLine(dir, file);
  };
  const index = Number.parseInt((await read('index')) ?? '', 10);
  const type = TYPE.exec((await read('type')) ?? '');
  if (!(index >= 0) || type === null) return undefined;
  const [, end, sign = '', bits, storageBits, repeat = 1, shift = 0] = type;
  return {
    index,
    bigEndian: end === 'b',
    signed: sign.toLowerCase() === 's',
    fullyDefined: sign === sign.toUpperCase() || bits === storageBits,
    bits: Number(bits),
    storageBits: Number(storageBits),
    repeat: Number(repeat),
    shift: Number(shift),
  };
}
