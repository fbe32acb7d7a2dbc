// What this command knows how to bring up: its drivers, its chip models, and what is soldered around the chips.
import type { Wiring } from '../bench/bench.js';
import type { ChipModel } from '../bus/socket.js';
import { bmanChip } from '../chips/bman/bman.js';
import { fmanChips } from '../chips/fman/fman.js';
import { gceChip } from '../chips/gce/gce.js';
import { ina3221Chip } from '../chips/ina3221/ina3221.js';
import { mtkDisplayChips } from '../chips/mtk-display/mtk-display.js';
import { type DspOptions, qdsp6Chip } from '../chips/qdsp6/qdsp6.js';
import { qmanChip } from '../chips/qman/qman.js';
import type { Driver } from '../core/device.js';
import { dpaaEthDriver } from '../drivers/dpaa-eth/dpaa-eth.js';
import { fmanDrivers } from '../drivers/fman/fman.js';
import { type Ina3221Options, ina3221Driver } from '../drivers/ina3221/ina3221.js';
import { mtkCmdq } from '../drivers/mtk-cmdq/mtk-cmdq.js';
import { mtkDrm } from '../drivers/mtk-drm/mtk-drm.js';
import { PANEL_FAMILIES } from '../drivers/panel-mipi-dsi/panels.js';
import { panelDrivers } from '../drivers/panel-mipi-dsi/panel-mipi-dsi.js';
import { qbmanDrivers } from '../drivers/qbman/qbman.js';
import { qcomAprDrivers } from '../drivers/qcom-apr/qcom-apr.js';
import { regulatorFixed } from '../drivers/regulator-fixed/regulator-fixed.js';
import type { DtNode } from '../dt/tree.js';

/** A parameter of a driver, as Linux's module parameters. */
export interface DriverParam {
  /** `DRIVER.NAME`. */
  readonly name: string;
  readonly about: string;
  /** What it can be; the first when nobody says. */
  readonly values: readonly [string, ...string[]];
}

/** Longest frames of the network, with their check sequence: for MTUs of 1500, 2026, 4074 and 9578. */
const MAX_FRAMES = ['1522', '2048', '4096', '9600'] as const;

/** Table of all parameters. */
export const DRIVER_PARAMS: readonly DriverParam[] = [
  {
    name: 'ina3221.channels',
    about: 'IIO channels: what is measured, or the names of the patch of 2016',
    values: ['measured', 'patch', 'none'],
  },
  { name: 'ina3221.hwmon', about: 'whether there is an hwmon device', values: ['1', '0'] },
  {
    name: 'mediatek-drm.cmdq',
    about: 'whether the GCE writes the registers of a frame, or the processor does',
    values: ['auto', 'off'],
  },
  {
    name: 'fsl_dpa.max-frame',
    about: 'the longest frame in bytes, MTU and 22 more (Linux: fsl_fm_max_frm)',
    values: MAX_FRAMES,
  },
];

/**
 * The drivers, in the order in which they are registered, regulators first, as Linux's initcalls have it; `params` are
 * values of the table by name.
 */
export function drivers(params: ReadonlyMap<string, string> = new Map()): readonly Driver[] {
  const channels = params.get('ina3221.channels') as Ina3221Options['channels'] | undefined;
  const ina3221 = ina3221Driver({ channels: channels ?? 'measured', hwmon: params.get('ina3221.hwmon') !== '0' });
  const cmdq = params.get('mediatek-drm.cmdq') === 'off' ? 'off' : 'auto';
  const dpaaEth = dpaaEthDriver({ maxFrame: Number(params.get('fsl_dpa.max-frame') ?? MAX_FRAMES[0]), names: 'fm' });
  const network = [...qbmanDrivers, ...fmanDrivers, dpaaEth];
  return [regulatorFixed, ina3221, mtkCmdq, ...mtkDrm({ cmdq }), ...panelDrivers, ...qcomAprDrivers, ...network];
}

/** The kinds of devices that measure power rails. */
export const POWER_MONITORS: readonly string[] = ['ti,ina3221'];

/** Names of those that make displays. */
export const DISPLAY_DRIVERS: ReadonlySet<string> = new Set(['mediatek-drm']);

/** The chip models; the first that fits a node is plugged. `dsp` are options of the audio DSP. */
export function chipModels(dsp: DspOptions = {}): readonly ChipModel[] {
  const network = [qmanChip(), bmanChip(), ...fmanChips()];
  return [ina3221Chip(), gceChip(), ...mtkDisplayChips, qdsp6Chip(dsp), ...network];
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
 * The board around each chip, as far as its tree tells. INA3221: the shunts of the tree are soldered in; an input whose
 * label is the name of a regulator of one voltage measures that, a label with volts in it (`VDD_5V_SYS`, `3V3`) tells
 * its rail, other rails are at 5 V; a disabled input is open, 0 V and 0 A. The load stays at the model's default.
 * `boot --set` overrides each of them.
 */
export const boardWiring: Wiring = (node, model) => AROUND[model.name]?.(node) ?? {};

const AROUND: Readonly<Record<string, (node: DtNode) => Record<string, number>>> = {
  ina3221: ina3221Wiring,
  'mtk-dsi': dsiWiring,
};

/** The clock that the panel's first mode asks for. */
function dsiWiring({ children }: DtNode): Record<string, number> {
  const panels = PANEL_FAMILIES.flatMap(({ panels: known }) => Object.entries(known));
  const [, panel] = panels.find(([name]) => children.some(({ compatible }) => compatible.includes(name))) ?? [];
  const clock = panel?.modes[0]?.clockKhz;
  return clock === undefined ? {} : { pixelClockKhz: clock };
}

function ina3221Wiring(node: DtNode): Record<string, number> {
  const knobs: Record<string, number> = {};
  for (const input of node.children) {
    const channel = input.u32('reg');
    if (channel === undefined || channel >= CHANNELS) continue;
    const n = channel + 1;
    const shuntUohm = input.u32('shunt-resistor-micro-ohms');
    if (shuntUohm !== undefined && shuntUohm > 0) knobs[`shunt${n}Uohm`] = Math.min(shuntUohm, SHUNT_LIMIT_UOHM);
    knobs[`bus${n}Mv`] = input.available ? railMv(rootOf(node), input.string('label') ?? '') : 0;
    if (!input.available) knobs[`load${n}Ma`] = 0;
  }
  return knobs;
}

/** The voltage of a rail: that of its regulator, else what its name tells. */
function railMv(root: DtNode, label: string): number {
  const microvolts = label === '' ? undefined : regulatorMicrovolts(root, label);
  if (microvolts !== undefined) return Math.min(Math.round(microvolts / 1000), RAIL_LIMIT_MV);
  const match = VOLTS_IN_LABEL.exec(label);
  if (match === null) return DEFAULT_MV;
  return Math.min(Math.round(Number(`${match[1]}.${match[2] || '0'}`) * 1000), RAIL_LIMIT_MV);
}

/** What the regulator of that name gives, if it is one voltage. */
function regulatorMicrovolts(root: DtNode, name: string): number | undefined {
  for (const node of root.walk()) {
    if (node.string('regulator-name') !== name) continue;
    const least = node.u32('regulator-min-microvolt');
    return least === node.u32('regulator-max-microvolt') ? least : undefined;
  }
  return undefined;
}

function rootOf(node: DtNode): DtNode {
  return node.parent === undefined ? node : rootOf(node.parent);
}
