// PNG files against known bytes, Node's zlib, and the definition of the CRC.
import { deflateSync, inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { png, type RgbPicture } from './png.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Chunks of a file, checked for length and CRC. */
function chunks(file: Uint8Array): { type: string; data: Uint8Array }[] {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const found: { type: string; data: Uint8Array }[] = [];
  for (let at = 8; at < file.length; ) {
    const length = view.getUint32(at);
    const data = file.subarray(at + 8, at + 8 + length);
    expect(view.getUint32(at + 8 + length)).toBe(slowCrc(file.subarray(at + 4, at + 8 + length)));
    found.push({ type: Buffer.from(file.subarray(at + 4, at + 8)).toString('latin1'), data });
    at += length + 12;
  }
  return found;
}

/** The CRC by long division of the message's polynomial, bit by bit, as ISO 3309 has it. */
function slowCrc(message: Uint8Array): number {
  const polynomial = 0x1_04c1_1db7n;
  const bits = [...message].flatMap((byte) => Array.from({ length: 8 }, (_, n) => BigInt((byte >> n) & 1)));
  let rest = 0n;
  [...bits, ...Array<bigint>(32).fill(0n)].forEach((bit, n) => {
    rest = (rest << 1n) | (n < 32 ? bit ^ 1n : bit);
    if (rest >> 32n) rest ^= polynomial;
  });
  const reversed = rest.toString(2).padStart(32, '0').split('').reverse().join('');
  return Number(BigInt(`0b${reversed}`) ^ 0xffff_ffffn);
}

/** Pixels by the filters of the specification, all five of them. */
function decode(file: Uint8Array): RgbPicture {
  const all = chunks(file);
  const header = all[0]?.data as Uint8Array;
  const view = new DataView(header.buffer, header.byteOffset, 13);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const packed = Buffer.concat(all.filter(({ type }) => type === 'IDAT').map(({ data }) => data));
  const raw = inflateSync(packed);
  const pitch = width * 3;
  expect(raw.length).toBe((pitch + 1) * height);
  const rgb = new Uint8Array(pitch * height);
  const at = (x: number, y: number): number => (x < 0 || y < 0 ? 0 : (rgb[y * pitch + x] as number));
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (pitch + 1)] as number;
    for (let x = 0; x < pitch; x++) {
      const [left, up, corner] = [at(x - 3, y), at(x, y - 1), at(x - 3, y - 1)];
      const paeth = [left, up, corner].toSorted(
        (a, b) => Math.abs(left + up - corner - a) - Math.abs(left + up - corner - b),
      )[0] as number;
      const guess = [0, left, up, (left + up) >> 1, paeth][filter] as number;
      rgb[y * pitch + x] = (raw[y * (pitch + 1) + 1 + x] as number) + guess;
    }
  }
  return { width, height, rgb };
}

function noise(width: number, height: number): RgbPicture {
  let state = 1;
  const rgb = Uint8Array.from({ length: width * height * 3 }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 24;
  });
  return { width, height, rgb };
}

test('a file begins with the signature and the header that every 1x1 RGB picture has, and ends with its IEND', () => {
  const file = png({ width: 1, height: 1, rgb: Uint8Array.of(1, 2, 3) }, (bytes) => deflateSync(bytes));
  expect(hex(file.subarray(0, 33))).toBe('89504e470d0a1a0a0000000d49484452000000010000000108020000' + '00907753de');
  expect(hex(file.subarray(-12))).toBe('0000000049454e44ae426082');
});

test.each([
  [1, 1],
  [7, 5],
  [64, 3],
  [1, 40],
])('a %i x %i picture of noise comes back', (width, height) => {
  const picture = noise(width, height);
  expect(decode(png(picture, (bytes) => deflateSync(bytes)))).toEqual(picture);
});

test('notes stand before the picture, what Latin-1 does not have as a question mark', () => {
  const file = png(noise(2, 2), (bytes) => deflateSync(bytes), { Title: 'frame 3', Comment: 'é → !' });
  const notes = chunks(file).map(({ type, data }) => [type, Buffer.from(data).toString('latin1')]);
  expect(notes.filter(([type]) => type !== 'IDAT').slice(1)).toEqual([
    ['tEXt', 'Title\0frame 3'],
    ['tEXt', 'Comment\0é ? !'],
    ['IEND', ''],
  ]);
  expect(notes.map(([type]) => type)).toEqual(['IHDR', 'tEXt', 'tEXt', 'IDAT', 'IEND']);
});

test('a screen of stripes takes little room', () => {
  const rgb = new Uint8Array(1920 * 1080 * 3).map((_, i) => (i % 5760) >> 5);
  const file = png({ width: 1920, height: 1080, rgb }, (bytes) => deflateSync(bytes));
  expect(file.length).toBeLessThan(20_000);
});
