// The drivers of portals: each goes to the next CPU that has none (Linux: bman_portal.c, qman_portal.c).
import type { Device, Driver } from '../../core/device.js';
import { devmRequestIrq, platformGetIrq } from '../../core/interrupt.js';
import { devmPlatformIoremapResource } from '../../core/io.js';
import { platformDriver } from '../../core/platform-device.js';
import { BmanPortal } from './bman-portal.js';
import { notBound } from './not-bound.js';
import { QmanPortal } from './qman-portal.js';
import { freeCpu, qbmanOf } from './state.js';

/** The driver of BMan's portals. */
export const bmanPortal: Driver = platformDriver({
  name: 'bman-portal',
  compatible: ['fsl,bman-portal'],
  probe: probeBmanPortal,
});
/** The driver of QMan's portals. */
export const qmanPortal: Driver = platformDriver({
  name: 'qman-portal',
  compatible: ['fsl,qman-portal'],
  probe: probeQmanPortal,
});

function probeBmanPortal(dev: Device): void {
  const { bman, bmanPortals, cpus } = qbmanOf(dev);
  if (bman === undefined) throw notBound(dev, 'BMan', 'fsl,bman');
  const ce = devmPlatformIoremapResource(dev, 0);
  const ci = devmPlatformIoremapResource(dev, 1);
  const cpu = freeCpu(bmanPortals, cpus);
  if (cpu === undefined) return dev.info('no CPU is left for this portal');
  dev.core.deviceLinkAdd(dev, bman.dev);
  bmanPortals[cpu] = new BmanPortal(dev, ce, ci);
  dev.scope.defer(() => {
    delete bmanPortals[cpu];
  });
}

function probeQmanPortal(dev: Device): void {
  const { qman, qmanPortals, fqs, cpus } = qbmanOf(dev);
  if (qman === undefined) throw notBound(dev, 'QMan', 'fsl,qman');
  const channel = dev.ofNode?.u32('cell-index');
  if (channel === undefined) throw dev.error('ENXIO', 'it has no cell-index, which is its channel', 'probe');
  const ce = devmPlatformIoremapResource(dev, 0);
  const ci = devmPlatformIoremapResource(dev, 1);
  const irq = platformGetIrq(dev, 0);
  const cpu = freeCpu(qmanPortals, cpus);
  if (cpu === undefined) return dev.info('no CPU is left for this portal');
  dev.core.deviceLinkAdd(dev, qman.dev);
  const portal = new QmanPortal(dev, cpu, channel, ce, ci, fqs);
  devmRequestIrq(dev, irq, () => portal.interrupt());
  portal.start();
  dev.scope.defer(() => portal.stop());
  qmanPortals[cpu] = portal;
  dev.scope.defer(() => {
    delete qmanPortals[cpu];
  });
}
