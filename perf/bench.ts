// What a benchmark module exports, and the ways to measure. A figure is one number with its unit.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { measure } from 'mitata';

/** What `--once` asks for: everything is to run, figures do not matter. */
export const ONCE = '--once';
/** Whether it was asked for: nothing needs to be warm then. */
export const HURRIES: boolean = process.argv.includes(ONCE);

/** A bound that was asked for. Being over it is information, never a failure. */
export interface Wanted {
  /** What is bounded: the figure itself, or figure / against. */
  readonly of: 'figure' | 'ratio';
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** One line of the table. `run` and `against.run` are called in turns, `rounds` times each; the medians count. */
export interface Row {
  readonly name: string;
  readonly unit: string;
  readonly rounds?: number;
  run(): number | Promise<number>;
  readonly against?: { readonly name: string; run(): number | Promise<number> };
  readonly wanted?: Wanted;
  /** Measured in a process of its own: what rows before it have taught the engine would be in its way. */
  readonly alone?: true;
  /** What the row cannot be measured without and is not here, in words; undefined when all is at hand. */
  readonly missing?: string | undefined;
}

/** The middle of the values; of two middle ones the higher. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Milliseconds from start to end of a child process, its output thrown away. Throws when it fails. */
export function childMs(command: string, args: readonly string[]): number {
  const began = performance.now();
  const { status, error } = spawnSync(command, args, { stdio: 'ignore' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? `exit code ${status}`}`);
  return performance.now() - began;
}

/** Nanoseconds per call: the median of mitata's samples. Let the function return its result, or the engine drops it. */
export async function nsPerCall(run: () => unknown): Promise<number> {
  const { p50 } = await measure(run, { min_cpu_time: 200_000_000 });
  return p50;
}

/** Milliseconds per call, the median of `count` calls after two that do not count. */
export function msWarm(run: () => unknown, count: number): number {
  for (let i = 0; i < 2; i++) run();
  const times = Array.from({ length: count }, () => {
    const began = performance.now();
    run();
    return performance.now() - began;
  });
  return median(times);
}

/** Operations per second of a loop that does `count` of them, after a tenth of it that does not count. */
export async function perSecond(loop: (count: number) => unknown, count: number): Promise<number> {
  await loop(Math.ceil(count / 10));
  const began = performance.now();
  await loop(count);
  return (count / (performance.now() - began)) * 1000;
}

/** What `npm run corpus` fetched. Paths count from the project's root, where the runner starts. */
export const CORPUS: string = join('.cache', 'corpus');

/**
 * A path of the reference folder (BRINGUP_CORPUS, or `shared` beside the project), or undefined when it is not there.
 */
export function inReference(path: string): string | undefined {
  const found = join(process.env['BRINGUP_CORPUS'] ?? join('..', 'shared'), path);
  return existsSync(found) ? found : undefined;
}
