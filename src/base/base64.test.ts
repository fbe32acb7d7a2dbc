import { expect, test } from 'vitest';
import { base64 } from './base64.js';
import { encodeUtf8 } from './text.js';

// RFC 4648, section 10.
test.each([
  ['', ''],
  ['f', 'Zg=='],
  ['fo', 'Zm8='],
  ['foo', 'Zm9v'],
  ['foob', 'Zm9vYg=='],
  ['fooba', 'Zm9vYmE='],
  ['foobar', 'Zm9vYmFy'],
])('%j is %j', (text, coded) => {
  expect(base64(encodeUtf8(text))).toBe(coded);
});

test('long ones are the same as in pieces of three bytes', () => {
  const bytes = Uint8Array.from({ length: 99_999 }, (_, i) => (i * 7) & 255);
  expect(base64(bytes)).toBe(base64(bytes.subarray(0, 33_333)) + base64(bytes.subarray(33_333)));
});
