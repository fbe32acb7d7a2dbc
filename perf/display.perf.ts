// Display graphs: walking the paths of one big tree, and forecasts of many trees in one process.
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { compile } from '../src/dt/compile.js';
import { readFdt } from '../src/dt/fdt-read.js';
import { writeFdt } from '../src/dt/fdt-write.js';
import { graphIsPresent } from '../src/dt/graph.js';
import type { DtNode, DtTree } from '../src/dt/tree.js';
import { matchDrmData, matchMmsys } from '../src/drivers/mtk-drm/component.js';
import { buildPaths } from '../src/drivers/mtk-drm/paths.js';
import { KERNELS } from '../src/drivers/mtk-drm/rules.js';
import type { DrmData } from '../src/drivers/mtk-drm/tables.js';
import { hostFiles } from '../src/host/files.js';
import { forecastDisplay } from '../src/review/display/forecast.js';
import { inReference, msWarm, type Row } from './bench.js';

const RULES = KERNELS['v7.1'];
/** Trees with display graphs of all releases recorded, from v6.15 to v7.1. */
const TREES = 236;
const VERSIONS = ['v6.18', 'v7.1'] as const;
const files = hostFiles({ cwd: process.cwd() });
const folders = VERSIONS.map((version) => inReference(join('dts', version))).filter((folder) => folder !== undefined);
const missing = folders.length < VERSIONS.length ? 'dts/v6.18 and dts/v7.1 of the reference folder' : undefined;

/** Blobs of all boards with a graph at a mmsys, the biggest first. Made at the first call, outside of the times. */
function blobs(): readonly Uint8Array[] {
  compiled ??= folders.flatMap(boardsOf).toSorted((a, b) => b.length - a.length);
  return compiled;
}

let compiled: readonly Uint8Array[] | undefined;

function boardsOf(folder: string): Uint8Array[] {
  const below = join(folder, 'src/arm64/mediatek');
  const includeDirs = ['include', 'src', 'src/arm64/mediatek'].map((dir) => join(folder, dir));
  return readdirSync(below).flatMap((name) => {
    if (!name.endsWith('.dts')) return [];
    // The board whose overlays are applied later is built with labels.
    const symbols = basename(name).includes('nio-12l');
    const { tree } = compile(join(below, name), files, { includeDirs, symbols });
    return tree !== undefined && mmsysOf(tree).some(graphIsPresent) ? [writeFdt(tree)] : [];
  });
}

function mmsysOf(tree: DtTree): DtNode[] {
  return [...tree.root.walk()].filter((node) => matchMmsys(node)?.vppsys === false);
}

/** Walks all paths of the biggest tree; it is parsed, and its mmsys are known. */
function walkBiggest(): number {
  const tree = readFdt(blobs()[0] as Uint8Array).tree as DtTree;
  const all = mmsysOf(tree).map((node) => [node, matchDrmData(node, RULES.tables) as DrmData] as const);
  const silent = (): void => undefined;
  return msWarm(() => all.map(([node, data]) => buildPaths(tree, node, data, RULES, silent)), 50);
}

function forecastAll(): number {
  const all = Array.from({ length: TREES }, (_, index) => blobs()[index % blobs().length] as Uint8Array);
  const began = performance.now();
  for (const blob of all) forecastDisplay(readFdt(blob).tree as DtTree, RULES);
  return (performance.now() - began) / 1000;
}

/** The walk alone, and reading with forecast. */
export const rows: readonly Row[] = [
  {
    name: 'display: walk all paths of the biggest parsed tree, warm',
    unit: 'ms',
    rounds: 5,
    missing,
    run: walkBiggest,
    wanted: { of: 'figure', atMost: 1 },
  },
  {
    name: `display: read and forecast ${TREES} trees with graphs`,
    unit: 's',
    missing,
    run: forecastAll,
    wanted: { of: 'figure', atMost: 2 },
  },
];
