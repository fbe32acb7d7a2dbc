// Displays as DRM tells them: what modetest would print, as rows.
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
