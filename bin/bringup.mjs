#!/usr/bin/env node
// The command. Starts the bundle of src/cli/main.ts; in a checkout that was never built it builds it first.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Compiled code is kept between runs where Node can do so (from 22.8): it saves about a third of the start.
module.enableCompileCache?.(join(cacheDir(), 'bringup', 'compile'));

const bundle = new URL('../dist/bin/bringup.js', import.meta.url);
if (existsSync(bundle) || makeReady()) await import(bundle.href);

/** The folder of this system for files that may be deleted at any time. */
function cacheDir() {
  if (process.env.XDG_CACHE_HOME) return process.env.XDG_CACHE_HOME;
  if (process.platform === 'darwin') return join(homedir(), 'Library/Caches');
  return process.env.LOCALAPPDATA ?? join(homedir(), '.cache');
}

/** Installs and builds in a checkout. In an installed package there is nothing to build from. */
function makeReady() {
  const ready = fileURLToPath(new URL('../scripts/ready.mjs', import.meta.url));
  if (existsSync(ready)) process.exitCode = spawnSync(process.execPath, [ready], { stdio: 'inherit' }).status ?? 1;
  if (existsSync(bundle)) return true;
  if (!process.exitCode) process.stderr.write('bringup: dist/bin/bringup.js is missing: install the package again\n');
  process.exitCode ||= 3;
  return false;
}
