import { expect, test } from 'vitest';
import {
  bit,
  bits,
  compareRegisters,
  fieldMask,
  getField,
  range,
  registers,
  setField,
  signed,
  unsigned,
} from './regs.js';

// Expected numbers: the INA3221 datasheet's CONFIG register, reset value 0x7127 (TI SBOS576).
const CHIP = registers(
  {
    CONFIG: {
      addr: 0,
      reset: 0x7127,
      fields: { RST: bit(15), AVG: bits(11, 9), VBUS_CT: bits(8, 6), MODE: bits(2, 0) },
    },
  },
  16,
);

test('fields are read from and written into a register value', () => {
  expect(getField(0x7127, CHIP.CONFIG.fields.VBUS_CT)).toBe(4);
  expect(getField(0x7127, CHIP.CONFIG.fields.MODE)).toBe(7);
  expect(setField(0x7127, CHIP.CONFIG.fields.RST, 1)).toBe(0xf127);
  expect(setField(0x7127, CHIP.CONFIG.fields.MODE, 0)).toBe(0x7120);
});

test('bit 31 and whole words stay unsigned', () => {
  expect(fieldMask(bits(31, 0))).toBe(0xffff_ffff);
  expect(fieldMask(bit(31))).toBe(0x8000_0000);
  expect(setField(0, bit(31), 1)).toBe(0x8000_0000);
  expect(getField(0xdead_beef, bits(31, 16))).toBe(0xdead);
  expect(setField(0xffff_ffff, bits(31, 0), 0x8000_0001)).toBe(0x8000_0001);
});

test('two numbers of thirteen bits: -80 mV is code -2000, the datasheet example 0xc180 >> 3', () => {
  expect(signed(0xc180 >> 3, 13)).toBe(-2000);
  expect(unsigned(-2000, 13) << 3).toBe(0xc180);
  expect(signed(0xffff_ffff, 32)).toBe(-1);
  expect(unsigned(-1, 32)).toBe(0xffff_ffff);
});

test('a number that does not fit its field is refused, not cut', () => {
  for (const number of [8, -1, 1.5, Number.NaN])
    expect(() => setField(0, CHIP.CONFIG.fields.MODE, number)).toThrow(`${number} does not fit into bits [2:0]`);
});

test('a declaration whose fields overlap or leave the register is a bug', () => {
  expect(() => registers({ A: { addr: 0, fields: { X: bits(3, 0), Y: bit(3) } } })).toThrow('A.Y: [3] overlaps');
  expect(() => registers({ A: { addr: 0, fields: { X: bit(16) } } }, 16)).toThrow('A.X: [16] of 16 bits');
});

test("the seed's mode bits are found when held against the datasheet", () => {
  const seed = registers({ CONFIG: { addr: 0, fields: { MODE: bits(3, 1), RST: bit(15), GAIN: bit(4) } } }, 16);
  expect(compareRegisters(seed, CHIP)).toEqual([
    'CONFIG.MODE: driver [3:1], chip [2:0]',
    'CONFIG.GAIN: driver [4], chip has no such field',
  ]);
});

test('registers meet by address; the same bits under another name pass', () => {
  const driver = registers({ CFG: { addr: 0, fields: { OP: bits(2, 0) } }, LIMIT: { addr: 0x55, fields: {} } }, 16);
  expect(compareRegisters(driver, CHIP)).toEqual(['LIMIT: driver at 0x55, chip has no register there']);
  expect(range(bits(11, 9))).toBe('[11:9]');
});
