// Findings of checks and rules in the order in which people read them.
import type { Diagnostic, Severity } from '../base/diagnostic.js';

/** From the worst. */
export const SEVERITIES: readonly Severity[] = ['error', 'warning', 'note'];

/** Rules that tell what an error does to the rest: said behind the error itself. */
const CONSEQUENCES: ReadonlySet<string> = new Set(['display/L13']);

/** Errors first, and among them causes first; apart from that each kind keeps its order. */
export function inOrder<F extends Diagnostic>(findings: readonly F[]): F[] {
  return SEVERITIES.flatMap((wanted) => {
    const all = findings.filter(({ severity }) => severity === wanted);
    const follows = ({ code }: F): boolean => CONSEQUENCES.has(code);
    return [...all.filter((one) => !follows(one)), ...all.filter(follows)];
  });
}

/** How many there are of a kind. */
export function countOf(findings: readonly Diagnostic[], wanted: Severity): number {
  return findings.filter(({ severity }) => severity === wanted).length;
}
