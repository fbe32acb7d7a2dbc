// The JSON documents of `bringup display` and `bringup dt lint`: forecast in the recorded schema, findings beside it.
import type { DtTree } from '../../dt/tree.js';
import type { DisplayFinding } from '../../review/display/finding.js';
import { forecastJson } from '../../review/display/forecast-json.js';
import type { DisplayForecast } from '../../review/display/result.js';
import type { Kernel } from '../../review/display/kernels.js';
import { verdicts } from '../../review/display/verdict.js';

/** All that `bringup display` found: kernel and verdicts, the forecast (test/golden/ofgraph.md), the findings. */
export function displayDocument(
  tree: DtTree,
  forecast: DisplayForecast,
  findings: readonly DisplayFinding[],
  { name, rules }: Kernel,
): object {
  return {
    kernel: name,
    rules: rules.name,
    verdicts: verdicts(forecast),
    ...forecastJson(tree, forecast),
    findings: findings.map(plainFinding),
  };
}

/** A finding with paths in place of nodes. */
export function plainFinding({ node, mmsys, ...finding }: DisplayFinding): object {
  return { ...finding, node: node.path, mmsys: mmsys?.path };
}
