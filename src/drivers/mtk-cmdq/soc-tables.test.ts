import { describe, expect, test } from 'vitest';
import { treeOf } from '../../../test/tree-of.js';
import { EventNames } from './event-names.js';
import { CMDQ_SOCS, type CmdqSoc, cmdqSoc, cmdqSocOfTree, gceNodes } from './soc-tables.js';

const soc = (name: string): CmdqSoc => cmdqSoc(name) as CmdqSoc;

describe('the table of SoCs', () => {
  test('has the nine', () => {
    const nine = ['mt6779', 'mt6795', 'mt8173', 'mt8183', 'mt8186', 'mt8188', 'mt8192', 'mt8195', 'mt8365'];
    expect(CMDQ_SOCS.toSorted()).toEqual(nine);
  });

  // facts cmdq §9.4
  test.each([
    ['mt6795', 16, 0, 1, [0x10212000], false, false],
    ['mt8173', 16, 0, 1, [0x10212000], false, false],
    ['mt8183', 24, 0, 1, [0x10238000], false, false],
    ['mt6779', 24, 3, 1, [], false, false],
    ['mt8186', 24, 3, 1, [0x1022c000], true, true],
    ['mt8192', 24, 3, 1, [0x10228000], true, false],
    ['mt8195', 24, 3, 2, [0x10320000, 0x10330000], true, false],
    ['mt8188', 32, 3, 2, [0x10320000, 0x10330000], true, false],
  ])('%s has threads, shift, engines and control as published', (name, threads, shift, gces, bases, sw, ddr) => {
    const { threads: t, shift: s, gces: g, bases: b, controlBySw, ddrBySw } = soc(name);
    expect([t, s, g, b, controlBySw, ddrBySw]).toEqual([threads, shift, gces, bases, sw, ddr]);
  });

  // facts cmdq §2.4, §9.2, §9.3
  test.each([
    ['mt8173', 0x1400_c020, 1],
    ['mt8173', 0x1402_0000, 3],
    ['mt8173', 0x1300_0000, undefined],
    ['mt8173', 0x1_1400_c000, undefined],
    ['mt6795', 0x1126_ffff, 22],
    ['mt8183', 0x1300_0000, 0],
    ['mt8183', 0x180b_0000, 29],
    ['mt8186', 0x1582_0000, 5],
    ['mt8188', 0x1400_0000, 0],
    ['mt8195', 0x1c60_1234, 25],
    ['mt8365', 0x1400_0000, undefined],
  ])('on %s the address %i is in subsystem %s', (name, addr, subsys) => {
    expect(soc(name).subsysOf(addr)).toBe(subsys);
    if (subsys !== undefined) expect(soc(name).windowOf(subsys)).toBe(addr - (addr % 0x10000));
  });

  // facts cmdq §2.10, §9.4: the events of the displays
  test.each([
    ['mt8173', 53, 'MUTEX0_STREAM_EOF'],
    ['mt8173', 39, 'DISP_OVL0_EOF'],
    ['mt8173', 65, 'DISP_RDMA2_UNDERRUN'],
    ['mt6795', 52, 'MUTEX0_STREAM_EOF'],
    ['mt8186', 640, 'SYNC_TOKEN_CONFIG_DIRTY'],
    ['mt8192', 652, 'SYNC_TOKEN_TPR_LOCK'],
    ['mt8192', 1009, 'TOKEN_GPR_TIMER_R15'],
    ['mt8195', 597, 'VDO0_DISP_STREAM_DONE_0'],
    ['mt8195', 704, 'VDO1_STREAM_DONE_ENG_0'],
    ['mt8188', 574, 'VDO0_DISP_STREAM_DONE_0'],
  ])('on %s event %i is %s, with its prefix and without', (name, id, event) => {
    const full = event.startsWith('SYNC_') || event.startsWith('TOKEN_') ? `CMDQ_${event}` : `CMDQ_EVENT_${event}`;
    expect([soc(name).eventName(id), soc(name).eventId(event), soc(name).eventId(full)]).toEqual([event, id, id]);
  });

  test('tells tokens of software from events of hardware', () => {
    expect([soc('mt8192').isToken(640), soc('mt8192').isToken(800), soc('mt8192').isToken(996)]).toEqual([
      true,
      true,
      false,
    ]);
    expect([soc('mt8195').isToken(640), soc('mt8188').isToken(856)]).toEqual([false, true]);
  });

  test('is found by compatible and by tree', () => {
    expect(cmdqSoc('mediatek,mt8188-gce')?.name).toBe('mt8188');
    expect(cmdqSoc('mt9999')).toBeUndefined();
    const two = treeOf('/ { a { compatible = "mediatek,mt6795-gce", "mediatek,mt8173-gce"; }; };');
    expect([cmdqSocOfTree(two)?.name, ...gceNodes(two).map(({ path }) => path)]).toEqual(['mt6795', '/a']);
    const root = treeOf('/ { compatible = "mediatek,mt8395-evk", "mediatek,mt8395", "mediatek,mt8195"; };');
    expect(cmdqSocOfTree(root)?.name).toBe('mt8195');
    expect(cmdqSocOfTree(treeOf('/ { compatible = "qcom,sdm845"; };'))).toBeUndefined();
  });
});

test('a header of the bindings gives names; what is no event in it is passed over', () => {
  const names = EventNames.ofHeader(
    [
      '/* SPDX-License-Identifier: GPL-2.0 */',
      '#ifndef _DT_BINDINGS_GCE_MT9999_H',
      '#define CMDQ_NO_TIMEOUT\t\t0xffffffff',
      '#define SUBSYS_1400XXXX 1',
      '#define CMDQ_THR_PRIO_HIGHEST 7',
      '#define CMDQ_EVENT_DSI0_FRAME_DONE\t313 /* why */',
      '#  define CMDQ_SYNC_TOKEN_USER_0 0x289',
      '#define CMDQ_MAX_HW_EVENT 512',
      '#define CMDQ_EVENT_TOO_BIG 1024',
      `#define ${'A'.repeat(100_000)} 1`,
    ].join('\r\n'),
  );
  expect([...names.all()]).toEqual([
    [313, 'DSI0_FRAME_DONE'],
    [649, 'SYNC_TOKEN_USER_0'],
  ]);
});
