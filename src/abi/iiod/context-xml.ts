// The document that describes all devices to a client (the answer to PRINT), as libiio 0.24 writes it.
import { passSysError } from '../../base/errno.js';
import type { SysfsDir } from '../../core/sysfs.js';
import type { ChannelModel, DeviceModel, ScanElement } from './model.js';

/** What the document says beside the devices. */
export interface ContextInfo {
  /** One line: program, version, machine. */
  readonly description: string;
  /** Names and values for people; clients print them. */
  readonly attributes: readonly (readonly [name: string, value: string])[];
}

/** The version of libiio whose words and forms the server keeps to. */
export const LIBIIO = { major: 0, minor: 24, tag: 'v0.24' } as const;

/** Elements and what they need: clients check the document against it, and complain when it is not there. */
const DOCTYPE = [
  '<!ELEMENT context (device | context-attribute)*>',
  '<!ELEMENT context-attribute EMPTY>',
  '<!ELEMENT device (channel | attribute | debug-attribute | buffer-attribute)*>',
  '<!ELEMENT channel (scan-element?, attribute*)>',
  ...['attribute', 'scan-element', 'debug-attribute', 'buffer-attribute'].map((name) => `<!ELEMENT ${name} EMPTY>`),
  attlist('context', ['name', 'version-major', 'version-minor', 'version-git'], ['description']),
  attlist('context-attribute', ['name', 'value']),
  attlist('device', ['id'], ['name', 'label']),
  '<!ATTLIST channel id CDATA #REQUIRED type (input|output) #REQUIRED name CDATA #IMPLIED>',
  attlist('scan-element', ['index', 'format'], ['scale']),
  attlist('attribute', ['name'], ['filename']),
  attlist('debug-attribute', ['name']),
  attlist('buffer-attribute', ['name']),
].join('');

function attlist(element: string, required: readonly string[], implied: readonly string[] = []): string {
  const all = [
    ...required.map((name) => `${name} CDATA #REQUIRED`),
    ...implied.map((name) => `${name} CDATA #IMPLIED`),
  ];
  return `<!ATTLIST ${element} ${all.join(' ')}>`;
}

/** Writes the document. Scales are read from the devices now; without line breaks, as clients have always seen it. */
export async function contextXml(
  { description, attributes }: ContextInfo,
  models: readonly DeviceModel[],
): Promise<string> {
  const devices: string[] = [];
  for (const model of models) devices.push(await deviceXml(model));
  const { major, minor, tag } = LIBIIO;
  const root = attrs({
    name: 'bringup',
    'version-major': major,
    'version-minor': minor,
    'version-git': tag,
    description,
  });
  const context = attributes.map(([name, value]) => `<context-attribute${attrs({ name, value })} />`);
  const body = [...context, ...devices].join('');
  return `<?xml version="1.0" encoding="utf-8"?><!DOCTYPE context [${DOCTYPE}]><context${root} >${body}</context>`;
}

async function deviceXml({ device, name, label, channels, ...rest }: DeviceModel): Promise<string> {
  const parts: string[] = [];
  for (const channel of channels) parts.push(channelXml(channel, await scaleOf(channel, device.dir)));
  for (const attr of rest.attrs) parts.push(`<attribute${attrs({ name: attr })} />`);
  for (const attr of rest.bufferAttrs) parts.push(`<buffer-attribute${attrs({ name: attr })} />`);
  for (const attr of rest.debugAttrs) parts.push(`<debug-attribute${attrs({ name: attr })} />`);
  return `<device${attrs({ id: device.id, name, label })} >${parts.join('')}</device>`;
}

function channelXml({ id, output, name, scan, attrs: files }: ChannelModel, scale: number | undefined): string {
  const head = attrs({ id, name, type: output ? 'output' : 'input' });
  const list = files.map((one) => `<attribute${attrs({ name: one.name, filename: one.file })} />`);
  const element = scan === undefined ? '' : `<scan-element${attrs(scanAttrs(scan, scale))} />`;
  return `<channel${head} >${element}${list.join('')}</channel>`;
}

function scanAttrs(scan: ScanElement, scale: number | undefined): Record<string, string | number | undefined> {
  const { bits, storageBits, repeat, shift } = scan;
  const letter = scan.signed ? 's' : 'u';
  const sign = scan.fullyDefined ? letter.toUpperCase() : letter;
  const times = repeat > 1 ? `X${repeat}` : '';
  return {
    index: scan.index,
    format: `${scan.bigEndian ? 'be' : 'le'}:${sign}${bits}/${storageBits}${times}>>${shift}`,
    scale: scale === undefined ? undefined : sixDecimals(scale),
  };
}

/** The value of the channel's attribute `scale` as a C float; undefined where there is none that is a number. */
async function scaleOf(channel: ChannelModel, dir: SysfsDir): Promise<number | undefined> {
  const file = channel.attrs.find(({ name }) => name === 'scale')?.file;
  if (channel.scan === undefined || file === undefined) return undefined;
  const scale = Math.fround(Number.parseFloat((await dir.read(file).catch(passSysError)) ?? ''));
  return Math.abs(scale) < 1e21 ? scale : undefined;
}

/** C's `%f`: a value that lies just between two takes the one whose last digit is even. */
function sixDecimals(value: number): string {
  const exact = value.toFixed(60);
  const cut = exact.slice(0, -54);
  const isBetween = /^50*$/.test(exact.slice(-54));
  return isBetween && /[02468]$/.test(cut) ? cut : value.toFixed(6);
}

const ENTITIES: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', "'": 'apos', '"': 'quot' };

/** Attributes of an element, in order; those that are undefined are left out. */
function attrs(values: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(values)
    .flatMap(([name, value]) => (value === undefined ? [] : ` ${name}="${escapeText(String(value))}"`))
    .join('');
}

/** Control characters have no place in XML, not even escaped: they become U+FFFD. */
function escapeText(text: string): string {
  return text
    .replace(/[&<>'"]/g, (c) => `&${ENTITIES[c]};`)
    .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '\ufffd');
}
