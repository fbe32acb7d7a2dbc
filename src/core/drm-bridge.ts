// Who follows a display output: panels, bridges and how they are found (Linux: drm/drm_bridge.h, drm/drm_panel.h,
// drm/drm_of.h).
import { assert } from '../base/assert.js';
import { SysError } from '../base/errno.js';
import { graphIsPresent, remoteNode } from '../dt/graph.js';
import type { DtNode } from '../dt/tree.js';
import type { Device, DeviceCore } from './device.js';
import { isPopulatedBus } from './of-platform.js';

/** The timing of a picture in pixels, lines and kHz (Linux: struct drm_display_mode). */
export interface DrmMode {
  readonly hdisplay: number;
  readonly hsyncStart: number;
  readonly hsyncEnd: number;
  readonly htotal: number;
  readonly vdisplay: number;
  readonly vsyncStart: number;
  readonly vsyncEnd: number;
  readonly vtotal: number;
  readonly clockKhz: number;
}

/** Frames per second of a mode, as a whole number (Linux: drm_mode_vrefresh). */
export function drmModeVrefresh({ clockKhz, htotal, vtotal }: DrmMode): number {
  return Math.round((clockKhz * 1000) / (htotal * vtotal));
}

/** Why a mode is none, in words; undefined: it is one (Linux: drm_mode_validate_basic). */
export function drmModeMistake(mode: DrmMode): string | undefined {
  const { hdisplay, hsyncStart, hsyncEnd, htotal, vdisplay, vsyncStart, vsyncEnd, vtotal, clockKhz } = mode;
  const line = [0, hdisplay, hsyncStart, hsyncEnd, htotal];
  const frame = [0, vdisplay, vsyncStart, vsyncEnd, vtotal];
  const order = 'display, sync start, sync end and total must be whole numbers that do not go down';
  if (!rises(line)) return `no mode has lines of ${line.slice(1).join(', ')}: ${order}`;
  if (!rises(frame)) return `no mode has frames of ${frame.slice(1).join(', ')}: ${order}`;
  return Number.isInteger(clockKhz) && clockKhz > 0 ? undefined : `no mode has a clock of ${clockKhz} kHz`;
}

/** The first of them is 0, and what is shown is more than nothing. */
function rises(values: readonly number[]): boolean {
  const ordered = values.every((value, at) => Number.isInteger(value) && value >= (values[at - 1] ?? 0));
  return ordered && (values[1] ?? 0) > 0;
}

/** A panel: the end of a chain (Linux: struct drm_panel). */
export interface DrmPanel {
  readonly dev: Device;
  readonly node: DtNode | undefined;
  readonly connector: 'DSI' | 'eDP' | 'LVDS' | 'DPI';
  readonly modes: readonly DrmMode[];
  /** Bits per colour; left out: not known. */
  readonly bpc?: number;
}

/** What a display output is to its DRM device (Linux: struct drm_encoder). `bridges` is its chain, from the output. */
export interface DrmEncoder {
  /** `DSI-31`: kind and number, as Linux names it. */
  readonly name: string;
  readonly dev: Device;
  /** One bit for each CRTC that it can show. */
  possibleCrtcs: number;
  readonly bridges: DrmBridge[];
}

/** What a bridge does when a picture comes and goes (Linux: struct drm_bridge_funcs). Each may sleep. */
export type DrmBridgeOps = Partial<Readonly<Record<DrmBridgeStep, (mode: DrmMode) => void | Promise<void>>>>;

/** The steps of a picture: told the mode, before and after the picture comes, before and after it goes. */
export type DrmBridgeStep = 'modeSet' | 'preEnable' | 'enable' | 'disable' | 'postDisable';

/** How a bridge is made. */
export interface DrmBridgeSpec {
  readonly dev: Device;
  /** The node by which others find it; that of the device unless given. */
  readonly node?: DtNode | undefined;
  readonly type: 'DSI' | 'DPI' | 'eDP' | 'DP' | 'HDMI' | 'panel';
  /** Called when it joins the chain of an encoder; attaches what follows it. */
  readonly attach?: ((encoder: DrmEncoder, bridge: DrmBridge) => void | Promise<void>) | undefined;
  /** Called when it leaves the chain; the bridges behind it have left before. */
  readonly detach?: ((bridge: DrmBridge) => void) | undefined;
  readonly panel?: DrmPanel | undefined;
  readonly ops?: DrmBridgeOps;
}

/** Whatever stands between an encoder and what people see (Linux: struct drm_bridge). */
export class DrmBridge {
  readonly spec: DrmBridgeSpec;
  /** The encoder in whose chain it is; undefined outside of any. */
  encoder: DrmEncoder | undefined;

  constructor(spec: DrmBridgeSpec) {
    this.spec = spec;
  }

  get dev(): Device {
    return this.spec.dev;
  }

  get node(): DtNode | undefined {
    return this.spec.node ?? this.spec.dev.ofNode;
  }

  get type(): DrmBridgeSpec['type'] {
    return this.spec.type;
  }

  get panel(): DrmPanel | undefined {
    return this.spec.panel;
  }
}

/** The panels and bridges that the drivers of a machine have registered, and those that are in a chain. */
class DrmBridges {
  readonly panels = new Set<DrmPanel>();
  readonly bridges = new Set<DrmBridge>();
  readonly attached = new Set<DrmBridge>();
}

/** Registers a panel, so that outputs find it (Linux: drm_panel_add). The answer takes it away, as for a bridge. */
export function drmPanelAdd(panel: DrmPanel): () => void {
  return enter(panel.dev, ({ panels }) => panels, panel);
}

/**
 * Registers a bridge (Linux: drm_bridge_add). The answer takes it away; a chain that it is in must have ended before,
 * where Linux would go on with a pointer to it. A DSI peripheral's `mipiDsiAttach` after this sees to that, elsewhere
 * the finder's device link to it.
 */
export function drmBridgeAdd(bridge: DrmBridge): () => void {
  return enter(bridge.dev, ({ bridges }) => bridges, bridge);
}

function enter<T extends DrmPanel | DrmBridge>(dev: Device, into: (all: DrmBridges) => Set<T>, member: T): () => void {
  const all = dev.core.subsystem(DrmBridges);
  into(all).add(member);
  return () => {
    into(all).delete(member);
    const user = [...all.attached].find((one) => one === member || one.panel === member)?.encoder;
    assert(
      user === undefined,
      `${dev.path}: goes while it is in the chain of encoder ${user?.name} of ${user?.dev.path}`,
    );
  };
}

/**
 * The panel, as a bridge, or the bridge behind a port and endpoint of a node; -1 is any (Linux:
 * devm_drm_of_get_bridge). ENODEV: the tree leads to nothing that is available. EPROBE_DEFER: it does, but nobody has
 * registered a panel or bridge there; the message says why, `waitsFor` where. A probe that keeps what it found makes a
 * device link to its device.
 */
export function drmOfGetBridge(dev: Device, node: DtNode, port: number, endpoint: number): DrmBridge {
  if (!graphIsPresent(node)) throw dev.error('ENODEV', `${node.path} has no port`, 'bridge');
  const skipped = (child: DtNode) => dev.warn(`non endpoint node is used (${child.path})`);
  const remote = remoteNode(dev.core.tree, node, port, endpoint, { variant: 'mainline', skipped });
  if (remote.kind === 'none') throw dev.error('ENODEV', inFull(remote.reason, node, port, endpoint), 'bridge');
  const found = registeredAt(dev.core, remote.node);
  if (found !== undefined) return found;
  const { path } = remote.node;
  throw new SysError('EPROBE_DEFER', awaited('the panel or bridge', dev.core, remote.node), {
    dev: dev.path,
    waitsFor: path,
  });
}

/** Linux's words, with the numbers and the node where they do not say them. */
function inFull(reason: string, node: DtNode, port: number, endpoint: number): string {
  return reason.includes(node.path) ? reason : `${reason} at (${port}, ${endpoint}) of node ${node.path}`;
}

/** A panel counts before a bridge at the same node. */
function registeredAt(core: DeviceCore, node: DtNode): DrmBridge | undefined {
  const { panels, bridges } = core.subsystem(DrmBridges);
  const panel = [...panels].find((one) => one.node === node);
  if (panel !== undefined) return new DrmBridge({ dev: panel.dev, node, type: 'panel', panel });
  return [...bridges].find((one) => one.node === node);
}

/** `waits for WHO PATH (COMPATIBLE): WHY`: who is awaited at a node, and why it is not there. */
export function awaited(who: string, core: DeviceCore, node: DtNode): string {
  const [compatible = 'no compatible'] = node.compatible;
  return `waits for ${who} ${node.path} (${compatible}): ${whyNotReady(core, node)}`;
}

/** Why nobody has registered anything at a node, in words. */
function whyNotReady(core: DeviceCore, node: DtNode): string {
  for (let at: DtNode | undefined = node; at !== undefined; at = at.parent) {
    if (!at.available) return at === node ? 'disabled' : `${at.path} is disabled`;
  }
  const dev = core.deviceOf(node);
  if (dev === undefined) return whyNoDevice(core, node);
  const { state } = dev;
  if (state.kind === 'failed') return 'its probe failed';
  if (state.kind === 'bound') return `its driver ${state.driver.name} has registered none`;
  return hasNoDriver(dev) ? 'no driver' : 'not bound yet';
}

/** The nearest device above is the one that would make it; Linux itself populates buses, but not without compatible. */
function whyNoDevice(core: DeviceCore, node: DtNode): string {
  if (node.compatible.length === 0) return 'no compatible, so it never becomes a device';
  for (let at = node.parent; at !== undefined; at = at.parent) {
    const above = core.deviceOf(at);
    if (above !== undefined && hasNoDriver(above) && !isPopulatedBus(at)) return `no driver for ${at.path}`;
    if (above !== undefined && above.state.kind !== 'bound') return `${at.path} is not bound yet`;
  }
  return 'no device';
}

/** True once all drivers are known and none has ever fitted. */
function hasNoDriver({ state, canMatch, core }: Device): boolean {
  return core.allDriversKnown && !canMatch && state.kind === 'no-driver';
}

/**
 * Puts a bridge into the chain of an encoder, behind `previous` or in front of all, and calls its `attach` (Linux:
 * drm_bridge_attach). What that throws, this throws, and the bridge is out again. EBUSY: it is in a chain already;
 * EINVAL: `previous` is not in this one. The chain ends with the encoder, see DrmDevice.addEncoder.
 */
export async function drmBridgeAttach(encoder: DrmEncoder, bridge: DrmBridge, previous?: DrmBridge): Promise<void> {
  if (previous !== undefined && previous.encoder !== encoder)
    throw bridge.dev.error('EINVAL', `the bridge before it is not attached to encoder ${encoder.name}`, 'bridge');
  if (bridge.encoder !== undefined)
    throw bridge.dev.error('EBUSY', `already attached to encoder ${bridge.encoder.name}`, 'bridge');
  bridge.encoder = encoder;
  bridge.dev.core.subsystem(DrmBridges).attached.add(bridge);
  encoder.bridges.splice(previous === undefined ? 0 : encoder.bridges.indexOf(previous) + 1, 0, bridge);
  try {
    await bridge.spec.attach?.(encoder, bridge);
  } catch (e) {
    leave(encoder, bridge);
    if (e instanceof SysError && e.code !== 'EPROBE_DEFER') tellFailure(encoder, bridge, e);
    throw e;
  }
}

function tellFailure(encoder: DrmEncoder, bridge: DrmBridge, e: SysError): void {
  const who = bridge.node?.path ?? bridge.dev.path;
  encoder.dev.err(`[drm] failed to attach bridge ${who} to encoder ${encoder.name}: ${e.errno}`);
}

/** Steps that begin at the far end of a chain. */
const FROM_THE_END: ReadonlySet<DrmBridgeStep> = new Set(['preEnable', 'disable']);

/** Takes a step with all bridges of a chain (Linux: drm_atomic_bridge_chain_pre_enable and the others). */
export async function drmBridgeChain(encoder: DrmEncoder, step: DrmBridgeStep, mode: DrmMode): Promise<void> {
  const chain = FROM_THE_END.has(step) ? encoder.bridges.toReversed() : [...encoder.bridges];
  for (const { spec } of chain) await spec.ops?.[step]?.(mode);
}

/** Takes all bridges out of an encoder's chain, the last one first (Linux: drm_encoder_cleanup). */
export function drmEncoderCleanup(encoder: DrmEncoder): void {
  for (let last = encoder.bridges.at(-1); last !== undefined; last = encoder.bridges.at(-1)) {
    last.spec.detach?.(last);
    leave(encoder, last);
  }
}

function leave(encoder: DrmEncoder, bridge: DrmBridge): void {
  const at = encoder.bridges.indexOf(bridge);
  assert(at >= 0, `${bridge.dev.path}: not in the chain of ${encoder.name}`);
  encoder.bridges.splice(at, 1);
  bridge.encoder = undefined;
  bridge.dev.core.subsystem(DrmBridges).attached.delete(bridge);
}
