import { expect, test } from 'vitest';
import { pictureFrame, readFrame, rowsFrame, samplesFrame } from './frames.js';

test('samples, pictures and rows come out as they went in', () => {
  const pairs = Float64Array.of(0, 3.3, 1e9, Number.NaN);
  expect(readFrame(samplesFrame('power', 700, pairs))).toEqual({ what: 'samples', view: 'power', which: 700, pairs });
  const rgba = Uint8Array.from({ length: 3 * 2 * 4 }, (_, i) => i);
  const picture = { what: 'picture', view: 'cmdq', which: 1, width: 3, height: 2, rgba };
  expect(readFrame(pictureFrame('cmdq', 1, 3, 2, rgba))).toEqual(picture);
  const bytes = Uint8Array.of(1, 2, 3);
  expect(readFrame(rowsFrame('trace', 0, bytes))).toEqual({ what: 'rows', view: 'trace', which: 0, bytes });
});

test('the head is as the page reads it, byte for byte', () => {
  // 1: samples; 2: power is the third view; 0x0102; two samples.
  expect([...samplesFrame('power', 0x0102, new Float64Array(4)).subarray(0, 8)]).toEqual([1, 2, 2, 1, 2, 0, 0, 0]);
});

test.each([
  ['nothing', []],
  ['a head that is cut', [1, 2, 0, 0, 0, 0, 0]],
  ['an unknown kind', [9, 2, 0, 0, 0, 0, 0, 0]],
  ['an unknown view', [1, 99, 0, 0, 0, 0, 0, 0]],
  ['fewer samples than it says', [1, 2, 0, 0, 1, 0, 0, 0, 0]],
  ['a smaller picture than it says', [2, 3, 0, 0, 1, 0, 1, 0, 0]],
  ['more rows than it says', [3, 7, 0, 0, 1, 0, 0, 0, 0, 0]],
])('%s is no frame', (_, bytes) => {
  expect(readFrame(Uint8Array.from(bytes))).toBeUndefined();
});
