// npm run corpus: the devicetrees of Debian's arm64 kernel (1,023 .dtb files) in .cache/corpus/dtb, its overlays in
// .cache/corpus/dtbo; then reads, walks, decompiles and recompiles each. `--fetch` stops after fetching, `--check`
// fetches nothing. apt works in folders of its own, so that this system's architectures and lists stay as they are.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ROOT } from './exports.mjs';

const FAULT = 1; // exit codes: a tree was lost on the way, wrong usage, something is missing on this computer
const USAGE = 2;
const MISSING = 3;
const CORPUS = join(ROOT, '.cache/corpus');
const WORK = join(ROOT, '.cache/corpus-work');
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
/**
 * The kernel that expected numbers were recorded with; when Debian no longer has it, the newest of the release is
 * taken.
 */
const KERNEL = 'linux-image-6.12.117+deb13-arm64';
const NEWEST = 'linux-image-arm64';
const EXPECTED = 1023;
const SUITES = [
  ['http://deb.debian.org/debian-security', 'trixie-security'],
  ['http://deb.debian.org/debian', 'trixie'],
];

process.exitCode = await main(process.argv.slice(2));

async function main(options) {
  if (options.some((option) => option !== '--fetch' && option !== '--check')) {
    return fail(USAGE, 'usage: npm run corpus -- [--fetch | --check]');
  }
  if (!options.includes('--check')) {
    const problem = fetchCorpus();
    if (problem !== undefined) return fail(MISSING, problem);
  }
  const files = listing(join(CORPUS, 'dtb'));
  if (files.length === 0) return fail(MISSING, 'there is no corpus yet; run: npm run corpus');
  say(`${files.length} .dtb files in ${join(CORPUS, 'dtb')}`);
  return options.includes('--fetch') ? 0 : await check(files);
}

/** Fills the corpus folder unless it is full already. What is missing, or undefined. */
function fetchCorpus() {
  if (existsSync(join(CORPUS, 'package.txt')) && listing(join(CORPUS, 'dtb')).length > 0) return undefined;
  for (const tool of ['apt-get', 'apt-cache', 'dpkg-deb']) {
    if (run(tool, ['--version']).error)
      return `${tool} is missing: fetching needs Debian or Ubuntu (package apt, dpkg)`;
  }
  if (!existsSync(KEYRING)) return `${KEYRING} is missing: apt-get install -y debian-archive-keyring`;
  prepareApt();
  say('fetching the package lists of Debian trixie for arm64');
  const update = apt('apt-get', ['update', '--error-on=any']);
  if (update.status !== 0) return `apt-get update: ${lastLine(update)} (is the network reachable?)`;
  const name = apt('apt-cache', ['show', KERNEL]).status === 0 ? KERNEL : newestKernel();
  if (name === undefined) return `Debian's lists have neither ${KERNEL} nor ${NEWEST}`;
  say(`fetching ${name} (90 MB)`);
  const download = apt('apt-get', ['download', name]);
  const deb = readdirSync(WORK).find((file) => file.endsWith('.deb'));
  if (download.status !== 0 || deb === undefined) return `apt-get download ${name}: ${lastLine(download)}`;
  return unpack(deb, name);
}

/** Sources, lists and cache of its own for apt. The system's proxy settings still count. */
function prepareApt() {
  rmSync(WORK, { recursive: true, force: true });
  for (const folder of ['state/lists/partial', 'cache/archives/partial']) {
    mkdirSync(join(WORK, folder), { recursive: true });
  }
  const sources = SUITES.map(([uri, suite]) => `deb [signed-by=${KEYRING}] ${uri} ${suite} main\n`);
  writeFileSync(join(WORK, 'sources.list'), sources.join(''));
  writeFileSync(join(WORK, 'status'), '');
  const settings = {
    'APT::Architecture': 'arm64',
    'APT::Sandbox::User': 'root',
    'Acquire::Languages': 'none',
    'Dir::State': join(WORK, 'state'),
    'Dir::State::status': join(WORK, 'status'),
    'Dir::Cache': join(WORK, 'cache'),
    'Dir::Etc::sourcelist': join(WORK, 'sources.list'),
    'Dir::Etc::sourceparts': '-',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} "${value}";\n`);
  writeFileSync(join(WORK, 'apt.conf'), `${lines.join('')}APT::Architectures { "arm64"; };\n`);
}

function apt(command, args) {
  return run(command, args, { APT_CONFIG: join(WORK, 'apt.conf') });
}

/** The package that the package without number depends on. */
function newestKernel() {
  return /Depends: (linux-image-\S+)/.exec(apt('apt-cache', ['depends', NEWEST]).stdout)?.[1];
}

function unpack(deb, name) {
  say('unpacking');
  const unpacked = run('dpkg-deb', ['-x', deb, 'tree']);
  if (unpacked.status !== 0) return `dpkg-deb -x ${deb}: ${lastLine(unpacked)}`;
  rmSync(CORPUS, { recursive: true, force: true });
  for (const kind of ['dtb', 'dtbo']) collect(join(WORK, 'tree'), join(CORPUS, kind), `.${kind}`);
  writeFileSync(join(CORPUS, 'package.txt'), `${name}\n`);
  rmSync(WORK, { recursive: true, force: true });
  const count = listing(join(CORPUS, 'dtb')).length;
  if (name === KERNEL && count !== EXPECTED) return `${name} has ${count} .dtb files, not ${EXPECTED}`;
  return count === 0 ? `${name} has no .dtb files` : undefined;
}

/** Moves the files with that ending into one folder; board names are unique over all vendors. */
function collect(from, to, ending) {
  mkdirSync(to, { recursive: true });
  const files = readdirSync(from, { recursive: true, withFileTypes: true });
  for (const file of files) {
    if (file.isFile() && file.name.endsWith(ending)) {
      renameSync(join(file.parentPath ?? file.path, file.name), join(to, file.name));
    }
  }
}

function listing(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name));
}

/** Reads, walks, decompiles and recompiles every blob; the trees must be equal, order and numbers included. */
async function check(files) {
  const steps = await loadSteps();
  const times = { read: 0, walk: 0, decompile: 0, pretty: 0, compile: 0, compare: 0 };
  const failures = [];
  let nodes = 0;
  for (const [index, file] of files.entries()) {
    const problem = checkOne(file, steps, times, (count) => {
      nodes += count;
    });
    if (problem !== undefined) failures.push(`${basename(file)}: ${problem}`);
    if ((index + 1) % 100 === 0) say(`${index + 1} of ${files.length} done`);
  }
  for (const failure of failures) process.stderr.write(`corpus: ${failure}\n`);
  const seconds = Object.entries(times).map(([step, ms]) => `${step} ${(ms / 1000).toFixed(2)} s`);
  say(`${nodes} nodes; ${seconds.join(', ')}`);
  process.stdout.write(`${files.length - failures.length} passed, ${failures.length} failed\n`);
  return failures.length === 0 ? 0 : FAULT;
}

async function loadSteps() {
  const dist = (name) => import(join(ROOT, 'dist', name));
  const [{ readFdt }, { decompile }, { compileText }, { memoryFiles }, { diff, diffText }] = await Promise.all(
    ['dt/fdt-read.js', 'dt/decompile.js', 'dt/compile-text.js', 'base/files.js', 'dt/diff.js'].map(dist),
  );
  const compile = (text, bootCpu) => compileText(text, 'corpus.dts', memoryFiles({}), { force: true, bootCpu });
  return { readFdt, decompile, compile, diff, diffText };
}

/** What went wrong with one blob, or undefined. */
function checkOne(file, { readFdt, decompile, compile, diff, diffText }, times, counted) {
  const timed = (step, work) => {
    const began = performance.now();
    const result = work();
    times[step] += performance.now() - began;
    return result;
  };
  const bytes = Uint8Array.from(readFileSync(file));
  const { tree, diagnostics } = timed('read', () => readFdt(bytes));
  if (diagnostics.length > 0) return diagnostics[0].text;
  counted(timed('walk', () => [...tree.root.walk()].length));
  for (const pretty of [false, true]) {
    const text = timed(pretty ? 'pretty' : 'decompile', () => decompile(tree, { pretty }));
    const back = timed('compile', () => compile(text, tree.bootCpu));
    if (back.tree === undefined) return `does not compile: ${back.diagnostics[0]?.text}`;
    const options = { byTarget: false, order: true };
    const differences = timed('compare', () => diff(tree, back.tree, options));
    if (differences.length > 0) return `${pretty ? 'pretty: ' : ''}${diffText(tree, back.tree, differences, options)}`;
  }
  return undefined;
}

function run(command, args, env = {}) {
  const cwd = existsSync(WORK) ? WORK : ROOT;
  return spawnSync(command, args, { cwd, encoding: 'utf8', env: { ...process.env, LC_ALL: 'C', ...env } });
}

function lastLine({ stderr, stdout, error }) {
  const lines = `${stdout ?? ''}\n${stderr ?? ''}`.trim().split('\n');
  return error?.message ?? lines.at(-1) ?? 'failed';
}

function say(text) {
  process.stdout.write(`corpus: ${text}\n`);
}

function fail(code, text) {
  process.stderr.write(`corpus: ${text}\n`);
  return code;
}
