// What happens to a board while it runs, as text: one action a line, `TIME VERB ARGUMENTS`. The command line reads it
// from a file, the page writes it down while a person plays with the board, and a link carries it.
import { type Instant, ms, ns, s, us } from '../base/clock.js';
import type { Diagnostic } from '../base/diagnostic.js';

/** One action at a moment since power-on, in words: `set power@40:load1Ma=500`. */
export interface ScenarioStep {
  readonly at: Instant;
  readonly action: string;
}

/** A scenario that was read: its steps in the order of their moments, or what is wrong with the text. */
export interface ScenarioText {
  readonly steps: readonly ScenarioStep[];
  readonly diagnostics: readonly Diagnostic[];
}

const UNITS: Readonly<Record<string, (count: number) => number>> = { ns, us, ms, s };
/** `#` at the beginning of a line or behind a blank: in a fault plan it stands elsewhere. */
const REMARK = /(?:^|\s)#.*$/;
const LINE = /^(\d+(?:\.\d+)?)(ns|us|ms|s)\s+(\S.*)$/;

/** Reads the text: lines or `;` between actions, `#` begins a remark. Never throws. `file` is its name for messages. */
export function parseScenario(text: string, file = 'scenario'): ScenarioText {
  const steps: ScenarioStep[] = [];
  const diagnostics: Diagnostic[] = [];
  text.split('\n').forEach((row, index) => {
    for (const part of row.replace(REMARK, '').split(';')) {
      const words = part.trim();
      if (words === '') continue;
      const [, count = '', unit = '', action = ''] = LINE.exec(words) ?? [];
      const at = { file, line: index + 1, column: row.indexOf(words) + 1 };
      const told = 'write TIME ACTION, as in 250ms set power@40:load1Ma=500';
      const before = steps.at(-1)?.at ?? 0;
      const moment = Math.round(UNITS[unit]?.(Number(count)) ?? -1);
      if (action === '')
        diagnostics.push({ severity: 'error', code: 'scenario/form', text: `'${words}': ${told}`, at });
      else if (moment < before)
        diagnostics.push({
          severity: 'error',
          code: 'scenario/order',
          text: `'${words}' is earlier than what is above it`,
          at,
        });
      else steps.push({ at: moment, action });
    }
  });
  return { steps, diagnostics };
}

/** The text of steps, one a line. */
export function formatScenario(steps: readonly ScenarioStep[], between = '\n'): string {
  return steps.map(({ at, action }) => `${formatInstant(at)} ${action}`).join(between);
}

/** A moment in the largest unit in which it is a whole number: `250ms`. */
function formatInstant(at: Instant): string {
  if (at % s(1) === 0) return `${at / s(1)}s`;
  if (at % ms(1) === 0) return `${at / ms(1)}ms`;
  return at % us(1) === 0 ? `${at / us(1)}us` : `${at}ns`;
}
