// An output as an encoder with its bridges and its connector (Linux: mtk_dsi_encoder_init, mtk_dpi_bind,
// mtk_find_possible_crtcs, drm_bridge_connector_init).
import { ERRNO } from '../../base/errno.js';
import type { Device } from '../../core/device.js';
import type { DrmConnector, DrmDevice } from '../../core/drm.js';
import { type DrmBridge, type DrmEncoder, drmBridgeAttach } from '../../core/drm-bridge.js';
import { possibleCrtcs } from './mmsys-group.js';
import { MtkDrmPrivate } from './mtk-drm-private.js';

/** What connectors are called, by the last bridge of a chain. */
const CONNECTORS: Readonly<Record<Exclude<DrmBridge['type'], 'panel'>, string>> = {
  DSI: 'DSI',
  DPI: 'DPI',
  eDP: 'eDP',
  DP: 'DP',
  HDMI: 'HDMI-A',
};
/** Plugged, not soldered: without a bridge that looks, nobody knows whether something is there. */
const PLUGGED: ReadonlySet<string> = new Set(['DP', 'HDMI-A']);

/**
 * Adds an output to the display of `master`: an encoder in front of its own bridge, and a connector. The answer takes
 * both away. An output that none of the CRTCs leads to stays out.
 */
export async function mtkEncoderInit(
  dev: Device,
  master: Device,
  kind: 'DSI' | 'TMDS',
  bridge: DrmBridge,
): Promise<() => void> {
  const priv = master.drvdata;
  if (!(priv instanceof MtkDrmPrivate) || priv.display === undefined)
    throw master.error('ENODEV', 'has no display to add an output to', 'bind');
  const { drm } = priv.display;
  const mask = dev.ofNode === undefined ? 0 : possibleCrtcs(priv.plans, dev.ofNode);
  if (mask === 0) {
    dev.info(`[drm] Failed to find comp in ddp table, ret = ${-ERRNO.ENODEV}`);
    return () => undefined;
  }
  const encoder: DrmEncoder = { name: `${kind}-${drm.encoders.length + 1}`, dev, possibleCrtcs: mask, bridges: [] };
  const removeEncoder = drm.addEncoder(encoder);
  try {
    await drmBridgeAttach(encoder, bridge);
  } catch (e) {
    removeEncoder();
    throw e;
  }
  const removeConnector = drm.addConnector(connectorOf(drm, encoder));
  return () => {
    removeConnector();
    removeEncoder();
  };
}

/** Named by what the chain ends with; the panel in it knows the modes. */
function connectorOf(drm: DrmDevice, encoder: DrmEncoder): DrmConnector {
  const last = encoder.bridges.at(-1) as DrmBridge; // its own at least
  const { panel, type } = last;
  const kind = type === 'panel' ? (panel?.connector ?? 'DSI') : CONNECTORS[type];
  const number = drm.connectors.filter(({ name }) => name.startsWith(`${kind}-`)).length + 1;
  const status = PLUGGED.has(kind) ? 'unknown' : 'connected';
  return { name: `${kind}-${number}`, encoder, modes: panel?.modes ?? [], status };
}
