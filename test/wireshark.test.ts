// wireshark/bringup-apr.lua is made from the tables of `bringup apr decode`.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { wiresharkScript } from '../scripts/wireshark-script.js';
import { MESSAGES } from '../src/review/apr/messages.js';
import { ROOT } from './sources.js';

const script = readFileSync(join(ROOT, 'wireshark/bringup-apr.lua'), 'utf8');

test('the committed script is current', () => {
  expect(script).toBe(wiresharkScript());
});

test('it is in the package, and knows every message', () => {
  const { files } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { files: string[] };
  expect(files).toContain('wireshark');
  expect([...MESSAGES.values()].filter(({ name }) => !script.includes(`name = "${name}"`))).toEqual([]);
});
