// The simulated remote processor: it stands in for the drivers that load firmware and power the processor up, and leads
// its edge to the channels.
import type { RpmsgEdge } from '../bus/rpmsg.js';
import type { Driver } from '../core/device.js';
import { platformDriver } from '../core/platform-device.js';
import { devmRprocAdd } from '../core/remoteproc.js';
import { channelOf } from '../core/rpmsg.js';
import type { DtNode } from '../dt/tree.js';

/** The driver's name, as lists show it. */
export const SIM_REMOTEPROC = 'sim-remoteproc';

const EDGES = ['smd-edge', 'glink-edge'] as const;
/** Processors as Linux's drivers name them, by a word of their compatible. */
const NAMES = /adsp|cdsp|slpi|mpss|mss|wcnss|pronto|wpss/;

/**
 * The node of the edge below a remote processor; undefined for any other node. Where there are two, as for processors
 * that can do both, the one in which the tree has channels is modelled.
 */
export function edgeOf(node: DtNode): DtNode | undefined {
  if (!node.baseName.startsWith('remoteproc') || node.compatible.length === 0) return undefined;
  const edges = node.children.filter((child) => child.available && EDGES.some((name) => name === child.baseName));
  return edges.find(({ children }) => children.some((child) => channelOf(child) !== undefined)) ?? edges[0];
}

/** What carries the channels of an edge. */
export function transportOf(edge: DtNode): 'smd' | 'glink' {
  return edge.baseName === 'smd-edge' ? 'smd' : 'glink';
}

/**
 * A platform driver for every remote processor with an edge that no other driver knows; register it last. `wiresOf`
 * gives the edge's wires.
 */
export function simRemoteprocDriver(wiresOf: (node: DtNode) => RpmsgEdge): Driver {
  return platformDriver({
    name: SIM_REMOTEPROC,
    compatible: ['bringup,sim-remoteproc'],
    matches: ({ ofNode }) => ofNode !== undefined && edgeOf(ofNode) !== undefined,
    async probe(dev) {
      const { ofNode } = dev;
      const node = ofNode === undefined ? undefined : edgeOf(ofNode);
      if (ofNode === undefined || node === undefined) throw dev.error('ENODEV', 'no edge in the devicetree', 'probe');
      const name = NAMES.exec(ofNode.compatible.join(' '))?.[0] ?? dev.name;
      await devmRprocAdd(dev, { name, node, edge: wiresOf(ofNode) });
    },
  });
}
