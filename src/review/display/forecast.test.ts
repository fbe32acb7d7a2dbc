import { expect, test } from 'vitest';
import { displayTree } from '../../../test/display-tree.js';
import { treeOf } from '../../../test/tree-of.js';
import { componentName } from '../../drivers/mtk-drm/component.js';
import { type DisplayRules, KERNELS, RIGHT } from '../../drivers/mtk-drm/rules.js';
import type { DtTree } from '../../dt/tree.js';
import { forecastDisplay } from './forecast.js';
import { forecastJson } from './forecast-json.js';
import type { DrmForecast } from './result.js';

const MAINLINE = KERNELS['v7.1'];
const ALL: readonly DisplayRules[] = [...Object.values(KERNELS), RIGHT];

/** The one DRM device of a tree. */
function drm(text: string, rules: DisplayRules, aliases = ''): DrmForecast {
  const { drm: all } = forecastDisplay(displayTree(text, aliases), rules);
  expect(all.length).toBe(1);
  return all[0] as DrmForecast;
}

/** CRTCs in one word each: `0=main`, or `-ext(DPI0)` for one that is not created because of a component. */
function crtcs({ crtcs: all }: DrmForecast): string[] {
  return all.map(({ path, index, missing }) => {
    return missing === undefined ? `${index}=${path}` : `-${path}(${componentName(missing)})`;
  });
}

const MUTEX = 'mutex mt8183-disp-mutex';
const MAIN = `${MUTEX}\novl mt8183-disp-ovl 0>dsi\ndsi mt8183-dsi 0>panel\npanel vendor,panel`;
const EXT = 'rdma mt8183-disp-rdma 1>dpi\ndpi mt8183-dpi 1>hdmi\nhdmi vendor,hdmi';

test('P13 to P16: a CRTC for each path whose components are all there, numbered as they come', () => {
  const both = drm(`mmsys mt8183-mmsys 0>ovl 1>rdma\n${MAIN}\n${EXT}`, MAINLINE);
  expect([crtcs(both), both.registered, both.messages]).toEqual([['0=main', '1=ext'], true, []]);
});

test('P15: without the main path the ext path is CRTC 0', () => {
  const text = `mmsys mt8183-mmsys 1>rdma\n${MUTEX}\n${EXT}`;
  const one = drm(text, MAINLINE);
  expect([crtcs(one), one.registered, one.messages.map(({ text: line }) => line)]).toEqual([
    ['-main(OVL0)', '0=ext'],
    true,
    ['Not creating crtc 0 because component 36 is disabled or missing'],
  ]);
});

test('P16: without any CRTC there is no device', () => {
  const none = drm(`mmsys mt8183-mmsys\n${MUTEX}`, MAINLINE);
  expect([none.registered, none.reason, none.messages.map(({ level, text }) => `${level} ${text}`)]).toEqual([
    false,
    'ENODEV: Need at least one OVL device',
    [
      'info Not creating crtc 0 because component 36 is disabled or missing',
      'info Not creating crtc 0 because component 38 is disabled or missing',
      'err Need at least one OVL device',
    ],
  ]);
});

test('P6, P14: a component on another bus is in the path and has no node', () => {
  const dsi = 'bus vendor,bus {dsi { compatible = "mediatek,mt8183-dsi"; port { in_dsi: endpoint { }; }; };}';
  const ovl = 'ovl mt8183-disp-ovl [port@1 { reg = <1>; endpoint { remote-endpoint = <&in_dsi>; }; };]';
  const tree = displayTree(`mmsys mt8183-mmsys 0>ovl\n${MUTEX}\n${ovl}\n${dsi}`);
  const { mmsys, drm: all } = forecastDisplay(tree, MAINLINE);
  expect(mmsys[0]?.paths.main.ids).toEqual([36, 14]);
  expect(mmsys[0]?.outputs[0]?.node).toBeUndefined();
  expect(crtcs(all[0] as DrmForecast)).toEqual(['-main(DSI0)', '-ext(OVL_2L1)']);
});

const VDOSYS0 = `mmsys mt8195-vdosys0 0>ovl\n${MAIN}`;
const BLOCKS1 = 'eth mt8195-disp-ethdr 1>merge\nmerge mt8195-disp-merge 1>intf\nintf mt8195-dp-intf 1>dp\ndp vendor,dp';
const VDOSYS1 = `mmsys1 mt8195-vdosys1 1>eth\n${BLOCKS1}`;
const NAMES = 'merge5 = "/soc/merge"; dp-intf1 = "/soc/intf";';

test('two mmsys that both bind make one device, ordered by their first paths', () => {
  const one = drm(`${VDOSYS1}\n${VDOSYS0}`, MAINLINE, NAMES);
  expect([one.bound, crtcs(one), one.crtcs.map(({ mmsys }) => mmsys.name)]).toEqual([
    2,
    ['0=main', '1=ext'],
    ['mmsys', 'mmsys1'],
  ]);
});

test.each([
  ['not in the tree', ''],
  ['disabled', `mmsys1 mt8195-vdosys1 1>eth {status = "disabled";}\n${BLOCKS1}`],
  ['refused in probe', `mmsys1 mt8195-vdosys1 1>merge\n${BLOCKS1.replace('1>intf', '1>dp')}`],
])('P12 a: of two mmsys that are needed one is %s: no display, no message', (_, other) => {
  const one = drm(`${VDOSYS0}\n${other}`, MAINLINE, NAMES);
  expect([one.bound, one.mmsysDevNum, one.registered, one.reason, one.messages]).toEqual([
    1,
    2,
    false,
    'bound mmsys count differs from mmsys_dev_num: drm device never created, no message',
    [],
  ]);
  expect(crtcs(drm(`${VDOSYS0}\n${other}`, RIGHT, NAMES))).toEqual(['0=main']);
});

test('P12 b: two mmsys with a main path leave an entry of the kernel’s array unset', () => {
  const text = `${VDOSYS0}\n${VDOSYS1.replace('1>eth', '0>d')}\nd mt8183-dsi 0>other\nother vendor,panel`;
  const kernel = drm(text, MAINLINE, NAMES);
  expect([kernel.reason, kernel.undefinedBehaviour, kernel.registered]).toEqual([
    'two mmsys claim the same CRTC slot: uninitialised pointer dereferenced',
    'all_drm_priv-uninitialised',
    false,
  ]);
  const right = forecastDisplay(displayTree(text, NAMES), RIGHT);
  expect(right.mmsys.map(({ node, probeRet }) => [node.name, probeRet])).toEqual([
    ['mmsys', 0],
    ['mmsys1', -22],
  ]);
  expect(right.drm.map(crtcs)).toEqual([['0=main']]);
});

const NO_SLOT = 'a mmsys has no path or its slot is beyond mmsys_dev_num: uninitialised pointer dereferenced';

test('P12 c: a mmsys without a path, or with an ext path only where one mmsys is needed, has no slot', () => {
  const nothing = 'mmsys mt8365-mmsys\nmutex mt8365-disp-mutex';
  const ext = `mmsys mt8365-mmsys 1>rdma\nmutex mt8365-disp-mutex\n${EXT}`;
  expect([drm(nothing, MAINLINE).reason, drm(ext, MAINLINE).reason]).toEqual([NO_SLOT, NO_SLOT]);
  expect(drm(nothing, RIGHT).reason).toBe('no mmsys bound');
  expect(crtcs(drm(ext, RIGHT))).toEqual(['0=ext']);
});

test('P10: without a mutex the probe fails; the adaptor was created before', () => {
  const { mmsys, drm: all } = forecastDisplay(displayTree('mmsys mt8195-vdosys1'), MAINLINE);
  expect([mmsys[0]?.probeRet, mmsys[0]?.ovlAdaptor, all[0]?.reason]).toEqual([-19, true, 'no mmsys bound']);
});

test('O5: an output whose panel is on another endpoint finds the block before it and holds up the display', () => {
  const text = `mmsys mt8183-mmsys 0>ovl\n${MAIN.replace('0>panel', '1>panel')}`;
  const kernel = drm(text, MAINLINE);
  expect([
    kernel.bound,
    kernel.registered,
    kernel.blockedBy.map(({ id, ret, remote }) => [id, ret, remote?.name]),
  ]).toEqual([1, false, [[14, -517, 'ovl']]]);
  expect(crtcs(drm(text, RIGHT))).toEqual(['0=main']);
});

test('O4: a kernel before the graphs waits for ever with a tree in the new layout', () => {
  const old = drm(`mmsys mt8183-mmsys 0>ovl\n${MAIN}`, KERNELS['v6.12']);
  expect([old.blockedBy[0]?.ret, old.blockedBy[0]?.remote?.name, old.registered]).toEqual([-517, 'ovl', false]);
});

test('O1: an output behind a part of the adaptor finds no bridge there', () => {
  const text = 'mmsys mt8195-vdosys1 1>eth\neth mt8195-disp-ethdr 1>intf\nintf mt8195-dp-intf\nmutex mt8195-disp-mutex';
  const { blockedBy } = drm(text, MAINLINE, 'dp-intf1 = "/soc/intf";');
  expect(blockedBy.map(({ ret, remote }) => [ret, remote?.name])).toEqual([[-517, 'eth']]);
});

test('P17: an output that only a route names holds up the display as well, with the right rules it does not', () => {
  const dsi = 'dsi mt8188-dsi\novl mt8195-disp-ovl 1>dsi';
  const path = 'r mt8183-disp-rdma 0>intf\nintf mt8188-dp-intf 0>p\np vendor,p';
  const text = `mmsys mt8188-vdosys0 0>r\n${MUTEX}\n${dsi}\n${path}`;
  expect(drm(text, MAINLINE).blockedBy.map(({ id, remote }) => [id, remote?.name])).toEqual([[14, 'ovl']]);
  expect(drm(text, RIGHT).blockedBy).toEqual([]);
});

test('an output that both mmsys wait for is named once', () => {
  const text = `${VDOSYS0.replace('0>ovl', '0>ovl 1>eth')}\n${VDOSYS1.replace('1>dp', '')}`;
  expect(drm(text, MAINLINE, NAMES).blockedBy.map(({ node }) => node.name)).toEqual(['intf']);
});

test('each parent of mmsys nodes has a display of its own', () => {
  const soc = (name: string): string =>
    `${name} { mmsys { compatible = "mediatek,mt8183-mmsys"; };
               mutex { compatible = "mediatek,mt8183-disp-mutex"; }; };`;
  const { mmsys, drm: all } = forecastDisplay(treeOf(`/ { ${soc('b')} ${soc('a')} };`), MAINLINE);
  expect(mmsys.map(({ node, mutex }) => [node.path, mutex?.path])).toEqual([
    ['/b/mmsys', '/b/mutex'],
    ['/a/mmsys', '/a/mutex'],
  ]);
  expect(all.map(({ parent, bound }) => [parent.path, bound])).toEqual([
    ['/b', 1],
    ['/a', 1],
  ]);
});

test('a disabled mmsys is not probed, one without data answers ENODEV, a vppsys and the root are no display', () => {
  const tree =
    treeOf(`/ { compatible = "mediatek,mt8183-mmsys"; a { compatible = "mediatek,mt8183-mmsys"; status = "no"; };
    b { compatible = "mediatek,mt6779-mmsys"; port { endpoint { }; }; };
    c { compatible = "mediatek,mt8195-vppsys0"; }; };`);
  const { mmsys, drm: all } = forecastDisplay(tree, MAINLINE);
  expect(
    mmsys.map(({ node, available, probeRet, graphPresent }) => [node.name, available, probeRet, graphPresent]),
  ).toEqual([
    ['a', false, -19, false],
    ['b', true, -19, false],
  ]);
  expect(all.map(({ reason }) => reason)).toEqual(['no mmsys bound']);
});

test('a tree without a display has an empty forecast, with all rules', () => {
  for (const rules of ALL) expect(forecastDisplay(treeOf('/ { };'), rules)).toEqual({ rules, mmsys: [], drm: [] });
});

test('the JSON of a kernel without graphs has no result of path building, and names the kernel', () => {
  const json = (tree: DtTree, rules: DisplayRules): unknown =>
    JSON.parse(JSON.stringify(forecastJson(tree, forecastDisplay(tree, rules))));
  const tree = displayTree(`mmsys mt8183-mmsys 0>ovl\n${MAIN}`);
  expect(ALL.map((rules) => (json(tree, rules) as { variant: string }).variant)).toEqual([
    'v6.12',
    'seed',
    'mainline',
    'right',
  ]);
  expect(json(displayTree('mmsys mt8365-mmsys 1>x'), KERNELS['v6.12'])).toEqual({
    model: 'test',
    compatible: ['vendor,test'],
    variant: 'v6.12',
    mmsys: [
      {
        node: '/soc/mmsys',
        compatible: 'mediatek,mt8365-mmsys',
        available: true,
        driver_data: null,
        graph_present: false,
        probe_ret: -19,
        probe_err: 'ENODEV',
        paths: { main: { source: 'none' }, ext: { source: 'none' }, third: { source: 'none' } },
        messages: [],
      },
    ],
    drm: [
      {
        parent: '/soc',
        mmsys_dev_num: 0,
        bound: 0,
        blocked_by: [],
        registered: false,
        reason: 'no mmsys bound',
        messages: [],
      },
    ],
  });
});
