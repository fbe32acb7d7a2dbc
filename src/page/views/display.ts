// The display: what a release of Linux makes of the tree's pipelines, what is wrong with them, and what the running
// machine has.
import { type AbsentDisplay, absentDisplays, type Display, readDisplays } from '../../abi/displays.js';
import { formatPosition, type Severity } from '../../base/diagnostic.js';
import type { NodeState } from '../../bench/report.js';
import type { KernelLine } from '../../drivers/mtk-drm/walk.js';
import type { DtTree } from '../../dt/tree.js';
import type { DisplayFinding } from '../../review/display/finding.js';
import { forecastDisplay } from '../../review/display/forecast.js';
import { DEFAULT_KERNEL, type Kernel, OFFERED_KERNELS, parseKernel } from '../../review/display/kernels.js';
import { lintDisplay } from '../../review/display/lint.js';
import { displayPicture } from '../../review/display/picture.js';
import type { Picture } from '../../review/display/picture-types.js';
import { probeLog } from '../../review/display/probe-log.js';
import { errorText, type Verdict, verdicts } from '../../review/display/verdict.js';
import { inOrder } from '../../review/finding-order.js';
import { DISPLAY_DRIVERS } from '../../stock/catalogue.js';
import { InputError } from '../../stock/input-error.js';
import { DeviceLog } from '../device-log.js';
import type { Args } from '../protocol.js';
import type { View, ViewKind, ViewParts } from '../view.js';

/** A finding of a rule, with the place where it was written. */
export interface DisplayNote {
  /** As in the picture, from 1. */
  readonly number: number;
  readonly severity: Severity;
  readonly rule: string;
  readonly text: string;
  readonly suggestion: string;
  /** The kernel's own lines about it, word for word. */
  readonly kernel: readonly string[];
  /** Path of the node. */
  readonly where: string;
  /** `file:line`, and behind it the macros that wrote it; empty for a blob. */
  readonly at: readonly string[];
}

/** The kernel's log of one probe, and how that ends. */
export interface ProbeLog {
  readonly path: string;
  readonly returns: string;
  readonly lines: readonly KernelLine[];
}

/** What a release makes of the tree. */
export interface DisplayReading {
  /** As it was asked for: `v6.18`. */
  readonly kernel: string;
  /** The release whose rules those are. */
  readonly rules: string;
  readonly offered: readonly string[];
  readonly verdicts: readonly Verdict[];
  readonly picture: Picture;
  readonly logs: readonly ProbeLog[];
  readonly findings: readonly DisplayNote[];
}

/** What the view shows. */
export interface DisplayState extends DisplayReading {
  /** The displays that this machine has, or who would make one and has not. */
  readonly displays: readonly Display[];
  readonly absent: readonly AbsentDisplay[];
  /** Where the devices of the picture stand on this machine, by path. */
  readonly states: Readonly<Record<string, NodeState>>;
}

/** The view. `kernel` is a release in words; the newest where it is left out. */
export const display: ViewKind = { watch: (parts, args) => new DisplayView(parts, kernelOf(args)) };

function kernelOf(args: Args): Kernel {
  const text = String(args['kernel'] ?? '');
  const kernel = text === '' ? DEFAULT_KERNEL : parseKernel(text);
  if (typeof kernel === 'string') throw new InputError(`kernel ${text}`, 'this is no release', kernel);
  return kernel;
}

class DisplayView implements View {
  readonly #parts: ViewParts;
  readonly #log: DeviceLog;
  readonly #kernel: Kernel;
  #reading: DisplayReading | undefined;
  #told = -1;

  constructor(parts: ViewParts, kernel: Kernel) {
    this.#parts = parts;
    this.#kernel = kernel;
    this.#log = parts.deviceLog ?? new DeviceLog(parts.bench.trace, []);
  }

  state(): DisplayState | undefined {
    if (this.#log.changes === this.#told) return undefined;
    this.#told = this.#log.changes;
    const { bench } = this.#parts;
    // The tree does not change: it is read once.
    this.#reading ??= readDisplay(bench.tree, this.#kernel);
    const reports = bench.report();
    const displays = readDisplays(bench.core);
    const paths = new Set(
      this.#reading.picture.sections.flatMap(({ rows }) => rows.flatMap(({ boxes }) => boxes.map(({ path }) => path))),
    );
    const shown = reports.filter(({ path }) => paths.has(path));
    return {
      ...this.#reading,
      displays,
      absent: displays.length > 0 ? [] : absentDisplays(reports, DISPLAY_DRIVERS),
      states: Object.fromEntries(shown.map(({ path, state }) => [path, state])),
    };
  }

  close(): void {
    if (this.#log !== this.#parts.deviceLog) this.#log.close();
  }
}

/** What a release makes of a tree, without running it. */
export function readDisplay(tree: DtTree, kernel: Kernel): DisplayReading {
  const forecast = forecastDisplay(tree, kernel.rules);
  const findings = inOrder(lintDisplay(tree, forecast));
  const { name } = kernel;
  return {
    kernel: name,
    rules: kernel.rules.name,
    offered: OFFERED_KERNELS.includes(name) ? OFFERED_KERNELS : [name, ...OFFERED_KERNELS],
    verdicts: verdicts(forecast),
    picture: displayPicture(tree, forecast, findings, name),
    logs: forecast.mmsys.map((mmsys) => ({
      path: mmsys.node.path,
      returns: !mmsys.available ? 'not probed' : mmsys.hang ? 'never returns' : errorText(mmsys.probeRet),
      lines: probeLog(mmsys),
    })),
    findings: findings.map(noteOf),
  };
}

function noteOf(finding: DisplayFinding, index: number): DisplayNote {
  const { severity, rule, text, suggestion = '', kernel, node, at, via = [] } = finding;
  const macros = via
    .filter(({ kind }) => kind === 'macro')
    .map((one) => `in macro ${one.name} at ${formatPosition(one.at)}`);
  const places = at === undefined ? [] : [formatPosition(at), ...macros];
  return { number: index + 1, severity, rule, text, suggestion, kernel, where: node.path, at: places };
}
