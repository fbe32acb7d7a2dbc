// npm run soak -- [--seed S] [--only NAME] [--fraction 0.01]: every scenario of test/soak with many seeds.
// A scenario's run throws on a finding; the line printed then repeats exactly that run.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { ROOT } from './sources.js';

/** One scenario: its name, how many seeds a full run takes, and one run. `run` throws when it found something. */
export interface Scenario {
  readonly name: string;
  readonly total: number;
  run(seed: string): void | Promise<void>;
  /** What all runs together have shown; printed behind the counts. */
  summary?(): readonly string[];
}

interface Options {
  readonly seed: string | undefined;
  readonly only: string | undefined;
  readonly fraction: number;
}

const FINDINGS_SHOWN = 5;
const USAGE = 'usage: npm run soak -- [--seed S] [--only NAME] [--fraction 0.01]';

process.exitCode = await main();

async function main(): Promise<number> {
  const options = readOptions();
  if (typeof options === 'string') return wrong(options);
  const all = await scenarios();
  const chosen = all.filter(({ name }) => options.only === undefined || name === options.only);
  if (options.only !== undefined && chosen.length === 0) {
    return wrong(`no scenario ${options.only}; there are: ${all.map(({ name }) => name).join(', ') || 'none'}`);
  }
  let passed = 0;
  let failed = 0;
  for (const scenario of chosen) {
    const result = await soak(scenario, options);
    passed += result.passed;
    failed += result.failed;
  }
  print(`${passed} passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
}

/** The scenarios of every module of the folder, in the order of their file names. */
async function scenarios(): Promise<Scenario[]> {
  const folder = join(ROOT, 'test/soak');
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  const modules = files.sort().map((file) => import(pathToFileURL(join(folder, file)).href));
  const loaded = (await Promise.all(modules)) as { scenarios?: readonly Scenario[] }[];
  return loaded.flatMap(({ scenarios: list }) => list ?? []);
}

async function soak(scenario: Scenario, options: Options): Promise<{ passed: number; failed: number }> {
  const { name, total } = scenario;
  const began = performance.now();
  const seeds = options.seed === undefined ? seedsOf(name, Math.ceil(total * options.fraction)) : [options.seed];
  let failed = 0;
  for (const seed of seeds) {
    try {
      await scenario.run(seed);
    } catch (error) {
      failed++;
      if (failed <= FINDINGS_SHOWN) printFinding(name, seed, error);
    }
  }
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  print(`${name}: ${seeds.length - failed} passed, ${failed} failed of ${total} seeds in a full run, ${seconds} s`);
  print(...(scenario.summary?.() ?? []));
  return { passed: seeds.length - failed, failed };
}

/** Seeds have names that tell where they come from; the same ones in every run. */
function seedsOf(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${name}-${index}`);
}

function printFinding(name: string, seed: string, error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  print(`FOUND ${name} with seed ${seed}: ${text}`, `  again: npm run soak -- --only ${name} --seed ${seed}`);
}

function readOptions(): Options | string {
  try {
    const { values } = parseArgs({
      options: { seed: { type: 'string' }, only: { type: 'string' }, fraction: { type: 'string', default: '1' } },
    });
    const fraction = Number(values.fraction);
    if (!(fraction > 0 && fraction <= 1)) return `--fraction ${values.fraction} is not above 0 and up to 1`;
    return { seed: values.seed, only: values.only, fraction };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function wrong(text: string): number {
  process.stderr.write(`soak: ${text}\n${USAGE}\n`);
  return 2;
}

function print(...lines: readonly string[]): void {
  if (lines.length === 0) return;
  process.stdout.write(`${lines.join('\n')}\n`);
}
