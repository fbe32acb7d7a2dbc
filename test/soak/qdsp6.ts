// The audio DSP by chance: playback against a second model, frame by frame, and packets that nobody would send.
import { deepStrictEqual } from 'node:assert/strict';
import { Random } from '../../src/base/random.js';
import { type Deed, type Played, playNaively, sorted } from '../qdsp6-naive.js';
import { Player } from '../qdsp6-player.js';
import { aprPacket, DspRig, pack } from '../qdsp6-rig.js';
import type { Scenario } from '../soak.js';

const RATES = [8_000, 11_025, 16_000, 44_100, 48_000];
const LAST_NS = 300_000_000;
const END_NS = 600_000_000;
const PACKETS = 5_000;

/** What software might do within 0.3 seconds: at most 60 buffers of up to 15 ms a stream. */
function deedsBy(random: Random): Deed[] {
  const times = Array.from({ length: 10 + random.below(50) }, () => random.below(LAST_NS / 1_000) * 1_000);
  return times
    .sort((a, b) => a - b)
    .map((at): Deed => {
      const stream = random.below(2);
      const kind = random.pick(['write', 'write', 'write', 'end', 'run', 'pause'] as const);
      if (kind !== 'write') return { at, stream, kind };
      const samples = Array.from({ length: 1 + random.below(120) }, () => random.below(65_536) - 32_768);
      return { at, stream, kind, samples };
    });
}

async function playReally(deeds: readonly Deed[], rate: number, aheadUs: number): Promise<Played> {
  const rig = await new DspRig({ aheadUs }).boot();
  const how = { rate, bits: 16, channels: 1 };
  const players = [await Player.open(rig, { ...how, session: 1 }), await Player.open(rig, { ...how, session: 2 })];
  const places: number[] = [];
  const buffers = [];
  for (const player of players) {
    const { buffer, iova } = rig.buffer(0x8000);
    buffers.push(buffer);
    places.push(iova);
    await player.map(iova, 0x8000);
  }
  const used = [0, 0];
  for (const deed of deeds) {
    await rig.clock.run(deed.at - rig.clock.now());
    const player = players[deed.stream] as Player;
    if (deed.kind === 'write') {
      const at = used[deed.stream] as number;
      const bytes = pack('h'.repeat(deed.samples.length), ...deed.samples);
      buffers[deed.stream]?.bytes.set(bytes, at);
      player.write((places[deed.stream] as number) + at, bytes.length);
      used[deed.stream] = at + bytes.length;
    } else if (deed.kind === 'end') player.transfer(0x10bdb, new Uint8Array(0), player.session);
    else await player.command(deed.kind === 'run' ? 0x10daa : 0x10bd3, new Uint8Array(12));
  }
  await rig.clock.run(END_NS - rig.clock.now());
  const events = rig.answers.flatMap(({ opcode, at, destPort }) => {
    const what = opcode === 0x10d99 ? 'written' : opcode === 0x10c1c ? 'rendered' : undefined;
    return what === undefined ? [] : [[(destPort >> 8) - 1, what, at] as const];
  });
  const bytes = Uint8Array.from(rig.heard.get(0x1004) ?? []);
  return { heard: [...new Int16Array(bytes.buffer)], events: sorted(events) };
}

/** Two streams on one port: what is heard, and when each buffer and each end is done. Answers the frames heard. */
export async function playsAsTold(seed: string): Promise<number> {
  const random = new Random(seed);
  const rate = random.pick(RATES);
  const aheadUs = random.pick([1_000, 5_000, 10_000, 33_000]);
  const deeds = deedsBy(random);
  const naive = playNaively(deeds, rate, Math.ceil((aheadUs * rate) / 1e6), Math.floor((END_NS / 1e9) * rate) + 1);
  deepStrictEqual(await playReally(deeds, rate, aheadUs), naive);
  return naive.heard.length;
}

const OPCODES = [
  ...[0x1290c, 0x12905, 0x1292c, 0x100ef, 0x100f3, 0x100e5, 0x100e6, 0x100f4, 0x100f6, 0x10326, 0x10325, 0x10327],
  ...[0x10d92, 0x10d94, 0x10db3, 0x10db4, 0x10d98, 0x10c10, 0x10daa, 0x10dab, 0x10dac, 0x10bdb, 0x10bd3, 0x10dec],
  ...[0x10bce, 0x10c09, 0x10bcd, 0x10d67, 0x10d68, 0x12345],
];
const SERVICES = [3, 4, 7, 8, 9];
/** Numbers that mean something somewhere. */
const NUMBERS = [
  ...[0, 1, 2, 3, 16, 20, 24, 28, 36, 48_000, 0x1004, 0x1005, 0x4000, 0x101, 0x201, 0x10312, 0x10c68, 0x10da5],
  ...[0x1020c, 0x1020d, 0x10212, 0x10da3, 0xcafe_0001, 0xcafe_0002, 0x9000_0000, 0xffff_ffff, 0x8000_0000, 4096],
];

/** A packet that is nearly right, or not at all. */
function packetBy(random: Random): Uint8Array {
  if (random.chance(0.05)) return random.bytes(random.below(80));
  const payload = random.bytes(4 * random.below(20));
  for (let at = 0; at + 4 <= payload.length; at += 4) {
    const number = random.chance(0.8) ? random.pick(NUMBERS) : random.u32();
    for (let byte = 0; byte < 4; byte++) payload[at + byte] = number / 2 ** (8 * byte);
  }
  const [src, dest] = [random.pick([0, 0x101, 0x201, 0x1004]), random.pick([0, 1, 2, 0x101, 0x201, 0x1004, 0x4000])];
  const bytes = aprPacket(random.pick(SERVICES), random.pick(OPCODES), payload, { src, dest, token: random.u32() });
  if (random.chance(0.1)) bytes[random.below(bytes.length)] = random.u32();
  return random.chance(0.05) ? bytes.slice(0, random.below(bytes.length)) : bytes;
}

/** Packets by chance; then the DSP starts again and must play. */
export async function standsPackets(seed: string): Promise<void> {
  const rig = await new DspRig().boot();
  const random = new Random(seed);
  await Player.open(rig, { rate: 48_000, bits: 16, channels: 2 });
  for (let n = 0; n < PACKETS; n++) {
    deepStrictEqual(rig.raw(packetBy(random)), 0, 'no packet is to be offered again');
    if (n % 100 === 0) await rig.clock.run(random.below(50_000_000));
    if (n % 1_000 === 0) rig.answers.length = 0;
  }
  const kept = Object.keys(rig.words()).length;
  if (kept > 300) throw new Error(`${kept} things are kept`);
  await rig.clock.run(60e9);
  if (rig.clock.pending > 2) throw new Error(`${rig.clock.pending} timers are left`);
  rig.turn('crash', 1);
  rig.turn('selfRestart', 1);
  await rig.clock.run(1e9);
  const before = rig.heard.get(0x1004)?.length ?? 0;
  const again = await Player.open(rig, { rate: 48_000, bits: 16, channels: 2 });
  await again.play(new Uint8Array(1_920).fill(3), 960);
  deepStrictEqual(rig.heard.get(0x1004)?.slice(before), Array(1_920).fill(3));
}

/** Ten million packets, and a hundred thousand seconds of playback. */
export const scenarios: readonly Scenario[] = [
  { name: 'qdsp6-naive', total: 20_000, run: async (seed) => void (await playsAsTold(seed)) },
  { name: 'qdsp6-packets', total: 2_000, run: standsPackets },
];
