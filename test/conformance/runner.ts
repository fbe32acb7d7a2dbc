// Runs families over the vector files of a folder and counts. Knows no family by name.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context, Family, Vector, Verdict } from './family.js';

/** What became of a family's vectors. */
export interface Tally {
  readonly family: string;
  readonly passed: number;
  /** Names by the id of the documented deviation. */
  readonly deviations: ReadonlyMap<string, readonly string[]>;
  readonly failed: readonly { readonly name: string; readonly why: string }[];
  /** Names by what is not at hand. */
  readonly skipped: ReadonlyMap<string, readonly string[]>;
}

/** The vectors of every family in the folder's `.json` files, and the files that no family knows. */
export function collect(dir: string, families: readonly Family[]): { found: Map<Family, Vector[]>; unknown: string[] } {
  const found = new Map<Family, Vector[]>();
  const unknown: string[] = [];
  for (const file of readdirSync(dir).sort()) {
    if (!file.endsWith('.json')) continue;
    const json = JSON.parse(readFileSync(join(dir, file), 'utf8')) as unknown;
    const hits = families.flatMap((family) => {
      const vectors = family.pick(json);
      return vectors === undefined ? [] : [{ family, vectors }];
    });
    if (hits.length === 0) unknown.push(file);
    for (const { family, vectors } of hits) found.set(family, [...(found.get(family) ?? []), ...vectors]);
  }
  return { found, unknown };
}

/** Judges all vectors of one family. A family that throws has failed that vector. */
export async function tally(family: Family, vectors: readonly Vector[], context: Context): Promise<Tally> {
  const deviations = new Map<string, string[]>();
  const skipped = new Map<string, string[]>();
  const failed: { name: string; why: string }[] = [];
  let passed = 0;
  for (const vector of vectors) {
    const result = await judge(family, vector, context);
    if (result.kind === 'passed') passed++;
    else if (result.kind === 'deviation') note(deviations, result.id, vector.name);
    else if (result.kind === 'skipped') note(skipped, result.why, vector.name);
    else failed.push({ name: vector.name, why: result.why });
  }
  return { family: family.name, passed, deviations, failed, skipped };
}

async function judge(family: Family, vector: Vector, context: Context): Promise<Verdict> {
  if (family.judge === undefined) return { kind: 'failed', why: 'the family has no judge' };
  try {
    return await family.judge(vector, context);
  } catch (error) {
    return { kind: 'failed', why: `thrown: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function note(map: Map<string, string[]>, key: string, name: string): void {
  map.set(key, [...(map.get(key) ?? []), name]);
}

const SHOWN = 20;
const total = (map: ReadonlyMap<string, readonly string[]>): number => {
  return [...map.values()].reduce((sum, names) => sum + names.length, 0);
};

/** A family's lines: the counts, then deviations by id, what was skipped and why, and the failures. */
export function report(one: Tally): string[] {
  const skips = total(one.skipped) === 0 ? '' : `, ${total(one.skipped)} skipped`;
  const counts = `${one.passed} passed, ${total(one.deviations)} by documented deviation, ${one.failed.length} failed`;
  return [
    `${one.family}: ${counts}${skips}`,
    ...[...one.deviations].map(([id, names]) => `  ${id}: ${names.length} (${few(names)})`),
    ...[...one.skipped].map(([why, names]) => `  skipped, ${why}: ${names.join(', ')}`),
    ...one.failed.slice(0, SHOWN).map(({ name, why }) => `  FAILED ${name}: ${why}`),
    ...(one.failed.length > SHOWN ? [`  … and ${one.failed.length - SHOWN} more failures`] : []),
  ];
}

const few = (names: readonly string[]): string => {
  return names.length <= SHOWN ? names.join(', ') : `${names.slice(0, SHOWN).join(', ')}, … (${names.length})`;
};

/** The last line. A documented deviation counts as passed: its rule demanded this result. */
export function sumLine(tallies: readonly Tally[]): string {
  const passed = tallies.reduce((sum, one) => sum + one.passed + total(one.deviations), 0);
  return `${passed} passed, ${tallies.reduce((sum, one) => sum + one.failed.length, 0)} failed`;
}
