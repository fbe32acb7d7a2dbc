// What is wrong behind the outputs of a display, for the rules: each DSI, DPI or DP_INTF that the driver waits for.
import { componentType, isPipelineNode } from '../../drivers/mtk-drm/component.js';
import { lookupsOf } from '../../drivers/mtk-drm/outputs.js';
import type { BridgeLookup, PathName } from '../../drivers/mtk-drm/rules.js';
import type { ComponentType } from '../../drivers/mtk-drm/tables.js';
import { endpointByRegs, remotePortParent } from '../../dt/graph.js';
import type { DtNode } from '../../dt/tree.js';
import type { DisplayForecast, MmsysForecast } from './result.js';
import { endpointOptions, type Scene } from './scene.js';

/** What the first look-up met. */
export type OutputFault =
  | { readonly kind: 'none' }
  | { readonly kind: 'no-endpoint' }
  | { readonly kind: 'no-remote'; readonly endpoint: DtNode }
  | { readonly kind: 'sink-disabled'; readonly endpoint: DtNode; readonly sink: DtNode }
  | { readonly kind: 'component'; readonly endpoint: DtNode; readonly remote: DtNode };

/** An enabled output of a path or route. */
export interface Examined {
  readonly mmsys: MmsysForecast;
  readonly path: PathName;
  readonly node: DtNode;
  readonly id: number;
  readonly type: ComponentType;
  readonly ret: number;
  readonly remote: DtNode | undefined;
  readonly lookups: readonly BridgeLookup[];
  readonly oldLayout: boolean;
  /** What is wrong with the first look-up; the second may have helped. */
  readonly fault: OutputFault;
  /** Nothing is found behind it, and so there is no display at all. */
  readonly fails: boolean;
}

/** Every enabled output that the driver has to do with, each once. Only for mmsys whose probe succeeds. */
export function examinedOutputs(c: Scene, forecast: DisplayForecast): readonly Examined[] {
  const found = new Map<DtNode, Examined>();
  for (const mmsys of forecast.mmsys) {
    for (const { node, id, path, ret, remote, lookup } of mmsys.outputs) {
      if (node === undefined || found.has(node)) continue;
      found.set(node, examine(c, { mmsys, path, node, id, ret, remote, oldLayout: lookup === 'port0' }));
    }
  }
  // Outputs that are only routes of MT8188 stand in no path, but are waited for all the same.
  for (const { node, id, ret, remote } of forecast.drm.flatMap(({ blockedBy }) => blockedBy)) {
    const mmsys = forecast.mmsys.find(({ matches }) => matches.some((match) => match.node === node));
    if (mmsys === undefined || found.has(node)) continue;
    found.set(node, examine(c, { mmsys, path: 'main', node, id, ret, remote, oldLayout: false }));
  }
  return [...found.values()];
}

function examine(c: Scene, output: Omit<Examined, 'type' | 'lookups' | 'fault' | 'fails'>): Examined {
  const type = componentType(output.node, c.rules.tables) as ComponentType;
  const lookups = lookupsOf(type, c.rules);
  return {
    ...output,
    type,
    lookups,
    fault: faultOf(c, output.node, lookups[0] as BridgeLookup),
    fails: output.ret !== 0,
  };
}

function faultOf(c: Scene, node: DtNode, { port, endpoint: id }: BridgeLookup): OutputFault {
  const endpoint = endpointByRegs(node, port, id, endpointOptions(c));
  if (endpoint === undefined) return { kind: 'no-endpoint' };
  const remote = remotePortParent(c.tree, endpoint);
  if (remote === undefined) return { kind: 'no-remote', endpoint };
  if (!remote.available) return { kind: 'sink-disabled', endpoint, sink: remote };
  return isPipelineNode(remote, c.rules.tables) ? { kind: 'component', endpoint, remote } : { kind: 'none' };
}
