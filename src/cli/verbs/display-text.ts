// What `bringup display` prints for people: verdict, board, each mmsys with its paths and the kernel's log, findings.
import { styleText } from 'node:util';
import { ERRNO } from '../../base/errno.js';
import type { PathName } from '../../drivers/mtk-drm/rules.js';
import type { Step, Walk } from '../../drivers/mtk-drm/walk.js';
import type { DtNode } from '../../dt/tree.js';
import type { DisplayFinding } from '../../review/display/finding.js';
import { pathText } from '../../review/display/path-text.js';
import type {
  DisplayForecast,
  DrmForecast,
  MmsysForecast,
  OutputForecast,
  PathForecast,
} from '../../review/display/result.js';
import { hasColours, type Io, oneLine } from '../io.js';
import type { Kernel } from '../../review/display/kernels.js';
import { alignRows } from '../text-table.js';
import { probeLog } from '../../review/display/probe-log.js';
import { logLines } from './display-log.js';
import { boardName, nameOf, errorText, usedPaths, type Verdict, verdicts } from '../../review/display/verdict.js';
import { countsText, findingText } from './finding-text.js';

/** How much is told: `verbose` adds the debug lines of the log, every block of a walk, and counts of references. */
export interface DisplayTextOptions {
  readonly kernel: Kernel;
  readonly verbose: boolean;
}

/** All of it, for a tree with at least one mmsys. Findings stand as they come. */
export function displayText(
  root: DtNode,
  forecast: DisplayForecast,
  findings: readonly DisplayFinding[],
  options: DisplayTextOptions,
  io: Io,
): string {
  const { kernel, verbose } = options;
  const board = [boardName(root), ...root.compatible.slice(0, 1)].join(', ');
  const told = [
    '',
    board,
    `Linux ${kernel.name}${kernel.name === kernel.rules.name ? '' : ` (rules of ${kernel.rules.name})`}`,
    ...forecast.mmsys.flatMap((one) => ['', ...mmsysLines(one, verbose)]),
    ...forecast.drm.flatMap((drm) => drmLines(drm, verbose)),
    ...findings.flatMap((one) => ['', ...findingText(one)]),
    '',
    countsText(findings),
  ];
  // Names and strings come from a tree that anybody may have made: nothing in them reaches the terminal raw.
  return lines([...verdicts(forecast).map((verdict) => verdictLine(verdict, io)), ...told.map(oneLine)]);
}

const PAINT = { works: 'green', fails: 'red', 'no output': 'yellow', 'not driven': 'yellow' } as const;

function verdictLine({ kind, text }: Verdict, io: Io): string {
  return `${hasColours(io) ? styleText(PAINT[kind], kind, { validateStream: false }) : kind}: ${oneLine(text)}`;
}

function mmsysLines(mmsys: MmsysForecast, verbose: boolean): string[] {
  const head = `${mmsys.node.path} (${mmsys.compatible})`;
  if (!mmsys.available) return [`${head}: disabled`];
  const returns = `the probe returns ${errorText(mmsys.probeRet)}`;
  const references = verbose ? [...mmsys.references] : [];
  return [
    `${head}: ${mmsys.hang ? 'the kernel would never return from this probe' : returns}`,
    ...(mmsys.unsetReturn ? [`  the kernel returns a value that it never set; 0 is assumed here`] : []),
    ...alignRows(pathRows(mmsys, verbose)),
    ...references.map(([node, by]) => `  references to ${node.path}: ${by > 0 ? '+' : ''}${by}`),
    ...logLines(probeLog(mmsys), verbose),
  ];
}

function drmLines(drm: DrmForecast, verbose: boolean): string[] {
  const log = logLines(drm.messages, verbose);
  return log.length === 0 ? [] : ['', `${drm.parent.path}: the display as a whole`, ...log];
}

/** Rows of path, source or kind, return code, components. */
function pathRows(mmsys: MmsysForecast, verbose: boolean): string[][] {
  return usedPaths(mmsys).flatMap((path) => [
    [path.name, SOURCE[path.source], path.walk === undefined ? '' : returned(path.walk), arrows(path.ids)],
    ...walkRows(mmsys.node, path, verbose),
    ...mmsys.outputs.filter((output) => output.path === path.name).map(outputRow),
  ]);
}

const SOURCE: Readonly<Record<PathForecast['source'], string>> = {
  graph: 'graph',
  hardcoded: 'built-in',
  none: 'none',
};

function returned({ hang, ret }: Walk): string {
  return hang ? 'endless' : errorText(ret);
}

/** The adaptor is called as everybody calls it, without the DRM_ in front. */
function arrows(ids: readonly number[]): string {
  return ids.length === 0 ? '–' : pathText(ids).replaceAll('DRM_', '');
}

/** How far a walk came that did not end well. Blocks count from 1, as in the findings. */
function walkRows(mmsys: DtNode, { name, walk }: PathForecast, verbose: boolean): string[][] {
  if (walk === undefined) return [];
  const rows = verbose ? walk.steps.map((step, at) => stepRow(mmsys, name, walk.steps, step, at)) : [];
  const note = walk.unsetNext ? [['', 'walked', '', 'the kernel prints a pointer that it never set']] : [];
  if (walk.hang) return [...rows, ...note, ['', 'walked', 'endless', loopText(walk.steps)]];
  if (walk.ret === 0) return rows;
  const last = walk.steps.length - 1;
  const reached = walk.steps.flatMap(({ ret, id }) => (ret === 0 && id !== undefined ? [id] : []));
  const end = walk.steps[last];
  if (end === undefined) return [...rows, ...note];
  const known = reached.length === 0 ? [] : [arrows(reached)];
  const more = walk.truncated ? ['…'] : [];
  const why = end.ret === 0 ? [] : [stepText(mmsys, name, walk.steps, last)];
  return [...rows, ['', 'walked', errorText(end.ret), [...known, ...more, ...why].join(' → ')], ...note];
}

function stepRow(mmsys: DtNode, name: PathName, steps: readonly Step[], step: Step, at: number): string[] {
  return ['', `block ${at + 1}`, errorText(step.ret), stepText(mmsys, name, steps, at)];
}

const NUMBER: Readonly<Record<PathName, number>> = { main: 0, ext: 1, third: 2 };

/** One look-up in words. */
function stepText(mmsys: DtNode, name: PathName, steps: readonly Step[], at: number): string {
  const { endpoint, node, ret, id } = steps[at] as Step;
  const from = at === 0 ? mmsys : steps[at - 1]?.node;
  if (endpoint === undefined) return `no endpoint ${NUMBER[name]} on port ${at === 0 ? 0 : 1} of ${from?.path ?? '?'}`;
  if (node === undefined) return `${endpoint.path} leads nowhere`;
  if (ret === 0) return `${node.path} is ${id === undefined ? '?' : nameOf(id)}`;
  if (ret === -ERRNO.ENODEV) return `${node.path} is disabled`;
  return `${node.path}${quoted(node.compatible[0])} is no component`;
}

function quoted(text: string | undefined): string {
  return text === undefined ? '' : ` (${text})`;
}

/** A circle: the devices up to where it closes. */
function loopText(steps: readonly Step[]): string {
  const seen: DtNode[] = [];
  for (const { node } of steps) {
    if (node === undefined) break;
    if (seen.includes(node)) return [...seen, node].map(({ name }) => name).join(' → ');
    seen.push(node);
  }
  return seen.map(({ name }) => name).join(' → ');
}

function outputRow({ id, node, ret, remote, lookup }: OutputForecast): string[] {
  const name = nameOf(id);
  if (node === undefined) return ['', 'output', '', `${name} is disabled or missing`];
  const port = lookup === 'port1' ? '' : ', found at port 0';
  const behind = remote === undefined ? 'nothing' : `${remote.path}${quoted(remote.compatible[0])}${port}`;
  const end = ret === 0 ? '' : remote === undefined ? '' : ', which is no panel or bridge';
  return ['', 'output', errorText(ret), `${name} → ${behind}${end}`];
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('');
}
