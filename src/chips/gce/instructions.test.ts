// Every instruction, as the tables of fields and opcodes have it; what is decided here stands under Gaps in gce.ts.
import { expect, test } from 'vitest';
import { BASE, Table, TAIL, type Words } from '../../../test/gce-rig.js';

/** MT8173's subsystem 1 leads to the display's first window. */
const BLOCK = 0x1400_0000;
const SPR = [0x60, 0x64, 0x68, 0x6c] as const;

const sprs = (table: Table): number[] => SPR.map((offset) => table.get(0, offset));
const gpr = (table: Table, at: number): number => table.gce.registers.read32(0x80 + 4 * at);
/** `assign`: register a16 = 32 bits. */
const assign = (register: number, value: number): Words => [0xa080_0000 | register, value];

/** `MASK`: ones for bits that stay. */
const mask = (keeps: number): Words => [0x0200_0000, keeps];

/** What a program writes, from registers that hold `regs`. */
function writesOf(program: readonly Words[], regs: Readonly<Record<number, number>> = {}): [number, number][] {
  const table = new Table();
  for (const [addr, value] of Object.entries(regs)) table.gce.blocks.write32(Number(addr), value);
  table.go(...program);
  return table.writes;
}

test('WRITE puts its lower word to the window of the subsystem', () => {
  expect(writesOf([[0x0401_c020, 0x0438_0780]])).toEqual([[0x1400_c020, 0x0438_0780]]);
});

test.each([
  [0x01, 0x1400_fffc],
  [0x02, 0x1401_fffc],
  [0x03, 0x1402_fffc],
])('subsystem %i of mt8173 has its window', (subsys, addr) => {
  expect(writesOf([[0x0400_fffc + subsys * 0x1_0000, 1]])).toEqual([[addr, 1]]);
});

test('a write to a subsystem that there is not goes nowhere, is a finding, and the program goes on', () => {
  const table = new Table();
  const { state } = table.go([0x0400_0010, 1], [0x041f_0010, 2], [0x0401_0010, 3]);
  expect([state, table.writes, table.gce.engine.findings]).toEqual([
    'idle-at-end',
    [[0x1400_0010, 3]],
    [
      { kind: 'unknown-subsys', thread: 0, pc: 0x4000_0000, text: 'uses subsystem 0, which the SoC has not' },
      { kind: 'unknown-subsys', thread: 0, pc: 0x4000_0008, text: 'uses subsystem 31, which the SoC has not' },
    ],
  ]);
});

test('MASK carries ones for bits that stay: new = (old & mask) | (value & ~mask)', () => {
  const old = { [BLOCK + 0x2c]: 0xdead_beee };
  expect(writesOf([mask(0xffff_fffe), [0x0401_002d, 1]], old)).toEqual([[BLOCK + 0x2c, 0xdead_beef]]);
  expect(writesOf([mask(0xffff_00ff), [0x0401_002d, 0x1234_5678]], old)).toEqual([[BLOCK + 0x2c, 0xdead_56ee]]);
});

test('the mask stays until the next MASK, an even offset does not use it, and after a reset it is 0', () => {
  const old = { [BLOCK + 0x10]: 0xffff_ffff };
  const program: Words[] = [
    [0x0401_0011, 0x55],
    [0x0200_0000, 0xffff_0000],
    [0x0401_0011, 0x1234_5678],
    [0x0401_0010, 0x9abc_def0],
    [0x0401_0011, 0x0000_0001],
  ];
  expect(writesOf(program, old).map(([, value]) => value)).toEqual([0x55, 0x5678, 0x9abc_def0, 0x9abc_0001]);
});

test('MASK with the destination type loads a general register, and WRITE goes where that points', () => {
  const table = new Table();
  table.go([0x028f_0000, BLOCK + 0x44], [0x048f_0000, 7], [0x0483_0000, 8]);
  expect([gpr(table, 15), table.writes]).toEqual([
    BLOCK + 0x44,
    [
      [BLOCK + 0x44, 7],
      [0, 8],
    ],
  ]);
});

test('WRITE with the source type takes the value from a general register', () => {
  expect(
    writesOf([
      [0x0285_0000, 0xcafe_f00d],
      [0x0441_0010, 5],
    ]),
  ).toEqual([[BLOCK + 0x10, 0xcafe_f00d]]);
});

test('READ brings a register to a general register', () => {
  const table = new Table();
  table.gce.blocks.write32(BLOCK + 0x20, 0x8765_4321);
  table.go([0x0101_0020, 6]);
  expect(gpr(table, 6)).toBe(0x8765_4321);
});

test('a relative JUMP counts from itself, an absolute one is an address', () => {
  const program: Words[] = [
    [0x1000_0000, 16],
    [0x0401_0010, 1],
    [0x1000_0001, 0x4000_0020],
    [0x0401_0010, 2],
  ];
  expect(writesOf([...program, [0x0401_0010, 3]])).toEqual([[BLOCK + 0x10, 3]]);
});

test('a JUMP back makes a loop that only the budget ends', () => {
  const table = new Table();
  table.start(0, [
    [0x0401_0010, 1],
    [0x1000_0000, 0xffff_fff8],
  ]);
  expect([table.gce.engine.run(7), table.states(1), table.writes.length]).toEqual([7, [['running', 1]], 4]);
});

test('a JUMP takes its target from a register where bit 22 says so', () => {
  const program: Words[] = [assign(2, 0x4000_0018), [0x1040_0001, 2], [0x0401_0010, 1], assign(2, 16)];
  expect(writesOf([...program, [0x1040_0000, 2], [0x0401_0010, 2], [0x0401_0010, 3]])).toEqual([[BLOCK + 0x10, 3]]);
});

test('with a shift of 3 code addresses count 8 bytes, reach 35 bits, and data addresses do not', () => {
  const table = new Table({ soc: 'mt8192' });
  const pc = 0x7_0000_0000;
  table.gce.memory.putInstructions(pc, [
    [0x1000_0000, 2],
    [0x0401_0010, 1],
    assign(0, 0x1400),
    [0x9000_0016, 2],
    [0x1000_0001, (pc + 0x30) / 8],
    [0x0401_0010, 3],
    [0x1000_0000, 0xffff_ffff],
  ]);
  table.gce.start(0, { pc, end: pc + 0x28 });
  table.gce.engine.run(5);
  expect([table.writes, table.gce.engine.look(0).pc]).toEqual([[[0x1400_0014, 2]], pc + 0x28]);
  expect([table.get(0, 0x20), table.get(0, 0x24)]).toEqual([0xe000_0005, 0xe000_0005]);
});

test('EOC counts, raises the flag when bit 0 says so, and does not end the program', () => {
  const table = new Table();
  const look = table.go([0x4000_0000, 0], [0x4000_0000, 1], [0x4001_0000, 1], [0x0401_0010, 1]);
  expect([look.execCount, look.irqStatus, look.state, table.writes]).toEqual([
    2,
    0x01,
    'idle-at-end',
    [[BLOCK + 0x10, 1]],
  ]);
  const silent = new Table();
  expect(silent.go([0x4000_0000, 0])).toMatchObject({ execCount: 1, irqStatus: 0 });
});

test.each([
  ['wait and clear', 0x8000_8001, 0, 'waiting', 0],
  ['wait and clear', 0x8000_8001, 1, 'idle-at-end', 0],
  ['wait', 0x0000_8001, 0, 'waiting', 0],
  ['wait', 0x0000_8001, 1, 'idle-at-end', 1],
  ['clear', 0x8000_0000, 0, 'idle-at-end', 0],
  ['clear', 0x8000_0000, 1, 'idle-at-end', 0],
  ['set', 0x8001_0000, 0, 'idle-at-end', 1],
  ['acquire', 0x8001_8000, 0, 'idle-at-end', 1],
  ['acquire', 0x8001_8000, 1, 'waiting', 1],
] as const)('%s (%i) with the event at %i', (_, operand, before, state, after) => {
  const table = new Table();
  if (before === 1) table.gce.engine.fire(640);
  expect(table.go([0x2000_0280, operand])).toMatchObject({ state });
  expect(table.gce.engine.event(640)).toBe(after);
});

test('a WFE keeps the program counter and shows its event until it has come, and others run', () => {
  const table = new Table();
  table.start(0, [[0x2000_0035, 0x8000_8001], ...TAIL]);
  table.start(1, [[0x0401_0010, 1], ...TAIL]);
  table.gce.engine.run();
  expect([table.states(2), table.get(0, 0x30)]).toEqual([
    [
      ['waiting', 0],
      ['idle-at-end', 3],
    ],
    0x8000_0035,
  ]);
  table.gce.engine.fire(53);
  table.gce.engine.run();
  expect([table.states(1), table.get(0, 0x30), table.gce.engine.event(53)]).toEqual([[['idle-at-end', 3]], 0, 0]);
});

test('event 1023 is one like the others', () => {
  const table = new Table();
  table.go([0x2000_03ff, 0x8001_0000], [0x2000_03fe, 0x8000_8001]);
  expect([table.gce.engine.event(1023), table.get(0, 0x30)]).toEqual([1, 0x8000_03fe]);
});

test('a WFE with an operator that nobody knows stops its thread', () => {
  expect(new Table().go([0x2000_0035, 0x9000_0000]).error).toEqual({ kind: 'event-operator', update: 1, wait: 0 });
  expect(new Table().go([0x2000_0035, 0x0000_f001]).error).toEqual({ kind: 'event-operator', update: 0, wait: 7 });
});

test('POLL holds the engine until its register has the value, also from threads of higher priority', () => {
  const table = new Table();
  table.start(0, [
    [0x0801_0020, 5],
    [0x0401_0010, 1],
  ]);
  table.gce.engine.run();
  table.start(1, [[0x0401_0014, 2]], { priority: 7 });
  table.gce.engine.run();
  expect([table.states(2), table.writes]).toEqual([
    [
      ['polling', 0],
      ['running', 0],
    ],
    [],
  ]);
  table.gce.blocks.write32(BLOCK + 0x20, 5);
  table.gce.engine.run();
  expect(table.writes).toEqual([
    [BLOCK + 0x14, 2],
    [BLOCK + 0x10, 1],
  ]);
});

test('POLL with bit 0 compares the bits that the mask leaves, and may have its address in a general register', () => {
  const table = new Table();
  const look = table.go([0x0200_0000, 0xffff_fffe], [0x028f_0000, BLOCK + 0x20], [0x088f_0001, 1]);
  expect(look.pollsFor).toEqual({ addr: BLOCK + 0x20, value: 1, mask: 1, seen: 0 });
  table.gce.blocks.write32(BLOCK + 0x20, 0xffff_ff01);
  table.gce.engine.run();
  expect(table.states(1)).toEqual([['idle-at-end', 3]]);
});

test('WRITE_S and READ_S: the upper address half in a register, the lower with bit 1', () => {
  const table = new Table();
  table.gce.blocks.write32(BLOCK + 0x24, 0x1357_9bdf);
  table.go(assign(0, 0x1400), [0x8080_0001, 0x0026_0000], [0x9040_002a, 0x0001_0000], [0x9000_002e, 9]);
  expect([sprs(table).slice(0, 2), table.writes]).toEqual([
    [0x1400, 0x1357_9bdf],
    [
      [BLOCK + 0x28, 0x1357_9bdf],
      [BLOCK + 0x2c, 9],
    ],
  ]);
});

test('WRITE_S reaches memory above 4 GiB, 48 bits of address', () => {
  const table = new Table({ soc: 'mt8192' });
  const pc = 0x1_4000_0000;
  table.gce.memory.putInstructions(pc, [assign(0, 0x1_4001), [0x9000_1236, 0x89ab_cdef], [0x8080_0001, 0x1236_0000]]);
  table.gce.start(0, { pc, end: pc + 24 });
  table.gce.engine.run();
  expect([table.writes, table.get(0, 0x64)]).toEqual([[[0x1_4001_1234, 0x89ab_cdef]], 0x89ab_cdef]);
  expect([...table.gce.memory.read(0x1_4001_1234, 4)]).toEqual([0xef, 0xcd, 0xab, 0x89]);
});

test('WRITE_S and READ_S: the whole address in a register, or a subsystem', () => {
  const table = new Table();
  table.gce.blocks.write32(BLOCK + 0x40, 6);
  table.go(assign(1, BLOCK + 0x40), [0x80c0_0002, 0x0001_0000], [0x9080_0001, 7], [0x9001_0044, 8]);
  table.gce.blocks.write32(BLOCK + 0x48, 0x99);
  table.start(1, [[0x8081_0003, 0x0048_0000]]);
  table.gce.engine.run();
  expect([table.get(0, 0x68), table.get(1, 0x6c), table.writes]).toEqual([
    6,
    0x99,
    [
      [BLOCK + 0x40, 7],
      [BLOCK + 0x44, 8],
    ],
  ]);
});

test('WRITE_S_MASK needs no bit 0', () => {
  const old = { [BLOCK + 0x10]: 0x1111_1111 };
  const program: Words[] = [assign(0, 0x1400), [0x0200_0000, 0xffff_0000], [0x9100_0012, 0x2222_2222]];
  expect(writesOf(program, old)).toEqual([[BLOCK + 0x10, 0x1111_2222]]);
});

// left = 0x0f0f0f0f in SPR1, right = 0x10 as a number.
test.each([
  [0, 'assign', 0x0f0f_0f0f],
  [1, '+', 0x0f0f_0f1f],
  [2, '-', 0x0f0f_0eff],
  [3, 'x', 0xf0f0_f0f0],
  [8, 'xor', 0x0f0f_0f1f],
  [9, 'not', 0xf0f0_f0f0],
  [10, 'or', 0x0f0f_0f1f],
  [11, 'and', 0],
  [12, '<<', 0x0f0f_0000],
  [13, '>>', 0x0f0f],
] as const)('LOGIC %i is %s', (operator, _, result) => {
  const table = new Table();
  expect(table.go(assign(1, 0x0f0f_0f0f), [0xa0c0_0002 | (operator << 16), 0x0001_0010]).state).toBe('idle-at-end');
  expect(sprs(table)).toEqual([0, 0x0f0f_0f0f, result, 0]);
});

test('LOGIC with registers on both sides, and unsigned 16 bits where there is none', () => {
  const table = new Table();
  table.go(assign(0, 0xffff_0000), assign(1, 0x8000), [0xa0e1_0002, 0x0000_0001], [0xa081_0003, 0xffff_ffff]);
  expect(sprs(table)).toEqual([0xffff_0000, 0x8000, 0xffff_8000, 0x1_fffe]);
});

test.each([
  ['+', 1, 0xffff_ffff, 1],
  ['-', 2, 0, 1],
  ['*', 3, 0x10_0000, 0xffff],
] as const)('a %s that leaves 32 bits stops the thread as an invalid instruction', (operator, code, left, right) => {
  const table = new Table();
  const look = table.go(assign(1, left), [0xa0c0_0002 | (code << 16), 0x0001_0000 | right], [0x0401_0010, 1]);
  expect([look.state, look.irqStatus, look.pc, sprs(table)[2], table.writes]).toEqual([
    'error',
    0x10,
    0x4000_0008,
    0,
    [],
  ]);
  expect(look.error).toEqual({ kind: 'overflow', left, operator, right });
});

test.each([4, 5, 6, 7, 14, 31])('LOGIC has no operator %i', (code) => {
  expect(new Table().go([0xa080_0000 | (code << 16), 0]).error).toEqual({ kind: 'operator', code });
});

test.each([
  ['==', 0, [false, true, false]],
  ['!=', 1, [true, false, true]],
  ['>=', 2, [false, true, true]],
  ['<=', 3, [true, true, false]],
  ['>', 4, [false, false, true]],
  ['<', 5, [true, false, false]],
] as const)('JUMP_C %s, unsigned: below, equal, above', (_, condition, wanted) => {
  // The left side is below, at and far above 0x8000; a signed comparison would call the last one the lowest.
  const taken = [0x7fff, 0x8000, 0xffff_8000].map((left) => {
    const program: Words[] = [assign(1, left), assign(0, 16), [0xb1c0_0000 | (condition << 16), 0x0001_8000]];
    return writesOf([...program, [0x0401_0010, 1], [0x0401_0014, 2]]).length === 1;
  });
  expect(taken).toEqual(wanted);
});

test('JUMP_C absolute goes to the address in a register, both sides may be registers', () => {
  const program: Words[] = [assign(0, 0x4000_0028), assign(1, 6), assign(2, 6), [0xb0e0_0000, 0x0001_0002]];
  expect(writesOf([...program, [0x0401_0010, 1], [0x0401_0014, 2]])).toEqual([[BLOCK + 0x14, 2]]);
});

test.each([6, 31])('a JUMP_C has no condition %i', (code) => {
  expect(new Table().go([0xb0c0_0000 | (code << 16), 0]).error).toEqual({ kind: 'condition', code });
});

const KNOWN = new Set([0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0x90, 0x91, 0xa0, 0xb0, 0xb1]);

test('every other opcode is invalid: flag 0x10, the program counter stays, nothing behind it happens', () => {
  for (let opcode = 0; opcode < 256; opcode++) {
    if (KNOWN.has(opcode)) continue;
    const table = new Table();
    const look = table.go([opcode * 2 ** 24, 0], [0x0401_0010, 1]);
    expect(look).toMatchObject({ state: 'error', irqStatus: 0x10, pc: 0x4000_0000, error: { kind: 'opcode', opcode } });
    expect(table.writes).toEqual([]);
  }
});

test('registers by number: SPRs belong to the thread, R0 to R15 and their pairs are shared', () => {
  const table = new Table();
  table.start(0, [assign(0, 0xaaaa), assign(32, 1), assign(33, 2), assign(47, 0x1234), assign(49, 0x77)]);
  table.start(1, [assign(0, 0xbbbb), [0xa0c0_0001, 47 * 0x1_0000]]);
  table.gce.engine.run();
  expect([table.get(0, 0x60), table.get(1, 0x60), table.get(1, 0x64)]).toEqual([0xaaaa, 0xbbbb, 0x1234]);
  expect([0, 1, 2, 3, 15].map((at) => gpr(table, at))).toEqual([1, 2, 0x77, 0, 0x1234]);
});

test('a pair is an address of 64 bits', () => {
  const table = new Table({ soc: 'mt8192' });
  table.gce.memory.putInstructions(0x4000_0000, [assign(32, 0x4001_0000), assign(33, 1), [0x9080_0030, 0x55]]);
  table.gce.start(0, { pc: 0x4000_0000, end: 0x4000_0018 });
  table.gce.engine.run();
  expect(table.writes).toEqual([[0x1_4001_0000, 0x55]]);
});

test('CPRs are there on newer parts, shared by threads; mt8173 has none, which is a finding', () => {
  const both = (['mt8192', 'mt8173'] as const).map((soc) => {
    const table = new Table({ soc });
    table.start(0, [assign(0x8005, 0x4321)]);
    table.start(1, [[0xa0c0_0001, 0x8005_0000]]);
    table.gce.engine.run();
    return [table.get(1, 0x64), table.gce.engine.findings.map(({ text }) => text)];
  });
  expect(both).toEqual([
    [0x4321, []],
    [0, ['writes register 32773, which there is not', 'reads register 32773, which there is not']],
  ]);
});

test('a program reaches the registers of its own engine: a token for another thread', () => {
  const table = new Table();
  table.start(0, [[0x2000_0280, 0x8000_8001], ...TAIL]);
  table.start(1, [assign(0, Math.floor(BASE / 0x1_0000)), [0x9000_206a, 0x1_0280]]);
  table.gce.engine.run();
  expect([table.writes, table.states(2)]).toEqual([
    [[BASE + 0x68, 0x1_0280]],
    [
      ['idle-at-end', 3],
      ['idle-at-end', 2],
    ],
  ]);
});

test('the worked example of the patch: a masked and a plain write at the end of a stream', () => {
  const table = new Table();
  table.gce.blocks.write32(0x1400_c02c, 2);
  table.gce.engine.fire(53);
  const frame: Words[] = [
    [0x2000_0035, 0x8000_0000],
    [0x2000_0035, 0x8000_8001],
    [0x0200_0000, 0xffff_fffe],
    [0x0401_c02d, 1],
    [0x0401_cf40, 0x4100_0000],
    ...TAIL,
  ];
  expect(table.go(...frame)).toMatchObject({ state: 'waiting', pc: 0x4000_0008, waitToken: 0x8000_0035 });
  table.gce.engine.fire(53);
  table.gce.engine.run();
  expect(table.writes).toEqual([
    [0x1400_c02c, 3],
    [0x1400_cf40, 0x4100_0000],
  ]);
  expect(table.gce.engine.look(0)).toMatchObject({ state: 'idle-at-end', pc: 0x4000_0038, irqStatus: 1, execCount: 1 });
});
