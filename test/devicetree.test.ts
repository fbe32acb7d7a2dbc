// docs/devicetree.md: what it shows is what the command prints, and every difference that it lists has a test.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { run } from '../src/cli/run.js';
import { captureIo } from './capture.js';
import { ROOT } from './sources.js';

const PAGE = readFileSync(join(ROOT, 'docs/devicetree.md'), 'utf8');
const FOLDER = mkdtempSync(join(tmpdir(), 'bringup-devicetree-'));

/** Blocks of files have a name behind their language; blocks of commands begin with `$`. */
const FILES = [...PAGE.matchAll(/```dts (\S+)\n([\s\S]*?)```/g)];
const BLOCKS = [...PAGE.matchAll(/```\n(\$ npx bringup [\s\S]*?)```/g)].map((match) => match[1] as string);

for (const [, name, text] of FILES) writeFileSync(join(FOLDER, name as string), text as string);
afterAll(() => rmSync(FOLDER, { recursive: true }));

/** The commands of a block, each with what it prints behind it. They build on each other, in the page's order. */
async function printed(block: string): Promise<string> {
  let text = '';
  for (const [, command] of block.matchAll(/^\$ npx bringup (.*)$/gm)) {
    const words = [...(command as string).matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
    const { io, out, err } = captureIo({ cwd: FOLDER });
    await run(words, io);
    text += `$ npx bringup ${command}\n${err()}${out()}`;
  }
  return text;
}

test('every command prints what the page shows', async () => {
  const shown: string[] = [];
  for (const block of BLOCKS) shown.push(await printed(block));
  expect(shown).toEqual(BLOCKS);
  expect(BLOCKS.length).toBeGreaterThanOrEqual(6);
});

test('every difference that the page lists has a test with its id, and none has a test only', () => {
  const tests = readFileSync(join(ROOT, 'src/dt/deviations.test.ts'), 'utf8');
  const ids = (text: string, pattern: RegExp): string[] => [...new Set([...text.matchAll(pattern)].map(([id]) => id))];
  expect(ids(PAGE, /^\| dt-D\d+/gm).map((row) => row.slice(2))).toEqual(ids(tests, /dt-D\d+/g));
});
