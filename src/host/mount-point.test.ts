import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { isMountPoint, mountPoint } from './mount-point.js';

const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'bringup mount-')));
afterAll(() => rmSync(cwd, { recursive: true }));
mkdirSync(join(cwd, 'empty'));
mkdirSync(join(cwd, 'full'));
writeFileSync(join(cwd, 'full/file'), '');
symlinkSync('empty', join(cwd, 'link'));

test('an empty directory will do, also by way of a link', () => {
  expect(mountPoint(cwd, 'empty')).toBe(join(cwd, 'empty'));
  expect(mountPoint('/', join(cwd, 'link'))).toBe(join(cwd, 'empty'));
});

test.each([
  ['', 'this is no directory'],
  ['none', 'there is no such directory'],
  ['full/file', 'this is no directory'],
  ['full/file/x', 'this is no directory'],
  ['full', 'the directory is not empty'],
])('%j will not: %s', (path, what) => {
  expect(mountPoint(cwd, path)).toMatchObject({ what });
});

test.skipIf(process.platform !== 'linux')('a directory that has something mounted on it will not', () => {
  expect(mountPoint(cwd, '/proc')).toMatchObject({ what: 'something is mounted there' });
  expect([isMountPoint('/proc'), isMountPoint(join(cwd, 'empty'))]).toEqual([true, false]);
});
