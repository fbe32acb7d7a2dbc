// Devicetrees: the compiler against cpp and dtc, the reader against dtc, the whole corpus.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from '../src/dt/compile.js';
import { readFdt } from '../src/dt/fdt-read.js';
import { writeFdt } from '../src/dt/fdt-write.js';
import type { DtTree } from '../src/dt/tree.js';
import { hostFiles as openFiles } from '../src/host/files.js';
import { CORPUS, childMs, inReference, msWarm, type Row } from './bench.js';

const files = openFiles({ cwd: process.cwd() });
const v71 = inReference('dts/v7.1');
const BOARD = 'src/arm64/mediatek/mt8195-cherry-tomato-r2.dts';
const INCLUDE_DIRS = ['include', 'src', 'src/arm64/mediatek'];
const tools = ['cpp', 'dtc'].filter((tool) => spawnSync(tool, ['--version']).status !== 0);
const noTools = tools.length > 0 ? tools.join(' and ') : undefined;

/** Largest of the blobs at hand. */
function largestBlob(): string | undefined {
  const folder = inReference('dtb');
  if (folder === undefined) return undefined;
  const paths = readdirSync(folder).map((name) => join(folder, name));
  return paths.sort((a, b) => statSync(b).size - statSync(a).size)[0];
}

function blobsBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.dtb'))
    .map((name) => join(folder, name));
}

function compileBoard(folder: string): Uint8Array {
  const includeDirs = INCLUDE_DIRS.map((dir) => join(folder, dir));
  const { tree } = compile(join(folder, BOARD), files, { includeDirs });
  return writeFdt(tree as DtTree);
}

function walk(tree: DtTree): number {
  let count = 0;
  for (const node of tree.root.walk()) count += node.properties.length;
  return count;
}

function readAndWalk(path: string): number {
  const { tree } = readFdt(readFileSync(path));
  return tree === undefined ? 0 : walk(tree);
}

const largest = largestBlob();
const fetched = existsSync(CORPUS) ? blobsBelow(CORPUS) : [];
const includes = INCLUDE_DIRS.map((dir) => `-I ${dir}`).join(' ');
const cpp = `cpp -nostdinc -undef -D__DTS__ -x assembler-with-cpp ${includes} ${BOARD}`;
const cppDtc = `cd ${v71} && ${cpp} | dtc -q -I dts -O dtb -b 0`;

/** Compile, read, walk. */
export const rows: readonly Row[] = [
  {
    name: 'dt: compile v7.1 mt8195-cherry-tomato-r2, warm',
    unit: 'ms',
    rounds: 15,
    missing: v71 === undefined ? 'dts/v7.1 of the reference folder' : noTools,
    run: () => msWarm(() => compileBoard(v71 as string), 3),
    against: { name: 'cpp | dtc', run: () => childMs('sh', ['-c', cppDtc]) },
    wanted: { of: 'ratio', atMost: 0.7 },
  },
  {
    name: 'dt: read the largest blob, warm',
    unit: 'ms',
    rounds: 15,
    missing: largest === undefined ? 'dtb/ of the reference folder' : noTools,
    run: () => msWarm(() => readFdt(readFileSync(largest as string)), 20),
    against: {
      name: 'dtc -I dtb -O dts',
      run: () => childMs('dtc', ['-q', '-I', 'dtb', '-O', 'dts', largest as string]),
    },
    wanted: { of: 'ratio', atMost: 0.3 },
  },
  {
    name: `dt: read and walk the corpus, ${fetched.length} trees`,
    unit: 's',
    missing: fetched.length === 0 ? 'npm run corpus' : undefined,
    run: () => msWarm(() => fetched.reduce((sum, path) => sum + readAndWalk(path), 0), 1) / 1000,
    wanted: { of: 'figure', atMost: 3 },
  },
];
