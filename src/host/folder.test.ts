import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { filesBelow, isFolder } from './folder.js';

const cwd = mkdtempSync(join(tmpdir(), 'bringup-folder-'));
afterAll(() => rmSync(cwd, { recursive: true }));
mkdirSync(join(cwd, 'a/b'), { recursive: true });
for (const name of ['a/2.dtb', 'a/b/1.dtb', 'a/b/x.txt', 'a/10.dtb']) writeFileSync(join(cwd, name), '');
symlinkSync('..', join(cwd, 'a/b/up'));
const isBlob = (name: string): boolean => name.endsWith('.dtb');

test('files come sorted, as paths that begin with the folder; links to folders are not followed', () => {
  expect(filesBelow(cwd, 'a', isBlob)).toEqual({ paths: ['a/10.dtb', 'a/2.dtb', 'a/b/1.dtb'], complete: true });
  expect(filesBelow(cwd, 'a/b', isBlob).paths).toEqual(['a/b/1.dtb']);
});

test('links to files are files; links to nothing are left out', () => {
  mkdirSync(join(cwd, 'links'));
  symlinkSync('../a/2.dtb', join(cwd, 'links/good.dtb'));
  symlinkSync('../a/none.dtb', join(cwd, 'links/lost.dtb'));
  symlinkSync('../a/b', join(cwd, 'links/folder.dtb'));
  expect(filesBelow(cwd, 'links', isBlob).paths).toEqual(['links/good.dtb']);
});

test.skipIf(process.platform === 'win32')(
  'a pipe is no file, by itself or behind a link: reading it may never end',
  () => {
    mkdirSync(join(cwd, 'pipes'));
    execFileSync('sh', ['-c', 'mkfifo pipe.dtb'], { cwd: join(cwd, 'pipes') });
    symlinkSync('pipe.dtb', join(cwd, 'pipes/link.dtb'));
    expect(filesBelow(cwd, 'pipes', isBlob)).toEqual({ paths: [], complete: true });
  },
);

test('a folder that is not there has nothing in it', () => {
  expect(filesBelow(cwd, 'none', isBlob)).toEqual({ paths: [], complete: true });
});

test('folders deeper than any tree of sources are left out, which is told', () => {
  const deep = join('deep', ...Array<string>(40).fill('d'));
  mkdirSync(join(cwd, deep), { recursive: true });
  writeFileSync(join(cwd, deep, 'far.dtb'), '');
  writeFileSync(join(cwd, 'deep/near.dtb'), '');
  expect(filesBelow(cwd, 'deep', isBlob)).toEqual({ paths: ['deep/near.dtb'], complete: false });
});

test.each([
  ['a', true],
  ['a/2.dtb', false],
  ['none', false],
  ['', false],
])('%j is a folder: %j', (path, expected) => {
  expect(isFolder(cwd, path)).toBe(expected);
});
