import { expect, test } from 'vitest';
import { Player, type Session } from '../../../test/qdsp6-player.js';
import { DspRig, pack, SVC } from '../../../test/qdsp6-rig.js';
import { samplesInput } from './qdsp6.js';

const MI2S = 0x1005;
const SLIMBUS = 0x4001;
const MS = 1_000_000;
const STEREO = { rate: 48_000, bits: 16, channels: 2, port: MI2S } as const;

/** A DSP whose ports hear 1, 2, 3 … from their start on. */
function counting(): Promise<DspRig> {
  return new DspRig({ inputs: () => samplesInput(Array.from({ length: 200_000 }, (_, index) => index + 1)) }).boot();
}

async function capture(
  rig: DspRig,
  how: Session,
  size: number,
): Promise<{ player: Player; iova: number; bytes: Uint8Array }> {
  const player = await Player.open(rig, how);
  const { buffer, iova } = rig.buffer(size);
  await player.map(iova, size);
  return { player, iova, bytes: buffer.bytes };
}

const int16 = (bytes: Uint8Array): number[] => [...new Int16Array(bytes.slice().buffer)];
const int32 = (bytes: Uint8Array): number[] => [...new Int32Array(bytes.slice().buffer)];
const from = (first: number, count: number): number[] => Array.from({ length: count }, (_, index) => first + index);

test('samples fill the buffers one behind the other, each in its time', async () => {
  const rig = await counting();
  const { player, iova, bytes } = await capture(rig, STEREO, 1920);
  player.read(iova, 960, 0);
  player.read(iova + 960, 960, 1);
  await rig.clock.run(20 * MS);
  expect(int16(bytes)).toEqual(from(1, 960));
  expect(player.events(0x10d9a).map(({ at, token, words }) => [at, token, words])).toEqual([
    [5 * MS, 0, [0, iova, 1, player.handle, 960, 0, 0, 0, 0, 0, 0]],
    [10 * MS, 1, [0, iova + 960, 1, player.handle, 960, 0, 0, 0, 0, 0, 1]],
  ]);
  expect([rig.findings, rig.memory.ledger.findings]).toEqual([[], []]);
});

test('frames for which no buffer is there are lost, and counted', async () => {
  const rig = await counting();
  const { player, iova, bytes } = await capture(rig, STEREO, 192);
  player.read(iova, 192, 0);
  await rig.clock.run(10 * MS);
  player.read(iova, 192, 0);
  await rig.clock.run(10 * MS);
  expect(int16(bytes).slice(0, 2)).toEqual([961, 962]);
  expect(rig.words()['session 1 stream 1']).toContain('432 frames lost because no buffer was there');
});

test.each([
  [24, 1, SLIMBUS],
  [32, 8, SLIMBUS],
  [24, 3, SLIMBUS],
] as const)('%i bits, %i channels at %i', async (bits, channels, port) => {
  const rig = await counting();
  const { player, iova, bytes } = await capture(rig, { rate: 96_000, bits, channels, port }, 480 * channels);
  player.read(iova, 480 * channels);
  await rig.clock.run(10 * MS);
  expect(int32(bytes)).toEqual(from(1, 120 * channels));
});

test('a port of 16 bits fills the upper ones of 24', async () => {
  const rig = await counting();
  const { player, iova, bytes } = await capture(
    rig,
    { rate: 48_000, bits: 24, channels: 1, port: SLIMBUS, portBits: 16 },
    16,
  );
  player.read(iova, 16);
  await rig.clock.run(10 * MS);
  expect(int32(bytes)).toEqual([0x100, 0x200, 0x300, 0x400]);
});

test('a port that nobody gives a signal hears silence; the knob is a square wave', async () => {
  const quiet = await new DspRig().boot();
  const silence = await capture(quiet, { rate: 48_000, bits: 16, channels: 1, port: MI2S }, 96);
  silence.bytes.fill(0x55);
  silence.player.read(silence.iova, 96);
  await quiet.clock.run(10 * MS);
  expect(int16(silence.bytes)).toEqual(Array(48).fill(0));

  const loud = await new DspRig({ inputHz: 1_000, inputPercent: 50 }).boot();
  const wave = await capture(loud, { rate: 48_000, bits: 16, channels: 1, port: MI2S }, 96);
  wave.player.read(wave.iova, 96);
  await loud.clock.run(10 * MS);
  expect(int16(wave.bytes)).toEqual([...Array<number>(24).fill(16_383), ...Array<number>(24).fill(-16_383)]);
});

test('memory that the DSP may not write is found out, and the buffer says so', async () => {
  const rig = await counting();
  const player = await Player.open(rig, STEREO);
  const { iova } = rig.buffer(4096, 'to-device');
  await player.map(iova, 4096);
  player.read(iova, 192);
  await rig.clock.run(10 * MS);
  expect(player.events(0x10d9a)[0]?.words[0]).toBe(1);
  expect(rig.memory.ledger.findings[0]?.text).toContain('device writes memory mapped with DMA_TO_DEVICE');
});

test('two sessions hear the same port; pause, flush and close', async () => {
  const rig = await counting();
  const one = await capture(rig, STEREO, 384);
  const two = await capture(rig, { ...STEREO, session: 2 }, 384);
  one.player.read(one.iova, 384);
  two.player.read(two.iova, 384);
  await rig.clock.run(MS);
  expect(await two.player.command(0x10bd3)).toBe(0);
  await rig.clock.run(5 * MS);
  expect([int16(one.bytes), int16(two.bytes).slice(0, 96)]).toEqual([from(1, 192), from(1, 96)]);
  expect(two.player.events(0x10d9a)).toEqual([]);
  expect(await two.player.command(0x10c09)).toBe(0);
  expect(two.player.events(0x10d9a)[0]?.words.slice(0, 5)).toEqual([0xd, two.iova, 1, two.player.handle, 192]);
  two.player.read(two.iova, 384);
  const before = rig.answers.length;
  expect(await two.player.command(0x10bcd)).toBe(0);
  expect(rig.answers.slice(before).map(({ words }) => words)).toEqual([
    [0x10bcd, 0],
    [0x10dac, 0xd],
  ]);
  expect(await rig.status(SVC.asm, 0x10d94, pack('w', two.player.handle))).toBe(0);
});

test('a stream that gets another format goes on in it', async () => {
  const rig = await counting();
  const { player, iova, bytes } = await capture(rig, { rate: 48_000, bits: 16, channels: 1, port: MI2S }, 4096);
  player.read(iova, 96);
  await rig.clock.run(2 * MS);
  expect(await player.command(0x10bcd)).toBe(0);
  expect(await rig.status(SVC.asm, 0x10db4, pack('wwwwhh', 0, 0, 0x10c68, 0x10da5, 24, 0), player.ends)).toBe(0);
  const format = (channels: number): Uint8Array =>
    pack('wwwwhhwhhww', 0x10da3, 28, 0, 20, channels, 24, 48_000, 1, 0, channels === 1 ? 3 : 0x0201, 0);
  expect(await player.command(0x10c10, format(2))).toBe(0);
  expect(await player.command(0x10c10, format(1))).toBe(0);
  expect(await rig.status(SVC.adm, 0x10325, pack('wwhhhh', 1, 1, 1, 1, player.copp, 0))).toBe(0);
  expect(await player.run()).toBe(0);
  player.read(iova, 192);
  await rig.clock.run(2 * MS);
  expect(int32(bytes.slice(0, 192))).toEqual(from(97, 48).map((sample) => sample * 256));
});
