// Findings of checks and rules for people: where, what, what the kernel says, what to change.
import { type Diagnostic, formatDiagnostic } from '../../base/diagnostic.js';
import type { DisplayFinding } from '../../review/display/finding.js';
import { countOf, SEVERITIES } from '../../review/finding-order.js';
import { counted } from '../text-table.js';

/** What a check of dtc or a display rule has found. */
export type Finding = Diagnostic | DisplayFinding;

/** One finding in lines, with the kernel's own words about it. */
export function findingText(finding: Finding): string[] {
  const kernel = 'kernel' in finding ? finding.kernel : [];
  const [first = '', ...more] = shortText(finding);
  return [first, ...kernel.map((text) => `  kernel: ${text}`), ...more];
}

/** The same without the kernel's words. */
export function shortText(finding: Finding): string[] {
  // Where a shared file was included from is no news here; the macro that wrote a line is.
  const via = finding.via?.filter(({ kind }) => kind === 'macro');
  const change = 'suggestion' in finding ? finding.suggestion : undefined;
  const lines = formatDiagnostic({ ...finding, via }).split('\n');
  return change === undefined ? lines : [...lines, `  change: ${change}`];
}

/** `1 error, 0 warnings`, and notes where there are some. */
export function countsText(findings: readonly Finding[]): string {
  const counts = SEVERITIES.map((severity) => [countOf(findings, severity), severity] as const);
  const told = counts.filter(([count, severity]) => severity !== 'note' || count > 0);
  return told.map(([count, severity]) => counted(count, severity)).join(', ');
}
