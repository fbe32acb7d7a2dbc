// Runs once before the system tests: says which programs are missing and how to install them; in CI that is a failure.
import { installHint, missingTools } from './tools.js';

/** Called by vitest. */
export function setup(): void {
  const missing = missingTools();
  const hint = installHint(missing);
  if (hint === undefined) return;
  const text = `missing: ${missing.join(', ')}; tests that need them are skipped. Install with: ${hint}`;
  if (process.env['CI'] !== undefined) throw new Error(text);
  process.stderr.write(`${text}\n`);
}
