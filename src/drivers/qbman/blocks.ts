// The blocks themselves: their private memory, and what there is to hand out (Linux: bman_ccsr.c, qman_ccsr.c).
import type { Device, Driver } from '../../core/device.js';
import { devmPlatformIoremapResource, ioread32be, iowrite32be, type MmioSpace } from '../../core/io.js';
import { platformDriver } from '../../core/platform-device.js';
import { IdPool } from './ids.js';
import { type PrivateMemory, privateMemory, setMemory } from './private-memory.js';
import { AR, BAR, BARE, CCSR, QM } from './regs.js';
import { qbmanOf } from './state.js';

/** Pools of BMan; revision 2.0 has 8. */
const POOLS = 64;
const POOLS_REV2 = 8;
const CGRS = 256;
const CGRS_REV2 = 64;
/** Bytes of a frame queue's descriptor, and of what a frame in a queue takes. */
const FQD_BYTES = 64;
const PFDR_BYTES = 64;
/** The first ones are not used. */
const PFDR_FIRST = 8;
const BY_REVISION = 'its revision has no more';
const BY_MEMORY = "QMan's memory for them, fsl,qman-fqd, has room for no more";
const MCR_TRIES = 10_000;
const REV3_CHANNEL = 0x401;
const REV1_CHANNEL = 0x21;

/** BMan's driver. */
export const bman: Driver = platformDriver({ name: 'fsl-bman', compatible: ['fsl,bman'], probe: probeBman });
/** QMan's driver. */
export const qman: Driver = platformDriver({ name: 'fsl-qman', compatible: ['fsl,qman'], probe: probeQman });

function probeBman(dev: Device): void {
  const state = qbmanOf(dev);
  if (state.bman !== undefined) throw dev.error('EBUSY', `${state.bman.dev.path} is BMan already`, 'probe');
  const regs = devmPlatformIoremapResource(dev);
  const { major, minor } = revision(regs);
  useMemory(dev, regs, BARE.FBPR, privateMemory(dev, 0, 'fsl,bman-fbpr'));
  quiet(regs);
  const bpids = new IdPool('buffer pool', 0, major === 2 && minor === 0 ? POOLS_REV2 : POOLS, BY_REVISION);
  state.bman = { dev, bpids };
  dev.scope.defer(() => {
    state.bman = undefined;
  });
}

function probeQman(dev: Device): void {
  const state = qbmanOf(dev);
  if (state.qman !== undefined) throw dev.error('EBUSY', `${state.qman.dev.path} is QMan already`, 'probe');
  const regs = devmPlatformIoremapResource(dev);
  const { major } = revision(regs);
  const fqd = privateMemory(dev, 0, 'fsl,qman-fqd');
  useMemory(dev, regs, BARE.FQD, fqd);
  const pfdr = privateMemory(dev, 1, 'fsl,qman-pfdr');
  if (!useMemory(dev, regs, BARE.PFDR, pfdr)) initPfdr(dev, regs, pfdr.size / PFDR_BYTES);
  configure(regs, major);
  quiet(regs);
  const firstChannel = major >= 3 ? REV3_CHANNEL : REV1_CHANNEL;
  state.qman = {
    dev,
    major,
    fqids: new IdPool('frame queue', 1, fqd.size / FQD_BYTES - 1, BY_MEMORY),
    channels: new IdPool('pool channel', firstChannel, major === 2 ? 3 : 15, BY_REVISION),
    firstChannel,
    cgrids: new IdPool('congestion group', 0, major === 2 ? CGRS_REV2 : CGRS, BY_REVISION),
  };
  dev.scope.defer(() => {
    state.qman = undefined;
  });
}

function revision(regs: MmioSpace): { readonly major: number; readonly minor: number } {
  const word = ioread32be(regs, CCSR.IP_REV_1);
  return { major: (word >>> 8) & 0xff, minor: word & 0xff };
}

/** The block has the memory until unbind; whether it had it before. */
function useMemory(dev: Device, regs: MmioSpace, bare: number, memory: PrivateMemory): boolean {
  const used = setMemory(dev, regs, bare, memory);
  dev.scope.defer(() => {
    for (const register of [AR, BAR, 0]) iowrite32be(regs, bare + register, 0);
  });
  return used;
}

/** Errors that were there are forgotten; nobody listens to others. */
function quiet(regs: MmioSpace): void {
  iowrite32be(regs, CCSR.ERR_ISR, 0xffff_ffff);
  iowrite32be(regs, CCSR.ERR_IER, 0);
}

function initPfdr(dev: Device, regs: MmioSpace, count: number): void {
  iowrite32be(regs, QM.MCP0, PFDR_FIRST);
  iowrite32be(regs, QM.MCP1, count - 16);
  iowrite32be(regs, QM.MCR, QM.MCR_INIT_PFDR);
  let result = 0;
  for (let tries = 0; tries < MCR_TRIES; tries++) {
    result = ioread32be(regs, QM.MCR) >>> 24;
    if (result >= QM.MCR_OK) break;
  }
  if (result === QM.MCR_OK) return;
  throw dev.error('ENODEV', `its PFDR memory could not be initialised: 0x${result.toString(16)}`, 'mcr');
}

/** Thresholds as Linux has them; rejections of what FMan enqueues are FMan's business (facts E3). */
function configure(regs: MmioSpace, major: number): void {
  iowrite32be(regs, QM.PFDR_FP_LWIT, 512);
  iowrite32be(regs, QM.PFDR_CFG, 64);
  iowrite32be(regs, QM.SFDR_CFG, 128);
  const discard = major >= 3 ? QM.DCP_CFG_ED_REV3 : QM.DCP_CFG_ED;
  for (let fman = 0; fman < 2; fman++) iowrite32be(regs, QM.DCP_CFG + fman * QM.DCP_STEP, discard);
}
