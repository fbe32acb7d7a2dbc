// What a program pays for a file of a mounted machine, and what it pays for one of the kernel's own.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sysfsTree } from '../src/abi/sysfs-tree.js';
import { isHindrance } from '../src/host/hindrance.js';
import { cannotMount, mountTree } from '../src/host/mount.js';
import { loadNative, type Native } from '../src/host/native.js';
import { HURRIES, type Row } from './bench.js';
import { labBench } from './lab.js';

/** A file of the kernel that any Linux has and that costs it nothing. */
const REAL = '/sys/kernel/fscaps';
/** The file is a measurement: reading it goes through driver, register map and wires to the chip. */
const OURS = 'devices/platform/soc@10000000/10001000.i2c/i2c-0/0-0040/hwmon/hwmon0/in1_input';
const COUNT = HURRIES ? 2_000 : 20_000;

const native = loadNative();
const hindrance = cannotMount(native)?.what;

/** Another program, with nothing but system calls: the better of three goes, as it warms up. */
const CLIENT = `
const { openSync, readSync, closeSync } = require('node:fs');
const bytes = Buffer.alloc(4096);
const go = (count) => {
  const began = performance.now();
  for (let i = 0; i < count; i++) { const fd = openSync(process.argv[1]); readSync(fd, bytes); closeSync(fd); }
  return (count / (performance.now() - began)) * 1000;
};
go(1000);
console.log(Math.max(...[1, 2, 3].map(() => go(${COUNT}))));`;

function client(path: string): Promise<number> {
  const child = spawn(process.execPath, ['-e', CLIENT, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.on('data', (text: Buffer) => (out += text.toString()));
  return new Promise((resolve) => child.on('close', () => resolve(Number(out))));
}

async function mounted(how: Native | undefined): Promise<number> {
  const bench = await labBench();
  const dir = mkdtempSync(join(tmpdir(), 'bringup-perf-'));
  const mount = await mountTree(sysfsTree(bench.core), dir, how);
  if (isHindrance(mount)) throw new Error(mount.what);
  const rate = await client(join(dir, OURS));
  await mount.unmount();
  rmdirSync(dir);
  return rate;
}

const against = { name: 'a file of the kernel', run: () => client(REAL) };

/** Programs that open, read and close a file. */
export const rows: readonly Row[] = [
  {
    name: 'fuse: open+read+close',
    unit: '/s',
    rounds: 3,
    run: () => mounted(native),
    against,
    wanted: { of: 'figure', atLeast: 20_000 },
    missing: hindrance ?? (native === undefined ? 'koffi' : undefined),
  },
  {
    name: 'fuse: open+read+close, Node alone',
    unit: '/s',
    rounds: 3,
    run: () => mounted(undefined),
    against,
    missing: cannotMount(undefined)?.what,
  },
];
