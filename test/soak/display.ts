// Damaged display graphs: whatever the tree, every set of rules comes to a forecast in bounded time, and with the right
// rules no reference to a node is lost or put twice.
import { join } from 'node:path';
import { Random } from '../../src/base/random.js';
import { KERNELS, RIGHT } from '../../src/drivers/mtk-drm/rules.js';
import { COMPATIBLES } from '../../src/drivers/mtk-drm/tables.js';
import { readFdt } from '../../src/dt/fdt-read.js';
import { cellValue, DtNode, DtProperty, type DtTree, stringValue } from '../../src/dt/tree.js';
import { forecastDisplay } from '../../src/review/display/forecast.js';
import { forecastJson } from '../../src/review/display/forecast-json.js';
import type { DisplayForecast, MmsysForecast } from '../../src/review/display/result.js';
import { compileBlob } from '../blob.js';
import { corpusFolders, inCorpus } from '../corpus.js';
import { displayTree } from '../display-tree.js';
import { ROOT } from '../sources.js';

/** Longest time for one tree under all rules, in milliseconds; an honest one takes a hundredth. */
const LIMIT_MS = 500;
const RULES = [...Object.values(KERNELS), RIGHT];
const STATES = ['okay', 'ok', 'disabled', 'OKAY', 'fail', ''] as const;
const NUMBERS = [0, 1, 2, 3, 4, 62, 0x7fffffff, 0xffffffff] as const;
const NAMES = ['port', 'port@1', 'ports', 'in-ports', 'endpoint', 'endpoint@1', 'hint', 'Port@0'] as const;
const ADAPTOR_PARTS = ['mt8195-disp-ethdr', 'mt8195-vdo1-rdma', 'mt8188-disp-padding', 'mt8195-disp-merge'] as const;
const MMSYS = ['mt8183-mmsys', 'mt8195-vdosys0', 'mt8195-vdosys1', 'mt8188-vdosys0', 'mt8365-mmsys'] as const;
const ALIASES = ['merge5', 'dsi1', 'dsi9', 'mutex1', 'rdma3', 'dp-intf1', 'ovl-2l1', 'merge99999999999'] as const;

const BASES = [
  'cherry-base',
  'g1200-base',
  'krane-base',
  'pumpkin-base',
  'mt8365-base',
  'elm-hardcoded',
  'geralt-conn-routes',
];
const BOARDS = ['mt8195-cherry-tomato-r2', 'mt8395-genio-1200-evk', 'mt8183-kukui-krane-sku176'];
const BLOBS: readonly Uint8Array[] = realBlobs();

/** What `npm run soak` runs; `run` throws with what failed. */
export const scenarios: readonly { name: string; total: number; run(seed: string): void }[] = [
  { name: 'display', total: 50_000, run },
];

/** One damaged graph, made from the seed, under all rules. */
export function run(seed: string): void {
  const random = new Random(seed);
  const tree =
    BLOBS.length > 0 && random.chance(0.5) ? (readFdt(random.pick(BLOBS)).tree as DtTree) : synthetic(random);
  const nodes = graphNodes(tree);
  for (let faults = 1 + random.below(12); faults > 0; faults--) damage(tree, nodes, random);
  tree.changed();
  const before = performance.now();
  for (const rules of RULES) {
    const forecast = forecastDisplay(tree, rules);
    JSON.stringify(forecastJson(tree, forecast));
    examine(forecast);
  }
  check(performance.now() - before < LIMIT_MS, `took ${Math.round(performance.now() - before)} ms`);
}

function examine({ rules, mmsys, drm }: DisplayForecast): void {
  for (const one of mmsys) examineMmsys(one, rules === RIGHT);
  for (const { bound, registered, crtcs, reason } of drm) {
    check(registered === (reason === undefined), `${rules.name}: a display, or why there is none`);
    check(!registered || crtcs.some(({ index }) => index !== undefined), `${rules.name}: a display has a CRTC`);
    check(bound <= mmsys.length, `${rules.name}: ${bound} of ${mmsys.length} bound`);
  }
}

function examineMmsys({ hang, unsetReturn, references, paths }: MmsysForecast, isRight: boolean): void {
  const walks = Object.values(paths).flatMap(({ walk }) => walk ?? []);
  check(!isRight || references.size === 0, `${references.size} references are not balanced`);
  check(!isRight || (!hang && !unsetReturn && !walks.some(({ unsetNext }) => unsetNext)), 'nothing is undefined');
  for (const { ids, steps } of walks) check(ids.length <= 62 && steps.length <= 80, 'a walk within its limits');
}

function check(condition: boolean, what: string): void {
  if (!condition) throw new Error(what);
}

/** A mmsys or two, and up to 80 blocks that lead wherever they like. */
function synthetic(random: Random): DtTree {
  const count = random.pick([1, 3, 8, 20, 80]);
  // Mostly onwards, so that long chains come about; mostly one path, so that they hold.
  const target = (from: number): string => `b${random.chance(0.9) ? from + 1 : random.below(count + 1)}`;
  const links = (from: number): string => {
    return [0, 1, 2].map((path) => (random.chance(path === 0 ? 0.95 : 0.4) ? ` ${path}>${target(from)}` : '')).join('');
  };
  const lines = ['mmsys', 'mmsys1']
    .slice(0, 1 + random.below(2))
    .map((name) => `${name} ${random.pick(MMSYS)}${links(-1)}`);
  for (let i = 0; i < count; i++) lines.push(`b${i} ${kind(random)}${links(i)}`);
  return displayTree([...lines, `b${count} vendor,panel`, 'mutex mt8183-disp-mutex'].join('\n'));
}

function kind(random: Random): string {
  if (random.chance(0.3)) return `mediatek,${random.pick(ADAPTOR_PARTS)}`;
  return random.chance(0.05) ? 'vendor,block' : random.pick(COMPATIBLES).compatible;
}

/** The nodes that the display has to do with: mmsys, components, ports, endpoints. */
function graphNodes(tree: DtTree): DtNode[] {
  return [...tree.root.walk()].filter((node) => {
    return (
      node.property('remote-endpoint') !== undefined ||
      node.children.some((child) => /^(port|endpoint)/.test(child.name))
    );
  });
}

/** One fault at one place of the graph. */
function damage(tree: DtTree, nodes: readonly DtNode[], random: Random): void {
  if (nodes.length === 0) return;
  const node = random.pick(nodes);
  const others = node.parent?.children ?? [];
  const faults: readonly (() => void)[] = [
    () => put(node, 'reg', cellValue(random.pick(NUMBERS))),
    () => put(node, 'remote-endpoint', cellValue(phandle(random.pick(nodes)))),
    () => put(node, 'remote-endpoint', cellValue(random.pick(NUMBERS))),
    () => put(node, 'remote-endpoint', random.bytes(random.below(9))),
    () => put(node, 'status', stringValue(random.pick(STATES))),
    () => put(node, 'compatible', stringValue(kind(random), random.pick(COMPATIBLES).compatible)),
    () => put(node, 'compatible', stringValue(`mediatek,${random.pick(MMSYS)}`)),
    () => drop(node.properties, random),
    () => drop(node.children, random),
    () => swap(others, random),
    () => void node.children.splice(random.below(node.children.length + 1), 0, new DtNode(random.pick(NAMES), node)),
    () => alias(tree, node, random),
  ];
  random.pick(faults)();
}

/** The number of a node; one that has none gets one. */
function phandle(node: DtNode): number {
  if (node.phandle === 0) put(node, 'phandle', cellValue(0x10000 + node.path.length));
  return node.phandle;
}

function put(node: DtNode, name: string, value: Uint8Array): void {
  const property = node.property(name);
  if (property === undefined) node.properties.push(new DtProperty(name, value));
  else property.value = value;
}

function drop(list: unknown[], random: Random): void {
  if (list.length > 0) list.splice(random.below(list.length), 1);
}

function swap(list: DtNode[], random: Random): void {
  if (list.length < 2) return;
  const [a, b] = [random.below(list.length), random.below(list.length)];
  [list[a], list[b]] = [list[b] as DtNode, list[a] as DtNode];
}

function alias(tree: DtTree, node: DtNode, random: Random): void {
  const aliases = tree.root.child('aliases');
  if (aliases !== undefined) put(aliases, random.pick(ALIASES), stringValue(node.path));
}

/** Reduced real trees, which are always at hand, and whole ones where their sources are. */
function realBlobs(): Uint8Array[] {
  const cases = join(ROOT, 'test/golden/ofgraph-cases');
  const reduced = BASES.map((name) => compileBlob(join(cases, `${name}.dts`), { force: true }));
  const version = inCorpus(corpusFolders(), 'dts/v7.1');
  const whole = version === undefined ? [] : BOARDS.map((name) => wholeBoard(version, name));
  return [...reduced, ...whole].filter((blob) => typeof blob !== 'string');
}

function wholeBoard(version: string, name: string): Uint8Array | string {
  const includes = ['include', 'src', 'src/arm64/mediatek'].map((folder) => join(version, folder));
  return compileBlob(join(version, `src/arm64/mediatek/${name}.dts`), { includes, preprocess: true });
}
