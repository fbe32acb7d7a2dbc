// Numbers are those of facts 7.1 and 9.
import { expect, test } from 'vitest';
import { AT, FmanRig } from '../../../test/fman-rig.js';
import { FMAN_VARIANTS, macPorts, txChannel, variantOf } from './variants.js';

test('Tx ports take from the channels of their place in the list', () => {
  const { t1040, ls1046a } = FMAN_VARIANTS;
  expect([txChannel(t1040, 0x28), txChannel(t1040, 0x2c), txChannel(ls1046a, 0x30), txChannel(ls1046a, 0x31)]).toEqual([
    0x802, 0x806, 0x800, 0x801,
  ]);
});

test('a MAC has the ports of its number', () => {
  expect([0xe0000, 0xea000, 0xf0000, 0xf2000].map(macPorts)).toEqual([
    { rx: 0x08, tx: 0x28 },
    { rx: 0x0d, tx: 0x2d },
    { rx: 0x10, tx: 0x30 },
    { rx: 0x11, tx: 0x31 },
  ]);
});

test.each([
  ['fsl,T1040RDB', 't1040', 5],
  ['fsl,ls1046a-rdb', 'ls1046a', 8],
  ['fsl,ls1043a-rdb', 'ls1043a', 7],
])('%s is %s, with %i MACs', (compatible, name, macs) => {
  const variant = variantOf(['x,board', compatible]);
  expect([variant.name, variant.macs.length]).toEqual([name, macs]);
});

test('MURAM is memory as far as the SoC has it', () => {
  const rig = new FmanRig({ soc: 't1040' });
  rig.put(0x2fffc, 0x1234_5678);
  expect([rig.get(0x2fffc), rig.get(0)]).toEqual([0x1234_5678, 0]);
});

test('port registers are 0 after a reset, a disabled port is idle, and unknown ones leave a trace', () => {
  const rig = new FmanRig();
  const offsets = [0x00, 0x04, 0x14, 0x1c, 0x60, 0x68, 0x100, 0x204, 0x400, 0x404];
  expect(offsets.map((offset) => rig.get(AT.rx1 + offset))).toEqual(offsets.map(() => 0));
  rig.put(AT.rx1 + 0x300, 1);
  expect(rig.events.filter(({ kind }) => kind === 'unknown_reg')).toMatchObject([{ reg: 0x300, access: 'write' }]);
});

test('registers that no block has can be written and read, and requests that end at once are over', () => {
  const rig = new FmanRig();
  for (let offset = 0; offset < 0xfe000; offset += 4) {
    rig.put(offset, 0xffff_ffff);
    rig.get(offset);
  }
  // Start of BMI's initialisation, and the reset of all: Linux waits for both bits to go.
  expect([rig.get(0x80000), rig.get(0xc30cc), rig.get(0xc30c4)]).toEqual([0x7fff_ffff, 0x7fff_ffff, 0x0604]);
});

test('registers are big-endian', () => {
  const rig = new FmanRig();
  rig.space.write32(AT.rx1 + 0x60, 0x0101_0000);
  expect(rig.get(AT.rx1 + 0x60)).toBe(0x101);
});
