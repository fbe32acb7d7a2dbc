// The start of the command: it keeps compiled code between runs, and nothing that is kept can change what a run does.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ROOT } from './sources.js';

const folder = mkdtempSync(join(tmpdir(), 'bringup-start-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the command with a cache folder of its own; real times are left out of what it printed. */
function start(cache: string, args: readonly string[], bin = join(ROOT, 'bin/bringup.cjs')) {
  const env = { ...process.env, XDG_CACHE_HOME: cache };
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], { cwd: ROOT, env, encoding: 'utf8' });
  return { status, stdout: stdout.replace(/in [0-9.]+ s/, 'in N s'), stderr };
}

const place = (name: string): string => {
  const cache = join(folder, name);
  mkdirSync(cache);
  return cache;
};
const kept = (cache: string): string[] =>
  readdirSync(join(cache, 'bringup')).map((name) => join(cache, 'bringup', name));
const DEVICES = ['devices', 'boards/lab.dts'];

test('a second start finds one file for the verb and prints the same', () => {
  const cache = place('twice');
  const first = start(cache, DEVICES);
  const [file, ...others] = kept(cache);
  const before = readFileSync(file as string);
  expect(first.status).toBe(0);
  expect(start(cache, DEVICES)).toEqual(first);
  expect([others, readFileSync(file as string).equals(before)]).toEqual([[], true]);
});

test.each([
  ['cut', (whole: Buffer) => whole.subarray(0, 5000)],
  ['of another build', (whole: Buffer) => Buffer.concat([Buffer.alloc(64, '0'), whole.subarray(64)])],
  ['damaged', (whole: Buffer) => Buffer.from(whole).fill(0x55, whole.length >> 2, (whole.length >> 2) + 64)],
  ['no code', () => Buffer.from('not code')],
  ['empty', () => Buffer.alloc(0)],
])('a file that is %s is not used, and is replaced', (name, damage) => {
  const cache = place(name);
  const first = start(cache, DEVICES);
  const [file] = kept(cache) as [string];
  const whole = readFileSync(file);
  writeFileSync(file, damage(whole));
  expect(start(cache, DEVICES)).toEqual(first);
  expect(readFileSync(file).subarray(0, 64).equals(whole.subarray(0, 64))).toBe(true);
  expect(readFileSync(file).length).toBeGreaterThan(100_000);
});

test('where nothing can be kept the command runs all the same', () => {
  const cache = join(folder, 'a-file');
  writeFileSync(cache, '');
  expect(start(cache, DEVICES)).toMatchObject({ status: 0, stderr: '' });
});

test('words that are no verbs leave no file; a run that went well replaces one that found a fault', () => {
  const cache = place('words');
  expect(start(cache, ['bot']).status).toBe(2);
  expect(() => kept(cache)).toThrow('ENOENT');
  writeFileSync(join(folder, 'cut.dtb'), Uint8Array.of(0xd0, 0x0d, 0xfe));
  const exitByte = () => readFileSync((kept(cache) as [string])[0])[64];
  expect([start(cache, ['devices', join(folder, 'cut.dtb')]).status, exitByte()]).toEqual([1, 1]);
  expect([start(cache, DEVICES).status, exitByte()]).toEqual([0, 0]);
});

test('another build does not run the code of this one', () => {
  const cache = place('builds');
  start(cache, ['--version']);
  const copy = join(folder, 'copy');
  for (const dir of ['bin', 'dist/bin']) mkdirSync(join(copy, dir), { recursive: true });
  copyFileSync(join(ROOT, 'bin/bringup.cjs'), join(copy, 'bin/bringup.cjs'));
  writeFileSync(join(copy, 'dist/bin/bringup.cjs'), `//${'f'.repeat(64)}\nconsole.log('another');`);
  expect(start(cache, ['--version'], join(copy, 'bin/bringup.cjs')).stdout).toBe('another\n');
});
