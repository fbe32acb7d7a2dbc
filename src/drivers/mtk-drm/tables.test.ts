// The tables against the recorded ones: each recorded row is here, and no other row is.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../../test/sources.js';
import { MMSYS, MUTEX_MODULES, ROUTING } from './routing.js';
import { PATHS } from './rules.js';
import * as tables from './tables.js';

interface Row {
  readonly compatible: string;
  readonly since?: string;
}

interface Recorded {
  readonly component_ids: Readonly<Record<string, number>>;
  readonly drm_id_max: number;
  readonly types: readonly { readonly type: string; readonly value: number; readonly alias_stem: string }[];
  readonly type_instances: readonly {
    readonly component: string;
    readonly id: number;
    readonly type: string;
    readonly alias_id: number;
    readonly has_ops: boolean;
  }[];
  readonly compatible_to_type: readonly (Row & { readonly type: string })[];
  readonly ovl_adaptor: {
    readonly compatible_to_type: readonly (Row & { readonly type: string })[];
    readonly alias_stems: Readonly<Record<string, string>>;
    readonly instances: readonly { readonly type: string; readonly component: string; readonly alias_id: number }[];
  };
  readonly hardcoded_paths: Readonly<Record<string, readonly string[]>>;
  readonly drm_match: readonly (Row & { readonly data: string })[];
  readonly driver_data: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly conn_routes: Readonly<Record<string, readonly (readonly [crtc: number, component: string])[]>>;
  readonly mmsys_match: readonly (Row & { readonly is_vppsys: boolean; readonly routing_table: string | null })[];
  readonly routing_tables: Readonly<Record<string, readonly (readonly [string, string])[]>>;
  readonly mutex_modules: Readonly<Record<string, readonly string[]>>;
}

const RECORDED = JSON.parse(readFileSync(join(ROOT, 'test/golden/mtk-drm-tables.json'), 'utf8')) as Recorded;

const TYPES = Object.values(tables.TYPES) as readonly tables.ComponentType[];
const DATA = Object.values(tables.DRM_DATA) as readonly tables.DrmData[];
const isMainline = ({ since }: Row): boolean => since?.startsWith('mainline') ?? false;
const sorted = (rows: Iterable<unknown>): string[] => [...rows].map((row) => JSON.stringify(row)).sort();

test('component numbers; 60 is the end of the blocks, 62 the length of all arrays', () => {
  expect({ ...tables.COMPONENT_IDS, ID_MAX: 60 }).toEqual(RECORDED.component_ids);
  expect([tables.OVL_ADAPTOR_ID, tables.PATH_LIMIT]).toEqual([61, RECORDED.drm_id_max]);
});

test('types in the order of their numbers, with stems', () => {
  expect(TYPES.map(({ name, stem }, value) => ({ type: name, value, alias_stem: stem }))).toEqual(RECORDED.types);
});

test('instances of the types, with alias numbers and operations', () => {
  const rows = TYPES.flatMap(({ name, instances, operations }) => {
    return Object.entries(instances).map(([number, component]) => {
      const id = tables.COMPONENT_IDS[component];
      return { component, id, type: name, alias_id: Number(number), has_ops: operations };
    });
  });
  const byId = (a: { id: number }, b: { id: number }): number => a.id - b.id;
  expect(rows.toSorted(byId)).toEqual(RECORDED.type_instances.toSorted(byId));
  // T1 takes the first instance in the order of component numbers.
  for (const { instances } of TYPES) {
    const ids = Object.values(instances).map((component) => tables.COMPONENT_IDS[component]);
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
  }
});

test('types with a driver of their own, which the display waits for', () => {
  const own = TYPES.filter(({ ownDriver }) => ownDriver).map(({ stem }) => stem);
  expect(own.join(' ')).toBe('aal ccorr color gamma merge ovl ovl-2l ovl_adaptor rdma dpi dp-intf dsi');
});

test('compatibles of components, and which of them are younger than 6.12', () => {
  const ours = tables.COMPATIBLES.map((row) => [row.compatible, tables.TYPES[row.type].name, isMainline(row)]);
  expect(sorted(ours)).toEqual(
    sorted(RECORDED.compatible_to_type.map((row) => [row.compatible, row.type, isMainline(row)])),
  );
});

test('the table of the OVL adaptor', () => {
  const { compatible_to_type: rows, alias_stems: stems, instances } = RECORDED.ovl_adaptor;
  const ours = Object.entries(tables.ADAPTOR);
  expect(sorted(ours.map(([type, { compatible }]) => ({ compatible, type })))).toEqual(sorted(rows));
  expect(Object.fromEntries(ours.map(([type, { stem }]) => [type, stem]))).toEqual(stems);
  const all = ours.flatMap(([type, part]) =>
    Object.entries(part.instances).map(([id, name]) => [type, name, Number(id)]),
  );
  expect(sorted(all)).toEqual(sorted(instances.map((one) => [one.type, one.component, one.alias_id])));
});

/** `mt8183_mtk_ddp_main` is recorded as `mt8183 main`. */
const recordedPath = (name: string | undefined): readonly string[] | undefined =>
  name === undefined ? undefined : RECORDED.hardcoded_paths[name.replace('_mtk_ddp_', ' ')];

test('driver data: built-in paths, routes, numbers and limits', () => {
  const recorded = Object.entries(RECORDED.driver_data).map(([name, fields]) => ({
    name,
    paths: PATHS.map((path) => recordedPath(fields[`${path}_path`])),
    routes: (RECORDED.conn_routes[name] ?? []).map(([, component]) => component),
    numbers: [fields['mmsys_id'] ?? '0', fields['mmsys_dev_num'], fields['max_width'], fields['min_width']].map(String),
    minHeight: String(fields['min_height']),
    shadowRegister: fields['shadow_register'] === 'true',
  }));
  const ours = DATA.map((data) => ({
    name: data.name,
    paths: PATHS.map((path) => data.paths[path]),
    routes: data.routes,
    numbers: [data.mmsysId, data.mmsysDevNum, data.maxWidth, data.minWidth].map(String),
    minHeight: String(data.minHeight),
    shadowRegister: data.shadowRegister ?? false,
  }));
  expect(ours).toEqual(recorded);
  expect(Object.keys(tables.DRM_DATA)).toEqual(DATA.map(({ name }) => name));
});

test('which mmsys has which data, in the order of the table', () => {
  expect(tables.DRM_MATCHES.map((row) => [row.compatible, row.data, isMainline(row)])).toEqual(
    RECORDED.drm_match.map((row) => [row.compatible, row.data, isMainline(row)]),
  );
});

/** `mmsys_mt8195_vdo1_routing_table` is `mt8195Vdo1` here. */
const tableName = (linux: string): string =>
  linux
    .replace(/^mmsys_|_mmsys(?=_routing)/, '')
    .replace('_routing_table', '')
    .replace('_vdo1', 'Vdo1');

test('what the mmsys driver binds, and with which routing', () => {
  expect(sorted(MMSYS.map((row) => [row.compatible, row.vppsys, row.routing ?? null]))).toEqual(
    sorted(
      RECORDED.mmsys_match.map((row) => {
        return [row.compatible, row.is_vppsys, row.routing_table === null ? null : tableName(row.routing_table)];
      }),
    ),
  );
});

test('links with multiplexers', () => {
  const recorded = Object.entries(RECORDED.routing_tables).map(([name, links]) => [tableName(name), links]);
  expect(ROUTING).toEqual(Object.fromEntries(recorded));
});

test('mutex modules', () => {
  expect(MUTEX_MODULES).toEqual(RECORDED.mutex_modules);
});
