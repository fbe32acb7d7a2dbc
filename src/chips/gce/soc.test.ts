// The table of SoCs against the devicetrees and headers of Linux 6.12 and, for windows, MediaTek's kernels.
import { expect, test } from 'vitest';
import { GCE_SOCS, type GceSocName, socOf } from './soc.js';

/** Threads, shift, level, bases, software control, DDR. */
type Row = readonly [number, 0 | 3, 'high' | 'low', readonly number[], boolean, boolean];

const ROWS: Readonly<Partial<Record<GceSocName, Row>>> = {
  mt6795: [16, 0, 'low', [0x1021_2000], false, false],
  mt8173: [16, 0, 'low', [0x1021_2000], false, false],
  mt8183: [24, 0, 'low', [0x1023_8000], false, false],
  mt8186: [24, 3, 'high', [0x1022_c000], true, true],
  mt8188: [32, 3, 'high', [0x1032_0000, 0x1033_0000], true, false],
  mt8192: [24, 3, 'high', [0x1022_8000], true, false],
  mt8195: [24, 3, 'high', [0x1032_0000, 0x1033_0000], true, false],
};

test.each(Object.entries(ROWS))('%s', (name, [threads, shift, level, bases, software, ddr]) => {
  const soc = GCE_SOCS[name as GceSocName];
  expect([soc.threads, soc.shift, soc.irqLevel, soc.bases, soc.control]).toEqual([
    threads,
    shift,
    level,
    bases,
    { software, ddr },
  ]);
});

test('mt6779 has 24 threads and a shift of 3', () => {
  expect(GCE_SOCS.mt6779).toMatchObject({ threads: 24, shift: 3, control: { software: false, ddr: false } });
});

/** First, some and last of the ids, with their windows. */
test.each([
  ['mt8173', [undefined, 0x1400, 0x1401, 0x1402], 4],
  ['mt6795', [0x1300, 0x1400, 0x1401, 0x1402, 0x1500, 0x1600], 23],
  ['mt8183', [0x1300, 0x1400, 0x1401, 0x1402, 0x1502, 0x1880], 30],
  ['mt6779', [0x1300, 0x1400, 0x1401, 0x1402, 0x1502, 0x1880], 30],
  ['mt8192', [0x1300, 0x1400, 0x1401, 0x1402, 0x1502, 0x1880], 30],
  ['mt8186', [0x1300, 0x1400, 0x1401, 0x1402, 0x1502, 0x1582, 0x1b00], 30],
  ['mt8188', [0x1400, 0x1401, 0x1402, 0x1c00, 0x1c01, 0x1c02], 26],
  ['mt8195', [0x1400, 0x1401, 0x1402, 0x1c00, 0x1c01, 0x1c02], 26],
] as const)('windows of %s', (name, first, count) => {
  const { subsys } = GCE_SOCS[name];
  const uppers = subsys.map((base) => (base === undefined ? undefined : base / 0x1_0000));
  expect([uppers.slice(0, first.length), uppers.length]).toEqual([first, count]);
});

test.each([
  ['mt6795', 0x1126],
  ['mt8183', 0x180b],
  ['mt8186', 0x1a06],
  ['mt8195', 0x1c60],
] as const)('the last window of %s', (name, upper) => {
  expect(GCE_SOCS[name].subsys.at(-1)).toBe(upper * 0x1_0000);
});

test('compatibles lead to their SoC, others nowhere', () => {
  expect(['mediatek,mt8173-gce', 'mediatek,mt8188-gce', 'mediatek,mt8196-gce', 'mediatek,gce'].map(socOf)).toEqual([
    'mt8173',
    'mt8188',
    undefined,
    undefined,
  ]);
});
