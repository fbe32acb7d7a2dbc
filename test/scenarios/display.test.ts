// The displays of real boards, brought up whole: who comes up, who waits for whom. What is expected of each is what its
// tree says; the paths are those that the kernel's own code built of it (facts: OF graphs, chapter 9).
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Bench } from '../../src/bench/bench.js';
import { Bench as Machine, type BenchParts } from '../../src/bench/bench.js';
import { everyFault } from '../../src/bench/every-fault.js';
import { chipModels, drivers } from '../../src/stock/catalogue.js';
import { dsiHostAwaits } from '../../src/core/mipi-dsi.js';
import { mtkDrmDrivers } from '../../src/drivers/mtk-drm/mtk-drm.js';
import { panelDrivers } from '../../src/drivers/panel-mipi-dsi/panel-mipi-dsi.js';
import { readFdt } from '../../src/dt/fdt-read.js';
import type { DtTree } from '../../src/dt/tree.js';
import { settle } from '../../src/host/settle.js';
import { benchOf } from '../bench.js';
import { boardSource, corpusFolders, inCorpus } from '../corpus.js';
import { displays, missing } from '../display-board.js';
import { labTree } from '../lab.js';

const FOLDERS = corpusFolders();
const DISPLAY = { drivers: [...mtkDrmDrivers, ...panelDrivers] };
const KUKUI = 'OVL0 OVL_2L0 RDMA0 COLOR0 CCORR AAL0 GAMMA DITHER0 DSI0';
const PLAIN = 'OVL0 RDMA0 COLOR0 CCORR AAL0 GAMMA DITHER0 DSI0';
const PANEL = 'DSI-1 connected 1200x1920 of crtcs 1';

/** A blob of the corpus. */
function blob(path: string): DtTree | undefined {
  return readFdt(readFileSync(path)).tree;
}

/** What became of the display of a machine with the whole catalogue. */
interface Outcome {
  readonly cards: readonly string[];
  /** Paths of devices that no aggregate has yet. */
  readonly missing: readonly string[];
  /** `who: whom`, for devices that were put off and DSI hosts without peripheral. */
  readonly waits: readonly string[];
}

const NOTHING: Outcome = { cards: [], missing: [], waits: [] };

function outcomeOf(bench: Bench): Outcome {
  const waits = bench.core.devices.flatMap((dev) => {
    const whom = dev.state.kind === 'deferred' ? dev.state.waitsFor : dsiHostAwaits(dev)?.path;
    return whom === undefined ? [] : [`${dev.path}: ${whom}`];
  });
  return { cards: displays(bench), missing: missing(bench), waits };
}

async function bringUp(tree: DtTree | undefined): Promise<Outcome> {
  if (tree === undefined) throw new Error('the tree has errors');
  const bench = benchOf(tree, { drivers: drivers(), chips: chipModels() });
  await bench.powerOn();
  const outcome = outcomeOf(bench);
  expect(await bench.powerOff(), 'left behind').toEqual([]);
  return outcome;
}

const CHERRY: Outcome = {
  cards: [],
  missing: ['/soc/dp-intf@1c015000', '/soc/dp-intf@1c113000'],
  waits: ['/soc/dp-intf@1c015000: /soc/edp-tx@1c500000', '/soc/dp-intf@1c113000: /soc/dp-tx@1c600000'],
};
const ELM: Outcome = {
  cards: [],
  missing: ['/soc/dsi@1401b000', '/soc/dpi@1401d000'],
  waits: ['/soc/dsi@1401b000: /soc/i2c@11007000/edp-bridge@8', '/soc/dpi@1401d000: /soc/hdmi@14025000'],
};

/** Trees of Linux 6.12, as Debian has them. None has a graph: the built-in paths count. */
const BLOBS: readonly (readonly [string, Outcome])[] = [
  ['mt8183-kukui-krane-sku176', { ...NOTHING, cards: [`card0: 0 main ${KUKUI}; ${PANEL}`] }],
  // Its tree has no display yet.
  ['mt8365-evk', NOTHING],
  // Nor has this one: the built-in paths end at DP_INTF0 and DP_INTF1, which are disabled.
  ['mt8395-genio-1200-evk', NOTHING],
  ['mt8195-cherry-tomato-r2', CHERRY],
  ['mt8173-elm', ELM],
  [
    'mt8192-asurada-spherion-r0',
    { cards: [], missing: ['/soc/dsi@14010000'], waits: ['/soc/dsi@14010000: /soc/i2c@11cb0000/anx7625@58'] },
  ],
  [
    'mt8186-corsola-steelix-sku131072',
    { cards: [], missing: ['/soc/dsi@14013000'], waits: ['/soc/dsi@14013000: /soc/i2c@11007000/anx7625@58'] },
  ],
];

describe.skipIf(inCorpus(FOLDERS, 'dtb') === undefined)('blobs of Linux 6.12 (skipped without BRINGUP_CORPUS)', () => {
  for (const [name, want] of BLOBS) {
    const path = inCorpus(FOLDERS, `dtb/${name}.dtb`);
    test.skipIf(path === undefined)(name, async () => {
      expect(await bringUp(blob(path as string))).toEqual(want);
    });
  }
});

/** Sources of Linux 7.1, most with graphs. */
const SOURCES: readonly (readonly [string, Outcome])[] = [
  ['mt8183-kukui-krane-sku176', { ...NOTHING, cards: [`card0: 0 main ${KUKUI}; ${PANEL}`] }],
  ['mt8183-kukui-kodama-sku16', { ...NOTHING, cards: [`card0: 0 main ${KUKUI}; ${PANEL}`] }],
  ['mt8183-kukui-kakadu', { ...NOTHING, cards: [`card0: 0 main ${KUKUI}; ${PANEL}`] }],
  ['mt8183-kukui-katsu-sku32', { ...NOTHING, cards: [`card0: 0 main ${KUKUI}; ${PANEL}`] }],
  ['mt8365-evk', { ...NOTHING, cards: [`card0: 0 main ${PLAIN}; ${PANEL}`] }],
  // The panel on DSI is up, and the display waits for its second half.
  [
    'mt8395-genio-1200-evk',
    { cards: [], missing: ['/soc/dpi@1c112000'], waits: ['/soc/dpi@1c112000: /soc/hdmi-tx@1c300000'] },
  ],
  ['mt8195-cherry-tomato-r2', CHERRY],
  [
    'mt8188-geralt-ciri-sku0',
    { cards: [], missing: ['/soc/dp-intf@1c113000'], waits: ['/soc/dp-intf@1c113000: /soc/dp-tx@1c600000'] },
  ],
  [
    'mt8183-pumpkin',
    { cards: [], missing: ['/soc/dpi@14015000'], waits: ['/soc/dpi@14015000: /soc/i2c@11005000/hdmitx@4c'] },
  ],
  ['mt8173-elm', ELM],
  ['mt8183-evb', NOTHING],
];
const V7_1 = inCorpus(FOLDERS, 'dts/v7.1');
const V6_18 = inCorpus(FOLDERS, 'dts/v6.18');

describe.skipIf(V7_1 === undefined)('sources of Linux 7.1 (skipped without BRINGUP_CORPUS)', () => {
  for (const [name, want] of SOURCES) {
    test(name, async () => {
      expect(await bringUp(boardSource(V7_1 as string, name))).toEqual(want);
    });
  }
});

test.skipIf(V7_1 === undefined)(
  'every arm64 board of Linux 7.1 goes on and off, and nothing is left',
  async () => {
    const names = readdirSync(join(V7_1 as string, 'src/arm64/mediatek')).filter((name) => name.endsWith('.dts'));
    const without: string[] = [];
    for (const name of names) {
      const tree = boardSource(V7_1 as string, name.replace(/\.dts$/, ''));
      if (tree === undefined) without.push(name);
      else await bringUp(tree);
    }
    expect(without).toEqual([]);
    expect(names.length).toBeGreaterThan(100);
  },
  60_000,
);

test.skipIf(V6_18 === undefined)('Linux 6.18 loses the display of every MT8183 board; here it comes up', async () => {
  const outcome = await bringUp(boardSource(V6_18 as string, 'mt8183-kukui-krane-sku176'));
  expect(outcome).toEqual({ ...NOTHING, cards: [`card0: 0 main ${KUKUI}; ${PANEL}`] });
});

test('the lab board has a display of nine blocks', async () => {
  const bench = benchOf(labTree(), { drivers: drivers(), chips: chipModels() });
  await bench.powerOn();
  expect(displays(bench)).toEqual([`card0: 0 main ${KUKUI}; DSI-1 connected 720x1280 of crtcs 1`]);
});

test('bringing a display up asks nothing of the wires yet, so that no fault on them can hurt it', async () => {
  const { operations, findings } = await everyFault({
    make: (faults: NonNullable<BenchParts['faults']>) =>
      new Machine({ ...DISPLAY, chips: [], tree: labTree(), settle, faults }),
    scenario: async (bench) => void displays(bench),
    broken: async (bench) => (displays(bench).length === 1 ? undefined : 'no display'),
  });
  expect({ operations, findings }).toEqual({ operations: 0, findings: [] });
});
