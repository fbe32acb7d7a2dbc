// npm run perf: bundles the benchmarks with the sources they measure, as the command is bundled, and runs them in Node.
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { ROOT } from './exports.mjs';
import { INLINE_TABLES } from './inline-tables.mjs';

const OUT = join(ROOT, '.cache/perf');
const files = readdirSync(join(ROOT, 'perf')).filter((file) => file === 'run.ts' || file.endsWith('.perf.ts'));
rmSync(OUT, { recursive: true, force: true });
await build({
  entryPoints: files.map((file) => join(ROOT, 'perf', file)),
  outdir: OUT,
  bundle: true,
  splitting: true,
  packages: 'external',
  format: 'esm',
  platform: 'node',
  target: 'node20',
  minifySyntax: true,
  plugins: [INLINE_TABLES],
  logLevel: 'warning',
});
/** As bin/bringup.cjs sets them. */
const LIMITS = [
  '--max-inlined-bytecode-size=1000',
  '--max-inlined-bytecode-size-cumulative=4500',
  '--max-inlined-bytecode-size-absolute=9000',
];
const args = ['--expose-gc', ...LIMITS, join(OUT, 'run.js'), ...process.argv.slice(2)];
process.exitCode = spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' }).status ?? 1;
