// docs/flip.md: what it shows is what the command prints, and its pictures are those that the command writes.
import { mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { captureIo } from './capture.js';
import { run } from '../src/cli/run.js';
import { pageExamples } from './page.js';
import { ROOT } from './sources.js';

const PAGE = readFileSync(join(ROOT, 'docs/flip.md'), 'utf8');
const examples = pageExamples(PAGE);
symlinkSync(join(ROOT, 'boards'), join(examples.folder, 'boards'));
mkdirSync(join(examples.folder, 'docs/flip'), { recursive: true });
afterAll(() => rmSync(examples.folder, { recursive: true }));

/** The pixels behind the filter bytes of a PNG that has one IDAT; compressors differ, pixels do not. */
function rows(path: string): Buffer {
  const file = readFileSync(path);
  const at = file.indexOf('IDAT');
  return inflateSync(file.subarray(at + 4, at + 4 + file.readUInt32BE(at - 4)));
}

test('every command prints what the page shows, and writes the pictures that it shows', async () => {
  expect(await examples.print()).toEqual(examples.blocks);
  expect(examples.blocks).toHaveLength(2);
  for (const name of ['gce.png', 'cpu.png'])
    expect(rows(join(examples.folder, 'docs/flip', name)).equals(rows(join(ROOT, 'docs/flip', name)))).toBe(true);
});

test('the page has every key of the document', async () => {
  const { io, out } = captureIo({ cwd: ROOT });
  const fault = ['--fault', 'event.fire@stream_eof0=lost'];
  await run(['flip', 'boards/lab.dts', '--json', '--pictures', '2', ...fault], io);
  const { paths } = JSON.parse(out()) as { paths: readonly object[] };
  const [, table = ''] = PAGE.split('| key of `paths[]` | is |');
  const told = [...table.matchAll(/^\| (.*?) \|/gm)].flatMap(([, cell = '']) => cell.match(/\w+/g) ?? []);
  expect(Object.keys(paths[0] as object).filter((key) => !told.includes(key))).toEqual([]);
  expect(told).toContain('whyCpu');
});
