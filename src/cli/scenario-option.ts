// `--scenario`: what happens to the board while it runs, from a file.
import { Option } from '@commander-js/extra-typings';
import { decodeUtf8 } from '../base/text.js';
import { parseScenario, type ScenarioStep } from '../stock/scenario.js';
import type { Io } from './io.js';
import { Refusal } from './refusal.js';
import { countDiagnostics } from '../stock/tree-input.js';
import { readInput, showDiagnostics } from './tree-file.js';

/** Of a file that is none every line is wrong. */
const MOST_SHOWN = 8;

/** `--scenario`. */
export function scenarioOption(): Option<'--scenario <FILE>'> {
  return new Option('--scenario <FILE>', 'do what a file says while the board runs: lines of TIME ACTION');
}

/** The steps of a file; none where no file was named. Refuses a file that is no scenario. */
export async function readScenario(io: Io, path: string | undefined): Promise<readonly ScenarioStep[]> {
  if (path === undefined) return [];
  const { steps, diagnostics } = parseScenario(decodeUtf8(await readInput(io, path)), path);
  if (diagnostics.length === 0) return steps;
  showDiagnostics(io, path, diagnostics.slice(0, MOST_SHOWN));
  throw new Refusal(2, path, countDiagnostics(diagnostics), 'nothing was started', diagnostics);
}
