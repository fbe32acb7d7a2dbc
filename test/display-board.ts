// A machine with a MediaTek display for tests of its drivers: registers, interrupts, mutex and panel included.
import type { Bench } from '../src/bench/bench.js';
import { Components } from '../src/core/component.js';
import type { Device, Driver } from '../src/core/device.js';
import { Drm } from '../src/core/drm.js';
import { DrmBridge, drmBridgeAdd } from '../src/core/drm-bridge.js';
import { platformDriver } from '../src/core/platform-device.js';
import { mtkDrmDrivers } from '../src/drivers/mtk-drm/mtk-drm.js';
import { panelDrivers } from '../src/drivers/panel-mipi-dsi/panel-mipi-dsi.js';
import { type DtNode, DtProperty, type DtTree, stringValue } from '../src/dt/tree.js';
import { benchOf } from './bench.js';
import { treeOf } from './tree-of.js';

/** One chain: a mmsys' path by number, and its blocks `name@address compatible` in order, the last an output. */
export interface Chain {
  readonly path: number;
  readonly blocks: readonly string[];
  /** What the output leads to: a child of it (`panel@0 …`), or a device of its own. */
  readonly sink: string;
}

/** One mmsys with its paths. */
export interface MmsysSpec {
  /** `name@address compatible`. */
  readonly mmsys: string;
  readonly chains: readonly Chain[];
}

/** A bridge of its own, as the driver of an HDMI transmitter registers one. */
const hdmi: Driver = platformDriver({
  name: 'hdmi',
  compatible: ['x,hdmi'],
  probe: (dev) => dev.scope.defer(drmBridgeAdd(new DrmBridge({ dev, type: 'HDMI' }))),
});

/** All that a display needs. */
export const DISPLAY_DRIVERS: readonly Driver[] = [...mtkDrmDrivers, ...panelDrivers, hdmi];

/** A machine with these drivers, powered on, and the lines that the display driver logs. */
export async function boot(
  tree: DtTree,
  drivers: readonly Driver[] = DISPLAY_DRIVERS,
): Promise<Bench & { readonly log: string[] }> {
  const bench = benchOf(tree, { drivers });
  const log = logOf(bench);
  await bench.powerOn();
  return Object.assign(bench, { log });
}

const PANEL = 'panel@0 bringup,lab-panel';

/** OVL0, RDMA0, DSI0 and the panel: the least that is a display. */
export const SMALL: MmsysSpec = {
  mmsys: 'syscon@1000 mediatek,mt8183-mmsys',
  chains: [
    {
      path: 0,
      blocks: [
        'ovl@2000 mediatek,mt8183-disp-ovl',
        'rdma@3000 mediatek,mt8183-disp-rdma',
        'dsi@4000 mediatek,mt8183-dsi',
      ],
      sink: PANEL,
    },
  ],
};

const label = (name: string): string => name.replaceAll(/\W/g, '_');
const split = (text: string): [name: string, compatible: string] => text.split(' ') as [string, string];

/** The tree of these mmsys, one mutex per mmsys, and `more` below `/soc`. `aliases` is the body of that node. */
export function boardTree(specs: readonly MmsysSpec[], more = '', aliases = ''): DtTree {
  const nodes = specs.map(({ mmsys, chains }) => {
    const [name, compatible] = split(mmsys);
    const starts = chains.map(({ path, blocks }) => {
      const first = label(split(blocks[0] as string)[0]);
      return `out_${first}: endpoint@${path} { reg = <${path}>; remote-endpoint = <&in_${first}>; };`;
    });
    const graph = starts.length === 0 ? '' : `port { #address-cells = <1>; #size-cells = <0>; ${starts.join(' ')} };`;
    return `${device(name, compatible)} ${graph} }; ${chains.map(chainSource).join(' ')}`;
  });
  return treeOf(`/ { #address-cells = <1>; #size-cells = <1>; interrupt-parent = <&gic>; aliases { ${aliases} };
    soc: soc { compatible = "simple-bus"; #address-cells = <1>; #size-cells = <1>; ranges;
      gic: gic@0 { compatible = "x,gic"; reg = <0 0x10>; interrupt-controller; #interrupt-cells = <3>; };
      ${nodes.join('\n')} ${more} }; };`);
}

/** The head of a node with a register window at its unit address and an interrupt of its own. */
export function device(name: string, compatible: string): string {
  const at = Number.parseInt(name.split('@')[1] ?? '0', 16);
  const list = compatible.split('|').map((word) => `"${word}"`);
  const reg = `reg = <0x${at.toString(16)} 0x100>;`;
  return `${name} { compatible = ${list.join(', ')}; ${reg} interrupts = <0 ${at >> 8} 4>;`;
}

function chainSource({ path, blocks, sink }: Chain): string {
  const [sinkName, sinkCompatible] = split(sink);
  const isChild = sinkName.startsWith('panel@');
  const end = label(`${blocks.at(-1)?.split(' ')[0]}_${sinkName}`);
  const sinkPort = `port { in_${end}: endpoint { remote-endpoint = <&out_${end}>; }; };`;
  const nodes = blocks.map((block, index) => {
    const [name, compatible] = split(block);
    const next = blocks[index + 1];
    const target = next === undefined ? end : label(split(next)[0]);
    const child = next === undefined && isChild ? panelSource(sinkName, sinkCompatible, sinkPort) : '';
    return `${device(name, compatible)} #address-cells = <1>; #size-cells = <0>; ${child}
      ports { #address-cells = <1>; #size-cells = <0>;
        port@0 { reg = <0>; in_${label(name)}: endpoint { remote-endpoint = <&out_${label(name)}>; }; };
        port@1 { reg = <1>;
          out_${target}: endpoint@${path} { reg = <${path}>; remote-endpoint = <&in_${target}>; }; }; }; };`;
  });
  return `${nodes.join(' ')} ${isChild ? '' : `${device(sinkName, sinkCompatible)} ${sinkPort} };`}`;
}

function panelSource(name: string, compatible: string, port: string): string {
  return `${name} { compatible = "${compatible}"; reg = <${name.split('@')[1]}>; ${port} };`;
}

/** A mutex, without alias. */
export const MUTEX = `${device('mutex@f000', 'mediatek,mt8183-disp-mutex')} };`;

/** The node at a path below `/soc`. */
export function nodeAt(tree: DtTree, path: string): DtNode {
  const node = tree.byPath(`/soc/${path}`);
  if (node === undefined) throw new Error(`no node /soc/${path}`);
  return node;
}

/** Takes a property away. */
export function dropProperty(tree: DtTree, path: string, name: string): void {
  const { properties } = nodeAt(tree, path);
  properties.splice(
    properties.findIndex((property) => property.name === name),
    1,
  );
}

/** Disables a node. */
export function disable(tree: DtTree, path: string): void {
  const node = nodeAt(tree, path);
  const status = node.property('status');
  if (status !== undefined) status.value = stringValue('disabled');
  else node.properties.push(new DtProperty('status', stringValue('disabled')));
}

/** The device at a path below `/soc`, also of one without node (`syscon@1000/mediatek-drm.0.auto`). */
export function deviceAt(bench: Bench, path: string): Device {
  const dev = bench.core.devices.find((one) => one.path === `/soc/${path}`);
  if (dev === undefined) throw new Error(`no device /soc/${path}`);
  return dev;
}

/** The displays in a few words each: `card0: 0 main OVL0 RDMA0 DSI0; DSI-1 connected 720x1280`. */
export function displays(bench: Bench): string[] {
  return bench.core.subsystem(Drm).devices.map(({ name, crtcs, connectors }) => {
    const paths = crtcs.map((crtc) => `${crtc.index} ${crtc.name} ${crtc.components.join(' ')}`);
    const ends = connectors.map(({ name: connector, status = 'connected', modes, encoder }) => {
      const size = modes.map(({ hdisplay, vdisplay }) => ` ${hdisplay}x${vdisplay}`).join('');
      return `${connector} ${status}${size} of crtcs ${encoder.possibleCrtcs.toString(2)}`;
    });
    return `${name}: ${[...paths, ...ends].join('; ')}`;
  });
}

/** Whom the display drivers of a machine wait for, by path. */
export function missing(bench: Bench): string[] {
  return bench.core.subsystem(Components).aggregates.flatMap((aggregate) => aggregate.missing);
}

/** Collects the lines of one driver, as `level text` without driver and device in front. */
export function logOf(bench: Bench, driver = 'mediatek-drm'): string[] {
  const lines: string[] = [];
  bench.trace.attach((event) => {
    if (event.kind !== 'printk' || event.level === 'dbg' || !event.text.startsWith(`${driver} `)) return;
    lines.push(`${event.level} ${event.text.replace(/^\S+ \S+: /, '')}`);
  });
  return lines;
}

/** Why a device is not bound; the sentence for who waits names whom. */
export function stateOf(bench: Bench, path: string): string {
  const { state } = deviceAt(bench, path);
  if (state.kind === 'deferred') return `waits for ${state.waitsFor}`;
  return state.kind === 'failed' ? `failed ${state.error.code}: ${state.error.message}` : state.kind;
}
