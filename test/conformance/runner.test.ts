import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Family, named, records, type Verdict } from './family.js';
import { collect, report, sumLine, tally } from './runner.js';

const VERDICTS: Readonly<Record<string, Verdict>> = {
  good: { kind: 'passed' },
  known: { kind: 'deviation', id: 'apr-W2' },
  away: { kind: 'skipped', why: 'its tree is not at hand' },
  wrong: { kind: 'failed', why: '1 is not 2' },
};
const family: Family = {
  name: 'sample',
  pick: (json) => named(records(json, 'verdict'), 'name'),
  judge: ({ data }) => {
    const result = VERDICTS[(data as { verdict: string }).verdict];
    if (result === undefined) throw new Error('boom');
    return result;
  },
};

test('each verdict is counted, a deviation by its id, and what throws has failed', async () => {
  const vectors = ['good', 'known', 'away', 'wrong', 'other'].map((verdict) => ({
    name: `v-${verdict}`,
    data: { verdict },
  }));
  const result = await tally(family, vectors, { dir: '.', corpus: [] });
  expect(report(result)).toEqual([
    'sample: 1 passed, 1 by documented deviation, 2 failed, 1 skipped',
    '  apr-W2: 1 (v-known)',
    '  skipped, its tree is not at hand: v-away',
    '  FAILED v-wrong: 1 is not 2',
    '  FAILED v-other: thrown: boom',
  ]);
  expect(sumLine([result])).toBe('2 passed, 2 failed');
});

test('files are known by their keys, not by their names', () => {
  const dir = mkdtempSync(join(tmpdir(), 'bringup-conformance-'));
  try {
    writeFileSync(join(dir, 'any.json'), '[{"name":"a","verdict":"good"},{"name":"b","verdict":"good"}]');
    writeFileSync(join(dir, 'else.json'), '[{"name":"a"}]');
    const { found, unknown } = collect(dir, [family]);
    expect([...found.values()].map((vectors) => vectors.map(({ name }) => name))).toEqual([['a', 'b']]);
    expect(unknown).toEqual(['else.json']);
  } finally {
    rmSync(dir, { recursive: true });
  }
});
