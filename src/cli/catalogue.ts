// What this command knows how to bring up: its drivers, its chip models, and what is soldered around the chips.
import type { Wiring } from '../bench/bench.js';
import type { ChipModel } from '../bus/socket.js';
import { ina3221Chip } from '../chips/ina3221/ina3221.js';
import type { Driver } from '../core/device.js';
import { ina3221 } from '../drivers/ina3221/ina3221.js';
import { mtkDrmDrivers } from '../drivers/mtk-drm/mtk-drm.js';
import { panelDrivers } from '../drivers/panel-mipi-dsi/panel-mipi-dsi.js';
import type { DtNode } from '../dt/tree.js';

/** The drivers, in the order in which they are registered. */
export const DRIVERS: readonly Driver[] = [ina3221, ...mtkDrmDrivers, ...panelDrivers];

/** Names of those that make displays. */
export const DISPLAY_DRIVERS: ReadonlySet<string> = new Set(['mediatek-drm']);

/** The chip models; the first that fits a node is plugged. */
export function chipModels(): readonly ChipModel[] {
  return [ina3221Chip()];
}

const CHANNELS = 3;
// The model's knobs end here; a tree may say anything, and the driver has its own opinion of that.
const SHUNT_LIMIT_UOHM = 100_000_000;
const RAIL_LIMIT_MV = 26_000;
/** Rail voltage where the label does not tell. */
const DEFAULT_MV = 5000;
/** Volts as rail names write them: `3V3`, `1V8`, `12V`, `0V75`. */
const VOLTS_IN_LABEL = /(?<![0-9])(\d{1,2})V(\d{0,2})(?![0-9])/i;

/**
 * The board around each chip, as far as its tree tells. INA3221: the shunts of the tree are soldered in, a label with
 * volts in it (`VDD_5V_SYS`, `3V3`) sets its rail, other rails are at 5 V; a disabled input is open, 0 V and 0 A.
 * The load stays at the model's default. `boot --set` overrides each of them.
 */
export const boardWiring: Wiring = (node, model) => (model.name === 'ina3221' ? ina3221Wiring(node) : {});

function ina3221Wiring(node: DtNode): Record<string, number> {
  const knobs: Record<string, number> = {};
  for (const input of node.children) {
    const channel = input.u32('reg');
    if (channel === undefined || channel >= CHANNELS) continue;
    const n = channel + 1;
    const shuntUohm = input.u32('shunt-resistor-micro-ohms');
    if (shuntUohm !== undefined && shuntUohm > 0) knobs[`shunt${n}Uohm`] = Math.min(shuntUohm, SHUNT_LIMIT_UOHM);
    knobs[`bus${n}Mv`] = input.available ? railMv(input.string('label') ?? '') : 0;
    if (!input.available) knobs[`load${n}Ma`] = 0;
  }
  return knobs;
}

/** The voltage that a rail's name tells. */
function railMv(label: string): number {
  const match = VOLTS_IN_LABEL.exec(label);
  if (match === null) return DEFAULT_MV;
  return Math.min(Math.round(Number(`${match[1]}.${match[2] || '0'}`) * 1000), RAIL_LIMIT_MV);
}
