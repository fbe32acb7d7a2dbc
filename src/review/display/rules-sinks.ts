// Table of the rules about what stands behind outputs: whether a panel or bridge can come up, and what it needs.
import { references } from '../../dt/references.js';
import { endpointByRegs, portParent, remoteEndpoint } from '../../dt/graph.js';
import type { DtNode } from '../../dt/tree.js';
import type { LintContext, Rule } from './lint-context.js';
import type { Examined } from './lint-outputs.js';
import { endpointOptions } from './scene.js';
import { disabledAbove, lostOutputs } from './sinks.js';

/** R2, R3, R4: rules of this project, beside those of the facts. */
export const SINK_RULES: readonly Rule[] = [
  { id: 'R2', severity: 'error', summary: 'the panel or bridge behind an output never becomes a device', run: lost },
  {
    id: 'R3',
    severity: 'warning',
    summary: 'an output, or its panel or bridge, needs something that is disabled',
    run: suppliers,
  },
  {
    id: 'R4',
    severity: 'warning',
    summary: 'several endpoints point at the endpoint of one output',
    run: rivals,
  },
];

function lost(c: LintContext): void {
  for (const { node: output, mmsys, remote, why } of lostOutputs(c.forecast.mmsys)) {
    const path = c.outputs.find(({ node }) => node === output)?.path;
    const at = { mmsys: mmsys.node, path };
    const values = { output: output.path, sink: remote.path };
    if (why.kind === 'disabled') {
      c.find('R2', { ...at, node: why.node, property: 'status', values: { ...values, node: why.node.path } });
    } else if (why.kind === 'no-compatible') {
      c.find('R2 compatible', { ...at, node: remote, property: 'compatible', values });
    } else {
      c.find('R2 channel', { ...at, node: remote, property: 'reg', values: { ...values, channel: why.channel } });
    }
  }
}

const SUPPLIERS = /^(?:phys|backlight|.+-supply)$/;

function suppliers(c: LintContext): void {
  for (const { node, remote, ret, mmsys, path } of c.outputs) {
    const users = remote === undefined || ret !== 0 ? [node] : [node, remote];
    for (const user of users) {
      for (const property of user.properties) {
        if (!SUPPLIERS.test(property.name)) continue;
        for (const { node: supplier } of references(c.tree, user, property)?.entries ?? []) {
          const off = supplier === undefined || !supplier.available ? supplier : disabledAbove(supplier);
          if (supplier === undefined || off === undefined) continue;
          const below = off === supplier ? 'is disabled' : `stands below ${off.path}, which is disabled`;
          c.find('R3', {
            node: user,
            property: property.name,
            mmsys: mmsys.node,
            path,
            values: { user: user.path, property: property.name, supplier: supplier.path, below, off: off.path },
          });
        }
      }
    }
  }
}

function rivals(c: LintContext): void {
  for (const output of c.outputs) {
    const endpoint = outgoing(c, output);
    const partner = endpoint === undefined ? undefined : remoteEndpoint(c.tree, endpoint);
    if (endpoint === undefined || partner === undefined) continue;
    for (const rival of c.linkedTo(endpoint)) {
      const device = portParent(rival);
      if (rival === partner || device === undefined || !isPresent(device)) continue;
      c.find('R4', {
        node: rival,
        property: 'remote-endpoint',
        mmsys: output.mmsys.node,
        path: output.path,
        values: {
          rival: rival.path,
          endpoint: endpoint.path,
          partner: partner.path,
          device: device.path,
        },
      });
    }
  }
}

/** A second panel that is switched off is how trees offer a choice. */
function isPresent(device: DtNode): boolean {
  return device.available && disabledAbove(device) === undefined;
}

/** The endpoint behind which an output looks first. */
function outgoing(c: LintContext, { node, lookups, oldLayout }: Examined): DtNode | undefined {
  const lookup = oldLayout ? lookups.at(-1) : lookups[0];
  return lookup === undefined ? undefined : endpointByRegs(node, lookup.port, lookup.endpoint, endpointOptions(c));
}
