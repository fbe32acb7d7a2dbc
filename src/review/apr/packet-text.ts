// Packets as text: one line that says what it is, one with what it carries; or a line for each field.
import { hex, hexNumber } from '../../base/bytes.js';
import { type DecodedField, type DecodedPacket, type FieldValue } from './decode.js';
import { type FieldForm, fieldForm, HEADER_FIELDS } from './fields.js';
import { MESSAGES } from './messages.js';
import { aboutPacket, endsOf, opcodeName, serviceName } from './names.js';
import { STATUS_WORDS, valueName } from './values.js';
import type { Verdict } from './verdict.js';

/** What stands in one line for a packet. */
export interface PacketLine {
  readonly from: string;
  readonly to: string;
  readonly name: string;
  /** Ports and token in words. */
  readonly about: string;
}

/** The line of a packet. */
export function packetLine(packet: DecodedPacket): PacketLine {
  const [from, to] = endsOf(packet);
  const { header } = packet;
  if (header === undefined) return { from, to, name: 'no packet', about: aboutPacket(packet) };
  return { from, to, name: opcodeName(header.opcode), about: aboutPacket(packet) };
}

/** What a packet carries, in a few words; empty when that is nothing. */
export function payloadWords(packet: DecodedPacket): string {
  const shown = packet.fields.filter((field) => !isQuiet(field)).map(fieldWords);
  if (packet.short && packet.header !== undefined) shown.push('the payload ends too early');
  return shown.join(', ');
}

/** `rate 48000 Hz`, `status EALREADY (0x9), it is so already: open, started`. */
function fieldWords({ name, value }: DecodedField): string {
  const words = `${spoken(name)} ${valueWords(name, value)}`;
  const meaning = name === 'status' && value !== 0 ? STATUS_WORDS[value as number] : undefined;
  return meaning === undefined ? words : `${words}: ${meaning}`;
}

/** The name of a field as it is spoken. */
function spoken(name: string): string {
  // The unit says it again.
  return name.replace(/_bytes$/, '').replaceAll('_', ' ');
}

function isQuiet({ name, value }: DecodedField): boolean {
  return (
    fieldForm(name).quiet === true &&
    (value === 0 || name === 'padding' || name.endsWith('_bytes') || name === 'param_size' || name === 'config_version')
  );
}

/** The value of a field with its names and unit. */
export function valueWords(name: DecodedField['name'], value: FieldValue): string {
  const form = fieldForm(name);
  if (typeof value === 'string') return value === '' ? '""' : value;
  if (typeof value === 'number')
    return (form.hex === true ? undefined : nameOf(form, value)) ?? numberWords(form, value);
  const values = mapped(name, value);
  return values.map((one) => valueOnly(form, one)).join(' ') || 'none';
}

/** The end of a map that is not used is zero. */
function mapped(name: string, values: readonly number[]): readonly number[] {
  if (!name.endsWith('_map')) return values;
  const last = values.findLastIndex((value) => value !== 0);
  return values.slice(0, last + 1);
}

function valueOnly(form: FieldForm, value: number): string {
  return nameOf(form, value) ?? (form.hex === true ? hexNumber(value) : String(value));
}

function numberWords(form: FieldForm, value: number): string {
  const number = form.hex === true ? hexNumber(value) : String(value);
  const name = nameOf(form, value);
  if (name !== undefined) return `${name} (${number})`;
  return form.unit === undefined ? number : `${number} ${form.unit}`;
}

function nameOf({ names }: FieldForm, value: number): string | undefined {
  if (names === undefined) return undefined;
  return names === 'opcode' ? MESSAGES.get(value)?.name : valueName(names, value);
}

/** A field of a packet as a row of a table has it. */
export interface FieldRow {
  readonly offset: number;
  /** Its first bytes in hex. */
  readonly bytes: string;
  readonly name: string;
  readonly words: string;
}

/** A row for each field, header and payload. */
export function fieldRows(packet: DecodedPacket): FieldRow[] {
  return [
    ...headerRows(packet),
    ...packet.fields.map((field) => rowOf(packet, field, spoken(field.name), rowWords(field))),
  ];
}

/** A line for each field, header and payload, with its offset and bytes. */
export function fieldLines(packet: DecodedPacket): string[] {
  return fieldRows(packet).map(
    ({ offset, bytes, name, words }) =>
      `${offset.toString(16).padStart(4, '0')}  ${bytes.padEnd(26)}  ${name.padEnd(18)} ${words}`,
  );
}

function rowWords(field: DecodedField): string {
  return fieldWords(field).slice(spoken(field.name).length + 1);
}

/** Bytes of a field that a row shows. */
const MOST_BYTES = 8;

function rowOf(
  { bytes }: DecodedPacket,
  { offset, size }: { readonly offset: number; readonly size: number },
  name: string,
  words: string,
): FieldRow {
  const more = size > MOST_BYTES ? ' ..' : '';
  return { offset, bytes: hex(bytes.subarray(offset, offset + Math.min(size, MOST_BYTES))) + more, name, words };
}

/** Places of the header's fields: `[name, offset, size]`. */
const APR_PLACES = [
  ['header', 0, 2],
  ['packet_size', 2, 2],
  ['src_svc', 4, 1],
  ['src_domain', 5, 1],
  ['src_port', 6, 2],
  ['dest_svc', 8, 1],
  ['dest_domain', 9, 1],
  ['dest_port', 10, 2],
  ['token', 12, 4],
  ['opcode', 16, 4],
] as const;
const GPR_PLACES = [
  ['header', 0, 1],
  ['packet_size', 1, 3],
  ['gpr_dest_domain', 4, 1],
  ['gpr_src_domain', 5, 1],
  ['src_port', 8, 4],
  ['dest_port', 12, 4],
  ['token', 16, 4],
  ['opcode', 20, 4],
] as const;

function headerRows(packet: DecodedPacket): FieldRow[] {
  const { router, header } = packet;
  if (header === undefined) return [];
  const { messageType } = header;
  const type = messageType === undefined ? '' : `, ${valueName('message_type', messageType)}`;
  const words: Readonly<Record<(typeof APR_PLACES | typeof GPR_PLACES)[number][0], string>> = {
    header: `version ${header.version}, ${header.headerBytes} bytes${type}`,
    packet_size: `${header.packetSize} bytes`,
    src_svc: serviceWords(header.srcDomain, header.srcSvc),
    src_domain: numberWords(HEADER_FIELDS.src_domain, header.srcDomain),
    gpr_src_domain: numberWords(HEADER_FIELDS.gpr_src_domain, header.srcDomain),
    src_port: hexNumber(header.srcPort),
    dest_svc: serviceWords(header.destDomain, header.destSvc),
    dest_domain: numberWords(HEADER_FIELDS.dest_domain, header.destDomain),
    gpr_dest_domain: numberWords(HEADER_FIELDS.gpr_dest_domain, header.destDomain),
    dest_port: hexNumber(header.destPort),
    token: hexNumber(header.token),
    opcode: numberWords(HEADER_FIELDS.opcode, header.opcode),
  };
  const places = router === 'apr' ? APR_PLACES : GPR_PLACES;
  return places.map(([name, offset, size]) =>
    rowOf(packet, { offset, size }, spoken(name.replace('gpr_', '')), words[name]),
  );
}

function serviceWords(domain: number, svc = 0): string {
  return `${serviceName(domain, svc)} (${hexNumber(svc)})`;
}

/** `delivered to aprsvc:service:4:7`, or by which rule it is refused. */
export function verdictWords(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'delivered':
      return verdict.warning === undefined
        ? `delivered to ${verdict.to}`
        : `delivered to ${verdict.to}, but ${verdict.warning}`;
    case 'refused':
      return `refused by rule ${verdict.rule} (${verdict.reason}): ${verdict.because}`;
    case 'crash':
      return `crashes the kernel (${verdict.rule}): ${verdict.because}`;
  }
}
