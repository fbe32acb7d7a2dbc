import { spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { hasKoffi, isMounted } from '../../test/live-process.js';
import { cannotMountAs } from '../../test/mounting.js';
import { ROOT } from '../../test/sources.js';
import { SysError } from '../base/errno.js';
import { SysfsDir } from '../core/sysfs.js';
import { sysfsDir } from '../abi/sysfs-file.js';
import { dirOf, entriesIn, fixed } from '../abi/vfs-dir.js';
import type { VDir, VFile } from '../abi/vfs.js';
import { isHindrance } from './hindrance.js';
import { type Mount, mountTree } from './mount.js';
import { loadNative, type Native } from './native.js';

const why = cannotMountAs('root');
if (why !== undefined) process.stderr.write(`tests of mounting are left out: ${why}\n`);
const WAYS: readonly (readonly [string, Native | undefined])[] = [
  ['with Node alone', undefined],
  ...(hasKoffi() ? [['with the C library', loadNative()] as const] : []),
];

const mounts: Mount[] = [];
afterEach(async () => {
  for (const mount of mounts.splice(0)) {
    await mount.unmount();
    rmdirSync(mount.dir);
  }
});

async function mounted(tree: VDir, native: Native | undefined): Promise<Mount> {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'bringup-mount-')));
  const mount = await mountTree(tree, dir, native);
  if (isHindrance(mount)) throw new Error(mount.what);
  mounts.push(mount);
  return mount;
}

/** Runs a program while this one serves; never the synchronous way. */
function shell(script: string, args: readonly string[] = []): Promise<{ code: number | string; out: string }> {
  const child = spawn('/bin/sh', ['-c', script, 'sh', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.on('data', (text: Buffer) => (out += text.toString()));
  return new Promise((resolve) => child.on('close', (code, signal) => resolve({ code: code ?? signal ?? '', out })));
}

function small() {
  const dir = new SysfsDir('dev');
  const stored: string[] = [];
  dir.addGroup([
    { name: 'value', mode: 0o644, show: () => 'twelve\n', store: (text) => void stored.push(text) },
    { name: 'alarm', mode: 0o444, show: () => '0\n' },
  ]);
  return { dir, stored, tree: sysfsDir(dir) };
}

/** A file whose reads wait until they are interrupted. */
function waiting() {
  let interrupted = 0;
  let begun = (): void => undefined;
  const reading = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const file: VFile = {
    kind: 'file',
    mode: 0o444,
    size: 0,
    stream: true,
    open: () => ({
      read: (_offset, _length, call) =>
        new Promise((_, reject) => {
          call.whenInterrupted(() => {
            interrupted++;
            reject(new SysError('EINTR', 'interrupted'));
          });
          begun();
        }),
      write: () => 0,
      close: () => undefined,
    }),
  };
  return { tree: dirOf(fixed({ file })), reading, interrupted: () => interrupted };
}

for (const [way, native] of WAYS) {
  test.skipIf(why !== undefined)(`${way}: files are listed, read in parts, and written`, async () => {
    const { tree, stored } = small();
    const { dir } = await mounted(tree, native);
    const script = `cd "$1" && ls && cat value && dd if=value bs=3 count=1 skip=1 status=none && echo
      echo new > value; printf '16\\0' > value; stat -c '%s %a %F' value; head -c 5000 /dev/zero > value; echo $?`;
    expect(await shell(script, [dir])).toEqual({
      code: 0,
      out: 'alarm\nvalue\ntwelve\nlve\n4096 644 regular file\n0\n',
    });
    // What did not fit into the first of head's writes is its second.
    expect(stored).toEqual(['new\n', '16\0', '\0'.repeat(4096), '\0'.repeat(904)]);
  });

  test.skipIf(why !== undefined)(`${way}: many programs read at once`, async () => {
    const { dir } = await mounted(small().tree, native);
    const reader = 'for i in $(seq 50); do cat "$1/value" "$1/alarm"; done | sort | uniq -c | tr -s " "';
    const all = await Promise.all(Array.from({ length: 4 }, () => shell(reader, [dir])));
    expect(all.map(({ out }) => out)).toEqual(Array(4).fill(' 50 0\n 50 twelve\n'));
  });

  test.skipIf(why !== undefined)(`${way}: a program that waits can be interrupted`, async () => {
    const { tree, reading, interrupted } = waiting();
    const { dir } = await mounted(tree, native);
    const child = spawn('cat', [join(dir, 'file')], { stdio: 'ignore' });
    const ended = new Promise((resolve) => child.on('close', (_, signal) => resolve(signal)));
    await reading;
    child.kill('SIGINT');
    expect([await ended, interrupted()]).toEqual(['SIGINT', 1]);
  });

  test.skipIf(why !== undefined)(`${way}: unmounting ends a program that waits, and one that sits there`, async () => {
    const { tree, reading, interrupted } = waiting();
    const mount = await mounted(dirOf(entriesIn(tree), fixed({ sub: dirOf() })), native);
    const waits = shell('cat "$1/file" 2>&1', [mount.dir]);
    const sits = spawn('/bin/sh', ['-c', 'cd "$0/sub" && echo in && read x && ls 2>&1', mount.dir]);
    await new Promise((resolve) => sits.stdout.once('data', resolve));
    await reading;
    mounts.length = 0;
    await mount.unmount();
    expect(isMounted(mount.dir)).toBe(false);
    expect((await waits).out).toMatch(/Interrupted system call|not connected|connection abort/);
    expect(interrupted()).toBe(1);
    let said = '';
    sits.stdout.on('data', (text: Buffer) => (said += text.toString()));
    sits.stdin.on('error', () => undefined).end('\n');
    await new Promise((resolve) => sits.on('close', resolve));
    expect(said).toContain('not connected');
    await mount.ended;
    rmdirSync(mount.dir);
  });

  test.skipIf(why !== undefined)(`${way}: an end that somebody else brings about is noticed`, async () => {
    const mount = await mounted(small().tree, native);
    expect(await shell('umount "$1"', [mount.dir])).toEqual({ code: 0, out: '' });
    await mount.ended;
    expect(isMounted(mount.dir)).toBe(false);
  });

  test.skipIf(why !== undefined)(`${way}: our own mistake is told, and the mount goes all the same`, async () => {
    const dir = new SysfsDir('dev');
    dir.addGroup([{ name: 'bad', mode: 0o444, show: () => (undefined as unknown as string).trim() }]);
    const mount = await mounted(sysfsDir(dir), native);
    expect((await shell('cat "$1/bad" 2>&1', [mount.dir])).out).toMatch(/Input\/output error/);
    await expect(mount.ended).rejects.toThrow(TypeError);
  });
}

/** poll(2) of a client, which Node does not have. */
const POLLER = `
  const koffi = require('koffi'), fs = require('node:fs');
  const poll = koffi.load('libc.so.6').func('int poll(void *fds, unsigned long count, int timeout)');
  const fd = fs.openSync(process.argv[1]), fds = Buffer.alloc(8);
  const wait = (ms) => { fds.writeInt32LE(fd, 0); fds.writeInt16LE(0x2 | 0x8, 4); fds.writeInt16LE(0, 6);
    return poll(fds, 1, ms) + ' ' + fds.readInt16LE(6).toString(16); };
  const read = () => fs.readSync(fd, Buffer.alloc(10), 0, 10, 0);
  console.log('new ' + wait(0)); read(); console.log('read ' + wait(0));
  console.log('told ' + wait(20000)); read(); console.log('read ' + wait(0));`;

test.skipIf(why !== undefined || !hasKoffi())(
  'sysfs_notify wakes who polls a file with POLLPRI and POLLERR',
  async () => {
    const { tree, dir: sysfs } = small();
    const { dir } = await mounted(tree, loadNative());
    const child = spawn(process.execPath, ['-e', POLLER, join(dir, 'alarm')], { cwd: ROOT });
    let out = '';
    let timer: NodeJS.Timeout | undefined;
    child.stdout.on('data', (text: Buffer) => {
      out += text.toString();
      // The client is about to wait: it is told until it has heard.
      if (out.includes('read 0 0')) timer ??= setInterval(() => sysfs.notify('alarm'), 20);
      if (out.includes('told')) clearInterval(timer);
    });
    await new Promise((resolve) => child.on('close', resolve));
    clearInterval(timer);
    expect(out.split('\n').slice(0, 3)).toEqual(['new 1 a', 'read 0 0', 'told 1 a']);
  },
);

test.skipIf(why !== undefined)('a directory that cannot be mounted on says why', async () => {
  expect(await mountTree(small().tree, '/nonexistent', undefined)).toMatchObject({
    what: expect.stringContaining('mount point does not exist'),
  });
});
