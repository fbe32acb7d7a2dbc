// What the modelled DSP makes of the packets that Linux's drivers were recorded to send: it accepts them all, and its
// answers are those that the drivers accept, byte for byte. When it answers is its own: the stand-in of the recording
// answered at once, and with handles of its own.
import { DspRig, fromHex } from '../../qdsp6-rig.js';
import { type Family, isRecord, type Vector, type Verdict } from '../family.js';

/** A packet of a recording. Lines about calls and logs have no direction. */
interface Item {
  readonly dir?: 'to_dsp' | 'from_dsp';
  readonly hex: string;
}

interface Packet {
  readonly bytes: Uint8Array;
  readonly data: DataView;
  readonly svc: number;
  readonly token: number;
  readonly opcode: number;
  readonly destPort: number;
}

const BASIC = 0x110e8;
/** Commands that events answer, and what the firmware variants have no say in. */
const BY_EVENT = new Set([0x10dab, 0x10dac, 0x10bdb]);
/** Commands with an answer of their own. */
const OWN_ANSWER: ReadonlyMap<number, number> = new Map([
  ...([
    [0x1290c, 0x1290d],
    [0x12905, 0x12906],
    [0x1292c, 0x1292d],
  ] as const),
  ...([
    [0x100f4, 0x100f5],
    [0x10326, 0x10329],
    [0x10d92, 0x10d93],
  ] as const),
]);
const [OPEN_COPP, CLOSE_COPP, MATRIX, UNMAP, WRITE, READ] = [0x10326, 0x10327, 0x10325, 0x10d94, 0x10dab, 0x10dac];
const [COPP_OPENED, MAPPED, WRITTEN, CAPTURED, VERSIONS] = [0x10329, 0x10d93, 0x10d99, 0x10d9a, 0x12906];
const NO_COPP = 0xff;
/** Facts 5.5: a CLOSE of a COPP that there is not comes to EBADPARAM; the stand-in said 0. */
const CLOSE_OF_NOTHING = 'qdsp6-R1';
/** Payload begins behind 20 bytes. Where a handle of the DSP's stands in what drivers send. */
const HANDLE_AT: ReadonlyMap<number, number> = new Map([
  [UNMAP, 20],
  [WRITE, 28],
  [READ, 28],
]);
const LONG_NS = 1e9;

/** The recorded sequences, played to the DSP. */
export const APR_SERVICES_DSP: Family = {
  name: 'apr-services/dsp',
  pick: (json) => {
    if (!isRecord(json) || !isRecord(json['sequences'])) return undefined;
    return Object.entries(json['sequences']).map(([name, data]): Vector => ({ name, data }));
  },
  judge: ({ data }) => judge(data as readonly Item[]),
};

async function judge(items: readonly Item[]): Promise<Verdict> {
  const rig = await new DspRig().boot();
  mapMemory(rig);
  const replay = new Replay(rig);
  const packets = items.flatMap(({ dir, hex }) => (dir === undefined ? [] : [{ dir, ...packetOf(fromHex(hex)) }]));
  for (const [index, packet] of packets.entries()) {
    if (packet.dir === 'from_dsp') replay.expect(packet);
    else await replay.send(packet, answerTo(packet, packets.slice(index + 1)));
  }
  return replay.verdict();
}

/** The recorded buffers: five pages at 0x90000000, one at 0x90010000. */
function mapMemory(rig: DspRig): void {
  rig.buffer(0x5000);
  rig.memory.alloc(0xb000, 4096);
  rig.buffer(0x1000);
}

/** Sends what was recorded, with the DSP's own handles, and keeps both sides' answers. */
class Replay {
  readonly #rig: DspRig;
  /** Handles and COPPs: as recorded, and the DSP's. */
  readonly #handles = new Map<number, number>();
  readonly #copps = new Map<number, number>();
  readonly #recorded: string[] = [];
  readonly #ours: string[] = [];
  readonly #ids = new Set<string>();
  /** A CLOSE of a COPP that there is not waits for its recorded answer. */
  #closesNothing = false;

  constructor(rig: DspRig) {
    this.#rig = rig;
  }

  /** `answer` is what the stand-in said: a firmware that would say so is set. */
  async send(packet: Packet, answer: Packet | undefined): Promise<void> {
    const bytes = packet.bytes.slice();
    const data = new DataView(bytes.buffer);
    const { opcode } = packet;
    const at = HANDLE_AT.get(opcode);
    if (at !== undefined) data.setUint32(at, swapped(this.#handles, data.getUint32(at, true)), true);
    if (opcode === MATRIX) data.setUint16(32, swapped(this.#copps, data.getUint16(32, true)), true);
    if (opcode === CLOSE_COPP) data.setUint16(10, swapped(this.#copps, packet.destPort), true);
    this.#closesNothing ||= opcode === CLOSE_COPP && packet.destPort === 0;
    this.#setFirmware(packet, answer);
    const before = this.#rig.answers.length;
    this.#rig.raw(bytes);
    await this.#rig.clock.run(LONG_NS);
    for (const { bytes: sent } of this.#rig.answers.slice(before)) this.#keep(packetOf(sent), answer);
  }

  expect(packet: Packet): void {
    const data = new DataView(packet.bytes.slice().buffer);
    if (this.#closesNothing && packet.opcode === BASIC && data.getUint32(20, true) === CLOSE_COPP) {
      this.#closesNothing = false;
      this.#ids.add(CLOSE_OF_NOTHING);
      data.setUint32(24, 2, true);
    }
    this.#recorded.push(textOf(data));
  }

  verdict(): Verdict {
    const missing = without(this.#recorded, this.#ours);
    const more = without(this.#ours, this.#recorded);
    if (missing.length > 0) return { kind: 'failed', why: `recorded, and not sent: ${missing[0]}; sent: ${more[0]}` };
    if (more.length > 0) return { kind: 'failed', why: `sent, and not recorded: ${more[0]}` };
    const faults = this.#rig.memory.ledger.findings;
    if (faults.length > 0) return { kind: 'failed', why: faults[0]?.text ?? '' };
    return this.#ids.size === 0 ? { kind: 'passed' } : { kind: 'deviation', id: [...this.#ids].join(', ') };
  }

  #setFirmware({ opcode, destPort }: Packet, answer: Packet | undefined): void {
    const status = answer?.opcode === BASIC ? answer.data.getUint32(24, true) : 0;
    const silent = answer === undefined && !BY_EVENT.has(opcode);
    const wrong = opcode === CLOSE_COPP && destPort === 0 ? false : silent || status !== 0;
    this.#rig.turn('variantOpcode', wrong ? opcode : 0);
    this.#rig.turn('variantEffect', silent ? 1 : 2);
    this.#rig.turn('variantValue', status);
    const copp = opcode === OPEN_COPP && answer?.opcode === COPP_OPENED ? answer.data.getUint16(24, true) : 0;
    this.#rig.turn('noCopp', copp === NO_COPP ? 1 : 0);
  }

  /** An answer of ours, with the recorded handles in it. */
  #keep({ opcode, data }: Packet, answer: Packet | undefined): void {
    if (answer?.opcode === opcode && opcode === MAPPED) {
      this.#handles.set(answer.data.getUint32(20, true), data.getUint32(20, true));
      data.setUint32(20, answer.data.getUint32(20, true), true);
    }
    if (answer?.opcode === opcode && opcode === COPP_OPENED) {
      this.#copps.set(answer.data.getUint16(24, true), data.getUint16(24, true));
      data.setUint16(24, answer.data.getUint16(24, true), true);
    }
    const at = opcode === WRITTEN ? 28 : opcode === CAPTURED ? 32 : 0;
    if (at > 0) data.setUint32(at, recorded(this.#handles, data.getUint32(at, true)), true);
    // The stand-in knew fewer services: those must be there.
    if (opcode === VERSIONS && answer?.opcode === opcode && holdsServices(data, answer.data)) {
      this.#ours.push(textOf(answer.data));
    } else if (opcode === BASIC && data.getUint32(20, true) === CLOSE_COPP && data.getUint16(6, true) !== 0) {
      data.setUint16(6, recorded(this.#copps, data.getUint16(6, true)), true);
      this.#ours.push(textOf(data));
    } else this.#ours.push(textOf(data));
  }
}

function packetOf(bytes: Uint8Array): Packet {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return {
    ...{ bytes, data, svc: data.getUint8(8), token: data.getUint32(12, true) },
    ...{ opcode: data.getUint32(16, true), destPort: data.getUint16(10, true) },
  };
}

/** The recorded answer to a command: before the same is sent again. */
function answerTo({ svc, token, opcode }: Packet, later: readonly (Packet & { dir: string })[]): Packet | undefined {
  for (const one of later) {
    if (one.svc !== svc || one.token !== token) continue;
    if (one.dir === 'to_dsp' && one.opcode === opcode) return undefined;
    if (one.dir === 'to_dsp') continue;
    if (one.opcode === BASIC && one.data.getUint32(20, true) === opcode) return one;
    if (one.opcode === OWN_ANSWER.get(opcode)) return one;
  }
  return undefined;
}

function holdsServices(ours: DataView, theirs: DataView): boolean {
  const pairs = (data: DataView): string[] =>
    Array.from(
      { length: data.getUint32(24, true) },
      (_, n) => `${data.getUint32(28 + 8 * n, true)} ${data.getUint32(32 + 8 * n, true)}`,
    );
  const all = pairs(ours);
  return pairs(theirs).every((pair) => all.includes(pair)) && ours.getUint32(20, true) === theirs.getUint32(20, true);
}

const swapped = (ids: ReadonlyMap<number, number>, id: number): number => ids.get(id) ?? id;

function recorded(ids: ReadonlyMap<number, number>, ours: number): number {
  return [...ids].find(([, own]) => own === ours)?.[0] ?? ours;
}

function textOf(data: DataView): string {
  return Array.from({ length: data.byteLength }, (_, at) => data.getUint8(at).toString(16).padStart(2, '0')).join('');
}

/** What is in `all` more often than in `others`. */
function without(all: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return all.filter((one) => {
    const at = left.indexOf(one);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
