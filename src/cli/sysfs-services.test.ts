import { mkdirSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { captureIo } from '../../test/capture.js';
import { isInside } from '../host/private-place.js';
import { run } from './run.js';

const cwd = mkdtempSync(join(tmpdir(), 'bringup-sysfs-'));
afterAll(() => rmSync(cwd, { recursive: true }));
writeFileSync(join(cwd, 'ok.dts'), '/dts-v1/;\n/ { };\n');
mkdirSync(join(cwd, 'empty'));

async function bringup(args: readonly string[], env: Record<string, string> = {}) {
  const { io, out, err } = captureIo({ cwd, env });
  return { code: await run(['boot', 'ok.dts', ...args], io), out: out(), err: err() };
}

test.each([
  [['--sysfs', ''], "--sysfs '': this is no directory; name an empty directory"],
  [['--sysfs', 'none'], '--sysfs none: there is no such directory; make it (mkdir) or name another'],
  [['--sysfs', 'ok.dts'], '--sysfs ok.dts: this is no directory; name an empty directory'],
  [['--sysfs', '.'], '--sysfs .: the directory is not empty; name an empty one'],
  [
    ['--sysfs', 'empty', '--for', '1s'],
    "boot: option '--sysfs <DIR>' cannot be used with option '--for <DURATION>'; see bringup boot --help",
  ],
  [
    ['--sysfs-run', 'true', '--for', '1s'],
    "boot: option '--sysfs-run <COMMAND>' cannot be used with option '--for <DURATION>'; see bringup boot --help",
  ],
  [
    ['--sysfs-run', 'true', '--sysfs', 'empty'],
    "boot: option '--sysfs-run <COMMAND>' cannot be used with option '--sysfs <DIR>'; see bringup boot --help",
  ],
])('boot %j is refused before anything is made', async (args, message) => {
  expect(await bringup(args)).toEqual({ code: 2, out: '', err: `bringup: ${message}\n` });
});

test('a command for itself has the standard output, and a document has no place in it', async () => {
  const { code, err } = await bringup(['--sysfs-run', 'true', '--json']);
  expect([code, err]).toEqual([
    2,
    "bringup: boot: option '--sysfs-run <COMMAND>' cannot be used with option '--json'; see bringup boot --help\n",
  ]);
});

test.skipIf(process.platform !== 'linux')('a computer without unshare cannot make a private place', async () => {
  expect(await bringup(['--sysfs-run', 'true'], { PATH: '/nonexistent' })).toEqual({
    code: 3,
    out: '',
    err: 'bringup: --sysfs-run: the program unshare is missing; apt-get install util-linux\n',
  });
});

test.skipIf(process.platform !== 'linux')('who says to be inside and is not is outside', () => {
  const here = readlinkSync('/proc/self/ns/mnt');
  expect([isInside({}), isInside({ BRINGUP_OUTSIDE: here }), isInside({ BRINGUP_OUTSIDE: 'mnt:[1]' })]).toEqual([
    false,
    false,
    true,
  ]);
});
