// Which properties point at other nodes, and how: one table, and the look-ups that follow it.
import type { DtNode, DtProperty, DtTree } from './tree.js';

/**
 * How a reference property is laid out.
 * `args`: a list of phandles, each followed by as many cells as the node it names says in `cells`; where that node
 * has no such property `fallback` counts (Linux: of_parse_phandle_with_optional_args has 0), or the list is broken
 * when there is none. A number in `cells` means that many always (of_parse_phandle_with_fixed_args).
 * `list`: phandles and nothing else. `one`: one phandle in the first cell, any cells behind it belong to the binding.
 * `map`: rows of `before` cells, a phandle with its cells, and one cell for the length (iommu-map, msi-map).
 * `interrupt-map`: rows as Devicetree Specification 2.4.3 has them.
 */
export type ReferenceRule =
  | { readonly kind: 'args'; readonly cells: string | number; readonly fallback?: number }
  | { readonly kind: 'list' | 'one' | 'interrupt-map' }
  | { readonly kind: 'map'; readonly cells: string; readonly before: number };

/**
 * One row of the table: the property's whole name, its ending (and beginning), or its beginning before a decimal
 * number.
 */
export interface ReferencePattern {
  readonly name?: string;
  readonly prefix?: string;
  readonly suffix?: string;
  readonly numbered?: string;
  /** Not a reference in a node that has this property (GPIO hogs list their own lines in `gpios`). */
  readonly unless?: string;
  readonly rule: ReferenceRule;
}

const LIST: ReferenceRule = { kind: 'list' };
const ONE: ReferenceRule = { kind: 'one' };
const args = (cells: string | number): ReferenceRule => ({ kind: 'args', cells });
const optional = (cells: string): ReferenceRule => ({ kind: 'args', cells, fallback: 0 });
const rows = (names: readonly string[], rule: ReferenceRule): ReferencePattern[] =>
  names.map((name) => ({ name, rule }));

/**
 * Every reference property that Linux follows in general code (drivers/of/property.c, the subsystems' own look-ups)
 * and the common ones of the boards in Debian's kernel. The first row that fits a name counts.
 */
export const REFERENCE_PROPERTIES: readonly ReferencePattern[] = [
  ...rows(['clocks', 'assigned-clocks', 'assigned-clock-parents'], args('#clock-cells')),
  ...rows(['resets'], args('#reset-cells')),
  ...rows(['power-domains'], args('#power-domain-cells')),
  ...rows(['dmas'], args('#dma-cells')),
  ...rows(['iommus'], args('#iommu-cells')),
  ...rows(['mboxes'], args('#mbox-cells')),
  ...rows(['phys', 'usb-phy'], optional('#phy-cells')),
  ...rows(['pwms'], args('#pwm-cells')),
  ...rows(['io-channels'], args('#io-channel-cells')),
  ...rows(['io-backends'], args('#io-backend-cells')),
  ...rows(['interrupts-extended'], args('#interrupt-cells')),
  ...rows(['interconnects'], args('#interconnect-cells')),
  ...rows(['thermal-sensors'], args('#thermal-sensor-cells')),
  ...rows(['cooling-device'], args('#cooling-cells')),
  ...rows(['sound-dai'], args('#sound-dai-cells')),
  ...rows(['hwlocks'], args('#hwlock-cells')),
  ...rows(['nvmem-cells'], optional('#nvmem-cell-cells')),
  ...rows(['msi-parent'], optional('#msi-cells')),
  ...rows(['access-controllers'], args('#access-controller-cells')),
  ...rows(['mux-controls'], args('#mux-control-cells')),
  ...rows(['mux-states'], args('#mux-state-cells')),
  ...rows(['trigger-sources'], args('#trigger-source-cells')),
  ...rows(['pses'], args('#pse-cells')),
  ...rows(['mediatek,gce-client-reg'], args(3)),
  ...rows(['qcom,smem-states'], args('#qcom,smem-state-cells')),
  ...rows(['gpio-ranges'], { kind: 'args', cells: '#gpio-range-cells', fallback: 3 }),
  ...rows(['iommu-map'], { kind: 'map', cells: '#iommu-cells', before: 1 }),
  ...rows(['msi-map'], { kind: 'map', cells: '#msi-cells', before: 1 }),
  ...rows(['interrupt-map'], { kind: 'interrupt-map' }),
  ...rows(['interrupt-parent', 'wakeup-parent', 'remote-endpoint', 'interrupt-affinity'], LIST),
  ...rows(['memory-region', 'shmem', 'sram', 'operating-points-v2', 'required-opps', 'monitored-battery'], LIST),
  ...rows(['cpu-idle-states', 'domain-idle-states', 'next-level-cache', 'l2-cache', 'cpu', 'cpus', 'trip'], LIST),
  ...rows(['phy-handle', 'phy', 'pcs-handle', 'pcsphy-handle', 'tbi-handle', 'sfp', 'ethernet'], LIST),
  ...rows(['fsl,fman-ports', 'ptp-timer', 'fsl,usbmisc', 'fsl,blk-ctrl', 'fsl,ddrc', 'devfreq'], LIST),
  ...rows(['i2c-parent', 'i2c-bus', 'ddc-i2c-bus', 'mdio-parent-bus', 'companion', 'peer-hub', 'mmc-pwrseq'], LIST),
  ...rows(['backlight', 'panel', 'leds', 'extcon', 'power-supplies', 'post-init-providers'], LIST),
  ...rows(['dais', 'audio-codec', 'audio-cpu', 'audio-aux-devs', 'simple-audio-card,aux-devs'], LIST),
  ...rows(['simple-audio-card,bitclock-master', 'simple-audio-card,frame-master', 'bitclock-master'], LIST),
  ...rows(['frame-master', 'regulator-coupled-with', 'target'], LIST),
  ...rows(['mediatek,larb', 'mediatek,larbs', 'mediatek,smi', 'mediatek,vpu', 'mediatek,scp', 'mediatek,cci'], LIST),
  ...rows(['mediatek,apmixedsys', 'mediatek,platform', 'mediatek,auxadc', 'mediatek,vdecsys', 'mediatek,mutex'], LIST),
  ...rows(['qcom,bcm-voters', 'qcom,qmp', 'qcom,gmu', 'qcom,ice', 'qcom,rproc', 'renesas,fcp', 'renesas,vsps'], LIST),
  ...rows(['qcom,halt-regs', 'qcom,spare-regs', 'qcom,tcsr-reg', 'mediatek,syscon-wakeup', 'fsl,stop-mode'], ONE),
  ...rows(['mediatek,infracfg', 'mediatek,topckgen', 'mediatek,pericfg', 'affinity', 'ptimer-handle'], LIST),
  ...rows(['snps,axi-config', 'snps,mtl-rx-config', 'snps,mtl-tx-config'], LIST),
  ...rows(['nvidia,xusb-padctl', 'nvidia,phy', 'nvidia,pmc', 'nvidia,ddc-i2c-bus'], LIST),
  ...rows(['qcom,dload-mode', 'fsl,rcpm-wakeup'], ONE),
  ...rows(['fsl,mipi-phy-gpr', 'ti,syscon-pcie-ctrl', 'ti,syscon-pcie-id', 'ti,syscon-efuse', 'amlogic,canvas'], ONE),
  ...rows(['ti,sci', 'ti,ringacc', 'ti,serdes-clk', 'rockchip,pmu', 'marvell,system-controller'], ONE),
  { prefix: 'rockchip,', suffix: 'grf', rule: ONE },
  { numbered: 'pinctrl-', rule: LIST },
  { suffix: '-supply', rule: LIST },
  { name: 'gpios', unless: 'gpio-hog', rule: args('#gpio-cells') },
  { name: 'gpio', unless: 'gpio-hog', rule: args('#gpio-cells') },
  { suffix: '-gpios', unless: 'gpio-hog', rule: args('#gpio-cells') },
  { suffix: '-gpio', unless: 'gpio-hog', rule: args('#gpio-cells') },
];

const BY_NAME = new Map(REFERENCE_PROPERTIES.flatMap((row) => (row.name === undefined ? [] : [[row.name, row]])));
const BY_FORM = REFERENCE_PROPERTIES.filter((row) => row.name === undefined);
/** Counts of GPIOs, which end like references (Linux leaves out the first two as well). */
const NO_REFERENCE = /(^|,)nr-gpios$|^ngpios$|,num-gpios$/;

/** The rule for a property of a node, or undefined when the table does not know it as a reference. */
export function referenceRule(node: DtNode, name: string): ReferenceRule | undefined {
  const row = BY_NAME.get(name) ?? (NO_REFERENCE.test(name) ? undefined : BY_FORM.find((form) => fits(form, name)));
  if (row === undefined || (row.unless !== undefined && node.property(row.unless) !== undefined)) return undefined;
  return row.rule;
}

function fits(row: ReferencePattern, name: string): boolean {
  const { prefix = '', suffix } = row;
  if (suffix !== undefined) {
    return name.endsWith(suffix) && name.length > suffix.length && name.startsWith(prefix);
  }
  const { numbered } = row;
  return numbered !== undefined && name.startsWith(numbered) && /^\d+$/.test(name.slice(numbered.length));
}

/** One entry of a reference list. */
export interface PhandleArgs {
  /** The node referred to; undefined for an empty entry (phandle 0). */
  readonly node: DtNode | undefined;
  readonly args: readonly number[];
  /** Cell of the property in which the phandle stands. */
  readonly index: number;
}

/** A reference list as far as it could be read; `fault` says in words why no further. */
export interface PhandleList {
  readonly entries: readonly PhandleArgs[];
  readonly fault: string | undefined;
}

/**
 * Splits a property into phandles and their cells (Linux: of_parse_phandle_with_args and its relatives).
 * `cells` names the property of the provider that says how many cells follow, e.g. `#clock-cells`; a number means
 * that many always.
 * `fallback` counts where the provider has no such property. A missing property is an empty list without fault.
 */
export function phandleArgs(
  tree: DtTree,
  node: DtNode,
  property: string,
  cells: string | number,
  fallback?: number,
): PhandleList {
  const found = node.property(property);
  return found === undefined ? { entries: [], fault: undefined } : split(tree, found, cells, fallback);
}

function split(tree: DtTree, property: DtProperty, cells: string | number, fallback?: number): PhandleList {
  const entries: PhandleArgs[] = [];
  for (let index = 0; index < property.cellCount; ) {
    const phandle = property.cell(index) as number;
    if (phandle === 0) {
      entries.push({ node: undefined, args: [], index });
      index++;
      continue;
    }
    const provider = tree.byPhandle(phandle);
    if (provider === undefined) return { entries, fault: missing(property, entries.length, phandle) };
    const count = typeof cells === 'number' ? cells : (provider.u32(cells) ?? fallback);
    if (count === undefined) return { entries, fault: `entry ${entries.length}: ${provider.path} has no ${cells}` };
    const left = property.cellCount - index - 1;
    if (count > left) {
      const needs = typeof cells === 'number' ? `${count} cells` : `${count} cells (${cells})`;
      return { entries, fault: `entry ${entries.length}: ${provider.path} needs ${needs}, found ${left}` };
    }
    entries.push({ node: provider, args: slice(property, index + 1, count), index });
    index += 1 + count;
  }
  return { entries, fault: undefined };
}

function missing(property: DtProperty, entry: number, phandle: number): string {
  if (phandle === 0xffffffff) return `entry ${entry}: the reference is not resolved (an overlay that was not applied?)`;
  return `entry ${entry}: no node has the phandle 0x${phandle.toString(16)} that ${property.name} names`;
}

function slice(property: DtProperty, from: number, count: number): number[] {
  return Array.from({ length: count }, (_, offset) => property.cell(from + offset) as number);
}

/**
 * The references of one property by the table: which cells are phandles, and of what. Undefined when it is no
 * reference.
 */
export function references(tree: DtTree, node: DtNode, property: DtProperty): PhandleList | undefined {
  const rule = referenceRule(node, property.name);
  if (rule === undefined) return undefined;
  if (rule.kind === 'args') return split(tree, property, rule.cells, rule.fallback);
  if (rule.kind === 'list') return split(tree, property, 0);
  if (rule.kind === 'one') return first(tree, property);
  if (rule.kind === 'map') return mapRows(tree, property, rule.before, (to) => to.u32(rule.cells), 1);
  const before = (node.u32('#address-cells') ?? 2) + (node.u32('#interrupt-cells') ?? 0);
  return mapRows(
    tree,
    property,
    before,
    (to) => (to.u32('#address-cells') ?? 0) + (to.u32('#interrupt-cells') ?? 0),
    0,
  );
}

function first(tree: DtTree, property: DtProperty): PhandleList {
  const phandle = property.cell(0) ?? 0;
  const node = tree.byPhandle(phandle);
  if (node === undefined) return { entries: [], fault: missing(property, 0, phandle) };
  return { entries: [{ node, args: slice(property, 1, property.cellCount - 1), index: 0 }], fault: undefined };
}

/** Rows of a map: `before` cells, a phandle, its cells, `behind` cells. */
function mapRows(
  tree: DtTree,
  property: DtProperty,
  before: number,
  cellsOf: (provider: DtNode) => number | undefined,
  behind: number,
): PhandleList {
  const entries: PhandleArgs[] = [];
  for (let index = before; index < property.cellCount; ) {
    const phandle = property.cell(index) as number;
    const node = tree.byPhandle(phandle);
    if (node === undefined) return { entries, fault: missing(property, entries.length, phandle) };
    const count = (cellsOf(node) ?? 1) + behind;
    const left = property.cellCount - index - 1;
    if (count > left) return { entries, fault: `row ${entries.length} needs ${count} more cells, found ${left}` };
    entries.push({ node, args: slice(property, index + 1, count), index });
    index += 1 + count + before;
  }
  return { entries, fault: undefined };
}
