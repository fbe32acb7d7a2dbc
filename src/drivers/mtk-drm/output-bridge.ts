// What follows an output, for a driver that is about to use it (Linux: mtk_dsi_host_attach, mtk_dpi_probe).
import type { Device } from '../../core/device.js';
import { type DrmBridge, drmOfGetBridge } from '../../core/drm-bridge.js';
import { endpointByRegs } from '../../dt/graph.js';
import type { DtNode } from '../../dt/tree.js';
import { type BridgeLookup, RIGHT } from './rules.js';

/**
 * The panel or bridge behind an output: at the first of the look-ups that has an endpoint at all, and nowhere else
 * (ofgraph-O5). EPROBE_DEFER: it is not there yet; ENODEV: the tree leads nowhere.
 */
export function outputBridge(dev: Device, lookups: readonly BridgeLookup[]): DrmBridge {
  const node = dev.ofNode as DtNode; // these drivers bind by compatible
  const exists = ({ port, endpoint }: BridgeLookup): boolean =>
    endpointByRegs(node, port, endpoint, { variant: RIGHT.endpoints }) !== undefined;
  const { port, endpoint } = lookups.find(exists) ?? (lookups[0] as BridgeLookup);
  return drmOfGetBridge(dev, node, port, endpoint);
}
