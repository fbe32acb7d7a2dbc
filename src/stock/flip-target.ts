// What pictures can be shown on: connectors of the displays that have come up, and the times of their frames.
import type { Duration } from '../base/clock.js';
import type { Bench } from '../bench/bench.js';
import { Drm, type DrmConnector, type DrmDevice } from '../core/drm.js';
import type { DrmMode } from '../core/drm-bridge.js';
import type { DrmCrtc } from '../core/drm-crtc.js';

/** The format of the pictures. */
export const FLIP_FORMAT = 'XRGB8888';

/** What there is to flip on. */
export interface FlipTarget {
  readonly drm: DrmDevice;
  readonly crtc: DrmCrtc;
  readonly connector: DrmConnector;
  readonly mode: DrmMode;
}

/** Every connector with a mode whose CRTC is there. */
export function flipTargets(bench: Bench): FlipTarget[] {
  return bench.core.subsystem(Drm).devices.flatMap((drm) =>
    drm.connectors.flatMap((connector) => {
      const [mode] = connector.modes;
      const crtc = drm.crtcs.find(({ index }) => (connector.encoder.possibleCrtcs & (2 ** index)) !== 0);
      return mode === undefined || crtc === undefined ? [] : [{ drm, crtc, connector, mode }];
    }),
  );
}

/** How long a frame takes, and from the end of its last row to the first row of the next. */
export interface FlipTimes {
  readonly frameNs: Duration;
  readonly blankNs: Duration;
}

/** Those of a mode. */
export function flipTimes({ htotal, vtotal, vdisplay, clockKhz }: DrmMode): FlipTimes {
  const lineNs = (htotal * 1e6) / clockKhz;
  return { frameNs: Math.round(lineNs * vtotal), blankNs: Math.round(lineNs * (vtotal - vdisplay)) };
}
