// The plans against what was taken from Linux: built-in paths, ways, mutex bits (test/golden/mtk-drm-tables.json), and
// the headers of the GCE's inputs (the reference folder's devicetree sources).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { benchOf } from '../../../test/bench.js';
import { corpusFolders, inCorpus } from '../../../test/corpus.js';
import { ROOT } from '../../../test/sources.js';
import { findPlan, socWiring } from '../../bench/soc-plan.js';
import { compile } from '../../dt/compile.js';
import type { DtTree } from '../../dt/tree.js';
import { hostFiles } from '../../host/files.js';
import { MAIN_PATHS } from '../../../test/mtk-display-boards.js';
import { type MtkDisplaySoc, mtkDisplayChips, mtkDisplayPlan, mtkDisplayPlans } from './mtk-display.js';
import { SOCS } from './socs.js';

interface Tables {
  readonly hardcoded_paths: Readonly<Record<string, readonly string[]>>;
  readonly routing_tables: Readonly<Record<string, readonly (readonly [string, string])[]>>;
  readonly mutex_modules: Readonly<Record<string, readonly string[]>>;
}
const TABLES = JSON.parse(readFileSync(join(ROOT, 'test/golden/mtk-drm-tables.json'), 'utf8')) as Tables;
const SOC_NAMES = Object.keys(SOCS) as MtkDisplaySoc[];

/** Linux has no number where there is one of a kind. */
const named = (component: string): string => (/\d$/.test(component) ? component : `${component}0`);

const wires = (soc: MtkDisplaySoc): string[] => mtkDisplayPlan(soc).video.map(({ from, to }) => `${from}>${to}`);
const pairs = (path: readonly string[]): string[] => path.slice(1).map((to, n) => `${path[n]}>${to}`);

// What Linux's connectors add to the built-in path of MT8188, and the path of the MT8365 EVK's graph.
const PATHS: Readonly<Record<string, readonly string[]>> = {
  ...TABLES.hardcoded_paths,
  'mt8188 dp': [...(TABLES.hardcoded_paths['mt8188 main'] ?? []), 'DP_INTF0'],
  'mt8188 dsi': [...(TABLES.hardcoded_paths['mt8188 main'] ?? []), 'DSI0'],
  'mt8365 main': ['OVL0', 'RDMA0', 'COLOR0', 'CCORR', 'AAL0', 'GAMMA', 'DITHER0', 'DSI0'],
  'mt8365 ext': ['RDMA1', 'DPI0'],
};
const MODELLED = Object.keys(PATHS).filter(
  (name) => SOC_NAMES.some((soc) => name.startsWith(soc)) && name !== 'mt8195 ext',
);

test.each(MODELLED)('the path %s is wired from end to end', (name) => {
  const path = (PATHS[name] as readonly string[]).map(named).filter((block) => !block.startsWith('PWM'));
  const soc = name.slice(0, 6) as MtkDisplaySoc;
  expect(pairs(path).filter((pair) => !wires(soc).includes(pair))).toEqual([]);
});

/** A row of Linux's that is no way (see routes.ts), and a way that leads in a circle. */
const NOT_THERE = ['AAL0>COLOR0', 'MERGE0>DSC0'];

test.each(SOC_NAMES)('every way of Linux between blocks that %s has here goes through MMSYS', (soc) => {
  const table = Object.entries(TABLES.routing_tables).find(([key]) => key.includes(soc) && !key.includes('vdo1'));
  const { mods, outputs } = SOCS[soc];
  const known = (block: string): boolean => block in mods || block in outputs;
  const ways = (table?.[1] ?? []).map((pair) => pair.map(named)).filter((pair) => pair.every(known));
  const through = mtkDisplayPlan(soc).video.flatMap((wire) => (wire.through ? [`${wire.from}>${wire.to}`] : []));
  expect(ways.length).toBeGreaterThan(3);
  const missing = ways.map(([from, to]) => `${from}>${to}`).filter((pair) => !through.includes(pair));
  expect(missing.filter((pair) => !NOT_THERE.includes(pair))).toEqual([]);
});

test.each(SOC_NAMES)('the blocks that the mutex of %s starts are among Linux’s, and no two share a bit', (soc) => {
  const { mods } = SOCS[soc];
  const modules = (TABLES.mutex_modules[soc] ?? []).map(named);
  expect(Object.keys(mods).filter((block) => !modules.includes(block))).toEqual([]);
  expect(new Set(Object.values(mods)).size).toBe(Object.keys(mods).length);
});

test('no wires lead in a circle, whatever the registers say', () => {
  for (const soc of SOC_NAMES) {
    let open = new Set(wires(soc));
    for (;;) {
      const ends = new Set([...open].map((pair) => pair.split('>')[0]));
      const left = new Set([...open].filter((pair) => ends.has(pair.split('>')[1] as string)));
      if (left.size === open.size) break;
      open = left;
    }
    expect([soc, [...open]]).toEqual([soc, []]);
  }
});

test('each plan names its SoC', () => {
  expect(mtkDisplayPlans().map(({ compatible }) => compatible[0])).toEqual([
    'mediatek,mt8173-mmsys',
    'mediatek,mt8183-mmsys',
    'mediatek,mt8186-mmsys',
    'mediatek,mt8192-mmsys',
    'mediatek,mt8188-vdosys0',
    'mediatek,mt8195-vdosys0',
    'mediatek,mt8365-mmsys',
  ]);
});

const HEADERS: Readonly<Partial<Record<MtkDisplaySoc, string>>> = {
  mt8173: 'gce/mt8173-gce.h',
  mt8183: 'gce/mt8183-gce.h',
  mt8186: 'gce/mt8186-gce.h',
  mt8188: 'mailbox/mediatek,mt8188-gce.h',
  mt8192: 'gce/mt8192-gce.h',
  mt8195: 'gce/mt8195-gce.h',
};
const bindings = inCorpus(corpusFolders(), 'dts/v7.1/include/dt-bindings');

/** What the name of an input must contain for a block's signal. */
function pattern(block: string, signal: string): RegExp {
  const n = block.slice(-1);
  const stem = block.slice(0, -1);
  const names: Readonly<Record<string, string>> = {
    OVL_2L: `OVL${n}_2L`,
    DSC: `DSC_WRAP${n}(C0|_CORE0)?`,
    MERGE: `VPP_MERGE${n}`,
    RDMA: `RDMA_?${n}`,
  };
  const who = names[stem] ?? `${stem}${n}`;
  if (stem === 'MUTEX') return new RegExp(`STREAM_(EOF|DONE)|MUTEX\\d_STREAM_EOF`);
  const what: Readonly<Record<string, string>> = {
    sof: '_SOF$',
    eof: '(_EOF|(_O)?_FRAME_DONE(_0)?)$',
    underrun: '(_BUF)?_UNDERRUN(_EVEN)?$',
    rst_done: '(_O)?(_FRAME)?_(RST|RESET)_DONE',
    done: '(_O_DSI)?_DONE_(ENG_)?EVENT(_MM)?$',
  };
  return new RegExp(`(^|_)${who}${what[signal]}`);
}

test.skipIf(bindings === undefined)('the inputs of the GCE have the names of the signals that lead there', () => {
  const wrong: string[] = [];
  let count = 0;
  for (const [soc, file] of Object.entries(HEADERS) as [MtkDisplaySoc, string][]) {
    const text = readFileSync(join(bindings as string, file), 'utf8');
    const defines = [...text.matchAll(/^#define\s+(CMDQ_EVENT_\w+)\s+(\d+)/gm)].map((m) => [m[1], Number(m[2])]);
    const inputs = new Map(defines.map(([name, id]) => [id, name as string]));
    for (const { from, signal, id } of mtkDisplayPlan(soc).events.filter(({ to }) => to === 'GCE0')) {
      count++;
      const name = inputs.get(id) ?? 'nothing';
      const n = /^stream_eof(\d+)$/.exec(signal)?.[1];
      const fits = n === undefined || new RegExp(`(MUTEX${n}_STREAM_EOF|\\D${n})$`).test(name);
      if (!fits || !pattern(from, signal).test(name)) wrong.push(`${soc} ${from} ${signal}: ${id} is ${name}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(count).toBeGreaterThan(200);
});

const sources = inCorpus(corpusFolders(), 'dts/v7.1');
const BOARDS: Readonly<Record<MtkDisplaySoc, string>> = {
  mt8173: 'mt8173-elm',
  mt8183: 'mt8183-kukui-krane-sku176',
  mt8186: 'mt8186-corsola-steelix-sku131072',
  mt8188: 'mt8188-geralt-ciri-sku0',
  mt8192: 'mt8192-asurada-spherion-r0',
  mt8195: 'mt8195-cherry-tomato-r1',
  mt8365: 'mt8365-evk',
};

test.skipIf(sources === undefined)(
  'main paths are wired in the trees of real boards, and their blocks fit',
  async () => {
    for (const soc of SOC_NAMES) await tryBoard(soc);
  },
  30_000,
);

async function tryBoard(soc: MtkDisplaySoc): Promise<void> {
  const below = (folder: string): string => join(sources as string, folder);
  const includeDirs = ['include', 'src', 'src/arm64/mediatek'].map(below);
  const file = join(below('src/arm64/mediatek'), `${BOARDS[soc]}.dts`);
  const tree = compile(file, hostFiles({ cwd: ROOT }), { includeDirs }).tree as DtTree;
  const plan = findPlan(tree, mtkDisplayPlans());
  expect(plan?.compatible).toEqual(mtkDisplayPlan(soc).compatible);
  const { node, video, events } = socWiring(tree, mtkDisplayPlan(soc));
  const missing = MAIN_PATHS[soc].path.slice(1).flatMap((to, n) => {
    const [source, target] = [node(MAIN_PATHS[soc].path[n] as string), node(to)];
    const found = target && video(target).find(({ from }) => from === source);
    return found === undefined ? [`${MAIN_PATHS[soc].path[n]}>${to}`] : [];
  });
  expect([soc, missing]).toEqual([soc, []]);
  const mutex = node('MUTEX0');
  const streams = mutex?.property('mediatek,gce-events')?.cells() ?? [];
  const told =
    mutex === undefined ? [] : streams.flatMap((_, n) => events(mutex, `stream_eof${n}`).map(({ id }) => id));
  // The first events that the devicetree names for the mutex are those of its first streams.
  expect([soc, told]).toEqual([soc, [...streams]]);
  const said: string[] = [];
  const bench = benchOf(tree, { chips: mtkDisplayChips, events, video });
  bench.trace.attach((event) => event.kind === 'printk' && said.push(`${event.where} ${event.text}`));
  await bench.powerOn();
  const blocks = MAIN_PATHS[soc].path.map((name) => node(name)).filter((found) => found?.available);
  expect(blocks.map((found) => found?.path).filter((path) => path && !bench.sockets.has(path))).toEqual([]);
  expect(said.filter((line) => line.includes('does not fit'))).toEqual([]);
}
