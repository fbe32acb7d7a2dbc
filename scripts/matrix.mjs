// npm run matrix [-- 26 src/host]: the tests on the Node at hand and on the versions of test/matrix/package.json, one
// line each; with major versions behind it only on those, with paths only the tests below them.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './exports.mjs';

const SOURCE = join(ROOT, 'test/matrix');
const CACHE = join(ROOT, '.cache/matrix');
const FILES = ['package.json', 'package-lock.json'];

process.exitCode = main();

function main() {
  if (!isInstalled() && !install()) return 3;
  const { dependencies } = JSON.parse(readFileSync(join(SOURCE, 'package.json'), 'utf8'));
  const words = process.argv.slice(2);
  const wanted = words.filter((word) => !word.includes('/')).map((major) => `node${major}`);
  const paths = words.filter((word) => word.includes('/'));
  const unknown = wanted.find((name) => !(name in dependencies));
  if (unknown !== undefined) {
    process.stderr.write(`matrix: no ${unknown}; there are ${Object.keys(dependencies).join(', ')}: write 26\n`);
    return 2;
  }
  const names = wanted.length > 0 ? wanted : Object.keys(dependencies);
  const others = names.map((name) => join(CACHE, 'node_modules', name, 'bin/node'));
  const nodes = wanted.length > 0 ? others : [process.execPath, ...others];
  const failed = nodes.filter((node) => !runTests(node, paths));
  process.stdout.write(`${nodes.length - failed.length} passed, ${failed.length} failed\n`);
  return failed.length > 0 ? 1 : 0;
}

function isInstalled() {
  const done = join(CACHE, 'done'); // the lock file that was installed
  return existsSync(done) && readFileSync(done, 'utf8') === readFileSync(join(SOURCE, 'package-lock.json'), 'utf8');
}

function install() {
  process.stderr.write('matrix: installing Node 22, 24 and 26 from npm (about 300 MB, once)\n');
  mkdirSync(CACHE, { recursive: true });
  for (const file of FILES) copyFileSync(join(SOURCE, file), join(CACHE, file));
  const options = { cwd: CACHE, encoding: 'utf8', shell: process.platform === 'win32' };
  const result = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], options);
  if (result.status !== 0) {
    process.stderr.write(`matrix: npm ci failed: ${result.stderr ?? result.error?.message}\n`);
    return false;
  }
  const { dependencies } = JSON.parse(readFileSync(join(SOURCE, 'package.json'), 'utf8'));
  for (const name of Object.keys(dependencies)) {
    // The package's script copies the binary to bin/ and leaves the original behind.
    rmSync(join(CACHE, 'node_modules', name, 'node_modules'), { recursive: true, force: true });
  }
  copyFileSync(join(SOURCE, 'package-lock.json'), join(CACHE, 'done'));
  return true;
}

/** Runs the suite, or what of it lies below paths, with one binary; shows its output only when it fails. */
function runTests(node, paths) {
  const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout?.trim() || `${node} does not start`;
  const began = performance.now();
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const result = spawnSync(node, [vitest, 'run', ...paths], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  const count = (what) => new RegExp(`^\\s*${what}\\s+(.*)$`, 'm').exec(result.stdout ?? '')?.[1] ?? 'none';
  const tests = `tests ${count('Tests')}, files ${count('Test Files')}`;
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  process.stdout.write(`${result.status === 0 ? 'ok    ' : 'FAILED'} node ${version}: ${tests}, ${seconds} s\n`);
  if (result.status !== 0) process.stdout.write(`${result.stdout}${result.stderr}`);
  return result.status === 0;
}
