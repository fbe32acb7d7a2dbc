// The judge of the INA3221's recordings: it lets through what is recorded or right by a rule, and nothing else.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ROOT } from '../../sources.js';
import type { Verdict } from '../family.js';
import { type Case, type Outcome, readCase } from './case.js';
import { judge } from './right.js';
import { rightHwmon } from './right-hwmon.js';
import { rightSeed } from './right-seed.js';
import { type Result, runCase } from './run-case.js';

const { cases } = JSON.parse(readFileSync(`${ROOT}/test/golden/ina3221.json`, 'utf8')) as {
  readonly cases: readonly { readonly name: string }[];
};

function caseOf(name: string): Case {
  return readCase(cases.find((one) => one.name === name));
}

const right = (one: Case) => (one.family === 'seed' ? rightSeed(one) : rightHwmon(one));

async function judged(name: string, change: (result: Result) => Partial<Outcome> = () => ({})): Promise<Verdict> {
  const one = caseOf(name);
  const result = await runCase(one);
  return judge(one, { ...result, outcome: { ...result.outcome, ...change(result) } }, right(one));
}

test('the recorded result passes, the right one is a deviation under its id', async () => {
  expect(await judged('read-shunt1-8000')).toEqual({ kind: 'passed' });
  expect(await judged("limit-write-'4096'")).toEqual({ kind: 'deviation', id: 'ina3221-D3' });
});

test('a mistake of the original, made again, fails', async () => {
  for (const name of ['oversampling-write-4', 'in4-shunt-uV-0008', 'crit-read-after-powerdown-lies']) {
    const one = caseOf(name);
    const { expected, chipBefore, cacheBefore } = one;
    const verdict = judge(one, { chipBefore, cacheBefore, before: [], outcome: expected }, right(one));
    expect(verdict.kind).toBe('failed');
  }
});

test.each<[string, (result: Result) => Partial<Outcome>]>([
  ['in1-0008', () => ({ text: '9\n' })],
  ['in1-0008', ({ outcome }) => ({ bus: [...outcome.bus, ['r', 0x02, 8]] })],
  ['curr1-crit-readback-quantised', () => ({ cache: new Map() })],
  ["samples-write-'9'", ({ outcome }) => ({ chip: new Map([...outcome.chip, [0, 0x7127]]) })],
  ["samples-write-'9'", () => ({ ret: 0 })],
  ["limit-write-'4096'", () => ({ ret: -34 })],
  ['oversampling-write-4', () => ({ bus: [['w', 0, 0x7527]] })],
  ['enable-first-after-powerdown-loses-limits', ({ outcome }) => ({ bus: outcome.bus.filter(([, reg]) => reg !== 7) })],
  ['enable-any-nonzero', () => ({ sleptUs: 0 })],
  ['probe-no-dt', () => ({ summationShunt: 0 })],
])('%s fails with another result', async (name, change) => {
  expect((await judged(name, change)).kind).toBe('failed');
});
