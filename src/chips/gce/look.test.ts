// What the engine says of its threads in words, and the readings of the mask register.
import { expect, test } from 'vitest';
import { CODE, Table, type Words } from '../../../test/gce-rig.js';
import { inWords, whyInWords } from './look.js';

const WAIT: Words = [0x2000_0035, 0x8000_8001];

function wordsOf(program: readonly Words[], then: (table: Table) => void = () => {}): string {
  const table = new Table();
  table.start(0, program);
  table.gce.engine.run(1000);
  then(table);
  return inWords(table.gce.engine.look(0));
}

test.each<[string, Words[]]>([
  ['is at its end', [[0x0401_0010, 1]]],
  ['can execute', [[0x1000_0000, 0]]],
  ['waits for event 53 to be 1', [WAIT]],
  [
    'waits for event 640 to be 0',
    [
      [0x2000_0280, 0x8001_0000],
      [0x2000_0280, 0x8001_8000],
    ],
  ],
  ['polls 0x14000020 for 0x5, which reads 0x0', [[0x0801_0020, 5]]],
  [
    'polls 0x14000020 for 0x1 in bits 0x1, which reads 0x0',
    [
      [0x0200_0000, 0xffff_fffe],
      [0x0801_0021, 1],
    ],
  ],
  ['has stopped: there is no opcode 0x0', [[0, 0]]],
  ['has stopped: LOGIC has no operator 4', [[0xa084_0000, 0]]],
  ['has stopped: a jump has no condition 6', [[0xb086_0000, 0]]],
  ['has stopped: 0x0 - 0x1 does not fit into 32 bits', [[0xa082_0000, 1]]],
  ['has stopped: WFE has no operators 1 to update and 0 to wait', [[0x2000_0035, 0x9000_0000]]],
  ['has stopped: its address is no multiple of 8', [[0x1000_0000, 12]]],
])('%s', (words, program) => {
  expect(wordsOf(program)).toBe(words);
});

test('a thread that nobody has started, and suspended ones', () => {
  expect([
    inWords(new Table().gce.engine.look(5)),
    wordsOf([WAIT], (table) => table.put(0, 0x08, 1)),
    wordsOf([[0x1000_0000, 0]], (table) => table.put(0, 0x08, 1)),
  ]).toEqual(['is not enabled', 'is suspended; waits for event 53 to be 1', 'is suspended']);
});

test('all threads at once: with the names of events, since when, and who holds the engine', () => {
  const table = new Table({ instructionNs: 50 });
  table.start(0, [[0x0401_0010, 1], WAIT], { priority: 3 });
  table.start(1, [[0x0801_0020, 5]], { priority: 2 });
  table.start(2, [[0x0401_0010, 2]], { priority: 1 });
  table.gce.engine.run();
  const name = (id: number): string | undefined => (id === 53 ? 'MUTEX0_STREAM_EOF' : undefined);
  expect(whyInWords(table.gce.look(), name)).toEqual([
    'thread 0 at 0x40000008 waits for event 53 (MUTEX0_STREAM_EOF) to be 1, since 50 ns',
    'thread 1 at 0x40001000 polls 0x14000020 for 0x5, which reads 0x0, since 50 ns',
    'thread 2 at 0x40002000 can execute, but thread 1 holds the engine',
  ]);
});

test('where it stands, a thread shows the instruction', () => {
  const table = new Table();
  expect([table.go([0x0401_0010, 1], WAIT).at, table.go([0x0401_0010, 1]).at]).toEqual([
    { pc: CODE + 8, high: 0x2000_0035, low: 0x8000_8001 },
    undefined,
  ]);
});

/** One sets its mask and waits; the other sets another; then the first writes with bit 0. */
function interleaved(mask: 'per-thread' | 'shared'): [number, string[]] {
  const table = new Table({ mask });
  table.start(0, [[0x0200_0000, 0xffff_0000], WAIT, [0x0401_0011, 0x1234_5678]]);
  table.start(1, [[0x0200_0000, 0x0000_ffff]]);
  table.gce.engine.run();
  table.gce.engine.fire(53);
  table.gce.engine.run();
  return [table.writes[0]?.[1] as number, table.gce.engine.findings.map(({ kind, text }) => `${kind}: ${text}`)];
}

test('each thread has its own mask; as R0 it is that of all, and interleaved use is a finding', () => {
  expect([interleaved('per-thread'), interleaved('shared')]).toEqual([
    [0x5678, []],
    [0x1234_0000, ['mask-hazard: uses the mask of thread 1: R0 is shared']],
  ]);
});

test('an event beyond 1023 is one that is there, and a finding', () => {
  const table = new Table();
  table.go([0x2000_0435, 0x8001_0000]);
  expect([table.gce.engine.event(53), table.gce.engine.findings.map(({ text }) => text)]).toEqual([
    1,
    ['uses event 1077, which is 53 here'],
  ]);
});

test('hooks are told of instructions, reads, writes, events and flags in order', () => {
  const told: string[] = [];
  const hex = (value: number): string => value.toString(16);
  const table = new Table({
    hooks: {
      instruction: (thread, pc, high, low) => told.push(`${thread} ${hex(pc)} ${hex(high)} ${hex(low)}`),
      read: (thread, addr, value) => told.push(`${thread} reads ${hex(addr)} ${hex(value)}`),
      write: (thread, addr, value) => told.push(`${thread} writes ${hex(addr)} ${hex(value)}`),
      event: (id, value) => told.push(`event ${id} ${value}`),
      flag: (thread, flag) => told.push(`${thread} flag ${hex(flag)}`),
      finding: ({ text }) => told.push(text),
    },
  });
  table.go(WAIT, [0x0101_0020, 0], [0x0401_0010, 7], [0x0400_0010, 7], [0x4000_0000, 1]);
  table.gce.engine.run();
  table.gce.engine.fire(53);
  table.gce.engine.run();
  expect(told).toEqual([
    '0 40000000 20000035 80008001',
    'event 53 1',
    'event 53 0',
    '0 40000008 1010020 0',
    '0 reads 14000020 0',
    '0 40000010 4010010 7',
    '0 writes 14000010 7',
    '0 40000018 4000010 7',
    'uses subsystem 0, which the SoC has not',
    '0 40000020 40000000 1',
    '0 flag 1',
  ]);
});
