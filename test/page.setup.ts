// Builds the page once for all system tests that look at it; nothing where there is no browser.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './sources.js';
import { needs } from './tools.js';

/** Called by vitest before the first test. */
export function setup(): void {
  if (needs('chromium')) return;
  const vite = join(ROOT, 'node_modules/vite/bin/vite.js');
  const stdio = ['ignore', 'ignore', 'inherit'] as const;
  execFileSync(process.execPath, [vite, 'build', 'ui', '--logLevel', 'error'], { cwd: ROOT, stdio: [...stdio] });
}
