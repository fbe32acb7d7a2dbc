// The kernel's recorded texts for unit tests: golden/ina3221.json, its key `pure`.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SysError } from '../src/base/errno.js';
import { ROOT } from './sources.js';

/** One recorded call: arguments, `ret`, and results where it went well. */
export type GoldenCall = Readonly<Record<string, unknown>> & { readonly ret: number };

interface Golden {
  readonly pure: Readonly<Record<string, readonly GoldenCall[]>>;
  readonly attribute_lists: Readonly<Record<string, readonly { readonly name: string; readonly mode: string }[]>>;
}

function golden(): Golden {
  return JSON.parse(readFileSync(join(ROOT, 'test/golden/ina3221.json'), 'utf8')) as Golden;
}

/** The recorded calls of a group, which are never none. */
export function goldenCalls<T>(group: string): readonly (GoldenCall & T)[] {
  const calls = golden().pure[group] ?? [];
  if (calls.length === 0) throw new Error(`no calls of ${group}`);
  return calls as readonly (GoldenCall & T)[];
}

/** The recorded files of a driver with their modes, sorted: `name 444`. */
export function goldenFiles(driver: string): readonly string[] {
  const files = golden().attribute_lists[driver] ?? [];
  if (files.length === 0) throw new Error(`no files of ${driver}`);
  return files.map(({ name, mode }) => `${name} ${mode.replace(/^0/, '')}`).sort();
}

/** What a call of ours answers, as it would be recorded: its results, or the error's number. */
export function outcome(call: () => Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  try {
    return { ret: 0, ...call() };
  } catch (e) {
    if (!(e instanceof SysError)) throw e;
    return { ret: e.errno };
  }
}
