// npm run conformance -- [--dir DIR] [--family NAME]: every golden vector of a folder, judged. Exits 1 on a failure.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { corpusFolders } from '../corpus.js';
import { ROOT } from '../sources.js';
import { APR } from './families/apr.js';
import { APR_BUS } from './families/apr-bus.js';
import { APR_DT } from './families/apr-dt.js';
import { APR_SERVICES_DSP } from './families/apr-services-dsp.js';
import { APR_SERVICES } from './families/apr-services.js';
import { CMDQ_DRIVER } from './families/cmdq-driver.js';
import { CMDQ_EXEC } from './families/cmdq-exec.js';
import { CMDQ_EXT } from './families/cmdq-ext.js';
import { CMDQ_IRQ } from './families/cmdq-irq.js';
import { CMDQ_MAINLINE } from './families/cmdq-mainline.js';
import { CMDQ_SEED } from './families/cmdq-seed.js';
import { CMDQ_V18 } from './families/cmdq-v18.js';
import { DEVICETREE } from './families/devicetree.js';
import { DPAA } from './families/dpaa.js';
import { INA3221 } from './families/ina3221.js';
import { INA3221_PURE } from './families/ina3221-pure.js';
import { OFGRAPH } from './families/ofgraph.js';
import type { Family } from './family.js';
import { collect, report, sumLine, type Tally, tally } from './runner.js';

const CMDQ: readonly Family[] = [
  ...CMDQ_SEED,
  ...CMDQ_MAINLINE,
  ...CMDQ_DRIVER,
  ...CMDQ_IRQ,
  ...CMDQ_EXEC,
  ...CMDQ_V18,
  ...CMDQ_EXT,
];
const FAMILIES: readonly Family[] = [
  ...APR,
  ...APR_BUS,
  ...APR_DT,
  ...APR_SERVICES,
  APR_SERVICES_DSP,
  ...CMDQ,
  ...DEVICETREE,
  ...DPAA,
  ...INA3221,
  ...INA3221_PURE,
  ...OFGRAPH,
];
/** Recorded tables, not vectors: the families read them themselves. */
const TABLES = new Set(['mtk-drm-tables.json']);
const USAGE = 'usage: npm run conformance -- [--dir DIR] [--family NAME]';

process.exitCode = await main();

async function main(): Promise<number> {
  const options = readOptions();
  if (typeof options === 'string') return wrong(options);
  const chosen = FAMILIES.filter(({ name }) => options.family === undefined || belongsTo(name, options.family));
  const known = FAMILIES.map(({ name }) => name).join(', ');
  if (chosen.length === 0) return wrong(`no family ${options.family}; there are: ${known}`);
  if (!existsSync(options.dir)) return wrong(`no folder ${options.dir}`);
  const { found, unknown } = collect(options.dir, FAMILIES);
  const context = { dir: options.dir, corpus: corpusFolders() };
  const tallies: Tally[] = [];
  for (const family of chosen) {
    const vectors = found.get(family);
    if (vectors === undefined) continue;
    if (family.judge === undefined) print(`not yet: ${family.name} (${vectors.length} vectors)`);
    else {
      const result = await tally(family, vectors, context);
      print(...report(result));
      tallies.push(result);
    }
  }
  for (const file of unknown.filter((name) => !TABLES.has(name))) print(`unknown format: ${file}`);
  print(sumLine(tallies));
  return tallies.some(({ failed }) => failed.length > 0) ? 1 : 0;
}

/** `--family ofgraph` means `ofgraph` and `ofgraph/dtb`. */
function belongsTo(name: string, family: string): boolean {
  return name === family || name.startsWith(`${family}/`);
}

function readOptions(): { dir: string; family: string | undefined } | string {
  try {
    const { values } = parseArgs({ options: { dir: { type: 'string' }, family: { type: 'string' } } });
    const from = process.env['INIT_CWD'] ?? process.cwd(); // npm changes to the project's root
    const dir = values.dir === undefined ? join(ROOT, 'test/golden') : resolve(from, values.dir);
    return { dir, family: values.family };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function wrong(text: string): number {
  process.stderr.write(`conformance: ${text}\n${USAGE}\n`);
  return 2;
}

function print(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
