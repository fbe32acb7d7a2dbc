// DSI panels (Linux: drivers/gpu/drm/panel/panel-*.c): one driver per driver of Linux, all made from one table.
//
// Gaps:
// - Supplies, enable and reset GPIOs, backlight and orientation are not asked for: a tree without them binds here, and
//   Linux refuses it.
// - No command goes over the bus: the panels' init sequences are not here.
// - A panel on two DSI hosts at once (HX8279) is driven by its first.
import type { Driver } from '../../core/device.js';
import { drmPanelAdd } from '../../core/drm-bridge.js';
import { mipiDsiAttach, mipiDsiDriver, type MipiDsiDevice } from '../../core/mipi-dsi.js';
import { PANEL_FAMILIES, type PanelDesc, type PanelFamily } from './panels.js';

/** The drivers, in the order of the table. Bound, a panel is registered with its modes and attached to its host. */
export const panelDrivers: readonly Driver[] = PANEL_FAMILIES.map(panelDriver);

function panelDriver({ driver, panels }: PanelFamily): Driver {
  return mipiDsiDriver({
    name: driver,
    compatible: Object.keys(panels),
    probe: (dsi) => probe(dsi, panels[dsi.dev.matched as string] as PanelDesc),
  });
}

async function probe(dsi: MipiDsiDevice, desc: PanelDesc): Promise<void> {
  const { dev } = dsi;
  dsi.lanes = desc.lanes;
  dsi.format = desc.format;
  dsi.modeFlags = desc.modeFlags;
  dev.scope.defer(drmPanelAdd({ dev, node: dev.ofNode, connector: 'DSI', modes: desc.modes }));
  dev.scope.defer(await mipiDsiAttach(dsi));
}
