// The packet of Linux 6.12: what it does that a driver may not want (facts cmdq §7). Its encodings are the golden
// family "mainline".
import { describe, expect, test } from 'vitest';
import { errorOf } from '../../../test/cmdq/packets.js';
import { plainMemory } from './memory.js';
import { linuxClientReg, LinuxPkt } from './pkt-linux.js';

function wordsOf(pkt: LinuxPkt): string {
  const hex = (value = 0): string => value.toString(16).padStart(8, '0');
  const count = Math.floor(Math.min(pkt.cmdBufSize, pkt.bufSize) / 8);
  return Array.from({ length: count }, (_, k) => `${hex(pkt.words[2 * k + 1])}_${hex(pkt.words[2 * k])}`).join(' ');
}

test.each<[what: string, build: (pkt: LinuxPkt) => void, words: string]>([
  ['values are cut to the C types (cmdq-L1)', (p) => p.write(0x123, 0x1_0020, 2 ** 32 + 7), '04230020_00000007'],
  ['registers above 31 come round (cmdq-L1)', (p) => p.readS(33, 2, 1), '80810001_00020000'],
  ['events are cut before they are checked (cmdq-L1)', (p) => p.wfe(65_541, true), '20000005_80008001'],
  [
    'finalizing twice (cmdq-L3)',
    (p) => (p.finalize(), p.finalize()),
    '40000000_00000001 10000000_00000008 40000000_00000001 10000000_00000008',
  ],
  [
    'a MASK for a full mask (cmdq-L5)',
    (p) => p.writeSMask(0, 2, 1, 0xffff_ffff),
    '02000000_00000000 91400002_00010000',
  ],
  ['and here', (p) => p.writeSMaskValue(0, 2, 5, 0xffff_ffff), '02000000_00000000 91000002_00000005'],
  ['and here', (p) => p.pollMask(1, 0x20, 5, 0xffff_ffff), '02000000_00000000 08010021_00000005'],
  ['a jump back with a shift (cmdq-L6)', (p) => p.jumpRel(-8, 3), '10000000_1fffffff'],
  ['operators that do not exist (cmdq-L7)', (p) => p.logic(1, { reg: 1 }, 5, { imm: 2 }), 'a0c50001_00010002'],
  ['offsets between words (cmdq-L8)', (p) => p.write(1, 0x21, 1), '04010021_00000001'],
  [
    'an address that is too large (cmdq-L10)',
    (p) => p.pollAddr(2 ** 32 + 4, 1, 1),
    '02000000_fffffffe 028f0000_00000004 088f0001_00000001',
  ],
  [
    'the upper half of the address and the offset',
    (p) => p.writePa(0x1400_1234, 0xc020, 7),
    'a0800000_00001400 9000c022_00000007',
  ],
  [
    'the same, masked',
    (p) => p.writeMaskPa(0x1400_0000, 0xc020, 1, 1),
    'a0800000_00001400 02000000_fffffffe 9100c022_00000001',
  ],
])('%s', (_, build, words) => {
  const pkt = new LinuxPkt(plainMemory(), 4096);
  build(pkt);
  expect(wordsOf(pkt)).toBe(words);
});

describe('what it refuses', () => {
  test('event 1023 (cmdq-L4), a missing operand, an operator from 14 on', () => {
    const pkt = new LinuxPkt(plainMemory(), 4096);
    const calls = [
      () => pkt.wfe(1023, false),
      () => pkt.acquireEvent(1023),
      () => pkt.logic(0, null, 1, { reg: 1 }),
      () => pkt.logic(0, { reg: 1 }, 14, { reg: 1 }),
    ];
    expect(calls.map((call) => errorOf(call).code)).toEqual(Array(4).fill('EINVAL'));
    expect(pkt.cmdBufSize).toBe(0);
  });

  test('what does not fit, and it counts it (cmdq-L2)', () => {
    const pkt = new LinuxPkt(plainMemory(), 20);
    pkt.write(1, 0, 1);
    expect(errorOf(() => pkt.finalize()).code).toBe('ENOMEM');
    expect([pkt.cmdBufSize, wordsOf(pkt)]).toEqual([24, '04010000_00000001 40000000_00000001']);
    pkt.reset();
    pkt.eoc();
    expect([pkt.cmdBufSize, pkt.bufSize]).toEqual([8, 20]);
    pkt.destroy();
  });
});

test('a window of 64 KiB has no size (cmdq-L9)', () => {
  expect(linuxClientReg({ subsys: 1, offset: 0xc000, size: 0x1_0000 })).toEqual({ subsys: 1, offset: 0xc000, size: 0 });
});
