// Trees of boards with a MediaTek display, from a few words per block, and the displays of a machine in a few words.
import type { Bench } from '../src/bench/bench.js';
import { Drm } from '../src/core/drm.js';
import type { DtTree } from '../src/dt/tree.js';
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
