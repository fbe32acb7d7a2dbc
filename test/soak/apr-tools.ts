// The tools for packets of APR and GPR with packets of every kind, and with what is none: whatever form packets have,
// they are read as themselves; whatever is broken is told in words, nobody reads beyond it, and everything ends.
import type { Diagnostic } from '../../src/base/diagnostic.js';
import { Random } from '../../src/base/random.js';
import { PcapngWriter } from '../../src/abi/pcapng.js';
import { readPcapng } from '../../src/abi/pcapng-read.js';
import { frameBytes, readWav, type Wav, wavBytes } from '../../src/abi/wav.js';
import { decodePacket } from '../../src/review/apr/decode.js';
import { Exchange } from '../../src/review/apr/exchange.js';
import { DUMP_FORMATS, readPackets } from '../../src/review/apr/input.js';
import { MESSAGES, PARAMS } from '../../src/review/apr/messages.js';
import { packetJson } from '../../src/review/apr/packet-json.js';
import { fieldLines, packetLine, payloadWords, verdictWords } from '../../src/review/apr/packet-text.js';
import { USUAL_LISTENERS } from '../../src/review/apr/services.js';
import { judge, PROFILES } from '../../src/review/apr/verdict.js';
import type { Scenario } from '../soak.js';

/** What `npm run soak` runs; `run` throws with what it found. */
export const scenarios: readonly Scenario[] = [
  { name: 'apr-decode', total: 200_000, run: decodeAll },
  { name: 'apr-input', total: 100_000, run: readForms },
  { name: 'apr-capture', total: 100_000, run: readCaptures },
  { name: 'wav', total: 100_000, run: readSounds },
];

const OPCODES = [...MESSAGES.keys()];
const MODULES = Object.entries(PARAMS).flatMap(([module, params]) =>
  Object.keys(params).map((param) => [Number(module), Number(param)] as const),
);

/** A packet with the right sizes, of a known message or not, and with a payload of no meaning. */
function packetOf(random: Random): Uint8Array {
  const opcode = random.below(8) === 0 ? random.below(0x2_0000) : random.pick(OPCODES);
  const isGpr = opcode > 0xf_ffff;
  const head = isGpr ? 24 : 20;
  const payload = payloadOf(random);
  const bytes = new Uint8Array(head + payload.length);
  const view = new DataView(bytes.buffer);
  bytes.set(random.bytes(head));
  if (isGpr) view.setUint32(0, (bytes.length << 8) | 0x60, true);
  else view.setUint32(0, ((bytes.length << 16) | 0x50 | (random.below(4) << 8)) >>> 0, true);
  if (!isGpr && random.chance(0.8)) bytes.set([random.below(0x17), random.pick([3, 4, 5])], 4);
  if (!isGpr && random.chance(0.8)) bytes.set([random.below(0x17), random.pick([4, 5])], 8);
  view.setUint32(isGpr ? 20 : 16, opcode, true);
  bytes.set(payload, head);
  return bytes;
}

/** Small numbers for counts, opcodes, parameters of AFE, noise. */
function payloadOf(random: Random): Uint8Array {
  const bytes = random.bytes(4 * random.below(24));
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    if (random.chance(0.5)) view.setUint32(at, random.below(6), true);
    else if (random.chance(0.1)) view.setUint32(at, random.pick(OPCODES), true);
  }
  const [module, param] = random.pick(MODULES);
  const at = random.pick([12, 16]);
  if (random.chance(0.2) && bytes.length >= at + 12) {
    view.setUint32(at, module, true);
    view.setUint32(at + 4, param, true);
    view.setUint16(at + 8, random.pick([0, 4, 12, 20, 36, 0xffff]), true);
  }
  return bytes;
}

function mutated(random: Random, bytes: Uint8Array): Uint8Array {
  const out = bytes.slice(0, random.chance(0.3) ? random.below(bytes.length + 1) : bytes.length);
  const changes = random.below(6);
  for (let i = 0; i < changes && out.length > 0; i++) out[random.below(out.length)] = random.below(256);
  return out;
}

/** Every packet is decoded, shown and judged, whatever is in it; fields do not overlap and lie within it. */
export function decodeAll(seed: string): void {
  const random = new Random(seed);
  const exchange = new Exchange();
  for (let count = 0; count < 10; count++) {
    const whole = random.below(10) === 0 ? random.bytes(random.below(100)) : packetOf(random);
    const bytes = random.chance(0.5) ? mutated(random, whole) : whole;
    const router = random.pick([undefined, undefined, 'apr', 'gpr'] as const);
    const packet = decodePacket(bytes, router);
    exchange.add(packet);
    let end = 0;
    for (const { offset, size } of packet.fields) {
      if (offset < end || size <= 0) throw new Error(`a field at ${offset} of ${hexOf(bytes)}`);
      end = offset + size;
    }
    if (end > bytes.length) throw new Error(`a field ends at ${end} of ${hexOf(bytes)}`);
    const { about, name } = packetLine(packet);
    const verdicts = PROFILES.map((profile) =>
      verdictWords(judge(bytes, packet.router, profile, USUAL_LISTENERS[packet.router])),
    );
    checkWords([about, name, payloadWords(packet), ...fieldLines(packet), ...verdicts], bytes);
    JSON.stringify(packetJson(packet));
  }
}

function checkWords(texts: readonly string[], bytes: Uint8Array): void {
  const wrong = texts.find((text) => /undefined|NaN|\[object/.test(text) || /[^\x20-\x7e]/.test(text));
  if (wrong !== undefined) throw new Error(`${JSON.stringify(wrong)} of ${hexOf(bytes)}`);
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Packets in one of their forms are read as themselves; the form with some bytes changed is read or refused. */
export function readForms(seed: string): void {
  const random = new Random(seed);
  const packets = Array.from({ length: 1 + random.below(8) }, () => packetOf(random));
  const [name, form] = random.pick(FORMS);
  const text = form(packets);
  const { packets: read, diagnostics } = readPackets(text);
  const found = (read ?? []).map(({ bytes }) => hexOf(bytes));
  const wanted = packets.map(hexOf);
  if (found.join('\n') !== wanted.join('\n')) {
    throw new Error(`as ${name} these are other packets: ${JSON.stringify(diagnostics)}\n${wanted.join('\n')}`);
  }
  const broken = mutated(random, text);
  const again = readPackets(broken, { format: random.pick([undefined, ...DUMP_FORMATS]) });
  checkDiagnostics(again.diagnostics, again.packets === undefined, broken);
}

type Form = readonly [name: string, write: (packets: readonly Uint8Array[]) => Uint8Array];

const FORMS: readonly Form[] = [
  ['binary', (packets) => Uint8Array.from(Buffer.concat(packets))],
  ['a line for each', (packets) => encode(packets.map((one) => `${hexOf(one)}\n`).join(''))],
  ['hexdump', (packets) => encode(packets.flatMap((one) => rowsOf(one, (at) => `${at}  `)).join(''))],
  ['xxd', (packets) => encode(packets.flatMap((one) => rowsOf(one, (at) => `${at}: `)).join(''))],
  ['a dump of the file', (packets) => encode(rowsOf(Buffer.concat(packets), (at) => `${at}: `).join(''))],
  [
    'dmesg',
    (packets) =>
      encode(
        packets
          .flatMap((one, nr) =>
            rowsOf(one, (at) => `[   12.${String(nr).padStart(6, '0')}] qcom,apr 4080.rproc: rx: ${at}: `),
          )
          .join(''),
      ),
  ],
];

function rowsOf(bytes: Uint8Array, front: (offset: string) => string): string[] {
  const rows: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const digits = hexOf(bytes.subarray(at, at + 16)).replace(/..(?=.)/g, '$& ');
    rows.push(`${front(at.toString(16).padStart(8, '0'))}${digits}\n`);
  }
  return rows;
}

function checkDiagnostics(diagnostics: readonly Diagnostic[], isRefused: boolean, input: Uint8Array): void {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const wrong = diagnostics.some(({ text }) => text.length > 1000 || /\{[a-z]+\}|undefined|NaN/.test(text));
  if (errors !== (isRefused ? 1 : 0) || wrong) throw new Error(`${JSON.stringify(diagnostics)}\nof ${hexOf(input)}`);
}

/** A capture comes back as it was written; changed it is read as far as it goes, and never beyond. */
export function readCaptures(seed: string): void {
  const random = new Random(seed);
  const packets = Array.from({ length: random.below(6) }, () => random.bytes(random.below(50)));
  const parts: Uint8Array[] = [];
  const writer = new PcapngWriter((bytes) => parts.push(bytes));
  for (let count = 1 + random.below(3); count > 0; count--) writer.addInterface({ name: `channel ${count}` });
  for (const bytes of packets) {
    const comment = random.chance(0.3) ? { comment: 'a remark'.slice(random.below(8)) } : {};
    const way = random.chance(0.5) ? { way: random.pick(['in', 'out'] as const) } : {};
    writer.add({ iface: 0, timeNs: random.below(2 ** 31) * 2 ** 20, bytes, ...comment, ...way });
  }
  const whole = Uint8Array.from(Buffer.concat(parts));
  const read = readPcapng(whole).capture?.packets.map(({ bytes }) => hexOf(bytes));
  if (read?.join('\n') !== packets.map(hexOf).join('\n')) throw new Error(`other packets of ${hexOf(whole)}`);
  const broken = mutated(random, whole);
  const { capture, diagnostics } = readPcapng(broken);
  for (const { bytes } of capture?.packets ?? []) {
    if (bytes.byteOffset + bytes.length > broken.byteOffset + broken.length) throw new Error(`beyond ${hexOf(broken)}`);
  }
  if (diagnostics.length > 1) throw new Error(`${JSON.stringify(diagnostics)}\nof ${hexOf(broken)}`);
}

/** A sound comes back byte for byte; a changed file is read or refused, and what is read can be written. */
export function readSounds(seed: string): void {
  const random = new Random(seed);
  const format = {
    channels: 1 + random.below(8),
    rate: random.pick([8000, 44_100, 48_000, 192_000]),
    bits: random.pick([8, 16, 24, 32] as const),
    ...(random.chance(0.3) ? { channelMask: random.below(0x100), extensible: true } : {}),
  };
  const places = ['first', 'before', 'after'] as const;
  const chunks = Array.from({ length: random.below(4) }, () => ({
    id: random.pick(['LIST', 'fact', 'JUNK', '    ', 'data'.toUpperCase()]),
    data: random.bytes(random.below(9)),
    place: random.pick(places),
  }));
  const wav: Wav = { ...format, data: random.bytes(frameBytes(format) * random.below(6)), chunks };
  const whole = wavBytes(wav);
  const { wav: again, diagnostics } = readWav(whole);
  if (again === undefined || diagnostics.some(({ severity }) => severity !== 'note')) {
    throw new Error(`${JSON.stringify(diagnostics)}\nof ${hexOf(whole)}`);
  }
  if (hexOf(wavBytes(again)) !== hexOf(whole)) throw new Error(`another file than ${hexOf(whole)}`);
  const broken = mutated(random, whole);
  const other = readWav(broken);
  const errors = other.diagnostics.filter(({ severity }) => severity === 'error').length;
  if (errors !== (other.wav === undefined ? 1 : 0)) throw new Error(`${errors} errors of ${hexOf(broken)}`);
  if (other.wav !== undefined) wavBytes(other.wav);
}
