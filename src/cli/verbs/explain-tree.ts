// Where in a tree a kernel line comes from: the forecast prints the same line, and a finding tells why.
import type { DisplayFinding } from '../../review/display/finding.js';
import { forecastDisplay } from '../../review/display/forecast.js';
import { lintDisplay } from '../../review/display/lint.js';
import type { Io } from '../io.js';
import type { Kernel } from '../../review/display/kernels.js';
import { loadTree, type TreeOptions } from '../tree-file.js';
import { plainFinding } from './display-json.js';
import { probeLog } from '../../review/display/probe-log.js';

/** What a tree has to do with one line. */
export interface Places {
  /** Paths of the mmsys whose probe prints it, or of the parent for the display as a whole. */
  readonly printedBy: readonly string[];
  /** Findings that cause it. */
  readonly findings: readonly DisplayFinding[];
  /** The same for `--json`. */
  readonly plain: object;
}

/** A tree under the rules of a kernel. */
export interface TreeView {
  readonly path: string;
  readonly kernel: string;
  placesOf(message: string): Places;
}

/** Loads the tree and asks it. */
export async function viewTree(
  io: Io,
  path: string,
  options: TreeOptions & { readonly kernel: Kernel },
): Promise<TreeView> {
  const tree = await loadTree(io, path, options);
  const forecast = forecastDisplay(tree, options.kernel.rules);
  const all = lintDisplay(tree, forecast);
  const logs = [
    ...forecast.mmsys.map((mmsys) => ({ at: mmsys.node.path, lines: probeLog(mmsys) })),
    ...forecast.drm.map(({ parent, messages }) => ({ at: parent.path, lines: messages })),
  ];
  return {
    path,
    kernel: options.kernel.name,
    placesOf(message) {
      const printedBy = logs.filter(({ lines }) => lines.some(({ text }) => isSame(text, message))).map(({ at }) => at);
      const findings = all.filter(({ kernel }) => kernel.some((text) => isSame(text, message)));
      return {
        printedBy,
        findings,
        plain: { kernel: options.kernel.name, printedBy, findings: findings.map(plainFinding) },
      };
    },
  };
}

/** The driver's words may have `error -EINVAL: ` in front, as dev_err_probe() puts it. */
function isSame(text: string, message: string): boolean {
  return text === message || text.replace(/^error -\w+: /, '') === message.replace(/^error -\w+: /, '');
}
