#!/usr/bin/env node
// The command. Starts the bundle of src/cli/main.ts; in a checkout that was never built it builds it first.
// CommonJS, as the bundle: Node's loader of ES modules, and its own modules seen through it, take a third of the start.
'use strict';
const { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { Script } = require('node:vm');

/** Verbs with verbs below them whose code differs most. */
const TWO_WORDS = new Set(['apr', 'cmdq', 'dpaa', 'dt']);
/** In front of kept code: the build, the exit code, and room, since V8 wants it aligned. */
const HEADER_BYTES = 72;
/** A board that goes on running, as some options want it: its code is worth more of the compiler's time. */
const LIVE = process.argv.some((word) => /^--(live|tap|wire|http)(=|$)/.test(word));
const bundle = join(__dirname, '../dist/bin/bringup.cjs');
if (existsSync(bundle) || makeReady()) start();

/**
 * Runs the bundle with the code that V8 compiled for the same verb before: that halves the verb's own time. Node's
 * compile cache keeps only what is compiled while loading; what a verb uses is compiled later.
 */
function start() {
  if (LIVE) inlineMore();
  const code = readFileSync(bundle, 'utf8');
  const build = code.slice(2, code.indexOf('\n')); // scripts/ready.mjs puts the checksum there, 64 digits
  const cache = cacheFile();
  const kept = readKept(cache, build);
  const script = new Script(`(function (require, __filename) {${code}\n})`, {
    filename: bundle,
    cachedData: kept?.code,
  });
  const usable = kept !== undefined && !script.cachedDataRejected;
  process.on('exit', (exitCode) => {
    // Not for words that are no verbs (2); and a run that went well has seen more than one that found a fault (1).
    if (exitCode < (usable ? kept.exitCode : 2)) keep(cache, build, exitCode, script.createCachedData());
  });
  script.runInThisContext()(require, bundle);
}

/**
 * A frame goes through dozens of small functions of drivers and chips. V8 inlines as many as a budget allows that is
 * made for pages; five times as much makes them a tenth faster, and with more the engine gives up what it compiled more
 * often than it gains. scripts/perf.mjs measures with the same. Loading node:v8 takes 3 ms, and code is kept for one
 * setting only: hence only where it pays.
 */
function inlineMore() {
  const { setFlagsFromString } = require('node:v8');
  setFlagsFromString('--max-inlined-bytecode-size=1000');
  setFlagsFromString('--max-inlined-bytecode-size-cumulative=4500');
  setFlagsFromString('--max-inlined-bytecode-size-absolute=9000');
}

/** One file per verb and kind of Node, so that they stay few. Some have two words. */
function cacheFile() {
  const args = process.argv.slice(2);
  const words = args.slice(0, TWO_WORDS.has(args[0]) ? 2 : 1).filter((word) => /^[a-z]+$/.test(word));
  const help = args.some((word) => ['-h', '--help', '--version'].includes(word)) ? ['help'] : [];
  const live = LIVE ? ['live'] : [];
  return join(
    cacheDir(),
    'bringup',
    `${[...words, ...help, ...live, process.versions.v8, process.arch].join('-')}.bin`,
  );
}

/**
 * What was kept for this very build: the exit code of that run, and the compiled code. V8 crashes on a damaged byte
 * instead of noticing it, so the code is kept twice: comparing takes a fraction of what a checksum would.
 */
function readKept(file, build) {
  try {
    const whole = readFileSync(file);
    const middle = (whole.length + HEADER_BYTES) / 2;
    const code = whole.subarray(HEADER_BYTES, middle);
    const sound = whole.toString('latin1', 0, build.length) === build && code.equals(whole.subarray(middle));
    return sound && code.length > 0 ? { exitCode: whole[build.length], code } : undefined;
  } catch {
    return undefined; // the first time
  }
}

function keep(file, build, exitCode, code) {
  const header = new Uint8Array(HEADER_BYTES);
  header.set([...build].map((digit) => digit.charCodeAt(0)));
  header[build.length] = exitCode;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const whole = `${file}.${process.pid}`;
    writeFileSync(whole, header);
    appendFileSync(whole, code);
    appendFileSync(whole, code);
    renameSync(whole, file);
  } catch {
    // Nowhere to keep it: the next start is as slow as this one.
  }
}

/** The folder of this system for files that may be deleted at any time. */
function cacheDir() {
  if (process.env.XDG_CACHE_HOME) return process.env.XDG_CACHE_HOME;
  const home = require('node:os').homedir();
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
