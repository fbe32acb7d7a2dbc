// Checks of OF graphs: ports, endpoints and their connections.
import type { DtNode } from '../tree.js';
import type { Check, CheckContext } from './check-context.js';
import { addressCells, sizeCells } from './checks-address.js';
import { isPhandle } from './phandles.js';

/** Finds ports by their endpoints: a child named so, or one that has a `remote-endpoint`. */
function graphNodes(node: DtNode, c: CheckContext): void {
  const isPort = node.children.some(
    (child) => child.baseName === 'endpoint' || child.property('remote-endpoint') !== undefined,
  );
  if (!isPort) return;
  c.buses.set(node, 'graph-port');
  const { parent } = node;
  if (parent === undefined || c.buses.has(parent)) return;
  if (parent.name === 'ports' || node.property('reg') !== undefined) c.buses.set(parent, 'graph-ports');
}

function graphReg(node: DtNode, c: CheckContext): void {
  const reg = node.property('reg');
  if (reg === undefined) return;
  if (reg.length !== 4) return c.fail(node, 'graphReg');
  const expected = (reg.cell(0) as number).toString(16);
  if ((node.unitAddress ?? '') !== expected) c.fail(node, 'unitAddress', { bus: 'graph', expected });
  const { parent } = node;
  if (parent === undefined) return;
  const address = addressCells(parent);
  if (address !== 1) c.fail(node, 'graphAddressCells', { value: address }, node.property('#address-cells'));
  const size = sizeCells(parent);
  if (size !== 0) c.fail(node, 'graphSizeCells', { value: size }, node.property('#size-cells'));
}

function graphPort(node: DtNode, c: CheckContext): void {
  if (c.buses.get(node) !== 'graph-port') return;
  if (node.baseName !== 'port') c.fail(node, 'graphPortName');
  graphReg(node, c);
}

function remoteEndpoint(node: DtNode, c: CheckContext): DtNode | undefined {
  const property = node.property('remote-endpoint');
  const phandle = property?.cell(0) ?? 0;
  if (!isPhandle(phandle)) return undefined;
  const remote = c.phandles.node(phandle);
  if (remote === undefined) c.fail(node, 'graphPhandle', {}, property);
  return remote;
}

function graphEndpoint(node: DtNode, c: CheckContext): void {
  if (node.parent === undefined || c.buses.get(node.parent) !== 'graph-port') return;
  if (node.baseName !== 'endpoint') c.fail(node, 'graphEndpointName');
  graphReg(node, c);
  const remote = remoteEndpoint(node, c);
  if (remote !== undefined && remoteEndpoint(remote, c) !== node) c.fail(node, 'graphOneSided', { other: remote.path });
}

function graphChildAddress(node: DtNode, c: CheckContext): void {
  const bus = c.buses.get(node);
  if (bus !== 'graph-ports' && bus !== 'graph-port') return;
  if (node.children.length !== 1 || addressCells(node) === -1) return;
  const child = node.children[0] as DtNode;
  if ((child.u32('reg') ?? 0) === 0) c.fail(node, 'graphSingleChild', { child: child.name });
}

/** Graphs. dtc 1.6.1 takes an `__overlay__` that has a `remote-endpoint` for an endpoint, and so do we. */
export const GRAPH_CHECKS: readonly Check[] = [
  { name: 'graph_nodes', level: 'warning', needs: [], run: graphNodes },
  { name: 'graph_child_address', level: 'warning', needs: ['graph_nodes'], run: graphChildAddress },
  { name: 'graph_port', level: 'warning', needs: ['graph_nodes'], run: graphPort },
  { name: 'graph_endpoint', level: 'warning', needs: ['graph_nodes'], run: graphEndpoint },
];
