// Displays as DRM tells them: what modetest would print, as rows.
import type { NodeReport, NodeState } from '../bench/report.js';
import type { DeviceCore } from '../core/device.js';
import { Drm, type DrmConnector, type DrmConnectorStatus, type DrmDevice, modeName } from '../core/drm.js';

/** Where a pipeline can be seen: an encoder, and a connector of it unless it has none. */
export interface DisplayOutput {
  /** `DSI-31`. */
  readonly encoder: string;
  /** `DSI-1`. */
  readonly connector?: string;
  readonly status?: DrmConnectorStatus;
  /** The preferred mode, `1200x1920`; absent where none is known. */
  readonly mode?: string;
}

/** One CRTC of a registered display device. */
export interface Display {
  /** Path and Linux name of the device. */
  readonly path: string;
  readonly device: string;
  /** `card0`. */
  readonly card: string;
  readonly crtc: number;
  /** The driver's name of the pipeline: `main`. */
  readonly name: string;
  /** The blocks of the pipeline, in order. */
  readonly components: readonly string[];
  /** Where it can show a picture, in the order of encoders. */
  readonly outputs: readonly DisplayOutput[];
}

/** Every CRTC of every registered display device, in order. */
export function readDisplays(core: DeviceCore): Display[] {
  return core.subsystem(Drm).devices.flatMap((drm) =>
    drm.crtcs.map(({ index, name, components }) => ({
      path: drm.dev.path,
      device: drm.dev.name,
      card: drm.name ?? '',
      crtc: index,
      name,
      components,
      outputs: outputsOf(drm, index),
    })),
  );
}

function outputsOf({ encoders, connectors }: DrmDevice, crtc: number): DisplayOutput[] {
  const fitting = encoders.filter(({ possibleCrtcs }) => ((possibleCrtcs >>> crtc) & 1) === 1);
  return fitting.flatMap((encoder): DisplayOutput[] => {
    const own = connectors.filter((connector) => connector.encoder === encoder);
    return own.length === 0 ? [{ encoder: encoder.name }] : own.map(outputOf);
  });
}

function outputOf({ name, encoder, modes: [preferred], status = 'connected' }: DrmConnector): DisplayOutput {
  const mode = preferred === undefined ? {} : { mode: modeName(preferred) };
  return { encoder: encoder.name, connector: name, status, ...mode };
}

/** A device that would make a display and has made none. */
export interface AbsentDisplay {
  readonly path: string;
  readonly device: string;
  /** What it waits for, and whom that waits for, to the root of the matter; or how its probe failed. One line. */
  readonly reason: string;
}

/**
 * Why there is no display: one entry for each device of the drivers that make displays, by their names, in tree order.
 * Meant for a machine of which readDisplays answers nothing. `reports` are those of all states.
 */
export function absentDisplays(reports: readonly NodeReport[], drivers: ReadonlySet<string>): AbsentDisplay[] {
  const byPath = new Map(reports.map((report) => [report.path, report]));
  return reports.flatMap((report) => {
    const { path, device = '', driver = stemOf(device) } = report;
    return drivers.has(driver) ? [{ path, device, reason: reasonOf(report, byPath) }] : [];
  });
}

/** The name that a driver has registered a device under, `drm.0.auto`: that of the driver that is to bind to it. */
function stemOf(device: string): string {
  return device.replace(/\.\d+\.auto$/, '');
}

function reasonOf(report: NodeReport, byPath: ReadonlyMap<string, NodeReport>): string {
  let told = plainReason(report) ?? WITHOUT_REASON[report.state] ?? report.state;
  const seen = new Set<NodeReport>();
  for (let at: NodeReport | undefined = report; at?.waitsFor !== undefined && !seen.has(at); ) {
    seen.add(at);
    at = byPath.get(at.waitsFor);
    if (at === undefined || seen.has(at)) break;
    const more = plainReason(at) ?? (at.state === 'bound' ? undefined : at.state);
    if (more === undefined || told.endsWith(more)) break;
    told += told.endsWith(` ${at.path}`) ? `: ${more}` : `; ${at.path} ${more}`;
  }
  return told;
}

const WITHOUT_REASON: Partial<Record<NodeState, string>> = { bound: 'bound, and has made no display' };

/** Without the path that stands beside it, and without the code that says what the words say. */
function plainReason({ path, state, reason = '' }: NodeReport): string | undefined {
  if (reason === '') return undefined;
  const plain = reason.replace(`${path}: `, '').replace(/ \(EPROBE_DEFER\)$/, '');
  return state === 'failed' ? `failed: ${plain}` : plain;
}
