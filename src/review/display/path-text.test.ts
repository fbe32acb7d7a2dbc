// How a path reads in one line.
import { expect, test } from 'vitest';
import { pathText } from './path-text.js';

test('a path is the names of its components, and numbers that none has stay numbers', () => {
  expect(pathText([36, 53, 14])).toBe('OVL0 → RDMA0 → DSI0');
  expect(pathText([61, 33, 99])).toBe('DRM_OVL_ADAPTOR → MERGE5 → 99');
  expect(pathText([])).toBe('');
});

test('a component many times in a row is written once', () => {
  expect(pathText([...Array<number>(61).fill(53), 14])).toBe('RDMA0 × 61 → DSI0');
  expect(pathText([53, 14, 53])).toBe('RDMA0 → DSI0 → RDMA0');
});
