// The audio DSP: what a virtual minute of sound costs here, from packet to listener.
import { Player } from '../test/qdsp6-player.js';
import { aprPacket, DspRig, pack, SVC } from '../test/qdsp6-rig.js';
import type { Row } from './bench.js';

const MINUTE_NS = 60e9;
/** A period of 20 ms in frames of 48 kHz. */
const PERIOD = 960;

/** Milliseconds for one minute of playback of `streams` streams of 48 kHz, 16 bit, stereo, mixed on one port. */
async function minute(streams: number): Promise<number> {
  let frames = 0;
  const rig = await new DspRig({ onAudio: (block) => void (frames += block.frames) }).boot();
  const players: Player[] = [];
  for (let session = 1; session <= streams; session++) {
    const player = await Player.open(rig, { rate: 48_000, bits: 16, channels: 2, session });
    const { iova } = rig.buffer(4 * PERIOD * 4);
    await player.map(iova, 4 * PERIOD * 4);
    const writes = [0, 1, 2, 3].map((index) =>
      aprPacket(
        SVC.asm,
        0x10dab,
        pack('wwwwwwww', iova + index * PERIOD * 4, 0, player.handle, PERIOD * 4, index, 0, 0, 0),
        player.ends,
      ),
    );
    rig.onEvent.set(session, (index) => void rig.raw(writes[index % 4] as Uint8Array));
    for (let index = 0; index < 2; index++) rig.onEvent.get(session)?.(index);
    players.push(player);
  }
  const began = performance.now();
  await rig.clock.run(MINUTE_NS);
  const took = performance.now() - began;
  if (frames < 48_000 * 59) throw new Error(`only ${frames} frames were heard`);
  return took;
}

/** A pass over as many samples in the simplest way there is: from bytes to numbers and back. */
function copyMinute(): number {
  const bytes = new Uint8Array(PERIOD * 4);
  const samples = new Float64Array(PERIOD * 2);
  const began = performance.now();
  for (let n = 0; n < 3_000; n++) {
    for (let i = 0; i < samples.length; i++) {
      samples[i] = (((bytes[2 * i] as number) | ((bytes[2 * i + 1] as number) << 8)) << 16) >> 16;
    }
    for (let i = 0; i < samples.length; i++) {
      bytes[2 * i] = samples[i] as number;
      bytes[2 * i + 1] = (samples[i] as number) >> 8;
    }
  }
  return performance.now() - began;
}

/** The rows of this file. */
export const rows: readonly Row[] = [
  {
    ...{ name: 'qdsp6: a virtual minute of playback, 48 kHz stereo', unit: 'ms', rounds: 3 },
    run: () => minute(1),
    against: { name: 'its samples, to numbers and back', run: copyMinute },
    wanted: { of: 'figure', atMost: 1_000 },
  },
  {
    ...{ name: 'qdsp6: the same, four streams mixed', unit: 'ms', rounds: 3 },
    run: () => minute(4),
    against: { name: 'one stream', run: () => minute(1) },
  },
];
