import { expect, test } from 'vitest';
import { element, escaped, fitted, widthOf, wrapped } from './svg.js';

const SANS = { family: 'sans', size: 10 } as const;
const MONO = { family: 'mono', size: 10 } as const;

test('nothing of a text becomes markup, and what XML forbids is replaced', () => {
  expect(escaped(`<a b="c">'&amp;]]>`)).toBe("&lt;a b=&quot;c&quot;&gt;'&amp;amp;]]&gt;");
  expect(escaped('a\0b\x1bc\ud800d\udc00e\uffff\u202ef\u2067')).toBe('a�b�c�d�e��f�');
  expect(escaped('tab\tline\nä 長 😀')).toBe('tab\tline\nä 長 😀');
});

test('elements leave out what is undefined and round numbers', () => {
  expect(element('a', { x: 1.23456, y: undefined, t: '"<' }, 'x', element('b', {}))).toBe(
    '<a x="1.23" t="&quot;&lt;">x<b/></a>',
  );
});

test('widths are near to those of DejaVu Sans, the widest face of the list, and not below', () => {
  // Advance widths from the hmtx table of Debian's DejaVuSans.ttf, in ems.
  const real: readonly (readonly [string, number])[] = [
    ['OVL_2L1', 0.787 + 0.684 + 0.557 + 0.5 + 0.636 + 0.557 + 0.636],
    ['built', 0.635 + 0.634 + 0.278 + 0.278 + 0.392],
    ['Mm', 0.863 + 0.974],
  ];
  for (const [text, ems] of real) {
    expect(widthOf(text, SANS) / 10 / ems).toBeGreaterThan(0.95);
    expect(widthOf(text, SANS) / 10 / ems).toBeLessThan(1.25);
  }
});

test('text that fits stays; other text is cut at its end, or in the middle with the unit address left', () => {
  expect(fitted('short', 100, MONO)).toBe('short');
  expect(fitted('0123456789abcdef', 62, MONO)).toBe('012345678…');
  expect(fitted('dma-controller@1c104000', 117, MONO, 'middle')).toBe('dma-contr…@1c104000');
  expect(fitted('W'.repeat(100), 15, SANS, 'middle')).toBe('…');
});

test('cut text is never wider than asked for, pairs of surrogates stay whole', () => {
  const text = '😀長い<&W i'.repeat(500);
  for (const width of [20, 50, 123, 1000]) {
    for (const cut of ['end', 'middle'] as const) {
      const shown = fitted(text, width, SANS, cut);
      expect(widthOf(shown, SANS)).toBeLessThanOrEqual(width + 0.001);
      expect(escaped(shown)).not.toContain('\ufffd');
    }
  }
});

test('lines break at blanks, inside words only where they must, and tell when there is more', () => {
  expect(wrapped('one two three', 62, MONO, 5)).toEqual(['one two', 'three']);
  expect(wrapped(' one\n\ttwo ', 62, MONO, 5)).toEqual(['one two']);
  expect(wrapped('/soc/ovl@14008000/ports', 62, MONO, 5)).toEqual(['/soc/ovl@1', '4008000/po', 'rts']);
  expect(wrapped('one two three four five', 62, MONO, 2)).toEqual(['one two', 'three fou…']);
  expect(wrapped('', 62, MONO, 2)).toEqual([]);
  expect(wrapped('x'.repeat(1_000_000), 62, MONO, 2)).toEqual(['xxxxxxxxxx', 'xxxxxxxxx…']);
});
