// Lines as people paste them. Numbers and causes are those of the facts about display graphs and of list mails.
import { expect, test } from 'vitest';
import { DISPLAY_LINES } from './display/kernel-lines.js';
import { explainLine, explainLog } from './explain.js';

const PROBE = 'mediatek-drm mediatek-drm.1.auto: probe with driver mediatek-drm failed with error -22';

test('the MT8183 regression is recognised by its number, and the number gets its name', () => {
  const line =
    '[    1.234567] mediatek-drm mediatek-drm.1.auto: Invalid display hw pipeline. Last component: 38 (ret=-2)';
  const found = explainLine(line);
  expect({ ...found, why: undefined, check: found?.check[0] }).toEqual({
    id: 'display/last-component-mt8183',
    message: 'Invalid display hw pipeline. Last component: 38 (ret=-2)',
    device: 'mediatek-drm mediatek-drm.1.auto',
    severity: 'error',
    kernels: 'v6.13 and later (the graph code)',
    says:
      'A display path breaks off behind OVL_2L1 (38): the kernel came so far, and found no outgoing endpoint there ' +
      'with the number of the path.',
    why: undefined,
    check: 'update to v7.0, or to a stable 6.18 or 6.19 with "mt8183: Add missing endpoint IDs to display graph"',
    names: [{ value: '38', kind: 'component', name: 'OVL_2L1' }],
    errors: [{ number: -2, name: 'ENOENT', meaning: 'there is no endpoint with the number asked for' }],
    rules: ['L1', 'L10', 'L13'],
  });
});

test('the line says nothing about which block is at fault: the explanation does, and where to write what', () => {
  const of = (component: number, ret: number): string =>
    JSON.stringify(explainLine(`Invalid display hw pipeline. Last component: ${component} (ret=${ret})`));
  for (const text of [of(38, -2), of(4, -2), of(4, -22), of(4, -19)]) {
    expect(text).toContain('the last block that was good, not of a faulty one');
  }
  expect(of(38, -2)).toContain('alias ovl-2l1; below its port@1 write endpoint@1 with reg = <1>');
  expect(of(4, -2)).toContain('the node of COLOR0 (4): its port@1 must exist');
});

test.each([
  ['plain', PROBE],
  ['dmesg', `[    4.395400] ${PROBE}`],
  ['dmesg with the caller', `[    4.395400][    T1] ${PROBE}`],
  ['dmesg -T', `[Thu Nov 20 12:03:01 2025] ${PROBE}`],
  ['dmesg -x', `kern  :err   : [    4.395400] ${PROBE}`],
  ['dmesg --time-format iso', `2025-11-20T12:03:01,123456+00:00 ${PROBE}`],
  ['/dev/kmsg style level', `<3>[    4.395400] ${PROBE}`],
  ['journalctl', `Nov 20 12:03:01 krane kernel: ${PROBE}`],
  ['journalctl -o short-iso', `2025-11-20T12:03:01+0000 krane kernel: ${PROBE}`],
  ['quoted in a mail', `>> > [    4.395400] ${PROBE}`],
  ['with blanks and a carriage return', `  ${PROBE} \r`],
  ['dmesg in colours', `\u001b[32m[    4.395400] \u001b[0m\u001b[31m${PROBE}\u001b[0m`],
  ['dmesg for people', `[Nov20 12:03] ${PROBE}`],
  ['dmesg for people, first days of a month', `[Nov 2 12:03] ${PROBE}`],
  ['/dev/kmsg itself', `3,1234,4395400,-;${PROBE}`],
  ['journalctl -o short-monotonic', `[    4.395400] krane kernel: ${PROBE}`],
  ['journalctl -o short-full', `Thu 2025-11-20 12:03:01 UTC krane kernel: ${PROBE}`],
  ['rsyslog with the kernel time', `Nov 20 12:03:01 krane kernel: [    4.395400] ${PROBE}`],
  ['a terminal program with its own time', `[2025-11-20 12:03:01] [    4.395400] ${PROBE}`],
  ['a vendor kernel with processor and task', `[    4.395400] (1)[1:swapper/0]${PROBE}`],
])('the line is known in the form: %s', (_form, line) => {
  const { id, device } = explainLine(line) ?? {};
  expect({ id, device }).toEqual({ id: 'display/probe-einval', device: 'mediatek-drm mediatek-drm.1.auto' });
});

/** Real or as the kernel's format strings give them; what each is recognised as. */
const LINES: readonly (readonly [line: string, id: string])[] = [
  [
    'mediatek-drm mediatek-drm.1.auto: Invalid display hw pipeline. Last component: 54 (ret=-2)',
    'last-component-no-endpoint',
  ],
  [
    'mediatek-drm mediatek-drm.1.auto: Invalid display hw pipeline. Last component: 6 (ret=-22)',
    'last-component-broken-link',
  ],
  [
    'mediatek-drm mediatek-drm.1.auto: Invalid display hw pipeline. Last component: 53 (ret=0)',
    'last-component-too-long',
  ],
  [
    'mediatek-drm mediatek-drm.1.auto: Invalid display hw pipeline. Last component: 10-1 (ret=-22)',
    'last-component-type',
  ],
  ['mediatek-drm mediatek-drm.1.auto: Cannot find first endpoint for path 0', 'no-first-endpoint'],
  [
    'mediatek-drm mediatek-drm.1.auto: Cannot find first endpoint for path 1 on /soc/syscon@14000000',
    'no-first-endpoint-on',
  ],
  ['mediatek-drm mediatek-drm.1.auto: No valid display output found!', 'no-output'],
  ['mediatek-drm mediatek-drm.1.auto: Invalid component /soc/ovl@14008000', 'invalid-component'],
  ['mediatek-drm mediatek-drm.1.auto: error -EINVAL: Invalid endpoint0 number', 'invalid-endpoint-number'],
  ['mediatek-drm mediatek-drm.1.auto: error -EINVAL: Cannot parse endpoint', 'cannot-parse-endpoint'],
  ['mediatek-drm mediatek-drm.1.auto: probe with driver mediatek-drm failed with error -2', 'probe-enoent'],
  ['mediatek-drm mediatek-drm.1.auto: probe with driver mediatek-drm failed with error -12', 'probe-failed'],
  ['mediatek-drm: probe of mediatek-drm.1.auto failed with error -22', 'probe-failed-old'],
  ['[    0.370139] mediatek-drm mediatek-drm.1.auto: Failed to find disp-mutex node', 'mutex-missing'],
  ['mediatek-drm mediatek-drm.1.auto: Waiting for disp-mutex device /soc/mutex@14016000', 'mutex-waiting'],
  ['mediatek-drm mediatek-drm.1.auto: Failed to get MMSYS device', 'mmsys-missing'],
  ['mediatek-drm mediatek-drm.8.auto: Not creating crtc 0 because component 9 is disabled or missing', 'no-crtc'],
  ['mediatek-drm mediatek-drm.8.auto: Need at least one OVL device', 'no-crtc-at-all'],
  ['mediatek-drm mediatek-drm.8.auto: Component /soc/dsi@14014000 not initialized', 'component-not-initialised'],
  ['[drm] Failed to find comp in ddp table, ret = -22', 'comp-not-found'],
  ['[    3.199404] Bogus possible_crtcs: [ENCODER:31:TMDS-31] possible_crtcs=0x2 (full crtc mask=0x1)', 'bogus-crtcs'],
  [
    'mediatek-drm mediatek-drm.1.auto: error -EPROBE_DEFER: failed to attach bridge /soc/dpi@1 to encoder TMDS-37',
    'attach-deferred',
  ],
  [
    '[drm:drm_bridge_attach] *ERROR* failed to attach bridge /soc/dpi@1400a000 to encoder TMDS-32: -517',
    'attach-deferred',
  ],
  ['failed to attach bridge /soc/dpi@14015000 to encoder TMDS-37', 'attach-deferred'],
  [
    '[drm:drm_bridge_attach] *ERROR* failed to attach bridge /soc/dpi@1400a000 to encoder TMDS-32: -19',
    'attach-failed',
  ],
  ['[drm:mtk_dsi_host_attach] *ERROR* failed to add dsi_host component: -517', 'dsi-host-deferred'],
  ['[drm:mtk_dsi_host_attach [mediatek_drm]] *ERROR* failed to add dsi_host component: -22', 'dsi-host'],
  ['anx7625 4-0058: [drm:anx7625_link_bridge] *ERROR* fail to attach dsi to host.', 'dsi-attach'],
  ["panel-simple-dp-aux aux-4-0058: DP AUX done_probing() can't defer", 'aux-defer'],
  ['mediatek-dpi 14015000.dpi: error -19: Failed to get bridge', 'get-bridge'],
  ['mediatek-dpi 14015000.dpi: Found bridge node: /soc/i2c@11005000/hdmitx@4c', 'found-bridge'],
  ['OF: ERROR: of_node_release() detected bad of_node_put() on /soc/dpi@1c112000', 'bad-of-node-put'],
  ['OF: ERROR: of_node_release() detected bad of_node_put()', 'bad-of-node-put'],
  ['non endpoint node is used (/soc/ovl@14008000/ports/port@1/foo)', 'foreign-endpoint'],
  [
    'mediatek-disp-ovl-adaptor mediatek-disp-ovl-adaptor.3.auto: Skipping unknown component /soc/vpp-merge@1c110000',
    'adaptor-skips',
  ],
  ['mediatek-drm mediatek-drm.8.auto: Skipping unknown component /soc/rdma@1400c000', 'unknown-component'],
  ['mediatek-disp-ovl-adaptor mediatek-disp-ovl-adaptor.3.auto: Failed to get id. type: 2, alias: -19', 'adaptor-id'],
  ['mediatek-drm mediatek-drm.8.auto: Skipping disabled component /soc/dpi@14015000', 'disabled-component'],
  ['[drm] Waiting for device mutex@14016000', 'waiting-for-device'],
  ['platform mediatek-drm.1.auto: deferred probe pending: (reason unknown)', 'deferred-drm'],
  ['platform 14014000.dsi: deferred probe pending: mtk-dsi: Failed to get hs clock', 'deferred-output'],
  ['platform 1401c000.dsi: deferred probe pending', 'deferred-output'],
  ['14014000.dsi\tmtk-dsi: Failed to get hs clock', 'deferred-list-output'],
  ['mediatek-drm mediatek-drm.8.auto: Building display pipeline for MMSYS 0', 'building'],
  ['mediatek-drm mediatek-drm.8.auto: Using hardcoded paths for MMSYS 1', 'hardcoded'],
  ['mediatek-drm mediatek-drm.8.auto: Display HW Pipeline built with 9 components.', 'built'],
  ['mediatek-drm mediatek-drm.8.auto: Adding OVL Adaptor for /soc/hdr-engine@1c114000', 'adding-adaptor'],
  ['mediatek-drm mediatek-drm.8.auto: get mutex for mmsys 0', 'mutex'],
  ['mediatek-drm mediatek-drm.8.auto: Adding component match for /soc/dsi@14014000', 'match'],
  ['OF: graph: no valid endpoint (1, -1) for node /soc/dpi@14015000', 'no-endpoint-debug'],
  ['OF: graph: no valid remote node', 'no-remote-debug'],
  ['OF: graph: not available for remote node', 'remote-disabled-debug'],
];

test.each(LINES)('%s', (line, id) => {
  expect(explainLine(line)?.id).toBe(`display/${id}`);
});

test('every entry of the table has a line above, unless a released kernel never prints it', () => {
  const tested = new Set(LINES.map(([, id]) => id));
  const rest = DISPLAY_LINES.entries.map(({ id }) => id).filter((id) => !tested.has(id));
  expect(rest).toEqual(['last-component-mt8183', 'last-component', 'probe-einval', 'no-crtc-adaptor']);
});

test('no explanation has a hole: every {name} of the words is a group that the pattern always has', () => {
  const filled = LINES.map(([line]) => JSON.stringify(explainLine(line)));
  expect(filled.filter((text) => /\{\w+\}/.test(text))).toEqual([]);
});

test('component, path and error numbers are named; what has no name stays a number', () => {
  const named = (line: string): unknown => {
    const { names, errors } = explainLine(line) ?? {};
    return [names?.map(({ name }) => name), errors?.map(({ name, number }) => `${name} ${number}`)];
  };
  expect([
    named('Not creating crtc 1 because component 14 is disabled or missing'),
    named('Invalid display hw pipeline. Last component: 60 (ret=-7777777777)'),
    named('Invalid display hw pipeline. Last component: 99999999999 (ret=0)'),
    named('Cannot find first endpoint for path 2'),
    named('error -EPROBE_DEFER: failed to attach bridge /x to encoder y'),
  ]).toEqual([
    [['DSI0'], []],
    [[], []],
    [[], []],
    [['third'], []],
    [[], ['EPROBE_DEFER -517']],
  ]);
});

test('lines of other drivers are not claimed', () => {
  const others = [
    'probe with driver panel-simple-dp-aux failed with error -22',
    'ufshcd-qcom 1d84000.ufs: probe with driver ufshcd-qcom failed with error -22',
    'platform 1d84000.ufs: deferred probe pending: ufshcd-qcom: ufshcd_pltfrm_init() failed',
    'imx-ldb ldb: Failed to get bridge',
    'foo bar: Waiting for device sda1',
    'Invalid component',
    '',
    '[    1.000000]',
    'mediatek-drm mediatek-drm.1.auto: ',
  ];
  expect(others.filter((line) => explainLine(line) !== undefined)).toEqual([]);
});

test('a log is told line by line: each known line once, in order, with its count and devices', () => {
  const log = [
    '[    3.1] Booting Linux on physical CPU 0x0',
    '[    3.2] mediatek-drm mediatek-drm.8.auto: Not creating crtc 0 because component 8 is disabled or missing',
    '',
    '[    3.3] mediatek-drm mediatek-drm.9.auto: Not creating crtc 0 because component 9 is disabled or missing',
    '[    3.4] mediatek-drm mediatek-drm.9.auto: Not creating crtc 0 because component 8 is disabled or missing',
    '[    3.5] mediatek-drm mediatek-drm.8.auto: Need at least one OVL device',
    '[    3.6] systemd[1]: hello',
  ].join('\r\n');
  const { known, ...rest } = explainLog(log);
  expect({ ...rest, known: known.map(({ id, line, count, devices }) => ({ id, line, count, devices })) }).toEqual({
    unknown: 2,
    lines: 6,
    truncated: false,
    known: [
      {
        id: 'display/no-crtc',
        line: 2,
        count: 2,
        devices: ['mediatek-drm mediatek-drm.8.auto', 'mediatek-drm mediatek-drm.9.auto'],
      },
      { id: 'display/no-crtc', line: 4, count: 1, devices: ['mediatek-drm mediatek-drm.9.auto'] },
      { id: 'display/no-crtc-at-all', line: 6, count: 1, devices: ['mediatek-drm mediatek-drm.8.auto'] },
    ],
  });
});

test('text made to be slow is not slow, and not known', () => {
  const hostile = [
    'a: '.repeat(100_000),
    `Invalid component ${'/x'.repeat(100_000)}`,
    `failed to attach bridge ${'/'.repeat(1000)} to encoder ${' to encoder '.repeat(100)}`,
    `${'>'.repeat(2000)}x`,
    `${'[ 1.1]'.repeat(400)}x`,
    `[drm${'['.repeat(2000)}`,
    `14014000.dsi${' \t'.repeat(1000)}`,
    '\ud800'.repeat(5000),
    '2'.repeat(3000),
  ];
  const before = performance.now();
  const known = hostile.filter((line) => explainLine(line) !== undefined);
  // The first is as long as the limit and still a component; the blanks at an end are not part of a line.
  expect(known.map((line) => line.slice(0, 20))).toEqual(['Invalid component /x', '14014000.dsi \t \t \t \t']);
  expect(performance.now() - before).toBeLessThan(1000);
});
