// Network namespaces for tests: two TAPs of this program, each the only network of a namespace of its own.
import { spawnSync } from 'node:child_process';
import { isHindrance } from '../src/host/hindrance.js';
import { loadNative } from '../src/host/native.js';
import { openTapLoop, type TapLoop } from '../src/host/tap.js';
import type { Tap } from '../src/host/tap-device.js';
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
export interface TapSide {
  readonly tap: Tap;
  readonly space: string;
  readonly address: string;
  /** A command line inside, for `runToolBeside('ip', …)`. */
  readonly inside: (...command: readonly string[]) => readonly string[];
}

/** Two sides and their loop. Nothing joins them yet. */
export interface TapPlace {
  readonly loop: TapLoop;
  readonly sides: readonly [TapSide, TapSide];
  close(): Promise<void>;
}

let places = 0;

/** Makes one. Close it, or namespaces stay behind. */
export function tapPlace(mtu: number, beforeBatch?: () => Promise<void>): TapPlace {
  const loop = openTapLoop(loadNative(), { beforeBatch });
  if (isHindrance(loop)) throw new Error(loop.what);
  const number = `${process.pid % 100_000}-${places++}`;
  const sides = [1, 2].map((index) => sideOf(loop, `bt${number}-${index}`, `10.99.0.${index}`, mtu));
  return {
    loop,
    sides: sides as [TapSide, TapSide],
    async close() {
      await loop.close();
      for (const { space } of sides) spawnSync(IP, ['netns', 'del', space]);
    },
  };
}

function sideOf(loop: TapLoop, name: string, address: string, mtu: number): TapSide {
  const tap = loop.open(name);
  if (isHindrance(tap)) throw new Error(`${tap.what}; ${tap.todo}`);
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
