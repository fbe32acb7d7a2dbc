// Packets as JSON: stable keys, numbers as numbers, names beside them.
import { hex, hexNumber } from '../../base/bytes.js';
import type { DecodedField, DecodedPacket } from './decode.js';
import { fieldForm } from './fields.js';
import { aboutPacket, endsOf, opcodeName } from './names.js';
import { valueWords } from './packet-text.js';
import { STATUS_WORDS } from './values.js';

/** The document of a packet. */
export function packetJson(packet: DecodedPacket): object {
  const { router, header, bytes, message, fields, short } = packet;
  const [from, to] = endsOf(packet);
  return {
    ...{ router, from, to },
    name: header === undefined ? null : opcodeName(header.opcode),
    kind: message?.kind ?? null,
    about: aboutPacket(packet),
    header: header ?? null,
    fields: fields.map(fieldJson),
    short,
    bytes: hex(bytes, ''),
  };
}

function fieldJson({ name, offset, size, value }: DecodedField): object {
  const { unit, names } = fieldForm(name);
  const words = valueWords(name, value);
  const meaning = name === 'status' && typeof value === 'number' ? STATUS_WORDS[value] : undefined;
  return {
    ...{ name, offset, size, value },
    ...(unit === undefined ? {} : { unit }),
    ...(names !== undefined && words !== String(value) && words !== hexNumber(Number(value)) ? { text: words } : {}),
    ...(meaning === undefined ? {} : { meaning }),
  };
}
