// Makes the checkout ready to run: installs what is missing, then builds what is older than its sources.
// Silent when nothing is to be done. `--install` stops after installing, `--force` builds in any case.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { INLINE_TABLES } from './inline-tables.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const STAMP = join(ROOT, 'dist/.built');
const MISSING = 3; // the exit code for "something is missing on this computer"
const UNREACHABLE =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED|UND_ERR\w*|E5\d\d)\b/;

/** commander loads child_process for subcommands that are programs of their own. There are none, and it takes 5 ms. */
const WITHOUT_CHILD_PROCESS = {
  name: 'without-child-process',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      importer.includes('/commander/') ? { path: 'child_process', namespace: 'nothing' } : undefined,
    );
    onLoad({ filter: /./, namespace: 'nothing' }, () => ({ contents: 'module.exports = {}' }));
  },
};

process.exitCode = (await main(new Set(process.argv.slice(2)))) ?? 0;

async function main(options) {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    return fail(MISSING, `Node ${process.versions.node} is too old: install Node 20.19 or newer`);
  }
  if (!isInstalled()) {
    const code = install();
    if (code !== 0) return code;
  }
  if (options.has('--install')) return 0;
  return options.has('--force') || !isBuilt() ? build() : 0;
}

function fail(code, text) {
  process.stderr.write(`bringup: ${text}\n`);
  return code;
}

/** Whether npm's own record of node_modules has every package of the lock file. Optional ones may be left out. */
function isInstalled() {
  const record = join(ROOT, 'node_modules/.package-lock.json');
  if (!existsSync(record)) return false;
  const have = JSON.parse(readFileSync(record, 'utf8')).packages;
  const want = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(want).every(([path, entry]) => {
    if (path === '' || entry.link === true) return true;
    const found = have[path];
    return found === undefined ? entry.optional === true : found.integrity === entry.integrity;
  });
}

function install() {
  process.stderr.write('bringup: installing the packages of package-lock.json (npm ci)\n');
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath; // set when npm runs this script: then it is the same npm
  const options = { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] };
  const result =
    npm === undefined
      ? spawnSync('npm', args, { ...options, shell: process.platform === 'win32' })
      : spawnSync(process.execPath, [npm, ...args], options);
  if (result.error !== undefined) return fail(MISSING, `npm is needed and does not start (${result.error.message})`);
  if (result.status === 0) return 0;
  return fail(MISSING, `npm ci failed: ${reasonOf(result.stderr)}`);
}

function reasonOf(stderr) {
  const code = UNREACHABLE.exec(stderr)?.[1];
  if (code !== undefined) {
    return `the package registry cannot be reached (${code}); check the network and \`npm config get registry\``;
  }
  const lines = stderr.split('\n').filter((line) => line.startsWith('npm error'));
  return lines.slice(0, 2).join(' ').replaceAll('npm error ', '') || `it says: ${stderr.trim().slice(0, 200)}`;
}

/** Whether nothing that the build reads has changed since it began. A folder's time shows added and removed files. */
function isBuilt() {
  if (!existsSync(STAMP)) return false;
  const built = statSync(STAMP).mtimeMs;
  const single = ['tsconfig.json', 'package-lock.json', 'package.json', 'scripts/ready.mjs'];
  if (single.some((file) => statSync(join(ROOT, file)).mtimeMs > built)) return false;
  return !newer(join(ROOT, 'src'), built);
}

function newer(folder, built) {
  if (statSync(folder).mtimeMs > built) return true;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (newer(path, built)) return true;
    } else if (!/\.(test|contract)\.ts$/.test(entry.name) && statSync(path).mtimeMs > built) return true;
  }
  return false;
}

async function build() {
  const began = new Date();
  const tsc = spawnSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-b', '--pretty', 'false'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (tsc.status !== 0) {
    process.stderr.write(tsc.stdout + tsc.stderr);
    return fail(1, 'the build failed (tsc -b)');
  }
  if (existsSync(join(ROOT, 'dist'))) prune(join(ROOT, 'dist'), join(ROOT, 'src'));
  const bundled = await bundle();
  if (!bundled) return fail(1, 'the build failed (esbuild)');
  writeFileSync(STAMP, '');
  utimesSync(STAMP, began, began);
  return 0;
}

/** Removes compiled files whose source is gone, so that nothing runs or is packed that nobody can read. */
function prune(dist, src) {
  for (const entry of readdirSync(dist, { withFileTypes: true })) {
    const path = join(dist, entry.name);
    if (entry.isDirectory()) {
      if (path !== join(ROOT, 'dist/bin')) prune(path, join(src, entry.name));
    } else if (/\.(js|d\.ts)$/.test(entry.name)) {
      const source = join(src, entry.name.replace(/(\.js|\.d\.ts)$/, '.ts'));
      if (!existsSync(source)) rmSync(path);
    }
  }
}

/**
 * The command as one file: on a cold start every further file costs about a millisecond. What a verb needs is wrapped,
 * and evaluated when the verb is used.
 */
async function bundle() {
  const entry = join(ROOT, 'src/cli/main.ts');
  if (!existsSync(entry)) return true;
  const { build: esbuild } = await import('esbuild');
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  rmSync(join(ROOT, 'dist/bin'), { recursive: true, force: true });
  const outfile = join(ROOT, 'dist/bin/bringup.cjs');
  const result = await esbuild({
    entryPoints: [entry],
    outfile,
    write: false,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    minifySyntax: true,
    minifyWhitespace: true,
    plugins: [WITHOUT_CHILD_PROCESS, INLINE_TABLES],
    external: Object.keys(manifest.optionalDependencies ?? {}),
    define: { 'import.meta.url': '$url' },
    banner: { js: "const $url = require('node:url').pathToFileURL(__filename).href;" },
    logLevel: 'warning',
  }).catch(() => undefined);
  const code = result?.outputFiles[0]?.text;
  if (code === undefined) return false;
  mkdirSync(dirname(outfile), { recursive: true });
  // The first line tells bin/bringup.cjs which build this is.
  writeFileSync(outfile, `//${createHash('sha256').update(code).digest('hex')}\n${code}`);
  return true;
}
