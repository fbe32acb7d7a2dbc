import { expect, test } from 'vitest';
import { Player } from '../../../test/qdsp6-player.js';
import { DspRig } from '../../../test/qdsp6-rig.js';
import { AudioRecorder } from './qdsp6.js';

const MS = 1_000_000;
const MONO = { rate: 8_000, bits: 16, channels: 1 } as const;

test('a recorder keeps what streams had, by port and format; a pause leaves no trace', async () => {
  const recorder = new AudioRecorder();
  const rig = await new DspRig({ onAudio: recorder.listener }).boot();
  const player = await Player.open(rig, MONO);
  const pcm = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 13) & 0xff);
  const { buffer, iova } = rig.buffer(pcm.length);
  buffer.bytes.set(pcm);
  await player.map(iova, pcm.length);
  player.write(iova, pcm.length);
  await rig.clock.run(777 * MS);
  await player.command(0x10bd3);
  await rig.clock.run(50 * MS);
  await player.run();
  await player.drain();
  expect(recorder.recordings.map(({ port, format, frames, starved }) => [port.name, format, frames, starved])).toEqual([
    ['TERTIARY_MI2S_RX', MONO, 100_000, 0],
  ]);
  expect(Buffer.compare(recorder.recordings[0]?.bytes ?? pcm.slice(1), pcm)).toBe(0);

  const other = await Player.open(rig, { ...MONO, rate: 16_000, session: 2, port: 0x4000 });
  await other.play(pcm.slice(0, 320), 320);
  expect(recorder.recordings.map(({ port, frames }) => [port.name, frames])).toEqual([
    ['TERTIARY_MI2S_RX', 100_000],
    ['SLIMBUS_0_RX', 160],
  ]);
});

test('what software was late for is silence in the recording', async () => {
  const recorder = new AudioRecorder();
  const rig = await new DspRig({ onAudio: recorder.listener }).boot();
  const player = await Player.open(rig, MONO);
  const { buffer, iova } = rig.buffer(4096);
  buffer.bytes.fill(1);
  await player.map(iova, 4096);
  player.write(iova, 160);
  await rig.clock.run(12 * MS);
  player.write(iova, 16);
  await player.drain();
  const expected = [...Array<number>(160).fill(1), ...Array<number>(32).fill(0), ...Array<number>(16).fill(1)];
  expect([...(recorder.recordings[0]?.bytes ?? [])]).toEqual(expected);
  expect(recorder.recordings[0]?.starved).toBe(16);
});

test('the DSP says in words what it does', async () => {
  const rig = await new DspRig().boot();
  const player = await Player.open(rig, MONO);
  const { iova } = rig.buffer(4096);
  await player.map(iova, 4096);
  player.write(iova, 3200);
  player.write(iova, 1600);
  await rig.clock.run(15 * MS);
  expect(rig.words()).toEqual({
    dsp: 'is up',
    'service CORE': 'is ready',
    'service AFE': 'is ready',
    'service ASM': 'is ready',
    'service ADM': 'is ready',
    'session 1 stream 1': 'is running, plays 8000 Hz, 16 bit, 1 channel, 2 buffers wait, 80 frames heard',
    'COPP 1': 'to TERTIARY_MI2S_RX: 8000 Hz, 16 bit, 1 channel',
    'port TERTIARY_MI2S_RX': 'is started: 8000 Hz, 16 bit, 1 channel, 80 frames played',
    'memory 0xcafe0001': '4096 bytes, 2 buffers wait in it',
  });
  const { PACKETS, ANSWERS, LOST, FINDINGS, CRASHES } = rig.inspection.registers();
  expect([PACKETS, ANSWERS, LOST, FINDINGS, CRASHES]).toEqual([10, 8, 0, 0, 0]);
});
