// Instructions beyond Linux's helper, against facts cmdq §4.2, §4.5 and §4.7.
import { expect, test } from 'vitest';
import { errorOf, SOC, wordsOf } from '../../../test/cmdq/packets.js';
import { plainMemory } from './memory.js';
import { CmdqPkt } from './pkt.js';
import * as more from './pkt-more.js';
import { cmdqSoc } from './soc-tables.js';

const IS_EQUAL = { left: { reg: 1 }, is: '==', right: { reg: 2 } } as const;
const IS_BELOW = { left: { reg: 1 }, is: '<', right: { imm: 5 } } as const;

test.each<[what: string, build: (pkt: CmdqPkt) => void, words: string]>([
  ['a conditional jump to an address', (p) => more.cmdqPktCondJumpAbs(p, 0, IS_EQUAL), 'b0e00000_00010002'],
  ['a conditional jump by a distance', (p) => more.cmdqPktCondJumpRel(p, 0, IS_BELOW), 'b1c50000_00010005'],
  ['a jump to a register', (p) => more.cmdqPktJumpReg(p, 2), '10400000_00000002'],
  ['prefetch on', (p) => more.cmdqPktPrefetch(p, true), '40000000_00130000'],
  ['prefetch off', (p) => more.cmdqPktPrefetch(p, false), '40000000_00100000'],
  ['a shared register', (p) => more.cmdqPktMoveGpr(p, 15, 0x1c01_1234), '028f0000_1c011234'],
  ['reading a window', (p) => more.cmdqPktReadSubsys(p, 1, 0xc020, 2), '80810002_c0200000'],
  ['writing a register to a window', (p) => more.cmdqPktWriteSubsysReg(p, 1, 0xc020, 2), '9041c020_00020000'],
  ['writing to an address in a register', (p) => more.cmdqPktStore(p, 33, 7), '90800021_00000007'],
  ['reading from an address in a register', (p) => more.cmdqPktLoad(p, 1, 33), '80c00001_00210000'],
])('%s', (_, build, words) => {
  const pkt = new CmdqPkt({ memory: plainMemory(), soc: SOC });
  build(pkt);
  expect(wordsOf(pkt)).toBe(words);
});

test('a loop: back to a mark while a condition holds, in the units of the part', () => {
  const pkt = new CmdqPkt({ memory: plainMemory(0x2_4000_0000), soc: cmdqSoc('mt8192') });
  pkt.assign(1, 0);
  const mark = pkt.here();
  pkt.logic(1, { reg: 1 }, 'add', { imm: 1 });
  more.cmdqPktJumpIf(pkt, mark, IS_BELOW, 0);
  expect(wordsOf(pkt)).toBe('a0800001_00000000 a0c10001_00010001 a0800000_48000001 b0c50000_00010005');
});

test.each<[what: string, build: (pkt: CmdqPkt) => void, code: string]>([
  ['target', (p) => more.cmdqPktCondJumpAbs(p, 4, IS_EQUAL), 'EINVAL'],
  ['left operand', (p) => more.cmdqPktCondJumpRel(p, 0, { ...IS_EQUAL, left: { imm: -1 } }), 'EINVAL'],
  ['right operand', (p) => more.cmdqPktJumpIf(p, p.here(), { ...IS_EQUAL, right: { reg: 5 } }, 0), 'EINVAL'],
  ['mark beyond the address bits', (p) => more.cmdqPktJumpIf(p, { iova: 2 ** 32 }, IS_EQUAL, 0), 'ERANGE'],
  ['register of a jump', (p) => more.cmdqPktJumpReg(p, 57), 'EINVAL'],
  ['shared register', (p) => more.cmdqPktMoveGpr(p, 16, 0), 'EINVAL'],
  ['its value', (p) => more.cmdqPktMoveGpr(p, 0, -1), 'EINVAL'],
  ['offset', (p) => more.cmdqPktReadSubsys(p, 1, 0x1_0000, 0), 'ERANGE'],
  ['subsystem', (p) => more.cmdqPktWriteSubsysReg(p, 32, 0, 0), 'EINVAL'],
  ['register of an address', (p) => more.cmdqPktStore(p, 99, 0), 'EINVAL'],
  ['register that is read into', (p) => more.cmdqPktLoad(p, 99, 0), 'EINVAL'],
])('a wrong %s is refused', (_, build, code) => {
  const pkt = new CmdqPkt({ memory: plainMemory(), soc: SOC });
  expect(errorOf(() => build(pkt)).code).toBe(code);
  expect(wordsOf(pkt)).toBe('');
});
