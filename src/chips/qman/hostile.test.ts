// Software that writes anything anywhere: nothing throws, and every frame is accounted for.
import { expect, test } from 'vitest';
import { Random } from '../../base/random.js';
import { SysError } from '../../base/errno.js';
import { DpaaRig, LS1043A, T1040 } from '../../../test/qbman-rig.js';
import { type Fd, QmanHands, qmanMemory } from '../../../test/qman-hands.js';
import type { MmioSpace } from '../../bus/mmio.js';
import type { QmanEngine } from './engine.js';
import { qmanChip } from './qman.js';

const COMMANDS = [0x40, 0x41, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x4b, 0x4d, 0x50, 0x51, 0x58, 0x59, 0x7f];

test.each([
  ['ls1043a', LS1043A, 'a'],
  ['t1040', T1040, 'b'],
])('a portal of %s takes 100,000 random writes', (_, soc, seed) => {
  const rig = new DpaaRig(soc);
  const model = qmanChip();
  const block = rig.block('qman', model).windows[0] as MmioSpace;
  qmanMemory(block);
  const { windows } = rig.portal('qman', model);
  const random = new Random(seed);
  const [ce, ci] = windows as readonly [MmioSpace, MmioSpace];
  let writes = 0;
  for (let i = 0; i < 100_000; i++) {
    const space = random.pick([ce, ce, ci, block]);
    const offset = random.below(2) === 0 ? random.below(space.size / 4) * 4 : random.below(space.size / 64) * 64;
    try {
      space.write32(offset, random.u32());
      space.read32(offset);
      writes++;
    } catch (e) {
      if (!(e instanceof SysError)) throw e;
    }
  }
  expect(writes).toBe(100_000);
});

test('random commands lose no frame: in queues, in rings, taken by the block, or rejected', () => {
  for (let seed = 0; seed < 20; seed++) expect(account(new Random(`account ${seed}`))).toBe(0);
});

/** Frames that are missing after a random life. */
function account(random: Random): number {
  const rig = new DpaaRig();
  let engine: QmanEngine | undefined;
  const model = qmanChip({ onEngine: (made) => (engine = made) });
  qmanMemory(rig.block('qman', model).windows[0] as MmioSpace);
  const hands = [0, 1].map((index) => new QmanHands(rig.portal('qman', model, index), true, 0x31ab_c000));
  const fman = rig.wire.port('/fman', 0).queues;
  const room = { w0: 0, w1: 0, w2: 0, w3: 0, fqid: 0, contextAHi: 0, contextALo: 0, contextB: 0 };
  let given = 0;
  let taken = 0;
  for (let i = 0; i < 3000; i++) {
    const hand = random.pick(hands);
    const fqid = 1 + random.below(8);
    const fd: Fd = [0, i, random.below(2000), 0];
    const what = random.below(10);
    if (what < 4) given += Number(hand.enqueue(fqid, fd));
    else if (what < 5) taken += Number(fman?.dequeue(0x802, room));
    else if (what < 6) taken += hand.drain().filter(({ stat }) => (stat & 0x10) !== 0).length;
    else if (what < 7) taken += hand.messages().filter(({ verb }) => (verb & 0x20) === 0).length;
    else if (what < 8) hand.setReg('VDQCR', (random.below(4) << 24) | fqid);
    else if (what < 9)
      hand.init(fqid, {
        destWq: random.pick([0, 8, 0x2008, 0x4010]) + random.below(8),
        ctrl: random.pick([0, 2, 0x400]),
      });
    else hand.alter(random.pick(COMMANDS), fqid);
  }
  for (let round = 0; round < 50; round++)
    for (const hand of hands) {
      taken += hand.drain().filter(({ stat }) => (stat & 0x10) !== 0).length;
      taken += hand.messages().filter(({ verb }) => (verb & 0x20) === 0).length;
    }
  let queued = 0;
  for (const fq of engine?.queues() ?? []) queued += fq.frames;
  expect(queued).toBe(engine?.frames);
  return given - taken - queued;
}
