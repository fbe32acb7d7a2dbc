// Whatever is written, in whatever order, and whichever access fails: nothing breaks, and what is programmed properly
// afterwards shows a picture.
import { expect, test } from 'vitest';
import { benchOf } from '../../../test/bench.js';
import { treeOf } from '../../../test/lab.js';
import { displayBoard } from '../../../test/mtk-display-boards.js';
import {
  displayRig,
  displaySource,
  type DisplayRig,
  type RigLayer,
  setUpPath,
  showLayer,
  startDsi,
} from '../../../test/mtk-display-rig.js';
import { ms, us } from '../../base/clock.js';
import { isErrno } from '../../base/errno.js';
import { Random } from '../../base/random.js';
import { FaultPlan } from '../../bus/fault-plan.js';

const TREE = treeOf(displaySource('mt8173'));
const MODE = { width: 8, height: 6, vsync: 2, backPorch: 3, frontPorch: 4 };

function red(rig: DisplayRig): RigLayer {
  const surface = rig.surface(8 * 6 * 4);
  surface.bytes.forEach((_, i) => {
    surface.bytes[i] = i % 4 === 2 ? 0xff : 0;
  });
  return { iova: surface.iova, pitch: 32, width: 8, height: 6 };
}

/** The whole programme, from switching off to frames. An access that fails ends it, as it does a driver's. */
function programme(rig: DisplayRig, layer: RigLayer): void {
  rig.write('DSI0', 0x10, 1);
  rig.write('DSI0', 0x10, 0);
  for (let n = 0; n < 4; n++) rig.write('OVL0', 0xc0 + 0x20 * n, 0);
  rig.write('OVL0', 0x14, 1);
  rig.write('OVL0', 0x14, 0);
  rig.write('OVL0', 0x2c, 0);
  rig.write('OVL0', 0x24, 0);
  rig.write('RDMA0', 0x10, 0);
  for (const offset of [0xbc, 0x8c, 0xb0, 0xa0, 0xa4]) rig.write('MMSYS0', offset, 0);
  for (let n = 0; n < 10; n++) rig.write('MUTEX0', 0x20 + 0x20 * n, 0);
  rig.write('MUTEX0', 0x28, 0);
  setUpPath(rig, 'mt8173', MODE);
  showLayer(rig, 'OVL0', 0, layer);
  startDsi(rig, MODE);
}

async function lastFrame(rig: DisplayRig): Promise<number[]> {
  rig.frames.length = 0;
  rig.bench.setKnob(rig.path('DSI0'), 'pixelClockKhz', 20_000);
  await rig.bench.run(us(60));
  return [...new Set(rig.frames.at(-1)?.rgb ?? [])];
}

test('each access of the programme failing once: then the whole programme again shows the picture', async () => {
  const counted = await displayRig('mt8173', TREE, benchOf, { faults: () => FaultPlan.counting() });
  programme(counted, red(counted));
  // An allocation, a mapping and the read of SRC_CON are among them.
  const all = counted.bench.faults.operations;
  expect(all).toBeGreaterThan(60);
  for (const [where, what] of [
    ['mmio.write', 'lost'],
    ['mmio.write', 'bus-error'],
    ['mmio.read', 'all-ones'],
  ] as const) {
    for (let nth = 1; nth <= (where === 'mmio.read' ? 1 : all - 3); nth++) {
      const rig = await displayRig('mt8173', TREE, benchOf, {
        faults: (trace) => new FaultPlan([{ where, which: undefined, nth, what }], trace),
      });
      const layer = red(rig);
      rig.capture(true);
      try {
        programme(rig, layer);
      } catch (e) {
        if (!isErrno(e, 'EIO')) throw e;
      }
      await rig.bench.run(us(40));
      expect([where, nth, rig.bench.faults.struck]).toEqual([where, nth, 1]);
      programme(rig, layer);
      expect([where, what, nth, await lastFrame(rig)]).toEqual([where, what, nth, [0xff, 0]]);
    }
  }
}, 60_000);

test('random writes to random registers: nothing breaks, and a proper programme shows its picture', async () => {
  for (let seed = 0; seed < 20; seed++) {
    const rig = await displayRig('mt8173', TREE, benchOf);
    const random = new Random(`abuse ${seed}`);
    const layer = red(rig);
    rig.capture(true);
    programme(rig, layer);
    const blocks = Object.keys(displayBoard('mt8173')).filter((block) => block !== 'GCE0');
    for (let i = 0; i < 60; i++) {
      const block = blocks[random.below(blocks.length)] as string;
      const offset = random.below(4) === 0 ? 0xf00 + random.below(64) * 4 : random.below(0x60) * 4;
      const value = random.below(3) === 0 ? random.below(0x1_0000_0000) : random.below(32);
      // A panel of some gigabytes is what the garbage asks for; here only sizes that a test has time for.
      rig.write(
        block,
        offset,
        block.startsWith('D') && (offset === 0x18 || offset === 0x1c) ? value & 0x1f_003f : value,
      );
      rig.read(block, offset);
      if (random.below(8) === 0) await rig.bench.run(random.below(3) * ms(5));
      rig.bench.snapshot();
    }
    for (const { width, height, rgb } of rig.frames) expect(rgb.length).toBe(width * height * 3);
    rig.write('DPI0', 0x00, 0);
    programme(rig, layer);
    expect([seed, await lastFrame(rig)]).toEqual([seed, [0xff, 0]]);
  }
}, 60_000);
