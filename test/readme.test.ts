// What the README shows is what the command prints.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { captureIo } from './capture.js';
import { run } from '../src/cli/run.js';
import { ROOT } from './sources.js';

const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** The text of every block that begins with a command, by the command. */
const shown = new Map(
  [...README.matchAll(/```\n\$ npx bringup (.*)\n([\s\S]*?)\n```/g)].map((match) => [
    match[1] as string,
    match[2] as string,
  ]),
);

/** Real time differs from run to run. */
const timeless = (text: string): string => text.trimEnd().replace(/in [0-9.]+ s$/, 'in N s');

test.each([...shown])('bringup %s prints what the README shows', async (command, text) => {
  const { io, out } = captureIo({ cwd: ROOT });
  await run(command.split(' '), io);
  expect(timeless(out())).toBe(timeless(text));
});

test('the README shows at least one command with its output', () => {
  expect(shown.size).toBeGreaterThan(0);
});
