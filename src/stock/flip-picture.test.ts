import { expect, test } from 'vitest';
import { drawFlip, flipParts } from './flip-picture.js';

const [WIDTH, HEIGHT, PITCH] = [16, 10, 80];

/** The screen that a display shows of these pictures, the first rows from the first one. */
function screen(...parts: readonly [picture: number, rows: number][]) {
  const rgb = new Uint8Array(WIDTH * HEIGHT * 3);
  let y = 0;
  for (const [picture, rows] of parts) {
    const bytes = new Uint8Array(PITCH * HEIGHT);
    drawFlip(bytes, PITCH, picture, WIDTH, HEIGHT);
    for (let end = y + rows; y < end; y++)
      for (let x = 0; x < WIDTH; x++)
        rgb.set(
          [2, 1, 0].map((byte) => bytes[y * PITCH + 4 * x + byte] as number),
          (y * WIDTH + x) * 3,
        );
  }
  return { width: WIDTH, height: HEIGHT, rgb };
}

test('a whole screen is one part, a torn one has a part for each picture', () => {
  expect(flipParts(screen([5, 10]), [4, 5])).toEqual([{ picture: 5, firstRow: 0, rows: 10 }]);
  expect(flipParts(screen([4, 3], [5, 7]), [4, 5])).toEqual([
    { picture: 4, firstRow: 0, rows: 3 },
    { picture: 5, firstRow: 3, rows: 7 },
  ]);
});

test('rows of no picture are told as such', () => {
  const torn = screen([1, 10]);
  torn.rgb.fill(0, WIDTH * 3 * 8);
  expect(flipParts(torn, [0, 1])).toEqual([
    { picture: 1, firstRow: 0, rows: 8 },
    { picture: undefined, firstRow: 8, rows: 2 },
  ]);
});

test('pictures that follow each other have the bar at different places', () => {
  for (let number = 0; number < 20; number++)
    expect(flipParts(screen([number, 10]), [number + 1, number]).map(({ picture }) => picture)).toEqual([number]);
});
