// npm run perf [-- [--once] NAME…]: every benchmark as one table; `--once` measures each a single time, to see that all
// of them run. Started by scripts/perf.mjs from the bundled perf/ folder.
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { median, ONCE, type Row, type Wanted } from './bench.js';

/** What the runner gives itself to measure one row in a process of its own. */
const LINE = '--line';

process.exitCode = await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<number> {
  const only = words.filter((word) => word !== ONCE);
  const most = words.includes(ONCE) ? 1 : Number.POSITIVE_INFINITY;
  if (words[0] === LINE) return oneLine(words.slice(1).join(' '), most);
  print(heading(), '', line(['benchmark', 'figure', 'against', 'ratio', 'wanted', '']), line(Array(6).fill('---')));
  let crashed = 0;
  for (const row of await allRows()) {
    if (only.length > 0 && !only.some((word) => row.name.includes(word))) continue;
    if (row.missing !== undefined) {
      print(line([row.name, `skipped: needs ${row.missing}`, '', '', '', '']));
      continue;
    }
    if (!(row.alone === true ? inOwnProcess(row, words.includes(ONCE)) : await printed(row, most))) crashed++;
  }
  return crashed > 0 ? 1 : 0;
}

/** The line of one row; false when it crashed. */
async function printed(row: Row, most: number): Promise<boolean> {
  try {
    print(line(await cells(row, most)));
    return true;
  } catch (error) {
    print(line([row.name, `crashed: ${error instanceof Error ? error.message : String(error)}`, '', '', '', '']));
    return false;
  }
}

function inOwnProcess({ name }: Row, once: boolean): boolean {
  const words = [LINE, ...name.split(' '), ...(once ? [ONCE] : [])];
  const args = [...process.execArgv, ...process.argv.slice(1, 2), ...words];
  return spawnSync(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
}

async function oneLine(words: string, most: number): Promise<number> {
  const name = words.replace(` ${ONCE}`, '');
  const row = (await allRows()).find((one) => one.name === name);
  return row !== undefined && (await printed(row, most)) ? 0 : 1;
}

/** The rows of every `*.perf.js` beside this file. */
async function allRows(): Promise<Row[]> {
  const folder = fileURLToPath(new URL('.', import.meta.url));
  const files = readdirSync(folder).filter((file) => file.endsWith('.perf.js'));
  const rows: Row[] = [];
  for (const file of files.sort()) {
    const loaded = (await import(new URL(file, import.meta.url).href)) as { rows: readonly Row[] };
    rows.push(...loaded.rows);
  }
  return rows;
}

/** Measures in turns, so that whatever else the machine does meets both sides alike. */
async function cells({ name, unit, rounds = 1, run, against, wanted }: Row, most: number): Promise<string[]> {
  const mine: number[] = [];
  const other: number[] = [];
  for (let round = 0; round < Math.min(rounds, most); round++) {
    mine.push(await run());
    if (against !== undefined) other.push(await against.run());
  }
  const figure = median(mine);
  const base = against === undefined ? undefined : median(other);
  const ratio = base === undefined ? undefined : figure / base;
  return [
    name,
    `${short(figure)} ${unit}`,
    against === undefined || base === undefined ? '' : `${against.name} ${short(base)} ${unit}`,
    ratio === undefined ? '' : short(ratio),
    wanted === undefined ? '' : bound(wanted, unit),
    wanted === undefined ? '' : judged(wanted, wanted.of === 'ratio' ? ratio : figure),
  ];
}

function bound({ of, atMost, atLeast }: Wanted, unit: string): string {
  const most = atMost === undefined ? [] : [`<= ${short(atMost)}`];
  const least = atLeast === undefined ? [] : [`>= ${short(atLeast)}`];
  const bounds = [...most, ...least].join(', ');
  return of === 'ratio' ? `ratio ${bounds}` : `${bounds} ${unit}`;
}

function judged({ atMost, atLeast }: Wanted, value: number | undefined): string {
  if (value === undefined) return 'nothing to compare with';
  if (atMost !== undefined && value > atMost) return 'over';
  return atLeast !== undefined && value < atLeast ? 'under' : 'ok';
}

/** Three digits are what a measurement carries. */
function short(value: number): string {
  return value >= 1000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
}

function heading(): string {
  const [cpu] = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  const machine = `${cpus().length} x ${cpu?.model.trim() ?? 'unknown processor'}, ${memory}`;
  return `${machine}; node ${process.version}; ${process.platform} ${process.arch}; commit ${commit()}`;
}

function commit(): string {
  try {
    const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8', stdio: 'pipe' }).trim();
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain') === '' ? '' : ' with changes');
  } catch {
    return 'unknown';
  }
}

function line(columns: readonly string[]): string {
  return `| ${columns.join(' | ')} |`;
}

function print(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
