// QMan and BMan alone, played by hand at their portals: what a frame and a buffer cost in the models.
import { BmanHands, bmanMemory, DpaaRig, type Plugged } from '../test/qbman-rig.js';
import { QmanHands, qmanMemory } from '../test/qman-hands.js';
import { iowrite32be, type MmioSpace } from '../src/bus/mmio.js';
import { bmanChip } from '../src/chips/bman/bman.js';
import { qmanChip } from '../src/chips/qman/qman.js';
import { perSecond, type Row } from './bench.js';

const MANY = 1_000_000;

/** Nanoseconds of an enqueue by software and its dequeue by the same portal, acknowledged. */
async function softwareNs(): Promise<number> {
  const rig = new DpaaRig();
  const model = qmanChip();
  qmanMemory(rig.block('qman', model).windows[0] as MmioSpace);
  const plugged = rig.portal('qman', model);
  const hands = new QmanHands(plugged);
  hands.init(9, { destWq: 3 });
  const { ce, ci } = hands;
  let at = 0;
  let valid = 0x80;
  let dq = 0;
  const loop = (count: number): void => {
    for (let i = 0; i < count; i++) {
      for (let word = 2; word < 8; word++) iowrite32be(ce, at * 64 + 4 * word, word === 2 ? 9 : i);
      iowrite32be(ce, at * 64, ((0x01 | valid) << 24) >>> 0);
      at = (at + 1) & 7;
      if (at === 0) valid ^= 0x80;
      for (let word = 0; word < 8; word++) ce.read32(0x1000 + dq * 64 + 4 * word);
      iowrite32be(ci, hands.at.DCAP, dq);
      dq = (dq + 1) & 15;
    }
  };
  return 1e9 / (await perSecond(loop, MANY));
}

/** Nanoseconds of an enqueue and a dequeue of a block. */
async function blockNs(): Promise<number> {
  const rig = new DpaaRig();
  const model = qmanChip();
  qmanMemory(rig.block('qman', model).windows[0] as MmioSpace);
  const hands = new QmanHands(rig.portal('qman', model));
  hands.init(9, { destWq: (0x802 << 3) | 3 });
  const queues = rig.wire.port('/fman', 0).queues;
  const frame = { w0: 0x00ff_0012, w1: 0x3400_f000, w2: 1500, w3: 0 };
  const into = { w0: 0, w1: 0, w2: 0, w3: 0, fqid: 0, contextAHi: 0, contextALo: 0, contextB: 0 };
  const loop = (count: number): void => {
    for (let i = 0; i < count; i++) {
      queues?.enqueue(9, frame);
      queues?.dequeue(0x802, into);
    }
  };
  return 1e9 / (await perSecond(loop, MANY));
}

/** Nanoseconds of a buffer that a block takes and gives, with every address watched. */
async function bufferNs(): Promise<number> {
  const rig = new DpaaRig();
  const model = bmanChip();
  bmanMemory(rig.block('bman', model).windows[0] as MmioSpace);
  const hands = new BmanHands(rig.portal('bman', model) as Plugged);
  for (let i = 0; i < 128; i++) hands.release(1, [0x8_9000_0000 + i * 0x840]);
  const pools = rig.wire.port('/fman', 0).pools;
  const addrs = new Float64Array(8);
  const loop = (count: number): void => {
    for (let i = 0; i < count; i++) {
      pools?.acquire(1, 1, addrs);
      pools?.release(1, addrs, 1);
    }
  };
  return 1e9 / (await perSecond(loop, MANY));
}

/** What the issue of DPAA asks of the chips that carry its frames. */
export const rows: readonly Row[] = [
  {
    name: 'qman: a frame from software to software through both rings, acknowledged',
    unit: 'ns',
    rounds: 3,
    run: softwareNs,
    wanted: { of: 'figure', atMost: 1000 },
  },
  {
    name: 'qman: a frame from block to block',
    unit: 'ns',
    rounds: 3,
    run: blockNs,
    wanted: { of: 'figure', atMost: 200 },
  },
  {
    name: 'bman: a buffer taken and given back, strict',
    unit: 'ns',
    rounds: 3,
    run: bufferNs,
    wanted: { of: 'figure', atMost: 200 },
  },
];
