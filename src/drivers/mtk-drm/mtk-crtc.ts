// CRTCs: one per display path whose components are all there (Linux 6.12: mtk_crtc.c).
//
// Gaps: a CRTC has no planes and cannot be enabled; its mutex is taken, but not programmed.
import type { Scope } from '../../base/scope.js';
import type { Device } from '../../core/device.js';
import type { DrmDevice } from '../../core/drm.js';
import { componentName } from './component.js';
import type { CrtcPlan } from './mmsys-group.js';
import { mtkMutexGet } from './mtk-mutex.js';

/** Makes the CRTC of a plan, with a mutex of its mmsys. `scope` takes it away. */
export function mtkCrtcCreate(drm: DrmDevice, plan: CrtcPlan, scope: Scope): void {
  const { name, index, ids, member } = plan;
  const { mutex } = member.siblings;
  const dev = mutex === undefined ? undefined : drm.dev.core.deviceOf(mutex);
  if (dev === undefined) throw drm.dev.error('ENODEV', `no mutex for ${member.node.path}`, 'crtc');
  scope.defer(mtkMutexGet(dev).put);
  const components = ids.map((id) => componentName(id) ?? `${id}`);
  scope.defer(drm.addCrtc({ index, name, components }));
}

/** Tells of a path that gets no CRTC, in Linux's words. */
export function tellNoCrtc(dev: Device, { index, missing }: CrtcPlan): void {
  dev.info(`Not creating crtc ${index} because component ${missing} is disabled or missing`);
}
