// A minute of sound through the services' drivers, the edge and the DSP.
import { s } from '../src/base/clock.js';
import { Bench } from '../src/bench/bench.js';
import { openPlayback } from '../src/drivers/qcom-apr/pcm.js';
import { settle } from '../src/host/settle.js';
import { aprParts, Listener, servicesUp } from '../test/apr-machine.js';
import type { Row } from './bench.js';

const FORMAT = { rate: 48_000, channels: 2, bits: 16 };
const MINUTE = new Uint8Array(60 * 48_000 * 4).fill(0x5a);

/** Seconds of real time for a minute that is written, played, drained and heard. */
async function minute(): Promise<number> {
  const ear = new Listener();
  const bench = new Bench({ ...aprParts({ onAudio: ear.listen }), settle });
  await bench.powerOn();
  await servicesUp(bench);
  const began = performance.now();
  await bench.drive('playing', s(90), async () => {
    const stream = await openPlayback(bench.core, FORMAT);
    await stream.write(MINUTE);
    await stream.drain();
    await stream.close();
  });
  const took = (performance.now() - began) / 1000;
  if (ear.take().length !== MINUTE.length) throw new Error('not all of it was heard');
  await bench.powerOff();
  return took;
}

/** The rows of this file. */
export const rows: readonly Row[] = [
  {
    name: 'apr: one virtual minute of stereo 48 kHz, driver, edge and DSP',
    unit: 's',
    rounds: 3,
    run: minute,
    wanted: { of: 'figure', atMost: 1 },
  },
];
