// The components with drivers of their own: what each binds, and what each asks of the tree.
import { expect, test } from 'vitest';
import { boardTree, boot, device, deviceAt, dropProperty, stateOf } from '../../../test/display-board.js';
import { ddpCompDrivers } from './mtk-ddp-comp.js';

const ALL = ddpCompDrivers.flatMap(({ name, compatible }) => compatible.map((word) => [word, name] as const));

test.each(ALL)('%s is bound by %s', async (compatible, name) => {
  const bench = await boot(boardTree([], `${device('block@2000', compatible)} };`));
  expect(deviceAt(bench, 'block@2000').state).toMatchObject({ kind: 'bound', driver: { name } });
});

test.each(ALL)('%s needs its register window', async (compatible) => {
  const tree = boardTree([], `${device('block@2000', compatible)} };`);
  dropProperty(tree, 'block@2000', 'reg');
  // Without a window the device has no address in its name, and its node is the same.
  expect(stateOf(await boot(tree), 'block@2000')).toBe(
    'failed EINVAL: /soc/block@2000: ioremap: no register window 0 (EINVAL)',
  );
});

test('OVL and RDMA need an interrupt, the others do not', async () => {
  const needing: string[] = [];
  for (const { name, compatible } of ddpCompDrivers) {
    const tree = boardTree([], `${device('block@2000', compatible[0] as string)} };`);
    dropProperty(tree, 'block@2000', 'interrupts');
    if (deviceAt(await boot(tree), 'block@2000').state.kind === 'failed') needing.push(name);
  }
  expect(needing).toEqual(['mediatek-disp-ovl', 'mediatek-disp-rdma']);
});

test('MT8167 is typed by its own compatibles and bound by older ones (T6)', async () => {
  const block = (words: string) => boardTree([], `${device('block@2000', words)} };`);
  expect(stateOf(await boot(block('mediatek,mt8167-disp-ovl')), 'block@2000')).toBe('no-driver');
  expect(stateOf(await boot(block('mediatek,mt8167-disp-ovl|mediatek,mt8173-disp-ovl')), 'block@2000')).toBe('bound');
  expect(stateOf(await boot(block('mediatek,mt8167-dsi')), 'block@2000')).toBe('no-driver');
  expect(stateOf(await boot(block('mediatek,mt8167-dsi|mediatek,mt2701-dsi')), 'block@2000')).toBe('bound');
});

test('an ETHDR claims each of its seven windows', async () => {
  const windows = [0x2000, 0x3000, 0x5000, 0x7000, 0x8000, 0x9000, 0xa000].map((at) => `<${at} 0x100>`).join(', ');
  const rival = `${device('rival@a000', 'mediatek,mt8195-vdo1-rdma')} };`;
  const ethdr = `hdr@2000 { compatible = "mediatek,mt8195-disp-ethdr"; reg = ${windows}; };`;
  const bench = await boot(boardTree([], `${ethdr} ${rival}`));
  expect(['hdr@2000', 'rival@a000'].map((path) => deviceAt(bench, path).state.kind).sort()).toEqual([
    'bound',
    'failed',
  ]);
});
