// The mmsys that make one display together: who has come, and whom the others wait for.
import { aggregateAwaits } from '../../core/component.js';
import type { Awaited, DeviceCore } from '../../core/device.js';
import { awaited } from '../../core/drm-bridge.js';
import type { DtNode } from '../../dt/tree.js';
import { isAutoDevice } from './auto-device.js';
import { MtkDrm, type MtkDrmPrivate } from './mtk-drm-private.js';

/** Its own mediatek-drm device and those of the other mmsys, as far as they are there, in the order of the group. */
export function partnersOf({ dev, group }: MtkDrmPrivate): readonly MtkDrmPrivate[] {
  const { privates } = dev.core.subsystem(MtkDrm);
  return group.members.flatMap(({ node }) => privates.get(node) ?? []);
}

/** The first mmsys for which a device waits that has all of its own components; the patch says nothing here (P12). */
export function partnerAwaits({ dev, group, bound, display }: MtkDrmPrivate): Awaited | undefined {
  if (!bound || display !== undefined) return undefined;
  const { privates } = dev.core.subsystem(MtkDrm);
  const late = group.members.find(({ node }) => privates.get(node)?.bound !== true)?.node;
  if (late === undefined) return undefined;
  return { path: late.path, reason: whyLate(dev.core, late, privates.get(late)) };
}

function whyLate(core: DeviceCore, node: DtNode, partner: MtkDrmPrivate | undefined): string {
  const mmsys = core.deviceOf(node);
  if (mmsys?.state.kind !== 'bound') return awaited('the other mmsys', core, node);
  const own = partner === undefined ? undefined : aggregateAwaits(partner.dev)?.reason;
  return `waits for the other mmsys ${node.path}: ${own === undefined ? ofItsDisplay(core, node) : `it ${own}`}`;
}

/** What is wrong with the device that a bound mmsys has made. */
function ofItsDisplay(core: DeviceCore, node: DtNode): string {
  const child = core.devices.find((dev) => dev.parent?.ofNode === node && isAutoDevice(dev, 'mediatek-drm'));
  if (child?.state.kind === 'failed') return `the probe of ${child.name} failed`;
  if (child?.state.kind === 'deferred') return `${child.name} is put off: ${child.state.reason}`;
  return 'its display is not bound';
}
