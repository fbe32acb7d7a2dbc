// What a tree has or lacks around the pipeline: devices behind outputs that can never be, a mmsys all alone.
import { componentName, componentType, type Tables } from '../../drivers/mtk-drm/component.js';
import type { DtNode } from '../../dt/tree.js';
import { isBound } from './forecast-drm.js';
import type { AwaitedOutput, DrmForecast, MmsysForecast } from './result.js';

/** Why Linux makes no device of a node that is enabled itself. */
export type NoDevice =
  /** `node` is the nearest disabled node above it: nobody ever looks below that one (Linux: of_platform_populate). */
  | { readonly kind: 'disabled'; readonly node: DtNode }
  | { readonly kind: 'no-compatible' }
  /** A DSI has the channels 0 to 3 (Linux: mipi_dsi_device_register_full). */
  | { readonly kind: 'channel'; readonly channel: number };

/** An output that waits for ever for what stands behind it. */
export interface LostOutput extends AwaitedOutput {
  readonly mmsys: MmsysForecast;
  readonly remote: DtNode;
  readonly why: NoDevice;
}

/** The outputs of bound mmsys whose panel or bridge never becomes a device, each once; one is enough for no display. */
export function lostOutputs(all: readonly MmsysForecast[]): LostOutput[] {
  const found = new Map<DtNode, LostOutput>();
  for (const mmsys of all.filter(isBound)) {
    for (const output of mmsys.awaited) {
      const { ret, remote, node } = output;
      const why = ret !== 0 || remote === undefined ? undefined : whyNoDevice(output, remote);
      if (remote === undefined || why === undefined || found.has(node)) continue;
      found.set(node, { ...output, mmsys, remote, why });
    }
  }
  return [...found.values()];
}

/** Whether a tree has nothing beside a mmsys that could be part of a path, enabled or not. */
export function isBare({ node }: MmsysForecast, tables: Tables): boolean {
  return !(node.parent?.children ?? []).some((one) => componentType(one, tables)?.operations === true);
}

/** Whether a DRM device appears, and nothing that it waits for is missing. */
export function comesUp(drm: DrmForecast, all: readonly MmsysForecast[]): boolean {
  return drm.registered && lostOutputs(all.filter(({ node }) => node.parent === drm.parent)).length === 0;
}

/** The nearest node above that is disabled. */
export function disabledAbove({ parent }: DtNode): DtNode | undefined {
  for (let node = parent; node !== undefined; node = node.parent) if (!node.available) return node;
  return undefined;
}

function whyNoDevice({ id, node }: AwaitedOutput, remote: DtNode): NoDevice | undefined {
  const off = disabledAbove(remote);
  if (off !== undefined) return { kind: 'disabled', node: off };
  if (remote.compatible.length === 0) return { kind: 'no-compatible' };
  const channel = remote.u32('reg') ?? 0;
  const isChild = remote.parent === node && componentName(id)?.startsWith('DSI') === true;
  return isChild && channel > 3 ? { kind: 'channel', channel } : undefined;
}
