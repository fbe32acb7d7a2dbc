// The display driver: builds the paths of a mmsys from the devicetree, waits for their components, and makes a DRM
// device of them (the patch "drm/mediatek: Implement OF graphs support for display paths", v13; Linux 6.12:
// mtk_drm_drv.c). The walk along a graph is in walk.ts and paths.ts, with the rules RIGHT of rules.ts.
//
// Differences from the patch:
// ofgraph-W8    The walk starts with no device. The patch reads a pointer that was never set, and keeps a reference.
// ofgraph-W9    A path that begins with parts of the OVL adaptor has it once. The patch enters it twice.
// ofgraph-W12   A path with a disabled device is told. The patch drops it without a word, or with an error when the
//               device is the first.
// ofgraph-W16   An endpoint with a number above 2 is told by its path and left out. The patch names the port and fails.
// ofgraph-W18   A graph without endpoints leaves the built-in paths. The patch returns a variable that was never set.
// ofgraph-W19   A broken path is told and left out. The patch fails the probe, working paths and all.
// ofgraph-W23   A graph that runs in a circle is refused where it closes. The patch goes on up to 62 components.
// ofgraph-W24   So is a circle of parts of the OVL adaptor. The patch never comes back.
// ofgraph-M9    Every node reference is put once. The patch puts the last component's twice when a path ends there.
// ofgraph-P3    A graph replaces all built-in paths. The patch keeps those that the graph does not give.
// ofgraph-P5    The OVL adaptor is made when all else of the probe has succeeded. The patch makes it first, so that a
//               probe that is put off makes and removes it again and again.
// ofgraph-P11   The display waits for the mutex to be bound. The patch takes its device for enough.
// ofgraph-P11b  Whichever mmsys is unbound takes the display down. With the patch only the last that was bound does.
// ofgraph-P12   The display needs the mmsys that are enabled and have a path. The patch counts to a number per SoC, and
//               with one mmsys disabled waits for ever without a word.
// ofgraph-P12b  Of two mmsys whose first path is the same, the second in the tree fails by name. In the patch they
//               share a slot of an array, and another stays an unset pointer.
// ofgraph-P12c  A mmsys without any path stays idle. The patch leaves an unset pointer for it.
// ofgraph-P16   Without any CRTC the probe fails. In the patch bind does, and with it whichever device came last.
// ofgraph-P17   Beside a graph no built-in output is chosen at run time. The patch enters such an output twice.
// ofgraph-P18   An output goes with the CRTC of its path. The patch counts in another order than it makes CRTCs, and
//               one output without CRTC fails the whole display.
//
// Gaps:
// - Clocks, power domains and IOMMU are not asked for.
// - Which output of MT8188's built-in path is in use (conn_routes) is not chosen: both have encoders on CRTC 0.
// - Components beside the mmsys only, as in Linux: one elsewhere in the tree is never found (P6). Of two that are the
//   same component by their aliases the later in the tree counts (T4).
import { ERRNO, errnoName, SysError } from '../../base/errno.js';
import { Scope } from '../../base/scope.js';
import {
  type ComponentMatch,
  componentBindAll,
  componentMasterAddWithMatch,
  componentUnbindAll,
} from '../../core/component.js';
import { type Device, type Driver, MATCH } from '../../core/device.js';
import { DrmDevice, drmDevRegister } from '../../core/drm.js';
import type { DrmSizeLimits } from '../../core/drm-framebuffer.js';
import { devmIoremap } from '../../core/io.js';
import { platformDriver } from '../../core/platform-device.js';
import { cpuRange } from '../../dt/address.js';
import type { DtNode } from '../../dt/tree.js';
import { isAutoDevice, platformDeviceRegisterAuto } from './auto-device.js';
import { componentName, matchDrmData } from './component.js';
import type { DdpComp } from './ddp-comp.js';
import { rowsComp } from './ddp-rows.js';
import { type CrtcPlan, firstPath, mmsysGroup, type MmsysMember, planCrtcs } from './mmsys-group.js';
import { mtkCrtcCreate, tellNoCrtc } from './mtk-crtc.js';
import { adaptorParts, isUsed, OVL_ADAPTOR } from './mtk-disp-ovl-adaptor.js';
import { MtkDrm, type MtkDrmOptions, MtkDrmPrivate } from './mtk-drm-private.js';
import { partnerAwaits, partnersOf } from './partners.js';
import { type BuiltPaths, buildPaths, wantedIds } from './paths.js';
import { PATHS, RIGHT } from './rules.js';
import { closeTelling } from './scope.js';
import { scanSiblings, type Sibling, type Siblings } from './siblings.js';
import { type DrmData, OVL_ADAPTOR_ID, TYPES } from './tables.js';
import type { Log } from './walk.js';

/** The driver. Bound, the device waits for its components; the last mmsys of the SoC to have all makes the display. */
export function mediatekDrmDriver(options: MtkDrmOptions = {}): Driver {
  return platformDriver({
    name: 'mediatek-drm',
    compatible: [],
    matches: (dev) => isAutoDevice(dev, 'mediatek-drm'),
    probe: (dev) => probe(dev, options),
  });
}

/** The driver as it is without options. */
export const mediatekDrm: Driver = mediatekDrmDriver();

async function probe(dev: Device, options: MtkDrmOptions): Promise<void> {
  const mmsys = dev.parent?.ofNode;
  if (mmsys === undefined) {
    dev.err('Failed to get MMSYS device');
    throw dev.error('ENODEV', 'no mmsys above it', 'probe');
  }
  const data = matchDrmData(mmsys, RIGHT.tables);
  if (data === undefined) throw dev.error('ENODEV', `no display data for ${mmsys.compatible[0]}`, MATCH);
  const log: Log = (level, text) => dev[level](text);
  const built = buildPaths(dev.core.tree, mmsys, data, RIGHT, log);
  if (firstPath(built) === undefined) return withoutPath(dev, mmsys, built);
  const siblings = scan(dev, mmsys, built, data, log);
  const priv = privateOf(dev, mmsys, siblings, mapComponents(dev, siblings), options);
  await join(dev, priv);
}

/** P12c: nothing to show is fine, unless the tree wanted to show something. */
function withoutPath(dev: Device, mmsys: DtNode, { fromGraph, paths }: BuiltPaths): void {
  const walks = PATHS.flatMap((name) => paths[name].walk ?? []);
  const broken = walks.find(({ ret }) => ret !== -ERRNO.ENODEV);
  if (broken !== undefined || (fromGraph && walks.length === 0))
    throw dev.error(errnoName(broken?.ret ?? 0) ?? 'EINVAL', `no path of ${mmsys.path} leads to an output`, 'probe');
  dev.info(`No display path for ${mmsys.path}`);
}

/** P6 to P10: who belongs to the paths. Everything that the display needs has a device afterwards, or this throws. */
function scan(dev: Device, mmsys: DtNode, built: BuiltPaths, data: DrmData, log: Log): Siblings {
  const { core } = dev;
  const deviceExists = (node: DtNode): boolean => core.deviceOf(node) !== undefined;
  const siblings = scanSiblings(core.tree, mmsys, wantedIds(built), data, RIGHT, log, { deviceExists });
  const { ret, waitsFor, mutex } = siblings;
  if (waitsFor !== undefined) throw waiting(dev, waitsFor);
  if (ret !== 0 || mutex === undefined) throw dev.error('ENODEV', `no mutex for ${mmsys.path}`, 'probe');
  if (!deviceExists(mutex)) {
    dev.err(`Waiting for disp-mutex device ${mutex.path}`);
    throw waiting(dev, mutex);
  }
  return siblings;
}

function waiting(dev: Device, { path }: DtNode): SysError {
  return new SysError('EPROBE_DEFER', `waits for device ${path}`, { dev: dev.path, waitsFor: path });
}

/** Components without a driver of their own are this driver's (Linux: mtk_ddp_comp_init); nothing is claimed. */
function mapComponents(dev: Device, { components }: Siblings): ReadonlyMap<number, DdpComp> {
  const mapped = new Map<number, DdpComp>();
  for (const sibling of components.values()) {
    const comp = mapComponent(dev, sibling);
    if (comp !== undefined) mapped.set(sibling.id, comp);
  }
  return mapped;
}

function mapComponent(dev: Device, { id, node, type }: Sibling): DdpComp | undefined {
  if (type.ownDriver || type === TYPES.DISP_BLS || type === TYPES.DISP_PWM) return undefined;
  const window = cpuRange(node, 0);
  if (window === undefined || window.size === 0)
    throw dev.error('EINVAL', `${componentName(id)} has no register window: ${node.path}`, 'probe');
  const regs = devmIoremap(dev, window.start, window.size, node.path);
  for (const compatible of node.compatible) {
    const comp = rowsComp(compatible, { regs, gce: undefined }); // Only the first two of a path are written by packets.
    if (comp !== undefined) return comp;
  }
  return undefined;
}

/** The device's place in the display, and what the display will be. */
function privateOf(
  dev: Device,
  mmsys: DtNode,
  siblings: Siblings,
  mapped: ReadonlyMap<number, DdpComp>,
  options: MtkDrmOptions,
): MtkDrmPrivate {
  const group = mmsysGroup(dev.core.tree, mmsys.parent as DtNode);
  const other = group.refused.get(mmsys);
  const member = group.members.find(({ node }) => node === mmsys);
  if (other !== undefined || member === undefined) throw refusal(dev, mmsys, other);
  const plans = planCrtcs(group);
  if (plans.every(({ missing }) => missing !== undefined)) {
    for (const plan of plans) tellNoCrtc(dev, plan);
    dev.err('Need at least one OVL device');
    throw dev.error('ENODEV', 'no path has all of its components', 'probe');
  }
  return new MtkDrmPrivate(dev, { ...member, siblings }, group, plans, mapped, options);
}

function refusal(dev: Device, mmsys: DtNode, other: MmsysMember | undefined): SysError {
  if (other === undefined) return dev.error('EINVAL', `${mmsys.path} is not part of the display`, 'probe');
  const { first, node } = other;
  const text = `${node.path} and ${mmsys.path} both define a ${first} path; only one can be first`;
  dev.err(text);
  return dev.error('EINVAL', text, 'probe');
}

/** Waits for the components. Who is not there yet is named by the match. */
async function join(dev: Device, priv: MtkDrmPrivate): Promise<void> {
  const { privates } = dev.core.subsystem(MtkDrm);
  const { node } = priv.member;
  dev.drvdata = priv;
  dev.awaits = () => partnerAwaits(priv);
  privates.set(node, priv);
  dev.scope.defer(() => void privates.delete(node));
  const ops = { bind: () => bind(priv), unbind: () => unbind(priv) };
  dev.scope.defer(await componentMasterAddWithMatch(dev, ops, matchesOf(dev, priv)));
  // Last: the display is complete with it, and a bind that is put off puts the adaptor off, which makes no devices.
  if (needsAdaptor(priv)) await platformDeviceRegisterAuto(dev, OVL_ADAPTOR);
}

function needsAdaptor({ member: { built } }: MtkDrmPrivate): boolean {
  return wantedIds(built).has(OVL_ADAPTOR_ID);
}

function matchesOf(dev: Device, priv: MtkDrmPrivate): readonly ComponentMatch[] {
  const { member, group } = priv;
  const { mutex, matches } = member.siblings;
  // One mutex without alias may be that of several mmsys; a component belongs to one.
  const firstWithMutex = group.members.find(({ siblings }) => siblings.mutex === mutex);
  const nodes = [
    ...(firstWithMutex?.node === member.node && mutex !== undefined ? [mutex] : []),
    ...matches.map(({ node }) => node),
  ].map(matchOf);
  if (!needsAdaptor(priv)) return nodes;
  const parts = adaptorParts(dev.core.tree, member.node.parent as DtNode).filter(isUsed);
  const adaptor = { what: `${dev.path}/${OVL_ADAPTOR}`, matches: (other: Device) => other.parent === dev };
  return [...nodes, adaptor, ...parts.map(({ node }) => matchOf(node))];
}

function matchOf(node: DtNode): ComponentMatch {
  return { what: node.path, matches: ({ ofNode }) => ofNode === node };
}

/** P11: the mmsys that completes the group makes the display. */
async function bind(priv: MtkDrmPrivate): Promise<void> {
  priv.bound = true;
  const partners = partnersOf(priv);
  const last = partners.length === priv.group.members.length && partners.every(({ bound }) => bound);
  if (!last) return;
  try {
    await bringUp(priv, partners);
  } catch (e) {
    priv.bound = false;
    throw e;
  }
}

async function bringUp({ dev, plans }: MtkDrmPrivate, partners: readonly MtkDrmPrivate[]): Promise<void> {
  const drm = new DrmDevice(dev, sizeLimits(partners));
  const scope = new Scope(`${dev.path}: display`);
  const down = () => closeTelling(dev, scope);
  for (const partner of partners) partner.display = { drm, down };
  scope.defer(() => {
    for (const partner of partners) partner.display = undefined;
  });
  try {
    for (const partner of partners) {
      await componentBindAll(partner.dev);
      scope.defer(() => componentUnbindAll(partner.dev));
    }
    makeCrtcs(drm, plans, partners, scope);
    drm.dmaDev = dmaDevice(dev, plans);
    scope.defer(() => drm.shutdown());
    scope.defer(drmDevRegister(drm));
  } catch (e) {
    await down();
    throw e;
  }
}

/** Mailboxes and events are counted for each mmsys, CRTCs for the display. */
function makeCrtcs(drm: DrmDevice, plans: readonly CrtcPlan[], partners: readonly MtkDrmPrivate[], scope: Scope): void {
  const made = new Map<DtNode, number>();
  for (const plan of plans) {
    if (plan.missing !== undefined) {
      tellNoCrtc(drm.dev, plan);
      continue;
    }
    const { node } = plan.member;
    const nth = made.get(node) ?? 0;
    made.set(node, nth + 1);
    const owner = ownerOf(partners, plan);
    const nthMailbox = owner?.options.cmdq === 'off' ? undefined : nth;
    mtkCrtcCreate(drm, plan, { compOf: (id) => owner?.compOf(id), nthMailbox }, scope);
  }
}

function ownerOf(partners: readonly MtkDrmPrivate[], { member }: CrtcPlan): MtkDrmPrivate | undefined {
  return partners.find((partner) => partner.member.node === member.node);
}

/** The sizes that all of the mmsys take; without a word of theirs Linux's own. */
function sizeLimits(partners: readonly MtkDrmPrivate[]): DrmSizeLimits {
  const all = partners.map(({ member }) => member.data);
  return {
    minWidth: Math.max(...all.map(({ minWidth = 64 }) => minWidth)),
    maxWidth: Math.min(...all.map(({ maxWidth = 4096 }) => maxWidth)),
    minHeight: Math.max(...all.map(({ minHeight = 64 }) => minHeight)),
    maxHeight: 4096,
  };
}

/** Who reads the memory: the first component of the first CRTC (Linux: mtk_crtc_dma_dev_get). */
function dmaDevice(dev: Device, plans: readonly CrtcPlan[]): Device {
  const first = plans.find(({ missing }) => missing === undefined);
  const sibling = first?.member.siblings.components.get(first.ids[0] ?? -1);
  return (sibling === undefined ? undefined : dev.core.deviceOf(sibling.node)) ?? dev;
}

/** Whoever goes first takes the display down for all. */
async function unbind(priv: MtkDrmPrivate): Promise<void> {
  await priv.display?.down();
  priv.bound = false;
}
