// Table of the rules about outputs: whether a DSI, DPI or DP_INTF finds the panel or bridge behind it.
import { ERRNO } from '../../base/errno.js';
import { isOutput } from '../../drivers/mtk-drm/component.js';
import { type ComponentType, TYPES } from '../../drivers/mtk-drm/tables.js';
import { endpointByRegs, parseEndpoint, remotePortParent } from '../../dt/graph.js';
import type { DtNode } from '../../dt/tree.js';
import type { LintContext, Rule, Subject } from './lint-context.js';
import type { Examined } from './lint-outputs.js';
import { endpointsOn, isGood, type PathView } from './lint-paths.js';
import { renumbering } from './rules-links.js';
import type { DrmForecast } from './result.js';
import { instead } from './rules-paths.js';
import { endpointOptions, portsOf } from './scene.js';
import { comesUp } from './sinks.js';

/** L12, L23, L24, L25, L26. */
export const OUTPUT_RULES: readonly Rule[] = [
  {
    id: 'L12',
    severity: 'warning',
    shifts: ['fatal'],
    summary: 'the panel or bridge behind an output is disabled',
    run: disabledSinks,
  },
  {
    id: 'L23',
    severity: 'warning',
    shifts: ['fatal'],
    summary: 'an output has no endpoint where its driver looks',
    run: noLookup,
  },
  {
    id: 'L24',
    severity: 'warning',
    shifts: ['harmless'],
    summary: 'the endpoint behind an output has another number than its path',
    run: otherNumber,
  },
  { id: 'L25', severity: 'note', summary: 'an output uses the old layout: port 0 leads to the panel', run: oldLayout },
  {
    id: 'L26',
    severity: 'warning',
    shifts: ['fatal'],
    summary: 'an output uses the new layout, which kernels before v6.13 do not know',
    run: newLayout,
  },
];

const OLD_KERNEL = 'v6.12';

/** What becomes of an output without anything behind it. */
function outcome(ret: number): string {
  return ret === -ERRNO.EPROBE_DEFER ? 'waits for ever' : 'finds nothing';
}

const shiftOf = ({ fails }: Pick<Examined, 'fails'>): Pick<Subject, 'shift'> => ({
  shift: fails ? 'fatal' : undefined,
});

function disabledSinks(c: LintContext): void {
  const told = new Set<DtNode>();
  for (const { end, path, mmsys } of c.views) {
    if (end.kind !== 'disabled' || end.output === undefined) continue;
    const output = c.outputs.find(({ node }) => node === end.output);
    told.add(end.device);
    const dropped = `, and the ${path} path is dropped: ${instead(c, mmsys, path)}`;
    const fails = output?.fails === true && output.fault.kind === 'sink-disabled';
    const what = fails ? deferring(output.ret) : 'has nothing behind it';
    const values = { sink: end.device.path, output: end.output.path, outcome: what, dropped, node: end.output.path };
    const subject = { mmsys: mmsys.node, path, values, ...shiftOf({ fails }) };
    c.find('L12', { node: end.device, property: 'status', ...subject });
  }
  for (const output of c.outputs) {
    const { fault, node, mmsys, path, ret, fails } = output;
    if (fault.kind !== 'sink-disabled' || told.has(fault.sink) || !fails || isNewInOld(c, output)) continue;
    const values = { sink: fault.sink.path, output: node.path, outcome: deferring(ret), dropped: '', node: node.path };
    c.find('L12', {
      node: fault.sink,
      property: 'status',
      mmsys: mmsys.node,
      path,
      values,
      ...shiftOf(output),
    });
  }
}

function deferring(ret: number): string {
  return ret === -ERRNO.EPROBE_DEFER ? 'waits for ever (EPROBE_DEFER)' : 'finds nothing and fails to attach';
}

function noLookup(c: LintContext): void {
  for (const output of c.outputs) {
    const { fault, fails, node, mmsys, path, lookups, ret, type } = output;
    if (!fails || isNewInOld(c, output)) continue;
    const first = lookups[0] as Examined['lookups'][number];
    const place = `port ${first.port}${first.endpoint < 0 ? '' : ` endpoint ${first.endpoint}`}`;
    const at = { mmsys: mmsys.node, path, ...shiftOf(output) };
    if (fault.kind === 'component' && !inCircle(c, node)) {
      const values = { node: node.path, place, device: fault.remote.path };
      c.find('L23 component', { node: fault.endpoint, property: 'remote-endpoint', ...at, values });
    }
    if (fault.kind !== 'no-endpoint') continue;
    const values = {
      node: node.path,
      place,
      device: portZero(c, node)?.path ?? 'nothing there',
      outcome: outcome(ret),
      endpoint: wantedEndpoint(type),
    };
    c.find(lookups.length > 1 ? 'L23' : 'L23 only', { node: portOf(node, first.port) ?? node, ...at, values });
  }
}

/** L18 tells what is wrong with an output that leads back into its path. */
function inCircle(c: LintContext, output: DtNode): boolean {
  return c.views.some(({ end }) => end.kind === 'circle' && end.devices.includes(output));
}

function wantedEndpoint(type: ComponentType): string {
  return type === TYPES.DSI ? 'an endpoint with number 0' : 'an endpoint';
}

function portOf(node: DtNode, number: number): DtNode | undefined {
  return portsOf(node).ports.find((port) => (port.u32('reg') ?? 0) === number);
}

function portZero(c: LintContext, node: DtNode): DtNode | undefined {
  const endpoint = endpointByRegs(node, 0, 0, endpointOptions(c));
  return endpoint === undefined ? undefined : remotePortParent(c.tree, endpoint);
}

/** A walk that ends for want of a number at the output puts the output's node twice (4.5). */
function otherNumber(c: LintContext): void {
  if (c.rules.balancesReferences) return;
  for (const view of c.views) {
    const output = outputWithoutNumber(view);
    const [endpoint] = output === undefined ? [] : endpointsOn(c, output, 1);
    if (output === undefined || endpoint === undefined) continue;
    const examined = c.outputs.find(({ node }) => node === output);
    if (examined?.fault.kind === 'no-endpoint') continue;
    const { number, path, mmsys } = view;
    const works = (drm: DrmForecast): boolean => drm.parent === mmsys.node.parent && comesUp(drm, c.forecast.mmsys);
    const dsi = c.typeOf(output) === TYPES.DSI && parseEndpoint(endpoint).id === 0;
    c.counted.add(output);
    c.find(dsi ? 'L24 dsi' : 'L24', {
      node: endpoint,
      property: 'reg',
      mmsys: mmsys.node,
      path,
      shift: c.forecast.drm.some(works) ? 'harmless' : undefined,
      values: { p: path, c: number, ...renumbering(endpoint, number), endpoint: endpoint.path },
    });
  }
}

function outputWithoutNumber(view: PathView): DtNode | undefined {
  const last = view.walk.steps.at(-1);
  const before = view.walk.steps.at(-2);
  if (!isGood(view) || last?.endpoint !== undefined || before?.id === undefined || !isOutput(before.id))
    return undefined;
  return before.node;
}

function oldLayout(c: LintContext): void {
  if (c.rules.name === OLD_KERNEL) return;
  for (const { oldLayout: old, fails, node, mmsys, path, remote } of c.outputs) {
    if (!old || fails) continue;
    const values = { node: node.path, device: remote?.path ?? 'nothing' };
    c.find('L25', { node: portOf(node, 0) ?? node, mmsys: mmsys.node, path, values });
  }
}

function newLayout(c: LintContext): void {
  for (const output of c.outputs) {
    if (!isNewInOld(c, output)) continue;
    const { node, mmsys, path, ret } = output;
    const device = portZero(c, node)?.path ?? 'nothing there';
    const what = ret === -ERRNO.EPROBE_DEFER ? 'wait for ever' : 'find nothing';
    c.find('L26', {
      node: portOf(node, 1) ?? node,
      mmsys: mmsys.node,
      path,
      ...shiftOf(output),
      values: { node: node.path, device, outcome: what },
    });
  }
}

/** O4: port 1 leads to the panel and port 0 to the pipeline, and the kernel only looks at port 0. */
function isNewInOld(c: LintContext, { fails, fault, node }: Examined): boolean {
  if (c.rules.name !== OLD_KERNEL || !fails) return false;
  return fault.kind === 'component' || endpointsOn(c, node, 1).length > 0;
}
