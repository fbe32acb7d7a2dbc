// What a node is to the display: its component, its driver data, part of the OVL adaptor (Linux: of_match_node over
// the tables, mtk_ddp_comp_get_id, mtk_ovl_adaptor_is_comp_present).
import { type Alias, aliasId } from '../../dt/alias.js';
import type { DtNode } from '../../dt/tree.js';
import { MMSYS, type MmsysRow } from './routing.js';
import type { DisplayRules } from './rules.js';
import {
  ADAPTOR,
  ADAPTOR_IN_PATH,
  type AdaptorType,
  COMPATIBLES,
  COMPONENT_IDS,
  type ComponentName,
  type ComponentType,
  DRM_DATA,
  DRM_MATCHES,
  type DrmData,
  type Since,
  TYPES,
} from './tables.js';

/** Which rows of the tables exist. */
export type Tables = DisplayRules['tables'];

/** Rows by compatible in lower case, for each state of the tables. */
type Lookup<Row> = Readonly<Record<Tables, ReadonlyMap<string, Row>>>;

function lookup<Row extends Since & { readonly compatible: string }, T>(
  rows: readonly Row[],
  value: (row: Row) => T,
): Lookup<T> {
  const upTo = (tables: Tables): Map<string, T> => {
    const known = rows.filter(({ since }) => since === undefined || since === tables).toReversed();
    return new Map(known.map((row) => [row.compatible.toLowerCase(), value(row)]));
  };
  return { 'v6.12': upTo('v6.12'), mainline: upTo('mainline') };
}

const COMPONENT_TYPES = lookup(COMPATIBLES, ({ type }): ComponentType => TYPES[type]);
const DATA = lookup(DRM_MATCHES, ({ data }): DrmData => DRM_DATA[data]);
const MMSYS_ROWS = lookup<MmsysRow & Since, MmsysRow>(MMSYS, (row) => row).mainline;
const ADAPTOR_PARTS: ReadonlyMap<string, AdaptorType> = new Map(
  Object.entries(ADAPTOR).map(([type, { compatible }]) => [compatible.toLowerCase(), type as AdaptorType]),
);
const NAMES: ReadonlyMap<number, ComponentName> = new Map(
  Object.entries(COMPONENT_IDS).map(([name, id]) => [id, name as ComponentName]),
);

const OUTPUT_TYPES: readonly ComponentType[] = [TYPES.DP_INTF, TYPES.DPI, TYPES.DSI];
const OUTPUTS: ReadonlySet<number> = new Set(OUTPUT_TYPES.flatMap(({ instances }) => idsOf(Object.values(instances))));

/** The first of the node's compatibles that has a row (Linux: of_match_node): its order decides, not the table's. */
function match<Row>(node: DtNode, rows: ReadonlyMap<string, Row>): Row | undefined {
  for (const word of node.compatible) {
    const found = rows.get(word) ?? rows.get(lowerCase(word));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Linux ignores the case of ASCII letters only; toLowerCase would turn the Kelvin sign into a `k`. */
function lowerCase(word: string): string {
  return word.toLowerCase() === word ? word : word.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** What the mmsys driver binds the node as; undefined: it does not. */
export function matchMmsys(node: DtNode): MmsysRow | undefined {
  return match(node, MMSYS_ROWS);
}

/** The display driver's data for a mmsys; undefined: it answers ENODEV (P1). */
export function matchDrmData(node: DtNode, tables: Tables): DrmData | undefined {
  return match(node, DATA[tables]);
}

/** The type of a component; undefined for nodes that are none. Parts of the OVL adaptor are none, except MERGE. */
export function componentType(node: DtNode, tables: Tables): ComponentType | undefined {
  return match(node, COMPONENT_TYPES[tables]);
}

/** Whether a path counts the node as the OVL adaptor (T8). To be asked when the node is no component. */
export function isAdaptorPart(node: DtNode): boolean {
  const part = match(node, ADAPTOR_PARTS);
  return part !== undefined && ADAPTOR_IN_PATH.has(part);
}

/**
 * The number of the component that a node of a type is (T1): the one with its alias number, without an alias the
 * first. Undefined where Linux answers EINVAL: the type has no such instance, or none at all.
 */
export function componentId(aliases: readonly Alias[], node: DtNode, type: ComponentType): number | undefined {
  const number = aliasId(aliases, node, type.stem);
  const name = number === undefined ? Object.values(type.instances)[0] : type.instances[number];
  return name === undefined ? undefined : COMPONENT_IDS[name];
}

/** The name of a component by its number; undefined for 60 and for what is no number of a component. */
export function componentName(id: number): ComponentName | undefined {
  return NAMES.get(id);
}

/** Whether a component may end a path: DSI, DPI, DP_INTF (W13). */
export function isOutput(id: number): boolean {
  return OUTPUTS.has(id);
}

/** The numbers of components that a table names. */
export function idsOf(names: readonly ComponentName[]): readonly number[] {
  return names.map((name) => COMPONENT_IDS[name]);
}

/** Whether a remote device can be a panel or bridge at all: components and parts of the adaptor never are (O1). */
export function isPipelineNode(node: DtNode, tables: Tables): boolean {
  return componentType(node, tables) !== undefined || isAdaptorPart(node);
}
