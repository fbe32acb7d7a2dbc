// A program of the board writes a number into a file of a hwmon device, as `echo 2000 > curr1_max` does.
import type { Instant } from '../base/clock.js';
import { type Errno, SysError } from '../base/errno.js';
import type { Bench } from '../bench/bench.js';
import { InputError } from './input-error.js';
import { parseSetting } from './machine.js';

/** A write that the device did not take. */
export interface RefusedWrite {
  readonly at: Instant;
  /** Path of the device, file and number. */
  readonly path: string;
  readonly file: string;
  readonly value: number;
  /** The kernel's word, and the whole message. */
  readonly error: Errno;
  readonly message: string;
}

/**
 * Writes as soon as time passes: `DEVICE:FILE=VALUE`. InputError where there is no such file. What the device does not
 * take is told to `refused`.
 */
export function writeFile(bench: Bench, words: string, refused: (write: RefusedWrite) => void): void {
  const { node, knob: file, value } = parseSetting(bench.tree, words, 'write');
  const hwmon = bench.core.classDevices('hwmon').find(({ parent }) => parent.ofNode === node);
  if (hwmon === undefined) {
    const there = bench.core.classDevices('hwmon').map(({ parent }) => parent.path);
    throw new InputError(`write ${words}`, `no hwmon device at ${node.path}`, `there is ${there.join(', ') || 'none'}`);
  }
  const { sysfs } = hwmon;
  const attribute = sysfs.attributes.get(file);
  if (attribute?.store === undefined) {
    const there = [...sysfs.attributes.values()].flatMap(({ name, store }) => (store === undefined ? [] : name));
    throw new InputError(`write ${words}`, `${file} cannot be written`, `there are ${there.join(', ') || 'none'}`);
  }
  const { clock } = bench;
  const tell = (error: unknown): void => {
    // Nobody waits for the write; a mistake of ours is thrown where time passes.
    if (!(error instanceof SysError)) throw error;
    refused({ at: clock.now(), path: node.path, file, value, error: error.code, message: error.message });
  };
  clock.after(0, () => {
    sysfs.write(file, `${value}\n`).catch((error: unknown) => clock.after(0, () => tell(error)));
  });
}
