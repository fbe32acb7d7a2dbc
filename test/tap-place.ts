// Network namespaces for tests: two TAPs of this program, each the only network of a namespace of its own.
import { spawnSync } from 'node:child_process';
import { type Hindrance, isHindrance } from '../src/host/hindrance.js';
import { loadNative } from '../src/host/native.js';
import { openTapLoop, type TapLoop } from '../src/host/tap.js';
import type { Tap } from '../src/host/tap-device.js';
import type { OffloadTap } from '../src/host/tap-offload.js';
import { outputOf } from './tools.js';

const IP = 'ip';
const UNSHARE = 'unshare';

/** Why tests with TAPs cannot run here; undefined when they can. */
export function cannotTap(): string | undefined {
  if (process.getuid?.() !== 0) return 'they need root';
  if (loadNative() === undefined) return 'koffi is not installed';
  const tried = spawnSync(UNSHARE, ['-n', 'sh', '-c', 'exec 3<>/dev/net/tun'], { encoding: 'utf8' });
  if (tried.status !== 0) return `network namespaces or /dev/net/tun are not permitted: ${tried.stderr.trim()}`;
  const named = `bringup-try-${process.pid}`;
  if (spawnSync(IP, ['netns', 'add', named]).status !== 0) return 'ip netns add is not permitted';
  spawnSync(IP, ['netns', 'del', named]);
  return undefined;
}

/** A side: its TAP, its namespace, its address. */
export interface TapSide<T = Tap> {
  readonly tap: T;
  readonly space: string;
  readonly address: string;
  /** A command line inside, for `runToolBeside('ip', …)`. */
  readonly inside: (...command: readonly string[]) => readonly string[];
}

/** Two sides and their loop. Nothing joins them yet. */
export interface TapPlace<T = Tap> {
  readonly loop: TapLoop;
  readonly sides: readonly [TapSide<T>, TapSide<T>];
  close(): Promise<void>;
}

type Open<T> = (loop: TapLoop, name: string) => T | Hindrance;

let places = 0;

/** Makes one. Close it, or namespaces stay behind. */
export function tapPlace(mtu: number, beforeBatch?: () => Promise<void>): TapPlace {
  return placeOf(mtu, beforeBatch, (loop, name) => loop.open(name));
}

/** The same with TAPs whose stacks leave large frames and checksums to us. */
export function offloadPlace(mtu: number, beforeBatch?: () => Promise<void>): TapPlace<OffloadTap> {
  return placeOf(mtu, beforeBatch, (loop, name) => loop.open(name, { offload: true }));
}

function placeOf<T extends object>(
  mtu: number,
  beforeBatch: (() => Promise<void>) | undefined,
  open: Open<T>,
): TapPlace<T> {
  const loop = openTapLoop(loadNative(), { beforeBatch });
  if (isHindrance(loop)) throw new Error(loop.what);
  const number = `${process.pid % 100_000}-${places++}`;
  const side = (index: number): TapSide<T> => {
    const name = `bt${number}-${index}`;
    const tap = open(loop, name);
    if (isHindrance(tap)) throw new Error(`${tap.what}; ${tap.todo}`);
    return sideOf(tap, name, `10.99.0.${index}`, mtu);
  };
  const sides = [side(1), side(2)] as const;
  return {
    loop,
    sides,
    async close() {
      await loop.close();
      for (const { space } of sides) spawnSync(IP, ['netns', 'del', space]);
    },
  };
}

function sideOf<T>(tap: T, name: string, address: string, mtu: number): TapSide<T> {
  const inside = (...command: readonly string[]): readonly string[] => ['netns', 'exec', name, ...command];
  outputOf('ip', ['netns', 'add', name]);
  outputOf('ip', ['link', 'set', name, 'netns', name]);
  outputOf('ip', ['-n', name, 'link', 'set', 'lo', 'up']);
  outputOf('ip', ['-n', name, 'addr', 'add', `${address}/24`, 'dev', name]);
  outputOf('ip', ['-n', name, 'link', 'set', name, 'mtu', String(mtu), 'up']);
  return { tap, space: name, address, inside };
}

/** The yardstick: what comes in on one side goes out on the other, and nothing else is done with it. */
export function forwardPlainly(a: Tap, b: Tap): void {
  a.listen((frame) => b.send(frame));
  b.listen((frame) => a.send(frame));
}
