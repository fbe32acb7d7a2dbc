import { expect, test } from 'vitest';
import { displayTree } from '../../../test/display-tree.js';
import type { DtNode } from '../../dt/tree.js';
import { idsOf } from './component.js';
import { KERNELS } from './rules.js';
import { type Siblings, scanSiblings } from './siblings.js';
import { type ComponentName, DRM_DATA } from './tables.js';

interface Scan {
  readonly text: string;
  readonly aliases?: string;
  readonly wanted?: readonly ComponentName[];
  readonly data?: keyof typeof DRM_DATA;
  readonly waiting?: string;
}

/** A scan beside `/soc/mmsys`, and its lines. */
function scan({ text, aliases, wanted = [], data = 'mt8183_mmsys_driver_data', waiting }: Scan) {
  const tree = displayTree(text, aliases);
  const lines: string[] = [];
  const options = waiting === undefined ? {} : { deviceExists: ({ name }: DtNode): boolean => name !== waiting };
  const result = scanSiblings(
    tree,
    tree.byPath('/soc/mmsys') as DtNode,
    new Set(idsOf(wanted)),
    DRM_DATA[data],
    KERNELS['v7.1'],
    (level, line) => lines.push(`${level} ${line}`),
    options,
  );
  return { ...result, lines };
}

const names = ({ matches }: Siblings): string[] => matches.map(({ node }) => node.name);
const MMSYS = 'mmsys mt8183-mmsys';
const MUTEX = 'mutex mt8183-disp-mutex';

test('P8: a mutex without an alias fits every mmsys, one with the alias of another mmsys does not', () => {
  expect(scan({ text: `${MMSYS}\n${MUTEX}` }).mutex?.name).toBe('mutex');
  expect(scan({ text: `${MMSYS}\n${MUTEX}`, aliases: 'mutex0 = "/soc/mutex";' }).mutex?.name).toBe('mutex');
  const other = scan({ text: `${MMSYS}\n${MUTEX}`, aliases: 'mutex1 = "/soc/mutex";' });
  expect([other.mutex, other.ret, other.lines]).toEqual([undefined, -19, ['err Failed to find disp-mutex node']]);
});

test('P8: of two that fit the later one is taken, even if only the earlier has the alias', () => {
  const text = `${MMSYS}\nfirst mt8183-disp-mutex\nsecond mt8183-disp-mutex`;
  const found = scan({ text, aliases: 'mutex0 = "/soc/first";' });
  expect([found.mutex?.name, found.lines]).toEqual([
    'second',
    ['dbg get mutex for mmsys 0', 'dbg get mutex for mmsys 0'],
  ]);
  expect(scan({ text, aliases: 'mutex1 = "/soc/second";' }).mutex?.name).toBe('first');
});

test('P8: the number is the mmsys_id of the data', () => {
  const text = 'mmsys mt8195-vdosys1\na mt8195-disp-mutex\nb mt8195-disp-mutex';
  const aliases = 'mutex0 = "/soc/b"; mutex1 = "/soc/a";';
  expect(scan({ text, aliases, data: 'mt8195_vdosys1_driver_data' }).mutex?.name).toBe('a');
  expect(scan({ text, aliases, data: 'mt8195_vdosys0_driver_data' }).mutex?.name).toBe('b');
});

test('P7: what is disabled is passed over with a line, mutex or not, wanted or not', () => {
  const text = `${MMSYS}\nmutex mt8183-disp-mutex {status = "disabled";}\nwdma mt8173-disp-wdma {status = "fail";}
    bridge vendor,x {status = "disabled";}`;
  expect(scan({ text }).lines).toEqual([
    'dbg Skipping disabled component /soc/mutex',
    'dbg Skipping disabled component /soc/wdma',
    'err Failed to find disp-mutex node',
  ]);
});

test('P9: components of the paths are stored, those with a driver of their own are waited for', () => {
  const text = `${MMSYS}\n${MUTEX}\novl mt8183-disp-ovl\ndither mt8183-disp-dither\npwm mt8173-disp-pwm
    bls mt2701-disp-pwm\nrdma mt8183-disp-rdma`;
  const found = scan({ text, wanted: ['OVL0', 'DITHER0', 'PWM0', 'BLS'] });
  expect([names(found), [...found.components.values()].map(({ node }) => node.name)]).toEqual([
    ['ovl'],
    ['ovl', 'dither', 'pwm', 'bls'],
  ]);
  expect(found.lines).toEqual(['dbg get mutex for mmsys 0', 'info Adding component match for /soc/ovl']);
});

test('P9: a component that the tables do not know by its alias is warned about and left out', () => {
  const text = `${MMSYS}\n${MUTEX}\nrdma mt8183-disp-rdma`;
  const found = scan({ text, aliases: 'rdma3 = "/soc/rdma";', wanted: ['RDMA0'] });
  expect([found.ret, names(found), found.lines.at(-1)]).toEqual([0, [], 'warn Skipping unknown component /soc/rdma']);
});

test('T4: of two nodes that are the same component the later is stored, and both are waited for', () => {
  const text = `${MMSYS}\n${MUTEX}\na mt8183-dsi\nb mt8183-dsi`;
  const found = scan({ text, wanted: ['DSI0'] });
  expect([names(found), [...found.components].map(([id, { node }]) => [id, node.name])]).toEqual([
    ['a', 'b'],
    [[14, 'b']],
  ]);
});

test('P6: only children of the parent of the mmsys are found', () => {
  const text = `${MMSYS}\n${MUTEX}\nbus simple-bus,x {dsi { compatible = "mediatek,mt8183-dsi"; };}`;
  expect(names(scan({ text, wanted: ['DSI0'] }))).toEqual([]);
});

test('P9: a component whose device does not exist yet ends the scan with EPROBE_DEFER and says who', () => {
  const text = `${MMSYS}\nova mt8183-disp-ovl\nrdma mt8183-disp-rdma\n${MUTEX}`;
  const found = scan({ text, wanted: ['OVL0', 'RDMA0'], waiting: 'ova' });
  expect([found.ret, found.waitsFor?.name, found.mutex, found.lines]).toEqual([
    -517,
    'ova',
    undefined,
    ['info Adding component match for /soc/ova', 'info [drm] Waiting for device ova'],
  ]);
  expect(scan({ text, wanted: ['RDMA0'], waiting: 'ova' }).ret).toBe(0);
});
