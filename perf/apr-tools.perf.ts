// Packets of APR in words: how many bytes of packets the decoder takes in a second, and the reader of a dump.
import { readFileSync } from 'node:fs';
import { decodePacket } from '../src/review/apr/decode.js';
import { readPackets } from '../src/review/apr/input.js';
import { packetLine, payloadWords } from '../src/review/apr/packet-text.js';
import { USUAL_LISTENERS } from '../src/review/apr/services.js';
import { judge } from '../src/review/apr/verdict.js';
import { msWarm, type Row } from './bench.js';

const ROUNDS = 100;
const { sequences } = JSON.parse(readFileSync('test/golden/apr-services.json', 'utf8')) as {
  sequences: { session: readonly { hex?: string }[] };
};
const digits = sequences.session.flatMap(({ hex }) => (hex === undefined ? [] : [hex]));
/** A playback and a capture with Linux's drivers. */
const once = digits.map((hex) => Uint8Array.from(Buffer.from(hex, 'hex')));
const packets = Array.from({ length: ROUNDS }, () => once).flat();
const bytes = packets.reduce((sum, { length }) => sum + length, 0);
const text = new TextEncoder().encode(`${digits.join('\n')}\n`.repeat(ROUNDS));
const mbPerSecond = (ms: number): number => bytes / 1000 / ms;

function decodeAll(): number {
  let fields = 0;
  for (const packet of packets) fields += decodePacket(packet).fields.length;
  return fields;
}

function sayAll(): number {
  let length = 0;
  for (const one of packets) {
    const packet = decodePacket(one);
    length += packetLine(packet).about.length + payloadWords(packet).length;
    if (judge(one, packet.router, 'right', USUAL_LISTENERS.apr).kind === 'delivered') length++;
  }
  return length;
}

/** By bytes of packets. */
export const rows: readonly Row[] = [
  {
    name: 'apr: decode the packets of a playback, by their bytes',
    unit: 'MB/s',
    rounds: 7,
    run: () => mbPerSecond(msWarm(decodeAll, 5)),
    wanted: { of: 'figure', atLeast: 20 },
  },
  {
    name: 'apr: the same in words, with the verdict',
    unit: 'MB/s',
    rounds: 7,
    run: () => mbPerSecond(msWarm(sayAll, 3)),
  },
  {
    name: 'apr: read them from a hex dump',
    unit: 'MB/s',
    rounds: 7,
    run: () => mbPerSecond(msWarm(() => readPackets(text), 3)),
  },
];
