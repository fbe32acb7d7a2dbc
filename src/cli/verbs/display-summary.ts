// `bringup display DIR --summary`: every tree below a folder as one row.
import { relative } from 'node:path';
import { hasErrors } from '../../base/diagnostic.js';
import { forecastDisplay } from '../../review/display/forecast.js';
import { lintDisplay } from '../../review/display/lint.js';
import { filesBelow } from '../../host/folder.js';
import { type Io, oneLine, percentage, writeJson } from '../io.js';
import type { Kernel } from '../../review/display/kernels.js';
import { type ExitCode, Refusal } from '../refusal.js';
import { alignRows, counted } from '../text-table.js';
import { readTree, type TreeOptions } from '../tree-file.js';
import { type Verdict, verdicts } from '../../review/display/verdict.js';
import { inOrder } from '../../review/finding-order.js';

/** What one file came to. `no display` has no mmsys; `unreadable` is no tree, or one with errors. */
type Result = 'unreadable' | 'no display' | Verdict['kind'];

/** The order of the rows: what most people look for stands last, next to the totals. */
const RESULTS: readonly Result[] = ['no display', 'not driven', 'unreadable', 'no output', 'works', 'fails'];

interface Row {
  /** The file, as a path below the folder. */
  readonly board: string;
  readonly mmsys: number;
  /** At least one mmsys has a graph. */
  readonly graph: boolean;
  readonly result: Result;
  /** The first error in words, or the verdict; empty for a display that works without one. */
  readonly why: string;
}

interface Options extends TreeOptions {
  readonly kernel: Kernel;
  readonly verbose?: true | undefined;
  readonly json?: true | undefined;
}

/** Reads them all, and prints the table or its document. Exit code 1: one fails, or cannot be read. */
export async function summary(folder: string, options: Options, io: Io): Promise<ExitCode> {
  const { paths, complete } = filesBelow(io.cwd, folder, (name) => /\.(dtb|dts)$/.test(name));
  if (paths.length === 0) throw new Refusal(2, folder, 'there is no *.dtb or *.dts below it', 'name another folder');
  if (!complete) io.stderr.write(`bringup: ${oneLine(folder)}: there is too much below it; the rest is left out\n`);
  const tell = percentage(io, 'reading');
  const rows: Row[] = [];
  for (const path of paths) {
    rows.push(await rowOf(io, path, relative(folder, path), options));
    tell(rows.length / paths.length);
  }
  rows.sort((a, b) => RESULTS.indexOf(a.result) - RESULTS.indexOf(b.result)); // stable: by name within a result
  if (options.json === true) writeJson(io, documentOf(folder, rows, options.kernel));
  else io.stdout.write(tableText(rows, options));
  return rows.some(({ result }) => result === 'fails' || result === 'unreadable') ? 1 : 0;
}

async function rowOf(io: Io, path: string, board: string, options: Options): Promise<Row> {
  const empty = { board, mmsys: 0, graph: false };
  const tree = await treeOrReason(io, path, options);
  if (typeof tree === 'string') return { ...empty, result: 'unreadable', why: tree };
  const forecast = forecastDisplay(tree, options.kernel.rules);
  if (forecast.mmsys.length === 0) return { ...empty, result: 'no display', why: '' };
  const all = verdicts(forecast);
  const worst = RESULTS.findLast((result) => all.some(({ kind }) => kind === result)) ?? 'not driven';
  const [error] = inOrder(lintDisplay(tree, forecast)).filter(({ severity }) => severity === 'error');
  const verdict = worst === 'works' ? '' : (all.find(({ kind }) => kind === worst)?.text ?? '');
  return {
    board,
    mmsys: forecast.mmsys.length,
    graph: forecast.mmsys.some(({ graphPresent }) => graphPresent),
    result: worst,
    why: error?.text ?? verdict,
  };
}

async function treeOrReason(io: Io, path: string, options: Options) {
  try {
    const { tree, diagnostics } = await readTree(io, path, options);
    if (tree !== undefined && !hasErrors(diagnostics)) return tree;
    const first = diagnostics.find(({ severity }) => severity === 'error');
    const place = first?.at === undefined ? '' : `${first.at.file}:${first.at.line}: `;
    return `${place}${first?.text ?? 'this is no devicetree'}`;
  } catch (e) {
    if (e instanceof Refusal) return e.message.slice(path.length + 2);
    throw e;
  }
}

/** The table. Trees that the question is not about have rows only when all is asked for. */
function tableText(rows: readonly Row[], { kernel, verbose }: Options): string {
  const shown = verbose === true ? rows : rows.filter(({ result }) => result !== 'no display');
  const cells = shown.map(({ board, mmsys, graph, result, why }) => [
    board,
    String(mmsys),
    graph ? 'graph' : '',
    result,
    why,
  ]);
  const table = alignRows([['board', 'mmsys', 'graph', 'result', 'why'], ...cells], '', 80);
  const { boards, withDisplay, withGraph, results } = totalsOf(rows);
  const counts = RESULTS.toReversed().flatMap((result) =>
    result === 'no display' || results[result] === undefined ? [] : [`${results[result]} ${WORDS[result]}`],
  );
  const left = rows.length - shown.length;
  const hidden = left > 0 ? `; ${left} without one not listed, see --verbose` : '';
  const total = [
    `${counted(boards, 'board')}: ${withDisplay} with a MediaTek display, ${withGraph} with graphs${hidden}`,
    `Linux ${kernel.name}: ${counts.length === 0 ? 'nothing to drive' : counts.join(', ')}`,
  ];
  const head = shown.length === 0 ? [] : [...table.map(oneLine), ''];
  return [...head, ...total].map((line) => `${line}\n`).join('');
}

/** The results behind a number. */
const WORDS: Readonly<Record<Result, string>> = {
  fails: 'failing',
  works: 'working',
  'no output': 'without an enabled output',
  'not driven': 'not driven',
  unreadable: 'unreadable',
  'no display': 'without display',
};

interface Totals {
  readonly boards: number;
  readonly withDisplay: number;
  readonly withGraph: number;
  /** How many there are of each result that occurs. */
  readonly results: Readonly<Partial<Record<Result, number>>>;
}

function totalsOf(rows: readonly Row[]): Totals {
  const results: Partial<Record<Result, number>> = {};
  for (const { result } of rows) results[result] = (results[result] ?? 0) + 1;
  return {
    boards: rows.length,
    withDisplay: rows.filter(({ mmsys }) => mmsys > 0).length,
    withGraph: rows.filter(({ graph }) => graph).length,
    results,
  };
}

function documentOf(folder: string, rows: readonly Row[], { name, rules }: Kernel): object {
  return { kernel: name, rules: rules.name, folder, boards: rows, totals: totalsOf(rows) };
}
