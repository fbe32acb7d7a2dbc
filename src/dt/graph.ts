// Links between devices: ports, endpoints and what they point at (Linux: drivers/of/property.c, of_graph_*).
import type { DtNode, DtTree } from './tree.js';

/**
 * Which children of a port count as endpoints.
 * `seed`: every child, as Linux did up to 6.12; `mainline`: only nodes called `endpoint`, the others with a warning
 * in the log.
 */
export type GraphVariant = 'seed' | 'mainline';

/** What to do with children of a port that mainline skips; called with the skipped node. */
export interface EndpointOptions {
  readonly variant?: GraphVariant;
  readonly skipped?: (node: DtNode) => void;
}

/** Port and endpoint number, from the two `reg` properties; unit addresses play no role. */
export interface EndpointId {
  readonly port: number;
  readonly id: number;
}

const PORT_LISTS: ReadonlySet<string> = new Set(['ports', 'in-ports', 'out-ports']);

/**
 * Where the ports of a device are: in its first `ports` child, which hides ports beside it, or in the device itself.
 */
function portsOf(node: DtNode): DtNode {
  return node.children.find((child) => child.baseName === 'ports') ?? node;
}

/** True when the device has a port (Linux: of_graph_is_present). `in-ports` and `out-ports` do not count. */
export function graphIsPresent(node: DtNode): boolean {
  return portsOf(node).children.some((child) => child.baseName === 'port');
}

/** The endpoints of a device in order (Linux: of_graph_get_next_endpoint). Disabled nodes count. */
export function* endpoints(node: DtNode, options: EndpointOptions = {}): Generator<DtNode> {
  for (const port of portsOf(node).children) {
    if (port.baseName !== 'port') continue;
    for (const child of port.children) {
      if (options.variant === 'mainline' && child.baseName !== 'endpoint') options.skipped?.(child);
      else yield child;
    }
  }
}

/** The numbers of an endpoint, 0 where `reg` cannot be read (Linux: of_graph_parse_endpoint). */
export function parseEndpoint(endpoint: DtNode): EndpointId {
  return { port: endpoint.parent?.u32('reg') ?? 0, id: endpoint.u32('reg') ?? 0 };
}

/**
 * The first endpoint with these numbers (Linux: of_graph_get_endpoint_by_regs).
 * -1 stands for any number; numbers compare as unsigned 32 bit.
 */
export function endpointByRegs(
  node: DtNode,
  port: number,
  id: number,
  options: EndpointOptions = {},
): DtNode | undefined {
  for (const endpoint of endpoints(node, options)) {
    const found = parseEndpoint(endpoint);
    if ((port === -1 || found.port === port >>> 0) && (id === -1 || found.id === id >>> 0)) return endpoint;
  }
  return undefined;
}

/** What `remote-endpoint` points at (Linux: of_graph_get_remote_endpoint); the link back is never read. */
export function remoteEndpoint(tree: DtTree, endpoint: DtNode): DtNode | undefined {
  return tree.byPhandle(endpoint.u32('remote-endpoint') ?? 0);
}

/**
 * The device that an endpoint belongs to (Linux: of_graph_get_port_parent): two levels up, whatever they are called,
 * and one more when that is a list of ports.
 */
export function portParent(endpoint: DtNode): DtNode | undefined {
  const above = endpoint.parent?.parent;
  return above !== undefined && PORT_LISTS.has(above.baseName) ? above.parent : above;
}

/** The device at the other end, available or not (Linux: of_graph_get_remote_port_parent). */
export function remotePortParent(tree: DtTree, endpoint: DtNode): DtNode | undefined {
  const remote = remoteEndpoint(tree, endpoint);
  return remote === undefined ? undefined : portParent(remote);
}

/** The port at the other end (Linux: of_graph_get_remote_port). */
export function remotePort(tree: DtTree, endpoint: DtNode): DtNode | undefined {
  return remoteEndpoint(tree, endpoint)?.parent;
}

/** The available device behind an endpoint given by numbers, or why there is none, in Linux's words. */
export type RemoteNode =
  | { readonly kind: 'found'; readonly node: DtNode }
  | { readonly kind: 'none'; readonly reason: string };

/** The available device behind the endpoint with these numbers (Linux: of_graph_get_remote_node). */
export function remoteNode(
  tree: DtTree,
  node: DtNode,
  port: number,
  id: number,
  options: EndpointOptions = {},
): RemoteNode {
  const endpoint = endpointByRegs(node, port, id, options);
  if (endpoint === undefined) {
    return { kind: 'none', reason: `no valid endpoint (${port}, ${id}) for node ${node.path}` };
  }
  const remote = remotePortParent(tree, endpoint);
  if (remote === undefined) return { kind: 'none', reason: 'no valid remote node' };
  if (!remote.available) return { kind: 'none', reason: 'not available for remote node' };
  return { kind: 'found', node: remote };
}
