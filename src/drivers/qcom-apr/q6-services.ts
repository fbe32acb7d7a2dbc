// The drivers of the DSP's audio services: CORE, AFE, ADM, ASM. What each does is in the file of its name, and there
// are its differences from Linux.
//
// Differences from Linux:
// apr-L17  debugfs has what each service waits for, and answers that ended nothing, by why. In 6.12 nobody counts.
// apr-L61  Services that no devicetree names are added as CORE tells of them. In 6.12 there are none then.
import { isErrno, passSysError, type SysError } from '../../base/errno.js';
import { debugfsDir } from '../../core/debugfs.js';
import type { Driver } from '../../core/device.js';
import { type AprDevice, aprDriver } from './apr-device.js';
import { aprAddDevice } from './apr.js';
import { APR_DOMAIN, APR_SVC } from './constants.js';
import type { AprMessage } from './message.js';
import type { Q6Requests } from './q6-requests.js';
import { Q6_DAI_DRIVERS } from './q6-dais.js';
import { Q6Dsps, type Q6Dsp } from './q6-dsp.js';
import { Q6Adm } from './q6adm.js';
import { Q6Afe } from './q6afe.js';
import { Q6Asm } from './q6asm.js';
import { Q6Core } from './q6core.js';

/** What all four have. */
interface Service {
  take(message: AprMessage): void;
  /** Where it differs from failing the requests. */
  die?(): void;
  readonly requests: Q6Requests;
}

/** How one of them is found and made. */
interface ServiceSpec {
  readonly key: 'core' | 'afe' | 'adm' | 'asm';
  readonly svc: number;
  readonly make: (adev: AprDevice) => Service;
}

const SERVICES: readonly ServiceSpec[] = [
  { key: 'core', svc: APR_SVC.ADSP_CORE, make: (adev) => new Q6Core(adev) },
  { key: 'afe', svc: APR_SVC.AFE, make: (adev) => new Q6Afe(adev) },
  { key: 'adm', svc: APR_SVC.ADM, make: (adev) => new Q6Adm(adev) },
  { key: 'asm', svc: APR_SVC.ASM, make: (adev) => new Q6Asm(adev) },
];

/** The drivers of the services and of what stands below them. */
export const Q6_DRIVERS: readonly Driver[] = [...SERVICES.map(serviceDriver), ...Q6_DAI_DRIVERS];

function serviceDriver(spec: ServiceSpec): Driver {
  const { key, svc } = spec;
  return aprDriver({
    name: `qcom-q6${key}`,
    compatible: [`qcom,q6${key}`],
    idTable: [{ domain: APR_DOMAIN.ADSP, svc }],
    probe: (adev) => probe(adev, spec),
    callback: (adev, message) => serviceOf(adev)?.take(message),
    reset: (adev) => {
      const service = serviceOf(adev);
      if (service?.die !== undefined) service.die();
      else service?.requests.die();
    },
  });
}

function serviceOf(adev: AprDevice): Service | undefined {
  return adev.dev.drvdata as Service | undefined;
}

async function probe(adev: AprDevice, { key, svc, make }: ServiceSpec): Promise<void> {
  const { dev } = adev;
  const dsps = dev.core.subsystem(Q6Dsps);
  const dsp = dsps.of(adev.channel);
  const service = make(adev);
  dev.drvdata = service;
  Object.assign(dsp, { [key]: service });
  const show = (): string => answersText(service.requests);
  debugfsDir(dev, dev.name).addGroup([{ name: 'answers', mode: 0o444, show }]);
  dev.scope.defer(() => {
    dsp[key] = undefined;
    dsps.tidy();
  });
  if (key !== 'core') await tellVersion(dsp, svc, adev);
  else if (dev.ofNode === undefined) await addServices(service as Q6Core, adev);
  dsps.arrivals.wake();
}

/** `late 1`: a line for each reason why an answer ended no request, and how many requests wait. */
function answersText({ counts, waiting }: Q6Requests): string {
  const lines = Object.entries({ waiting, ...counts }).map(([name, count]) => `${name} ${count}\n`);
  return lines.join('');
}

/** As in Linux a service whose version is not known works all the same. */
async function tellVersion({ core }: Q6Dsp, svc: number, { dev }: AprDevice): Promise<void> {
  if (core === undefined) return;
  try {
    await core.waitReady();
    const { version } = await core.svcApiInfo(svc);
    dev.info(`API version ${version >>> 16}.${version & 0xffff}`);
  } catch (e) {
    passSysError(e);
    if (isErrno(e, 'ECONNRESET')) throw e;
    dev.warn(`its API version is not known: ${(e as SysError).message}`);
  }
}

/** Names as the patch's driver for CORE gave them. */
const NAMES: Readonly<Record<number, string>> = {
  [APR_SVC.AFE]: 'AFE',
  [APR_SVC.ASM]: 'ASM',
  [APR_SVC.ADM]: 'ADM',
  [APR_SVC.TEST_CLIENT]: 'TEST',
  [APR_SVC.ADSP_MVM]: 'MVM',
  [APR_SVC.ADSP_CVS]: 'CVS',
  [APR_SVC.ADSP_CVP]: 'CVP',
  [APR_SVC.USM]: 'USM',
  [APR_SVC.VIDC]: 'VIDC',
  [APR_SVC.LSM]: 'LSM',
};

/** For a channel whose node names no services, as the patch's driver for CORE did it. */
async function addServices(core: Q6Core, adev: AprDevice): Promise<void> {
  await core.waitReady();
  for (const { svc, version } of await core.apis()) {
    const name = NAMES[svc];
    if (name === undefined) continue;
    try {
      await aprAddDevice(adev.channel.rpdev.dev, { name, domain: adev.domainId, svc, version });
    } catch (e) {
      if (!isErrno(e, 'EEXIST')) throw e;
    }
  }
}
