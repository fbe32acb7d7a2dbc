// Frames of a modelled display, 1080p with one layer: captured, and while nobody looks.
import { ms, s } from '../src/base/clock.js';
import { Bench } from '../src/bench/bench.js';
import { settle } from '../src/host/settle.js';
import { treeOf } from '../test/lab.js';
import { displayRig, displaySource, type DisplayRig, setUpPath, showLayer, startDsi } from '../test/mtk-display-rig.js';
import { median, type Row } from './bench.js';

const MODE = { width: 1920, height: 1080, vsync: 5, backPorch: 36, frontPorch: 4 };
/** XRGB8888; the same with AEN, half transparent. */
const COVERS = 0x2000;
const BLENDS = 0x2180;

async function rigWith(con: number): Promise<DisplayRig> {
  const make = (tree: ReturnType<typeof treeOf>, parts: object) =>
    new Bench({ drivers: [], chips: [], settle, ...parts, tree });
  const rig = await displayRig('mt8173', treeOf(displaySource('mt8173')), make);
  setUpPath(rig, 'mt8173', MODE);
  const picture = rig.surface(1920 * 1080 * 4);
  picture.bytes.forEach((_, i) => (picture.bytes[i] = i * 7));
  showLayer(rig, 'OVL0', 0, { iova: picture.iova, pitch: 1920 * 4, width: 1920, height: 1080, con });
  startDsi(rig, MODE);
  await rig.bench.run(ms(1));
  return rig;
}

/** Milliseconds of real time for a frame that somebody looks at; a pause of the machine's is another's. */
async function captured(con: number): Promise<number> {
  const rig = await rigWith(con);
  const times: number[] = [];
  rig.bench.onFrame(() => undefined);
  for (let i = 0; i < 20; i++) {
    const began = performance.now();
    await rig.bench.run(s(1) / 60);
    if (i >= 5) times.push(performance.now() - began);
  }
  return median(times);
}

/** The same bytes, from one place to another, alpha left out. */
function copied(): number {
  const from = new Uint8Array(1920 * 1080 * 4).fill(7);
  const times: number[] = [];
  for (let i = 0; i < 20; i++) {
    const began = performance.now();
    const to = new Uint8Array(1920 * 1080 * 3);
    for (let at = 0, out = 0; at < from.length; at += 4, out += 3) {
      to[out] = from[at + 2] as number;
      to[out + 1] = from[at + 1] as number;
      to[out + 2] = from[at] as number;
    }
    if (i >= 5) times.push(performance.now() - began);
  }
  return median(times);
}

/** Microseconds of real time for a frame that nobody looks at. */
async function unseen(): Promise<number> {
  const rig = await rigWith(COVERS);
  await rig.bench.run(s(5));
  const began = performance.now();
  await rig.bench.run(s(60));
  return ((performance.now() - began) * 1000) / 3600;
}

/** What the issue asks of frames. */
export const rows: readonly Row[] = [
  {
    name: 'display: a 1080p frame, one layer, captured',
    unit: 'ms',
    rounds: 3,
    run: () => captured(COVERS),
    against: { name: 'the same bytes copied', run: copied },
    wanted: { of: 'figure', atMost: 100 },
  },
  {
    name: 'display: a 1080p frame, one blended layer, captured',
    unit: 'ms',
    rounds: 3,
    run: () => captured(BLENDS),
    wanted: { of: 'figure', atMost: 100 },
  },
  { name: 'display: a frame that nobody looks at', unit: 'us', rounds: 3, run: unseen },
];
