import { expect, test } from 'vitest';
import { installHint, needs } from './tools.js';

test('a missing program is named by its Debian package, each package once', () => {
  expect(installHint(['dtc', 'fdtoverlay', 'cpp'])).toBe('apt-get install -y device-tree-compiler cpp');
  expect(installHint([])).toBeUndefined();
});

test('a program that is not in PATH is needed', () => {
  const path = process.env['PATH'];
  process.env['PATH'] = '/nonexistent';
  try {
    expect(needs('dtc')).toBe(true);
  } finally {
    process.env['PATH'] = path;
  }
});
