// Buffers of a packet: chained by JUMPs, grown without moving anything, and handed between processor and GCE.
import { describe, expect, test } from 'vitest';
import { errorOf, SOC, wordsOf } from '../../../test/cmdq/packets.js';
import { SysError } from '../../base/errno.js';
import type { CmdqMemory } from './memory.js';
import { plainMemory } from './memory.js';
import { CmdqPkt } from './pkt.js';
import { cmdqSoc } from './soc-tables.js';

const START = 0x4000_0000;

/** Memory that notes what is asked of it; from the `failing`th allocation on there is none, while `failing` is set. */
function notedMemory(): CmdqMemory & { readonly notes: string[]; failing: boolean } {
  const plain = plainMemory(START);
  const notes: string[] = [];
  const name = (iova: number): string => ((iova - START) / 4096).toString();
  return {
    notes,
    failing: false,
    alloc(bytes) {
      if (this.failing) throw new SysError('ENOMEM', 'as the test says');
      notes.push(`alloc ${bytes}`);
      return plain.alloc(bytes);
    },
    free: ({ iova }) => void notes.push(`free ${name(iova)}`),
    sync: ({ iova }, to) => void notes.push(`${to} ${name(iova)}`),
  };
}

function all(pkt: CmdqPkt): string[] {
  return wordsOf({ instructions: () => pkt.instructions() }).split(' ');
}

describe('buffers are chained (cmdq-D13)', () => {
  test('the last place of a buffer leads to the next, which has twice the size of all before', () => {
    const memory = notedMemory();
    const pkt = new CmdqPkt({ memory, bytes: 24, soc: SOC });
    for (let k = 0; k < 9; k++) pkt.write(1, 0, k);
    expect(memory.notes.filter((note) => note.startsWith('alloc'))).toEqual(['alloc 24', 'alloc 48', 'alloc 144']);
    expect(all(pkt)).toEqual([
      ...['04010000_00000000', '04010000_00000001', '10000001_40001000'],
      ...['04010000_00000002', '04010000_00000003', '04010000_00000004', '04010000_00000005', '04010000_00000006'],
      ...['10000001_40002000', '04010000_00000007', '04010000_00000008'],
    ]);
    expect([pkt.usedBytes, pkt.start, pkt.end]).toEqual([88, START, START + 0x2010]);
    expect([
      pkt.contains(START + 16),
      pkt.contains(START + 24),
      pkt.contains(START + 0x2008),
      pkt.contains(pkt.end),
    ]).toEqual([...[true, false, true, false]]);
  });

  test('where addresses are shifted so are those of the JUMPs (cmdq-D14)', () => {
    const pkt = new CmdqPkt({ memory: plainMemory(0x7_0000_0000), bytes: 16, soc: cmdqSoc('mt8192') });
    pkt.write(1, 0, 1);
    pkt.write(1, 0, 2);
    expect(all(pkt)).toEqual(['04010000_00000001', '10000001_e0000200', '04010000_00000002']);
  });

  test('a buffer that the GCE cannot be told of is refused (cmdq-D14)', () => {
    const pkt = new CmdqPkt({ memory: plainMemory(0xffff_f000), bytes: 16, soc: SOC });
    pkt.write(1, 0, 1);
    expect(errorOf(() => pkt.write(1, 0, 2)).message).toBe(
      'cmdq: the GCE cannot be told the address 0x100000000 in units of 1 (ERANGE)',
    );
    expect(all(pkt)).toEqual(['04010000_00000001']);
  });

  test('more than 4 MiB in one packet', () => {
    const memory = notedMemory();
    const pkt = new CmdqPkt({ memory, bytes: 4 * 1024 * 1024, soc: SOC });
    for (let k = 0; k < 1_100_000; k++) pkt.append(0x0401_0000, k);
    pkt.finalize();
    expect(memory.notes.filter((note) => note.startsWith('alloc'))).toEqual(Array(3).fill('alloc 4194304'));
    const words = all(pkt);
    expect([words.length, words[524_287], words[524_288], words.at(-1)]).toEqual([
      ...[1_100_004, '10000001_40400000', '04010000_0007ffff', '10000000_00000008'],
    ]);
  });

  test('after a reset the buffers are used again', () => {
    const memory = notedMemory();
    const pkt = new CmdqPkt({ memory, bytes: 24, soc: SOC });
    for (let round = 0; round < 3; round++) {
      pkt.reset();
      for (let k = 0; k < 5; k++) pkt.write(1, 0, k);
    }
    expect(memory.notes.filter((note) => note.startsWith('alloc'))).toEqual(['alloc 24', 'alloc 48']);
    pkt.destroy();
    expect(memory.notes.slice(-2)).toEqual(['free 0', 'free 1']);
  });

  test('a jump of known length and what it passes over stay in one buffer (cmdq-L6)', () => {
    const pkt = new CmdqPkt({ memory: plainMemory(START), bytes: 32, soc: SOC });
    pkt.write(1, 0, 1);
    pkt.write(1, 0, 2);
    pkt.jumpRel(24);
    for (let k = 3; k < 6; k++) pkt.write(1, 0, k);
    expect(all(pkt)).toEqual([
      ...['04010000_00000001', '04010000_00000002', '10000001_40001000'],
      ...['10000000_00000018', '04010000_00000003', '04010000_00000004', '04010000_00000005'],
    ]);
  });

  test('a mark at the end of a buffer is the beginning of the next', () => {
    const pkt = new CmdqPkt({ memory: plainMemory(START), bytes: 16, soc: SOC });
    pkt.write(1, 0, 1);
    expect(pkt.here().iova).toBe(START + 4096);
    pkt.write(1, 0, 2);
    expect(all(pkt)).toEqual(['04010000_00000001', '10000001_40001000', '04010000_00000002']);
  });
});

describe('when there is no memory nothing has changed', () => {
  test.each<[what: string, call: (pkt: CmdqPkt) => void]>([
    ['a masked write (cmdq-D6)', (pkt) => pkt.writeMask(1, 0, 1, 1)],
    ['finalize (cmdq-D7)', (pkt) => pkt.finalize()],
    ['memMove', (pkt) => pkt.memMove(0, 4)],
    ['pollAddr', (pkt) => pkt.pollAddr(0, 0, 1)],
    ['writeAddr', (pkt) => pkt.writeAddr(0x1c00_0000, 0)],
    ['a jump', (pkt) => pkt.jumpRel(16)],
    ['a mark', (pkt) => void (pkt.write(1, 0, 0), pkt.here())],
  ])('%s', (_, call) => {
    const memory = notedMemory();
    const pkt = new CmdqPkt({ memory, bytes: 24, soc: SOC });
    pkt.write(1, 0, 7);
    memory.failing = true;
    expect(errorOf(() => call(pkt)).code).toBe('ENOMEM');
    expect([pkt.state, wordsOf(pkt).split(' ')[0]]).toEqual(['open', '04010000_00000007']);
    memory.failing = false;
    pkt.finalize();
    expect([pkt.state, wordsOf(pkt).split(' ').at(-1)]).toEqual(['finalized', '10000000_00000008']);
  });

  test('the first buffer', () => {
    const memory = { ...notedMemory(), failing: true };
    expect(errorOf(() => new CmdqPkt({ memory })).code).toBe('ENOMEM');
    expect(
      [0, 8, 20, 1.5].map((bytes) => errorOf(() => new CmdqPkt({ memory: plainMemory(), bytes })).message),
    ).toEqual(
      [0, 8, 20, 1.5].map((n) => `cmdq: a buffer of ${n} bytes: whole instructions of 8 bytes, two at least (EINVAL)`),
    );
  });
});

test('buffers go to the GCE when a packet is sent, and back before the processor writes', () => {
  const memory = notedMemory();
  const pkt = new CmdqPkt({ memory, bytes: 24, soc: SOC });
  pkt.eoc();
  pkt.sent();
  pkt.done(0);
  pkt.sent();
  pkt.done(0);
  pkt.write(1, 0, 1);
  pkt.write(1, 0, 1);
  pkt.syncForDevice();
  pkt.sent();
  expect(memory.notes).toEqual([
    ...['alloc 24', 'cpu 0', 'device 0'],
    ...['cpu 0', 'alloc 48', 'cpu 1', 'device 0', 'device 1'],
  ]);
});
