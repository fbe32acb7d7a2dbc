import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { FileReader } from '../base/files.js';
import { hostFiles, readToEnd } from './files.js';

const cwd = mkdtempSync(join(tmpdir(), 'bringup-files-'));
afterAll(() => rmSync(cwd, { recursive: true }));

test('the compiler of the room dt can read through it', () => {
  writeFileSync(join(cwd, 'a.dts'), 'text');
  const reader: FileReader = hostFiles({ cwd });
  expect(Buffer.from(reader.read('a.dts') as Uint8Array).toString()).toBe('text');
});

test('a path that is not absolute begins at the folder given, not at that of the process', () => {
  writeFileSync(join(cwd, 'b'), 'b');
  const files = hostFiles({ cwd });
  expect(files.read('b')).toEqual(files.read(join(cwd, 'b')));
});

test('bytes are a plain array: a slice of them is a copy, as the pure rooms expect', async () => {
  writeFileSync(join(cwd, 'bytes'), 'ab');
  const stream = async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.from('ab');
  };
  for (const bytes of [hostFiles({ cwd }).read('bytes'), await readToEnd(stream())] as Uint8Array[]) {
    const copy = bytes.slice();
    copy[0] = 0;
    expect(bytes).toEqual(Uint8Array.of(0x61, 0x62));
  }
});

test('each fault has its word', () => {
  const files = hostFiles({ cwd });
  writeFileSync(join(cwd, 'plain'), '');
  expect(files.read('none')).toBe('missing');
  expect(files.read('plain/below')).toBe('missing');
  expect(files.read('.')).toBe('directory');
  expect(files.read('a\0b')).toBe('unreadable');
});

test('an empty file is no fault', () => {
  writeFileSync(join(cwd, 'empty'), '');
  expect(hostFiles({ cwd }).read('empty')).toHaveLength(0);
});

test('a file that is longer than any devicetree is not read', () => {
  const path = join(cwd, 'sparse');
  writeFileSync(path, '');
  truncateSync(path, 2 ** 30);
  expect(hostFiles({ cwd }).read('sparse')).toBe('large');
});

test.skipIf(process.platform === 'win32')('a device is read to its end', () => {
  expect(hostFiles({ cwd }).read('/dev/null')).toHaveLength(0);
});

test('a stream is read to its end, and one that breaks has its fault', async () => {
  const broken = async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.from('a');
    throw Object.assign(new Error('no'), { code: 'EISDIR' });
  };
  const whole = async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.from('a');
    yield Buffer.from('b');
  };
  expect(Buffer.from((await readToEnd(whole())) as Uint8Array).toString()).toBe('ab');
  expect(await readToEnd(broken())).toBe('directory');
});
