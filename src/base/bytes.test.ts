import { expect, test } from 'vitest';
import { hex, hexNumber, layout, putU64le, sameBytes, u8, u16be, u16le, u32be, u32le } from './bytes.js';

test('names read and write the bytes they stand for and nothing beside them', () => {
  const Header = layout({ version: u16le(0, 3, 0), headerWords: u16le(0, 7, 4), type: u16le(0, 9, 8), size: u16le(2) });
  const bytes = new Uint8Array(6).fill(0xa5);
  const view = Header.view().at(bytes, 1);
  // An APR header begins 0x0250 for a command: version 0, five words, type 2.
  view.version = 0;
  view.headerWords = 5;
  view.type = 2;
  view.size = 20;
  // 0xa5a5 with bits 3..0 = 0, 7..4 = 5, 9..8 = 2 is 0xa650.
  expect(hex(bytes)).toBe('a5 50 a6 14 00 a5');
  expect([view.version, view.headerWords, view.type, view.size]).toEqual([0, 5, 2, 20]);
  expect(Header.sizeBytes).toBe(4);
});

test('both byte orders, all widths, bit 31', () => {
  const Words = layout({
    a: u32be(0),
    b: u32le(4),
    c: u16be(8),
    top: u32be(0, 31),
    low: u32le(4, 30, 0),
    d: u8(10, 7, 4),
  });
  const bytes = Uint8Array.of(0x80, 0, 0, 1, 0xff, 0xff, 0xff, 0xff, 0x12, 0x34, 0xab);
  const view = Words.view().at(bytes);
  expect([view.a, view.b, view.c, view.top, view.low, view.d]).toEqual([
    0x80000001, 0xffffffff, 0x1234, 1, 0x7fffffff, 0xa,
  ]);
  view.top = 0;
  view.low = 0;
  view.d = 0x5;
  expect(hex(bytes)).toBe('00 00 00 01 00 00 00 80 12 34 5b');
});

test('a number that does not fit and bytes that are too few are refused', () => {
  const Nibble = layout({ n: u8(1, 3, 0) });
  const view = Nibble.view().at(new Uint8Array(2));
  expect(() => {
    view.n = 16;
  }).toThrow('n: 16 does not fit into 4 bits');
  expect(() => {
    view.n = -1;
  }).toThrow('does not fit');
  expect(() => view.at(new Uint8Array(2), 1)).toThrow('2 bytes at 1 of 2');
});

test('a view follows a subarray of a larger buffer', () => {
  const whole = Uint8Array.of(1, 2, 3, 4);
  const view = layout({ n: u16be(0) })
    .view()
    .at(whole.subarray(2));
  expect(view.n).toBe(0x0304);
});

test('a whole number is written as 64 bits, the least byte first, over whatever was there', () => {
  const written = (value: number): string => {
    const bytes = new Uint8Array(10).fill(0xa5);
    putU64le(bytes, 1, value);
    return hex(bytes);
  };
  expect(written(0)).toBe('a5 00 00 00 00 00 00 00 00 a5');
  expect(written(0x8000_0001)).toBe('a5 01 00 00 80 00 00 00 00 a5');
  expect(written(0xa1_b2c3_d4e5)).toBe('a5 e5 d4 c3 b2 a1 00 00 00 a5');
  expect(written(Number.MAX_SAFE_INTEGER)).toBe('a5 ff ff ff ff ff ff 1f 00 a5');
});

test('hex text', () => {
  expect(hex(Uint8Array.of(0, 0xf1, 0x27))).toBe('00 f1 27');
  expect(hex(new Uint8Array(0))).toBe('');
  expect(hexNumber(0x40)).toBe('0x40');
  expect(hexNumber(7, 4)).toBe('0x0007');
  expect([sameBytes(Uint8Array.of(1), Uint8Array.of(1)), sameBytes(Uint8Array.of(1), Uint8Array.of(1, 2))]).toEqual([
    true,
    false,
  ]);
});
