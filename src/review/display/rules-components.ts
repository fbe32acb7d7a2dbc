// Table of the rules about single blocks: what they are, which number they have, whether they fit together.
import { componentName, idsOf, isOutput, matchMmsys } from '../../drivers/mtk-drm/component.js';
import { MUTEX_MODULES, ROUTING, WIRED } from '../../drivers/mtk-drm/routing.js';
import { type ComponentName, type ComponentType, OVL_ADAPTOR_ID } from '../../drivers/mtk-drm/tables.js';
import type { DtNode } from '../../dt/tree.js';
import { fallBack, isLater, misspelt } from './fall-back.js';
import {
  type Group,
  type LintContext,
  listOf,
  type NumberedNode,
  type Rule,
  type Subject,
  walkLines,
} from './lint-context.js';
import { componentsOf, isGood, type PathView, startOf } from './lint-paths.js';

/** L9, L14, L15, L16, L17, L20, L27, L28. */
export const COMPONENT_RULES: readonly Rule[] = [
  { id: 'L9', severity: 'error', summary: 'a device in a path is no display component', run: strangers },
  {
    id: 'L14',
    severity: 'warning',
    summary: 'a block without alias gets the number of another one',
    after: true,
    run: withoutAlias,
  },
  {
    id: 'L15',
    severity: 'error',
    shifts: ['survived'],
    summary: 'an alias has a number that its type does not have',
    run: badAliases,
  },
  { id: 'L16', severity: 'warning', summary: 'two blocks of a path are the same component', run: twice },
  { id: 'L17', severity: 'warning', summary: 'the OVL adaptor stands in a path twice', run: twoAdaptors },
  {
    id: 'L20',
    severity: 'error',
    shifts: ['survived'],
    summary: 'a block of a path does not stand beside its mmsys',
    run: elsewhere,
  },
  { id: 'L27', severity: 'warning', summary: 'no multiplexer is known for a link', after: true, run: unknownLinks },
  { id: 'L28', severity: 'warning', summary: 'the mutex of the SoC does not know a block', run: unknownModules },
];

function strangers(c: LintContext): void {
  for (const view of c.views) {
    const { end, path: p, mmsys } = view;
    if (end.kind !== 'unknown' && end.kind !== 'mutex') continue;
    const { device, from } = end;
    const [compatible] = device.compatible;
    const old = end.kind === 'mutex' ? undefined : fallBack(device, mmsys.node);
    const suggestion = old ?? misspelt(device, mmsys.node);
    const later = device.compatible.find((word) => isLater(word, c.rules.tables));
    const key =
      end.kind === 'mutex'
        ? 'L9 mutex'
        : later !== undefined
          ? 'L9 later'
          : old !== undefined
            ? 'L9'
            : suggestion !== undefined
              ? 'L9 spelling'
              : 'L9 plain';
    const quoted = compatible === undefined ? 'no compatible' : `"${compatible}"`;
    c.find(key, {
      node: device,
      property: 'compatible',
      mmsys: mmsys.node,
      path: p,
      kernel: walkLines(view, c.rules),
      values: {
        p,
        node: device.path,
        compatible: key === 'L9 plain' ? quoted : (later ?? compatible ?? ''),
        suggestion: suggestion ?? '',
        from: from.path,
      },
    });
  }
}

const knownNumbers = ({ instances }: ComponentType): string => Object.keys(instances).join(', ');

/** Nodes of one type that share a number because one of them has no alias. Those of one path are told by L16. */
function withoutAlias(c: LintContext): void {
  for (const { parent, all, driven } of c.groups) {
    if (!driven) continue;
    const byId = new Map<number, NumberedNode[]>();
    for (const one of c.numbered(parent)) {
      const same = byId.get(one.id);
      if (same === undefined) byId.set(one.id, [one]);
      else same.push(one);
    }
    for (const same of byId.values()) {
      const owner =
        same.find(({ node, type }) => c.aliasOf(node, type.stem) !== undefined) ?? (same[0] as NumberedNode);
      for (const one of same) if (one !== owner) sameNumber(c, one, owner.node);
    }
    sharedMutexes(c, all);
  }
}

function sameNumber(c: LintContext, { node, id, type }: NumberedNode, other: DtNode): void {
  if (Object.keys(type.instances).length < 2 || c.told.has(node) || c.aliasOf(node, type.stem) !== undefined) return;
  const met = c.pipeline.get(node);
  const taken = new Set(c.aliases.filter(({ stem }) => stem === type.stem).map((alias) => alias.id));
  const free = Object.entries(type.instances).flatMap(([number, one]) =>
    taken.has(Number(number)) || one === componentName(id) ? [] : [`${type.stem}${number}`],
  );
  c.told.add(node);
  c.find('L14', {
    node,
    mmsys: met?.mmsys,
    path: met?.path,
    values: {
      node: node.path,
      stem: type.stem,
      comp: componentName(id) ?? id,
      other: other.path,
      free: free.length === 0 ? 'no number is free' : `free: ${free.join(', ')}`,
    },
  });
}

/** P8: a mutex without alias fits every mmsys, and the last one that fits is taken. */
function sharedMutexes(c: LintContext, all: Group['all']): void {
  const users = new Map<DtNode, DtNode>();
  for (const { mutex, node } of all) {
    if (mutex === undefined) continue;
    const before = users.get(mutex);
    if (before === undefined) users.set(mutex, node);
    else c.find('L14 mutex', { node: mutex, mmsys: node, values: { node: mutex.path, a: before.path, b: node.path } });
  }
}

function badAliases(c: LintContext): void {
  for (const view of c.views) {
    const { end, mmsys, path } = view;
    if (end.kind !== 'alias') continue;
    badAlias(c, end.device, end.type, { mmsys: mmsys.node, path, kernel: walkLines(view, c.rules) });
  }
  for (const { node, mmsys, path } of c.pipeline.values()) {
    const type = node.available ? c.typeOf(node) : undefined;
    if (type === undefined || Object.keys(type.instances).length === 0) continue;
    badAlias(c, node, type, { mmsys, path, shift: 'survived' });
  }
}

function badAlias(
  c: LintContext,
  device: DtNode,
  type: ComponentType,
  subject: Pick<Subject, 'mmsys' | 'path' | 'kernel' | 'shift'>,
): void {
  const alias = c.aliasOf(device, type.stem);
  const node = c.tree.root.child('aliases');
  if (alias === undefined || node === undefined || type.instances[alias.id] !== undefined || c.told.has(device)) return;
  c.told.add(device);
  c.find(subject.shift === undefined ? 'L15' : 'L15 aside', {
    kernel: [`Skipping unknown component ${device.path}`].filter((line) => c.lines.has(line)),
    ...subject,
    node,
    property: alias.name,
    values: {
      name: alias.name,
      type: type.name,
      n: alias.id,
      known: knownNumbers(type),
      node: device.path,
      stem: type.stem,
    },
  });
}

/** Paths that are built, with each of their blocks once. */
function* builtPaths(c: LintContext): Generator<{ view: PathView; blocks: ReturnType<typeof componentsOf> }> {
  for (const view of c.views) if (isGood(view)) yield { view, blocks: componentsOf(view.walk) };
}

function twice(c: LintContext): void {
  for (const view of c.views) {
    const byId = new Map<number, Set<DtNode>>();
    for (const { id, node } of componentsOf(view.walk)) {
      if (id === OVL_ADAPTOR_ID) continue;
      const same = byId.get(id);
      if (same === undefined) byId.set(id, new Set([node]));
      else same.add(node);
    }
    for (const [id, nodes] of byId) if (nodes.size > 1) sameComponent(c, view, id, [...nodes]);
  }
}

function sameComponent(c: LintContext, { mmsys, path: p }: PathView, id: number, nodes: readonly DtNode[]): void {
  for (const node of nodes) c.told.add(node);
  const node = nodes[1] as DtNode;
  const type = c.typeOf(node);
  const several = type !== undefined && Object.keys(type.instances).length > 1;
  c.find('L16', {
    node,
    property: 'compatible',
    mmsys: mmsys.node,
    path: p,
    values: {
      comp: componentName(id) ?? id,
      p,
      times: nodes.length === 2 ? 'twice' : `${nodes.length} times`,
      nodes: listOf(
        nodes.map(({ path }) => path),
        ', ',
        4,
      ),
      alias: several ? `, and give each its own alias ${type.stem}N (N one of ${knownNumbers(type)})` : '',
    },
  });
}

function twoAdaptors(c: LintContext): void {
  for (const { view, blocks } of builtPaths(c)) {
    const { mmsys, path: p, walk, number } = view;
    if (walk.ids.filter((id) => id === OVL_ADAPTOR_ID).length < 2) continue;
    const [node, other] = blocks.filter(({ id }) => id === OVL_ADAPTOR_ID).map((block) => block.node);
    if (node === undefined || other === undefined) continue;
    c.find('L17', {
      node,
      mmsys: mmsys.node,
      path: p,
      values: {
        p,
        node: node.path,
        other: other.path,
        first: startOf(c, mmsys.node, number)?.path ?? 'the endpoint of the mmsys',
      },
    });
  }
}

/** P6: the driver looks at the children of the parent of the mmsys only. The OVL adaptor counts without a node. */
function elsewhere(c: LintContext): void {
  for (const { view, blocks } of builtPaths(c)) {
    const { mmsys, path: p } = view;
    const parent = mmsys.node.parent as DtNode;
    for (const { node, id } of blocks) {
      if (node.parent === parent || id === OVL_ADAPTOR_ID) continue;
      const other = mmsys.componentNodes.get(id);
      const values = { node: node.path, parent: parent.path, p, mmsys: mmsys.node.path };
      const comp = componentName(id) ?? id;
      c.find(other === undefined ? 'L20' : 'L20 other', {
        node,
        shift: other === undefined ? undefined : 'survived',
        mmsys: mmsys.node,
        path: p,
        kernel: notCreated(c, id),
        values: { ...values, comp, other: other?.path ?? '' },
      });
    }
  }
}

/** The kernel's lines about CRTCs without a component, and the one that nothing is left. */
function notCreated(c: LintContext, id: number): string[] {
  const end = ` because component ${id} is disabled or missing`;
  const lines = c.forecast.drm.flatMap(({ messages }) => messages.map(({ text }) => text));
  const refused = lines.filter((text) => text.startsWith('Not creating crtc ') && text.endsWith(end));
  return refused.length === 0 ? [] : [...new Set([...refused, ...lines.filter((text) => text === NO_CRTC)])];
}

function unknownLinks(c: LintContext): void {
  for (const { view, blocks } of builtPaths(c)) {
    const { mmsys, path } = view;
    const row = matchMmsys(mmsys.node);
    if (row?.routing === undefined) continue;
    blocks.forEach(({ id, node, endpoint }, index) => {
      const before = blocks[index - 1];
      // A block that is not what it seems to be is told of already.
      if (before === undefined || c.told.has(node) || c.told.has(before.node)) return;
      if (isLinked(row.routing as keyof typeof ROUTING, before.id, id)) return;
      const values = { a: name(before.id), b: name(id), soc: socOf(row.compatible) };
      c.find('L27', { node: endpoint, property: 'remote-endpoint', mmsys: mmsys.node, path, values });
    });
  }
}

/** Parts of the OVL adaptor among themselves are the adaptor's business; the mixer is its end. */
function isLinked(routing: keyof typeof ROUTING, from: number, to: number): boolean {
  if (from === OVL_ADAPTOR_ID && to === OVL_ADAPTOR_ID) return true;
  const a = from === OVL_ADAPTOR_ID ? 'ETHDR_MIXER' : name(from);
  const b = name(to);
  const wired = WIRED.some(
    ({ link, only, except }) =>
      link[0] === a &&
      link[1] === b &&
      (only === undefined || only.includes(routing)) &&
      except?.includes(routing) !== true,
  );
  return wired || ROUTING[routing].some((link) => link[0] === a && link[1] === b);
}

const name = (id: number): ComponentName | string => componentName(id) ?? String(id);

/** The kernel's line when no CRTC is left. */
const NO_CRTC = 'Need at least one OVL device';

/** `MT8183` for `mediatek,mt8183-mmsys`. */
export function socOf(compatible: string): string {
  return (/mt\d+/i.exec(compatible)?.[0] ?? compatible).toUpperCase();
}

/** Outputs are no modules: they choose the start of frame (T11). The OVL adaptor stands for blocks of its own. */
function unknownModules(c: LintContext): void {
  for (const { view, blocks } of builtPaths(c)) {
    const { mmsys, path } = view;
    const soc = mmsys.mutex === undefined ? undefined : mutexSoc(mmsys.mutex);
    if (soc === undefined) continue;
    const modules = new Set(idsOf(MUTEX_MODULES[soc]));
    for (const { id, node } of blocks) {
      if (isOutput(id) || id === OVL_ADAPTOR_ID || modules.has(id)) continue;
      const values = { comp: name(id), soc: soc.toUpperCase(), node: node.path };
      c.told.add(node);
      c.find('L28', { node, property: 'compatible', mmsys: mmsys.node, path, values });
    }
  }
}

/** By the first of the mutex's strings that the mutex driver knows. */
function mutexSoc(mutex: DtNode): keyof typeof MUTEX_MODULES | undefined {
  for (const word of mutex.compatible) {
    const soc = /^mediatek,(mt\d+)-disp-mutex$/i.exec(word)?.[1]?.toLowerCase();
    if (soc !== undefined && soc in MUTEX_MODULES) return soc as keyof typeof MUTEX_MODULES;
  }
  return undefined;
}
