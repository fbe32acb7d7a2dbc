// The findings of `bringup display` and `bringup dt lint` as a SARIF file.
import { sarif, type SarifFinding } from '../../abi/sarif.js';
import { RULES } from '../../review/display/lint.js';
import type { Io } from '../io.js';
import { writeProduct } from '../output-file.js';
import { version } from '../version.js';

/** Writes them to a file, or to the standard output for `-`. `path` is the tree, for findings without a position. */
export function writeFindings(io: Io, path: string, file: string, findings: readonly SarifFinding[]): void {
  const document = sarif({
    version: version(),
    findings,
    rules: RULES.map(({ id, summary, severity }) => ({ id, text: summary, severity })),
    file: path === '-' ? undefined : path,
    base: io.cwd,
  });
  writeProduct(io, file, `${JSON.stringify(document, undefined, 2)}\n`);
}
