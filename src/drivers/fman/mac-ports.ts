// The two ports that a MAC names (Linux: mac_probe, fsl,fman-ports), and what can be wrong with them.
import type { Device } from '../../core/device.js';
import { ofWholePathAvailable } from '../../core/of.js';
import { phandleArgs } from '../../dt/references.js';
import type { DtNode } from '../../dt/tree.js';
import { FmanPort } from './port.js';

const PROPERTY = 'fsl,fman-ports';
const KINDS = { rx: 'receiving', tx: 'sending' } as const;
const PORT = /^fsl,fman-v[23]-port-(rx|tx)$/;

/** Two ports, the receiving one first (rule R1). EINVAL says what the tree has wrong, EPROBE_DEFER who is unbound. */
export function macPorts(dev: Device, node: DtNode): { readonly rx: FmanPort; readonly tx: FmanPort } {
  const { entries, fault } = phandleArgs(dev.core.tree, node, PROPERTY, 0);
  if (fault !== undefined) throw dev.error('EINVAL', fault, 'probe');
  if (entries.length !== 2) {
    throw dev.error('EINVAL', `${PROPERTY} names ${entries.length} ports, not a receiving and a sending one`, 'probe');
  }
  return { rx: portOf(dev, 'rx', entries[0]?.node), tx: portOf(dev, 'tx', entries[1]?.node) };
}

function portOf(dev: Device, kind: 'rx' | 'tx', node: DtNode | undefined): FmanPort {
  const what = `its ${KINDS[kind]} port`;
  if (node === undefined) throw dev.error('EINVAL', `${PROPERTY}: ${what} is 0, which is no node`, 'probe');
  const found = node.compatible.map((one) => PORT.exec(one)?.[1]).find((one) => one !== undefined);
  if (found === undefined) {
    throw dev.error('EINVAL', `${what} ${node.path} is none: ${node.compatible[0] ?? 'no compatible'}`, 'probe');
  }
  if (found !== kind) {
    const other = KINDS[found as 'rx' | 'tx'];
    const order = `${PROPERTY} names the receiving port first, then the sending one`;
    throw dev.error('EINVAL', `${order}: ${node.path} is a ${other} one`, 'probe');
  }
  if (node.parent !== dev.ofNode?.parent) {
    throw dev.error('EINVAL', `${what} ${node.path} belongs to another FMan`, 'probe');
  }
  if (!ofWholePathAvailable(node)) throw dev.error('EINVAL', `${what} ${node.path} is disabled`, 'probe');
  const bound = dev.core.deviceOf(node);
  if (!(bound?.drvdata instanceof FmanPort)) throw dev.deferral(`${what} ${node.path} is not bound`, node.path);
  dev.core.deviceLinkAdd(dev, bound);
  return bound.drvdata;
}
