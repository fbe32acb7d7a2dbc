// Table of the kernel lines about MediaTek display pipelines, in words (facts: OF graphs, chapters 4.6, 5, 6, 9, 10;
// forms of the driver core, DRM core and OF core as on mailing lists and in kernel sources up to v7.1).
import { componentName } from '../../drivers/mtk-drm/component.js';
import { PATHS } from '../../drivers/mtk-drm/rules.js';
import type { LineTable } from '../line-table.js';

const GRAPHS = 'v6.13 and later (the graph code)';
const GRAPH_CHECK = '`bringup display TREE` walks the same way and names the path, the node and the line';
const ALL = 'every kernel with this driver';
const DRM = /mediatek|mtk|^\[drm\]$/;

const BOGUS_CRTCS = new RegExp(
  /^Bogus possible_crtcs: \[ENCODER:\d+:(?<encoder>[^\]\s]+)\] /.source +
    /possible_crtcs=(?<mask>\w+) \(full crtc mask=(?<full>\w+)\)$/.source,
);
const ATTACH_DEFERRED = new RegExp(
  /^(?:error (?<ret>-EPROBE_DEFER): )?failed to attach bridge (?<node>\S+) /.source +
    /to encoder (?<encoder>[^\s:]+)(?:: -517)?$/.source,
);

const OUTPUT_NOTE = 'The last component of a path must be a DSI, DPI or DP_INTF.';
const NUMBER_NOTE = 'The number in the line is that of the last block that was good, not of a faulty one. ';
const DEFERRED_LIST = 'look at /sys/kernel/debug/devices_deferred for what waits, and for what';

/** What the kernel prints about display pipelines of MediaTek SoCs. Component numbers are those of v6.12 to v7.1. */
export const DISPLAY_LINES: LineTable = {
  name: 'display',
  names: {
    component: (text) => (text.length > 3 ? undefined : componentName(Number(text))),
    path: (text) => (text.length > 3 ? undefined : PATHS[Number(text)]),
  },
  errors: {
    ENOENT: 'there is no endpoint with the number asked for',
    ENOMEM: 'out of memory',
    ENODEV: 'the device is disabled, or there is none',
    EINVAL: 'a link, a device or a number does not fit',
    EREMOTE: 'the other end belongs to another display controller',
    EPROBE_DEFER: 'something needed is not there yet; the kernel tries again later',
  },
  entries: [
    {
      id: 'last-component-mt8183',
      pattern: /^Invalid display hw pipeline\. Last component: (?<component>38) \(ret=(?<ret>-2)\)$/,
      severity: 'error',
      kernels: GRAPHS,
      says:
        'A display path breaks off behind {component}: the kernel came so far, and found no outgoing endpoint there ' +
        'with the number of the path.',
      why:
        `${NUMBER_NOTE}On MT8183 this is the regression of v6.18 and v6.19: the endpoints of the ext path in ` +
        'mt8183.dtsi have no reg, so they are number 0, and the kernel asks for number 1. The probe fails for all ' +
        'paths, also for the main one, which is correct.',
      check: [
        'update to v7.0, or to a stable 6.18 or 6.19 with "mt8183: Add missing endpoint IDs to display graph"',
        'in your own tree: the node with the alias ovl-2l1; below its port@1 write endpoint@1 with reg = <1>, where ' +
          'now stands endpoint without reg; then the same at RDMA1 and DPI0',
        GRAPH_CHECK,
      ],
      rules: ['L1', 'L10', 'L13'],
    },
    {
      id: 'last-component-no-endpoint',
      pattern: /^Invalid display hw pipeline\. Last component: (?<component>\d+) \(ret=(?<ret>-2)\)$/,
      severity: 'error',
      kernels: GRAPHS,
      says:
        'A display path breaks off behind {component}: the kernel came so far, and found no outgoing endpoint there ' +
        'with the number of the path.',
      why:
        `${NUMBER_NOTE}At every hop the kernel asks port 1 for the endpoint whose reg is the number of the path: ` +
        `0 main, 1 ext, 2 third. An endpoint without reg is number 0. ${OUTPUT_NOTE}`,
      check: [
        'the node of {component}: its port@1 must exist, and have an endpoint with reg = <0> on the main path, <1> ' +
          'on ext, <2> on third',
        GRAPH_CHECK,
      ],
      rules: ['L1', 'L2', 'L10', 'L13'],
    },
    {
      id: 'last-component-broken-link',
      pattern: /^Invalid display hw pipeline\. Last component: (?<component>\d+) \(ret=(?<ret>-22)\)$/,
      severity: 'error',
      kernels: GRAPHS,
      says: 'A display path breaks off behind {component}: the block that follows it cannot be used.',
      why:
        `${NUMBER_NOTE}The endpoint is there, but its remote-endpoint is missing or points at nothing, or the device ` +
        "at the other end is in none of the driver's tables, or its alias has a number that its type does not have. " +
        OUTPUT_NOTE,
      check: [
        'the outgoing endpoint of {component}: does remote-endpoint point at an endpoint of the next block?',
        'the next block: does its compatible list have the fall-back string of an older SoC, as mt8173-disp-color?',
        'its alias, if it has one: the number must be one that the driver knows',
        GRAPH_CHECK,
      ],
      rules: ['L6', 'L7', 'L9', 'L10', 'L13', 'L15'],
    },
    {
      id: 'last-component-too-long',
      pattern: /^Invalid display hw pipeline\. Last component: (?<component>\d+) \(ret=(?<ret>0)\)$/,
      severity: 'error',
      kernels: GRAPHS,
      says: 'A display path has more than 62 components; {component} is the 62nd and no output.',
      why: 'Nearly always the links run in a circle: the kernel does not notice and walks on until its array is full.',
      check: ['the remote-endpoint properties of the blocks: one leads back', GRAPH_CHECK],
      rules: ['L18', 'L19'],
    },
    {
      id: 'last-component',
      pattern: /^Invalid display hw pipeline\. Last component: (?<component>\d+) \(ret=(?<ret>-?\d+)\)$/,
      severity: 'error',
      kernels: GRAPHS,
      says: 'A display path breaks off behind {component} with {ret}.',
      why: NUMBER_NOTE + OUTPUT_NOTE,
      check: [GRAPH_CHECK],
      rules: ['L10', 'L13'],
    },
    {
      id: 'last-component-type',
      pattern: /^Invalid display hw pipeline\. Last component: (?<type>\d+)-(?<instance>\d+) \(ret=(?<ret>-?\d+)\)$/,
      severity: 'error',
      kernels: 'the series of July 2026 (46 patches, not merged)',
      says: 'A display path ends at instance {instance} of component type {type} with {ret}; that is no output.',
      why:
        'This series names components by type and instance instead of one number. Its numbering of types is not that ' +
        'of released kernels, so the type stays a number here. In it a missing endpoint is EINVAL, too.',
      check: ['enum mtk_ddp_comp_type of that kernel, for the name of type {type}', GRAPH_CHECK],
      rules: ['L1', 'L2', 'L6', 'L9', 'L10', 'L15'],
    },
    {
      id: 'no-first-endpoint',
      pattern: /^Cannot find first endpoint for path (?<path>\d+)$/,
      severity: 'error',
      kernels: `${GRAPHS}; the seed version could print "Invalid component" with a wild pointer instead`,
      says: 'Path {path} cannot even begin: the first link from mmsys (vdosys) leads nowhere.',
      why:
        'Either the endpoint with this number is not on port 0 of mmsys (the probe then fails with -2), or it is ' +
        'there and its remote-endpoint is missing or points at nothing (-22). The words fit only the first case.',
      check: [
        'the line "probe with driver mediatek-drm failed with error": -2 or -22 tells which',
        'the mmsys node: one port without reg, or with reg = <0>, and in it the endpoint of this path',
        GRAPH_CHECK,
      ],
      rules: ['L4', 'L6', 'L13'],
    },
    {
      id: 'no-first-endpoint-on',
      pattern: /^Cannot find first endpoint for path (?<path>\d+) on (?<node>\S+)$/,
      severity: 'error',
      kernels: 'the series of July 2026 (46 patches, not merged)',
      says: 'Path {path} cannot begin: the first link from {node} leads nowhere.',
      why: 'As the older line without the node. In this series only this path is left out, the others are built.',
      check: ['the endpoint of this path in {node}, on port 0, and its remote-endpoint', GRAPH_CHECK],
      rules: ['L4', 'L6'],
    },
    {
      id: 'no-output',
      pattern: /^No valid display output found!$/,
      severity: 'error',
      kernels: 'the series of July 2026 (46 patches, not merged)',
      says: 'None of the paths in the tree could be built.',
      why: 'In this series a path without its first endpoint is left out; here all of them were.',
      check: ['the lines before this one: one for each path', GRAPH_CHECK],
      rules: ['L1', 'L2', 'L4', 'L36'],
    },
    {
      id: 'invalid-component',
      pattern: /^Invalid component (?<node>\S+)$/,
      severity: 'error',
      kernels: GRAPHS,
      says: 'The first device of a path, {node}, cannot be used.',
      why:
        'It is disabled (then the path is only left out, and this line is harmless), or it is in none of the ' +
        'tables, or its alias has a number that its type does not have. v6.13 itself can print a wild pointer here.',
      check: [
        'status of {node}',
        'its compatible list: is the fall-back string of an older SoC there?',
        'whether "probe with driver mediatek-drm failed" follows; if not, the path was only left out',
        GRAPH_CHECK,
      ],
      rules: ['L9', 'L11', 'L15'],
    },
    {
      id: 'invalid-endpoint-number',
      pattern: /^(?:error -EINVAL: )?Invalid endpoint(?<port>\d+) number$/,
      severity: 'error',
      kernels: GRAPHS,
      says: 'An endpoint of mmsys (vdosys) has a number above 2. The number in this line is that of its port: {port}.',
      why: 'Endpoints 0, 1, 2 stand for the main, ext and third path; there are no others. The probe fails.',
      check: ['reg of every endpoint in the mmsys node; dt-validate does not complain about endpoint@3', GRAPH_CHECK],
      rules: ['L3'],
    },
    {
      id: 'cannot-parse-endpoint',
      pattern: /^(?:error -?\w+: )?Cannot parse endpoint$/,
      severity: 'error',
      kernels: `${GRAPHS}, but it cannot occur: reading an endpoint never fails there`,
      says: 'The numbers of an endpoint of mmsys could not be read.',
      why: 'The function that reads them always succeeds in these kernels; a number that is missing is 0.',
      check: ['whether this kernel is patched; report the whole log'],
      rules: [],
    },
    {
      id: 'probe-einval',
      pattern: /^probe with driver mediatek-drm failed with error (?<ret>-22)$/,
      severity: 'error',
      kernels: ALL,
      says: 'The display driver gave up: there will be no display of this SoC.',
      why:
        'One broken path is enough, even when the others are correct, and even when its output is disabled. The line ' +
        'before this one says which kind of fault it is; no line says which path.',
      check: ['the line of mediatek-drm before this one', GRAPH_CHECK],
      rules: ['L1', 'L2', 'L3', 'L6', 'L9', 'L10', 'L13', 'L15'],
    },
    {
      id: 'probe-enoent',
      pattern: /^probe with driver mediatek-drm failed with error (?<ret>-2)$/,
      severity: 'error',
      kernels: ALL,
      says: 'The display driver gave up: an endpoint of mmsys (vdosys) is not on port 0.',
      why: 'Every endpoint of mmsys announces a path, but the path is looked for on port 0 only.',
      check: ['the mmsys node: a single port, without reg or with reg = <0>', GRAPH_CHECK],
      rules: ['L4', 'L13'],
    },
    {
      id: 'probe-failed',
      pattern: /^probe with driver mediatek-drm failed with error (?<ret>-\d+)$/,
      severity: 'error',
      kernels: `${ALL}; -19, -6 and -517 are never printed`,
      says: 'The display driver gave up with {ret}: there will be no display of this SoC.',
      why: 'The lines of mediatek-drm before this one say more.',
      check: ['the line of mediatek-drm before this one', GRAPH_CHECK],
      rules: ['L13'],
    },
    {
      id: 'probe-failed-old',
      pattern: /^probe of mediatek-drm\.\S+ failed with error (?<ret>-\d+)$/,
      severity: 'error',
      kernels: 'kernels older than the graph code, whose driver core words it so',
      says: 'The display driver gave up with {ret}: there will be no display of this SoC.',
      why: 'The lines of mediatek-drm before this one say more. The graph of the tree has no part in it.',
      check: ['the line of mediatek-drm before this one', '`bringup display TREE --kernel v6.12`'],
      rules: [],
    },
    {
      id: 'mutex-missing',
      pattern: /^Failed to find disp-mutex node$/,
      severity: 'error',
      kernels: ALL,
      says: 'There is no disp-mutex for this mmsys (vdosys); the probe fails with -19, which is not printed.',
      why:
        'The mutex must be an enabled node beside mmsys, of a known compatible, without mutex alias or with the ' +
        'number of this mmsys (0; 1 for vdosys1).',
      check: ['the disp-mutex nodes: status, place, and the aliases mutex0, mutex1', GRAPH_CHECK],
      rules: ['L33'],
    },
    {
      id: 'mutex-waiting',
      pattern: /^Waiting for disp-mutex device (?<node>\S+)$/,
      severity: 'warning',
      kernels: ALL,
      says: 'The display waits for the mutex device {node}.',
      why: 'Its node is there, but the device does not exist yet. Normal once or twice at boot; at the end it is not.',
      check: ['whether the mutex driver (CONFIG_MTK_MMSYS) is built in or loaded', DEFERRED_LIST],
      rules: [],
    },
    {
      id: 'mmsys-missing',
      pattern: /^Failed to get MMSYS device$/,
      severity: 'error',
      kernels: ALL,
      says: 'The mediatek-drm device has no parent.',
      why: 'It is made by the mmsys driver, as its child; something else has made this one.',
      check: ['who creates the device; the tree is not the cause'],
      rules: [],
    },
    {
      id: 'no-crtc-adaptor',
      pattern: /^Not creating crtc (?<crtc>\d+) because component (?<component>61) is disabled or missing$/,
      severity: 'warning',
      kernels: 'none known: the adaptor has no node and is not looked for',
      says: 'A display path is left out because of the OVL adaptor.',
      why: 'Released kernels skip the adaptor in this check, so this kernel is patched or very new.',
      check: ['the sources of this kernel: mtk_crtc_create'],
      rules: [],
    },
    {
      id: 'no-crtc',
      pattern: /^Not creating crtc (?<crtc>\d+) because component (?<component>\d+) is disabled or missing$/,
      severity: 'warning',
      kernels: ALL,
      says: 'A display path is left out, because {component} has no enabled node beside mmsys.',
      why:
        'Often this is intended: on boards that use one output the path of the other one is left out. It is the ' +
        'fault only when this is the path of your display. The number of the crtc counts those made so far, not ' +
        'paths.',
      check: [
        'whether {component} belongs to the output you use; if not, look elsewhere',
        'status of its node, and that it is a child of the same parent as mmsys',
        'whether the path is the built-in one of the driver: a graph that was dropped leaves it in force',
        GRAPH_CHECK,
      ],
      rules: ['L11', 'L20', 'L34', 'L36'],
    },
    {
      id: 'no-crtc-at-all',
      pattern: /^Need at least one OVL device$/,
      severity: 'error',
      kernels: ALL,
      says: 'No display path could be used at all, so there is no display.',
      why:
        'The words mislead: it is not about OVL. Every path was left out, each with a line "Not creating crtc". ' +
        'Seen on boards whose outputs are all disabled, or whose panel is disabled so that the built-in path is ' +
        'used.',
      check: ['the lines "Not creating crtc" before this one', 'status of the output and of its panel', GRAPH_CHECK],
      rules: ['L11', 'L12', 'L34', 'L36'],
    },
    {
      id: 'component-not-initialised',
      pattern: /^Component (?<node>\S+) not initialized$/,
      severity: 'error',
      kernels: ALL,
      from: DRM,
      says: 'The node {node} is there, but its device has not been set up; the display fails with -19.',
      why: 'The component was found, and its driver has not bound or has been unbound.',
      check: ['whether the driver of {node} is loaded', DEFERRED_LIST],
      rules: [],
    },
    {
      id: 'comp-not-found',
      pattern: /^Failed to find comp in ddp table(?:, ret = (?<ret>-?\d+))?$/,
      severity: 'error',
      kernels: ALL,
      says: 'An output belongs to no usable path; binding its encoder fails, and the whole display with it.',
      why:
        'Only paths whose components all have nodes are counted. The output is in none of these, nor in a built-in ' +
        'route: two outputs may claim the same component because of an alias.',
      check: ['the aliases of outputs: dsi0, dpi1, dp-intf1', GRAPH_CHECK],
      rules: ['L14', 'L16', 'L20', 'L34'],
    },
    {
      id: 'bogus-crtcs',
      pattern: BOGUS_CRTCS,
      severity: 'error',
      kernels: ALL,
      says: 'The encoder {encoder} says it works with CRTCs {mask}, but those that exist are {full}.',
      why:
        'Bits count the usable paths in order: bit 0 is the first path whose components all have nodes. A bit too ' +
        'many means that a path was counted which got no CRTC. Seen with mixed-up trees that leave no usable path.',
      check: ['the lines "Not creating crtc" before this one', GRAPH_CHECK],
      rules: ['L11', 'L20', 'L22', 'L36'],
    },
    {
      id: 'attach-deferred',
      pattern: ATTACH_DEFERRED,
      severity: 'error',
      kernels: 'v6.13 to the fix "dpi: Find next bridge during probe" (January 2026)',
      says:
        'The output {node} looks for its panel or bridge too late: that is not there yet, and waiting is not ' +
        'possible.',
      why:
        'With the graph code the DPI driver looks for its bridge when the display binds. If the last component ' +
        'arrives through a DSI panel on an AUX bus (anx7625), deferring is not allowed there, and everything fails ' +
        'with -22.',
      check: [
        'a kernel with "dpi: Find next bridge during probe": it looks in probe again, where waiting is possible',
        'meanwhile: build the drivers of the bridges behind {node} into the kernel, or disable {node}',
      ],
      rules: [],
    },
    {
      id: 'attach-failed',
      pattern:
        /^(?:error -?\w+: )?failed to attach bridge (?<node>\S+) to encoder (?<encoder>[^\s:]+)(?:: (?<ret>-\d+))?$/,
      severity: 'error',
      kernels: ALL,
      says: 'The bridge {node} could not be connected to the encoder {encoder}.',
      why: 'What follows the output is missing or failed itself.',
      check: ['port 1 of {node}: does it lead to an enabled panel or bridge?', GRAPH_CHECK],
      rules: ['L6', 'L12', 'L23'],
    },
    {
      id: 'dsi-host-deferred',
      pattern: /^failed to add dsi_host component: (?<ret>-517)$/,
      severity: 'error',
      kernels: ALL,
      says: 'A panel has come to its DSI, but binding the display then met something that is not there yet.',
      why:
        'The DSI was the last component, so its arrival binds the whole display inside the probe of the panel. ' +
        'Another part, often a DPI bridge, deferred. A panel driver that is allowed to defer is tried again; one ' +
        'on an AUX bus is not, and fails with -22.',
      check: ['the line "failed to attach bridge" before this one: it names the output that waits', DEFERRED_LIST],
      rules: [],
    },
    {
      id: 'dsi-host',
      pattern: /^failed to add dsi_host component: (?<ret>-\d+)$/,
      severity: 'error',
      kernels: ALL,
      says: 'A panel has come to its DSI, but binding the display then failed with {ret}.',
      why: 'The DSI was the last component; the fault is in another part of the display.',
      check: ['the lines before this one'],
      rules: [],
    },
    {
      id: 'dsi-attach',
      pattern: /^fail(?:ed)? to attach dsi to host\.?$/,
      severity: 'error',
      kernels: ALL,
      says: 'A bridge could not register with its DSI.',
      why: 'The DSI answered with an error, usually because binding the whole display failed.',
      check: ['the line "failed to add dsi_host component" before this one: it has the error'],
      rules: [],
    },
    {
      id: 'aux-defer',
      pattern: /^DP AUX done_probing\(\) can't defer$/,
      severity: 'error',
      kernels: ALL,
      says: 'A panel on a DP AUX bus was told to wait, at a place where waiting is not possible.',
      why: 'Its arrival binds the whole display; another part was not there yet. The panel fails with -22 for good.',
      check: ['the line "failed to attach bridge" before this one: it names the output that waits'],
      rules: [],
    },
    {
      id: 'get-bridge',
      pattern: /^(?:error (?<ret>-?\w+): )?Failed to get bridge$/,
      from: /mediatek|mtk|dpi|dp-intf/,
      severity: 'error',
      kernels: `${ALL}; through the deferral-aware logger, so mostly as a reason in the deferred list`,
      says: 'A DPI or DP_INTF finds no panel or bridge behind it.',
      why:
        'It looks at port 1, any endpoint, then for old trees at port 0 endpoint 0. Kernels before v6.13 look at ' +
        'port 0 only, which in new trees is the input.',
      check: [
        'port 1 of the output: does it lead to an enabled panel or bridge, and is the driver of that there?',
        'new tree on a kernel before v6.13: it cannot work, use the older tree',
        GRAPH_CHECK,
      ],
      rules: ['L6', 'L12', 'L23', 'L26'],
    },
    {
      id: 'found-bridge',
      pattern: /^Found bridge node: (?<node>\S+)$/,
      severity: 'note',
      kernels: 'up to v6.12; v6.13 removed it',
      says: 'A DPI or DP_INTF has found {node} behind it.',
      why: 'Normal. The kernel is older than the graph code.',
      check: [],
      rules: [],
    },
    {
      id: 'bad-of-node-put',
      pattern: /^(?:OF: )?(?:ERROR: )?of_node_release\(\) detected bad of_node_put\(\)(?: on (?<node>\S+))?$/,
      severity: 'warning',
      kernels: `${GRAPHS}, on kernels with dynamic OF`,
      says: 'A node was given back more often than it was taken.',
      why:
        'The walk along a display path gives back its last component twice when that has no outgoing endpoint with ' +
        'the number of the path. Each probe takes one away; repeated binding and unbinding ends in this line.',
      check: ['number the endpoint behind the output like its path (reg = <1> for ext)', GRAPH_CHECK],
      rules: ['L24'],
    },
    {
      id: 'foreign-endpoint',
      pattern: /^(?:OF: )?(?:graph: )?non endpoint node is used \((?<node>[^\s)]+)\)$/,
      severity: 'warning',
      kernels: 'from some release between v6.13 and v6.15 on',
      says: 'A port has a child that is not called endpoint, {node}; it is skipped.',
      why: 'Kernels up to v6.12 counted every child of a port as an endpoint, whatever its name.',
      check: ['the name of {node}: it must be endpoint or endpoint@N', GRAPH_CHECK],
      rules: ['L30'],
    },
    {
      id: 'adaptor-skips',
      pattern: /^Skipping unknown component (?<node>\S+)$/,
      from: /adaptor/,
      severity: 'note',
      kernels: ALL,
      says: 'The OVL adaptor leaves out {node}.',
      why: 'MERGE0 and MERGE5 are no parts of the adaptor, so this is normal for them, once each per boot.',
      check: ['only if {node} is another block: its alias must be vdo1-rdma0 to 7, padding0 to 7, merge1 to 4, ethdr0'],
      rules: [],
    },
    {
      id: 'unknown-component',
      pattern: /^Skipping unknown component (?<node>\S+)$/,
      severity: 'warning',
      kernels: ALL,
      says: 'The driver knows the kind of {node}, but not its number.',
      why:
        'The alias of the node has a number that does not exist for its type. From the OVL adaptor the same line is ' +
        'normal for MERGE0 and MERGE5.',
      check: ['the alias that points at {node}', GRAPH_CHECK],
      rules: ['L15'],
    },
    {
      id: 'adaptor-id',
      pattern: /^Failed to get id\. type: (?<type>\d+), alias: (?<alias>-?\d+)$/,
      severity: 'note',
      kernels: ALL,
      says: 'The OVL adaptor does not know a block with the alias number {alias} (-19: it has no alias).',
      why: 'Normal for MERGE0 and MERGE5, which are no parts of the adaptor.',
      check: ['the line "Skipping unknown component" that follows: it names the node'],
      rules: [],
    },
    {
      id: 'disabled-component',
      pattern: /^Skipping disabled component (?<node>\S+)$/,
      severity: 'note',
      kernels: `${ALL}, at debug level`,
      says: '{node} is disabled and is left out.',
      why: 'Normal for what the board does not use.',
      check: ['only if it is part of the path to your display: its status'],
      rules: ['L11', 'L32'],
    },
    {
      id: 'waiting-for-device',
      pattern: /^Waiting for device (?<node>\S+)$/,
      from: DRM,
      severity: 'note',
      kernels: ALL,
      says: 'The display waits for the device {node}.',
      why: 'Its node is there, but the device does not exist yet. Normal at boot; not when it stays.',
      check: [DEFERRED_LIST],
      rules: [],
    },
    {
      id: 'deferred-drm',
      pattern: /^deferred probe pending(?:: (?<reason>.+))?$/,
      from: /mediatek-drm/,
      severity: 'error',
      kernels: ALL,
      says: 'The display driver is still waiting.',
      why: 'A component or the mutex has no device yet.',
      check: ['the lines "Waiting for" before this one', DEFERRED_LIST],
      rules: [],
    },
    {
      id: 'deferred-output',
      pattern: /^deferred probe pending(?:: (?<reason>.+))?$/,
      from: /\.(?:dsi|dpi|dp-intf|edp-tx|dp-tx)\b/,
      severity: 'error',
      kernels: ALL,
      says: 'An output of the display is still waiting, so the display cannot bind.',
      why:
        'A clock, phy, panel or bridge is missing: the reason behind the colon says what. If it is the panel or ' +
        'bridge that is disabled, or numbered wrongly, the driver falls back to port 0, finds the block in front ' +
        'of it there, and waits for ever.',
      check: [
        'whether the driver of the panel or bridge, and of the phy, is loaded',
        'status of the panel or bridge; for DSI port 1 must have an endpoint 0',
        GRAPH_CHECK,
      ],
      rules: ['L12', 'L23', 'L26'],
    },
    {
      id: 'deferred-list-output',
      pattern: /^[0-9a-f]{1,16}\.(?:dsi|dpi|dp-intf|edp-tx|dp-tx)(?:[ \t]+(?<reason>\S.*))?$/,
      severity: 'error',
      kernels: 'every kernel, in /sys/kernel/debug/devices_deferred',
      says: 'An output of the display waits, so the display cannot bind.',
      why:
        'If the panel or bridge behind it is disabled, or numbered wrongly, the driver falls back to port 0, finds ' +
        'the block in front of it there, and waits for ever. No line in the log says so.',
      check: [
        'status of the panel or bridge; for DSI port 1 must have an endpoint 0',
        'whether the driver of the panel or bridge is loaded',
        GRAPH_CHECK,
      ],
      rules: ['L12', 'L23', 'L26'],
    },
    {
      id: 'building',
      pattern: /^Building display pipeline for MMSYS (?<mmsys>\d+)$/,
      severity: 'note',
      kernels: `${GRAPHS}, at debug level`,
      says: 'The mmsys with the number {mmsys} has a graph; its paths are built from it.',
      why: 'Normal. Paths that the graph does not give keep the built-in list of the driver.',
      check: [],
      rules: ['L34'],
    },
    {
      id: 'hardcoded',
      pattern: /^Using hardcoded paths for MMSYS (?<mmsys>\d+)$/,
      severity: 'note',
      kernels: `${GRAPHS}, at debug level`,
      says: 'The mmsys with the number {mmsys} has no graph; the built-in paths of the driver are used.',
      why: 'Normal for trees before v6.15. A "ports" node without ports also counts as no graph.',
      check: [],
      rules: ['L29', 'L34'],
    },
    {
      id: 'built',
      pattern: /^Display HW Pipeline built with (?<count>\d+) components\.$/,
      severity: 'note',
      kernels: `${GRAPHS}, at debug level`,
      says: 'One path was built from the graph, with {count} components.',
      why: 'Normal. The OVL adaptor counts as one.',
      check: [],
      rules: [],
    },
    {
      id: 'adding-adaptor',
      pattern: /^Adding OVL Adaptor for (?<node>\S+)$/,
      severity: 'note',
      kernels: `${GRAPHS}, but it cannot occur: the branch is never taken`,
      says: 'A path begins with a part of the OVL adaptor, {node}.',
      why: 'The look-up answers success for such parts, so the branch that prints this is dead.',
      check: [],
      rules: ['L17'],
    },
    {
      id: 'mutex',
      pattern: /^get mutex for mmsys (?<mmsys>\d+)$/,
      severity: 'note',
      kernels: `${ALL}, at debug level`,
      says: 'The mutex of the mmsys with the number {mmsys} was found.',
      why: 'Normal.',
      check: [],
      rules: [],
    },
    {
      id: 'match',
      pattern: /^Adding component match for (?<node>\S+)$/,
      severity: 'note',
      kernels: ALL,
      says: '{node} is part of a path; the display waits until its driver is there.',
      why: 'Normal. When the display never appears, one of the nodes in these lines has not bound.',
      check: ['only without display: which of these nodes has no driver (ls -l /sys/bus/platform/devices/*/driver)'],
      rules: [],
    },
    {
      id: 'no-endpoint-debug',
      pattern: /^no valid endpoint \((?<port>-?\d+), (?<endpoint>-?\d+)\) for node (?<node>\S+)$/,
      severity: 'note',
      kernels: 'every kernel, at debug level',
      says: 'Somebody asked {node} for port {port}, endpoint {endpoint} (-1: any), which does not exist.',
      why: 'For an output of the display it means that no panel or bridge is linked there.',
      check: ['port {port} of {node}'],
      rules: ['L23', 'L25'],
    },
    {
      id: 'no-remote-debug',
      pattern: /^no valid remote node$/,
      severity: 'note',
      kernels: 'every kernel, at debug level',
      says: 'An endpoint has no remote-endpoint, or one that points at nothing.',
      why: 'The link was never written, or its target was deleted.',
      check: [GRAPH_CHECK],
      rules: ['L6'],
    },
    {
      id: 'remote-disabled-debug',
      pattern: /^not available for remote node$/,
      severity: 'note',
      kernels: 'every kernel, at debug level',
      says: 'The device at the other end of a link is disabled.',
      why: 'For an output of the display it means that its panel or bridge is disabled; the driver then tries port 0.',
      check: ['status of the panel or bridge', GRAPH_CHECK],
      rules: ['L12'],
    },
  ],
};
