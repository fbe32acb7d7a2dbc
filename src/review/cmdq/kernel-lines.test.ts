// Lines as Linux's format strings and people's logs have them (facts: CMDQ, chapters 3, 6, 7 and 11).
import { expect, test } from 'vitest';
import { explainLine } from '../explain.js';
import { CMDQ_LINES } from './kernel-lines.js';

const LINES: readonly (readonly [line: string, id: string])[] = [
  ['[drm:mtk_crtc_ddp_irq [mediatek_drm]] *ERROR* mtk_crtc 0 CMDQ execute command timeout!', 'crtc-timeout'],
  ['mediatek-drm mediatek-drm.1.auto: [drm] *ERROR* [CRTC:45:crtc-0] flip_done timed out', 'flip-done-timeout'],
  ['[   12.1] mediatek-drm mediatek-drm.1.auto: [drm] *ERROR* flip_done timed out', 'flip-done-timeout'],
  ['vblank wait timed out on crtc 0', 'vblank-timeout'],
  [
    'mediatek-drm mediatek-drm.1.auto: mtk_crtc 0 failed to create mailbox client, writing register by CPU now',
    'crtc-cpu',
  ],
  ['mediatek-drm mediatek-drm.1.auto: mtk_crtc 1 failed to get mediatek,gce-events property', 'crtc-cpu'],
  ['mtk-mdp3 14001000.mdp3-rdma0: failed to request channel', 'client-channel'],
  ["mtk-mmsys 14000000.syscon: error -2 can't parse gce-client-reg property (0)", 'client-reg'],
  ['mtk_cmdq 10238000.mailbox: suspend GCE thread 0x180 failed', 'suspend-thread'],
  ['mtk_cmdq 10238000.mailbox: reset GCE thread 0x100 failed', 'reset-thread'],
  ['mtk_cmdq 10238000.mailbox: Fail to wait GCE thread 0x100 done', 'wait-thread'],
  ['mtk_cmdq 10238000.mailbox: task 0x00000000a1b2c3d4 error', 'task-error'],
  ['mediatek-drm mediatek-drm.1.auto: cmdq timeout!', 'timeout'],
  ['[   97.4] [cmdq][err] timeout for thread:0x00000000a1b2c3d4 idx:0 usage:1', 'vendor-timeout'],
  ['mtk_cmdq 10238000.mailbox: exist running task(s) in suspend', 'running-in-suspend'],
  ['cmdq_pkt_append_command: buffer size 4096 is too small !', 'buffer-small'],
  ['mtk_cmdq 10238000.mailbox: Try increasing MBOX_TX_QUEUE_LEN', 'mbox-queue'],
];

test.each(LINES)('%s', (line, id) => {
  expect(explainLine(line)?.id).toBe(`cmdq/${id}`);
});

test('each entry of the table has a line that it is shown with', () => {
  const shown = new Set(LINES.map(([, id]) => id));
  expect(CMDQ_LINES.entries.map(({ id }) => id).filter((id) => !shown.has(id))).toEqual([]);
});

test('the registers of a thread are told by its number', () => {
  const { says, names } = explainLine('suspend GCE thread 0x180 failed') ?? {};
  expect(says).toContain('thread 1 (0x180) did not stop');
  expect(names).toEqual([{ value: '0x180', kind: 'thread', name: 'thread 1' }]);
  expect(explainLine('suspend GCE thread 0x110 failed')?.says).toContain('0x110 did not stop');
});

test('other drivers that time out are not taken for it', () => {
  expect(explainLine('i915 0000:00:02.0: [drm] *ERROR* [CRTC:51:pipe A] flip_done timed out')).toBeUndefined();
  expect(explainLine('usb 1-1: task 0x1 error')).toBeUndefined();
});
