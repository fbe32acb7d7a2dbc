#!/usr/bin/env node
// The command. Starts the bundle of src/cli/main.ts; in a checkout that was never built it builds it first.
// CommonJS, as the bundle: Node's loader of ES modules, and its own modules seen through it, take a third of the start.
'use strict';
const { existsSync } = require('node:fs');
const module_ = require('node:module');
const { join } = require('node:path');

// Compiled code is kept between runs where Node can do so (from 22.8).
module_.enableCompileCache?.(join(cacheDir(), 'bringup', 'compile'));

const bundle = join(__dirname, '../dist/bin/bringup.cjs');
if (existsSync(bundle) || makeReady()) require(bundle);

/** The folder of this system for files that may be deleted at any time. */
function cacheDir() {
  if (process.env.XDG_CACHE_HOME) return process.env.XDG_CACHE_HOME;
  const home = process.env.HOME || require('node:os').homedir(); // loading node:os takes 2 ms
  if (process.platform === 'darwin') return join(home, 'Library/Caches');
  return process.env.LOCALAPPDATA ?? join(home, '.cache');
}

/** Installs and builds in a checkout. In an installed package there is nothing to build from. */
function makeReady() {
  const { spawnSync } = require('node:child_process'); // takes 5 ms to load, and is needed once
  const ready = join(__dirname, '../scripts/ready.mjs');
  if (existsSync(ready)) process.exitCode = spawnSync(process.execPath, [ready], { stdio: 'inherit' }).status ?? 1;
  if (existsSync(bundle)) return true;
  if (!process.exitCode) process.stderr.write('bringup: dist/bin/bringup.cjs is missing: install the package again\n');
  process.exitCode ||= 3;
  return false;
}
