import { beforeEach, describe, expect, test } from 'vitest';
import { ioread32be, iowrite32be, type MmioSpace } from '../../bus/mmio.js';
import { BmanHands, bmanMemory, DpaaRig, LS1043A, type Plugged, type RigSoc, T1040 } from '../../../test/qbman-rig.js';
import { poolsContract } from '../../bus/dpaa.contract.js';
import type { DpaaPools } from '../../bus/dpaa.js';
import { bmanChip, type BmanOptions } from './bman.js';

class Rig extends DpaaRig {
  readonly model;
  readonly blockPlugged: Plugged;
  readonly registers: MmioSpace;
  readonly portals: Plugged[];
  readonly hands: BmanHands;

  constructor(soc: RigSoc = LS1043A, options: BmanOptions = {}) {
    super(soc);
    this.listen();
    this.model = bmanChip(options);
    this.blockPlugged = this.block('bman', this.model);
    this.registers = this.blockPlugged.windows[0] as MmioSpace;
    this.portals = [0, 1].map((index) => this.portal('bman', this.model, index));
    this.hands = new BmanHands(this.portals[0] as Plugged, soc.arm);
    bmanMemory(this.registers);
  }
}

/** Buffers of a pool above 4 GiB. */
const buffers = (count: number, from = 0x8_9000_0000): number[] =>
  Array.from({ length: count }, (_, i) => from + i * 0x840);

let rig: Rig;
beforeEach(() => {
  rig = new Rig();
});

describe.each([
  ['ls1043a', LS1043A],
  ['t1040', T1040],
])('a portal of %s', (_, soc) => {
  beforeEach(() => {
    rig = new Rig(soc);
  });

  test('releases one to eight buffers and acquires them, the last one first', () => {
    for (let count = 1; count <= 8; count++) {
      const addrs = buffers(count);
      expect(rig.hands.release(5, addrs)).toBe(true);
      expect(rig.hands.acquire(5, count)).toEqual([...addrs].reverse());
    }
    expect(rig.findings()).toEqual([]);
  });

  test('goes round its ring with the valid bit turning', () => {
    for (let i = 0; i < 40; i++) expect(rig.hands.release(1, [0x8_9000_0000 + i * 0x840])).toBe(true);
    expect(ioread32be(rig.registers, 0x604)).toBe(40);
    expect(rig.hands.reg('CI')).toBe(0);
  });

  test('has its interrupt where the pool state changes', () => {
    rig.hands.setReg('SCN0', 0x8000_0000 >>> 3);
    rig.hands.setReg('IER', 1);
    iowrite32be(rig.registers, 0x00c, 4);
    expect([(rig.portals[0] as Plugged).irq(), (rig.portals[1] as Plugged).irq()]).toEqual([true, false]);
    rig.hands.setReg('ISR', 1);
    expect((rig.portals[0] as Plugged).irq()).toBe(false);
  });
});

describe('acquire', () => {
  test('is all or nothing', () => {
    rig.hands.release(0, buffers(7));
    expect(rig.hands.acquire(0, 8)).toEqual([]);
    expect(rig.hands.acquire(0, 7)).toHaveLength(7);
    expect(rig.hands.acquire(0, 1)).toEqual([]);
  });

  test('answers in the response register of its valid bit, the other one reads 0', () => {
    rig.hands.release(2, buffers(2));
    const first = rig.hands.command(0x11, 2);
    expect([first.getUint8(0), first.getUint8(1)]).toEqual([0x91, 2]);
    expect(rig.hands.ce.read8(0x100)).toBe(0);
    expect(rig.hands.command(0x11, 2).getUint8(0)).toBe(0x11);
    expect(rig.hands.ce.read8(0x140)).toBe(0);
  });

  test('writes the pool into each buffer', () => {
    rig.hands.release(63, buffers(2));
    const response = rig.hands.command(0x12, 63);
    expect(response.getUint32(8)).toBe(0x003f_0008);
  });

  test.each([
    ['of no buffers', 0x10, 0],
    ['of nine', 0x19, 0],
    ['of a pool that is not there', 0x11, 64],
    ['unknown', 0x50, 0],
  ])('%s is an invalid command', (_, verb, bpid) => {
    iowrite32be(rig.registers, 0xe04, 0xffff_ffff);
    expect(rig.hands.command(verb, bpid).getUint8(0)).toBe(0xe0);
    expect(ioread32be(rig.registers, 0xe00)).toBe(0x10);
    expect([ioread32be(rig.registers, 0xa00), ioread32be(rig.registers, 0xa04)]).toEqual([0x10, 0x80 | verb]);
    expect(rig.blockPlugged.irq()).toBe(true);
    iowrite32be(rig.registers, 0xa00, 0x10);
    iowrite32be(rig.registers, 0xe00, 0x10);
    expect(rig.blockPlugged.irq()).toBe(false);
  });

  test('twice with the same valid bit is one command', () => {
    rig.hands.release(2, buffers(2));
    rig.hands.command(0x11, 2);
    rig.hands.ce.write8(0, 0x91);
    expect(ioread32be(rig.registers, 0x608)).toBe(1);
  });
});

describe('release', () => {
  test('with own pools goes to the pool of each buffer', () => {
    rig.hands.release(9, [0x8_9000_0000], 0x30);
    rig.hands.release(10, buffers(2, 0x8_9100_0000), 0x30);
    expect([9, 10].map((bpid) => ioread32be(rig.registers, 0x600 + 4 * bpid))).toEqual([1, 2]);
  });

  test('fills the ring while it stands still: seven entries, and goes on', () => {
    const stall = rig.blockPlugged.knobs.get('stalledPortal');
    stall?.set(0);
    const taken = Array.from({ length: 9 }, (_, i) => rig.hands.release(0, [0x8_9000_0000 + i * 0x840]));
    expect(taken).toEqual([true, true, true, true, true, true, true, false, false]);
    expect(rig.blockPlugged.inspection().words?.()).toEqual({ 'portal 0': '7 releases wait in the ring' });
    stall?.set(-1);
    expect(ioread32be(rig.registers, 0x600)).toBe(7);
    expect(rig.hands.release(0, [0x8_9100_0000])).toBe(true);
  });

  test('to a pool that is not there is lost and found', () => {
    rig.hands.release(64, [0x8_9000_0000]);
    expect(rig.findings()).toEqual(['portal 0 releases 1 buffers to pool 64, which does not exist']);
  });

  test('of no buffers is an invalid command', () => {
    rig.hands.release(1, []);
    expect(ioread32be(rig.registers, 0xe00)).toBe(0x10);
  });

  test('by the index register, where the portal is set to it', () => {
    rig.hands.setReg('CFG', 0);
    rig.hands.release(4, [0x8_9000_0000]);
    expect(ioread32be(rig.registers, 0x610)).toBe(0);
    rig.hands.setReg('PI', 1);
    expect(ioread32be(rig.registers, 0x610)).toBe(1);
  });
});

describe('strict mode', () => {
  test('finds a double release', () => {
    rig.hands.release(1, [0x8_9000_0000]);
    rig.hands.release(1, [0x8_9000_0000]);
    rig.hands.release(2, [0x8_9000_0000]);
    expect(rig.findings()).toEqual([
      'buffer 0x890000000 is released to pool 1 and is in pool 1 already',
      'buffer 0x890000000 is released to pool 2 and is in pool 1 already',
    ]);
  });

  test('finds what a block gives back and never got', () => {
    const pools = rig.wire.port('/fman', 0).pools;
    const addrs = new Float64Array(8);
    rig.hands.release(1, buffers(2));
    expect(pools?.acquire(1, 1, addrs)).toBe(true);
    expect(pools?.release(2, addrs, 1)).toBe(true);
    addrs[0] = 0x8_a000_0000;
    pools?.release(1, addrs, 1);
    expect(rig.findings()).toEqual([
      'buffer 0x890000840 is released to pool 2 by a block and came from pool 1',
      'buffer 0x8a0000000 is released to pool 1 by a block and came from no pool',
    ]);
  });

  test('lets software move buffers from pool to pool', () => {
    rig.hands.release(1, [0x8_9000_0000]);
    rig.hands.acquire(1, 1);
    rig.hands.release(2, [0x8_9000_0000]);
    expect(rig.findings()).toEqual([]);
  });

  test('finds addresses that no frame descriptor has', () => {
    rig.hands.release(1, [0x100_0000_0000]);
    rig.hands.release(1, [0]);
    expect(rig.findings()).toEqual([
      'buffer 0x10000000000 of pool 1 is beyond the 40 bits of a frame descriptor',
      'buffer 0 is released to pool 1',
    ]);
  });

  test('can be off', () => {
    rig = new Rig(LS1043A, { strict: false });
    rig.hands.release(1, [0x8_9000_0000]);
    rig.hands.release(1, [0x8_9000_0000]);
    expect([rig.findings(), rig.hands.acquire(1, 2)]).toEqual([[], [0x8_9000_0000, 0x8_9000_0000]]);
  });

  test('knows 100,000 buffers apart', () => {
    for (let i = 0; i < 12_500; i++) rig.hands.release(1, buffers(8, 0x8_9000_0000 + i * 0x4200));
    expect([rig.findings(), ioread32be(rig.registers, 0x604)]).toEqual([[], 100_000]);
  });
});

describe('the register block', () => {
  test('is that of revision 2.1 with 64 pools', () => {
    expect(ioread32be(rig.registers, 0xbf8) & 0xffff).toBe(0x0201);
  });

  test('counts free records of private memory: 16 MiB are 262144', () => {
    expect(ioread32be(rig.registers, 0x800)).toBe(262_144);
    rig.hands.release(0, buffers(8));
    rig.hands.release(0, buffers(1, 0x8_a000_0000));
    expect(ioread32be(rig.registers, 0x800)).toBe(262_142);
  });

  test.each([
    ['smaller than 4 KiB', 0x8_8000_0000, 11],
    ['not aligned to its size', 0x8_8080_0000, 24],
    ['at 0', 0, 24],
  ])('refuses private memory %s', (_, base, exponent) => {
    bmanMemory(rig.registers, base, exponent);
    expect(rig.findings()).toHaveLength(1);
    expect(ioread32be(rig.registers, 0x800)).toBe(0);
  });

  test('finds buffers without private memory, once', () => {
    bmanMemory(rig.registers, 0, 24);
    rig.hands.release(0, buffers(1));
    rig.hands.release(0, buffers(1, 0x8_a000_0000));
    expect(rig.findings().slice(1)).toEqual(['1 buffers are in the pools, private memory has room for 0']);
  });

  test('leaves a word in the trace of what is not there', () => {
    ioread32be(rig.registers, 0x0ffc);
    expect(rig.events.at(-1)).toMatchObject({ kind: 'unknown_reg', reg: 0xffc, access: 'read' });
  });
});

describe('depletion', () => {
  /** Entry below 16 (1 << 4), exit from 32 on, for blocks; pool 3. */
  function thresholds(): void {
    iowrite32be(rig.registers, 0x10c, 0x401);
    iowrite32be(rig.registers, 0x30c, 0x402);
  }

  test('of blocks begins below the entry and ends at the exit threshold', () => {
    const told: boolean[] = [];
    const pools = rig.wire.port('/fman', 0).pools;
    for (let i = 0; i < 5; i++) rig.hands.release(3, buffers(8, 0x8_9000_0000 + i * 0x1_0000));
    thresholds();
    const stop = pools?.onDepletion(3, (depleted) => told.push(depleted));
    for (let i = 0; i < 3; i++) rig.hands.acquire(3, 8);
    expect([told, pools?.available(3)]).toEqual([[], 16]);
    rig.hands.acquire(3, 1);
    expect([told, pools?.depleted(3)]).toEqual([[true], true]);
    rig.hands.release(3, buffers(8, 0x8_a000_0000));
    rig.hands.release(3, buffers(8, 0x8_b000_0000));
    expect(told).toEqual([true]);
    rig.hands.release(3, [0x8_c000_0000]);
    expect(told).toEqual([true, false]);
    expect(ioread32be(rig.registers, 0x50c)).toBe(1);
    stop?.();
  });

  test('of software is in the answer of a query, with empty pools', () => {
    rig.hands.release(1, buffers(1));
    rig.hands.release(40, buffers(1, 0x8_a000_0000));
    iowrite32be(rig.registers, 0x000 + 40 * 4, 2);
    const state = rig.hands.command(0x40);
    expect([state.getUint8(0) & 0x7f, state.getUint32(40), state.getUint32(44)]).toEqual([
      0x40, 0xbfff_ffff, 0xff7f_ffff,
    ]);
    expect([state.getUint32(56), state.getUint32(60)]).toEqual([0, 0x0080_0000]);
    expect(rig.blockPlugged.inspection().words?.()['pool 40']).toBe('has 1 buffers, depleted for software');
  });
});

describe('the wire', () => {
  test('traces what FMan takes and gives', () => {
    const pools = rig.wire.port('/fman', 0).pools;
    rig.hands.release(1, buffers(2));
    const addrs = new Float64Array(8);
    pools?.acquire(1, 2, addrs);
    pools?.acquire(1, 1, addrs);
    pools?.release(1, addrs, 2);
    const told = rig.events.filter(({ kind, where }) => kind.startsWith('bman_') && where === '/fman');
    expect(told).toMatchObject([
      { where: '/fman', kind: 'bman_acquire', bpid: 1, count: 2, addrs: '0x0890000840 0x0890000000' },
      { kind: 'bman_acquire', bpid: 1, count: 0, addrs: '' },
      { kind: 'bman_release', bpid: 1, count: 2, addrs: '0x0890000840 0x0890000000' },
    ]);
  });

  test('has faults: an acquire that gets none, a release that does not arrive, of block and of software', () => {
    const pools = rig.wire.port('/fman', 0).pools;
    const addrs = new Float64Array(8);
    rig.hands.release(1, buffers(4));
    rig.fail('bman.acquire@1#1=empty');
    expect(rig.hands.acquire(1, 1)).toEqual([]);
    rig.fail('bman.acquire@/fman#1=empty');
    expect([pools?.acquire(1, 1, addrs), pools?.acquire(1, 1, addrs)]).toEqual([false, true]);
    rig.fail('bman.release#1=lost');
    expect(pools?.release(1, addrs, 1)).toBe(true);
    rig.fail('bman.release@/bman-portal@0#1=lost');
    rig.hands.release(1, [addrs[0] as number]);
    expect(pools?.available(1)).toBe(3);
  });
});

describe('the contract of the wire', () => {
  poolsContract(() => ({ pools: new Rig().wire.port('/fman', 0).pools as DpaaPools, bpid: 63, missing: 64 }));
});
