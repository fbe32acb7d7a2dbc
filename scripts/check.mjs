// npm run check: every check of the code itself, one line each with its time; what a check says is shown when it fails.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
/** The checks are scripts of package.json. The types come first: lint and the API reports read what tsc made. */
const STAGES = [['types'], ['ui', 'rules', 'lint', 'dead', 'format', 'api']];

const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const began = performance.now();
let failed = 0;
for (const stage of STAGES) await runAll(stage.map((name) => `check:${name}`));
const total = STAGES.flat().length;
process.stdout.write(`${total - failed} passed, ${failed} failed ${seconds(began)}\n`);
process.exitCode = failed > 0 ? 1 : 0;

/** As many at once as there are processors. */
async function runAll(names) {
  const queue = [...names];
  const worker = async () => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) await run(name);
  };
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, worker));
}

function run(name) {
  const start = performance.now();
  const path = [join(ROOT, 'node_modules/.bin'), process.env.PATH].join(delimiter);
  const child = spawn(scripts[name], { cwd: ROOT, shell: true, env: { ...process.env, PATH: path, NO_COLOR: '1' } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  return new Promise((resolve) => {
    child.on('close', (code) => {
      process.stdout.write(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} ${seconds(start)}\n`);
      if (code !== 0) process.stdout.write(`${output.trimEnd()}\n`);
      if (code !== 0) failed++;
      resolve();
    });
  });
}

function seconds(since) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
